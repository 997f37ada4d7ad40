package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// ledgerPrefix starts the names of the ledger's own tables, which are no data.
const ledgerPrefix = "migrateiq_"

// Inspect describes tables. A file that is not there holds none.
func (e *endpoint) Inspect(ctx context.Context, only []schema.Ref) (*schema.Catalog, error) {
	cat := &schema.Catalog{Identity: e.Info().Identity}
	if e.missing() {
		return cat, nil
	}
	c, err := e.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer e.release(c)
	names, err := c.tables(ctx)
	if err != nil {
		return nil, failed("inspect", e.path, err)
	}
	for _, name := range names {
		if only != nil && !slices.ContainsFunc(only, func(r schema.Ref) bool {
			return r.Name == name && (r.Schema == "" || r.Schema == "main")
		}) {
			continue
		}
		t, err := e.table(ctx, c, name)
		if err != nil {
			return nil, failed("inspect", name, err)
		}
		if t != nil {
			cat.Tables = append(cat.Tables, *t)
		}
	}
	return cat, nil
}

// tables lists ordinary tables by name.
func (c *conn) tables(ctx context.Context) ([]string, error) {
	var names []string
	err := c.each(ctx, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'", func(s *stmt) error {
		name := s.text(0)
		if low := strings.ToLower(name); !strings.HasPrefix(low, "sqlite_") && !strings.HasPrefix(low, ledgerPrefix) {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

func (e *endpoint) table(ctx context.Context, c *conn, name string) (*schema.Table, error) {
	s, err := c.describe(ctx, name)
	if err != nil || s == nil {
		return nil, err
	}
	t := &schema.Table{Ref: schema.Ref{Name: name}, Rows: -1, Bytes: -1}
	for _, col := range s.columns {
		if col.hidden == 1 {
			continue
		}
		t.Columns = append(t.Columns, schema.Column{
			Name: col.name, Type: typeOf(col.declared), Declared: col.declared,
			Null: s.holdsNull(col) && col.key == 0, Default: col.def, Generated: col.generated(), Identity: col.name == s.alias,
		})
	}
	if key := s.primary(); key != nil {
		t.Primary = &schema.Key{Unique: true}
		for _, col := range key {
			t.Primary.Columns = append(t.Primary.Columns, col.name)
		}
	}
	for _, read := range []func(context.Context, *conn, *shape, *schema.Table) error{readKeys, readForeign, readRest} {
		if err := read(ctx, c, s, t); err != nil {
			return nil, err
		}
	}
	return t, e.redeclare(t)
}

// redeclare puts the types of the configuration in the place of the declared ones.
func (e *endpoint) redeclare(t *schema.Table) error {
	d, ok := e.declared[t.Ref.Name]
	if !ok {
		if d, ok = e.declared["main."+t.Ref.Name]; !ok {
			return nil
		}
	}
	for _, col := range d.Columns {
		i := slices.IndexFunc(t.Columns, func(c schema.Column) bool { return c.Name == col.Name })
		if i < 0 {
			return &providers.Error{Op: "inspect", Object: t.Ref.Name, Column: col.Name, Class: providers.NotFound,
				Err: fmt.Errorf("the table has no such column; it has %s", strings.Join(t.Names(), ", "))}
		}
		t.Columns[i].Type = col.Type
	}
	if len(d.Key) > 0 && !t.IsUnique(d.Key) {
		return unsupported("inspect", t.Ref.Name, "SQLite does not keep the declared key (%s) unique; leave it out, and name the key in the mapping's `to` block", strings.Join(d.Key, ", "))
	}
	return nil
}

// readKeys reads unique constraints and indexes; those over expressions or a part of the rows are no keys.
func readKeys(ctx context.Context, c *conn, _ *shape, t *schema.Table) error {
	type index struct {
		name, origin    string
		unique, partial bool
	}
	var all []index
	err := c.each(ctx, `SELECT name, "unique", origin, partial FROM pragma_index_list(?)`, func(s *stmt) error {
		all = append(all, index{name: s.text(0), unique: s.int(1) != 0, origin: s.text(2), partial: s.int(3) != 0})
		return nil
	}, t.Ref.Name)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.origin == "pk" {
			continue
		}
		key, plain := schema.Key{Name: x.name, Unique: x.unique}, !x.partial
		err := c.each(ctx, "SELECT cid, name, coll FROM pragma_index_xinfo(?) WHERE key = 1", func(s *stmt) error {
			plain = plain && s.int(0) >= 0
			key.Columns = append(key.Columns, s.text(1))
			return nil
		}, x.name)
		if err != nil {
			return err
		}
		if !plain {
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "index", Name: x.name, Why: "it is over an expression or over a part of the rows"})
			continue
		}
		if x.origin == "u" {
			key.Name = "" // SQLite's own name of the index behind the constraint
		}
		t.Keys = append(t.Keys, key)
	}
	slices.SortStableFunc(t.Keys, func(a, b schema.Key) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.Columns, b.Columns))
	})
	return nil
}

