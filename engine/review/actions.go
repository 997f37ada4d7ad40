package review

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// actions are what the plan does to tables, and what it only notes about them. What a step removes is named even where no
// mapping's action says so.
func (b *builder) actions() []policy.Action {
	out := []policy.Action{}
	for i := range b.plan.Mappings {
		m := &b.plan.Mappings[i]
		for _, a := range m.Actions {
			out = append(out, action(m, a)...)
		}
	}
	for _, s := range b.plan.Steps {
		if s.Change == nil {
			continue
		}
		switch c := s.Change; {
		case c.Drop != nil:
			out = append(out, b.removal(s, "drop", dataset(s.Target, *c.Drop)))
		case c.Swap != nil && c.Swap.Discard != nil:
			out = append(out, b.removal(s, "drop", dataset(s.Target, *c.Swap.Discard)))
		case c.Empty != nil:
			out = append(out, b.removal(s, "truncate", dataset(s.Target, *c.Empty)))
		}
	}
	for i := range out {
		out[i].Classes = slices.Clone(b.held[out[i].Dataset])
	}
	return out
}

// removal is what a step takes away, with what the plan says of the action that it carries out: the gravest of the mapping
// that loses something.
func (b *builder) removal(s plan.Step, kind, of string) policy.Action {
	out := policy.Action{Kind: kind, Dataset: of, Destructive: true, Irreversible: true, Reasons: []string{}, TreatedAs: []policy.Treated{}, Mapping: known(s.Mapping)}
	m := b.plan.Mapping(s.Mapping)
	if m == nil {
		return out
	}
	b.kept(of, m.Definition)
	var gravest *plan.Action
	for i := range m.Actions {
		if a := &m.Actions[i]; a.Irreversible && (gravest == nil || plan.Graver(gravest.Category, a.Category) != gravest.Category) {
			gravest = a
		}
	}
	if gravest != nil {
		judged(&out, *gravest)
	}
	return out
}

// action is reversible where no row that stood before is touched. Rows that were only estimated are not known.
func action(m *plan.Mapping, a plan.Action) []policy.Action {
	def := m.Definition
	if def == nil {
		def = m.Before // of a mapping that is gone
	}
	if a.Kind == plan.Keep {
		return nil
	}
	one := policy.Action{Mapping: known(m.Address)}
	if def != nil {
		one.Dataset = dataset(def.Target, def.TargetTable)
	}
	judged(&one, a)
	if a.Exact {
		one.Rows = &a.Rows
	}
	deleted := one
	deleted.Kind, deleted.Destructive, deleted.Rows = "delete", true, &a.Removes
	switch a.Kind {
	case plan.Create, plan.Append, plan.Backfill:
		one.Kind, one.Reversible = "create", true
	case plan.Upsert:
		one.Kind = "merge"
	case plan.Remap, plan.Repair:
		one.Kind, one.Destructive = "update", true
	case plan.Alter:
		one.Kind, one.Destructive = "alter", a.Irreversible
	case plan.Prune, plan.Delete:
		return []policy.Action{deleted}
	case plan.Reload, plan.Rollback:
		one.Kind, one.Destructive = "overwrite", true
		return []policy.Action{one} // the rows it removes are those it overwrites
	case plan.Adopt:
		one.Kind, one.Reversible = "record", true
		if a.Rows > 0 { // rows that differ are put right
			one.Kind, one.Destructive, one.Reversible = "update", true, false
		}
	case plan.Discard, plan.Move, plan.Forget, plan.Govern, plan.MapKeys: // the step that drops a kept table is named
		one.Kind, one.Reversible = "record", true
	default: // a kind that is not known here is taken for the worst
		one.Kind, one.Destructive = "update", true
	}
	if a.Removes == 0 {
		return []policy.Action{one}
	}
	return []policy.Action{one, deleted}
}

// verification is the level that every table with moving rows reaches, and the controls by which it does.
func verification(p *plan.Plan, skipped bool) policy.Verification {
	out := policy.Verification{Level: "checksums", Controls: []policy.Control{}}
	if skipped {
		out.Level = "none"
		return out
	}
	proven := map[string]bool{}
	for _, s := range p.Steps {
		m := p.Mapping(s.Mapping)
		if m == nil || m.Definition == nil {
			continue
		}
		switch {
		case s.Work == plan.Verify:
			proven[s.Mapping] = true
			out.Controls = append(out.Controls, control(m, "row_balance", nil), control(m, "field_checksum", compared(m.Definition)))
		case s.Work == plan.CheckRows:
			out.Controls = append(out.Controls, checks(m)...)
		case s.Change != nil && s.Change.AddForeign != nil:
			out.Controls = append(out.Controls, control(m, "referential", s.Change.AddForeign.Foreign.Columns))
		case s.Change != nil && (s.Change.CheckForeign != nil || s.Change.Swap != nil && s.Change.Swap.Check):
			out.Controls = append(out.Controls, control(m, "referential", nil))
		}
	}
	out.Controls = append(out.Controls, standing(p)...)
	if slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Work == plan.Copy && !proven[s.Mapping] }) {
		out.Level = "none"
	}
	return out
}

// standing are the controls of the tables that no row of the plan moves into, as they are configured.
func standing(p *plan.Plan) []policy.Control {
	moves, checked := map[string]bool{}, map[string]bool{}
	for _, s := range p.Steps {
		moves[s.Mapping] = moves[s.Mapping] || s.Work == plan.Copy || s.Work == plan.Verify
		checked[s.Mapping] = checked[s.Mapping] || s.Work == plan.CheckRows
	}
	out := []policy.Control{}
	for _, m := range p.All() {
		if m.Definition == nil || moves[m.Address] {
			continue
		}
		all := []policy.Control{control(m, "row_balance", nil), control(m, "field_checksum", compared(m.Definition))}
		if !checked[m.Address] {
			all = append(all, checks(m)...)
		}
		for _, c := range all {
			c.Runs = false
			out = append(out, c)
		}
	}
	return out
}

func compared(d *plan.Definition) []string {
	if len(d.Reconcile) > 0 {
		return d.Reconcile
	}
	out := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		out[i] = f.Name
	}
	return out
}

func control(m *plan.Mapping, kind string, columns []string) policy.Control {
	id := m.Address + "." + kind
	if kind == "referential" && columns != nil {
		id += "." + strings.Join(columns, ",")
	}
	return policy.Control{ID: id, Type: kind, Dataset: dataset(m.Definition.Target, m.Definition.TargetTable),
		Columns: append([]string{}, columns...), GroupBy: []string{}, Tolerance: "0", Required: true, Runs: true}
}

func checks(m *plan.Mapping) []policy.Control {
	var out []policy.Control
	for _, c := range m.Definition.Checks {
		one := control(m, "business_rule", nil)
		one.ID, one.Required = m.Address+".check."+c.Name, c.Severity == "block"
		out = append(out, one)
	}
	for _, c := range m.Definition.Controls {
		one := control(m, "sum", c.Sum)
		one.ID, one.GroupBy, one.Tolerance = m.Address+".control."+c.Name, append([]string{}, c.By...), c.Tolerance
		out = append(out, one)
	}
	return out
}
