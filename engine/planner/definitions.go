package planner

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// schemas makes the schemas that are not there yet, before anything else.
func (l *layer) schemas(all []*decision) {
	done := map[string]bool{}
	for _, d := range all {
		def, sys := d.m.Definition, l.w.f.Systems[d.m.Definition.Target]
		if d.load == "" || !sys.Order.Schemas {
			continue
		}
		for _, name := range schemasOf(d) {
			key := def.Target + "\x00" + name
			if name == "" || done[key] || hasSchema(sys.Catalog, name) {
				continue
			}
			done[key] = true
			if n, ok := l.statements(nil, def.Target, nil, false, schema.Change{CreateSchema: &name}); ok {
				l.schemata[key] = n
			}
		}
	}
}

// schemasOf are the schemas that a table, its partitions and what it needs are in.
func schemasOf(d *decision) []string {
	out := []string{d.m.Definition.TargetTable.Schema}
	if !d.create && !d.beside {
		return out
	}
	for _, p := range d.m.Table.Partitions {
		out = append(out, p.Ref.Schema)
	}
	for _, n := range d.m.Definitions {
		out = append(out, n.Schema)
	}
	return out
}

func hasSchema(c *schema.Catalog, name string) bool {
	switch {
	case name == "public" || c == nil:
		return name == "public"
	case c.Schemas != nil:
		return slices.Contains(c.Schemas, name)
	}
	return slices.ContainsFunc(c.Tables, func(t schema.Table) bool { return t.Ref.Schema == name })
}

// defineAll makes what a table inherits from before the table.
func (l *layer) defineAll(d *decision, moving []*decision) {
	if l.defined[d] {
		return
	}
	l.defined[d] = true
	for _, p := range d.m.Table.Inherits {
		for _, o := range moving {
			if at(o) == d.m.Definition.Target+"\x00"+p.String() {
				l.defineAll(o, moving)
			}
		}
	}
	l.define(d)
}

// needed gives the steps that a table waits for: its schemas, its types, what it inherits from.
func (l *layer) needed(d *decision) []int {
	var out []int
	target := d.m.Definition.Target
	for _, name := range schemasOf(d) {
		if n, ok := l.schemata[target+"\x00"+name]; ok {
			out = append(out, n)
		}
	}
	for _, def := range d.m.Definitions {
		if n, ok := l.make(target, def); ok {
			out = append(out, n)
		}
	}
	for _, p := range d.m.Table.Inherits {
		if n, ok := l.tables[target+"\x00"+p.String()]; ok {
			out = append(out, n)
		}
	}
	return out
}

// make lays the step for a definition once for all tables that need it.
func (l *layer) make(target string, d schema.Definition) (int, bool) {
	key := target + "\x00" + d.ID()
	if n, ok := l.made[key]; ok {
		return n, true
	}
	var needs []int
	if n, ok := l.schemata[target+"\x00"+d.Schema]; ok {
		needs = append(needs, n)
	}
	for _, id := range d.Needs {
		if n, ok := l.made[target+"\x00"+id]; ok {
			needs = append(needs, n)
		}
	}
	n, ok := l.statements(nil, target, needs, false, schema.Change{Make: &d})
	if ok {
		l.made[key] = n
	}
	return n, ok
}

// left lists what mappings over many tables leave behind since it is no table, once for each source.
func (w *worker) left(p *plan.Plan) {
	for _, m := range w.f.Config.Mappings {
		c := w.f.Systems[m.From.Source].Catalog
		if len(m.From.Tables) == 0 || c == nil {
			continue
		}
		i := slices.IndexFunc(p.Left, func(l plan.Left) bool { return l.Source == m.From.Source })
		for _, o := range c.Objects {
			if w.taken(m.From.Source, o) {
				continue
			}
			if o.Ref.Schema != "" && !resolve.Reads(m, o.Ref) {
				continue
			}
			if i < 0 {
				i, p.Left = len(p.Left), append(p.Left, plan.Left{Source: m.From.Source})
			}
			if !slices.Contains(p.Left[i].Objects, o.Object) {
				p.Left[i].Objects = append(p.Left[i].Objects, o.Object)
			}
		}
	}
}
