package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// counters makes the sequences that no column reads, where a mapping asks for them, and moves them on where the source's
// are ahead.
func (l *layer) counters(all []*decision) {
	done := map[string]bool{}
	for _, m := range l.w.f.Config.Mappings {
		c := l.w.f.Systems[m.From.Source].Catalog
		if !m.From.Takes(lang.Sequences) || c == nil {
			continue
		}
		for _, o := range c.Objects {
			key := m.To.Target + "\x00" + o.ID
			if o.ID == "" || done[key] || !resolve.Reads(m, o.Ref) {
				continue
			}
			done[key] = true
			if i := slices.IndexFunc(c.Definitions, func(d schema.Definition) bool { return d.ID() == o.ID }); i >= 0 {
				l.counter(m, o, c.Definitions[i], all)
			}
		}
	}
}

func (l *layer) counter(m *lang.Mapping, o schema.Loose, from schema.Definition, all []*decision) {
	target := l.w.f.Systems[m.To.Target]
	at := slices.IndexFunc(target.Definitions, func(d schema.Definition) bool { return d.ID() == from.ID() })
	switch {
	case from.Stands == nil:
		l.w.object(m, "denied", "Permission denied", "Where sequence %s of %s stands may not be seen. On the source: GRANT SELECT ON SEQUENCE %[1]s TO the role that migrateiq connects as; or take \"sequences\" out of objects.", from.Name, m.From.Source)
		return
	case at >= 0 && !from.Same(target.Definitions[at]):
		l.w.object(m, "definition-differs", "The target has another one of this name", "Sequence %s is to be copied. The source's is\n  %s\nand the target's is\n  %s\nMake them equal, or leave it out with except = [%q].",
			from.Name, from.SQL[0], target.Definitions[at].SQL[0], o.Ref.String())
		return
	case at >= 0 && target.Definitions[at].Stands == nil:
		l.w.object(m, "denied", "Permission denied", "Where sequence %s of %s stands may not be seen. On the target: GRANT SELECT, UPDATE ON SEQUENCE %[1]s TO the role that migrateiq connects as; or take \"sequences\" out of objects.", from.Name, m.To.Target)
		return
	case at >= 0 && !from.Stands.Past(*target.Definitions[at].Stands):
		return
	}
	a := schema.Advance{Source: m.From.Source, Sequence: from.Name, To: *from.Stands, Made: at < 0}
	needs := l.rows(m, all)
	if at < 0 {
		l.home(m.To.Target, from.Schema)
		if n, ok := l.make(m.To.Target, from); ok {
			needs = append(needs, n)
		}
	}
	l.statements(nil, m.To.Target, needs, false, schema.Change{Advance: &a})
}

// rows gives the steps that copy rows of a mapping: what numbered them is read behind them.
func (l *layer) rows(m *lang.Mapping, all []*decision) []int {
	var out []int
	for _, d := range all {
		if n, ok := l.copies[at(d)]; ok && d.m.Config.Address == m.Address {
			out = append(out, n)
		}
	}
	return out
}

// home makes the schema of something that belongs to no table.
func (l *layer) home(target, name string) {
	sys, key := l.w.f.Systems[target], target+"\x00"+name
	if _, ok := l.schemata[key]; ok || !sys.Order.Schemas || hasSchema(sys.Catalog, name) {
		return
	}
	if n, ok := l.statements(nil, target, nil, false, schema.Change{CreateSchema: &name}); ok {
		l.schemata[key] = n
	}
}

// object reports what is wrong with something that is copied beside tables.
func (w *worker) object(m *lang.Mapping, code, summary, detail string, args ...any) {
	at := m.From.ObjectRange
	w.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at, Object: fmt.Sprintf("mapping %q", m.Name)})
}

// taken reports whether a mapping copies an object of a source that is no part of a table.
func (w *worker) taken(source string, o schema.Loose) bool {
	if o.Object.Kind == "large objects" {
		return slices.ContainsFunc(w.f.Config.Mappings, func(m *lang.Mapping) bool { return m.From.Source == source && m.From.Takes(lang.LargeObjects) })
	}
	return strings.HasPrefix(o.ID, "sequence ") && slices.ContainsFunc(w.f.Config.Mappings, func(m *lang.Mapping) bool {
		return m.From.Source == source && m.From.Takes(lang.Sequences) && resolve.Reads(m, o.Ref)
	})
}
