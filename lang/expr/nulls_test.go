package expr_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang/expr"
)

func TestNullMayNotDecide(t *testing.T) {
	for _, text := range []string{
		"!src.boolN", "src.boolN && src.bool", "src.bool && src.boolN", "src.boolN || src.bool", "src.bool || src.boolN",
		"src.boolN ? 1 : 2", "src.int32N == 3", "3 == src.int32N", "src.int32N != 3", "src.int32N < 3", "src.int32N <= 3",
		"src.int32N > 3", "3 >= src.int32N", "src.decimalN > 1", "src.dateN >= date('1900-01-01')", "src.stringN in ['a', 'b']",
		"'a' in [src.stringN]", "'a' in src.array", "'a' in src.arrayN", "text.upper(src.stringN) == 'A'",
		"src.stringN.startsWith('a') || src.bool", "src.arrayN.exists(x, x == 'a')", "src.array.exists(x, x == 'a')",
		"src.array.filter(x, x.startsWith('a')).size() > 0", "src.json.a == 1", "src.json == 1", "lookup.maybe[src.string] == 'x'",
		"lookup.sex[src.stringN] == 'x'", "(src.bool ? src.stringN : 'x') == 'y'", "(src.bool ? null : 'x') == 'y'",
		"coalesce(src.stringN, src.enumN) == 'y'", "src.stringN != null || src.stringN == 'a'", "src.stringN == null && src.stringN == 'a'",
		"[src.stringN][0] == 'a'", "{'k': src.stringN}.k == 'a'", "{src.stringN: 1}.size() > 0", "src.stringN in lookup.sex",
		"(src.stringN != null || src.bool) && src.stringN == 'a'", "src.stringN == src.enumN", "src.jsonN.?a.orValue(1) == 1",
		"src.stringN == 'a' ? true : false", "[1].exists(src, src == 1) && src.boolN", "'%s'.format([src.stringN]) == 'x'",
		"!(src.stringN == null && src.bool) && src.stringN == 'a'",
	} {
		e, diags := expr.Condition(text, at(), scope())
		if e != nil || !strings.Contains(codes(diags), "null-decides") {
			t.Errorf("%s: got %q, want null-decides", text, details(diags))
		}
	}
}

