package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// watched is a table whose triggers note each row that is written and each column that an UPDATE names.
const watched = `CREATE TABLE t (id int PRIMARY KEY, name text, city text, own text DEFAULT 'kept');
	CREATE TABLE seen (n serial, what text);
	CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO public.seen (what) VALUES (TG_ARGV[0] || ' ' || coalesce(new.id, old.id)); RETURN NULL; END $$;
	CREATE TRIGGER a AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION note('insert');
	CREATE TRIGGER b AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION note('delete');
	CREATE TRIGGER c AFTER UPDATE OF id ON t FOR EACH ROW EXECUTE FUNCTION note('id');
	CREATE TRIGGER d AFTER UPDATE OF name ON t FOR EACH ROW EXECUTE FUNCTION note('name');
	CREATE TRIGGER e AFTER UPDATE OF city ON t FOR EACH ROW EXECUTE FUNCTION note('city');
	CREATE TRIGGER f AFTER UPDATE OF own ON t FOR EACH ROW EXECUTE FUNCTION note('own');
	INSERT INTO t VALUES (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z'); TRUNCATE seen`

// partly puts rows, removes keys and says what stood; between is done before Commit, from outside.
func partly(ctx context.Context, e *endpoint, s providers.LoadSpec, rows, gone *batch.Batch, stood batch.Digest, between func()) (providers.ChunkRecord, error) {
	l, err := e.Load(ctx, s)
	if err != nil {
		return providers.ChunkRecord{}, err
	}
	err = errors.Join(l.Write(ctx, rows), l.(providers.Deleter).Delete(ctx, gone))
	if err == nil && between != nil {
		between()
	}
	c := providers.ChunkRecord{Run: s.Run, Mapping: s.Mapping, Chunk: s.ChunkID, Epoch: s.Epoch, Moment: "now", Written: s.Hasher.Batch(rows, nil), Stood: &stood}
	if err == nil {
		c, err = l.Commit(ctx, c)
	}
	return c, errors.Join(err, l.Close())
}

