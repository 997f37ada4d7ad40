package packs_test

import (
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func TestWhatARuleReadsIsFollowed(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		want  []string
	}{
		"a member":                 {`results if input.a.b == 1`, []string{"a.b"}},
		"a variable":               {`results if { x := input.a; x.b == 1 }`, []string{"a", "a.b"}},
		"some":                     {`results if { some f in input.fields; f.c.d }`, []string{"fields.*", "fields.*.c.d"}},
		"some with a key":          {`results if { some k, f in input.fields; input.others[k].e; f.c }`, []string{"fields.*", "fields.*.c", "others.*.e"}},
		"every":                    {`results if { every f in input.fields { f.c == 1 } }`, []string{"fields", "fields.*", "fields.*.c"}},
		"a negation":               {`results if { not input.a == 1 }`, []string{"a"}},
		"a negation of a member":   {`results if { some f in input.fields; not f.c == 1 }`, []string{"fields.*", "fields.*.c"}},
		"in":                       {`results if { 1 in input.list }`, []string{"list", "list.*"}},
		"a function":               {`results if { _g(input.a) } _g(x) if x.b == 1 _g(x) if x.c == 1`, []string{"a", "a.b", "a.c"}},
		"an else":                  {`results := 1 if input.a == 1 else := 2 if input.b == 1`, []string{"a", "b"}},
		"the answer of a function": {`results if { _g(1).b == 1 } _g(x) := input.a[x]`, []string{"a.*", "a.*.b"}},
		"an object that a rule makes": {`results if { some id, s in _all; s.c } _all := {id: input.fields[id] | some id in input.list}`,
			[]string{"fields.*", "fields.*.c", "list.*"}},
		"members that rules add": {`results if { some id, s in _all; s.c } _all["x"] := input.a _all[y] := input.b if some y in input.list`,
			[]string{"a", "a.c", "b", "b.c", "list.*"}},
		"a set of members":         {`results if { some s in _all; s.c } _all contains f if some f in input.fields`, []string{"fields.*", "fields.*.c"}},
		"an array that is put on":  {`results if { some s in array.concat(input.a, input.b); s.c }`, []string{"a", "a.*", "a.*.c", "b", "b.*", "b.*.c"}},
		"object.get":               {`results if { object.get(input.a, ["b", "c"], 1) == 1 }`, []string{"a", "a.b.c"}},
		"names of the rule's own":  {`results if { some n in ["b", "c"]; input.a[n] == 1 }`, []string{"a.b", "a.c"}},
		"a name from the document": {`results if { input.systems[input.name].d == 1 }`, []string{"name", "systems.*.d"}},
		"the document as a whole":  {`results if { _g(input) } _g(x) if x.b == 1`, []string{"", "b"}},
		"what is bound behind":     {`results if { some s; s.c == 1; s = input.a }`, []string{"a", "a.c"}},
	} {
		m, err := ast.ParseModule(name, "package data_of\nimport future.keywords.not\n"+c.rules)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all := ast.NewCompiler()
		if all.Compile(map[string]*ast.Module{name: m}); all.Failed() {
			t.Fatalf("%s: %v", name, all.Errors)
		}
		got, odd := readerOf(all.Modules).reads("data.data_of", "results")
		if !slices.Equal(got, c.want) || len(odd) > 0 {
			t.Errorf("%s: got %q, not known %q, want %q", name, got, odd, c.want)
		}
	}
}

func TestWhatIsNotFollowedIsSaid(t *testing.T) {
	m := ast.MustParseModule("package data_of\nresults if { walk(input.a, [_, v]); v.b }")
	all := ast.NewCompiler()
	if all.Compile(map[string]*ast.Module{"m": m}); all.Failed() {
		t.Fatal(all.Errors)
	}
	if _, odd := readerOf(all.Modules).reads("data.data_of", "results"); len(odd) == 0 {
		t.Error("walk is followed, or nobody is told that it is not")
	}
}
