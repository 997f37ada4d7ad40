package library_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"

	"github.com/novumsolvo/migrateiq/lang/library"
)

func TestEmailAddresses(t *testing.T) {
	env := environment(t)
	label := strings.Repeat("a", 63)
	for address, want := range map[string]bool{
		"a@b.co": true, "a.b+c@b-c.d.co": true, "a_b@example.museum": true, "1@1.2x": true, "o'neill@example.org": true, strings.Repeat("a", 64) + "@b.co": true, "a@" + label + ".co": true,
		"": false, "@": false, "a": false, "a@b": false, "@b.co": false, "a@": false, "a@@b.co": false, "a@b@c.co": false, ".a@b.co": false, "a.@b.co": false, "a..b@b.co": false, "a b@b.co": false,
		"a@-b.co": false, "a@b-.co": false, "a@b..co": false, "a@b.co.": false, "a@b.12": false, "a@[1.2.3.4]": false, `"a b"@b.co`: false, "ä@b.co": false, "a@ä.co": false, "a(c)@b.co": false, " a@b.co": false, "a@b_c.co": false,
		strings.Repeat("a", 65) + "@b.co": false, "a@" + label + "a.co": false, "a@" + strings.Repeat(label+".", 4) + "co": false,
	} {
		if got := evaluate(t, env, fmt.Sprintf("email.valid(%q)", address)); got != fmt.Sprint(want) {
			t.Errorf("%q: got %s, want %v", address, got, want)
		}
	}
	const no = "! the text is not an e-mail address of the usual form"
	checkAll(t, []example{
		{"email.normalise('\\tJo.Doe@EXAMPLE.Org\\n')", "Jo.Doe@example.org"}, {"email.normalise('Jo')", no}, {"email.domain('Jo')", no}, {"email.domain(' a@b.co')", no},
	})
}

