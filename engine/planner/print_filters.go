package planner

import "github.com/novumsolvo/migrateiq/engine/plan"

// filterParts are what the filters leave out: their keys, with all that those are computed from, and the lists. What a
// definition has none of adds nothing, so that the digests of older states stay equal.
func filterParts(d *plan.Definition) []any {
	var parts []any
	for _, f := range d.Filters {
		var params []plan.Param
		for _, p := range d.Params {
			if containsWord(f.KeyCanon, p.Name) {
				params = append(params, p)
			}
		}
		var lists []string
		for _, l := range d.Lookups {
			if l.Name == f.Lookup || containsWord(f.KeyCanon, l.Name) {
				lists = append(lists, l.Name)
			}
		}
		parts = append(parts, "filter", f.KeyCanon, params, lookupsOf(d, []string{f.Lookup}), lookupsOf(d, lists))
	}
	return parts
}

// listsOf are what policies want to know of the filters beside the lists' content.
func listsOf(d *plan.Definition) []any {
	var parts []any
	for _, f := range d.Filters {
		parts = append(parts, "filter", f.Name, f.Kind, f.AsOf)
	}
	return parts
}
