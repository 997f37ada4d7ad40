package planner

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
)

// differing takes over what the source has changed in the chunks that read differently, for the reason why. Where rows can
// be held against the target by key, only those that differ are written.
func (w *worker) differing(d *decision, a Answer, why []plan.Reason) {
	def := d.m.Definition
	gone, known := int64(0), true
	if def.Mode != "mirror" { // which removes them
		gone, known = w.count(GoneKeys, d, plan.Cursor{})
	}
	rows, exact := a.Rows, !def.Narrowed()
	d.load, d.chunks = providers.Upsert, a.Differs
	if a.All {
		d.chunks = nil
	}
	refused := int64(0)
	switch {
	case comparable(def):
		var counted bool
		if rows, refused, exact, counted = w.byComparison(d); !counted {
			return
		}
	case !def.KeyIsSource: // all rows, so that two that make one key are found, whichever chunks they are in
		d.chunks = nil
		var ok bool
		if rows, ok = w.count(SourceRows, d, plan.Cursor{}); !ok {
			return
		}
	}
	if !known {
		return
	}
	category := plan.Corrective
	if exact && rows == 0 && d.delta != nil {
		category, why = plan.Metadata, reason("D008", "%s, and what it makes stands as it should", why[0].Text)
	}
	d.act(plan.Action{Kind: plan.Upsert, Category: category, Reasons: why,
		Rows: rows, Exact: exact, Bytes: bytesOf(d.m, rows), Gone: gone, Lane: "typed"})
	if comparable(def) {
		w.refuses(d, refused, exact)
	} else {
		w.refusedWithin(d, plan.Cursor{}, rows)
	}
}

// comparable reports whether rows can be held against the target's by key: a ref is looked up as the row is written,
// and mode history compares versions in its own way.
func comparable(d *plan.Definition) bool {
	return len(d.Refs()) == 0 && !foldsKey(d) && d.History == nil
}

// byComparison has the rows of d.chunks held against the target, whose rows of another content are written, and counts them, and those that go.
func (w *worker) byComparison(d *decision) (rows, refused int64, exact, known bool) {
	d.delta = &plan.Delta{Set: []string{}, All: true}
	told := w.overwrites(d)
	found, counted := w.differences(d)
	if !told || !counted {
		return 0, 0, false, false
	}
	if exact = found.Rows >= found.Total; !exact {
		d.out.Notes = append(d.out.Notes, found.bound())
	}
	return found.scaled(found.Moved), d.refused(found), exact, true
}

// overwrites says so where the table is not as the runs left it: in a chunk that reads differently, what somebody else put
// into a row cannot be told from what the source has changed in it, and is written over.
func (w *worker) overwrites(d *decision) (known bool) {
	def, held := d.m.Definition, w.f.Ledger[d.m.Address].Expected
	if held == "" || d.delta.Claim {
		return true
	}
	a, known := w.ask(Question{Kind: TargetDigest, Mapping: d.m.Address, System: def.Target, Def: d.standing()})
	if !known || a.Text == held {
		return known
	}
	d.delta.Stands = a.Text
	if def.OnDrift != "ignore" {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("Somebody else changed table %s. Where the source reads differently, their values cannot be told from older ones of the source, and are written over; `migrateiq diff rows %s` shows which rows.",
			def.TargetTable, quoteAddress(d.m.Address)))
	}
	return true
}
