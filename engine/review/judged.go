package review

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// judged takes over what the plan says of an action. Texts of reasons stay in the plan: they may count rows.
func judged(to *policy.Action, a plan.Action) {
	to.Operation, to.Category = operation(a.Kind), known(a.Category)
	to.Irreversible, to.Exposure = to.Irreversible || a.Irreversible, a.Exposure
	to.Reasons, to.TreatedAs = []string{}, []policy.Treated{}
	for _, r := range a.Reasons {
		if !slices.Contains(to.Reasons, r.Code) {
			to.Reasons = append(to.Reasons, r.Code)
		}
	}
	for _, t := range a.Treated {
		to.TreatedAs = append(to.TreatedAs, policy.Treated(t))
	}
}

// operation is the plan's word for an action, nil for one that policies do not know.
func operation(k plan.Kind) *string {
	switch k {
	case plan.Create, plan.Append, plan.Upsert, plan.Backfill, plan.Remap, plan.Alter, plan.Reload, plan.Prune, plan.Repair, plan.Adopt, plan.Govern,
		plan.MapKeys, plan.Move, plan.Forget, plan.Delete, plan.Discard, plan.Rollback:
		return known(string(k))
	}
	return nil
}

// gravest is what the plan comes to: the gravest category of its actions, and their flags.
func (b *builder) gravest() {
	gravest := ""
	for _, a := range b.in.Actions {
		if a.Category != nil {
			gravest = plan.Graver(gravest, *a.Category)
		}
		b.in.Plan.Irreversible = b.in.Plan.Irreversible || a.Irreversible
		b.in.Plan.Exposure = b.in.Plan.Exposure || a.Exposure
	}
	b.in.Plan.Category = known(gravest)
}

// purged puts the tables of mappings that are gone, and whose rows go with them, into the document: rules about deletion
// ask what is declared of a table. Their fields are no part of it, as nothing is written to them; which classes of data
// the table holds, by the definition that its rows were made with, stands at the action.
func (b *builder) purged() error {
	for i := range b.plan.Mappings {
		m := &b.plan.Mappings[i]
		if m.Definition != nil || m.Before == nil {
			continue
		}
		id := dataset(m.Before.Target, m.Before.TargetTable)
		if _, there := b.in.Datasets[id]; !there {
			if _, err := b.dataset(m.Before.Target, m.Before.TargetTable); err != nil {
				return err
			}
		}
		classes, err := b.classesOf(m.Before)
		if err != nil {
			return fmt.Errorf("find the classes of the rows of %s: %w", m.Address, err)
		}
		b.hold(id, classes...)
	}
	return nil
}

// kept puts a table that holds what a mapping's table held into the document: a copy that a swap has kept or built beside.
// What is declared of the one holds for the other.
func (b *builder) kept(id string, d *plan.Definition) {
	if d == nil {
		return
	}
	like := dataset(d.Target, d.TargetTable)
	if _, there := b.in.Datasets[id]; !there {
		one := b.in.Datasets[like]
		one.Rows = nil
		b.in.Datasets[id] = one
	}
	if _, there := b.held[id]; !there {
		b.hold(id, b.held[like]...)
	}
}

// classesOf are the classes that the fields of a definition have, by what was declared when it was carried out and by what
// is declared of its columns now.
func (b *builder) classesOf(d *plan.Definition) ([]string, error) {
	recorded := map[string][]string{}
	for _, f := range d.Fields {
		recorded[f.Name] = f.Classes
	}
	lines, err := lineage.Of(d, lineage.Declared{Column: b.classes, Field: func(name string) []string { return recorded[name] }})
	var out []string
	for _, line := range lines {
		out = append(out, line.Effective...)
	}
	return out, err
}

// hold notes which classes of data a table holds, none of which is an answer too.
func (b *builder) hold(dataset string, classes ...string) {
	have, there := b.held[dataset]
	if !there {
		have = []string{}
	}
	for _, c := range classes {
		if at, found := slices.BinarySearch(have, c); !found {
			have = slices.Insert(have, at, c)
		}
	}
	b.held[dataset] = have
}
