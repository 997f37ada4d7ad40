package planner

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
)

// otherCursor reports whether the rows were last read by another cursor than that of now, or by none. Where there is none now,
// what the rows read like says what has changed.
func (d *decision) otherCursor() bool {
	was, now := d.prior.Cursor, d.m.Definition.Cursor
	switch {
	case now == nil:
		return false
	case was == nil:
		return d.prior.Run != ""
	}
	return was.Column != now.Column
}

// rebind reads all rows once, held against the target by key, and pins the new cursor at the end of what is read: whatever
// was read before, and by whatever bound, each row up to there is in the target once.
func (w *worker) rebind(d *decision) {
	if d.m.Definition.History != nil {
		w.bound(d)
		w.reads(d, d.reboundWhy(), nil)
		return
	}
	if !w.rebindable(d) {
		return
	}
	def := d.m.Definition
	if d.load = providers.Upsert; !comparable(def) {
		w.rewrite(d)
		return
	}
	d.delta = &plan.Delta{Set: []string{}}
	w.allAgain(d)
	found, known := w.differences(d)
	if !known {
		return
	}
	n, exact := found.scaled(found.Moved), found.Rows >= found.Total
	d.act(plan.Action{Kind: plan.Upsert, Category: "corrective", Reasons: d.reboundWhy(), Rows: n, Exact: exact, Bytes: bytesOf(d.m, n), Lane: "typed"})
	w.refuses(d, d.refused(found), exact)
	if !exact {
		d.out.Notes = append(d.out.Notes, found.bound())
	}
}

// rewrite has all rows written by their key, where refs of theirs are looked up as they are written.
func (w *worker) rewrite(d *decision) {
	d.proved()
	rows, exact := w.sourceRows(d)
	w.bound(d)
	d.out.Notes = append(d.out.Notes, "All rows of the source are written once by their key. The apply proves first that nobody else has changed the table.")
	d.act(plan.Action{Kind: plan.Upsert, Category: "corrective", Reasons: d.reboundWhy(), Rows: rows, Exact: exact, Bytes: bytesOf(d.m, rows), Lane: "typed"})
}

// allAgain has all rows compared as ones that the source says anew. Since every field of a row that differs is written, the
// apply proves first that nobody else has changed the table, but where a repair is asked for.
func (w *worker) allAgain(d *decision) {
	d.delta.All, d.delta.Moved, d.delta.Proof = true, nil, true
	d.delta.Claim = d.m.Definition.OnDrift == "repair"
	d.baseline = d.baseline || d.delta.Claim
	w.bound(d)
	if !d.delta.Claim {
		d.proved()
		d.out.Notes = append(d.out.Notes, "All rows of the source are read once and held against the target by key. The apply proves first that nobody else has changed the table.")
	}
	if d.m.Definition.Mode == "append" {
		d.out.Notes = append(d.out.Notes, "Mode append took no change of rows that were read; those that differ now are written as the source has them, this once.")
	}
}

// proved has the apply prove that nobody else has changed the table, by its columns as they stand before any is altered.
func (d *decision) proved() {
	d.prove = true
	if len(d.alters) > 0 && d.out.Before == nil {
		d.out.Before = recorded(d.prior.Definition)
	}
}

func (d *decision) reboundWhy() []plan.Reason {
	name := func(column string) string {
		if column == "" {
			return "xmin"
		}
		return column
	}
	was, now := d.prior.Cursor, d.m.Definition.Cursor
	if was == nil {
		return reason("D007", "the cursor %s is new", name(now.Column))
	}
	return reason("D007", "the cursor is %s, and was %s", name(now.Column), name(was.Column))
}

// rebindsAndReloads refuses a reload block of some rows beside another cursor, which has all rows read.
func (w *worker) rebindsAndReloads(d *decision) bool {
	r := w.due(d)
	if r == nil || !d.otherCursor() {
		return false
	}
	w.failAt(d, r.Range, "cursor-changed", "Another cursor", "%s, for which all rows of %s are compared by key. Apply that first, and add the reload block then.", d.reboundWhy()[0].Text, d.m.Address)
	return true
}

// rebindable refuses rows that no key finds: which of them the target holds cannot be told.
func (w *worker) rebindable(d *decision) bool {
	def := d.m.Definition
	why := ""
	switch {
	case len(def.Key) == 0:
		why = "without a key it cannot be told which rows the target holds"
	case foldsKey(def):
		why = "its key counts values as equal that are written differently, so it cannot be told which rows the target holds"
	case !w.f.Refresh:
		w.fail(d, "cursor-changed", "Another cursor", "%s: the rows are compared by key before the new cursor begins, and --refresh=false does not look at rows. Plan without it.", d.reboundWhy()[0].Text)
		return false
	}
	if why != "" {
		w.fail(d, "cursor-changed", "Another cursor", "%s of %s: %s, and %s. Put the cursor back, or build the table anew with --replace=%s.",
			"The rows", d.m.Address, d.reboundWhy()[0].Text, why, quoteAddress(d.m.Address))
	}
	return why == ""
}
