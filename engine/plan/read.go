package plan

import (
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Everything is the bounds of a chunk that the engine made itself: all rows that the cursor allows.
const Everything = "*"

// ReadSpec says how a chunk of the mapping is read at the source.
func (d *Definition) ReadSpec(c providers.Chunk) providers.ReadSpec {
	s := d.Reading()
	s.Cursor = d.Range()
	if c.Bounds != Everything {
		s.Chunk = &c
	}
	return s
}

// Reading is all rows of the source, whatever the cursor.
func (d *Definition) Reading() providers.ReadSpec {
	s := providers.ReadSpec{Table: d.SourceTable, Query: d.Query, Columns: d.Read}
	for _, j := range d.Joins {
		s.Joins = append(s.Joins, j.Spec())
	}
	return s
}

// Spec is the join as a source takes it.
func (j Join) Spec() providers.Join { return providers.Join{Name: j.Name, Table: j.Table, On: j.On} }

// Origin is the table and column that a column read comes from.
func (d *Definition) Origin(column string) (schema.Ref, string) {
	for _, j := range d.Joins {
		if name, ok := j.Spec().Column(column); ok {
			return j.Table, name
		}
	}
	return d.SourceTable, column
}

// Keyed is the definition cut down to its key, of the rows that it keeps.
func (d *Definition) Keyed() *Definition {
	out := *d.KeysOnly() // which in mode history is that of a row
	out.Read, out.Where, out.WhereCanon, out.Filters = d.Read, d.Where, d.WhereCanon, d.Filters
	return &out
}

// KeysOnly is the definition cut down to its key, with the rows that where and the filters leave out.
func (d *Definition) KeysOnly() *Definition {
	d = d.Current()
	out := *d
	out.Fields, out.Read, out.Where, out.WhereCanon, out.Filters, out.Cursor = nil, nil, "", "", nil, nil
	need := map[string]bool{}
	for _, f := range d.Fields {
		for _, k := range d.Key {
			if f.Name == k {
				out.Fields = append(out.Fields, f)
				for _, s := range f.Sources {
					need[s] = true
				}
			}
		}
	}
	for _, k := range d.SourceKey {
		need[k] = true
	}
	for _, c := range d.Read {
		if need[c.Name] {
			out.Read = append(out.Read, c)
		}
	}
	return &out
}
