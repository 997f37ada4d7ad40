package review_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// A rule that asks whether every exclusion is explained has to see those that no list makes.
func TestAConditionThatRowsAreChosenByIsAFilterWithoutAList(t *testing.T) {
	p := made()
	d := p.Mapping("mapping.patient").Definition
	d.Where = "src.PAID > 0"
	d.Lookups = []plan.Lookup{{Name: "out", Digest: "sha256:list", Source: "source.sqlite.shop", Table: &schema.Ref{Name: "out"}}}
	d.Filters = []plan.Filter{{Name: "erased", Kind: "erasure", Lookup: "out", Key: "src.SURNAME"}}
	got := input(p, facts()).Filters
	want := []policy.Filter{
		{ID: "mapping.patient.where", Dataset: patient, Kind: "cohort", Scope: "whole_record"},
		{ID: "mapping.patient.filter.erased", Dataset: patient, Kind: "erasure", ListRef: "lookup.out", ListHash: "sha256:list", Scope: "whole_record"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
}
