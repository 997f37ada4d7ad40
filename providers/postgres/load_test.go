package postgres

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestUpsertPutsRowsInPlaceAndDigestsWhatStood(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	for _, key := range []string{"id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "id int NOT NULL"} {
		testserver.Psql(t, dsn, `DROP TABLE IF EXISTS t; CREATE TABLE t (`+key+`, name text, doc json, own text DEFAULT 'kept');
			INSERT INTO t (id, name, doc) OVERRIDING SYSTEM VALUE VALUES (1, 'one', '{}'), (2, 'two', NULL), (3, NULL, '[1]')`)
		target := table(t, e, "t")
		s := spec(target, epoch, providers.Upsert)
		s.ChunkID, s.Columns, s.Key = key, target.Columns[:3], []string{"id"}
		stood, err := all(t.Context(), e, providers.ReadSpec{Table: s.Table, Columns: s.Columns, Keys: rowsOf(t, s.Columns[:1], []string{"2"}, []string{"3"})})
		if err != nil {
			t.Fatal(err)
		}
		c, err := put(t.Context(), e, s, rowsOf(t, s.Columns, []string{"2", "zwei", "<null>"}), rowsOf(t, s.Columns, []string{"3", "drei", "{}"}, []string{"4", "<null>", "<null>"}))
		if err != nil {
			t.Fatal(err)
		}
		if want := s.Hasher.Batch(stood, nil); c.Replaced != want {
			t.Errorf("Replaced: got %s, want %s", c.Replaced, want)
		}
		got := testserver.Psql(t, dsn, "SELECT id, name, doc, own FROM t ORDER BY id")
		if want := "1|one|{}|kept\n2|zwei||kept\n3|drei|{}|kept\n4|||kept"; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		for _, twice := range [][]string{{"7", "a", "<null>"}, {"<null>", "a", "<null>"}} {
			s.ChunkID = "twice"
			_, err = put(t.Context(), e, s, rowsOf(t, s.Columns, []string{"7", "b", "<null>"}, twice))
			if f := failure(err); twice[0] == "7" && (f.Class != providers.Conflict || !errors.Is(err, providers.ErrDuplicateKey)) || twice[0] != "7" && f.Class != providers.BadValue {
				t.Errorf("key %s: got class %q (%v)", twice[0], f.Class, err)
			}
		}
	}
}

func TestDeleteRemovesByKeyInTheChunksTransaction(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int, b text, v int, PRIMARY KEY (a, b)); INSERT INTO t SELECT i, 'k', i FROM generate_series(1, 5) i`)
	target := table(t, e, "t")
	s := spec(target, epoch, providers.Upsert)
	stood, err := all(t.Context(), e, providers.ReadSpec{Table: s.Table, Columns: s.Columns, Predicate: &schema.Predicate{And: []schema.Compare{{Column: "v", Op: "<=", Value: "3"}}}})
	if err != nil {
		t.Fatal(err)
	}
	keys := rowsOf(t, target.Columns[:2], []string{"1", "k"}, []string{"2", "k"}, []string{"2", "k"}, []string{"9", "k"}, []string{"5", "other"})
	run := func(commit bool) (c providers.ChunkRecord) {
		l, err := e.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(
			l.Write(t.Context(), rowsOf(t, s.Columns, []string{"3", "k", "33"})),
			l.(providers.Deleter).Delete(t.Context(), keys),
			l.Write(t.Context(), rowsOf(t, s.Columns, []string{"6", "k", "6"})),
			l.(providers.Deleter).Delete(t.Context(), rowsOf(t, target.Columns[:2])))
		if commit && err == nil {
			c, err = l.Commit(t.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: "c0"})
		}
		if err := errors.Join(err, l.Close()); err != nil {
			t.Fatal(err)
		}
		return c
	}
	run(false)
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM t"); got != "5" {
		t.Errorf("without Commit: got %s rows, want 5", got)
	}
	c := run(true)
	if got, want := testserver.Psql(t, dsn, "SELECT a, v FROM t ORDER BY a"), "3|33\n4|4\n5|5\n6|6"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if want := s.Hasher.Batch(stood, nil); c.Replaced != want {
		t.Errorf("Replaced: got %s, want %s", c.Replaced, want)
	}
}

func TestRowsAreCountedThroughTheWholeChunk(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int PRIMARY KEY, b text NOT NULL)`)
	target := table(t, e, "t")
	l, err := e.Load(t.Context(), spec(target, epoch, providers.Insert))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		l.Write(t.Context(), rowsOf(t, target.Columns, []string{"1", "x"}, []string{"2", "x"})),
		l.(providers.Deleter).Delete(t.Context(), rowsOf(t, target.Columns[:1], []string{"9"})),
		l.Write(t.Context(), rowsOf(t, target.Columns, []string{"3", "x"}, []string{"4", "<null>"})))
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Commit(t.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: "c0"})
	if f := failure(errors.Join(err, l.Close())); f.Row != "row 4 of the chunk" || f.Column != "b" {
		t.Errorf("got %q, column %q (%v), want row 4, column b", f.Row, f.Column, err)
	}
}

