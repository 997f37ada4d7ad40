package rego

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"pgregory.net/rapid"
)

// answers is a query for what the functions that have a native say of a document.
const answers = `answer := {
	"agrees": data.migrateiq.lib.schema.agrees(input),
	"lacking": data.migrateiq.lib.facts.lacking(input, {data.migrateiq.lib.facts.path(t, t) | some t in data.facts}),
	"gaps": {kind: found |
		some kind in ["fields", "datasets", "systems"]
		is_object(input[kind])
		prefix := concat("", [kind, ".*."])
		paths := {data.migrateiq.lib.facts.path(t, trim_prefix(t, prefix)) | some t in data.facts; startswith(t, prefix)}
		found := data.migrateiq.lib.facts.gaps(input[kind], paths)
	},
}`

// libraryAsks prepares the query for the library as it is, or with what stands in for it.
func libraryAsks(t *testing.T, query string, all []native) opa.PreparedEvalQuery {
	t.Helper()
	bundle, err := packs.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	lib, err := library(bundle)
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]bool{}
	for _, c := range controlsOf(lib) {
		for _, f := range slices.Concat(c.Scope, c.Facts) {
			facts[f] = true
		}
	}
	lib.data["facts"] = slices.Sorted(maps.Keys(facts))
	for _, n := range all {
		if err := n.into(lib); err != nil {
			t.Fatal(err)
		}
	}
	compiler := ast.NewCompiler().WithCapabilities(withNatives(all)).WithStrict(true)
	if compiler.Compile(lib.only(Rules{}.packs()).modules); compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	q, err := preparer{compiler, storeOf([]Source{lib}, Rules{}), all}.prepare(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// fixture is the document that the tests of the rules begin with.
func fixture(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../packs/bundle/migrateiq/fixtures/data.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Document json.RawMessage }
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v.Document
}

// damage puts something else in the place of one value somewhere in a document, or nothing.
func damage(t *rapid.T, v any) any {
	if rapid.IntRange(0, 5).Draw(t, "here") > 0 {
		switch v := v.(type) {
		case map[string]any:
			if len(v) == 0 {
				break
			}
			key := rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(t, "key")
			switch rapid.IntRange(0, 9).Draw(t, "gone") {
			case 0:
				delete(v, key)
			case 1:
				v["another"] = v[key]
			default:
				v[key] = damage(t, v[key])
			}
			return v
		case []any:
			if len(v) == 0 {
				break
			}
			i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
			v[i] = damage(t, v[i])
			return v
		}
	}
	return rapid.SampledFrom([]any{
		nil, true, 0, -1, 1.5, json.Number("1e3"), json.Number("2.0"), "", "none", "plan", "full", "2026-11-20T12:00:00Z", "2026-11-20T12:00:00.5+01:00",
		"2026-11-20", "12:00:00", "12:00:00Z", "2026-11-20 12:00", []any{}, []any{nil}, []any{"none"}, []any{map[string]any{}}, map[string]any{},
		map[string]any{"a": nil}, map[string]any{"a": map[string]any{}},
	}).Draw(t, "instead")
}

// asking is a test, or one draw of it.
type asking interface {
	Context() context.Context
	Fatalf(format string, args ...any)
}

