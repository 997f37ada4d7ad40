package planner

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// order puts the fields into the order that their columns have once those of them that are renamed have their names: the
// digest of a row goes by it, and later plans read the table in that order.
func (c *difference) order(d *decision) {
	t := d.m.Standing
	at := func(f plan.Field) int {
		name := f.Name
		for _, change := range c.alters {
			if r := change.RenameColumn; r != nil && r.To == name {
				name = r.From
			}
		}
		i := slices.IndexFunc(t.Columns, func(column schema.Column) bool { return column.Name == name })
		if i < 0 {
			return len(t.Columns)
		}
		return i
	}
	if len(c.renamed) > 0 {
		slices.SortStableFunc(d.m.Definition.Fields, func(a, b plan.Field) int { return at(a) - at(b) })
	}
}
