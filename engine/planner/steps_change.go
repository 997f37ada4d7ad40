package planner

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// prepare lays what comes before rows are compared: the proof that nobody else changed the table, the changes of its
// columns, and the digest of the rows that stand under the new columns.
func (l *layer) prepare(d *decision) {
	def := d.m.Definition
	var needs []int
	if d.prove {
		needs = []int{l.add(plan.Step{Work: plan.Prove, Mapping: d.m.Address, Target: def.Target, Needs: needs, Move: &plan.Transfer{Table: def.TargetTable}})}
	}
	for _, c := range d.alters {
		if n, ok := l.statements(d, def.Target, needs, false, c); ok {
			needs = []int{n}
		}
	}
	if d.baseline {
		needs = []int{l.add(plan.Step{Work: plan.Baseline, Mapping: d.m.Address, Target: def.Target, Needs: needs, Move: &plan.Transfer{Table: def.TargetTable}})}
	}
	if len(needs) > 0 {
		l.tables[at(d)] = needs[0]
	}
}

// tighten lays the changes of columns that hold only once the rows are written and removed.
func (l *layer) tighten(d *decision) {
	for _, c := range d.behind {
		if n, ok := l.statements(d, d.m.Definition.Target, l.keys[at(d)], false, c); ok {
			l.keys[at(d)] = []int{n}
		}
	}
}

// sweep lays the removal of keys behind the copies, and behind the sweeps of tables that point to this one.
func (l *layer) sweep(d *decision, all []*decision) {
	if d.sweep == "" {
		return
	}
	def := d.m.Definition
	needs := slices.Clone(l.keys[at(d)])
	for _, child := range all {
		if child != d && slices.Contains(parents(child), def.TargetTable.String()) && child.m.Definition.Target == def.Target {
			needs = append(needs, l.keys[at(child)]...)
		}
	}
	l.keys[at(d)] = []int{l.add(plan.Step{Work: plan.Sweep, Mapping: d.m.Address, Target: def.Target, Needs: needs, Move: &plan.Transfer{Table: def.TargetTable, Sweep: d.sweep}})}
}
