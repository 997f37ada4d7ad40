package rego

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

// manifold is the document of the fixtures with all its tables so many times, and with them their fields and whatever is
// said of either.
func manifold(t *testing.T, times int) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(fixture(t), &doc); err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{} // the addresses that are there once more in each copy
	for _, kind := range []string{"fields", "datasets"} {
		for id := range doc[kind].(map[string]any) {
			own[id] = true
		}
	}
	verification := doc["verification"].(map[string]any)
	lists := map[string]map[string]any{"filters": doc, "actions": doc, "controls": verification}
	index := doc["index"].(map[string]any)
	for kind, in := range lists {
		lists[kind] = map[string]any{"": slices.Clone(in[kind].([]any))}
	}
	base := map[string]any{}
	for _, kind := range []string{"fields", "datasets"} {
		base[kind] = maps.Clone(doc[kind].(map[string]any))
	}
	base["by_class"], base["by_dataset"] = maps.Clone(index["by_class"].(map[string]any)), maps.Clone(index["by_dataset"].(map[string]any))
	for i := 1; i < times; i++ {
		suffix := fmt.Sprintf(" %d", i)
		for _, kind := range []string{"fields", "datasets"} {
			maps.Copy(doc[kind].(map[string]any), renamed(base[kind], own, suffix).(map[string]any))
		}
		for class, ids := range base["by_class"].(map[string]any) {
			all := index["by_class"].(map[string]any)
			all[class] = append(slices.Clone(all[class].([]any)), renamed(ids, own, suffix).([]any)...)
		}
		maps.Copy(index["by_dataset"].(map[string]any), renamed(base["by_dataset"], own, suffix).(map[string]any))
		for kind, in := range map[string]map[string]any{"filters": doc, "actions": doc, "controls": verification} {
			in[kind] = append(slices.Clone(in[kind].([]any)), renamed(lists[kind][""], own, suffix).([]any)...)
		}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// renamed is a copy of a value in which each of the addresses ends in something more.
func renamed(v any, own map[string]bool, suffix string) any {
	switch v := v.(type) {
	case string:
		if own[v] {
			return v + suffix
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = renamed(v[i], own, suffix)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key, member := range v {
			out[renamed(key, own, suffix).(string)] = renamed(member, own, suffix)
		}
		return out
	}
	return v
}

// Of a plan with four times the tables a review does four times the work, and not sixteen times: no rule goes over all
// fields, filters, actions or checks for each of the tables. Steps are counted, as no clock says the same twice.
func TestTheWorkOfAReviewGrowsAsThePlanDoes(t *testing.T) {
	bundle, err := packs.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	r := Rules{Library: bundle}
	for _, name := range packs.Names() {
		r.Packs = append(r.Packs, Pack{Name: name})
	}
	e, err := New(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, phase := range []string{"plan", "verify"} {
		small, large := steps(t, e, manifold(t, 10), phase), steps(t, e, manifold(t, 40), phase)
		for _, name := range slices.Sorted(maps.Keys(small)) {
			if small[name] == 0 {
				t.Errorf("%s takes no steps to ask, so that the test shows nothing", name)
			}
			if ratio := float64(large[name]) / float64(small[name]); ratio > 4.4 {
				t.Errorf("%s at %s: %d steps for ten times the tables, %d for forty times: grows %.1f-fold, want fourfold",
					name, phase, small[name], large[name], ratio)
			}
		}
	}
}

// steps counts for each question what OPA evaluates to answer it.
func steps(t *testing.T, e *Evaluator, text []byte, phase string) map[string]int64 {
	t.Helper()
	in, err := ast.ValueFromReader(strings.NewReader(strings.Replace(string(text), `"phase":"plan"`, `"phase":"`+phase+`"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for i, q := range e.asked {
		b := newBudget(math.MaxInt64)
		if _, err := q.query.Eval(t.Context(), opa.EvalParsedInput(in), opa.EvalExternalCancel(b)); err != nil {
			t.Fatal(err)
		}
		out[fmt.Sprintf("%s (%d)", q.name, i)] = math.MaxInt64 - b.left.Load()
	}
	return out
}
