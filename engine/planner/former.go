package planner

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
)

// former keeps the fields that are gone in the definition, and in the one of before those alone that are there again and
// whose values can still be worked out.
func (w *worker) former(d *decision, c *difference) {
	def := d.m.Definition
	def.Former = c.before.Formerly(def.Fields, c.renamed)
	back := []plan.Former(nil)
	for _, f := range c.before.Former {
		if _, is := d.hashes.Fields[f.Field.Name]; !is || c.isRenamed(f.Field.Name) {
			continue
		}
		with, ok := c.before.With(f)
		if ok && w.unknown(d, &difference{before: with}) == "" {
			back = append(back, f)
		}
	}
	c.before.Former = back
}
