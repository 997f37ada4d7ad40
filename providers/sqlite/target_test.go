package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

var str = schema.Type{Kind: schema.String}

// words is a batch of one column of texts.
func words(c schema.Column, texts ...string) *batch.Batch {
	b := batch.New([]schema.Column{c}, 0)
	for _, x := range texts {
		b.Vectors[0].AppendString(x)
	}
	return b
}

func TestAKeyThatTheTargetsCollationTakesForAnotherIsRefused(t *testing.T) {
	path := made(t, "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL)", "INSERT INTO t VALUES ('abc')")
	e := open(t, path)
	tab := table(t, e, "t")
	spec := providers.LoadSpec{ChunkID: "c", Epoch: begin(t, e), Table: tab.Ref, Columns: tab.Columns, Key: []string{"k"}, Mode: providers.Upsert, Hasher: batch.NewHasher([16]byte{})}
	if err := put(t, e, spec, words(tab.Columns[0], "ABC")); !errors.Is(err, providers.ErrDuplicateKey) {
		t.Errorf("got %v, want ErrDuplicateKey", err)
	}
	if err := put(t, e, spec, words(tab.Columns[0], "abc", "x")); err != nil {
		t.Errorf("the same key: %v", err)
	}
}

func TestValuesThatAColumnWouldChangeAreRefused(t *testing.T) {
	e := open(t, made(t, "CREATE TABLE t (v STRING, d DECIMAL(30,2))"))
	epoch := begin(t, e)
	big := schema.Column{Name: "d", Type: schema.Type{Kind: schema.Decimal, Precision: 30, Scale: 2}, Null: true}
	for _, c := range []struct {
		column schema.Column
		value  string
		ok     bool
	}{
		{schema.Column{Name: "v", Type: str, Null: true}, "007", false}, {schema.Column{Name: "v", Type: str, Null: true}, "seven", true},
		{schema.Column{Name: "v", Type: str, Null: true}, " 1e5", false}, {big, "12345678901234567890.12", false}, {big, "0.10", true},
		{big, "1234567890123456.00", true}, {big, "99999999999999999999.00", false},
	} {
		spec := providers.LoadSpec{ChunkID: "c" + c.value, Epoch: epoch, Table: schema.Ref{Name: "t"}, Columns: []schema.Column{c.column}, Mode: providers.Insert}
		err := put(t, e, spec, words(c.column, c.value))
		if c.ok != (err == nil) || !c.ok && providers.ClassOf(err) != providers.BadValue {
			t.Errorf("%q into %s: got %v, want it held: %v", c.value, c.column.Name, err, c.ok)
		}
	}
}

