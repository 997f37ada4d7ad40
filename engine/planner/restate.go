package planner

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers"
)

// reloadOf is the reload block of a mapping, nil for none.
func (w *worker) reloadOf(address string) *lang.Reload {
	for i, r := range w.f.Config.Reloads {
		if lang.Within(r.Mapping, address) || covers(r.Mapping, address) {
			return &w.f.Config.Reloads[i]
		}
	}
	return nil
}

// due is the reload block of a mapping whose generation the state has not recorded yet, nil for none.
func (w *worker) due(d *decision) *lang.Reload {
	r := w.reloadOf(d.m.Address)
	if r == nil || d.prior != nil && r.Generation <= d.prior.Generation {
		return nil
	}
	return r
}

// older refuses a generation that goes down: it cannot be told whether the rows were made again since.
func (w *worker) older(d *decision) bool {
	r := w.reloadOf(d.m.Address)
	if r == nil || d.prior == nil || r.Generation >= d.prior.Generation {
		return false
	}
	w.failAt(d, r.Range, "reload-generation", "The generation of a reload goes down",
		"The state has recorded generation %d of the reload of %s, and the block says %d. A generation only goes up: write %d to leave the rows as they are, or a higher one to make them again.",
		d.prior.Generation, d.m.Address, r.Generation, d.prior.Generation)
	return true
}

// generation notes the generation where all rows are made anyway, and says where a reload has to wait.
func (w *worker) generation(d *decision) {
	r := w.due(d)
	if r == nil || d.out.Generation != 0 || w.diags.HasErrors() {
		return
	}
	if d.create || d.fresh || d.beside || d.delta != nil && d.delta.Adopt {
		d.out.Generation = r.Generation
		return
	}
	d.out.Notes = append(d.out.Notes, fmt.Sprintf("The reload of generation %d waits: this plan carries out a change of the mapping first, and the next plan makes the rows again.", r.Generation))
}

// restate makes rows again as a reload block says, once for each generation. It reports whether there is one to carry out.
func (w *worker) restate(d *decision, c *difference) bool {
	r := w.due(d)
	if r == nil {
		return false
	}
	why := reason("R102", "reload, generation %d: %s", r.Generation, r.Reason)
	switch no := w.whyNot(d, c); {
	case d.m.Definition.Mode == "replace" && (r.Where != nil || r.Fields != nil):
		w.failAt(d, r.Range, "reload-whole", "A table that is made as a whole", "%s has the mode replace, which makes the table anew as a whole. Take `fields` and `where` out of the reload block.", d.m.Address)
		return true
	case d.m.Definition.Mode == "replace":
		w.reload(d, why)
		return true
	case no != "":
		w.failAt(d, r.Range, "reload-needs-key", "A reload of rows that no key finds", "%s cannot be made again row by row: %s. Remove the reload block, or build the table anew with --replace=%s.",
			d.m.Address, no, quoteAddress(d.m.Address))
		return true
	}
	delta, ok := w.again(d, r)
	if !ok {
		return true
	}
	if delta.Again && d.m.Definition.OnDrift == "repair" {
		drifted, known := w.drifted(d)
		if !known {
			return true
		}
		if drifted { // to write over what others changed is to make all rows again
			delta = &plan.Delta{Set: []string{}, Every: true, Proof: true, Claim: true}
			d.out.Notes = append(d.out.Notes, "Somebody else has changed the table, and the mapping repairs that: all rows are made again, and not only those that the reload names.")
		}
	}
	d.out.Generation, d.delta, d.load = r.Generation, delta, providers.Upsert
	d.out.Before = d.m.Definition
	d.baseline = !delta.Again // all that somebody else changed is written over
	w.restated(d, c, why)
	return true
}

