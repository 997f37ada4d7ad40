package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// lost lists what the target will lack of the source's table: all that only a system of its product can take over, where
// the target is of another one; where the target's table is there already, what that lacks.
func (f *fielder) lost() []schema.Object {
	switch {
	case f.out.alone:
		return f.in.source.Lost()
	case f.out.kept() != nil:
		return lacking(f.in.source, f.out.kept())
	}
	return f.in.source.Unsupported
}

// lacking is what a table that stands has not got of the source's, by kind and text: names may differ.
func lacking(source, standing *schema.Table) []schema.Object {
	have := standing.Lost()
	out := slices.Clone(source.Unsupported)
	for _, o := range source.Lost()[len(source.Unsupported):] {
		if !slices.ContainsFunc(have, func(h schema.Object) bool { return h.Kind == o.Kind && (h.Why == o.Why || h.Name == o.Name) }) {
			out = append(out, o)
		}
	}
	return out
}

// computes reports whether a column needs no field, since the target computes it itself: from columns that pass
// unchanged where the table is made, or as it does already.
func (f *fielder) computes(c schema.Column, blocks []*lang.Field) bool {
	p, ok := f.in.source.Part(schema.PartGenerated, c.Name)
	if !ok || f.out.alone || f.name(c) != c.Name || f.in.source.Primary != nil && slices.Contains(f.in.source.Primary.Columns, c.Name) {
		return false
	}
	if standing := f.out.kept(); standing != nil {
		there, ok := standing.Column(c.Name)
		if !ok || !there.Generated {
			return false
		}
	} else if !f.computable(p, blocks) {
		return false
	}
	f.computed[c.Name], f.tried[c.Name] = p, true
	f.out.Notes = append(f.out.Notes, fmt.Sprintf("Column %s is not copied: the target computes it, as %s.", c.Name, p.SQL))
	return true
}

func (f *fielder) computable(p schema.Part, blocks []*lang.Field) bool {
	for _, name := range p.Reads {
		c, ok := f.in.source.Column(name)
		if !ok || f.name(c) != name || slices.ContainsFunc(blocks, func(b *lang.Field) bool { return b.Name == name }) {
			return false
		}
	}
	return f.unmet(p.Needs) == ""
}

// landing gives the target's names of source columns that arrive as they are, empty where one does not.
func (f *fielder) landing(columns []string) []string {
	out := []string{}
	for _, c := range columns {
		name, ok := f.out.landed(c)
		if !ok {
			return []string{}
		}
		out = append(out, name)
	}
	return out
}

func (m *Mapping) landed(column string) (string, bool) {
	if _, ok := m.Computed[column]; ok {
		return column, true
	}
	i := slices.IndexFunc(m.Definition.Fields, func(p plan.Field) bool { return p.Plain == column })
	if i < 0 {
		return "", false
	}
	return m.Definition.Fields[i].Name, true
}

// unchanged says which of the columns does not arrive under its own name and type, "" if all do. "*" is the whole row,
// which has the table's name too.
func (m *Mapping) unchanged(columns ...string) string {
	for _, name := range columns {
		if name == "*" {
			if why := m.unchanged(m.Source.Names()...); why != "" {
				return why
			}
			if !m.named() {
				return "it names the whole row, and the table has another name"
			}
			continue
		}
		if _, ok := m.Computed[name]; ok {
			continue
		}
		p := fieldOf(m.Definition, name)
		c, _ := m.Source.Column(name)
		if p == nil || p.Plain != name || !p.Column.Type.Equal(c.Type) {
			return fmt.Sprintf("column %s does not pass unchanged", name)
		}
	}
	return ""
}

// named reports whether the target's table has the name of the source's, so that names made of it can stay.
func (m *Mapping) named() bool { return m.Definition.TargetTable.Name == m.Source.Ref.Name }

// moved is where something in the schema of the source's table is in the target.
func (m *Mapping) moved(r schema.Ref) schema.Ref {
	if r.Schema == m.Source.Ref.Schema {
		r.Schema = m.Definition.TargetTable.Schema
	}
	return r
}