func digestOf(t *testing.T, e *endpoint, s providers.LoadSpec, keys *batch.Batch) batch.Digest {
	t.Helper()
	rows, err := all(t.Context(), e, providers.ReadSpec{Table: s.Table, Columns: s.Columns, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return s.Hasher.Batch(rows, nil)
}

func TestTheServerSeesOnlyTheColumnsThatAreSet(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, watched)
	target := table(t, e, "t")
	s := spec(target, epoch, providers.Upsert)
	s.Columns, s.Key, s.Set = target.Columns[:3], []string{"id"}, []string{"city"}
	id := s.Columns[:1]
	before := digestOf(t, e, s, nil)
	stood := digestOf(t, e, s, rowsOf(t, id, []string{"1"}, []string{"3"}, []string{"4"}))
	c, err := partly(t.Context(), e, s, rowsOf(t, s.Columns, []string{"1", "a", "new"}, []string{"4", "d", "w"}), rowsOf(t, id, []string{"3"}), stood, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := testserver.Psql(t, dsn, "SELECT what FROM seen ORDER BY what"), "city 1\ndelete 3\ninsert 4"; got != want {
		t.Errorf("the server saw\n%s\nwant\n%s", got, want)
	}
	if got, want := testserver.Psql(t, dsn, "SELECT * FROM t ORDER BY id"), "1|a|new|kept\n2|b|y|kept\n4|d|w|kept"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := before.Plus(c.Written).Minus(c.Replaced), digestOf(t, e, s, nil); got != want {
		t.Errorf("before, plus written, minus replaced: got %s, want the table's %s", got, want)
	}
	recorded, err := ledger{e}.Recorded(t.Context(), "r", "m")
	if err != nil || len(recorded) != 1 || recorded[0].Replaced != stood || recorded[0].Stood != nil {
		t.Errorf("the ledger has %+v, %v; want Replaced %s and nothing of Stood", recorded, err, stood)
	}
	testserver.Psql(t, dsn, "TRUNCATE seen")
	s.ChunkID, s.Set = "none", []string{}
	if _, err := partly(t.Context(), e, s, rowsOf(t, s.Columns, []string{"1", "a", "new"}), rowsOf(t, id), digestOf(t, e, s, rowsOf(t, id, []string{"1"})), nil); err != nil {
		t.Fatal(err)
	}
	if got := testserver.Psql(t, dsn, "SELECT what FROM seen"); got != "" {
		t.Errorf("no column is set, and the server saw %s", got)
	}
}

func TestARowThatSomebodyChangedBeforeTheCommitStopsTheChunk(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, watched)
	target := table(t, e, "t")
	s := spec(target, epoch, providers.Upsert)
	s.Columns, s.Key, s.Set = target.Columns[:3], []string{"id"}, []string{"name"}
	id := s.Columns[:1]
	for name, sql := range map[string]string{
		"the column that is set":     "UPDATE t SET name = 'theirs' WHERE id = 1",
		"a column that is left":      "UPDATE t SET city = 'theirs' WHERE id = 1",
		"a row is removed":           "DELETE FROM t WHERE id = 1",
		"a row is put in":            "INSERT INTO t VALUES (4, 'theirs')",
		"nothing that the chunk has": "UPDATE t SET own = 'theirs', city = city WHERE id = 1; UPDATE t SET name = 'theirs' WHERE id = 2",
	} {
		testserver.Psql(t, dsn, "TRUNCATE t; INSERT INTO t VALUES (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z')")
		s.ChunkID = name
		stood := digestOf(t, e, s, rowsOf(t, id, []string{"1"}, []string{"3"}, []string{"4"}))
		var after string
		_, err := partly(t.Context(), e, s, rowsOf(t, s.Columns, []string{"1", "new", "x"}, []string{"4", "new", "w"}), rowsOf(t, id, []string{"3"}), stood, func() {
			testserver.Psql(t, dsn, sql+"; DELETE FROM seen")
			after = testserver.Psql(t, dsn, "SELECT * FROM t ORDER BY id")
		})
		if strings.HasPrefix(name, "nothing") {
			if err != nil {
				t.Errorf("%s was changed: got %v", name, err)
			}
			continue
		}
		if f := failure(err); !errors.Is(err, providers.ErrStood) || f.Class != providers.Transient {
			t.Errorf("%s was changed: got %v, want ErrStood", name, err)
		}
		if got := testserver.Psql(t, dsn, "SELECT * FROM t ORDER BY id") + testserver.Psql(t, dsn, "SELECT what FROM seen"); got != after {
			t.Errorf("%s was changed: the table holds\n%s\nwant it as the other left it\n%s", name, got, after)
		}
	}
}

func TestAColumnIsAlteredOnlyWhereEveryValueStays(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	for n, c := range []struct {
		from, value string
		to          schema.Type
		ok          bool
	}{
		{"varchar(5)", "'abc'", schema.Type{Kind: schema.String, Length: 3}, true},
		{"varchar(5)", "'abcd'", schema.Type{Kind: schema.String, Length: 3}, false},
		{"varchar(5)", "'ab   '", schema.Type{Kind: schema.String, Length: 2}, false},
		{"numeric(6,3)", "1.250", schema.Type{Kind: schema.Decimal, Precision: 6, Scale: 2}, true},
		{"numeric(6,3)", "1.255", schema.Type{Kind: schema.Decimal, Precision: 6, Scale: 2}, false},
		{"numeric(6,3)", "999.1", schema.Type{Kind: schema.Decimal, Precision: 4, Scale: 2}, false},
		{"text", "'17'", schema.Type{Kind: schema.Int32}, true},
		{"text", "'017'", schema.Type{Kind: schema.Int32}, false},
		{"text", "'x'", schema.Type{Kind: schema.Int32}, false},
		{"bigint", "5000000000", schema.Type{Kind: schema.Int32}, false},
		{"int", "5", schema.Type{Kind: schema.Int64}, true},
		{"int", "5", schema.Type{Kind: schema.String}, true},
		{"double precision", "0.1", schema.Type{Kind: schema.Float32}, false},
		{"double precision", "'-0'", schema.Type{Kind: schema.Int32}, false},
		{"timestamp(6)", "'2024-01-02 03:04:05.123456'", schema.Type{Kind: schema.Timestamp, Precision: 3}, false},
		{"timestamp(6)", "'2024-01-02 03:04:05'", schema.Type{Kind: schema.Date}, false},
		{"json", `'{"a": 1}'`, schema.Type{Kind: schema.String}, true},
	} {
		testserver.Psql(t, dsn, "DROP TABLE IF EXISTS t; CREATE TABLE t (id int, v "+c.from+"); INSERT INTO t VALUES (1, NULL), (2, "+c.value+")")
		target := table(t, e, "t")
		before := target.Columns[1]
		after := before
		after.Type = c.to
		st, err := e.Define(schema.Change{AlterColumn: &schema.ColumnAlter{Table: target.Ref, Before: before, After: after}})
		if err != nil || len(st) != 1 || !strings.Contains(st[0].Hazard, "locks public.t") || !strings.HasPrefix(st[0].What, "alter column v of public.t from ") {
			t.Fatalf("got %+v, %v", st, err)
		}
		was := testserver.Psql(t, dsn, "SELECT v, pg_typeof(v) FROM t WHERE id = 2")
		err = ledger{e}.Exec(t.Context(), providers.Step{Run: "r", N: n, Epoch: epoch, Statement: st[0]})
		if (err == nil) != c.ok {
			t.Errorf("%s %s to %s: got %v, want it done: %v", c.from, c.value, c.to, err, c.ok)
		}
		if err != nil && strings.Contains(err.Error(), strings.Trim(c.value, "'")) {
			t.Errorf("the error tells a value: %v", err)
		}
		if got := testserver.Psql(t, dsn, "SELECT v, pg_typeof(v) FROM t WHERE id = 2"); !c.ok && got != was {
			t.Errorf("%s %s to %s was refused: got %s, want %s", c.from, c.value, c.to, got, was)
		}
	}
}

func TestAnAddedColumnHasItsDefaultInRowsThatStand(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
	wide := schema.Type{Kind: schema.Int64}
	for _, c := range []struct {
		column schema.Column
		want   string
	}{
		{schema.Column{Name: "a", Type: wide, Null: true}, "|YES"}, {schema.Column{Name: "b", Type: wide}, "|YES"},
		{schema.Column{Name: "c", Type: wide, Default: "5"}, "5|NO"}, {schema.Column{Name: "d", Type: wide, Default: "random()"}, "|YES"},
	} {
		define(t, e, dsn, schema.Change{AddColumn: &schema.ColumnAdd{Table: public("t"), Column: c.column}})
		got := testserver.Psql(t, dsn, "SELECT "+c.column.Name+", is_nullable FROM t, information_schema.columns WHERE table_schema = 'public' AND column_name = '"+c.column.Name+"'")
		if got != c.want {
			t.Errorf("%+v: got %s, want %s", c.column, got, c.want)
		}
	}
	if _, err := e.Define(schema.Change{AddColumn: &schema.ColumnAdd{Table: public("t"), Column: schema.Column{Name: "n", Type: wide, Identity: true}}}); err == nil {
		t.Error("a column that numbers rows: got no error")
	}
}