func readForeign(ctx context.Context, c *conn, _ *shape, t *schema.Table) error {
	last := int64(-1)
	err := c.each(ctx, `SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq`, func(s *stmt) error {
		if id := s.int(0); id != last {
			last = id
			t.Foreign = append(t.Foreign, schema.ForeignKey{
				Parent: schema.Ref{Name: s.text(1)}, OnUpdate: action(s.text(4)), OnDelete: action(s.text(5)),
			})
		}
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns = append(f.Columns, s.text(2))
		if !s.null(3) {
			f.Key = append(f.Key, s.text(3))
		}
		return nil
	}, t.Ref.Name)
	if err != nil {
		return err
	}
	for i := range t.Foreign {
		if err := nameParent(ctx, c, &t.Foreign[i]); err != nil {
			return err
		}
	}
	slices.SortStableFunc(t.Foreign, func(a, b schema.ForeignKey) int {
		return cmp.Or(slices.Compare(a.Columns, b.Columns), cmp.Compare(a.Parent.Name, b.Parent.Name))
	})
	return nil
}

// nameParent gives the parent its exact name, and its primary key where the foreign key names no columns.
func nameParent(ctx context.Context, c *conn, f *schema.ForeignKey) error {
	name, err := c.text(ctx, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name = ? COLLATE NOCASE", f.Parent.Name)
	if err != nil || name == "" {
		return err
	}
	f.Parent.Name = name
	parent, err := c.describe(ctx, name)
	if err != nil || parent == nil {
		return err
	}
	if len(f.Key) == 0 {
		for _, col := range parent.primary() {
			f.Key = append(f.Key, col.name)
		}
	}
	for i, k := range f.Key {
		for _, col := range parent.columns {
			if strings.EqualFold(col.name, k) {
				f.Key[i] = col.name
			}
		}
	}
	return nil
}

func action(sqlite string) string {
	if sqlite == "NO ACTION" {
		return ""
	}
	return strings.ToLower(sqlite)
}

// readRest lists what a copy of the table would lack, and what hangs on it.
func readRest(ctx context.Context, c *conn, s *shape, t *schema.Table) error {
	lack := func(kind, name, why string) {
		t.Unsupported = append(t.Unsupported, schema.Object{Kind: kind, Name: name, Why: why})
	}
	for _, col := range s.columns {
		if col.generated() {
			lack("generated column", col.name, "its values can be copied, not its expression")
		}
		if col.collation != "" && !strings.EqualFold(col.collation, "BINARY") {
			lack("collation", col.name, "the column compares by "+col.collation)
		}
		if col.autoincrement {
			lack("option", "AUTOINCREMENT", "numbers of deleted rows are never given again")
		}
	}
	if s.bare {
		lack("option", "WITHOUT ROWID", "")
	}
	if s.strict {
		lack("option", "STRICT", "")
	}
	sql, err := c.text(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", t.Ref.Name)
	if err != nil {
		return err
	}
	for _, word := range words(sql) {
		switch word {
		case "CHECK":
			lack("check", "", "conditions on rows are not carried over")
		case "CONFLICT":
			lack("option", "ON CONFLICT", "what happens to a row that breaks a constraint is not carried over")
		case "DEFERRABLE":
			lack("option", "DEFERRABLE", "foreign keys are checked at once")
		}
	}
	for _, o := range t.Unsupported {
		if o.Kind != "index" {
			t.Dependents = append(t.Dependents, schema.Object{Kind: o.Kind, Name: o.Name, Why: "a table that is built anew would not have it"})
		}
	}
	return followers(ctx, c, t, lack)
}

// words gives the keywords and bare names of a statement in upper case, without what stands in quotes and comments.
func words(sql string) []string {
	var out []string
	for i := 0; i < len(sql); {
		switch c := sql[i]; {
		case c == '\'' || c == '"' || c == '`':
			i = past(sql, i+1, string(c))
		case c == '[':
			i = past(sql, i+1, "]")
		case strings.HasPrefix(sql[i:], "--"):
			i = past(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			i = past(sql, i+2, "*/")
		case letter(c):
			start := i
			for i < len(sql) && letter(sql[i]) {
				i++
			}
			out = append(out, strings.ToUpper(sql[start:i]))
		default:
			i++
		}
	}
	return out
}

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

func past(sql string, from int, end string) int {
	i := strings.Index(sql[from:], end)
	if i < 0 {
		return len(sql)
	}
	return from + i + len(end)
}
