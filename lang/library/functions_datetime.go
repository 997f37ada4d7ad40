package library

import (
	"errors"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

func datetimeFunctions() []Function {
	date, clock, datetime := DateType(), TimeType(), DatetimeType()
	part := func(name, doc, want string, f func(t Time) int64) Function {
		return Function{Name: "time." + name, Signature: "time." + name + "(time | datetime) -> int", Doc: doc,
			Example: "time." + name + "(time('10:20:30'))", Result: want,
			overloads: []cel.FunctionOpt{
				unary("time_"+name, clock, cel.IntType, on(func(t Time) (ref.Val, error) { return integer(f(t)) })),
				unary("time_"+name+"_datetime", datetime, cel.IntType, on(func(d Datetime) (ref.Val, error) {
					if d.Infinite() {
						return nil, errInfinite
					}
					return integer(f(d.Time()))
				})),
			}}
	}
	return []Function{
		{Name: "time", Signature: "time(string | time | datetime) -> time",
			Doc:     "The time of day: of a text hh:mm, hh:mm:ss or with decimals, or of a wall clock.",
			Example: "string(time('10:20'))", Result: "10:20:00",
			overloads: []cel.FunctionOpt{
				unary("string_to_time", cel.StringType, clock, text(timeOf)),
				unary("time_to_time", clock, clock, same),
				unary("datetime_to_time", datetime, clock, on(func(d Datetime) (ref.Val, error) {
					if d.Infinite() {
						return nil, errInfinite
					}
					return d.Time(), nil
				})),
			}},
		part("hour", "The hour, 0 to 24.", "10", func(t Time) int64 { return int64(t) / 3600e9 }),
		part("minute", "The minute.", "20", func(t Time) int64 { return int64(t) / 60e9 % 60 }),
		part("second", "The second, without its decimals.", "30", func(t Time) int64 { return int64(t) / 1e9 % 60 }),
		{Name: "datetime", Signature: "datetime(string | date | datetime) -> datetime, datetime(date, time) -> datetime",
			Doc:     "The wall clock: of a text yyyy-mm-dd hh:mm:ss (or with T, with decimals), of a day at midnight, or of a day and a time.",
			Example: "string(datetime('2020-01-31T10:20:30.5'))", Result: "2020-01-31 10:20:30.5",
			overloads: []cel.FunctionOpt{
				unary("string_to_datetime", cel.StringType, datetime, text(readDatetime)),
				unary("datetime_to_datetime", datetime, datetime, same),
				unary("date_to_datetime", date, datetime, on(func(d Date) (ref.Val, error) { return datetimeOf(d, 0) })),
				binary("date_time_to_datetime", date, clock, datetime, on2(datetimeOf)),
			}},
		{Name: "datetime.parse", Signature: "datetime.parse(text string, layout string) -> datetime",
			Doc:     "The wall clock that a text names in a layout as of date.parse, with HH, H, mm, ss, SSS (decimals) and T.",
			Example: "string(datetime.parse('31.01.2020 9:05', 'dd.MM.yyyy H:mm'))", Result: "2020-01-31 09:05:00",
			overloads: []cel.FunctionOpt{binary("datetime_parse", cel.StringType, cel.StringType, datetime, on2(parseDatetime))},
			Check:     layoutCheck(1, dayAndClock)},
		{Name: "interval", Signature: "interval(string | duration) -> interval",
			Doc:     "The span that a text P<months>M<days>DT<seconds>S names, or that a duration is.",
			Example: "string(interval('P1M2DT3.5S'))", Result: "P1M2DT3.5S",
			overloads: []cel.FunctionOpt{
				unary("string_to_interval", cel.StringType, IntervalType(), text(func(s string) (ref.Val, error) { return NewInterval([]byte(s)) })),
				unary("duration_to_interval", cel.DurationType, IntervalType(),
					on(func(d types.Duration) (ref.Val, error) { return IntervalOf(d) })),
			}},
	}
}

func timeOf(s string) (ref.Val, error) {
	t, ok := scanTime(s)
	if !ok {
		return nil, errors.New("time('…') cannot read the text; expected hh:mm:ss")
	}
	return t, nil
}

func readDatetime(s string) (ref.Val, error) {
	unread := errors.New("datetime('…') cannot read the text; expected yyyy-mm-dd hh:mm:ss")
	d, rest, ok := scanDate(s)
	if !ok {
		return nil, unread
	}
	if rest == "" {
		return datetimeOf(d, 0)
	}
	if !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "T") {
		return nil, unread
	}
	t, ok := scanTime(rest[1:])
	if !ok {
		return nil, unread
	}
	return datetimeOf(d, t)
}

func datetimeOf(d Date, t Time) (ref.Val, error) {
	if d.Infinite() {
		return Datetime{seconds: int64(d)}, nil
	}
	return Datetime{int64(d)*daySeconds + int64(t)/1e9, int64(t) % 1e9}, nil
}
