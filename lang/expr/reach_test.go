package expr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang/expr"
)

// shownReach writes a reach as column, or lookup:name, and its protection behind a slash.
func shownReach(all []expr.Reach) string {
	var out []string
	for _, r := range all {
		text := r.Column
		if r.Lookup != "" {
			text = "lookup:" + r.Lookup
		}
		if r.By.Method != "" {
			text += "/" + r.By.Method
		}
		if r.By.Key != "" {
			text += "(" + r.By.Key + ")"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestWhatReachesAResult(t *testing.T) {
	for text, want := range map[string]string{
		"src.string": "string", "'x'": "", "param.trust": "", "param.trust + src.string": "string", "src.string + string(src.date)": "date string",
		"coalesce(src.stringN, src.SURNAME)":                                           "SURNAME stringN",
		"src.bool ? 'a' : 'b'":                                                         "bool",
		"src.bool ? src.string : src.SURNAME":                                          "SURNAME bool string",
		"src.stringN == null ? 'a' : 'b'":                                              "stringN",
		"has_value(src.stringN)":                                                       "stringN",
		"src.string.size()":                                                            "string",
		"lookup.sex[src.string]":                                                       "lookup:sex string",
		"src.string in lookup.sex":                                                     "lookup:sex string",
		"json.text_at(src.json, 'a.b')":                                                "json",
		"src.json.a.b":                                                                 "json",
		"src.array.map(x, text.upper(x))":                                              "array",
		"src.array.exists(x, x == null || x == src.SURNAME)":                           "SURNAME array",
		"[src.string, src.SURNAME][0]":                                                 "SURNAME string",
		"{'a': src.string}['a']":                                                       "string",
		"{src.string: 'a'}":                                                            "string",
		"['a', 'b'].map(x, x + src.string)":                                            "string",
		"[1, 2].map(src, src + 1)":                                                     "",
		"hash.sha256(src.string)":                                                      "string/hash",
		"encode.hex(src.string)":                                                       "string",
		"uuid5('p', src.string)":                                                       "string/hash",
		"mask.redact(src.string)":                                                      "string/redact",
		"mask.last4(src.string)":                                                       "string/truncate",
		"mask.postcode_district(src.string)":                                           "string/generalise",
		"pseudonym.hmac('people', src.string)":                                         "string/hmac(people)",
		"pseudonym.hmac('people', encode.hex(src.string))":                             "string/hmac(people)",
		"text.upper(pseudonym.hmac('people', src.string))":                             "string/hmac(people)",
		"pseudonym.hmac('people', hash.sha256(src.string))":                            "string/hmac(people)",
		"hash.sha256(pseudonym.hmac('people', src.string))":                            "string/hmac(people)",
		"mask.last4(src.string) + hash.sha256(src.string)":                             "string/hash",
		"pseudonym.hmac('people', src.string) + src.SURNAME":                           "SURNAME string/hmac(people)",
		"pseudonym.hmac('people', src.string) + src.string":                            "string",
		"src.bool ? mask.redact(src.string) : src.string":                              "bool string",
		"mask.redact(src.bool ? src.string : src.SURNAME)":                             "SURNAME/redact bool/redact string/redact",
		"src.array.map(x, x == null ? '' : mask.redact(x))":                            "array",
		"mask.redact(src.array)":                                                       "array/redact",
		"lookup.sex[pseudonym.hmac('people', src.string)]":                             "lookup:sex string/hmac(people)",
		"pseudonym.hmac('people', lookup.sex[src.string])":                             "lookup:sex/hmac(people) string/hmac(people)",
		"src.string.startsWith('a') && src.bool":                                       "bool string",
		"uuid5('p', param.trust, src.SURNAME) + mask.last4(src.string) + src.SURNAME ": "SURNAME string/truncate",
		"src['odd name']":                                                              "odd name",
		"text.left(src.string, 1) + '.' + text.upper(mask.last4(src.SURNAME))":         "SURNAME/truncate string",
		"date.year(src.date) > 1950 ? 'old' : 'young'":                                 "date",
		"list.join([src.string, mask.redact(src.SURNAME)], ' ')":                       "SURNAME/redact string",
	} {
		e, found := expr.Check(text, at(), scope())
		if e == nil {
			t.Errorf("%s: %s", text, details(found))
			continue
		}
		if got := shownReach(e.Reaches()); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	e, found := expr.Check("join.ward.NAME + src.string", at(), joined())
	if found.HasErrors() || shownReach(e.Reaches()) != "string ward.NAME" {
		t.Errorf("a joined column: got %v, %s", e, details(found))
	}
}

func TestAKeyIsNamedInTheCanonicalFormAndNowhereElse(t *testing.T) {
	s := scope()
	s.Keys = []string{"people", "staff"}
	check := func(text string) *expr.Expr {
		e, found := expr.Check(text, at(), s)
		if found.HasErrors() {
			t.Fatalf("%s: %s", text, details(found))
		}
		return e
	}
	a, b := check("pseudonym.hmac('people', src.string)"), check("pseudonym.hmac( \"staff\" ,src.string)")
	if a.Canonical() == b.Canonical() {
		t.Error("two keys: got one canonical form, want two")
	}
	if got := fmt.Sprint(a.Keys(), b.Keys(), check("src.string").Keys()); got != "[people] [staff] []" {
		t.Errorf("keys: got %s, want [people] [staff] []", got)
	}
	if a.Canonical() != check("pseudonym.hmac('people',src.string)").Canonical() {
		t.Error("another layout: got another canonical form")
	}
	v, err := run(t, a)
	if err != nil || value(v) == "" || len(value(v)) != 32 {
		t.Errorf("run: got %v, %v; want 32 digits", v, err)
	}
	for _, text := range []string{"@key.people", "key.people", "pseudonym.hmac(key.people, src.string)", "string(pseudonym)", "pseudonym.hmac"} {
		if e, _ := expr.Check(text, at(), s); e != nil {
			t.Errorf("%s: got an expression, want an error", text)
		}
	}
}
