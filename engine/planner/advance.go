package planner

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
)

// advance takes the rows above the cursor's last position.
func (w *worker) advance(d *decision) {
	def := d.m.Definition
	if d.prior.Cursor == nil || d.prior.Cursor.Column != def.Cursor.Column {
		w.newCursor(d)
		return
	}
	after := d.prior.Cursor.Position
	if after == "" && d.prior.Rows > 0 && def.Mode == "append" {
		w.fail(d, "not-in-this-version", "No position of the cursor",
			"%s holds %s, and the source was empty when its cursor %s was last read, so it cannot be told which rows are new. Build the table anew with --replace=%s.",
			d.m.Address, plan.Rows(d.prior.Rows), def.Cursor.Column, quoteAddress(d.m.Address))
		return
	}
	top, known := w.position(d)
	if !known {
		return
	}
	def.Cursor.After, def.Cursor.UpTo = after, top
	fresh, k1 := w.count(SourceRows, d, plan.Cursor{Column: def.Cursor.Column, After: after, UpTo: top})
	all, k2 := w.count(SourceRows, d, plan.Cursor{Column: def.Cursor.Column, UpTo: top})
	if !k1 || !k2 {
		return
	}
	if below := all - fresh; below > d.prior.SourceCount || def.Mode == "append" && below < d.prior.SourceCount {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The source holds %s at or below the last position of cursor %s, and held %d when they were read. They are not taken.",
			plan.Rows(below), def.Cursor.Column, d.prior.SourceCount))
	}
	gone := int64(0)
	if def.Upserts() && all < d.prior.SourceCount+fresh {
		var ok bool
		if gone, ok = w.count(GoneKeys, d, plan.Cursor{}); !ok {
			return
		}
	}
	if fresh == 0 {
		d.noteGone(gone)
		return
	}
	kind := plan.Append
	d.load = providers.Insert
	if def.Upserts() {
		kind, d.load = plan.Upsert, providers.Upsert
		if !def.KeyIsSource {
			d.out.Notes = append(d.out.Notes, "The key is not the source's own: a row above the cursor that makes the key of an older row takes its place.")
		}
	}
	d.act(plan.Action{Kind: kind, Category: "additive", Reasons: reason("D001", "the cursor %s moved", def.Cursor.Column), Rows: fresh, Exact: !def.Narrowed(),
		Bytes: bytesOf(d.m, fresh), Gone: gone, Lane: "typed"})
}

func (d *decision) noteGone(gone int64) {
	if gone > 0 {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The rows of %s are gone at the source; they stay in the target.", plan.Count(gone, "key")))
	}
}

// bound pins the cursor of a full load.
func (w *worker) bound(d *decision) {
	if c := d.m.Definition.Cursor; c != nil {
		c.After = ""
		c.UpTo, _ = w.position(d)
	}
}

func (w *worker) position(d *decision) (string, bool) {
	def := d.m.Definition
	a, known := w.ask(Question{Kind: Position, Mapping: d.m.Address, System: def.Source, Def: def, Bounds: plan.Cursor{Column: def.Cursor.Column}})
	if known && a.Text == "infinity" {
		w.fail(d, "cursor-endless", "A cursor has no end", "Column %q of %s holds infinity, and no row would ever be above it: later rows would not be seen. Use another column, or leave the cursor out.",
			def.Cursor.Column, def.SourceTable)
		return "", false
	}
	return a.Text, known
}
