package expr_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang/expr"
)

func must(t *testing.T, text string) *expr.Expr {
	t.Helper()
	e, diags := expr.Check(text, at(), scope())
	if e == nil {
		t.Fatalf("%s: %s", text, details(diags))
	}
	return e
}

func TestLayoutsOfOneMeaningHaveOneCanonicalForm(t *testing.T) {
	for _, same := range [][]string{
		{"src.string+'a'", "src.string  +  \"a\"", "src.string // the name\n + 'a'", "(src.string + '''a''')", "src['string'] + r'a'", "src.`string` + '\\u0061'"},
		{"src.array.exists(x, x != null && x == 'a')", "src.array.exists(other, other != null && other=='a')"},
		{"src.decimal + 1", "src.decimal + decimal(1)", "src.decimal+0x1"},
		{"src.stringN == null", "( src . stringN ) == null"},
	} {
		want := must(t, same[0]).Canonical()
		for _, text := range same[1:] {
			if got := must(t, text).Canonical(); got != want {
				t.Errorf("%q: got\n%s\nwant, as of %q,\n%s", text, got, same[0], want)
			}
		}
	}
}

func TestOtherMeaningsHaveOtherCanonicalForms(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{"src.string + 'a'", "src.string + 'b'", "'a' + src.string", "src.uuid + 'a'", "src.int32 + 1", "src.int32 + 2",
		"1", "1u", "1.0", "'1'", "b'1'", "true", "null", "[1, 2]", "[2, 1]", "{'a': 1}", "{'a': 2}", "src.json.a", "has(src.json.a)",
		"src.array.exists(x, x != null && x == 'a')", "src.array.all(x, x != null && x == 'a')", "src.int64 + 1", "src.float64 + 1.0",
		"src.decimal + 1", "src.bool ? 1 : 2", "src.bool ? 2 : 1", "param.trust", "lookup.sex['1']", "lookup.maybe['1']",
		"[[1]].exists(x, x.exists(y, y == x[0]))", "[[1]].exists(x, x.exists(y, y == y))"} {
		c := must(t, text).Canonical()
		if other, ok := seen[c]; ok {
			t.Errorf("%q and %q have one canonical form:\n%s", text, other, c)
		}
		seen[c] = text
	}
}

// A change of a column's nullability alone changes no fingerprint.
func TestCanonicalFormDoesNotKnowNullability(t *testing.T) {
	s := scope()
	for i := range s.Columns {
		if s.Columns[i].Name == "string" {
			s.Columns[i].Null = true
		}
	}
	for _, text := range []string{"text.upper(src.string)", "lookup.sex[src.string]"} {
		e, diags := expr.Check(text, at(), s)
		if e == nil {
			t.Fatal(details(diags))
		}
		if got, want := e.Canonical(), must(t, text).Canonical(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// The text is part of every fingerprint: it may not change with a version of CEL or of this program.
func TestCanonicalFormIsAsItWas(t *testing.T) {
	got := must(t, "uuid5('pas', param.trust, string(src.int32)) + lookup.sex[src.string]").Canonical()
	want := `(call _+_ add_string (call uuid5 uuid5_3 "pas" (get "trust" param) (call string int64_to_string (get "int32" src))) ` +
		`(call _[_] index_map (get "sex" lookup) (get "string" src)))`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDependenciesAreListed(t *testing.T) {
	e := must(t, "lookup.sex[src.uuid] + param.trust + string(src.int32 + size(src.string)) + text.upper('a')")
	for name, c := range map[string][2][]string{
		"columns":   {e.Columns(), {"int32", "string", "uuid"}},
		"params":    {e.Params(), {"trust"}},
		"lookups":   {e.Lookups(), {"sex"}},
		"functions": {e.Functions(), {"size@1", "string@1", "text.upper@1"}},
	} {
		if !slices.Equal(c[0], c[1]) {
			t.Errorf("%s: got %v, want %v", name, c[0], c[1])
		}
	}
	if name, ok := must(t, "src['odd name']").Column(); name != "odd name" || !ok {
		t.Errorf("got column %q, %v", name, ok)
	}
	if _, ok := must(t, "src.json.a").Column(); ok {
		t.Error("a member of a column is not the column")
	}
}

func TestAFunctionOfAZoneHasItsRulesInTheVersion(t *testing.T) {
	pattern := regexp.MustCompile(`^at_zone@1\+Europe/London=[0-9a-f]{12}$`)
	got := must(t, "src.timestamp.at_zone('Europe/London', 'earlier')").Functions()
	if len(got) != 1 || !pattern.MatchString(got[0]) {
		t.Errorf("got %v, want one that matches %s", got, pattern)
	}
	got = must(t, "src.timestamptz.getHours('Asia/Tokyo')").Functions()
	if len(got) != 1 || !strings.HasPrefix(got[0], "getHours@1+Asia/Tokyo=") {
		t.Errorf("got %v", got)
	}
	if got := must(t, "src.timestamptz.getHours('+02:00')").Functions(); !slices.Equal(got, []string{"getHours@1"}) {
		t.Errorf("got %v", got)
	}
}
