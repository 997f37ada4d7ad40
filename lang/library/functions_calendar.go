package library

import (
	"errors"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	errPeriod = errors.New("the period is not one of year, quarter, month, week, day")
	errUnborn = errors.New("the day is before the birth")
)

// calendarFunctions are those over days that reckon with months, weeks and other systems' numbers.
func calendarFunctions() []Function {
	str, num, date, datetime := cel.StringType, cel.IntType, DateType(), DatetimeType()
	day := func(name, doc, example, want string, f func(Date) (Date, bool)) Function {
		return Function{Name: "date." + name, Signature: "date." + name + "(date) -> date", Doc: doc + " An infinite date stays as it is.", Example: example, Result: want,
			overloads: []cel.FunctionOpt{unary("date_"+name, date, date, on(func(d Date) (ref.Val, error) { return moved(d, f) }))}}
	}
	return []Function{
		day("first_of_month", "The first day of the day's month.", "string(date.first_of_month(date('2020-02-10')))", "2020-02-01",
			func(d Date) (Date, bool) { return truncated(d, "month") }),
		day("last_of_month", "The last day of the day's month.", "string(date.last_of_month(date('2020-02-10')))", "2020-02-29", func(d Date) (Date, bool) {
			year, month, _ := civil(int64(d))
			n, ok := days(year, month, monthLength(year, month))
			return Date(n), ok
		}),
		{Name: "date.trunc", Signature: "date.trunc(date, period string) -> date",
			Doc: "The first day of the year, quarter, month or week (from Monday) that the day is in. An infinite date stays as it is.", Example: "string(date.trunc(date('2020-05-14'), 'quarter'))",
			Result: "2020-04-01", Check: each(map[int]func(string) error{1: checkPeriod}),
			overloads: []cel.FunctionOpt{binary("date_trunc", date, str, date, on2(func(d Date, period types.String) (ref.Val, error) {
				if err := checkPeriod(string(period)); err != nil {
					return nil, err
				}
				return moved(d, func(d Date) (Date, bool) { return truncated(d, string(period)) })
			}))}},
		{Name: "date.of", Signature: "date.of(year int, month int, day int) -> date", Doc: "The day of three numbers; a day that does not exist is an error.",
			Example: "string(date.of(2020, 2, 29))", Result: "2020-02-29",
			overloads: []cel.FunctionOpt{variadic("date_of", []*cel.Type{num, num, num}, date, on3(func(y, m, d types.Int) (ref.Val, error) {
				n, ok := days(int64(y), int64(m), int64(d))
				if !ok {
					return nil, errors.New("the numbers name a day that does not exist")
				}
				return Date(n), nil
			}))}},
		{Name: "date.between", Signature: "date.between(day date, from date, to date) -> bool", Doc: "Whether a day is one of those from the first to the last, both included.",
			Example: "date.between(date('2020-01-31'), date('2020-01-01'), date('2020-01-31'))", Result: "true",
			overloads: []cel.FunctionOpt{variadic("date_between", []*cel.Type{date, date, date}, cel.BoolType, on3(func(d, from, to Date) (ref.Val, error) {
				return types.Bool(from <= d && d <= to), nil
			}))}},
		{Name: "date.age", Signature: "date.age(born date, at date) -> int",
			Doc:     "The age in whole years on a day. Who was born on 29 February is a year older on 1 March. A day before the birth is an error.",
			Example: "date.age(date('1980-06-15'), date('2020-06-15'))", Result: "40",
			overloads: []cel.FunctionOpt{binary("date_age", date, date, num, on2(func(born, at Date) (ref.Val, error) {
				switch {
				case born.Infinite() || at.Infinite():
					return nil, errInfinite
				case at < born:
					return nil, errUnborn
				}
				return integer(wholeYears(born, at))
			}))}},
		dateSpan("diff_months", "The whole months from one date to another, negative where the second is earlier. The 31st to the 30th of the next month is none yet.",
			"date.diff_months(date('2020-01-31'), date('2020-03-31'))", "2", wholeMonths),
		datePart("quarter", "The quarter of the year, 1 to 4.", "date.quarter(date('2020-05-14'))", "2", func(d Date) int64 {
			_, month, _ := civil(int64(d))
			return (month + 2) / 3
		}),
		datePart("day_of_year", "The day of the year, from 1 for 1 January.", "date.day_of_year(date('2020-12-31'))", "366", func(d Date) int64 {
			year, _, _ := civil(int64(d))
			first, _ := days(year, 1, 1)
			return int64(d) - first + 1
		}),
		datePart("iso_week", "The week by ISO 8601, 1 to 53: weeks begin on Monday, and the first has the year's first Thursday.", "date.iso_week(date('2021-01-03'))", "53",
			func(d Date) int64 { _, week := isoWeek(d); return week }),
		datePart("iso_year", "The year that the day's week by ISO 8601 belongs to.", "date.iso_year(date('2021-01-03'))", "2020",
			func(d Date) int64 { year, _ := isoWeek(d); return year }),
		{Name: "date.from_excel", Signature: "date.from_excel(serial int) -> date",
			Doc:     "The day that a spreadsheet of the 1900 system keeps as a number: 1 is 1900-01-01, and 60, which stands for a 29 February 1900 that was none, is an error.",
			Example: "string(date.from_excel(43861))", Result: "2020-01-31",
			overloads: []cel.FunctionOpt{unary("date_from_excel", num, date, on(fromExcel))}},
		{Name: "date.format", Signature: "date.format(date | datetime, layout string) -> string",
			Doc: "The day in a layout as of date.parse.", Example: "date.format(date('2020-01-05'), 'd MMMM yyyy')", Result: "5 January 2020",
			Check: each(map[int]func(string) error{1: func(s string) error { return checkLayout(s, dayOnly, false) }}),
			overloads: []cel.FunctionOpt{
				binary("date_format", date, str, str, on2(func(d Date, layout types.String) (ref.Val, error) { return written(d, 0, layout, dayOnly) })),
				binary("date_format_datetime", datetime, str, str, on2(func(d Datetime, layout types.String) (ref.Val, error) { return written(d.Date(), 0, layout, dayOnly) })),
			}},
		{Name: "date.valid", Signature: "date.valid(text string, layout string) -> bool", Doc: "Whether date.parse can read the text.",
			Example: "date.valid('31.02.2020', 'dd.MM.yyyy')", Result: "false", Check: layoutCheck(1, dayOnly),
			overloads: []cel.FunctionOpt{binary("date_valid", str, str, cel.BoolType, on2(func(s, layout types.String) (ref.Val, error) {
				if err := checkLayout(string(layout), dayOnly, true); err != nil {
					return nil, err
				}
				_, err := parseDate(s, layout)
				return types.Bool(err == nil), nil
			}))}},
	}
}

