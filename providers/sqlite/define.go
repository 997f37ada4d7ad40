package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Order has all keys in CREATE TABLE, since SQLite can add none later. Foreign keys are off while rows are loaded.
func (e *endpoint) Order() schema.Order {
	return schema.Order{KeysWithTable: true, ForeignWithTable: true, KeepAs: "__old"}
}

// Define writes the statements of one change.
func (e *endpoint) Define(c schema.Change) ([]providers.Statement, error) {
	switch {
	case c.CreateTable != nil:
		return createTable(*c.CreateTable)
	case c.AddKey != nil:
		return []providers.Statement{{SQL: []string{createIndex(c.AddKey.Table, c.AddKey.Key)}, What: "create an index on " + c.AddKey.Table.Name}}, nil
	case c.Analyze != nil:
		return []providers.Statement{{SQL: []string{"ANALYZE " + quote(c.Analyze.Name)}, What: "analyze " + c.Analyze.Name}}, nil
	case c.Empty != nil:
		return []providers.Statement{{SQL: []string{"DELETE FROM " + quote(c.Empty.Name)}, What: "empty table " + c.Empty.Name, Hazard: "removes all rows of " + c.Empty.Name}}, nil
	case c.Drop != nil:
		return []providers.Statement{{SQL: []string{"DROP TABLE " + quote(c.Drop.Name)}, What: "drop table " + c.Drop.Name, Hazard: "removes " + c.Drop.Name + " and all its rows"}}, nil
	case c.Swap != nil:
		return swap(*c.Swap)
	case c.CheckForeign != nil:
		return []providers.Statement{{SQL: []string{checkForeign + "(" + quote(c.CheckForeign.Name) + ")"}, What: "check the foreign keys of " + c.CheckForeign.Name}}, nil
	case c.Sequences != nil, c.Comments != nil: // SQLite numbers from the largest rowid by itself; comments stand in CREATE TABLE
		return nil, nil
	case c.AddColumn != nil:
		return addColumn(*c.AddColumn)
	case c.RenameColumn != nil:
		return renameColumn(*c.RenameColumn)
	case c.AlterColumn != nil:
		return nil, unsupported("define", c.AlterColumn.Table.Name, "SQLite cannot alter the column %s of a table that is there; load the table anew with plan --replace", c.AlterColumn.After.Name)
	case c.CreateSchema != nil:
		return nil, unsupported("define", *c.CreateSchema, "SQLite has no schemas")
	case c.AddPrimary != nil:
		return nil, unsupported("define", c.AddPrimary.Table.Name, "SQLite cannot add a primary key to a table that is there")
	case c.AddForeign != nil:
		return nil, unsupported("define", c.AddForeign.Table.Name, "SQLite cannot add a foreign key to a table that is there")
	}
	return nil, unsupported("define", "", "the change is empty")
}

func createTable(t schema.Table) ([]providers.Statement, error) {
	if _, err := tableName("define", t.Ref); err != nil {
		return nil, err
	}
	var lines, unnumbered []string
	for _, c := range t.Columns {
		line, err := columnLine(c)
		if err != nil {
			return nil, unsupported("define", t.Ref.Name, "column %s: %w", c.Name, err)
		}
		lines = append(lines, line)
		if c.Identity && !numbered(t, c) {
			unnumbered = append(unnumbered, c.Name)
		}
	}
	if t.Primary != nil {
		lines = append(lines, constraint(t.Primary.Name)+"PRIMARY KEY ("+quoted(t.Primary.Columns)+")")
	}
	var later []string
	for _, k := range t.Keys {
		if k.Unique && k.While == "" {
			lines = append(lines, constraint(k.Name)+"UNIQUE ("+quoted(k.Columns)+")")
			continue
		}
		later = append(later, createIndex(t.Ref, k))
	}
	for _, f := range t.Foreign {
		line, err := foreignLine(f)
		if err != nil {
			return nil, unsupported("define", t.Ref.Name, "%w", err)
		}
		lines = append(lines, line)
	}
	sql := "CREATE TABLE " + quote(t.Ref.Name) + " (" + comment(t.Comment) + "\n  " + strings.Join(lines, ",\n  ") + "\n)"
	s := providers.Statement{SQL: append([]string{sql}, later...), What: "create table " + t.Ref.Name}
	if unnumbered != nil {
		s.Hazard = "SQLite does not number these columns when they are left out: " + strings.Join(unnumbered, ", ")
	}
	return []providers.Statement{s}, nil
}

// numbered reports whether a column is the table's rowid.
func numbered(t schema.Table, c schema.Column) bool {
	return c.Type.Kind == schema.Int64 && t.Primary != nil && slices.Equal(t.Primary.Columns, []string{c.Name})
}

func columnLine(c schema.Column) (string, error) {
	if c.Generated {
		return "", fmt.Errorf("a column computed by the system is not made by this version")
	}
	declared, err := declare(c.Type)
	if err != nil {
		return "", err
	}
	line := quote(c.Name) + " " + declared
	if !c.Null {
		line += " NOT NULL"
	}
	if c.Default != "" {
		line += " DEFAULT (" + c.Default + ")"
	}
	return line + comment(c.Comment), nil
}

// comment is kept by SQLite as part of the statement's text.
func comment(text string) string {
	if text == "" {
		return ""
	}
	return " /* " + strings.ReplaceAll(text, "*/", "* /") + " */"
}

func constraint(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + quote(name) + " "
}

var actions = map[string]string{
	"": "", "no action": "", "cascade": "CASCADE", "set null": "SET NULL", "set default": "SET DEFAULT", "restrict": "RESTRICT",
}

func foreignLine(f schema.ForeignKey) (string, error) {
	line := constraint(f.Name) + "FOREIGN KEY (" + quoted(f.Columns) + ") REFERENCES " + quote(f.Parent.Name)
	if len(f.Key) > 0 {
		line += " (" + quoted(f.Key) + ")"
	}
	for _, on := range []struct{ event, action string }{{"DELETE", f.OnDelete}, {"UPDATE", f.OnUpdate}} {
		act, ok := actions[on.action]
		if !ok {
			return "", fmt.Errorf("the action %q of a foreign key is not known", on.action)
		}
		if act != "" {
			line += " ON " + on.event + " " + act
		}
	}
	return line, nil
}

// indexName starts with the table's name, since names of indexes are one space for the whole file.
func indexName(t schema.Ref, k schema.Key) string {
	switch {
	case strings.HasPrefix(k.Name, t.Name):
		return k.Name
	case k.Name != "":
		return t.Name + "_" + k.Name
	}
	name := t.Name + "_" + strings.Join(k.Columns, "_")
	if k.While != "" {
		name += "_" + k.While
	}
	return name
}

func createIndex(t schema.Ref, k schema.Key) string {
	unique := ""
	if k.Unique {
		unique = "UNIQUE "
	}
	text := "CREATE " + unique + "INDEX " + quote(indexName(t, k)) + " ON " + quote(t.Name) + " (" + quoted(k.Columns) + ")"
	if k.While != "" {
		text += " WHERE " + quote(k.While) + " IS NULL"
	}
	return text
}