func TestWhatStandsInForTheLibraryAnswersAsItDoes(t *testing.T) {
	text := fixture(t)
	own, native := libraryAsks(t, answers, nil), libraryAsks(t, answers, natives())
	ask := func(t asking, q opa.PreparedEvalQuery, doc ast.Value) ast.Value {
		rs, err := q.Eval(t.Context(), opa.EvalParsedInput(doc))
		if err != nil || len(rs) != 1 {
			t.Fatalf("%d answers, error %v", len(rs), err)
		}
		return ast.MustInterfaceToValue(rs[0].Bindings["answer"])
	}
	whole := func(t asking) map[string]any {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var doc map[string]any
		if err := d.Decode(&doc); err != nil {
			t.Fatalf("read the fixture: %v", err)
		}
		return doc
	}
	if got := ask(t, native, ast.MustInterfaceToValue(whole(t))); !strings.Contains(got.String(), `"agrees": true`) {
		t.Errorf("the document does not agree with the schema before it is damaged, so that the test shows little: got %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := whole(t)
		for range rapid.IntRange(0, 3).Draw(t, "times") {
			top := rapid.SampledFrom(slices.Sorted(maps.Keys(doc))).Draw(t, "top")
			doc[top] = damage(t, doc[top])
		}
		in := ast.MustInterfaceToValue(doc)
		want, got := ask(t, own, in), ask(t, native, in)
		if want.Compare(got) != 0 {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	})
}

// The schema's formats and numbers are lenient in ways that a hand would not write.
func TestScalarsAreReadAsTheSchemaReadsThem(t *testing.T) {
	var base map[string]any
	if err := json.Unmarshal(fixture(t), &base); err != nil {
		t.Fatal(err)
	}
	const query = "answer := data.migrateiq.lib.schema.agrees(input)"
	own, native := libraryAsks(t, query, nil), libraryAsks(t, query, natives())
	ask := func(q opa.PreparedEvalQuery, doc ast.Value) bool {
		rs, err := q.Eval(t.Context(), opa.EvalParsedInput(doc))
		if err != nil || len(rs) != 1 {
			t.Fatalf("%d answers, error %v", len(rs), err)
		}
		return rs[0].Bindings["answer"].(bool)
	}
	for leaf, values := range map[string][]any{
		"evaluated_at": {"2026-11-20T12:00:00Z", "2026-11-20T12:00:00.123456789+01:00", "2026-11-20t12:00:00z", "2026-11-20", "12:00:00", "12:00:00Z",
			"12:00:00+01:00", "12:00:00.5", "24:00:00", "2026-02-30", "20261120", "2026-11-20 12:00:00Z", "", nil},
		"risk": {
			map[string]any{"score": 1, "factors": nil}, map[string]any{"score": json.Number("1.0"), "factors": nil},
			map[string]any{"score": json.Number("1e2"), "factors": nil}, map[string]any{"score": json.Number("1e-2"), "factors": nil},
			map[string]any{"score": json.Number("1e300"), "factors": nil}, map[string]any{"score": json.Number("99999999999999999999"), "factors": nil},
			map[string]any{"score": -1, "factors": nil}, map[string]any{"score": json.Number("-1e0"), "factors": nil}, map[string]any{"score": json.Number("-0"), "factors": nil},
			map[string]any{"score": "1", "factors": nil}, map[string]any{"score": 1}, map[string]any{"score": 1, "factors": map[string]any{}},
		},
		"phase":   {"plan", "apply", "PLAN", "", "plan apply", nil},
		"systems": {map[string]any{}, nil, []any{}},
	} {
		for _, v := range values {
			doc := maps.Clone(base)
			doc[leaf] = v
			in := ast.MustInterfaceToValue(doc)
			if want, got := ask(own, in), ask(native, in); got != want {
				t.Errorf("%s is %v: got %t, want %t", leaf, v, got, want)
			}
		}
	}
}

// paths are all kinds of facts that facts.path reads, of members that the documents below have here and there.
var paths = []string{
	"a", "a?", "a.b", "a.b?", "a.*.b", "a.*.b?", "a?.*.b", "a?.*.b?", "a.b.*.a", "a.b?.*.a.b", "a.*.b.*.a", "a.*.b.*.a?", "a.*.b?.*.a",
	"a.*.b?.*.a?", "a?.*.b.*.a", "a.*.a.b?.*.b", "b.*.a.*.b.a", "b?.*.a?.*.b",
}

// holding is a document that has something at the end of a path.
func holding(t *rapid.T, steps []string) any {
	if len(steps) == 0 {
		return rapid.SampledFrom([]any{nil, "text", 1, false, map[string]any{}}).Draw(t, "leaf")
	}
	if steps[0] != "*" {
		return map[string]any{steps[0]: holding(t, steps[1:])}
	}
	var list []any
	members := map[string]any{}
	for i := range rapid.IntRange(0, 2).Draw(t, "members") {
		m := holding(t, steps[1:])
		list, members[fmt.Sprint(i)] = append(list, m), m
	}
	if rapid.Bool().Draw(t, "array") {
		return list
	}
	return members
}

// stepsOf are the names of a path, without what is said of null.
func stepsOf(path string) []string { return strings.Split(strings.ReplaceAll(path, "?", ""), ".") }

// full is a document with one member for each star of a path, and a text at its end.
func full(steps []string) any {
	if len(steps) == 0 {
		return "text"
	}
	return map[string]any{steps[0]: full(steps[1:])}
}

func TestWhatStandsInForTheLibraryReadsEveryKindOfPath(t *testing.T) {
	const query = `paths := {data.migrateiq.lib.facts.path(replace(t, "?", "!"), t) | some t in input.paths}
answer := {
	"lacking": data.migrateiq.lib.facts.lacking(input.document, paths),
	"gaps": {g | is_object(input.document); g := data.migrateiq.lib.facts.gaps(input.document, paths)},
}`
	own, native := libraryAsks(t, query, nil), libraryAsks(t, query, natives())
	ask := func(t asking, q opa.PreparedEvalQuery, doc any, paths ...string) ast.Object {
		rs, err := q.Eval(t.Context(), opa.EvalParsedInput(ast.MustInterfaceToValue(map[string]any{"paths": paths, "document": doc})))
		if err != nil || len(rs) != 1 {
			t.Fatalf("%d answers, error %v", len(rs), err)
		}
		return ast.MustInterfaceToValue(rs[0].Bindings["answer"]).(ast.Object)
	}
	lacks := func(t asking, doc any, p string) bool {
		want, got := ask(t, own, doc, p), ask(t, native, doc, p)
		if want.Compare(got) != 0 {
			t.Fatalf("%s of %v: got %s\nwant %s", p, doc, got, want)
		}
		return strings.Contains(got.Get(ast.InternedTerm("lacking")).Value.String(), "a")
	}
	for _, p := range paths { // whatever is drawn below, each path is once there and once not
		if doc := full(stepsOf(p)); lacks(t, doc, p) || !lacks(t, map[string]any{}, p) {
			t.Errorf("%v lacks %s, or nothing does not, so that the test shows little of it", doc, p)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, p := range paths {
			doc := holding(t, stepsOf(p))
			for range rapid.IntRange(0, 2).Draw(t, "times") {
				doc = damage(t, doc)
			}
			lacks(t, doc, p)
			all := ask(t, native, doc, paths...)
			if all.Compare(ask(t, own, doc, paths...)) != 0 {
				t.Fatalf("all paths of %v: got %s", doc, all)
			}
		}
	})
}
