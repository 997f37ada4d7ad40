package library

import (
	"errors"
	"math"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	errInfinite  = errors.New("the date is infinite")
	errDateRange = errors.New("the date is out of range")
)

func dateFunctions() []Function {
	date, datetime := DateType(), DatetimeType()
	return []Function{
		{Name: "date", Signature: "date(string | date | datetime | timestamp) -> date",
			Doc:     "The day: of a text yyyy-mm-dd, of a wall clock, or of an instant in UTC (use in_zone for another zone).",
			Example: "string(date('2020-01-31'))", Result: "2020-01-31",
			overloads: []cel.FunctionOpt{
				unary("string_to_date", cel.StringType, date, text(dateOf)),
				unary("date_to_date", date, date, same),
				unary("datetime_to_date", datetime, date, on(func(d Datetime) (ref.Val, error) { return d.Date(), nil })),
				unary("timestamp_to_date", cel.TimestampType, date, on(func(t types.Timestamp) (ref.Val, error) {
					return Datetime{seconds: t.Unix()}.Date(), nil
				})),
			}},
		{Name: "date.parse", Signature: "date.parse(text string, layout string) -> date",
			Doc:     "The day that a text names in a layout of yyyy, MM, M, MMM (Jan), MMMM (January), dd, d and other characters that are not letters.",
			Example: "string(date.parse('31/01/2020', 'dd/MM/yyyy'))", Result: "2020-01-31",
			overloads: []cel.FunctionOpt{binary("date_parse", cel.StringType, cel.StringType, date, on2(parseDate))},
			Check:     layoutCheck(1, dayOnly)},
		datePart("year", "The year.", "date.year(date('2020-01-31'))", "2020", func(d Date) int64 { y, _, _ := civil(int64(d)); return y }),
		datePart("month", "The month, 1 to 12.", "date.month(date('2020-01-31'))", "1", func(d Date) int64 { _, m, _ := civil(int64(d)); return m }),
		datePart("day", "The day of the month.", "date.day(date('2020-01-31'))", "31", func(d Date) int64 { _, _, n := civil(int64(d)); return n }),
		datePart("weekday", "The day of the week, from 1 for Monday to 7 for Sunday.", "date.weekday(date('2020-01-31'))", "5",
			func(d Date) int64 { return int64(d) + 3 - 7*floorDiv(int64(d)+3, 7) + 1 }),
		dateShift("add_days", "The day so many days later.", "string(date.add_days(date('2020-02-28'), 2))", "2020-03-01", addDays),
		dateShift("add_months", "The same day so many months later; the last day of the month where it has no such day.",
			"string(date.add_months(date('2020-01-31'), 1))", "2020-02-29", addMonths),
		dateShift("add_years", "The same day so many years later; 28 February where there is no 29th.",
			"string(date.add_years(date('2020-02-29'), 1))", "2021-02-28", func(d Date, n int64) (Date, bool) {
				if n < -400000 || n > 400000 {
					return 0, false
				}
				return addMonths(d, 12*n)
			}),
		dateSpan("diff_days", "The days from one date to another, negative where the second is earlier.",
			"date.diff_days(date('2020-02-28'), date('2020-03-01'))", "2", func(a, b Date) int64 { return int64(b) - int64(a) }),
		dateSpan("diff_years", "The whole years from one date to another: an age. Who was born on 29 February is a year older on 1 March.",
			"date.diff_years(date('1980-06-15'), date('2020-06-14'))", "39", wholeYears),
	}
}

// datePart is a number of a day, or of the day of a wall clock.
func datePart(name, doc, example, want string, f func(Date) int64) Function {
	finite := func(d Date) (ref.Val, error) {
		if d.Infinite() {
			return nil, errInfinite
		}
		return integer(f(d))
	}
	return Function{Name: "date." + name, Signature: "date." + name + "(date | datetime) -> int", Doc: doc, Example: example, Result: want,
		overloads: []cel.FunctionOpt{
			unary("date_"+name, DateType(), cel.IntType, on(finite)),
			unary("date_"+name+"_datetime", DatetimeType(), cel.IntType, on(func(d Datetime) (ref.Val, error) { return finite(d.Date()) })),
		}}
}

func dateShift(name, doc, example, want string, f func(d Date, n int64) (Date, bool)) Function {
	return Function{Name: "date." + name, Signature: "date." + name + "(date, int) -> date", Doc: doc, Example: example, Result: want,
		overloads: []cel.FunctionOpt{binary("date_"+name, DateType(), cel.IntType, DateType(), on2(func(d Date, n types.Int) (ref.Val, error) {
			if d.Infinite() {
				return d, nil
			}
			out, ok := f(d, int64(n))
			if !ok {
				return nil, errDateRange
			}
			return out, nil
		}))}}
}

func dateSpan(name, doc, example, want string, f func(a, b Date) int64) Function {
	return Function{Name: "date." + name, Signature: "date." + name + "(from date, to date) -> int", Doc: doc, Example: example, Result: want,
		overloads: []cel.FunctionOpt{binary("date_"+name, DateType(), DateType(), cel.IntType, on2(func(a, b Date) (ref.Val, error) {
			if a.Infinite() || b.Infinite() {
				return nil, errInfinite
			}
			return integer(f(a, b))
		}))}}
}

func same(v ref.Val) ref.Val { return v }

func dateOf(s string) (ref.Val, error) {
	d, rest, ok := scanDate(s)
	if !ok || rest != "" {
		return nil, errors.New("date('…') cannot read the text; expected yyyy-mm-dd")
	}
	return d, nil
}

func addDays(d Date, n int64) (Date, bool) {
	if n > math.MaxInt32 || n < math.MinInt32 {
		return 0, false
	}
	out := int64(d) + n
	y, _, _ := civil(out)
	return Date(out), y >= -400000 && y <= 400000
}

func wholeYears(a, b Date) int64 {
	if b < a {
		return -wholeYears(b, a)
	}
	y1, m1, d1 := civil(int64(a))
	y2, m2, d2 := civil(int64(b))
	if m2 < m1 || m2 == m1 && d2 < d1 {
		y2--
	}
	return y2 - y1
}
