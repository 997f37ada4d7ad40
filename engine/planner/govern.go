package planner

import (
	"encoding/json"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// governs reports whether classes or purposes of fields that stay are others, or the lists that leave rows out are. A field
// that is new or gone is told of as such.
func governs(d *decision) bool {
	var before plan.Definition
	if err := json.Unmarshal(d.prior.Definition, &before); err != nil || len(before.Fields) == 0 {
		return true
	}
	if hash(listsOf(&before)...) != hash(listsOf(d.m.Definition)...) {
		return true
	}
	for _, f := range d.m.Definition.Fields {
		for _, o := range before.Fields {
			if o.Name == f.Name && (!slices.Equal(o.Classes, f.Classes) || !slices.Equal(o.Purpose, f.Purpose)) {
				return true
			}
		}
	}
	return false
}
