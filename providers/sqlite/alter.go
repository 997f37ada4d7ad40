package sqlite

import (
	"regexp"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// constant is a default that SQLite takes for a column of a table that holds rows: it must not be an expression.
var constant = regexp.MustCompile(`(?i)^([-+]?\d+(\.\d+)?|true|false|'([^']|'')*'|x'([0-9a-f]{2})*')$`)

// addColumn cannot add a column that takes no null without a value for the rows that stand, and SQLite can tighten none
// later.
func addColumn(a schema.ColumnAdd) ([]providers.Statement, error) {
	c, table := a.Column, a.Table.Name
	if _, err := tableName("define", a.Table); err != nil {
		return nil, err
	}
	filled := constant.MatchString(c.Default)
	switch {
	case c.Identity:
		return nil, unsupported("define", table, "column %s: SQLite adds no column that numbers rows", c.Name)
	case c.Default != "" && !filled:
		return nil, unsupported("define", table, "column %s: SQLite adds no column whose default is an expression; load the table anew with plan --replace", c.Name)
	case !c.Null && !filled:
		return nil, unsupported("define", table, "column %s: SQLite adds no column that takes no null to a table that is there; let it take null, or load the table anew with plan --replace", c.Name)
	}
	plain := c
	plain.Default = ""
	line, err := columnLine(plain)
	if err != nil {
		return nil, unsupported("define", table, "column %s: %w", c.Name, err)
	}
	if filled {
		line += " DEFAULT " + c.Default
	}
	return []providers.Statement{{
		SQL: []string{"ALTER TABLE " + quote(table) + " ADD COLUMN " + line}, What: "add column " + c.Name + " to " + table,
		Hazard: "locks the file against writes for a moment",
	}}, nil
}

// renameColumn follows the name into indexes, triggers and views, which legacy_alter_table would leave as they are.
func renameColumn(r schema.ColumnRename) ([]providers.Statement, error) {
	if _, err := tableName("define", r.Table); err != nil {
		return nil, err
	}
	return []providers.Statement{{
		SQL: []string{
			"PRAGMA legacy_alter_table = OFF",
			"ALTER TABLE " + quote(r.Table.Name) + " RENAME COLUMN " + quote(r.From) + " TO " + quote(r.To),
			"PRAGMA legacy_alter_table = ON",
		},
		What:   "rename column " + r.From + " of " + r.Table.Name + " to " + r.To,
		Hazard: "statements of others that name the column " + r.From + " fail from then on",
	}}, nil
}
