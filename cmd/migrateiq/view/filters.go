package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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

// controls says which totals are compared.
func (p *planText) controls(d *plan.Definition) {
	for _, c := range d.Controls {
		by := ""
		if len(c.By) > 0 {
			by = " by " + strings.Join(c.By, ", ")
		}
		p.line("    control %s: totals of %s%s on both sides, tolerance %s", c.Name, strings.Join(c.Sum, ", "), by, c.Tolerance)
	}
}
