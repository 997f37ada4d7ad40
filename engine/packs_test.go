package engine_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// The packs have a schema of the document of their own, by which CORE-01 judges it: the document of a real plan keeps to
// it, and the rules find in it what they look for.
func TestThePacksUnderstandTheDocumentOfARealPlan(t *testing.T) {
	bundle, err := packs.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	e, err := rego.New(t.Context(), rego.Rules{Library: bundle, Limit: rego.Limit{Time: 2 * time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := governedShop(t, governedFolder).document()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	verdicts, err := e.EvaluateDocument(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]policy.Result{}
	for _, v := range verdicts {
		seen[v.Control] = v.Result
		if v.Control == "CORE-01" && v.Result == policy.Fail && len(v.Facts) == 0 {
			t.Errorf("CORE-01: %s", v.Message)
		}
		if testing.Verbose() && v.Result != policy.Pass && v.Result != policy.NotApplicable {
			t.Logf("%s %s %s: %s", v.Control, v.Result, v.Subject.ID, v.Message)
		}
	}
	for control, want := range map[string]policy.Result{"CORE-04": policy.Pass, "CORE-05": policy.Pass} {
		if seen[control] != want {
			t.Errorf("%s: got %q, want %q", control, seen[control], want)
		}
	}
}