// refused says why what reads and needs these is not carried over, "" if it is.
func (f *fielder) refused(reads, needs []string) string {
	if why := f.out.unchanged(reads...); why != "" {
		return why
	}
	return f.unmet(needs)
}

// unmet says which need the target cannot meet: code that it has not got, or a thing that a copy does not make.
func (f *fielder) unmet(needs []string) string {
	for _, id := range needs {
		d := definition(f.in.from.Catalog.Definitions, id)
		has := definition(f.in.to.Definitions, id)
		switch {
		case f.in.to.Catalog == nil: // nothing is known of the target
		case schema.Made(id) && len(d.SQL) > 0:
			if why := f.unmet(d.Needs); why != "" {
				return why
			}
		case !d.Same(has):
			return fmt.Sprintf("it needs %s, which is not carried over, and the target has none like it; make it there first", id)
		}
	}
	return ""
}

func definition(all []schema.Definition, id string) schema.Definition {
	i := slices.IndexFunc(all, func(d schema.Definition) bool { return d.ID() == id })
	if i < 0 {
		kind, name, _ := strings.Cut(id, " ")
		return schema.Definition{Kind: kind, Name: name}
	}
	return all[i]
}

// require notes definitions that the table needs, each behind those it needs itself. One that the target has of the same
// name and another text is an error.
func (f *fielder) require(needs []string) {
	for _, id := range needs {
		d, has := definition(f.in.from.Catalog.Definitions, id), definition(f.in.to.Definitions, id)
		if !schema.Made(id) || len(d.SQL) == 0 || slices.ContainsFunc(f.out.Definitions, func(o schema.Definition) bool { return o.ID() == id }) {
			continue
		}
		f.require(d.Needs)
		switch {
		case len(has.SQL) == 0:
			f.out.Definitions = append(f.out.Definitions, d)
		case !d.Same(has):
			f.r.fail(f.in.config, f.in.config.To.TargetRange, "definition-differs", "The target has another one of this name",
				"Table %s needs %s. The source's is\n  %s\nand the target's is\n  %s\nMake them equal, or give the columns that need it a type of their own.", f.in.source.Ref, id, d.SQL[0], has.SQL[0])
		}
	}
}

// natives carries what only a system of the same product can take over, and lists what it has to leave. A table that
// stands keeps what it has where it is built anew.
func (f *fielder) natives(t *schema.Table) {
	if standing := f.out.kept(); standing != nil {
		f.computedColumns(t)
		t.Sequences, t.Indexes = slices.Clone(standing.Sequences), slices.Clone(standing.Indexes)
		for _, p := range standing.Native {
			if s, ok := standing.Sequence(p.Name); !ok || p.Kind != schema.PartDefault || !s.Plain || s.Kind != schema.Owned {
				t.Native = append(t.Native, p) // a sequence is made with its column, and so is the default
			}
		}
		return
	}
	if f.out.alone {
		return
	}
	src := f.in.source
	f.counters(t)
	for _, p := range src.Native {
		if f.carryPart(t, p) {
			f.require(p.Needs)
			t.Native = append(t.Native, p)
		}
	}
	f.computedColumns(t)
	for _, k := range src.Indexes {
		if why := f.refused(k.Reads, k.Needs); why != "" {
			f.leave(k.Object(), why)
			continue
		}
		t.Indexes = append(t.Indexes, f.own1(k))
	}
	t.Inherits = slices.Clone(src.Inherits)
	if _, ok := src.Whole(schema.PartBound); ok {
		t.Inherits = nil
		f.out.Unsupported = append(f.out.Unsupported, schema.Object{Kind: "partition", Name: src.Inherits[0].String(), Why: "the table is a partition of this one; a copy stands for itself"})
	}
	if _, ok := t.Whole(schema.PartSplit); ok {
		f.partitions(t)
		return
	}
	if t.Primary != nil {
		t.Primary.Split, t.Primary.Branches = false, nil
	}
	for _, keys := range [][]schema.Key{t.Keys, t.Indexes} {
		for i := range keys {
			keys[i].Split, keys[i].Branches = false, nil
		}
	}
}