func TestCalendar(t *testing.T) {
	checkAll(t, []example{
		{"date.last_of_month(date('2021-02-01'))", "2021-02-28"}, {"date.last_of_month(date('2020-12-31'))", "2020-12-31"},
		{"date.trunc(date('2020-11-30'), 'quarter')", "2020-10-01"}, {"date.trunc(date('2020-11-30'), 'year')", "2020-01-01"}, {"date.trunc(date('2020-11-29'), 'week')", "2020-11-23"}, {"date.trunc(date('2020-11-30'), 'day')", "2020-11-30"},
		{"date.trunc(date('1969-12-31'), 'week')", "1969-12-29"}, {"date.trunc(date('2020-11-30'), 'x')", "! the period is not one of year, quarter, month, week, day"}, {"date.of(2021, 2, 29)", "! the numbers name a day that does not exist"},
		{"date.between(date('2020-01-01'), date('2020-01-02'), date('2020-01-03'))", "false"}, {"date.between(date('2020-01-02'), date('2020-01-03'), date('2020-01-01'))", "false"},
		{"date.age(date('2000-02-29'), date('2001-02-28'))", "0"}, {"date.age(date('2000-02-29'), date('2001-03-01'))", "1"}, {"date.age(date('2000-02-29'), date('2000-02-28'))", "! the day is before the birth"},
		{"date.diff_months(date('2020-01-31'), date('2020-02-29'))", "0"}, {"date.diff_months(date('2020-03-31'), date('2020-01-31'))", "-2"}, {"date.quarter(date('2020-03-31'))", "1"}, {"date.quarter(datetime('2020-10-01'))", "4"},
		{"date.day_of_year(date('2020-01-01'))", "1"}, {"date.iso_week(date('2020-12-31'))", "53"}, {"date.iso_week(date('2018-12-31'))", "1"}, {"date.iso_year(date('2018-12-31'))", "2019"},
		{"date.from_excel(1)", "1900-01-01"}, {"date.from_excel(59)", "1900-02-28"}, {"date.from_excel(61)", "1900-03-01"}, {"date.from_excel(60)", "! the number stands for 29 February 1900, which was no day"},
		{"date.from_excel(0)", "! the number is not of a day from 1900-01-01 to 9999-12-31"}, {"date.from_excel(2958465)", "9999-12-31"}, {"date.from_excel(2958466)", "! the number is not of a day from 1900-01-01 to 9999-12-31"},
		{"date.format(date('2020-03-05'), 'dd.MM.yyyy')", "05.03.2020"}, {"date.format(date('2020-03-05'), 'MMM d')", "Mar 5"}, {"date.format(date('-0044-03-15'), 'yyyy')", "! the year is not between 0 and 9999, so that yyyy cannot show it"},
		{"date.format(date('2020-03-05'), 'HH')", "! the layout of date.parse has a part of the time; use datetime.parse"}, {"date.format(date('2020-03-05'), 'yy')", "! the layout is not made of yyyy MM M MMM MMMM dd d HH H mm ss SSS T and characters that are not letters, each part at most once"},
		{"date.format(datetime('2020-03-05 10:00:00'), 'd/M')", "5/3"}, {"date.format(date('2020-03-05'), 'yyyy年M月')", "2020年3月"}, {"date.valid('2020-02-29', 'yyyy-MM-dd')", "true"},
		{"date.valid('x', 'yy')", "! the layout is not made of yyyy MM M MMM MMMM dd d HH H mm ss SSS T and characters that are not letters, each part at most once"},
		{"datetime.format(datetime('2020-01-31 09:05:07.25'), 'yyyy-MM-ddTHH:mm:ss.SS')", "2020-01-31T09:05:07.25"}, {"datetime.format(datetime('2020-01-31 09:05:07.255'), 'H:mm:ss.SS')", "! the layout has fewer decimals of the second than the time"},
		{"datetime.format(datetime('2020-01-31 09:05:07.255'), 'H:mm')", "9:05"}, {"datetime.valid('2020-01-31 23:59', 'yyyy-MM-dd HH:mm')", "true"},
		{"datetime.trunc(datetime('2020-05-14 10:20:30.5'), 'second')", "2020-05-14 10:20:30"}, {"datetime.trunc(datetime('1969-12-31 23:59:30'), 'minute')", "1969-12-31 23:59:00"}, {"datetime.trunc(datetime('2020-05-14 10:20:30'), 'day')", "2020-05-14 00:00:00"},
		{"datetime.trunc(datetime('2020-05-14 10:20:30'), 'week')", "2020-05-11 00:00:00"}, {"datetime.trunc(datetime('2020-05-14'), 'x')", "! the period is not one of year, quarter, month, week, day, hour, minute, second"},
		{"datetime.add_days(datetime('2020-05-14'), 9223372036854775807)", "! the date is out of range"}, {"datetime.add_seconds(datetime('2020-05-14'), 106751991167300)", "! the date is out of range"}, {"datetime.add_hours(datetime('2020-05-14 10:00:00.5'), -11)", "2020-05-13 23:00:00.5"},
		{"datetime.diff_seconds(datetime('2020-01-31 10:00:00.75'), datetime('2020-01-31 10:00:00.5'))", "-0.25"}, {"datetime.diff_seconds(datetime('2020-01-01'), datetime('2020-01-02'))", "86400"},
	})
}

func TestInfiniteDatesStayOrHaveNoParts(t *testing.T) {
	env, err := environment(t).Extend(cel.Variable("d", library.DateType()), cel.Variable("c", library.DatetimeType()))
	if err != nil {
		t.Fatal(err)
	}
	row := map[string]any{"d": library.Date(math.MaxInt64), "c": library.NewDatetime(math.MinInt64, 1)}
	for text, want := range map[string]string{
		"date.first_of_month(d)": "infinity", "date.last_of_month(d)": "infinity", "date.trunc(d, 'week')": "infinity", "datetime.trunc(c, 'hour')": "-infinity", "datetime.add_days(c, 1)": "-infinity",
		"date.between(date('2020-01-01'), date(c), d)": "true", "date.iso_week(d)": "!", "date.quarter(c)": "!", "date.age(date('2020-01-01'), d)": "!", "date.diff_months(d, d)": "!",
		"date.format(d, 'd')": "!", "date.format(c, 'd')": "!", "datetime.format(c, 'd')": "!", "datetime.diff_seconds(c, c)": "!",
	} {
		ast, issues := env.Compile(text)
		if issues.Err() != nil {
			t.Fatal(issues.Err())
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		got := "!"
		if v, _, err := program.Eval(row); err == nil {
			got = fmt.Sprint(v.Value())
		} else if library.Safe(err) != "the date is infinite" {
			t.Errorf("%s: %s", text, library.Safe(err))
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
