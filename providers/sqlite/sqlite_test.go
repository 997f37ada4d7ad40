package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

// made makes a database with the system's own means and gives its path.
func made(t *testing.T, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.db")
	direct(t, path, statements...)
	return path
}

func direct(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// numbers starts a statement that has a table n of the values from 1 on.
func numbers(upTo int) string {
	return fmt.Sprintf("WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < %d) ", upTo)
}

func table(t *testing.T, e providers.Endpoint, name string) schema.Table {
	t.Helper()
	cat, err := as[providers.Inspector](t, e).Inspect(t.Context(), []schema.Ref{{Name: name}})
	if err != nil {
		t.Fatalf("inspect %s: %v", name, err)
	}
	got, ok := cat.Table(schema.Ref{Name: name})
	if !ok {
		t.Fatalf("table %s is not in the catalog", name)
	}
	return *got
}

// readAll gives the first error and the number of rows before it.
func readAll(t *testing.T, e providers.Endpoint, spec providers.ReadSpec) (n int, err error) {
	t.Helper()
	r, err := as[providers.Source](t, e).Read(t.Context(), spec)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	b := batch.New(spec.Columns, 0)
	for {
		err := r.Next(context.Background(), b)
		n += b.Len()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func TestValuesThatAreNotOfTheColumnsTypeAreNamedByTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, declared, value string }{
		{"a text among integers", "INTEGER", "'abc'"},
		{"a fraction among integers", "INTEGER", "1.5"},
		{"an integer beyond 16 bits", "INT16", "40000"},
		{"a text among reals", "REAL", "'abc'"},
		{"a number beside true and false", "BOOLEAN", "2"},
		{"a decimal with too many places", "DECIMAL(10,2)", "1.005"},
		{"a decimal with too many digits", "DECIMAL(5,2)", "123456"},
		{"a word among decimals", "NUMERIC", "'abc'"},
		{"a blob among texts", "TEXT", "x'00'"},
		{"a text that is not UTF-8", "TEXT", "cast(x'ff' as text)"},
		{"a text that is too long", "VARCHAR(2)", "'abc'"},
		{"a text among blobs", "BLOB", "'abc'"},
		{"a number among dates", "DATE", "20240101"},
		{"a day that is not in the calendar", "DATE", "'2023-02-29'"},
		{"a date alone among timestamps", "DATETIME", "'2024-01-01'"},
		{"too many digits of a second", "TIMESTAMP(3)", "'2024-01-01 00:00:00.1234'"},
		{"a broken uuid", "UUID_TEXT", "'123'"},
		{"a null in a key", "TEXT PRIMARY KEY", "NULL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := open(t, made(t, "CREATE TABLE t (v "+c.declared+")", "INSERT INTO t(rowid, v) VALUES (41, "+c.value+")"))
			tab := table(t, e, "t")
			n, err := readAll(t, e, providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns})
			var found *providers.Error
			if !errors.As(err, &found) || found.Class != providers.BadValue || found.Object != "t" || found.Column != "v" || found.Row != "row with rowid 41" {
				t.Fatalf("got %v after %d rows, want a bad value in t column v row with rowid 41", err, n)
			}
			if strings.Contains(err.Error(), "abc") || strings.Contains(err.Error(), "2023") {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}

func TestAPlannedTargetIsNotMadeByLookingAtIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	e := open(t, path)
	cat, err := as[providers.Inspector](t, e).Inspect(t.Context(), nil)
	if err != nil || len(cat.Tables) != 0 {
		t.Errorf("Inspect: got %v, %v, want an empty catalog", cat, err)
	}
	if m, err := as[providers.History](t, e).Meta(t.Context()); err != nil || m.Format != 0 {
		t.Errorf("Meta: got %+v, %v, want zero", m, err)
	}
	if _, err := as[providers.Snapshotter](t, e).Snapshot(t.Context(), 1); providers.ClassOf(err) != providers.NotFound {
		t.Errorf("Snapshot: got %v, want class not_found", err)
	}
	if !strings.Contains(e.Info().Place, "does not exist yet") {
		t.Errorf("Place: got %q", e.Info().Place)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there after looking: %v", err)
	}
	begin(t, e)
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file after the run was opened: %v", err)
	}
}

func TestFilesThatCannotBeUsedAreRefusedAtOpen(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		want providers.Class
	}{
		"a folder that is absent": {filepath.Join(dir, "absent", "x.db"), providers.NotFound},
		"a folder":                {dir, providers.Unsupported},
		"a text file":             {text, providers.Unsupported},
		"UTF-16":                  {made(t, "PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t (a)"), providers.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			p := sqlite.New()
			e, err := p.Open(t.Context(), &sqlite.Config{Path: c.path})
			if providers.ClassOf(err) != c.want || e != nil {
				t.Errorf("got %v, %v, want class %q", e, err, c.want)
			}
		})
	}
}

