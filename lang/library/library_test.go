package library_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"

	"github.com/novumsolvo/migrateiq/lang/library"
)

func environment(t *testing.T) *cel.Env {
	t.Helper()
	env, err := library.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// evaluate gives the result as text, or what Safe says of the error behind an exclamation mark.
func evaluate(t *testing.T, env *cel.Env, text string) string {
	t.Helper()
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return "? " + issues.Err().Error()
	}
	program, err := env.Program(ast)
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := program.Eval(map[string]any{})
	if err != nil {
		return "! " + library.Safe(err)
	}
	return fmt.Sprint(v.Value())
}

type example struct{ text, want string }

func checkAll(t *testing.T, all []example) {
	t.Helper()
	env := environment(t)
	for _, c := range all {
		if got := evaluate(t, env, c.text); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

func TestEveryExampleOfTheReferenceGivesItsResult(t *testing.T) {
	var all []example
	for _, f := range library.Functions() {
		if f.Name != library.Pseudonym { // its key is put in by the checker; see TestPseudonyms
			all = append(all, example{f.Example, f.Result})
		}
		if f.Doc == "" || f.Signature == "" || f.Null == "" || f.Version < 1 || !strings.Contains(f.Signature, f.Name) {
			t.Errorf("%s lacks a part of its entry: %+v", f.Name, f)
		}
	}
	checkAll(t, all)
}

func TestDecimalsAreExact(t *testing.T) {
	const endless = "! the quotient has no finite decimal form; use decimal.div(a, b, scale, 'half_even')"
	checkAll(t, []example{
		{"decimal('0.1') + decimal('0.2')", "0.3"},
		{"decimal('1.20') * decimal('3')", "3.60"},
		{"decimal('99999999999999999999999999999999999999999.99') + decimal('0.01')", "100000000000000000000000000000000000000000.00"},
		{"decimal('1') / decimal('8')", "0.125"},
		{"decimal('1') / decimal('10')", "0.1"},
		{"decimal('6.00') / decimal('2')", "3.00"},
		{"decimal('-7') / decimal('1.6')", "-4.375"},
		{"decimal('0') / decimal('3')", "0"},
		{"decimal('1') / decimal('3')", endless},
		{"decimal('1') / decimal('7.0')", endless},
		{"decimal('1') / decimal('0.00')", "! division by zero"},
		{"decimal('NaN') + decimal('1')", "! a decimal in the calculation is not a number or infinite"},
		{"decimal('1.20') == decimal('1.2')", "true"},
		{"decimal('-0') == decimal('0')", "true"},
		{"decimal('-0')", "0"},
		{"decimal('1e3')", "1000"},
		{"decimal('1e-3')", "0.001"},
		{"decimal('1e9999999')", "! decimal('…') cannot read the text; expected digits with a point, such as -12.50"},
		{"decimal('1,5')", "! decimal('…') cannot read the text; expected digits with a point, such as -12.50"},
		{"decimal('')", "! decimal('…') cannot read the text; expected digits with a point, such as -12.50"},
		{"decimal('١')", "! decimal('…') cannot read the text; expected digits with a point, such as -12.50"},
		{"decimal(18446744073709551615u)", "18446744073709551615"},
		{"-decimal('1.5')", "-1.5"},
		{"int(decimal('12.00'))", "12"},
		{"int(decimal('12.01'))", "! int(x) met a decimal that is not a whole number in range; use decimal.round(x, 0, mode) first"},
		{"int(decimal('9223372036854775808'))", "! int(x) met a decimal that is not a whole number in range; use decimal.round(x, 0, mode) first"},
		{"double(decimal('0.5'))", "0.5"},
		{"double(9007199254740993)", "! double(x) met a whole number that a double does not hold exactly; use decimal(x)"},
		{"int(1.5)", "! int(x) met a double that is not a whole number; use math.trunc(x) or math.round(x) first"},
		{"int(math.trunc(1.5))", "1"},
		{"int(1e30)", "! a number or time is out of range"},
		{"decimal.round(decimal('1.5'), -1, 'up')", "! the scale is not between 0 and 131072"},
		{"decimal.round(decimal('1.5'), 0, 'near')", "! the rounding mode is not one of half_even, half_up, half_down, up, down, ceiling, floor"},
		{"decimal.round(decimal('1.5'), 3, 'half_even')", "1.500"},
		{"decimal.div(decimal('2'), decimal('3'), 4, 'half_even')", "0.6667"},
		{"decimal.div(decimal('1'), decimal('0'), 4, 'half_even')", "! division by zero"},
	})
}

func TestRoundingModes(t *testing.T) {
	env := environment(t)
	numbers := []string{"2.5", "3.5", "2.4", "2.6", "-2.5", "-3.5", "-2.4", "2.0"}
	for mode, want := range map[string]string{
		"half_even": "2 4 2 3 -2 -4 -2 2", "half_up": "3 4 2 3 -3 -4 -2 2", "half_down": "2 3 2 3 -2 -3 -2 2",
		"up": "3 4 3 3 -3 -4 -3 2", "down": "2 3 2 2 -2 -3 -2 2", "ceiling": "3 4 3 3 -2 -3 -2 2", "floor": "2 3 2 2 -3 -4 -3 2",
	} {
		var got []string
		for _, n := range numbers {
			got = append(got, evaluate(t, env, fmt.Sprintf("decimal.round(decimal('%s'), 0, '%s')", n, mode)))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s: got %s, want %s", mode, got, want)
		}
	}
}

func TestDatesAndTimes(t *testing.T) {
	const unread = "! date('…') cannot read the text; expected yyyy-mm-dd"
	checkAll(t, []example{
		{"date('2020-02-29')", "2020-02-29"}, {"date('2021-02-29')", unread}, {"date('31/01/2020')", unread}, {"date('2020-1-31')", unread},
		{"date('2020-01-31 ')", unread}, {"date('')", unread}, {"date('2020-13-01')", unread}, {"date('-0044-03-15')", "-0044-03-15"},
		{"date('+12026-01-01')", "+12026-01-01"}, {"date(datetime('2020-01-31 23:59:59.999'))", "2020-01-31"},
		{"date(timestamp('2020-01-31T23:59:59Z'))", "2020-01-31"}, {"date(timestamp('1969-12-31T23:59:59Z'))", "1969-12-31"},
		{"date('2020-01-31') < date('2020-02-01')", "true"}, {"date('2020-01-31') == date('2020-01-31')", "true"},
		{"date.weekday(date('1969-12-28'))", "7"}, {"date.weekday(date('2024-01-01'))", "1"},
		{"date.add_months(date('2020-03-31'), -1)", "2020-02-29"}, {"date.add_months(date('2019-12-31'), 2)", "2020-02-29"},
		{"date.add_months(date('2020-01-31'), 9223372036854775807)", "! the date is out of range"},
		{"date.add_days(date('2020-01-31'), 9223372036854775807)", "! the date is out of range"},
		{"date.diff_years(date('2000-02-29'), date('2021-02-28'))", "20"}, {"date.diff_years(date('2000-02-29'), date('2021-03-01'))", "21"},
		{"date.diff_years(date('2021-03-01'), date('2000-02-29'))", "-21"}, {"date.diff_years(date('2000-06-15'), date('2000-06-15'))", "0"},
		{"date.parse('5.3.2020', 'd.M.yyyy')", "2020-03-05"}, {"date.parse('5 mar 2020', 'd MMM yyyy')", "2020-03-05"},
		{"date.parse('March 15, 2020', 'MMMM d, yyyy')", "2020-03-15"}, {"date.parse('20200315', 'yyyyMMdd')", "2020-03-15"},
		{"date.parse('31.02.2020', 'dd.MM.yyyy')", "! the text names a day that does not exist"},
		{"date.parse('5.3.2020', 'dd.MM.yyyy')", "! the text does not fit the layout"},
		{"date.parse('05.03.2020x', 'dd.MM.yyyy')", "! the text does not fit the layout"},
		{"date.parse('05.03.20', 'dd.MM.yy')", "! the layout is not made of yyyy MM M MMM MMMM dd d HH H mm ss SSS T and characters that are not letters, each part at most once"},
		{"date.parse('03.2020', 'MM.yyyy')", "! the layout lacks the year, the month or the day"},
		{"date.parse('2020-01-31 10', 'yyyy-MM-dd HH')", "! the layout of date.parse has a part of the time; use datetime.parse"},
		{"datetime.parse('2020-01-31T10:20:30.25', 'yyyy-MM-ddTHH:mm:ss.SS')", "2020-01-31 10:20:30.25"},
		{"datetime.parse('31/01/2020 24:30', 'dd/MM/yyyy HH:mm')", "! the text names a time that does not exist"},
		{"datetime('2020-01-31')", "2020-01-31 00:00:00"}, {"datetime('2020-01-31 10:20')", "2020-01-31 10:20:00"},
		{"datetime('1969-12-31 23:59:59.5')", "1969-12-31 23:59:59.5"},
		{"datetime('2020-01-31x')", "! datetime('…') cannot read the text; expected yyyy-mm-dd hh:mm:ss"},
		{"datetime('2020-01-31 25:00:00')", "! datetime('…') cannot read the text; expected yyyy-mm-dd hh:mm:ss"},
		{"datetime(date('2020-01-31'), time('10:00'))", "2020-01-31 10:00:00"},
		{"datetime('2020-01-31 10:00:00') > datetime('2020-01-31 09:59:59.9')", "true"},
		{"time(datetime('1969-12-31 10:20:30.5'))", "10:20:30.5"}, {"time('24:00:00')", "24:00:00"},
		{"time('10')", "! time('…') cannot read the text; expected hh:mm:ss"}, {"time('9:00')", "! time('…') cannot read the text; expected hh:mm:ss"},
		{"interval('P-1M2DT-0.5S')", "P-1M2DT-0.5S"}, {"interval(duration('90m'))", "P0M0DT5400S"},
		{"interval('1 month')", "! the text is not an interval of the form P<months>M<days>DT<seconds>S"},
		{"interval('P1M0DT0S') == interval('P0M30DT0S')", "false"},
	})
}

func TestZonesHaveGapsAndFolds(t *testing.T) {
	const gap = "! the zone's clocks skipped this time; at_zone(zone, 'earlier') or 'later' says which instant is meant"
	const fold = "! the zone's clocks showed this time twice; at_zone(zone, 'earlier') or 'later' says which instant is meant"
	checkAll(t, []example{
		{"string(datetime('2020-03-29 00:59:59').at_zone('Europe/London'))", "2020-03-29T00:59:59Z"},
		{"string(datetime('2020-03-29 01:30:00').at_zone('Europe/London'))", gap},
		{"string(datetime('2020-03-29 01:30:00').at_zone('Europe/London', 'earlier'))", "2020-03-29T00:30:00Z"},
		{"string(datetime('2020-03-29 01:30:00').at_zone('Europe/London', 'later'))", "2020-03-29T01:30:00Z"},
		{"string(datetime('2020-03-29 02:00:00').at_zone('Europe/London'))", "2020-03-29T01:00:00Z"},
		{"string(datetime('2020-10-25 00:59:59').at_zone('Europe/London'))", "2020-10-24T23:59:59Z"},
		{"string(datetime('2020-10-25 01:30:00').at_zone('Europe/London', 'error'))", fold},
		{"string(datetime('2020-10-25 01:30:00').at_zone('Europe/London', 'earlier'))", "2020-10-25T00:30:00Z"},
		{"string(datetime('2020-10-25 01:30:00').at_zone('Europe/London', 'later'))", "2020-10-25T01:30:00Z"},
		{"string(datetime('2020-10-25 02:00:00').at_zone('Europe/London'))", "2020-10-25T02:00:00Z"},
		{"string(datetime('2011-12-30 12:00:00').at_zone('Pacific/Apia'))", gap},
		{"string(datetime('2020-06-01 12:00:00.25').at_zone('UTC'))", "2020-06-01T12:00:00.25Z"},
		{"string(datetime('2020-06-01 12:00:00').at_zone('Local'))", "! the time zone is not known; expected a name such as Europe/London or UTC"},
		{"string(datetime('2020-06-01 12:00:00').at_zone('UTC', 'x'))", "! the rule of at_zone is not one of earlier, later, error"},
		{"timestamp('2020-10-25T00:30:00Z').in_zone('Europe/London')", "2020-10-25 01:30:00"},
		{"timestamp('2020-10-25T01:30:00Z').in_zone('Europe/London')", "2020-10-25 01:30:00"},
	})
	london, err := library.ZoneVersion("Europe/London")
	if err != nil || len(london) != 12 {
		t.Errorf("got %q, %v", london, err)
	}
	if dublin, _ := library.ZoneVersion("Europe/Dublin"); dublin == london {
		t.Error("Dublin and London have one version")
	}
	if _, err := library.ZoneVersion("Mars/Base"); err == nil {
		t.Error("a zone that does not exist has a version")
	}
}

func TestTexts(t *testing.T) {
	checkAll(t, []example{
		{"text.title('st james\\'s d\\'arcy mCDONALD-smith')", "St James's D'Arcy Mcdonald-Smith"}, {"text.title('élan 2nd')", "Élan 2nd"},
		{"text.trim('\\u00a0 a \\n')", "a"}, {"text.pad_left('abcd', 3, '0')", "abcd"}, {"text.pad_right('é', 3, 'ü')", "éüü"},
		{"text.pad_left('a', 3, '')", "! the text to fill with is not a single character"},
		{"text.pad_left('a', -1, '0')", "! the width is not between 0 and 1000000"},
		{"text.substr('héllo', 1, 3)", "éll"}, {"text.substr('abc', 2, 9)", "c"}, {"text.substr('abc', 9, 1)", ""},
		{"text.substr('abc', 1, 9223372036854775807)", "bc"}, {"text.substr('abc', -1, 1)", "! text.substr met a negative start or length"},
	})
}

// The derivation is part of every key that was ever made with it.
func TestUUID5IsAsItWas(t *testing.T) {
	for want, parts := range map[string][]string{
		"fa72a1d8-c01e-5047-8dd3-3ae3f2a9732f": {"ward", "A1"}, // as another program makes of the name 4:ward2:A1
		"a280a524-1681-5440-9fb8-768ca2eb211c": {"pas", "RVH", "17"},
		"ff0c4396-e777-587e-b1d8-c94920b16342": {"é", ""},
	} {
		if got := library.UUID5(parts...); got != want {
			t.Errorf("UUID5(%q): got %s, want %s", parts, got, want)
		}
	}
	if library.UUID5("a", "bc") == library.UUID5("ab", "c") || library.UUID5("a", "") == library.UUID5("a") {
		t.Error("two lists of parts give one UUID")
	}
}

func TestSafeNeverShowsAValue(t *testing.T) {
	env := environment(t)
	const secret = "S3CRET-9x"
	for _, text := range []string{"int('S3CRET-9x')", "uint('S3CRET-9x')", "double('S3CRET-9x')", "bool('S3CRET-9x')", "timestamp('S3CRET-9x')",
		"duration('S3CRET-9x')", "{'a': 1}['S3CRET-9x']", "{'a': 1}[dyn('S3CRET-9x')]", "date('S3CRET-9x')", "datetime('S3CRET-9x')",
		"time('S3CRET-9x')", "decimal('S3CRET-9x')", "interval('S3CRET-9x')", "date.parse('S3CRET-9x', 'yyyy')", "'a'.matches('S3CRET-9x(')",
		"timestamp('2020-01-01T00:00:00Z').getHours('S3CRET-9x')", "datetime('2020-01-01').at_zone('S3CRET-9x')",
		"'%d'.format([dyn('S3CRET-9x')])", "dyn('S3CRET-9x') + 1", "[1][dyn('S3CRET-9x')]", "'abc'.substring(5)", "1 / 0", "9223372036854775807 + 1"} {
		got := evaluate(t, env, text)
		if !strings.HasPrefix(got, "! ") || strings.Contains(got, secret) || strings.Contains(strings.ToLower(got), "s3cret") {
			t.Errorf("%s: got %q, want an error without the value", text, got)
		}
	}
	if got := library.Safe(errors.New("anything with " + secret)); strings.Contains(got, secret) {
		t.Errorf("got %q", got)
	}
}