func moved(d Date, f func(Date) (Date, bool)) (ref.Val, error) {
	if d.Infinite() {
		return d, nil
	}
	out, ok := f(d)
	if !ok {
		return nil, errDateRange
	}
	return out, nil
}

func checkPeriod(period string) error {
	switch period {
	case "year", "quarter", "month", "week", "day":
		return nil
	}
	return errPeriod
}

func truncated(d Date, period string) (Date, bool) {
	year, month, _ := civil(int64(d))
	switch period {
	case "day":
		return d, true
	case "week":
		return d - Date(int64(d)+3-7*floorDiv(int64(d)+3, 7)), true
	case "year":
		month = 1
	case "quarter":
		month = (month-1)/3*3 + 1
	}
	n, ok := days(year, month, 1)
	return Date(n), ok
}

// isoWeek is the week of the day's Thursday.
func isoWeek(d Date) (year, week int64) {
	monday, _ := truncated(d, "week")
	thursday := int64(monday) + 3
	year, _, _ = civil(thursday)
	first, _ := days(year, 1, 1)
	return year, (thursday-first)/7 + 1
}

func wholeMonths(a, b Date) int64 {
	if b < a {
		return -wholeMonths(b, a)
	}
	y1, m1, d1 := civil(int64(a))
	y2, m2, d2 := civil(int64(b))
	n := (y2-y1)*12 + m2 - m1
	if d2 < d1 {
		n--
	}
	return n
}

func fromExcel(n types.Int) (ref.Val, error) {
	const day0 = -25568 // 1899-12-31
	switch {
	case n < 1 || n > 2958465:
		return nil, errors.New("the number is not of a day from 1900-01-01 to 9999-12-31")
	case n == 60:
		return nil, errors.New("the number stands for 29 February 1900, which was no day")
	case n > 60:
		n--
	}
	return Date(day0 + int64(n)), nil
}

func written(d Date, t Time, layout types.String, use layoutUse) (ref.Val, error) {
	if d.Infinite() {
		return nil, errInfinite
	}
	return wrapText(write(string(layout), d, t, use))
}
