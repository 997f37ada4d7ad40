package planner

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// Purged are the mappings of a state whose rows a removed block wants deleted, in order.
func Purged(s state.Snapshot, cfg *lang.Config) []string {
	var out []string
	for _, a := range slices.Sorted(maps.Keys(s.Mappings)) {
		if slices.ContainsFunc(cfg.Removed, func(r lang.Removed) bool { return r.Purge && lang.Within(r.Mapping, a) }) {
			out = append(out, a)
		}
	}
	return out
}

// purged is a mapping that is gone, and whose rows go too.
type purged struct {
	address string
	def     *plan.Definition // as it was applied
	table   *schema.Table
}

// purge plans the deletion of the rows of a mapping. It reports false where there is nothing to delete and the mapping is
// only to be forgotten.
func (w *worker) purge(p *plan.Plan, address string, old *state.Mapping, r lang.Removed) bool {
	fail := func(code, summary, detail string, args ...any) {
		at := r.Range
		w.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Subject: &at, Object: address, Detail: fmt.Sprintf(detail, args...)})
	}
	def := &plan.Definition{}
	if err := json.Unmarshal(old.Definition, def); err != nil || len(def.Fields) == 0 {
		fail("purge-unknown", "The rows to delete are not known", "The state does not hold the definition of %s, so its rows cannot be told. Take `purge` out of the removed block, and delete them yourself.", address)
		return true
	}
	sys, ok := w.f.Systems[def.Target]
	if !ok || sys.Role != "target" {
		fail("purge-unknown", "The rows to delete are not known", "The rows of %s stand in %s, which is not in the configuration any more. Bring its block back, or take `purge` out of the removed block.", address, def.Target)
		return true
	}
	if what := unknown(sys, old); what != "" {
		fail("target-restored", "The target is not the one the state knows", "%s was applied to %s, which %s: it is another database, or an older copy of the one that was written to. Look at the target's address, or take `purge` out of the removed block to forget the mapping.", address, def.Target, what)
		return true
	}
	table, there := sys.Catalog.Table(def.TargetTable)
	if !there {
		return false
	}
	if child := w.pointing(def.Target, table.Ref); child != "" {
		fail("purge-referred", "Another table points to the rows", "Rows of table %s point to table %s of %s by a foreign key, and would be left without it or go with it. Purge their mapping in the same plan, or drop the foreign key first.", child, def.TargetTable, def.Target)
		return true
	}
	held := w.f.Ledger[address].Expected
	if w.f.Refresh {
		a, known := w.ask(Question{Kind: TargetDigest, Mapping: address, System: def.Target, Def: def})
		if known && a.Text != held {
			fail("purge-differs", "The table holds other rows than the runs left", "Table %s of %s does not hold what the runs left there: somebody else changed it, and their rows would be deleted, too. Bring the mapping back, and `migrateiq verify` says which differ; put them back, or take `purge` out of the removed block and delete the rows yourself.", def.TargetTable, def.Target)
			return true
		}
	}
	notes := []string{"The deleted rows cannot be brought back by migrateiq. The table itself stays."}
	if !w.f.Refresh {
		notes = append(notes, "Rows were not looked at.")
	}
	p.Mappings = append(p.Mappings, plan.Mapping{Address: address, UID: old.UID, At: plan.Place{File: r.Range.File, Line: r.Range.Start.Line}, Before: def, NotMapped: []string{}, Unsupported: []schema.Object{}, Notes: notes,
		Hashes:  plan.Fingerprints(old.Hashes),
		Actions: []plan.Action{{Kind: plan.Delete, Irreversible: true, Category: "breaking", Reasons: reason("F002", "the mapping is removed with its rows; this cannot be undone"), Removes: old.Rows, Exact: w.f.Refresh, Changed: []plan.Change{}}}})
	w.purged = append(w.purged, &purged{address: address, def: def, table: table})
	return true
}

// pointing gives a table of the target that points to the one that is emptied and is not emptied in the same plan, "" for none.
func (w *worker) pointing(target string, table schema.Ref) string {
	var going []schema.Ref
	catalog := w.f.Systems[target].Catalog
	for _, address := range Purged(w.f.State, w.f.Config) {
		var other plan.Definition
		if json.Unmarshal(w.f.State.Mappings[address].Definition, &other) != nil || other.Target != target {
			continue
		}
		if t, ok := catalog.Table(other.TargetTable); ok { // by its full name
			going = append(going, t.Ref)
		}
	}
	for _, t := range catalog.Tables {
		points := func(k schema.ForeignKey) bool { return k.Parent == table }
		if t.Ref != table && slices.ContainsFunc(t.Foreign, points) && !slices.Contains(going, t.Ref) {
			return t.Ref.String()
		}
	}
	return ""
}

// purge lays the deletions: first all proofs, then the tables that point to others before those.
func (l *layer) purge() {
	proofs := map[string][]int{}
	for _, g := range l.w.purged {
		proofs[g.def.Target] = append(proofs[g.def.Target], l.add(plan.Step{Work: plan.Prove, Mapping: g.address, Target: g.def.Target, Move: &plan.Transfer{Table: g.def.TargetTable}}))
	}
	done := map[*purged][]int{}
	var visit func(g *purged, path []*purged) []int
	visit = func(g *purged, path []*purged) []int {
		if n, ok := done[g]; ok || slices.Contains(path, g) {
			return n
		}
		needs := slices.Clone(proofs[g.def.Target])
		for _, child := range l.w.purged {
			points := func(k schema.ForeignKey) bool { return k.Parent == g.table.Ref }
			if child != g && child.def.Target == g.def.Target && slices.ContainsFunc(child.table.Foreign, points) {
				needs = append(needs, visit(child, append(path, g))...)
			}
		}
		done[g] = l.emptied(g, needs)
		return done[g]
	}
	for _, g := range l.w.purged {
		visit(g, nil)
	}
}

// emptied removes rows by key, and where there is none all at once.
func (l *layer) emptied(g *purged, needs []int) []int {
	if len(g.def.Key) > 0 {
		return []int{l.add(plan.Step{Work: plan.Sweep, Mapping: g.address, Target: g.def.Target, Needs: needs, Move: &plan.Transfer{Table: g.def.TargetTable, Sweep: plan.SweepOurs}})}
	}
	change := schema.Change{Empty: &g.def.TargetTable}
	a, known := l.w.ask(Question{Kind: Statements, Mapping: g.address, System: g.def.Target, Changes: []schema.Change{change}})
	if !known || len(a.Statements) != 1 {
		return nil
	}
	for i := range a.Statements[0] {
		s := a.Statements[0][i]
		needs = []int{l.add(plan.Step{Work: plan.Define, Mapping: g.address, Target: g.def.Target, Needs: slices.Clone(needs), Change: &change, Statement: &s, Fresh: i == len(a.Statements[0])-1})}
	}
	return needs
}
