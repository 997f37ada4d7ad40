package sqlite

import (
	"context"
	"io/fs"
	"slices"
	"strings"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// shape is a table as SQLite itself sees it.
type shape struct {
	name    string
	prefix  string // with its point, where statements join other tables; else ""
	columns []column
	rowid   string // the name by which the row's number can be had, "" for none
	alias   string // the INTEGER PRIMARY KEY column that is the row's number, "" for none
	strict  bool
	bare    bool // WITHOUT ROWID
}

type column struct {
	name, declared string
	notNull        bool
	def            string
	key            int // place in the primary key from 1, 0 for none
	hidden         int // 2 and 3: generated
	collation      string
	autoincrement  bool
}

func notFound(op, table string) error {
	return &providers.Error{Op: op, Object: table, Class: providers.NotFound, Err: fs.ErrNotExist}
}

// tableName refuses schemas that are not the file's own.
func tableName(op string, r schema.Ref) (string, error) {
	if r.Schema != "" && r.Schema != "main" {
		return "", notFound(op, r.String())
	}
	return r.Name, nil
}

// describe reads the shape of a table; it is nil where there is no such table.
func (c *conn) describe(ctx context.Context, name string) (*shape, error) {
	var t *shape
	err := c.each(ctx, "SELECT name, wr, strict, type FROM pragma_table_list(?) WHERE schema = 'main'", func(s *stmt) error {
		if kind := s.text(3); kind == "table" && s.text(0) == name {
			t = &shape{name: name, bare: s.int(1) != 0, strict: s.int(2) != 0}
		}
		return nil
	}, name)
	if err != nil || t == nil {
		return nil, err
	}
	err = c.each(ctx, `SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)`, func(s *stmt) error {
		t.columns = append(t.columns, column{
			name: s.text(0), declared: s.text(1), notNull: s.int(2) != 0, def: s.text(3), key: int(s.int(4)), hidden: int(s.int(5)),
		})
		return nil
	}, name)
	if err != nil {
		return nil, err
	}
	for i := range t.columns {
		if err := c.metadata(name, &t.columns[i]); err != nil {
			return nil, err
		}
	}
	t.number()
	return t, nil
}

// metadata adds what no pragma tells: the collation and AUTOINCREMENT.
func (c *conn) metadata(table string, col *column) error {
	var texts [3]uintptr
	for i, x := range []string{"main", table, col.name} {
		p, err := libc.CString(x)
		if err != nil {
			return err
		}
		defer libc.Xfree(c.tls, p)
		texts[i] = p
	}
	c.put(0)
	flag := c.out + 16
	rc := sqlite3.Xsqlite3_table_column_metadata(c.tls, c.db, texts[0], texts[1], texts[2], 0, c.out, 0, 0, flag)
	if rc != sqlite3.SQLITE_OK {
		return c.failure(rc)
	}
	col.collation = libc.GoString(c.take())
	col.autoincrement = libc.GoBytes(flag, 4)[0]|libc.GoBytes(flag, 4)[3] != 0 // either byte order
	return nil
}

// number finds the names of the row's number.
func (t *shape) number() {
	if t.bare {
		return
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(t.columns, func(c column) bool { return strings.EqualFold(c.name, name) })
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if !taken(name) {
			t.rowid = name
			break
		}
	}
	if key := t.primary(); len(key) == 1 && strings.EqualFold(key[0].declared, "INTEGER") {
		t.alias = key[0].name
	}
}

// primary is the primary key's columns in their order.
func (t *shape) primary() []column {
	var key []column
	for _, c := range t.columns {
		if c.key > 0 {
			key = append(key, c)
		}
	}
	slices.SortFunc(key, func(a, b column) int { return a.key - b.key })
	return key
}

func (t *shape) column(name string) (column, bool) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return t.columns[i], true
}

// holdsNull reports whether a null may stand in the column, whatever the key says: SQLite allows nulls in most primary
// keys.
func (t *shape) holdsNull(c column) bool {
	return !(c.notNull || c.name == t.alias || c.key > 0 && t.bare)
}

func (c column) generated() bool { return c.hidden == 2 || c.hidden == 3 }
