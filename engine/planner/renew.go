package planner

import (
	"encoding/json"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// renewed is the table that is built to take the place of a standing one: as the mapping wants it, with all that others have
// given to the standing one and that the new one can have: indexes, checks, defaults, foreign keys, names, the order of
// columns. What both have under one name or over the same columns is as it stands.
func renewed(m *resolve.Mapping, before *plan.Definition) schema.Table {
	r := &renewal{was: m.Standing, t: m.Table, before: before}
	r.columns()
	r.keys()
	r.foreign()
	r.parts()
	r.sequences()
	if r.t.Comment == "" {
		r.t.Comment = r.was.Comment
	}
	return r.t
}

// recorded is the definition that the standing table was filled by, empty where nothing is known of it.
func recorded(raw json.RawMessage) *plan.Definition {
	var before plan.Definition
	if json.Unmarshal(raw, &before) != nil {
		return &plan.Definition{}
	}
	return &before
}

type renewal struct {
	was    *schema.Table
	t      schema.Table
	before *plan.Definition
}

// same reports whether the new table has the columns with the types that they have in the old one.
func (r *renewal) same(columns []string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool {
		if name == "*" {
			return len(r.t.Columns) != len(r.was.Columns) || !r.same(r.was.Names())
		}
		now, ok1 := r.t.Column(name)
		old, ok2 := r.was.Column(name)
		return !ok1 || !ok2 || !now.Type.Equal(old.Type)
	})
}

// columns keep their order, defaults and comments, and stay free of nulls where somebody else has said so. What the system
// computes by itself is computed again.
func (r *renewal) columns() {
	all := slices.Clone(r.t.Columns)
	for _, c := range r.was.Columns {
		p, stored := r.was.Part(schema.PartGenerated, c.Name)
		if _, there := r.t.Column(c.Name); c.Generated && stored && !there && r.same(p.Reads) {
			all = append(all, c)
		}
	}
	for i, c := range all {
		old, ok := r.was.Column(c.Name)
		if !ok || !old.Type.Equal(c.Type) {
			continue
		}
		if c.Comment == "" {
			all[i].Comment = old.Comment
		}
		if c.Default == "" && !old.Generated {
			all[i].Default = old.Default
		}
		f := slices.IndexFunc(r.before.Fields, func(f plan.Field) bool { return f.Name == c.Name })
		if c.Null && !old.Null && f >= 0 && r.before.Fields[f].Column.Null {
			all[i].Null = false
		}
	}
	place := func(c schema.Column) int {
		if i := slices.Index(r.was.Names(), c.Name); i >= 0 {
			return i
		}
		return len(r.was.Columns)
	}
	slices.SortStableFunc(all, func(a, b schema.Column) int { return place(a) - place(b) })
	r.t.Columns = all
}

// followed reports whether an index of the old table that is made again when the new one is there does what a key does.
func (r *renewal) followed(k schema.Key) bool {
	return slices.ContainsFunc(r.was.Keys, func(o schema.Key) bool {
		return slices.Equal(o.Columns, k.Columns) && o.Unique == k.Unique &&
			slices.ContainsFunc(r.was.Followers, func(f schema.Follower) bool { return f.Kind == "index" && f.Name == o.Name })
	})
}

func (r *renewal) keys() {
	if p := r.was.Primary; p != nil && r.same(p.Columns) && (r.t.Primary == nil || slices.Equal(p.Columns, r.t.Primary.Columns)) {
		r.t.Primary = p
	}
	r.t.Keys, r.t.Indexes = slices.DeleteFunc(slices.Clone(r.t.Keys), r.followed), slices.Clone(r.t.Indexes)
	for _, k := range r.was.Keys {
		if !r.same(slices.Concat(k.Columns, k.Reads)) || r.followed(k) {
			continue
		}
		i := slices.IndexFunc(r.t.Keys, func(o schema.Key) bool {
			return slices.Equal(o.Columns, k.Columns) && o.Unique == k.Unique && o.Name == k.Name
		})
		if i < 0 {
			i = slices.IndexFunc(r.t.Keys, func(o schema.Key) bool {
				return slices.Equal(o.Columns, k.Columns) && o.Unique == k.Unique && !slices.ContainsFunc(r.was.Keys, func(w schema.Key) bool { return w.Name == o.Name })
			})
		}
		switch p := r.t.Primary; {
		case i < 0 && k.Unique && p != nil && p != r.was.Primary && slices.Equal(p.Columns, k.Columns):
			// the primary key does what it did
		case i < 0:
			r.t.Keys = append(r.t.Keys, k)
		default:
			r.t.Keys[i] = k
		}
	}
	r.t.Indexes = slices.DeleteFunc(r.t.Indexes, func(k schema.Key) bool {
		return slices.ContainsFunc(slices.Concat(k.Columns, k.Reads), func(name string) bool { _, there := r.t.Column(name); return !there && name != "*" })
	})
	for _, k := range r.was.Indexes {
		if !r.same(slices.Concat(k.Columns, k.Reads)) || k.Unique && guards(&r.t, k.Reads) {
			continue
		}
		i := slices.IndexFunc(r.t.Indexes, func(o schema.Key) bool { return o.Native == k.Native && o.Rule == k.Rule })
		if i < 0 {
			r.t.Indexes = append(r.t.Indexes, k)
		} else {
			r.t.Indexes[i] = k
		}
	}
}

func (r *renewal) foreign() {
	r.t.Foreign = slices.Clone(r.t.Foreign)
	for _, f := range r.was.Foreign {
		if !r.same(f.Columns) {
			continue
		}
		i := slices.IndexFunc(r.t.Foreign, func(o schema.ForeignKey) bool { return o.Parent == f.Parent && slices.Equal(o.Columns, f.Columns) })
		if i < 0 {
			r.t.Foreign = append(r.t.Foreign, f)
		} else {
			r.t.Foreign[i] = f
		}
	}
}

// parts are those in the product's own words. A column's type stays as it was declared where the values are of one type.
func (r *renewal) parts() {
	r.t.Native = slices.Clone(r.t.Native)
	for _, p := range r.was.Native {
		if p.Kind == schema.PartSplit || p.Kind == schema.PartBound || p.Kind == schema.PartHeir || !r.same(p.Reads) {
			continue
		}
		if s, counted := r.t.Sequence(p.Name); p.Kind == schema.PartDefault && counted && s.Kind != schema.Free {
			continue
		}
		i := slices.IndexFunc(r.t.Native, func(o schema.Part) bool {
			return o.Kind == p.Kind && (o.Name == p.Name || p.Kind == schema.PartOptions || p.Kind == schema.PartReplica || p.Kind == schema.PartUnlogged) &&
				(p.Kind != schema.PartSetting || o.SQL == p.SQL)
		})
		if i < 0 {
			r.t.Native = append(r.t.Native, p)
		} else {
			r.t.Native[i] = p
		}
	}
}

func (r *renewal) sequences() {
	r.t.Sequences = slices.Clone(r.t.Sequences)
	for _, s := range r.was.Sequences {
		if !r.same([]string{s.Column}) || r.was.Ref.Schema != s.Name.Schema && s.Kind != schema.Free {
			continue
		}
		i := slices.IndexFunc(r.t.Sequences, func(o schema.Sequence) bool { return o.Column == s.Column })
		if i < 0 {
			r.t.Sequences = append(r.t.Sequences, s)
		} else {
			r.t.Sequences[i] = s
		}
	}
}