func TestANullIsNotNumberedByAKeyColumn(t *testing.T) {
	e := open(t, made(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"))
	id := schema.Column{Name: "id", Type: schema.Type{Kind: schema.Int64}, Null: true}
	b := batch.New([]schema.Column{id}, 0)
	b.Vectors[0].AppendNull()
	spec := providers.LoadSpec{ChunkID: "c", Epoch: begin(t, e), Table: schema.Ref{Name: "t"}, Columns: b.Columns, Mode: providers.Insert}
	if err := put(t, e, spec, b); providers.ClassOf(err) != providers.BadValue {
		t.Errorf("got %v, want class bad_value", err)
	}
}

func TestALockHeldByAnotherProgramIsTransient(t *testing.T) {
	path := made(t, "CREATE TABLE t (v TEXT)")
	e, err := sqlite.New().Open(t.Context(), &sqlite.Config{Path: path, BusyTimeout: 1})
	if err != nil {
		t.Fatal(err)
	}
	epoch := begin(t, e)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	c := schema.Column{Name: "v", Type: str, Null: true}
	spec := providers.LoadSpec{ChunkID: "c", Epoch: epoch, Table: schema.Ref{Name: "t"}, Columns: []schema.Column{c}, Mode: providers.Insert}
	if err := put(t, e, spec, words(c, "x")); providers.ClassOf(err) != providers.Transient {
		t.Errorf("got %v, want class transient", err)
	}
	if err := errors.Join(db.Close(), e.Close()); err != nil {
		t.Error(err)
	}
}

func TestASwapLeavesViewsAndForeignKeysWithTheName(t *testing.T) {
	path := made(t, "CREATE TABLE album (id INTEGER PRIMARY KEY, parent INT REFERENCES album (id))", "INSERT INTO album VALUES (1, NULL)",
		"CREATE TABLE track (id INT, album INT REFERENCES album (id))", "CREATE VIEW seen AS SELECT id FROM album", "INSERT INTO track VALUES (1, 2)")
	e := open(t, path)
	wide := schema.Type{Kind: schema.Int64}
	for n, parent := range []string{"album", "beside"} { // its own foreign key by the final name, and by the name it is built under
		next := schema.Table{
			Ref: schema.Ref{Name: "beside"}, Columns: []schema.Column{{Name: "id", Type: wide}, {Name: "parent", Type: wide, Null: true}},
			Primary: &schema.Key{Columns: []string{"id"}, Unique: true}, Keys: []schema.Key{{Name: "by_parent", Columns: []string{"parent"}}},
			Foreign: []schema.ForeignKey{{Columns: []string{"parent"}, Parent: schema.Ref{Name: parent}, Key: []string{"id"}}},
		}
		if n == 1 {
			next.Keys = nil                   // the old table's index is made again
			direct(t, path, "DROP VIEW seen") // a view on the name in between is more than this way of renaming takes
		}
		l := as[providers.Ledger](t, e)
		epoch, err := l.Open(t.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: "r", Lineage: "l"})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []schema.Change{{CreateTable: &next}, {Swap: &schema.TableSwap{Old: schema.Ref{Name: "album"}, New: next, Follow: table(t, e, "album").Followers}}} {
			st, err := as[providers.Definer](t, e).Define(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Exec(t.Context(), providers.Step{Run: "r", N: 10*n + i, Epoch: epoch, Statement: st[0]}); err != nil {
				t.Fatalf("%s: %v", st[0].What, err)
			}
		}
		for name, want := range map[string]string{"track": "album", "album": "album"} {
			if f := table(t, e, name).Foreign; len(f) != 1 || f[0].Parent.Name != want {
				t.Errorf("foreign keys of %s: got %+v, want one to %s", name, f, want)
			}
		}
		if k := table(t, e, "album").Keys; len(k) != 1 || k[0].Name != "album_by_parent" {
			t.Errorf("indexes: got %+v, want album_by_parent", k)
		}
		if n == 0 {
			direct(t, path, "SELECT * FROM seen")
		}
	}
}

// With a write-ahead log others commit while the snapshot is open, and no reader of it sees that.
func TestASnapshotOfAWriteAheadLogStandsStill(t *testing.T) {
	path := made(t, "PRAGMA journal_mode = WAL", "CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES ('a')")
	e := open(t, path)
	tab := table(t, e, "t")
	snap, err := as[providers.Snapshotter](t, e).Snapshot(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	direct(t, path, "INSERT INTO t VALUES ('b')")
	spec := providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns}
	var open []providers.Reader
	for range 2 {
		r, err := snap.Read(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, r)
	}
	b := batch.New(tab.Columns, 0)
	for i, r := range open {
		if err := r.Next(t.Context(), b); err != nil || b.Len() != 1 {
			t.Errorf("reader %d: got %d rows, %v, want 1", i, b.Len(), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := snap.Close(); err != nil {
		t.Error(err)
	}
	if n, err := readAll(t, e, spec); n != 2 || err != nil {
		t.Errorf("rows afterwards: got %d, %v, want 2", n, err)
	}
}

func TestAnIntegerKeyIsTheRowid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	e := open(t, path)
	begin(t, e, benchTable)
	if c := table(t, e, "bench").Columns[0]; !c.Identity || c.Null {
		t.Errorf("the key column: got %+v, want one that is numbered and takes no null", c)
	}
}
