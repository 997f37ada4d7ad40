package review

import (
	"errors"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// filters are the lists that the mappings leave out, and the conditions that rows are chosen by, which have no list. A filter
// always takes away the whole row.
func (b *builder) filters() error {
	b.in.Filters = []policy.Filter{}
	var errs []error
	add := func(mapping, name string, f policy.Filter) {
		if b.facts.Filters != nil {
			errs = append(errs, fill(&f, b.facts.Filters(mapping, name)))
		}
		b.in.Filters = append(b.in.Filters, f)
	}
	for _, m := range b.plan.All() {
		if m.Definition == nil {
			continue
		}
		target := dataset(m.Definition.Target, m.Definition.TargetTable)
		if m.Definition.Where != "" {
			keeps, err := b.keeps(m.Definition)
			errs = append(errs, err)
			add(m.Address, "", policy.Filter{ID: m.Address + ".where", Dataset: target, Kind: "cohort", Scope: "whole_record", Keeps: keeps})
		}
		for _, f := range m.Definition.Filters {
			one := policy.Filter{ID: m.Address + ".filter." + f.Name, Dataset: target, Kind: f.Kind, ListAsOf: policy.Moment(f.AsOf), Scope: "whole_record"}
			for _, l := range m.Definition.Lookups {
				if l.Name == f.Lookup {
					one.ListRef, one.ListHash = address(l), l.Digest
				}
			}
			add(m.Address, f.Name, one)
		}
	}
	return errors.Join(errs...)
}

// keeps names the columns that a condition holds to one text by their classes. A column without a class is not named, nor
// one whose class is about a person: what the condition says would be something about one.
func (b *builder) keeps(d *plan.Definition) ([]string, error) {
	held, err := lineage.HeldBy(d)
	out := []string{}
	for _, h := range held {
		for _, class := range b.classes(h.Column) {
			all := lineage.Implied(class)
			if class != lineage.None && !slices.Contains(all, "personal") && !slices.Contains(out, class+"="+h.Text) {
				out = append(out, class+"="+h.Text)
			}
		}
	}
	slices.Sort(out)
	return out, err
}

func address(l plan.Lookup) string {
	if l.Module == "" {
		return "lookup." + l.Name
	}
	return l.Module + ".lookup." + l.Name
}
