package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// keepAt is where a target keeps a table that is swapped out, false where it cannot keep one.
func keepAt(o schema.Order, r schema.Ref) (schema.Ref, bool) {
	switch {
	case o.KeepIn != "":
		r.Schema = o.KeepIn + r.Schema
	case o.KeepAs != "":
		r.Name += o.KeepAs
	default:
		return r, false
	}
	return r, true
}

// keep has the old table kept where the mapping says so, and the copy of an earlier swap dropped.
func (l *layer) keep(d *decision, s *schema.TableSwap) []int {
	if old := d.prior.Kept; old != nil && d.kept != nil {
		ref := resolve.ParseRef(old.Table)
		s.Discard = &ref
	}
	if d.m.Definition.RollbackWindow == "" {
		return nil
	}
	if d.m.Definition.KeyMap {
		l.w.fail(d, "rollback-not-possible", "The keys of the rows are remembered", "%s says rollback_window = %q, and other mappings refer to its rows by a map of their keys, which is not kept with the table. Remove rollback_window.",
			d.m.Address, d.m.Definition.RollbackWindow)
		return nil
	}
	at, ok := keepAt(l.order(d), d.m.Standing.Ref)
	if !ok || d.named && len(d.m.Standing.Foreign) > 0 { // they cannot be taken off it, and would tie the rows of others
		l.w.fail(d, "rollback-not-possible", "The target cannot keep a table", "%s says rollback_window = %q, and %s cannot keep the table that is swapped out. Remove rollback_window; the old table is dropped by the swap then.",
			d.m.Address, d.m.Definition.RollbackWindow, d.m.Definition.Target)
		return nil
	}
	s.Keep, s.Strip = &at, d.m.Standing.Foreign
	if at.Schema == "" || at.Schema == d.m.Standing.Ref.Schema {
		return nil
	}
	if n, ok := l.statements(nil, d.m.Definition.Target, nil, false, schema.Change{CreateSchema: &at.Schema}); ok {
		return []int{n}
	}
	return nil
}

