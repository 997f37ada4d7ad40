package sqlite_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// asked gives the texts of one column.
func asked(t *testing.T, path, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	if err := errors.Join(rows.Err(), rows.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func TestSQLiteSeesOnlyTheColumnsThatAreSet(t *testing.T) {
	path := made(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, city TEXT)", "CREATE TABLE seen (what TEXT)",
		"CREATE TRIGGER a AFTER INSERT ON t BEGIN INSERT INTO seen VALUES ('insert ' || new.id); END",
		"CREATE TRIGGER b AFTER DELETE ON t BEGIN INSERT INTO seen VALUES ('delete ' || old.id); END",
		"CREATE TRIGGER c AFTER UPDATE OF name ON t BEGIN INSERT INTO seen VALUES ('name ' || old.id); END",
		"CREATE TRIGGER d AFTER UPDATE OF city ON t BEGIN INSERT INTO seen VALUES ('city ' || old.id); END",
		"CREATE TRIGGER e AFTER UPDATE OF id ON t BEGIN INSERT INTO seen VALUES ('id ' || old.id); END",
		"INSERT INTO t VALUES (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z')", "DELETE FROM seen")
	e := open(t, path)
	tab := table(t, e, "t")
	h := batch.NewHasher([16]byte{7})
	people := func(texts ...[3]string) *batch.Batch {
		b := batch.New(tab.Columns, 0)
		for _, x := range texts {
			for c := range x {
				if err := batch.Parse(&b.Vectors[c], tab.Columns[c].Type, []byte(x[c])); err != nil {
					t.Fatal(err)
				}
			}
		}
		return b
	}
	epoch := begin(t, e)
	try := func(set []string, rows, stood *batch.Batch) error {
		t.Helper()
		digest := h.Batch(stood, nil)
		l, err := as[providers.Target](t, e).Load(t.Context(), providers.LoadSpec{Run: "r", Mapping: "m", ChunkID: "c" + digest.String(), Epoch: epoch, Table: tab.Ref,
			Columns: tab.Columns, Key: []string{"id"}, Mode: providers.Upsert, Set: set, Hasher: h})
		if err != nil {
			t.Fatal(err)
		}
		gone := batch.New(tab.Columns[:1], 0)
		gone.Vectors[0].AppendInt(3)
		if err := errors.Join(l.Write(t.Context(), rows), l.(providers.Deleter).Delete(t.Context(), gone)); err != nil {
			t.Fatal(err)
		}
		_, err = l.Commit(t.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: "c" + digest.String(), Stood: &digest})
		if errors.Is(err, providers.ErrStood) {
			direct(t, path, "INSERT INTO seen VALUES ('not locked')", "DELETE FROM seen") // before Close
		}
		return errors.Join(err, l.Close())
	}
	for name, stood := range map[string]*batch.Batch{
		"the row to set":    people([3]string{"1", "other", "x"}, [3]string{"3", "c", "z"}),
		"the row to remove": people([3]string{"1", "a", "x"}, [3]string{"3", "c", "other"}),
		"a row to put in":   people([3]string{"1", "a", "x"}, [3]string{"3", "c", "z"}, [3]string{"4", "d", "w"}),
	} {
		err := try([]string{"city"}, people([3]string{"1", "a", "new"}, [3]string{"4", "d", "w"}), stood)
		if !errors.Is(err, providers.ErrStood) || providers.ClassOf(err) != providers.Transient {
			t.Errorf("%s was another: got %v, want ErrStood", name, err)
		}
	}
	if got := asked(t, path, "SELECT what FROM seen"); got != "" {
		t.Errorf("after refusals: SQLite saw %s", got)
	}
	if err := try([]string{"city"}, people([3]string{"1", "a", "new"}, [3]string{"4", "d", "w"}), people([3]string{"1", "a", "x"}, [3]string{"3", "c", "z"})); err != nil {
		t.Fatal(err)
	}
	if got, want := asked(t, path, "SELECT what FROM seen ORDER BY what"), "city 1\ndelete 3\ninsert 4"; got != want {
		t.Errorf("SQLite saw\n%s\nwant\n%s", got, want)
	}
	if got, want := asked(t, path, "SELECT id || name || city FROM t ORDER BY id"), "1anew\n2by\n4dw"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestARenamedColumnIsFollowedByViewsAndTriggers(t *testing.T) {
	path := made(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "CREATE INDEX i ON t (v)", "CREATE VIEW w AS SELECT v FROM t",
		"CREATE TABLE log (x TEXT)", "CREATE TRIGGER g AFTER UPDATE OF v ON t BEGIN INSERT INTO log VALUES (new.v); END", "INSERT INTO t VALUES (1, 'one')")
	e := open(t, path)
	epoch := begin(t, e)
	ref := schema.Ref{Name: "t"}
	for n, c := range []schema.Change{
		{RenameColumn: &schema.ColumnRename{Table: ref, From: "v", To: "new name"}},
		{AddColumn: &schema.ColumnAdd{Table: ref, Column: schema.Column{Name: "n", Type: schema.Type{Kind: schema.Int64}, Default: "5"}}},
	} {
		st, err := as[providers.Definer](t, e).Define(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := as[providers.Ledger](t, e).Exec(t.Context(), providers.Step{Run: "r", N: 10 + n, Epoch: epoch, Statement: st[0]}); err != nil {
			t.Fatal(err)
		}
	}
	direct(t, path, `UPDATE t SET "new name" = 'two'`)
	if got, want := asked(t, path, `SELECT "new name" || n FROM t UNION ALL SELECT * FROM w UNION ALL SELECT x FROM log`), "two5\ntwo\ntwo"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, c := range []schema.Column{
		{Name: "tight", Type: str}, {Name: "computed", Type: str, Null: true, Default: "random()"}, {Name: "numbered", Type: str, Null: true, Identity: true},
	} {
		_, err := as[providers.Definer](t, e).Define(schema.Change{AddColumn: &schema.ColumnAdd{Table: ref, Column: c}})
		if providers.ClassOf(err) != providers.Unsupported || !strings.Contains(err.Error(), c.Name) {
			t.Errorf("%+v: got %v, want class unsupported", c, err)
		}
	}
}