func TestAChunkIsCommittedOnceWithItsRecord(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int)`)
	target := table(t, e, "t")
	s := spec(target, epoch, providers.Insert)
	l, err := e.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	hash := s.Hasher.Batch(rowsOf(t, s.Columns, []string{"1"}, []string{"2"}), nil)
	want := providers.ChunkRecord{
		Run: "r", Mapping: "m", Chunk: "c0", N: 3, Bounds: `{}`, Epoch: epoch, Moment: "1:2:", Source: hash, Written: hash, Filtered: 4, Counts: map[string]int64{"ndoo": 3}, Rejected: 1, Bytes: 99,
	}
	rejects := []providers.Reject{{Key: "7", Field: "f", Rule: "r", Reason: "w"}}
	err = errors.Join(l.Write(t.Context(), rowsOf(t, s.Columns, []string{"1"})), l.Write(t.Context(), rowsOf(t, s.Columns)), l.Reject(t.Context(), rejects), l.Write(t.Context(), rowsOf(t, s.Columns, []string{"2"})))
	if err != nil {
		t.Fatal(err)
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM t"); got != "0" {
		t.Errorf("before Commit %s rows show", got)
	}
	stored, err := l.Commit(t.Context(), want)
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	all, err := ledger{e}.Recorded(t.Context(), "r", "m")
	if err != nil || len(all) != 1 || stored.Committed.IsZero() || !all[0].Committed.Equal(stored.Committed) {
		t.Fatalf("Recorded: got %v, %v", all, err)
	}
	got := all[0]
	want.Committed, got.Committed = stored.Committed, stored.Committed
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the record: got %+v, want %+v", got, want)
	}
	if got := testserver.Psql(t, dsn, "SELECT * FROM _migrateiq.reject"); got != "r|m|c0|1|7|f|r|w" {
		t.Errorf("the reject: got %s", got)
	}
	if _, err := put(t.Context(), e, s, rowsOf(t, s.Columns, []string{"3"})); failure(err).Class != providers.Ambiguous || !errors.Is(err, providers.ErrCommitted) {
		t.Errorf("the same chunk again: got %v, want ErrCommitted in an error of class ambiguous", err)
	}
	if got := testserver.Psql(t, dsn, "SELECT sum(a) FROM t"); got != "3" {
		t.Errorf("the sum is %s, want 3", got)
	}
}

func TestTrackedKeysAreThereOnceInARun(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int, b numeric)`)
	target := table(t, e, "t")
	s := spec(target, epoch, providers.Insert)
	s.Key, s.Track = []string{"b"}, true
	row := func(b string) *batch.Batch { return rowsOf(t, s.Columns, []string{"1", b}) }
	if _, err := put(t.Context(), e, s, row("1.5"), row("2")); err != nil {
		t.Fatal(err)
	}
	s.ChunkID = "c1"
	for _, again := range []*batch.Batch{row("1.50"), rowsOf(t, s.Columns, []string{"1", "3"}, []string{"1", "3"})} {
		if _, err := put(t.Context(), e, s, again); failure(err).Class != providers.Conflict || !errors.Is(err, providers.ErrDuplicateKey) {
			t.Errorf("a key twice: got %v, want ErrDuplicateKey", err)
		}
	}
	if _, err := put(t.Context(), e, s, row("3")); err != nil {
		t.Errorf("another key: %v", err)
	}
	s.ChunkID, s.Mode, s.Redo = "c0", providers.Upsert, "now"
	if _, err := put(t.Context(), e, s, row("1.5"), row("4")); err != nil {
		t.Errorf("a chunk redone: %v", err)
	}
	if err := (ledger{e}).Close(t.Context(), "r", "done", nil); err != nil {
		t.Fatal(err)
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM _migrateiq.written"); got != "0" {
		t.Errorf("after Close %s keys are kept", got)
	}
}

