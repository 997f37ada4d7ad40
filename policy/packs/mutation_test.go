package packs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/rego"
)

var prefixes = map[string]string{
	"field": "fields.*.", "dataset": "datasets.*.", "system": "systems.*.", "transfer": "transfers.*.", "action": "actions.*.",
	"bundle": "engine.policy_bundles.*.", "filter": "filters.*.",
}

func clone(doc any) map[string]any {
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}

// holders finds the objects that hold the last key of a fact's path, with the key of the member that `*` stood for.
func holders(doc any, steps []string) []holder {
	found := []holder{{in: doc}}
	for _, s := range steps[:len(steps)-1] {
		var next []holder
		for _, h := range found {
			switch in := h.in.(type) {
			case map[string]any:
				if s != "*" {
					next = append(next, holder{in[s], h.member})
					continue
				}
				for k, v := range in {
					next = append(next, holder{v, k})
				}
			case []any:
				for _, v := range in {
					next = append(next, holder{v, "#"})
				}
			}
		}
		found = next
	}
	return found
}

type holder struct {
	in     any
	member string
}

// mutate changes the fact in every member, or in the one that is named, and reports how many it changed.
func mutate(doc map[string]any, fact, only string, change func(m map[string]any, key string)) int {
	steps := strings.Split(strings.TrimSuffix(fact, "?"), ".")
	n := 0
	for _, h := range holders(doc, steps) {
		m, ok := h.in.(map[string]any)
		if _, has := m[steps[len(steps)-1]]; !ok || !has || only != "" && h.member != only {
			continue
		}
		change(m, steps[len(steps)-1])
		n++
	}
	return n
}

func remove(m map[string]any, key string) { delete(m, key) }
func null(m map[string]any, key string)   { m[key] = nil }

func statuses(all []answer) []string {
	var out []string
	for _, a := range all {
		out = append(out, a.Status)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CORE-03 reads waivers and not the document; its facts are those of the plan, and rules_test.rego has its cases.
func each(t *testing.T, check func(t *testing.T, l laboratory, c rego.Control)) {
	t.Helper()
	l := laboratoryOf(t)
	for _, c := range controls(t) {
		if c.ID != "CORE-03" {
			t.Run(c.Name(), func(t *testing.T) { check(t, l, c) })
		}
	}
}

func TestARuleWithoutAFactThatItNeedsCannotDecide(t *testing.T) {
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		doc, q := l.passing(t, c.Package), l.query(t, c.Package+".results")
		before, err := ask(q, doc)
		if err != nil || !slices.Equal(statuses(before), []string{"pass"}) {
			t.Fatalf("the document that passes: got %v, error %v", before, err)
		}
		for _, fact := range slices.Concat(c.Scope, c.Facts) {
			gone := clone(doc)
			if mutate(gone, fact, "", remove) == 0 {
				t.Errorf("the document that passes has no %s", fact)
			}
			if got, err := ask(q, gone); err != nil || !slices.Equal(statuses(got), []string{"undecidable"}) {
				t.Errorf("without %s: got %v, error %v; want undecidable", fact, statuses(got), err)
			}
			empty := clone(doc)
			mutate(empty, fact, "", null)
			got, err := ask(q, empty)
			if err != nil {
				t.Errorf("with %s null: %v", fact, err)
			}
			if !strings.HasSuffix(fact, "?") && !slices.Equal(statuses(got), []string{"undecidable"}) {
				t.Errorf("with %s null: got %v, want undecidable", fact, statuses(got))
			}
		}
	})
}

// One member that lacks a fact is not covered by the others that have it.
func TestARuleCannotDecideASubjectThatLacksAFact(t *testing.T) {
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		prefix, has := prefixes[c.Subject]
		if !has {
			return
		}
		doc, q := l.passing(t, c.Package), l.query(t, c.Package+".results")
		before, err := ask(q, doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range c.Facts {
			for _, a := range before {
				gone := clone(doc)
				if !strings.HasPrefix(fact, prefix) || mutate(gone, fact, a.Subject.ID, remove) == 0 {
					continue
				}
				after, err := ask(q, gone)
				if err != nil {
					t.Errorf("%s without %s: %v", a.Subject.ID, fact, err)
				}
				for _, b := range after {
					if b.Subject.ID == a.Subject.ID && b.Status != "undecidable" {
						t.Errorf("%s without %s: got %s, want undecidable", a.Subject.ID, fact, b.Status)
					}
				}
			}
		}
	})
}

// A value of the wrong kind may make a rule fail, err or not apply; but then CORE-01 does not pass, and the plan is stopped.
func TestAValueOfTheWrongKindNeverPasses(t *testing.T) {
	if testing.Short() {
		t.Skip("2,500 documents")
	}
	schema := laboratoryOf(t).query(t, "data.migrateiq.packs.core.core_01.results")
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		doc, q := l.passing(t, c.Package), l.query(t, c.Package+".results")
		for _, fact := range slices.Concat(c.Scope, c.Facts) {
			for _, wrong := range []any{"x", map[string]any{"a": 1.5}, []any{[]any{}}} {
				bad := clone(doc)
				mutate(bad, fact, "", func(m map[string]any, key string) { m[key] = wrong })
				got, err := ask(q, bad)
				if err != nil || !slices.Contains(statuses(got), "pass") && !slices.Contains(statuses(got), "not_applicable") {
					continue
				}
				if form, err := ask(schema, bad); err == nil && slices.Contains(statuses(form), "pass") && !texts(wrong, doc, fact) {
					t.Errorf("%s as %v: got %v, and CORE-01 passes", fact, wrong, statuses(got))
				}
			}
		}
	})
}

// texts says that the wrong value is right in kind: a text where a text belongs, or where the schema leaves the kind open.
func texts(wrong any, doc map[string]any, fact string) bool {
	_, isText := wrong.(string)
	steps := strings.Split(strings.TrimSuffix(fact, "?"), ".")
	for _, h := range holders(doc, steps) {
		if m, ok := h.in.(map[string]any); ok {
			switch m[steps[len(steps)-1]].(type) {
			case string, nil:
				return isText || steps[len(steps)-1] == "signature"
			}
		}
	}
	return false
}