// A copy taken in the middle of a transaction is what a crash leaves: pages of it are in the file, and a journal beside.
func TestReadingAfterACrashGivesTheRowsBeforeTheTransaction(t *testing.T) {
	path := made(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)",
		numbers(20000)+"INSERT INTO t SELECT value, 'before' FROM n")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA cache_size = 1", "BEGIN", "UPDATE t SET v = 'after it, and longer than it was'"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	crashed := filepath.Join(t.TempDir(), "crashed.db")
	for _, suffix := range []string{"", "-journal"} {
		raw, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+suffix, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	e := open(t, crashed)
	tab := table(t, e, "t")
	spec := providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns, Predicate: &schema.Predicate{And: []schema.Compare{{Column: "v", Op: "=", Value: "before"}}}}
	if n, err := readAll(t, e, spec); n != 20000 || err != nil {
		t.Errorf("rows as before the transaction: got %d, %v, want 20000", n, err)
	}
}

func TestWhatACopyWouldLackIsListed(t *testing.T) {
	e := open(t, made(t,
		`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE, b INT CHECK (b > 0), c INT AS (b + 1), "CHECK" TEXT)`,
		"CREATE INDEX whole ON t (b)", "CREATE UNIQUE INDEX only_some ON t (a) WHERE b > 1", "CREATE INDEX computed ON t (b + 1)",
		"CREATE TRIGGER watch AFTER INSERT ON t BEGIN SELECT 1; END", "CREATE TABLE s (k TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
		"CREATE VIEW v AS SELECT * FROM t", "CREATE TABLE migrateiq_x (a INT)"))
	var got []string
	tab := table(t, e, "t")
	for _, o := range tab.Unsupported {
		got = append(got, strings.TrimSpace(o.Kind+" "+o.Name))
	}
	slices.Sort(got)
	want := []string{"check", "collation a", "generated column c", "index computed", "index only_some", "option AUTOINCREMENT", "trigger watch"}
	if !slices.Equal(got, want) {
		t.Errorf("Unsupported: got %q, want %q", got, want)
	}
	var follow []string
	for _, f := range tab.Followers {
		follow = append(follow, f.Kind+" "+f.Name)
	}
	if want := []string{"index computed", "index only_some", "index whole", "trigger watch"}; !slices.Equal(follow, want) || len(tab.Dependents) != 4 {
		t.Errorf("Followers: got %q, want %q; Dependents: got %v, want the check, the collation, the generated column and AUTOINCREMENT", follow, want, tab.Dependents)
	}
	if len(tab.Keys) != 1 || tab.Keys[0].Name != "whole" || tab.IsUnique([]string{"a"}) {
		t.Errorf("Keys: got %+v, want the index over b only", tab.Keys)
	}
	cat, err := as[providers.Inspector](t, e).Inspect(t.Context(), nil)
	if err != nil || len(cat.Tables) != 2 {
		t.Errorf("tables: got %v, %v, want s and t", cat, err)
	}
}

