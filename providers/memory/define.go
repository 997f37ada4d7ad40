package memory

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func (e *endpoint) Order() schema.Order {
	return schema.Order{KeysWithTable: true, ForeignWithTable: true, Alters: true}
}

// Define writes a change as its JSON, which apply reads again.
func (e *endpoint) Define(c schema.Change) ([]providers.Statement, error) {
	what, hazard := "", ""
	switch {
	case c.CreateTable != nil:
		what = "create table " + c.CreateTable.Ref.String()
	case c.Empty != nil:
		what, hazard = "empty table "+c.Empty.String(), "removes all rows"
	case c.Drop != nil:
		what, hazard = "drop table "+c.Drop.String(), "removes the table and all its rows"
	case c.Swap != nil:
		what, hazard = "put "+c.Swap.New.Ref.String()+" in the place of "+c.Swap.Old.String(), "removes the rows that stood there"
	case c.CheckForeign != nil:
		what = "check the foreign keys of " + c.CheckForeign.String()
	case c.Analyze != nil, c.Sequences != nil, c.Comments != nil:
		return nil, nil
	case c.AddColumn != nil:
		if c.AddColumn.Column.Default != "" {
			return nil, fault("define", c.AddColumn.Table.String(), providers.Unsupported, "a column is added without a default")
		}
		what = "add column " + c.AddColumn.Column.Name + " to " + c.AddColumn.Table.String()
	case c.RenameColumn != nil:
		what, hazard = "rename column "+c.RenameColumn.From+" of "+c.RenameColumn.Table.String()+" to "+c.RenameColumn.To, "the old name is gone"
	case c.AlterColumn != nil:
		what, hazard = "alter column "+c.AlterColumn.After.Name+" of "+c.AlterColumn.Table.String(), "writes the table anew"
	default:
		return nil, fault("define", "", providers.Unsupported, "this change cannot be made to a table that is there")
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("define: %w", err)
	}
	return []providers.Statement{{SQL: []string{string(text)}, What: what, Hazard: hazard}}, nil
}

// apply does a statement's changes to a copy of the tables and gives the copy.
func apply(tables map[schema.Ref]*table, st providers.Statement) (map[schema.Ref]*table, error) {
	next := make(map[schema.Ref]*table, len(tables))
	for r, t := range tables {
		next[r] = t
	}
	for _, text := range st.SQL {
		var c schema.Change
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return nil, fmt.Errorf("read the change: %w", err)
		}
		if err := change(next, c); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func change(tables map[schema.Ref]*table, c schema.Change) error {
	var absent *schema.Ref
	need := func(r schema.Ref) {
		if tables[r] == nil {
			absent = &r
		}
	}
	if r := altered(c); r != nil {
		if need(*r); absent == nil {
			t, err := tables[*r].alter(c)
			tables[*r] = t
			return err
		}
	}
	switch {
	case c.CreateTable != nil && tables[c.CreateTable.Ref] != nil:
		return fault("create", c.CreateTable.Ref.String(), providers.Conflict, "the table is there already")
	case c.Empty != nil:
		need(*c.Empty)
	case c.Drop != nil:
		need(*c.Drop)
	case c.CheckForeign != nil:
		need(*c.CheckForeign)
	case c.Swap != nil:
		need(c.Swap.New.Ref)
	}
	if absent != nil {
		return notFound("change", *absent)
	}
	switch {
	case c.CreateTable != nil:
		tables[c.CreateTable.Ref] = newTable(*c.CreateTable)
	case c.Empty != nil:
		tables[*c.Empty] = newTable(tables[*c.Empty].def)
	case c.Drop != nil:
		delete(tables, *c.Drop)
	case c.Swap != nil:
		t := *tables[c.Swap.New.Ref]
		delete(tables, c.Swap.New.Ref)
		t.def.Ref = c.Swap.Old
		tables[c.Swap.Old] = &t
	case c.CheckForeign != nil:
		return orphans(tables, tables[*c.CheckForeign])
	}
	return nil
}

// orphans counts rows whose foreign key leads nowhere.
func orphans(tables map[schema.Ref]*table, t *table) error {
	for _, f := range t.def.Foreign {
		parent, found := tables[f.Parent], map[string]bool{}
		if parent == nil {
			return notFound("check foreign keys", f.Parent)
		}
		for i := range parent.rows.Len() {
			if k, ok := canonical(parent.rows, parent.key(&schema.Key{Columns: f.Key}), i); ok {
				found[k] = true
			}
		}
		n := 0
		for i := range t.rows.Len() {
			if k, ok := canonical(t.rows, t.key(&schema.Key{Columns: f.Columns}), i); ok && !found[k] {
				n++
			}
		}
		if n > 0 {
			return fault("check foreign keys", t.def.Ref.String(), providers.Conflict, "%d rows have no parent in %s", n, f.Parent)
		}
	}
	return nil
}

// unique is a set of columns that must not repeat, in the rows in which the column at while is null; -1: in all.
type unique struct {
	columns []int
	while   int
}

func (t *table) uniques() []unique {
	var out []unique
	if t.def.Primary != nil {
		out = append(out, unique{t.key(t.def.Primary), -1})
	}
	for _, k := range t.def.Keys {
		if k.Unique {
			out = append(out, unique{t.key(&k), t.place(k.While)})
		}
	}
	return out
}

// without is a copy of the rows but for those marked.
func without(b *batch.Batch, gone map[int]bool) *batch.Batch {
	next := batch.New(slices.Clone(b.Columns), noLimit)
	for i := range b.Len() {
		if !gone[i] {
			next.AppendRow(b, i)
		}
	}
	return next
}
