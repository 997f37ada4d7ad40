package packs_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

type record struct {
	ID           string
	Title        string
	Verification string
	Severity     string
	Level        policy.Level
	Waivable     string
	Remediation  string
}

// Controls with a check of the design and one of the operation; the others are decided before rows move.
var both = []string{"NHS-28", "SOX-07", "SOX-08", "SOX-11", "PCI-25", "GDPR-23", "HIP-09", "BCB-03", "BCB-04"}

func catalogue(t *testing.T) []record {
	t.Helper()
	text, err := os.ReadFile("controls.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []record
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func controls(t *testing.T) []rego.Control {
	t.Helper()
	bundle, err := packs.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	all, err := rego.Controls(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryControlOfTheCatalogueHasItsRule(t *testing.T) {
	byID := map[string][]rego.Control{}
	for _, c := range controls(t) {
		byID[c.ID] = append(byID[c.ID], c)
	}
	all := catalogue(t)
	if len(all) != 129 || len(byID) != len(all) {
		t.Errorf("the catalogue has %d controls and the packs have %d, want 129 of both", len(all), len(byID))
	}
	for _, r := range all {
		var variants []string
		for _, c := range byID[r.ID] {
			variants = append(variants, c.Variant)
			same(t, r, c)
		}
		want := []string{"D"}
		if slices.Contains(both, r.ID) {
			want = []string{"D", "O"}
		}
		if !slices.Equal(variants, want) {
			t.Errorf("%s has rules for %v, want %v", r.ID, variants, want)
		}
	}
}

func same(t *testing.T, r record, c rego.Control) {
	t.Helper()
	verification := r.Verification
	if verification == "-" {
		verification = "own"
	}
	if c.Title != r.Title || c.Verification != verification || c.Severity != r.Severity || c.Level != r.Level ||
		c.Waivable != (r.Waivable == "yes") || c.Remediation != r.Remediation {
		t.Errorf("%s: the annotation says %q %s %s %s waivable %t %q, the catalogue %+v",
			c.Name(), c.Title, c.Verification, c.Severity, c.Level, c.Waivable, c.Remediation, r)
	}
	operating := slices.Equal(c.Phases, []policy.Phase{policy.AtApply, policy.AtVerify})
	if operating != (c.Variant == "O") {
		t.Errorf("%s of variant %s is asked at %v", c.Name(), c.Variant, c.Phases)
	}
}

func TestEveryAnnotationIsComplete(t *testing.T) {
	for _, c := range controls(t) {
		if c.Description == "" || c.Passes == "" || c.Fails == "" || c.Subject == "" || len(c.Conditions) == 0 || len(c.Phases) == 0 {
			t.Errorf("%s lacks a part of its annotation: %+v", c.Name(), c)
		}
		if len(c.Citations) == 0 {
			t.Errorf("%s cites nothing", c.Name())
		}
		if c.Framework == "gdpr" && (len(c.Citations) != 2 || c.Citations[0].Law != "EU GDPR" || c.Citations[1].Law != "UK GDPR") {
			t.Errorf("%s cites %v, want the law of the EU and that of the UK apart", c.Name(), c.Citations)
		}
		if c.ID != "CORE-02" && len(c.Scope)+len(c.Facts) == 0 {
			t.Errorf("%s needs no facts", c.Name())
		}
	}
}

// The packs negate what may be undefined, and only this import makes that hold.
func TestEveryRuleUsesTheNotThatDoesNotFailOpen(t *testing.T) {
	for _, p := range files(t, func(p string) bool { return !strings.HasSuffix(p, "_test.rego") }) {
		if !strings.Contains(read(t, p), "import future.keywords.not\n") && strings.Contains(read(t, p), "not ") {
			t.Errorf("%s negates without import future.keywords.not", p)
		}
	}
}

func TestEveryRuleHasTests(t *testing.T) {
	for _, c := range controls(t) {
		dir, name := c.Framework, c.Package[strings.LastIndex(c.Package, ".")+1:]
		text := read(t, "bundle/migrateiq/packs/"+dir+"/"+name+"_test.rego")
		want := []string{"test_passes", "test_fails"}
		if len(c.Scope)+len(c.Facts) > 0 && c.ID != "CORE-03" {
			want = append(want, "test_a_missing_fact_is_undecidable")
		}
		switch {
		case c.ID == "CORE-03":
			want = append(want, "test_a_faulty_waiver_accepts_nothing")
		case c.Waivable:
			want = append(want, "test_a_waiver_accepts_the_failure")
		default:
			want = append(want, "test_no_waiver_accepts_the_failure")
		}
		for _, w := range want {
			if !strings.Contains(text, w+" if ") {
				t.Errorf("%s has no %s", c.Name(), w)
			}
		}
	}
}
