package packs_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/cover"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// found is one result of each status and level, as a control hands them to the two rules that conftest and opa ask.
func found() (all []map[string]any) {
	for _, level := range []string{"deny", "warn"} {
		for _, status := range []string{"pass", "fail", "waived", "not_applicable", "undecidable"} {
			all = append(all, map[string]any{"id": level + " " + status, "level": level, "status": status})
		}
	}
	return all
}

func ids(t *testing.T, q opa.PreparedEvalQuery, input any, seen topdown.QueryTracer) (out []string) {
	t.Helper()
	rs, err := q.Eval(context.Background(), opa.EvalInput(input), opa.EvalQueryTracer(seen))
	if err != nil || len(rs) != 1 {
		t.Fatalf("got %v, error %v", rs, err)
	}
	text, err := json.Marshal(rs[0].Bindings["answer"])
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ ID string }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		out = append(out, r.ID)
	}
	slices.Sort(out)
	return out
}

// adapters asks each control's violation and warn. They stand in every control, whatever its level, so that a control that
// is given another level, or counts only from a day on, is not lost to those who ask them.
func adapters(t *testing.T, seen *cover.Cover) {
	t.Helper()
	l, results := laboratoryOf(t), found()
	want := map[string][]string{
		"violation": {"deny fail", "deny undecidable"},
		"warn":      {"warn fail", "warn undecidable"},
	}
	for _, c := range controls(t) {
		for name, w := range want {
			q := l.query(t, c.Package+"."+name+" with "+c.Package+".results as input")
			if got := ids(t, q, results, seen); !slices.Equal(got, w) {
				t.Errorf("%s gives as %s %v, want %v", c.Name(), name, got, w)
			}
		}
	}
}
