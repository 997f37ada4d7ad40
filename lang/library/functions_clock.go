package library

import (
	"errors"
	"math"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errUnit = errors.New("the period is not one of year, quarter, month, week, day, hour, minute, second")

// clockFunctions are those over wall clocks, whose days all have 24 hours: what a zone makes of them is for instants.
func clockFunctions() []Function {
	str, num, datetime := cel.StringType, cel.IntType, DatetimeType()
	shift := func(unit string, seconds int64) Function {
		return Function{Name: "datetime.add_" + unit, Signature: "datetime.add_" + unit + "(datetime, int) -> datetime",
			Doc: "The wall clock so many " + unit + " later, on a clock that no zone changes.", Example: "string(datetime.add_" + unit + "(datetime('2020-02-28 23:59:59'), 1))",
			overloads: []cel.FunctionOpt{binary("datetime_add_"+unit, datetime, num, datetime, on2(func(d Datetime, n types.Int) (ref.Val, error) {
				if d.Infinite() {
					return d, nil
				}
				const limit = 400000 * 366 * daySeconds
				if n > math.MaxInt64/daySeconds || n < -math.MaxInt64/daySeconds {
					return nil, errDateRange
				}
				if out := d.seconds + int64(n)*seconds; out > -limit && out < limit {
					return Datetime{out, d.nanos}, nil
				}
				return nil, errDateRange
			}))}}
	}
	all := []Function{shift("days", daySeconds), shift("hours", 3600), shift("minutes", 60), shift("seconds", 1)}
	for i, want := range []string{"2020-02-29 23:59:59", "2020-02-29 00:59:59", "2020-02-29 00:00:59", "2020-02-29 00:00:00"} {
		all[i].Result = want
	}
	return append(all,
		Function{Name: "datetime.trunc", Signature: "datetime.trunc(datetime, period string) -> datetime",
			Doc:     "The start of the year, quarter, month, week (from Monday), day, hour, minute or second that the wall clock is in.",
			Example: "string(datetime.trunc(datetime('2020-02-28 23:59:59.5'), 'hour'))", Result: "2020-02-28 23:00:00",
			Check: each(map[int]func(string) error{1: checkUnit}),
			overloads: []cel.FunctionOpt{binary("datetime_trunc", datetime, str, datetime, on2(func(d Datetime, period types.String) (ref.Val, error) {
				return truncatedClock(d, string(period))
			}))}},
		Function{Name: "datetime.diff_seconds", Signature: "datetime.diff_seconds(from datetime, to datetime) -> decimal",
			Doc:     "The seconds from one wall clock to another, with their decimals, negative where the second is earlier.",
			Example: "string(datetime.diff_seconds(datetime('2020-01-31 10:00:00'), datetime('2020-01-31 10:01:00.25')))", Result: "60.25",
			overloads: []cel.FunctionOpt{binary("datetime_diff_seconds", datetime, datetime, DecimalType(), on2(diffSeconds))}},
		Function{Name: "datetime.format", Signature: "datetime.format(datetime, layout string) -> string",
			Doc:     "The wall clock in a layout as of datetime.parse. Decimals of the second that SSS leaves out are an error; a layout without S leaves all of them out.",
			Example: "datetime.format(datetime('2020-01-31 09:05:00'), 'dd/MM/yyyy HH:mm')", Result: "31/01/2020 09:05",
			Check: each(map[int]func(string) error{1: func(s string) error { return checkLayout(s, dayAndClock, false) }}),
			overloads: []cel.FunctionOpt{binary("datetime_format", datetime, str, str, on2(func(d Datetime, layout types.String) (ref.Val, error) {
				if d.Infinite() {
					return nil, errInfinite
				}
				return written(d.Date(), d.Time(), layout, dayAndClock)
			}))}},
		Function{Name: "datetime.valid", Signature: "datetime.valid(text string, layout string) -> bool", Doc: "Whether datetime.parse can read the text.",
			Example: "datetime.valid('2020-01-31 24:01', 'yyyy-MM-dd HH:mm')", Result: "false", Check: layoutCheck(1, dayAndClock),
			overloads: []cel.FunctionOpt{binary("datetime_valid", str, str, cel.BoolType, on2(func(s, layout types.String) (ref.Val, error) {
				if err := checkLayout(string(layout), dayAndClock, true); err != nil {
					return nil, err
				}
				_, err := parseDatetime(s, layout)
				return types.Bool(err == nil), nil
			}))}})
}

// clockUnits are the seconds of the periods that every day has whole.
func clockUnits(period string) (int64, bool) {
	switch period {
	case "hour":
		return 3600, true
	case "minute":
		return 60, true
	case "second":
		return 1, true
	}
	return 0, false
}

func checkUnit(period string) error {
	if _, ok := clockUnits(period); ok || checkPeriod(period) == nil {
		return nil
	}
	return errUnit
}

func truncatedClock(d Datetime, period string) (ref.Val, error) {
	if err := checkUnit(period); err != nil {
		return nil, err
	}
	if d.Infinite() {
		return d, nil
	}
	if seconds, ok := clockUnits(period); ok {
		return Datetime{seconds: floorDiv(d.seconds, seconds) * seconds}, nil
	}
	day, ok := truncated(d.Date(), period)
	if !ok {
		return nil, errDateRange
	}
	return datetimeOf(day, 0)
}

func diffSeconds(from, to Datetime) (ref.Val, error) {
	if from.Infinite() || to.Infinite() {
		return nil, errInfinite
	}
	whole := DecimalOf(to.seconds).Subtract(DecimalOf(from.seconds)).(Decimal)
	nanos, err := quotient(DecimalOf(to.nanos-from.nanos).number, DecimalOf(1e9).number)
	if err != nil {
		return nil, err
	}
	return whole.Add(Decimal{nanos}).(Decimal).reduced(), nil
}
