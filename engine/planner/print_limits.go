package planner

import "github.com/novumsolvo/migrateiq/engine/plan"

// execParts are what may change without a row moving. What a definition has none of adds nothing, so that the digests of
// older states stay equal.
func execParts(d *plan.Definition) []any {
	parts := []any{checksOf(d), d.Reconcile, d.MaxRejects, d.MaxRowDrift, d.OnDrift}
	if d.Limits != nil {
		parts = append(parts, "limits", d.Limits)
	}
	for _, c := range d.Controls {
		parts = append(parts, "control", c.Name, c.Sum, c.By, c.Tolerance)
	}
	return parts
}