// leave lists what is not carried over, with the reason before what it is.
func (f *fielder) leave(o schema.Object, why string) {
	o.Why = why + ": " + o.Why
	f.out.Unsupported = append(f.out.Unsupported, o)
}

// carryPart decides on one part of the table, and lists it where it is left.
func (f *fielder) carryPart(t *schema.Table, p schema.Part) bool {
	if s, ok := f.in.source.Sequence(p.Name); ok && p.Kind == schema.PartDefault && s.Plain && s.Kind == schema.Owned {
		return false // the sequence is made with the column, and so is the default
	}
	if p.Kind == schema.PartBound || p.Kind == schema.PartGenerated && f.computed[p.Name].Kind == "" && fieldOf(f.out.Definition, p.Name) == nil {
		return false
	}
	var why string
	switch p.Kind {
	case schema.PartGenerated:
		if f.computed[p.Name].Kind == "" {
			why = "its values are copied"
		}
	case schema.PartType, schema.PartSetting, schema.PartHeir:
		if f.out.unchanged(p.Name) != "" {
			return false
		}
		if why = f.unmet(p.Needs); why != "" {
			f.r.fail(f.in.config, f.in.config.To.TableRange, "definition-missing", "A type is not there", "Column %q of table %s: %s.", p.Name, f.in.source.Ref, why)
			return false
		}
	case schema.PartSplit:
		if why = f.refused(p.Reads, p.Needs); why == "" && !f.out.named() {
			why = "the table has another name"
		}
	case schema.PartDefault:
		if _, mapped := f.out.landed(p.Name); !mapped {
			return false // the column is not there
		}
		if why = f.refused(p.Reads, p.Needs); why == "" && f.ownName(p.Name) {
			why = "its sequence has another name"
		}
	default:
		why = f.refused(p.Reads, p.Needs)
	}
	if o, ok := p.Object(); ok && why != "" {
		f.leave(o, why)
	}
	return why == ""
}

// ownName reports whether a column's default has a name of its sequence in it that the target's does not have.
func (f *fielder) ownName(column string) bool {
	s, ok := f.in.source.Sequence(column)
	return ok && s.Kind == schema.Owned && (!f.out.named() || f.out.moved(s.Name) != s.Name)
}

// counters carries sequences with their columns. The names stay where the table's does.
func (f *fielder) counters(t *schema.Table) {
	for _, s := range f.in.source.Sequences {
		if _, mapped := f.out.landed(s.Column); !mapped {
			continue
		}
		p, _ := f.in.source.Part(schema.PartDefault, s.Column)
		if why := f.refused([]string{s.Column}, p.Needs); why != "" {
			f.out.Unsupported = append(f.out.Unsupported, schema.Object{Kind: "sequence", Name: s.Name.String(), Why: why + ": how it counts is not carried over"})
			continue
		}
		if i := slices.IndexFunc(t.Sequences, func(o schema.Sequence) bool { return o.Column == s.Column }); i >= 0 {
			f.out.Unsupported = append(f.out.Unsupported, schema.Object{Kind: "sequence", Name: s.Name.String(), Why: "the column has another one"})
			continue
		}
		switch {
		case s.Kind == schema.Free:
		case f.out.named():
			s.Name = f.out.moved(s.Name)
		default:
			s.Name = schema.Ref{}
		}
		t.Sequences = append(t.Sequences, s)
	}
}

// computedColumns puts the columns that the target computes where the source has them.
func (f *fielder) computedColumns(t *schema.Table) {
	if len(f.computed) == 0 {
		return
	}
	var out []schema.Column
	rest := slices.Clone(t.Columns)
	for _, c := range f.in.source.Columns {
		if _, ok := f.computed[c.Name]; ok {
			out = append(out, schema.Column{Name: c.Name, Type: c.Type, Null: c.Null, Generated: true, Comment: c.Comment})
			continue
		}
		if i := slices.IndexFunc(rest, func(o schema.Column) bool { return o.Name == c.Name }); i >= 0 {
			out = append(out, rest[i])
			rest = slices.Delete(rest, i, i+1)
		}
	}
	t.Columns = append(out, rest...)
}
