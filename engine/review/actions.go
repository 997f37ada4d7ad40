package review

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// actions are what the plan does to tables. A move, a forgotten mapping and a change of classes touch no table and are
// none. What a step removes is named even where no mapping's action says so.
func actions(p *plan.Plan) []policy.Action {
	out := []policy.Action{}
	for i := range p.Mappings {
		m := &p.Mappings[i]
		for _, a := range m.Actions {
			out = append(out, action(m, a)...)
		}
	}
	for _, s := range p.Steps {
		if s.Change == nil {
			continue
		}
		switch c := s.Change; {
		case c.Drop != nil:
			out = append(out, policy.Action{Kind: "drop", Dataset: dataset(s.Target, *c.Drop), Destructive: true})
		case c.Swap != nil && c.Swap.Discard != nil:
			out = append(out, policy.Action{Kind: "drop", Dataset: dataset(s.Target, *c.Swap.Discard), Destructive: true})
		case c.Empty != nil:
			out = append(out, policy.Action{Kind: "truncate", Dataset: dataset(s.Target, *c.Empty), Destructive: true})
		}
	}
	return out
}

// action is reversible where no row that stood before is touched. Rows that were only estimated are not known.
func action(m *plan.Mapping, a plan.Action) []policy.Action {
	def := m.Definition
	if a.Kind == plan.Delete {
		def = m.Before
	}
	if def == nil {
		return nil
	}
	one := policy.Action{Dataset: dataset(def.Target, def.TargetTable)}
	if a.Exact {
		one.Rows = &a.Rows
	}
	switch a.Kind {
	case plan.Create, plan.Append, plan.Backfill:
		one.Kind, one.Reversible = "create", true
	case plan.Upsert:
		one.Kind = "merge"
	case plan.Remap, plan.Repair:
		one.Kind, one.Destructive = "update", true
	case plan.Alter:
		one.Kind = "alter"
	case plan.Prune, plan.Delete:
		return []policy.Action{{Kind: "delete", Dataset: one.Dataset, Destructive: true, Rows: &a.Removes}}
	case plan.Reload:
		one.Kind, one.Destructive = "overwrite", true
		return []policy.Action{one} // the rows it removes are those it overwrites
	case plan.Rollback:
		one.Kind, one.Destructive = "overwrite", true
		return []policy.Action{one}
	case plan.Discard, plan.Move, plan.Forget, plan.Govern, plan.MapKeys, plan.Adopt, plan.Keep: // the step that drops a kept table is named
		return nil
	default: // a kind that is not known here is taken for the worst
		one.Kind, one.Destructive = "update", true
	}
	if a.Removes == 0 {
		return []policy.Action{one}
	}
	return []policy.Action{one, {Kind: "delete", Dataset: one.Dataset, Destructive: true, Rows: &a.Removes}}
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
	if slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Work == plan.Copy && !proven[s.Mapping] }) {
		out.Level = "none"
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
		Columns: append([]string{}, columns...), GroupBy: []string{}, Tolerance: "0", Required: true}
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