// again is how the rows of a reload block are found.
func (w *worker) again(d *decision, r *lang.Reload) (*plan.Delta, bool) {
	def := d.m.Definition
	out := &plan.Delta{Set: append([]string{}, r.Fields...), Every: r.Fields == nil, Proof: true, Claim: true, Again: r.Fields != nil || r.Where != nil}
	for _, name := range r.Fields {
		names := fieldNames(def)
		switch {
		case !slices.Contains(names, name):
			w.failAt(d, r.Range, "unknown-field", "Unknown field", "The reload of %s names field %q, and the mapping has none of this name.%s", d.m.Address, name, diag.Suggest(name, names))
			return nil, false
		case slices.Contains(def.Key, name):
			w.failAt(d, r.Range, "reload-of-key", "The key is not made again", "The reload of %s names field %q, which is part of the key by which rows are found. Take it out of `fields`.", d.m.Address, name)
			return nil, false
		}
	}
	if r.Where == nil {
		return out, true
	}
	source := resolve.Widened(d.m.Source, def.Joins, w.f.Systems[def.Source].Catalog)
	scope := def.Scope()
	scope.Columns = source.Columns
	e, found := expr.Condition(r.Where.Text, r.Where.At, scope)
	if found.HasErrors() {
		w.diags.Extend(found)
		return nil, false
	}
	out.Where = e.Text()
	for _, name := range e.Columns() {
		if column, ok := source.Column(name); ok {
			out.Reads = append(out.Reads, column)
		}
	}
	return out, true
}

// restated says what a reload comes to.
func (w *worker) restated(d *decision, c *difference, why []plan.Reason) {
	fresh, ok := w.ranges(d, c)
	d.delta.All = d.baseline // else the run itself tells a chunk that reads differently
	if !ok {
		return
	}
	if !w.f.Refresh {
		d.out.Notes = append(d.out.Notes, "Rows were not looked at.")
	} else if !d.baseline {
		if w.stands(d); len(w.missing) > 0 {
			return
		}
	}
	found, known := w.differences(d)
	if !known {
		return
	}
	exact := w.f.Refresh && found.Rows >= found.Total
	n, moved := found.scaled(found.Changed+found.Added), found.scaled(found.Moved)
	if d.delta.All {
		n, moved = moved, 0
	}
	d.act(plan.Action{Kind: plan.Remap, Category: "corrective", Reasons: why, Rows: n, Exact: exact, Bytes: bytesOf(d.m, n), Lane: "typed"})
	if n > 0 {
		d.out.Notes = append(d.out.Notes, notAsMade(n, exact))
	}
	if moved += fresh; moved > 0 {
		kind := plan.Upsert
		if d.m.Definition.Mode == "append" {
			kind = plan.Append
		}
		d.act(plan.Action{Kind: kind, Category: "corrective", Reasons: reason("D004", "the source has changed since it was read"), Rows: moved, Exact: exact && (fresh == 0 || !d.m.Definition.Narrowed()), Bytes: bytesOf(d.m, moved), Lane: "typed"})
	}
	w.refuses(d, d.refused(found), exact)
	if d.m.Definition.Cursor != nil {
		w.refusedWithin(d, *d.m.Definition.Cursor, fresh)
	}
	if !exact && w.f.Refresh && found.Rows > 0 {
		d.out.Notes = append(d.out.Notes, found.bound())
	}
	w.mirrored(d)
	w.settle(d)
}

// stands notes what the table holds where that is not what the runs left: what a part of the rows leaves alone is then
// still known to be somebody else's.
func (w *worker) stands(d *decision) {
	def, held := d.m.Definition, w.f.Ledger[d.m.Address].Expected
	a, known := w.ask(Question{Kind: TargetDigest, Mapping: d.m.Address, System: def.Target, Def: def})
	if known && a.Text != held {
		d.delta.Stands = a.Text
	}
}

// drifted reports whether the table holds something else than the runs left there.
func (w *worker) drifted(d *decision) (drifted, known bool) {
	def, held := d.m.Definition, w.f.Ledger[d.m.Address].Expected
	a, known := w.ask(Question{Kind: TargetDigest, Mapping: d.m.Address, System: def.Target, Def: def})
	return a.Text != held, known
}

// notAsMade says of rows that a reload writes why they may differ.
func notAsMade(n int64, exact bool) string {
	rows, end := quantity(n, exact)+" do not stand as the mapping makes them", "They are written over."
	if n == 1 && exact {
		rows, end = "1 row does not stand as the mapping makes it", "It is written over."
	}
	return rows + ", though neither the mapping nor the source is known to have changed: somebody else changed the target, or the source did not tell. " + end
}

// failAt is an error at a block that is not the mapping's own.
func (w *worker) failAt(d *decision, at diag.Range, code, summary, detail string, args ...any) {
	w.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at, Object: fmt.Sprintf("mapping %q", d.m.Config.Name)})
}