func TestPlacedTypesKeepWhatTheyPromise(t *testing.T) {
	e := open(t, made(t))
	for declared, want := range map[string]string{
		"INT": "int64", "integer": "int64", "UNSIGNED BIG INT": "int64", "NVARCHAR(160)": "string(160)", "character varying ( 20 )": "string(20)",
		"NUMERIC(10,2)": "decimal(10,2)", "DECIMAL(5)": "decimal(5,0)", "NUMERIC": "decimal", "DATETIME": "timestamp(6)", "TIMESTAMP(3)": "timestamp(3)",
		"DOUBLE PRECISION": "float64", "BOOL": "bool", "STRING": "unknown", "": "unknown", "ANY": "unknown", "GEOMETRY": "unknown", "TIMESTAMP(12)": "unknown",
	} {
		d := open(t, made(t, "CREATE TABLE t (v "+declared+")"))
		if got := table(t, d, "t").Columns[0].Type.String(); got != want {
			t.Errorf("declared %q: got %s, want %s", declared, got, want)
		}
	}
	for _, typ := range []schema.Type{{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, {Kind: schema.Native, Native: "inet"}, {Kind: schema.Enum, Native: "mood", Values: []string{"a"}}} {
		if got, err := as[providers.Placer](t, e).Place(typ); err != nil || !got.Equal(schema.Type{Kind: schema.String}) {
			t.Errorf("Place(%s): got %s, %v, want string", typ, got, err)
		}
	}
	for _, typ := range []schema.Type{{}, {Kind: schema.Decimal, Precision: 3, Scale: 5}} {
		if got, err := as[providers.Placer](t, e).Place(typ); providers.ClassOf(err) != providers.Unsupported {
			t.Errorf("Place(%s): got %s, %v, want class unsupported", typ, got, err)
		}
	}
}

func TestDeclaredTypesHoldForReading(t *testing.T) {
	path := made(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, v, w STRING)", "INSERT INTO t VALUES (1, 'x', 'y')")
	cfg := &sqlite.Config{Path: path}
	str := schema.Type{Kind: schema.String}
	cfg.Declare([]providers.Declaration{{Table: "t", Key: []string{"id"}, Columns: []schema.Column{{Name: "v", Type: str}, {Name: "w", Type: str}}}})
	e, err := sqlite.New().Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	tab := table(t, e, "t")
	if n, err := readAll(t, e, providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns}); n != 1 || err != nil {
		t.Errorf("got %d rows, %v, want 1", n, err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	plain := open(t, path)
	tab = table(t, plain, "t")
	if _, err := readAll(t, plain, providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns}); providers.ClassOf(err) != providers.Unsupported {
		t.Errorf("without a declaration: got %v, want class unsupported", err)
	}
	for name, d := range map[string]providers.Declaration{
		"a column that is absent": {Table: "t", Columns: []schema.Column{{Name: "x", Type: str}}},
		"a key that repeats":      {Table: "t", Key: []string{"v"}},
	} {
		cfg.Declare([]providers.Declaration{d})
		bad, err := sqlite.New().Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := as[providers.Inspector](t, bad).Inspect(t.Context(), nil); err == nil {
			t.Errorf("%s: got no error", name)
		}
		if err := bad.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestChunksCoverNullsInKeysAndOddCollations(t *testing.T) {
	e := open(t, made(t, "CREATE TABLE t (a TEXT COLLATE NOCASE, b INT, v INT, PRIMARY KEY (a, b))",
		numbers(500)+"INSERT INTO t SELECT CASE value % 7 WHEN 0 THEN NULL WHEN 1 THEN 'A' || value ELSE 'a' || value END, CASE value % 5 WHEN 0 THEN NULL ELSE value END, value FROM n"))
	tab := table(t, e, "t")
	v := []schema.Column{{Name: "v", Type: schema.Type{Kind: schema.Int64}}}
	chunks, err := as[providers.Chunker](t, e).Chunks(t.Context(), tab, 500, true)
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, c := range chunks {
		n, err := readAll(t, e, providers.ReadSpec{Table: tab.Ref, Columns: v, Chunk: &c})
		if err != nil {
			t.Fatal(err)
		}
		all += n
	}
	if all != 500 || len(chunks) < 5 {
		t.Errorf("got %d rows in %d chunks, want 500 in many", all, len(chunks))
	}
}
