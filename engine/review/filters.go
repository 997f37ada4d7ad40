package review

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// filters are the lists that the mappings leave out, and the conditions that rows are chosen by, which have no list. A filter
// always takes away the whole row.
func filters(p *plan.Plan) []policy.Filter {
	out := []policy.Filter{}
	for i := range p.Mappings {
		m := &p.Mappings[i]
		if m.Definition == nil {
			continue
		}
		if m.Definition.Where != "" {
			out = append(out, policy.Filter{ID: m.Address + ".where", Dataset: dataset(m.Definition.Target, m.Definition.TargetTable), Kind: "cohort", Scope: "whole_record"})
		}
		for _, f := range m.Definition.Filters {
			one := policy.Filter{ID: m.Address + ".filter." + f.Name, Dataset: dataset(m.Definition.Target, m.Definition.TargetTable), Kind: f.Kind,
				ListAsOf: policy.Moment(f.AsOf), Scope: "whole_record"}
			for _, l := range m.Definition.Lookups {
				if l.Name == f.Lookup {
					one.ListRef, one.ListHash = address(l), l.Digest
				}
			}
			out = append(out, one)
		}
	}
	return out
}

func address(l plan.Lookup) string {
	if l.Module == "" {
		return "lookup." + l.Name
	}
	return l.Module + ".lookup." + l.Name
}
