package view

import (
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

// leftOut says how many rows `where` and each filter left out.
func leftOut(m engine.MappingReport, classified bool) []string {
	var parts []string
	where := m.Filtered
	for _, name := range slices.Sorted(maps.Keys(m.ByFilter)) {
		where -= m.ByFilter[name]
		parts = append(parts, "left out by filter "+name+": "+shielded(m.ByFilter[name], classified))
	}
	if where > 0 {
		parts = append([]string{shielded(where, classified) + " left out by where"}, parts...)
	}
	return parts
}

// filters says which lists leave rows out.
func (p *planText) filters(d *plan.Definition) {
	for _, f := range d.Filters {
		about := f.Kind
		if f.AsOf != "" {
			about += ", as of " + f.AsOf
		}
		p.block(fmt.Sprintf("    filter %s (%s): without the keys of lookup.%s: ", f.Name, about, f.Lookup), f.Key)
	}
}
