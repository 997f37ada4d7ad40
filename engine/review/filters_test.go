package review_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
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
		{ID: "mapping.patient.where", Dataset: patient, Kind: "cohort", Scope: "whole_record", Keeps: []string{}},
		{ID: "mapping.patient.filter.erased", Dataset: patient, Kind: "erasure", ListRef: "lookup.out", ListHash: "sha256:list", Scope: "whole_record"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
}

// A rule that asks for rows of one kind only sees what the condition holds every row to, by the column's class.
func TestAConditionSaysWhatEveryRowThatStaysIs(t *testing.T) {
	const status = "nhs_number_status"
	for _, c := range []struct {
		where, class string
		want         []string
	}{
		{"src.SURNAME == '01' && src.PAID > 0", status, []string{"nhs_number_status=01"}},
		{"src.SURNAME == '01' || src.PAID > 0", status, []string{}},
		{"src.SURNAME != '01'", status, []string{}},
		{"src.SURNAME == '01'", "none", []string{}},
		{"src.SURNAME == 'Smith'", "personal.name", []string{}},
	} {
		p, f := made(), facts()
		for column := range f.Columns {
			f.Columns[column] = review.Column{Classes: []string{c.class}}
		}
		p.Mapping("mapping.patient").Definition.Where = c.where
		if diff := cmp.Diff(c.want, input(p, f).Filters[0].Keeps); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", c.where, c.class, diff)
		}
	}
}

func TestAFilterAndAConditionSayWhyTheyMay(t *testing.T) {
	p, f := made(), facts()
	d := p.Mapping("mapping.patient").Definition
	d.Where, d.Filters = "src.PAID > 0", []plan.Filter{{Name: "erased", Kind: "erasure", Lookup: "out", Key: "src.SURNAME"}}
	f.Filters = func(mapping, name string) []review.Declared {
		return []review.Declared{{Leaf: "exemption", Value: mapping + " " + name}}
	}
	in := input(p, f)
	for i, want := range []string{"mapping.patient ", "mapping.patient erased"} {
		if got := at(t, in, "filters", i, "exemption"); got != want {
			t.Errorf("exemption %d: got %v, want %q", i, got, want)
		}
	}
}
