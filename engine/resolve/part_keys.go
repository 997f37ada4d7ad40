package resolve

import (
	"slices"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// primary gives the primary key what hangs on the source's, where it is that.
func (f *fielder) primary(t *schema.Table) {
	p := f.in.source.Primary
	if f.out.alone || f.out.kept() != nil || t.Primary == nil || p == nil || !slices.Equal(t.Primary.Columns, p.Columns) || f.refused(p.Reads, p.Needs) != "" {
		return
	}
	own := f.own1(*p)
	own.Unique, own.Constraint = false, false // which a primary key is anyway
	t.Primary = &own
}

// apart reports whether the source has its primary key too, beside another key over the same columns.
func (f *fielder) apart(t *schema.Table) bool {
	p := f.in.source.Primary
	return !f.out.alone && p != nil && slices.Equal(f.landing(p.Columns), t.Primary.Columns)
}

// key1 is a plain key for the target, with what hangs on it where all of it passes unchanged.
func (f *fielder) key1(k schema.Key, columns []string) schema.Key {
	out := schema.Key{Columns: columns, Unique: k.Unique}
	if standing := f.out.kept(); standing != nil {
		for _, own := range standing.Keys {
			if own.Unique == out.Unique && slices.Equal(own.Columns, columns) {
				return own
			}
		}
		return out
	}
	if f.out.alone {
		return out
	}
	if f.refused(k.Reads, k.Needs) == "" {
		return f.own1(k)
	}
	out.Constraint = k.Constraint
	return out
}

// own1 is a key of the source as the target has it: its name, and those of its pieces, stay where the table's does.
func (f *fielder) own1(k schema.Key) schema.Key {
	f.require(k.Needs)
	k.Reads, k.Needs = nil, nil
	if !f.out.named() {
		k.Name = ""
	}
	branches := slices.Clone(k.Branches)
	for i := range branches {
		b := &branches[i]
		b.Table, b.Above = f.out.moved(b.Table), f.out.moved(b.Above)
		b.Key.Reads, b.Key.Needs = nil, nil
	}
	k.Branches = branches
	return k
}

// partitions carries the partitions of a table whose columns all pass unchanged.
func (f *fielder) partitions(t *schema.Table) {
	for _, p := range f.in.source.Partitions {
		ref := f.out.moved(p.Ref)
		if c := f.in.to.Catalog; c != nil {
			if _, there := c.Table(ref); there {
				f.r.fail(f.in.config, f.in.config.To.TableRange, "partition-exists", "A partition's name is taken", "Table %s has the partition %s, and the target has a table of that name already.", f.in.source.Ref, p.Ref)
			}
		}
		for _, fk := range p.Foreign {
			f.out.Unsupported = append(f.out.Unsupported, schema.Object{Kind: "foreign key", Name: p.Ref.Name + "." + fk.Name, Why: "it is on one partition only"})
		}
		f.out.Unsupported = append(f.out.Unsupported, f.leaf(&p, ref)...)
		t.Partitions = append(t.Partitions, p)
	}
}

// leaf makes a partition the target's, and lists what of it is left.
func (f *fielder) leaf(p *schema.Table, ref schema.Ref) []schema.Object {
	var left []schema.Object
	leave := func(o schema.Object, why string) {
		o.Name, o.Why = p.Ref.Name+"."+o.Name, why+": "+o.Why
		left = append(left, o)
	}
	native := p.Native
	p.Native, p.Foreign = nil, nil
	for _, part := range native {
		s, counted := p.Sequence(part.Name)
		if part.Kind == schema.PartDefault && counted && s.Plain && s.Kind == schema.Owned {
			continue
		}
		if o, ok := part.Object(); ok {
			if why := f.unmet(part.Needs); why != "" {
				leave(o, why)
				continue
			}
		}
		f.require(part.Needs)
		p.Native = append(p.Native, part)
	}
	var indexes []schema.Key
	for _, k := range p.Indexes {
		if why := f.unmet(k.Needs); why != "" {
			leave(k.Object(), why)
			continue
		}
		indexes = append(indexes, f.own1(k))
	}
	p.Indexes, p.Keys = indexes, slices.Clone(p.Keys)
	for i := range p.Keys {
		p.Keys[i] = f.own1(p.Keys[i])
	}
	if p.Primary != nil {
		own := f.own1(*p.Primary)
		p.Primary = &own
	}
	p.Sequences = slices.Clone(p.Sequences)
	for i := range p.Sequences {
		if p.Sequences[i].Kind != schema.Free {
			p.Sequences[i].Name = f.out.moved(p.Sequences[i].Name)
		}
	}
	parent := f.out.moved(p.Inherits[0])
	p.Ref, p.Inherits = ref, []schema.Ref{parent}
	return left
}

// alike gives a foreign key what the source's has beyond the plain one.
func (m *Mapping) alike(fk, made schema.ForeignKey) schema.ForeignKey {
	if m.alone {
		return made
	}
	made.Match, made.Deferral, made.NotValid, made.Comment = fk.Match, fk.Deferral, fk.NotValid, fk.Comment
	made.SetColumns = carried(m, fk.SetColumns)
	if m.named() {
		made.Name = fk.Name
	}
	return made
}

// pointsAt reports whether a system of the same product takes a key for unique that others might not: its columns may be
// null, or the index has more than the key in it.
func (m *Mapping) pointsAt(parent *schema.Table, key []string) bool {
	key = slices.Sorted(slices.Values(key))
	return !m.alone && slices.ContainsFunc(slices.Concat(parent.Keys, parent.Indexes), func(k schema.Key) bool {
		return k.Unique && slices.Equal(slices.Sorted(slices.Values(k.Columns)), key)
	})
}

// inherit ties tables to what they inherit from where that is moved too, all of it and under its own columns' names, and
// lists the others.
func (r *resolver) inherit(all []*Mapping) {
	for _, m := range all {
		var parents []schema.Ref
		var missing string
		for _, p := range m.Table.Inherits {
			i := slices.IndexFunc(all, func(o *Mapping) bool {
				return o.Source.Ref == p && o.Definition.Source == m.Definition.Source && o.Definition.Target == m.Definition.Target && o.unchanged(o.Source.Names()...) == ""
			})
			if i < 0 {
				missing = p.String()
				break
			}
			parents = append(parents, all[i].Definition.TargetTable)
		}
		if missing == "" {
			m.Table.Inherits = parents
			continue
		}
		for _, p := range m.Table.Inherits {
			m.Unsupported = append(m.Unsupported, schema.Object{Kind: "inheritance", Name: p.String(), Why: "no mapping moves all of " + missing + " into the same target; a copy does not inherit"})
		}
		m.Table.Inherits = nil
		m.Table.Native = slices.DeleteFunc(m.Table.Native, func(p schema.Part) bool { return p.Kind == schema.PartHeir })
	}
}

// distinct takes names of indexes and sequences away that would be there twice in one schema of a target: the provider
// then makes one from the table's.
func (r *resolver) distinct(all []*Mapping) {
	taken := map[string]bool{}
	for address, s := range r.systems {
		if s.Catalog == nil {
			continue
		}
		for _, t := range s.Catalog.Tables {
			taken[address+"\x00"+t.Ref.String()] = true
			for _, k := range slices.Concat(t.Keys, t.Indexes) {
				taken[address+"\x00"+schema.Ref{Schema: t.Ref.Schema, Name: k.Name}.String()] = true
			}
		}
	}
	for _, m := range all {
		taken[m.Definition.Target+"\x00"+m.Definition.TargetTable.String()] = true
	}
	for _, m := range all {
		if m.kept() != nil || m.Rebuilt {
			continue
		}
		free := func(r schema.Ref) bool {
			at := m.Definition.Target + "\x00" + r.String()
			was := taken[at]
			taken[at] = true
			return !was || r.Name == ""
		}
		if p := m.Table.Primary; p != nil && !free(schema.Ref{Schema: m.Table.Ref.Schema, Name: p.Name}) {
			p.Name = ""
		}
		keys := slices.Concat(m.Table.Keys, m.Table.Indexes)
		for i, k := range keys {
			if !free(schema.Ref{Schema: m.Table.Ref.Schema, Name: k.Name}) {
				keys[i].Name = ""
			}
		}
		n := len(m.Table.Keys)
		m.Table.Keys, m.Table.Indexes = keys[:n:n], keys[n:]
		for i, s := range m.Table.Sequences {
			if s.Kind != schema.Free && !free(s.Name) {
				m.Table.Sequences[i].Name = schema.Ref{}
			}
		}
	}
}