// keeping looks at the table that an earlier swap has kept: whether it is there, and whether its time is over.
func (w *worker) keeping(d *decision) {
	if d.prior == nil || d.prior.Kept == nil || d.out.Definition == nil {
		return
	}
	act := func(a plan.Action) {
		d.out.Actions = slices.DeleteFunc(d.out.Actions, func(o plan.Action) bool { return o.Kind == plan.Keep })
		d.act(a)
	}
	k := d.prior.Kept
	a, known := w.ask(Question{Kind: KeptTable, Mapping: d.m.Address, System: d.m.Definition.Target, Def: d.m.Definition, Table: resolve.ParseRef(k.Table)})
	switch {
	case !known:
		return
	case a.Found == nil:
		act(plan.Action{Kind: plan.Discard, Category: "metadata", Reasons: reason("K102", "table %s, which was kept, is gone; nothing can be brought back", k.Table)})
		return
	}
	d.kept = a.Found
	size := ""
	if a.Found.Bytes > 0 {
		size = fmt.Sprintf(" (%s on disk)", sizeText(a.Found.Bytes))
	}
	switch {
	case d.beside:
		act(plan.Action{Kind: plan.Discard, Category: "breaking", Reasons: reason("K103", "table %s%s, which run %s swapped out, is dropped when the new one is swapped in: one old table is kept", k.Table, size, k.Run)})
	case !w.f.Now.Before(k.Until):
		d.discard = true
		act(plan.Action{Kind: plan.Discard, Category: "breaking", Reasons: reason("K101", "the time of table %s%s is over: it was kept until %s", k.Table, size, moment(k.Until))})
	default:
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The table that run %s swapped out is kept as %s%s until %s; `migrateiq rollback %s` brings it back.", k.Run, k.Table, size, moment(k.Until), quoteAddress(d.m.Address)))
	}
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// sizeText writes a size for people.
func sizeText(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// discards drops the kept tables whose time is over. No mapping's rows are touched.
func (l *layer) discards(all []*decision) {
	for _, d := range all {
		if d.discard {
			ref := resolve.ParseRef(d.prior.Kept.Table)
			l.statements(nil, d.m.Definition.Target, nil, false, schema.Change{Drop: &ref})
		}
	}
}

// rollingBack reports whether the plan is to bring kept tables back, and whether this mapping is one of those. Such a plan
// does nothing else.
func (w *worker) rollingBack(address string) (any, this bool) {
	return len(w.f.Rollback) > 0, slices.ContainsFunc(w.f.Rollback, func(a string) bool { return covers(a, address) })
}

// rollback puts the kept table back in the place of the one that took its name, with all that follows that by now.
func (w *worker) rollback(d *decision) {
	if d.prior == nil || d.prior.Kept == nil || d.m.Standing == nil {
		w.fail(d, "nothing-kept", "There is no table to go back to", "No table is kept of %s. One is kept by a swap where the mapping says lifecycle { rollback_window = \"72h\" }, until that time is over.", d.m.Address)
		return
	}
	k := d.prior.Kept
	var before state.Mapping
	var foreign []schema.ForeignKey
	if err := json.Unmarshal(k.Before, &before); err != nil {
		w.fail(d, "nothing-kept", "There is no table to go back to", "What the state holds of the table that was kept of %s cannot be read.", d.m.Address)
		return
	}
	if len(k.Foreign) > 0 && json.Unmarshal(k.Foreign, &foreign) != nil {
		foreign = nil
	}
	a, known := w.ask(Question{Kind: KeptTable, Mapping: d.m.Address, System: d.m.Definition.Target, Def: d.m.Definition, Table: resolve.ParseRef(k.Table)})
	if !known {
		return
	}
	if a.Found == nil {
		w.fail(d, "nothing-kept", "There is no table to go back to", "Table %s of %s, which was kept of %s, is gone.", k.Table, d.m.Definition.Target, d.m.Address)
		return
	}
	runs := k.Runs
	if runs == nil {
		runs = w.runsUpTo(d.m.Definition.Target, before)
	}
	if runs == nil {
		w.fail(d, "nothing-kept", "There is no table to go back to", "The ledger of %s does not know the runs that filled the table which was kept of %s.", d.m.Definition.Target, d.m.Address)
		return
	}
	own := *d.m
	own.Table, own.Table.Ref = *a.Found, d.m.Standing.Ref
	d.m = &own
	if lost := unfit(d); len(lost) > 0 {
		w.fail(d, "swap-would-break", "Something hangs on the table", "%s would go back to table %s, and that could not have %s %s (%s), which hangs on the present one. Take it off first.",
			d.m.Address, k.Table, lost[0].Kind, lost[0].Name, lost[0].Why)
		return
	}
	d.out.Definition, d.out.Hashes, d.out.Unsupported = recorded(before.Definition), plan.Fingerprints(before.Hashes), []schema.Object{}
	d.back = &back{kept: a.Found, foreign: foreign, runs: runs, digest: before.Digest}
	d.act(plan.Action{Kind: plan.Rollback, Category: "breaking", Rows: before.Rows, Exact: true, Removes: d.prior.Rows,
		Reasons: reason("K110", "back to what run %s left, as it was until %s", before.Run, moment(k.At))})
	if d.prior.Run != k.Run {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("Runs since %s have written to the table, up to run %s. What they wrote is lost.", moment(k.At), d.prior.Run))
	}
	d.out.Notes = append(d.out.Notes, fmt.Sprintf("Table %s as it is now is dropped, with what others have written to it since %s.", d.m.Definition.TargetTable, moment(k.At)))
}

// back is what a rollback needs.
type back struct {
	kept    *schema.Table
	foreign []schema.ForeignKey
	runs    []string
	digest  string
}

// runsUpTo are the runs whose records add up to what a mapping held, as far as no other runs lie between the one that made its
// table and the last, and none of them has digested the table anew.
func (w *worker) runsUpTo(target string, m state.Mapping) []string {
	all := w.f.Systems[target].Runs
	from, to := slices.Index(all, m.BaseRun), slices.Index(all, m.Run)
	if from < 0 || to < from {
		return nil
	}
	return slices.Clone(all[from : to+1])
}

// restore lays the steps of a rollback: the kept table is proved to be as it was, and swapped in.
func (l *layer) restore(d *decision) {
	def, kept := d.m.Definition, *d.back.kept
	proof := l.add(plan.Step{Work: plan.Verify, Mapping: d.m.Address, Target: def.Target, Move: &plan.Transfer{Table: kept.Ref, Expect: d.back.digest}})
	swap := schema.TableSwap{Old: def.TargetTable, New: kept, Follow: d.m.Standing.Followers, Counts: d.m.Standing.Sequences, Strip: d.back.foreign, Back: true}
	n, ok := l.statements(d, def.Target, []int{proof}, true, schema.Change{Swap: &swap})
	if ok {
		l.plan.Steps[n].Runs = d.back.runs
	}
}

// unknownRollback refuses a mapping that is not there.
func (w *worker) unknownRollback() {
	for _, a := range w.f.Rollback {
		if !slices.ContainsFunc(w.f.Mappings, func(m *resolve.Mapping) bool { return covers(a, m.Address) }) {
			var have []string
			for _, m := range w.f.Mappings {
				have = append(have, m.Address)
			}
			w.diags.Add(diag.Diagnostic{Code: "unknown-mapping", Summary: "Unknown mapping", Detail: fmt.Sprintf("The configuration has no %s.%s", a, diag.Suggest(a, have))})
		}
	}
}
