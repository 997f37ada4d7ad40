package planner

import (
	"encoding/json"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
)

// swept removes the keys whose row the source holds and the mapping refuses now, and in mode mirror all that it does not
// make any more.
func (w *worker) swept(d *decision, c *difference) {
	if d.m.Definition.Mode == "mirror" {
		w.mirrored(d)
		if last := len(d.out.Actions) - 1; c.rows && last >= 0 && d.out.Actions[last].Kind == plan.Prune {
			d.out.Actions[last].Changed = c.parts[:1]
		}
		return
	}
	if !c.rows || !w.f.Refresh {
		if c.rows {
			d.sweep = plan.SweepRefused
		}
		return
	}
	unmade, k1 := w.count(UnmadeKeys, d, plan.Cursor{})
	gone, k2 := w.count(GoneKeys, d, plan.Cursor{})
	if !k1 || !k2 {
		return
	}
	d.noteGone(gone)
	if refused := unmade - gone; refused > 0 {
		d.sweep = plan.SweepRefused
		d.act(plan.Action{Kind: plan.Prune, Category: "breaking", Reasons: reason("B107", "rows that the mapping leaves out now"), Removes: refused, Exact: true, Changed: c.parts[:1]})
	}
}

// mirrored removes the keys that no row of the source makes, in mode mirror.
func (w *worker) mirrored(d *decision) {
	if d.m.Definition.History != nil {
		w.ended(d)
		return
	}
	if d.m.Definition.Mode != "mirror" || w.diags.HasErrors() {
		return
	}
	if !w.f.Refresh {
		d.sweep = plan.SweepGone
		return
	}
	unmade, known := w.count(UnmadeKeys, d, plan.Cursor{})
	if !known || unmade == 0 {
		return
	}
	d.sweep = plan.SweepGone
	d.act(plan.Action{Kind: plan.Prune, Category: "corrective", Reasons: reason("B108", "keys that the source does not make any more"), Removes: unmade, Exact: true})
}

// standing is the definition by whose columns the table is read before they are altered.
func (d *decision) standing() *plan.Definition {
	var before plan.Definition
	if len(d.alters) == 0 || json.Unmarshal(d.prior.Definition, &before) != nil {
		return d.m.Definition
	}
	return &before
}

// repair puts back what somebody else changed in the target, where the mapping asks for it.
func (w *worker) repair(d *decision) bool {
	def := d.m.Definition
	held := w.f.Ledger[d.m.Address].Expected
	if def.OnDrift != "repair" || len(def.Key) == 0 || held == "" {
		return false
	}
	a, known := w.ask(Question{Kind: TargetDigest, Mapping: d.m.Address, System: def.Target, Def: d.standing()})
	if !known {
		return true
	}
	if a.Text == held {
		return false
	}
	d.out.Before, d.load, d.baseline = def, providers.Upsert, true
	d.delta = &plan.Delta{Set: []string{}, Every: true, Proof: true, Claim: true}
	fresh, ok := int64(0), true
	if def.Cursor != nil {
		fresh, ok = w.above(d)
	}
	if !ok {
		return true
	}
	found, known := w.differences(d)
	if !known {
		return true
	}
	exact := found.Rows >= found.Total
	n := found.scaled(found.Changed+found.Added+found.Moved) + fresh
	if n > 0 || !exact {
		d.act(plan.Action{Kind: plan.Repair, Category: "corrective", Reasons: reason("D105", "the target does not hold what the runs left there"), Rows: n, Exact: exact, Bytes: bytesOf(d.m, n), Lane: "typed"})
	} else {
		d.act(plan.Action{Kind: plan.Adopt, Category: "metadata", Reasons: reason("D106", "the target does not hold what the runs left there, and each row of the source stands as the mapping makes it")})
	}
	if !exact {
		d.out.Notes = append(d.out.Notes, found.bound())
	}
	if def.Mode == "upsert" {
		w.putOut(d)
	}
	w.mirrored(d)
	return true
}

// Differences is what a comparison of both sides by key found, in the rows that it looked at.
type Differences struct {
	Rows, Total int64 // looked at, and there are; fewer were looked at in a sample
	Added       int64 // lacking in the target
	Changed     int64 // of which fields are to be written
	Conflicts   int64 // that somebody else changed
	Moved       int64 // lacking or different because the source has changed
	Refused     int64 // that stand, and whose row at the source has changed and is left out now
	Fields      map[string]int64
}

func (f *Differences) scaled(n int64) int64 {
	if f.Rows == 0 || f.Rows >= f.Total {
		return n
	}
	return int64(float64(n) * float64(f.Total) / float64(f.Rows))
}

// bound says how much a sample can be trusted: with no difference among n rows, more than 3/n of all differ in one case of
// twenty.
func (f *Differences) bound() string {
	return fmt.Sprintf("The numbers of rows that differ are estimates from %s of %d. What is rarer than 1 row in %d may not be among them: `plan -exact` counts all.",
		plan.Rows(f.Rows), f.Total, max(f.Rows/3, 1))
}