func TestNullIsSaidAndDoesNotDecide(t *testing.T) {
	for _, text := range []string{
		"src.stringN == null", "src.stringN != null", "null == src.stringN", "has_value(src.stringN)",
		"src.stringN == null || src.stringN == 'a'", "src.stringN != null && src.stringN == 'a'",
		"src.stringN == null ? src.bool : src.stringN == 'a'", "src.stringN != null ? src.stringN == 'a' : src.bool",
		"has_value(src.stringN) && src.stringN.size() > 1", "!has_value(src.stringN) || src.stringN == 'a'",
		"!(src.stringN == null) && src.stringN == 'a'", "coalesce(src.stringN, '') == 'a'", "coalesce(src.stringN, src.enumN, 'x') == 'a'",
		"src.stringN != null && src.enumN != null && src.stringN == src.enumN",
		"(src.stringN == null || src.enumN == null) || src.stringN == src.enumN",
		"!(src.stringN == null || src.enumN == null) && src.stringN == src.enumN",
		"text.upper(src.stringN) != null && src.stringN == 'a'", "lookup.maybe[src.string] != null && lookup.maybe[src.string] == 'x'",
		"src.array.exists(x, x != null && x == 'a')", "'a' in src.array.filter(x, x != null)",
		"src.array.filter(x, has_value(x)).all(x, x.size() > 1)", "coalesce(src.arrayN, []).size() == 0",
		"src.boolN == null || src.boolN", "src.int64 in param.ages",
		"'%s'.format([src.string]) == 'x'",
	} {
		e, diags := expr.Condition(text, at(), scope())
		if e == nil {
			t.Errorf("%s: %s", text, details(diags))
			continue
		}
		if e.MayBeNull() {
			t.Errorf("%s: a condition that may be null", text)
		}
		if _, err := run(t, e); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestNullIsCarriedAlong(t *testing.T) {
	for text, want := range map[string]bool{
		"text.title(src.stringN)": true, "text.title(src.string)": false, "src.int32N + 1": true, "1 + src.int32N": true,
		"coalesce(src.stringN, 'x')": false, "coalesce(src.stringN, src.enumN)": true, "src.bool ? src.string : src.enumN": true,
		"src.bool ? null : 'x'": true, "lookup.sex[src.string]": false, "lookup.sex[src.stringN]": true, "lookup.maybe[src.string]": true,
		"src.stringN == null": false, "src.array": false, "src.arrayN": true, "src.array[0]": true, "[src.stringN]": false,
		"src.array.map(x, coalesce(x, 'n'))[0]": false, "src.array.map(x, x + '!')[0]": true, "src.json": true, "string(src.json.a)": true,
		"src.stringN != null ? src.stringN : 'x'": false, "src.stringN == null ? 'x' : text.upper(src.stringN)": false, "null": true,
		"uuid5('a', src.stringN)": true, "param.trust": false, "param.ages[0]": false,
		"src.jsonN.?a.orValue('x')": true, "optional.of(src.string).orValue(src.enumN)": true,
	} {
		e, diags := expr.Check(text, at(), scope())
		if e == nil {
			t.Errorf("%s: %s", text, details(diags))
			continue
		}
		if got := e.MayBeNull(); got != want {
			t.Errorf("%s: got may be null %v, want %v", text, got, want)
		}
	}
}

// Every operator and function over columns that may be null gives null at run time, or is refused.
func TestEveryOperatorGivesNullForNullInEitherPlace(t *testing.T) {
	kinds := []string{"int32", "decimal", "float64", "string", "bytes", "array"}
	for _, op := range []string{"+", "-", "*", "/", "%"} {
		for _, k := range kinds {
			for _, text := range []string{"src." + k + "N " + op + " src." + k, "src." + k + " " + op + " src." + k + "N"} {
				e, diags := expr.Check(text, at(), scope())
				if e == nil {
					if got := codes(diags); got != "cel-type" {
						t.Errorf("%s: %s", text, details(diags))
					}
					continue
				}
				v, err := run(t, e)
				if err != nil || value(v) != "null" || !e.MayBeNull() {
					t.Errorf("%s: got %v, %v, may be null %v; want null", text, v, err, e.MayBeNull())
				}
			}
		}
	}
}

func TestOperatorsTakeDecimalAndIntInBothOrders(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"src.decimal + 1", "13.50"}, {"1 + src.decimal", "13.50"}, {"src.decimal - 1", "11.50"}, {"1 - src.decimal", "-11.50"},
		{"src.decimal * 2", "25.00"}, {"2 * src.decimal", "25.00"}, {"src.decimal / 2", "6.25"}, {"50 / src.decimal", "4"},
		{"src.decimal < 13", "true"}, {"13 < src.decimal", "false"}, {"src.decimal <= 12", "false"}, {"12 <= src.decimal", "true"},
		{"src.decimal > 12", "true"}, {"12 > src.decimal", "false"}, {"src.decimal >= 13", "false"}, {"13 >= src.decimal", "true"},
		{"decimal('12') == 12", "true"}, {"12 == decimal('12.0')", "true"}, {"src.decimal != 12", "true"}, {"12 != src.decimal", "true"},
		{"12 in [decimal('12.00')]", "true"}, {"decimal('12.00') in [11, 12]", "true"}, {"src.decimal in [12, 13]", "false"},
		{"src.bool ? src.decimal : 0", "12.50"}, {"src.bool ? 0 : src.decimal", "0"}, {"coalesce(src.decimalN, 0)", "0"},
		{"coalesce(src.int32N, src.decimal)", "12.50"}, {"[1, src.decimal][0] + src.decimal", "13.50"},
		{"{'a': 1, 'b': src.decimal}['a'] + src.decimal", "13.50"}, {"[1, 2].map(x, x * src.decimal)[1]", "25.00"},
		{"[1, src.decimal].map(x, x + 1)[1]", "13.50"},
		{"[src.decimal].all(x, x > 12 && 12 < x)", "true"}, {"src.int32 + src.decimal * (1 + src.int32)", "53.00"},
		{"decimal.div(10, src.int32, 2, 'half_up')", "3.33"}, {"decimal.round(src.decimal * 3, 0, 'half_even')", "38"},
		{"int(src.decimal * 2)", "25"}, {"decimal.max(1, src.decimal)", "12.50"},
	} {
		e, diags := expr.Check(c.text, at(), scope())
		if e == nil {
			t.Errorf("%s: %s", c.text, details(diags))
			continue
		}
		v, err := run(t, e)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := value(v); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

func TestDecimalAndDoubleNeverMeetInSilence(t *testing.T) {
	for _, op := range []string{"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="} {
		for _, text := range []string{"src.decimal " + op + " src.float64", "src.float64 " + op + " src.decimal", "1.0 " + op + " 1",
			"1 " + op + " 1.0"} {
			e, diags := expr.Check(text, at(), scope())
			if e != nil || codes(diags) != "cel-type" {
				t.Errorf("%s: got %q, want cel-type", text, details(diags))
			}
		}
	}
}
