package resolve

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
)

// limits is nil where the mapping has none.
func limits(l lang.Limits) *plan.Limits {
	out := plan.Limits{RowsPerSecond: l.RowsPerSecond, Parallel: l.Parallel}
	if l.Window != nil {
		out.Window = &plan.Window{From: l.Window.From, Until: l.Window.Until, Zone: l.Window.Zone}
	}
	if out == (plan.Limits{}) {
		return nil
	}
	return &out
}
