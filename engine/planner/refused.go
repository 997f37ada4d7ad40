package planner

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// refuses says how many rows go because what the source has changed in them is left out now. Mode mirror counts them among
// the keys that the source does not make any more.
func (w *worker) refuses(d *decision, rows int64, exact bool) {
	if rows > 0 {
		d.act(plan.Action{Kind: plan.Prune, Category: plan.Corrective, Reasons: reason("D009", "rows that changed at the source and are left out now"), Removes: rows, Exact: exact})
	}
}

// removing reports whether rows that are left out now are removed as their source rows are read.
func (d *decision) removing() bool {
	def := d.m.Definition
	return def.Mode == "upsert" && def.Narrowed() && def.KeyIsSource
}

// refusedWithin counts the rows that go because their source row is within the bounds and left out now: so many rows are
// read there.
func (w *worker) refusedWithin(d *decision, bounds plan.Cursor, rows int64) (known bool) {
	if !d.removing() || rows == 0 {
		return true
	}
	if !w.f.Refresh {
		return true
	}
	q := Question{Kind: RefusedKeys, Mapping: d.m.Address, System: d.m.Definition.Source, Def: d.m.Definition, Bounds: bounds, Standing: d.columns(), Exact: w.f.Exact}
	a, known := w.ask(q)
	if !known {
		return false
	}
	found := Differences{Rows: a.Rows, Total: max(rows, a.Rows)}
	w.refuses(d, found.scaled(a.Count), a.Rows >= rows)
	return true
}

// refused is how many rows go of those that a comparison found left out.
func (d *decision) refused(found *Differences) int64 {
	if !d.removing() {
		return 0
	}
	return found.scaled(found.Refused)
}

// putOut has a repair remove the rows whose row of the source is left out, and counts those whose row is gone. Which of
// them somebody else has put there, and which the source has changed since, is one to a repair: the source is right.
func (w *worker) putOut(d *decision) {
	unmade, k1 := w.count(UnmadeKeys, d, plan.Cursor{})
	gone, k2 := w.count(GoneKeys, d, plan.Cursor{})
	if !k1 || !k2 {
		return
	}
	d.noteGone(gone)
	if unmade > gone {
		d.sweep = plan.SweepRefused
		w.refuses(d, unmade-gone, true)
	}
}

// leftBehind warns where rows go that rows of other mappings may refer to: those are not read for it, and keep the key of a
// row that is gone. A mapping that is built anew in the same plan looks its refs up again.
func (w *worker) leftBehind(all []*decision) {
	for _, d := range all {
		if d.beside || !slices.ContainsFunc(d.out.Actions, func(a plan.Action) bool { return a.Removes > 0 }) {
			continue
		}
		for _, m := range slices.Concat(w.f.Mappings, w.f.Around) {
			refers := slices.ContainsFunc(m.Definition.Refs(), func(f plan.Field) bool { return f.Ref.Mapping == d.m.Address })
			anew := slices.ContainsFunc(all, func(o *decision) bool { return o.m.Address == m.Address && (o.beside || o.create) })
			if refers && !anew && m.Address != d.m.Address {
				d.out.Notes = append(d.out.Notes, fmt.Sprintf("%s refers to rows of %s. Where one of those that are removed is meant, its rows keep the key of a row that is gone until they are read again; `--replace=%s` makes all of them anew.",
					m.Address, d.m.Address, quoteAddress(m.Address)))
			}
		}
	}
}
