package memory

import (
	"errors"
	"slices"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// altered is the table whose columns a change is about, nil for other changes.
func altered(c schema.Change) *schema.Ref {
	switch {
	case c.AddColumn != nil:
		return &c.AddColumn.Table
	case c.RenameColumn != nil:
		return &c.RenameColumn.Table
	case c.AlterColumn != nil:
		return &c.AlterColumn.Table
	}
	return nil
}

// alter gives the table with its columns changed, as a copy.
func (t *table) alter(c schema.Change) (*table, error) {
	def := t.def
	def.Columns = slices.Clone(def.Columns)
	switch {
	case c.AddColumn != nil:
		if t.place(c.AddColumn.Column.Name) >= 0 {
			return t, fault("alter", def.Ref.String(), providers.Conflict, "the column %s is there already", c.AddColumn.Column.Name)
		}
		col := c.AddColumn.Column
		col.Null = true
		def.Columns = append(def.Columns, col)
	case c.RenameColumn != nil:
		at := t.place(c.RenameColumn.From)
		if at < 0 || t.place(c.RenameColumn.To) >= 0 {
			return t, fault("alter", def.Ref.String(), providers.Conflict, "there is no column %s, or one %s", c.RenameColumn.From, c.RenameColumn.To)
		}
		def.Columns[at].Name = c.RenameColumn.To
		def = renamed(def, c.RenameColumn.From, c.RenameColumn.To)
	default:
		a := c.AlterColumn
		at := t.place(a.After.Name)
		if at < 0 || a.Before.Name != a.After.Name {
			return t, fault("alter", def.Ref.String(), providers.NotFound, "there is no column %s", a.After.Name)
		}
		def.Columns[at].Type, def.Columns[at].Null = a.After.Type, a.After.Null
	}
	next := newTable(def)
	for i := range t.rows.Len() {
		for to := range next.rows.Vectors {
			if err := t.value(&next.rows.Vectors[to], def.Columns[to], to, i); err != nil {
				return t, err
			}
		}
	}
	return next, nil
}

// value puts the value of a row into a column of the new table, as it is or not at all.
func (t *table) value(v *batch.Vector, c schema.Column, at, i int) error {
	if at >= len(t.rows.Vectors) || t.rows.Vectors[at].Null(i) {
		if !c.Null {
			return &providers.Error{Op: "alter", Object: t.def.Ref.String(), Column: c.Name, Class: providers.BadValue, Err: errors.New("a null stands in it")}
		}
		v.AppendNull()
		return nil
	}
	was, from := t.def.Columns[at].Type, &t.rows.Vectors[at]
	if was.Equal(c.Type) {
		v.AppendFrom(from, i)
		return nil
	}
	text := batch.AppendText(nil, was, from, i)
	err := batch.Parse(v, c.Type, text)
	if err == nil && string(batch.AppendText(nil, c.Type, v, v.Len()-1)) != string(text) {
		err = batch.ErrMisfit
	}
	if err != nil {
		return &providers.Error{Op: "alter", Object: t.def.Ref.String(), Column: c.Name, Class: providers.BadValue, Err: err}
	}
	return nil
}

// renamed lets keys follow a column's name.
func renamed(def schema.Table, from, to string) schema.Table {
	follow := func(names []string) []string {
		names = slices.Clone(names)
		for i, n := range names {
			if n == from {
				names[i] = to
			}
		}
		return names
	}
	if def.Primary != nil {
		key := *def.Primary
		key.Columns = follow(key.Columns)
		def.Primary = &key
	}
	def.Keys, def.Foreign = slices.Clone(def.Keys), slices.Clone(def.Foreign)
	for i := range def.Keys {
		def.Keys[i].Columns, def.Keys[i].While = follow(def.Keys[i].Columns), follow([]string{def.Keys[i].While})[0]
	}
	for i := range def.Foreign {
		def.Foreign[i].Columns = follow(def.Foreign[i].Columns)
	}
	return def
}
