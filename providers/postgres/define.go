package postgres

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Order wants rows first, then keys, then foreign keys.
func (e *endpoint) Order() schema.Order {
	return schema.Order{Schemas: true, Analyze: true, Alters: true, KeepIn: "_migrateiq_old_"}
}

// Define writes the statements for a change. A key without a name gets one made from the names of table and columns. A
// table that is built to be swapped in gets keys without names: Swap gives them the names that fit the final table, or
// those that the keys of its New table have.
func (e *endpoint) Define(c schema.Change) ([]providers.Statement, error) {
	if s, large, err := defineLarge(c); large {
		return s, err
	}
	switch {
	case c.CreateSchema != nil:
		name := *c.CreateSchema
		return single("create schema "+name, "", proper(name), "CREATE SCHEMA IF NOT EXISTS "+quote(name))
	case c.Make != nil:
		return single("make "+c.Make.ID(), "", nil, c.Make.SQL...)
	case c.CreateTable != nil:
		return createTable(c.CreateTable)
	case c.AddPrimary != nil:
		return addKey(c.AddPrimary, true)
	case c.AddKey != nil:
		return addKey(c.AddKey, false)
	case c.AddPart != nil:
		return addPart(c.AddPart)
	case c.AddForeign != nil:
		return addForeign(c.AddForeign)
	case c.AddColumn != nil:
		return addColumn(c.AddColumn)
	case c.RenameColumn != nil:
		return renameColumn(c.RenameColumn)
	case c.AlterColumn != nil:
		return alterColumn(c.AlterColumn)
	case c.Analyze != nil:
		return single("analyze "+home(*c.Analyze).String(), "", properRef(*c.Analyze), "ANALYZE "+quoteRef(*c.Analyze))
	case c.Advance != nil:
		return advance(c.Advance)
	case c.Sequences != nil:
		return sequences(c.Sequences)
	case c.Comments != nil:
		return comments(c.Comments)
	case c.Empty != nil:
		return single("empty "+home(*c.Empty).String(), "removes all rows of the table", properRef(*c.Empty), truncate(*c.Empty))
	case c.Drop != nil:
		return single("drop table "+home(*c.Drop).String(), "removes the table with its rows", properRef(*c.Drop), "DROP TABLE "+quoteRef(*c.Drop))
	case c.Swap != nil:
		return swap(c.Swap)
	case c.CheckForeign != nil:
		return nil, nil // AddForeign has checked them
	}
	return nil, errors.New("define: the change is empty")
}

func single(what, hazard string, err error, sql ...string) ([]providers.Statement, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return []providers.Statement{{SQL: sql, What: what, Hazard: hazard}}, nil
}

func properRef(r schema.Ref) error { return proper(home(r).Schema, r.Name) }

// simple is a constant as every system writes it, or as PostgreSQL gives it back, with a cast.
var simple = regexp.MustCompile(`(?i)^(-?\d+(?:\.\d+)?|true|false|'(?:[^'\\]|'')*')(?:::[a-z"][a-z0-9_ ".]*(?:\(\d+(?:,\d+)?\))?[a-z ]*)?$`)

// constantDefault is a default that is a constant of the column's type, without a cast; "" for any other.
func constantDefault(c schema.Column) string {
	m := simple.FindStringSubmatch(c.Default)
	if m == nil || c.Generated {
		return ""
	}
	text := strings.ToLower(m[1])
	word := text == "true" || text == "false"
	if text[0] == '\'' {
		text = strings.ReplaceAll(m[1][1:len(m[1])-1], "''", "'")
	} else if word != (c.Type.Kind == schema.Bool) || c.Type.Kind == schema.String || c.Type.Kind == schema.JSON {
		return ""
	}
	v := batch.NewVector(c.Type)
	if batch.Parse(&v, c.Type, []byte(text)) != nil {
		return ""
	}
	return m[1]
}

// reactions are the words for what a foreign key does.
var reactions = map[string]string{
	"": "", "no action": "", "cascade": "CASCADE", "set null": "SET NULL", "set default": "SET DEFAULT", "restrict": "RESTRICT",
}

func addForeign(a *schema.ForeignAdd) ([]providers.Statement, error) {
	f := a.Foreign
	name := f.Name
	if name == "" {
		name = foreignName(a.Table.Name, f)
	}
	err := errors.Join(properRef(a.Table), properRef(f.Parent), proper(name), proper(f.Columns...), proper(f.Key...))
	if len(f.Columns) == 0 || len(f.Columns) != len(f.Key) {
		err = errors.Join(err, errors.New("it does not pair columns with columns"))
	}
	does := ""
	for _, side := range [][2]string{{" ON DELETE ", f.OnDelete}, {" ON UPDATE ", f.OnUpdate}} {
		word, ok := reactions[side[1]]
		if !ok {
			err = errors.Join(err, fmt.Errorf("there is no action %q", side[1]))
		}
		if word != "" {
			does += side[0] + word
		}
		if side[0] == " ON DELETE " && len(f.SetColumns) > 0 {
			does += " (" + quoteAll(f.SetColumns, "") + ")"
		}
	}
	table := quoteRef(a.Table)
	what := "foreign key " + name + " of " + home(a.Table).String()
	if err != nil {
		return nil, fmt.Errorf("add %s: %w", what, err)
	}
	if f.Match != "" {
		does = " MATCH " + strings.ToUpper(f.Match) + does
	}
	if f.Deferral != "" {
		does += " " + f.Deferral
	}
	if !a.AtOnce {
		does += " NOT VALID"
	}
	add := providers.Statement{
		SQL: []string{fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s",
			table, quote(name), quoteAll(f.Columns, ""), quoteRef(f.Parent), quoteAll(f.Key, ""), does)},
		What:   "add " + what,
		Hazard: "locks " + home(f.Parent).String() + " against writes for a moment",
	}
	if f.Comment != "" {
		add.SQL = append(add.SQL, fmt.Sprintf("COMMENT ON CONSTRAINT %s ON %s IS %s", quote(name), table, literal(f.Comment)))
	}
	if a.AtOnce || f.NotValid {
		return []providers.Statement{add}, nil
	}
	return []providers.Statement{add, {
		SQL:  []string{fmt.Sprintf("ALTER TABLE %s VALIDATE CONSTRAINT %s", table, quote(name))},
		What: "validate " + what,
	}}, nil
}