func TestATriggerThatDropsRowsIsNoticed(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.a = 2 THEN RETURN NULL; END IF; RETURN NEW; END';
		CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`)
	target := table(t, e, "t")
	for _, mode := range []providers.Mode{providers.Insert, providers.Upsert} {
		if _, err := put(t.Context(), e, spec(target, epoch, mode), rowsOf(t, target.Columns, []string{"1"}, []string{"2"})); err == nil {
			t.Errorf("%s: no error", mode)
		}
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM t"); got != "0" {
		t.Errorf("%s rows stand", got)
	}
}

func TestAKeyThatTheTableHoldsTwiceIsNoPlaceForARow(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int, v int); INSERT INTO t VALUES (1, 1), (1, 2)`)
	s := spec(table(t, e, "t"), epoch, providers.Upsert)
	s.Key = []string{"a"}
	_, err := put(t.Context(), e, s, rowsOf(t, s.Columns, []string{"1", "5"}))
	if f := failure(err); f.Class != providers.Conflict || !errors.Is(err, providers.ErrDuplicateKey) {
		t.Errorf("got class %q (%v), want a conflict with ErrDuplicateKey", f.Class, err)
	}
}

func TestTheFenceIsHeldUntilTheChunkIsCommitted(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int); CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN IF (SELECT xmax::text FROM _migrateiq.fence) = ''0'' THEN RAISE ''not held''; END IF; RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held()`)
	target := table(t, e, "t")
	if _, err := put(t.Context(), e, spec(target, epoch, providers.Insert), rowsOf(t, target.Columns, []string{"1"})); err != nil {
		t.Errorf("a chunk that fails unless the fence's row is locked at COMMIT: %v", err)
	}
}

func TestRowsOfTablesThatInheritAreLeftAlone(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int PRIMARY KEY, v int); CREATE TABLE heir () INHERITS (t); INSERT INTO t VALUES (1, 1); INSERT INTO heir VALUES (1, 7), (2, 8)`)
	target := table(t, e, "t")
	c, err := put(t.Context(), e, spec(target, epoch, providers.Upsert), rowsOf(t, target.Columns, []string{"1", "5"}, []string{"2", "6"}))
	if err != nil || c.Replaced.Rows != 1 {
		t.Fatalf("got %s, %v, want one row replaced", c.Replaced, err)
	}
	if got, want := testserver.Psql(t, dsn, "SELECT a, v FROM ONLY t ORDER BY a; SELECT a, v FROM heir ORDER BY a"), "1|5\n2|6\n1|7\n2|8"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	b, err := all(t.Context(), e, providers.ReadSpec{Table: target.Ref, Columns: target.Columns})
	if err != nil || b.Len() != 2 {
		t.Errorf("Read: got %d rows, %v, want the table's own 2", b.Len(), err)
	}
}

func TestRowsGoIntoPartitionsByTheirKey(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int PRIMARY KEY, v int) PARTITION BY RANGE (a); CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10);
		CREATE TABLE high PARTITION OF t FOR VALUES FROM (10) TO (20); INSERT INTO t VALUES (1, 1), (11, 1)`)
	target := table(t, e, "t")
	if _, err := put(t.Context(), e, spec(target, epoch, providers.Upsert), rowsOf(t, target.Columns, []string{"1", "2"}, []string{"12", "2"})); err != nil {
		t.Fatal(err)
	}
	if got, want := testserver.Psql(t, dsn, "SELECT tableoid::regclass, a, v FROM t ORDER BY a"), "low|1|2\nhigh|11|1\nhigh|12|2"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func benchmarkRows(b *testing.B) (*endpoint, string, schema.Table) {
	e, dsn := database(b)
	testserver.Psql(b, dsn, `CREATE TABLE source (id bigint, name text, at timestamptz, sum numeric(12,2), day date, ok boolean, x double precision, u uuid);
		INSERT INTO source SELECT i, 'name of row ' || i, 'epoch'::timestamptz + i * interval '1 minute', i / 7.0, 'epoch'::date + i % 9999, i % 2 = 0, sqrt(i), md5(i::text)::uuid
		FROM generate_series(1, 200000) i; CREATE UNLOGGED TABLE target (LIKE source)`)
	return e, dsn, table(b, e, "source")
}

// Each operation is 200,000 rows of eight columns.
func BenchmarkCopyOut(b *testing.B) {
	e, _, source := benchmarkRows(b)
	rows := batch.New(source.Columns, 0)
	b.ReportAllocs()
	for b.Loop() {
		r, err := e.Read(b.Context(), providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for r.Next(b.Context(), rows) == nil {
			n += rows.Len()
		}
		if err := r.Close(); err != nil || n != 200000 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkCopyIn(b *testing.B) {
	e, dsn, source := benchmarkRows(b)
	epoch := opened(b, e)
	rows, err := all(b.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
	if err != nil {
		b.Fatal(err)
	}
	target := table(b, e, "target")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s := spec(target, epoch, providers.Insert)
		n++
		s.ChunkID = fmt.Sprint(n)
		if _, err := put(b.Context(), e, s, rows); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		testserver.Psql(b, dsn, "TRUNCATE target")
		b.StartTimer()
	}
}
