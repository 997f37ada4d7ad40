package planner

import (
	"cmp"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
)

// advance takes the rows that came since the cursor's last position.
func (w *worker) advance(d *decision) {
	def := d.m.Definition
	if !w.told(d) {
		return
	}
	if w.seen(d) == "" && d.prior.Cursor.Position == "" && d.prior.Rows > 0 && def.Mode == "append" {
		w.fail(d, "not-in-this-version", "No position of the cursor",
			"%s holds %s, and the source was empty when its cursor %s was last read, so it cannot be told which rows are new. Build the table anew with --replace=%s.",
			d.m.Address, plan.Rows(d.prior.Rows), def.Cursor.Column, quoteAddress(d.m.Address))
		return
	}
	top, known := w.top(d)
	if !known {
		return
	}
	w.pin(d, top)
	if def.Cursor.Seen != "" {
		w.follow(d)
		return
	}
	w.beyond(d)
}

// told reports whether anything tells new rows from those that were read.
func (w *worker) told(d *decision) bool {
	def := d.m.Definition
	if def.Cursor.Column != "" || w.seen(d) != "" {
		return true
	}
	w.fail(d, "cursor-lost", "Nothing says what was read", "The source did not say which rows of %s it gave when they were read last, so it cannot be told which are new. Build the table anew with --replace=%s.",
		def.SourceTable, quoteAddress(d.m.Address))
	return false
}

// seen is what the source said of the rows that it gave.
func (w *worker) seen(d *decision) string {
	if !d.m.Source.Tracks {
		return ""
	}
	return d.prior.Cursor.Seen
}

// pin settles what an increment reads. A source that was emptied leaves the position where it was.
func (w *worker) pin(d *decision, top string) {
	c := d.m.Definition.Cursor
	c.After, c.UpTo, c.Seen, c.From, c.Below = d.prior.Cursor.Position, cmp.Or(top, d.prior.Cursor.Position), w.seen(d), "", 0
}

// top is the cursor's largest value, "" for a cursor without a column.
func (w *worker) top(d *decision) (string, bool) {
	if d.m.Definition.Cursor.Column == "" {
		return "", true
	}
	return w.position(d)
}

// beyond takes the rows above the last position of a source that cannot say what else has come. Those of the overlap are
// read again where one of them reads differently.
func (w *worker) beyond(d *decision) {
	def := d.m.Definition
	after, top := def.Cursor.After, def.Cursor.UpTo
	fresh, k1 := w.count(SourceRows, d, plan.Cursor{Column: def.Cursor.Column, After: after, UpTo: top})
	all, k2 := w.count(SourceRows, d, plan.Cursor{Column: def.Cursor.Column, UpTo: top})
	if !k1 || !k2 {
		return
	}
	rows, kept := fresh, false
	if def.Cursor.Overlap != "" && after != "" {
		a, known := w.ask(Question{Kind: Tail, Mapping: d.m.Address, System: def.Source, Def: def, Bounds: plan.Cursor{Column: def.Cursor.Column, UpTo: after}})
		if !known {
			return
		}
		if kept = true; fresh > 0 || a.Text != d.prior.Cursor.Tail {
			def.Cursor.From = a.From
			if rows, known = w.count(SourceRows, d, *def.Cursor); !known {
				return
			}
		}
	}
	below := all - fresh
	late := below - d.prior.SourceCount
	if kept {
		late = 0 // those that the overlap has not are not told from those that are gone
	}
	if late > 0 || def.Mode == "append" && late < 0 {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The source holds %s at or below the last position of cursor %s, and held %d when they were read. They are not taken.",
			plan.Rows(below), def.Cursor.Column, d.prior.SourceCount))
	}
	w.increment(d, rows, def.Upserts() && all < d.prior.SourceCount+fresh, reason("D001", "the cursor %s moved", def.Cursor.Column))
}

