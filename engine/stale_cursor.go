package engine

import (
	"context"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
)

// rangeMoved counts again the rows of a cursor's range that the plan takes. Rows above the pinned bound never count. Of a
// timestamp only more rows do: one that is changed once more leaves the range upwards, as it should.
func rangeMoved(ctx context.Context, p *plan.Plan, obj plan.Object, d *plan.Definition, c providers.Counter) (code, text string, err error) {
	planned, known := taken(p, obj)
	if !known || d.Cursor.UpTo == "" {
		return "", "", nil
	}
	spec := d.Reading()
	spec.Cursor = d.Range()
	now, err := c.Count(ctx, spec)
	if err != nil {
		return "", "", err
	}
	drift := now - planned
	if d.Cursor.Kind == "sequence" {
		drift = max(drift, -drift)
	}
	if drift <= 0 || d.MaxRowDrift.Allows(drift, planned) {
		return "", "", nil
	}
	return "SRC-MOVED", fmt.Sprintf("table %s of %s had %s in the range of cursor %s when the plan was made and has %d now, more than max_row_drift allows",
		obj.Table, obj.System, plan.Rows(planned), d.Cursor.Column, now), nil
}

// taken is how many rows a plan takes by the cursor, where it counted them.
func taken(p *plan.Plan, obj plan.Object) (int64, bool) {
	m := p.Mapping(obj.Mapping)
	if m == nil {
		return 0, false
	}
	for _, a := range m.Actions {
		switch {
		case m.Definition.History != nil && a.Kind == plan.Upsert:
			return 0, false // it counted versions
		case a.Kind == plan.Create || a.Kind == plan.Reload:
			if obj.Rows == nil {
				return 0, false
			}
			return *obj.Rows, true
		case a.Kind == plan.Append || a.Kind == plan.Upsert && m.Definition.Cursor.Increment():
			return a.Rows, true
		}
	}
	return 0, false
}