// follow takes all rows that the last read did not see, wherever the cursor is.
func (w *worker) follow(d *decision) {
	def := d.m.Definition
	fresh, k1 := w.count(SourceRows, d, *def.Cursor)
	same, k2 := w.count(SeenRows, d, *def.Cursor)
	if !k1 || !k2 {
		return
	}
	def.Cursor.Below = same
	why := reason("D001", "the cursor %s moved, or rows at or below it are new or changed", def.Cursor.Column)
	if def.Cursor.Column == "" {
		why = reason("D005", "rows came or changed since the last run")
	}
	if def.Upserts() || fresh == 0 || same >= d.prior.SourceCount {
		w.increment(d, fresh, def.Upserts() && same < d.prior.SourceCount, why)
		return
	}
	w.appendChanged(d, fresh, why)
}

// appendChanged is an append while rows that were read have changed or are gone. A changed row looks like a new one, and
// is told from it by its key alone.
func (w *worker) appendChanged(d *decision, fresh int64, why []plan.Reason) {
	def := d.m.Definition
	late := *def.Cursor
	late.UpTo, late.After = late.After, ""
	n, known := w.count(SourceRows, d, late)
	if !known {
		return
	}
	if n == 0 {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("Of the %s that were read, the source holds %d. Mode append leaves the others in the target.", plan.Rows(d.prior.SourceCount), def.Cursor.Below))
		w.increment(d, fresh, false, why)
		return
	}
	if len(def.Key) == 0 {
		w.fail(d, "cursor-ambiguous", "New rows cannot be told from changed ones",
			"Of the %s that were read for %s, %d have changed or are gone at the source, and %s came or changed since. Without a key it cannot be told which of these are new: name the key, or build the table anew with --replace=%s.",
			plan.Rows(d.prior.SourceCount), d.m.Address, d.prior.SourceCount-def.Cursor.Below, plan.Rows(n), quoteAddress(d.m.Address))
		return
	}
	added, known := w.count(NewKeys, d, late)
	if !known {
		return
	}
	if added == 0 && n == fresh {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("%s that were read have changed at the source. Mode append takes no change.", plan.Rows(n)))
		return
	}
	d.out.Notes = append(d.out.Notes, fmt.Sprintf("%s at or below what was read are new or were changed at the source, %d of them new. While new ones are taken, changed ones take the place of theirs by the key.", plan.Rows(n), added))
	w.byKey(d, fresh, 0, reason("D006", "rows that were read have changed while %s came", plan.Rows(added)))
}

// increment lays the action for so many rows. Where rows may be gone, the keys that are gone at the source are counted.
func (w *worker) increment(d *decision, rows int64, compare bool, why []plan.Reason) {
	if d.m.Definition.History != nil {
		if rows > 0 {
			w.reads(d, why, nil)
		}
		return
	}
	gone := int64(0)
	if compare && d.m.Definition.Mode != "mirror" { // which removes them
		var ok bool
		if gone, ok = w.count(GoneKeys, d, plan.Cursor{}); !ok {
			return
		}
	}
	switch {
	case rows == 0:
		d.noteGone(gone)
	case d.m.Definition.Upserts():
		w.byKey(d, rows, gone, why)
	default:
		d.load = providers.Insert
		w.takes(d, plan.Append, rows, gone, why)
	}
}

func (w *worker) byKey(d *decision, rows, gone int64, why []plan.Reason) {
	d.load = providers.Upsert
	if !d.m.Definition.KeyIsSource {
		d.out.Notes = append(d.out.Notes, "The key is not the source's own: a row above the cursor that makes the key of an older row takes its place.")
	}
	w.takes(d, plan.Upsert, rows, gone, why)
}

func (w *worker) takes(d *decision, kind plan.Kind, rows, gone int64, why []plan.Reason) {
	d.act(plan.Action{Kind: kind, Category: "additive", Reasons: why, Rows: rows, Exact: !d.m.Definition.Narrowed(), Bytes: bytesOf(d.m, rows), Gone: gone, Lane: "typed"})
	w.refusedWithin(d, *d.m.Definition.Cursor, rows)
}

func (d *decision) noteGone(gone int64) {
	if gone > 0 {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The rows of %s are gone at the source; they stay in the target.", plan.Count(gone, "key")))
	}
}

// bound pins the cursor of a full load.
func (w *worker) bound(d *decision) {
	if c := d.m.Definition.Cursor; c != nil {
		c.After, c.From, c.Seen, c.Below = "", "", "", 0
		c.UpTo, _ = w.top(d)
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
