package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestChunksCoverEveryRowOnce(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `
		CREATE TABLE pair (a int, b text COLLATE "de-x-icu", v int, PRIMARY KEY (a, b));
		INSERT INTO pair SELECT i % 7, chr(65 + i % 50) || '''"\' || i, i FROM generate_series(1, 5000) i;
		CREATE TABLE german (k text COLLATE "de-x-icu" PRIMARY KEY, v int);
		INSERT INTO german SELECT x || i, i FROM generate_series(1, 1000) i, unnest(ARRAY['ä', 'a', 'Z', 'ß', 'ss', '-']) x;
		CREATE TABLE bytes (k text COLLATE "C" PRIMARY KEY, v int); INSERT INTO bytes SELECT k, v FROM german;
		CREATE TABLE moment (k timestamptz NOT NULL UNIQUE, v int);
		INSERT INTO moment SELECT 'epoch'::timestamptz + i * interval '1.000001 s', i FROM generate_series(-2000, 3000) i;
		INSERT INTO moment VALUES ('infinity', 0), ('-infinity', 0), ('0044-03-15 BC', 0);
		CREATE TABLE heap (v int); INSERT INTO heap SELECT * FROM generate_series(1, 20000);
		CREATE TABLE parted (k int PRIMARY KEY, v int) PARTITION BY RANGE (k);
		CREATE TABLE parted1 PARTITION OF parted FOR VALUES FROM (0) TO (4000); CREATE TABLE parted2 PARTITION OF parted DEFAULT;
		INSERT INTO parted SELECT i, i FROM generate_series(1, 9000) i;
		CREATE TABLE one (k int PRIMARY KEY, v int); INSERT INTO one VALUES (1, 1);
		CREATE TABLE none (k int PRIMARY KEY, v int)`)
	for _, c := range []struct {
		name       string
		positional bool
		more       bool // than one chunk
	}{
		{"pair", false, true}, {"german", false, true}, {"bytes", false, true}, {"moment", false, true}, {"parted", true, true},
		{"heap", true, true}, {"heap", false, false}, {"one", true, false}, {"none", true, false},
	} {
		for _, analyzed := range []bool{false, true} {
			if analyzed {
				testserver.Psql(t, dsn, "ANALYZE "+c.name)
			}
			source := table(t, e, c.name)
			snap, err := e.Snapshot(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			chunks, err := snap.(providers.Chunker).Chunks(t.Context(), source, 8192*4, c.positional)
			if err != nil {
				t.Fatalf("Chunks(%s): %v", c.name, err)
			}
			if (len(chunks) > 1) != c.more {
				t.Errorf("Chunks(%s): got %d chunks, want more than one: %t", c.name, len(chunks), c.more)
			}
			var got, want []string
			for _, chunk := range chunks {
				b, err := all(t.Context(), snap, providers.ReadSpec{Table: source.Ref, Columns: source.Columns, Chunk: &chunk})
				if err != nil {
					t.Fatalf("%s chunk %s: %v", c.name, chunk.Bounds, err)
				}
				n, err := snap.(providers.Counter).Count(t.Context(), providers.ReadSpec{Table: source.Ref, Chunk: &chunk})
				if err != nil || n != int64(b.Len()) {
					t.Errorf("%s chunk %s: Count is %d, %v, and Read gave %d rows", c.name, chunk.Bounds, n, err, b.Len())
				}
				for _, row := range texts(b) {
					got = append(got, strings.Join(row, "|"))
				}
			}
			whole, err := all(t.Context(), snap, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range texts(whole) {
				want = append(want, strings.Join(row, "|"))
			}
			if n := testserver.Psql(t, dsn, "SELECT count(*) FROM "+c.name); n != fmt.Sprint(len(want)) {
				t.Errorf("%s: a read without chunks gave %d rows, psql counts %s", c.name, len(want), n)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d chunks gave %d rows, want %d, each once", c.name, len(chunks), len(got), len(want))
			}
			if err := snap.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAllReadersOfASnapshotSeeOneMoment(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE account (id int PRIMARY KEY, sum int); INSERT INTO account SELECT i, 100 FROM generate_series(1, 100) i`)
	source := table(t, e, "account")
	snap, err := e.Snapshot(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	for round := range 5 {
		testserver.Psql(t, dsn, fmt.Sprintf(`UPDATE account SET sum = sum + 1; INSERT INTO account VALUES (%d, 0); DELETE FROM account WHERE id = %d`, 1000+round, round+1))
		b, err := all(t.Context(), snap, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
		if err != nil {
			t.Fatal(err)
		}
		total := int64(0)
		for _, x := range b.Vectors[1].Ints {
			total += x
		}
		if b.Len() != 100 || total != 10000 {
			t.Errorf("round %d: the snapshot shows %d rows with the sum %d, want 100 and 10000", round, b.Len(), total)
		}
	}
	later, err := e.Snapshot(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if later.Moment() == snap.Moment() {
		t.Errorf("two moments are both called %s", later.Moment())
	}
	b, err := all(t.Context(), later, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
	if err != nil || !slices.Contains(b.Vectors[0].Ints, 1004) {
		t.Errorf("a later snapshot does not show the later row: %v", err)
	}
	if err := errors.Join(later.Close(), snap.Close(), snap.Close()); err != nil {
		t.Error(err)
	}
	if _, err := snap.Read(t.Context(), providers.ReadSpec{Table: source.Ref, Columns: source.Columns}); err == nil {
		t.Error("a closed snapshot still reads")
	}
}

func TestNarrowedReads(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
		CREATE TABLE t (id int, name text COLLATE nocase, x double precision, at timestamptz, num numeric, day date);
		INSERT INTO t VALUES (1, 'a', 1.5, '2026-01-01Z', 1.50, '0044-03-15 BC'), (2, 'A', 'NaN', '2026-01-02Z', 'NaN', '12026-01-01'),
			(3, 'b', NULL, NULL, 2, NULL), (4, NULL, '-Infinity', 'infinity', 3, 'infinity'), (5, E'it''s \\ "q"', 0, '2026-01-03Z', 0, '2026-01-01')`)
	source := table(t, e, "t")
	column := func(name string) schema.Column { c, _ := source.Column(name); return c }
	by := func(name, op, value string) providers.ReadSpec {
		return providers.ReadSpec{Predicate: &schema.Predicate{And: []schema.Compare{{Column: name, Op: op, Value: value}}}}
	}
	cursor := func(name, after, upTo string) providers.ReadSpec {
		return providers.ReadSpec{Cursor: &providers.CursorRange{Column: column(name), After: after, UpTo: upTo}}
	}
	keys := func(names []string, rows ...[]string) providers.ReadSpec {
		var columns []schema.Column
		for _, n := range names {
			columns = append(columns, column(n))
		}
		return providers.ReadSpec{Keys: rowsOf(t, columns, rows...)}
	}
	for _, c := range []struct {
		name string
		spec providers.ReadSpec
		want string
	}{
		{"text by its bytes in spite of the collation", by("name", "=", "a"), "1"},
		{"text with quotes", by("name", "=", `it's \ "q"`), "5"},
		{"texts in the order of bytes", by("name", "<", "a"), "2"},
		{"a text that the server cannot hold", by("name", "=", "a\x00"), ""},
		{"NaN is not above anything", by("x", ">", "1"), "1"},
		{"NaN equals nothing", by("x", "=", "NaN"), ""},
		{"infinity in order", by("x", "<=", "-Infinity"), "4"},
		{"numeric by value", by("num", "=", "1.5"), "1"},
		{"null", by("at", "null", ""), "3"},
		{"not null", by("at", "notnull", ""), "1,2,4,5"},
		{"a date before Christ", by("day", "=", "-0043-03-15"), "1"},
		{"a year of five digits", by("day", ">=", "+12026-01-01"), "2,4"},
		{"infinite timestamps", by("at", "=", "infinity"), "4"},
		{"a cursor from the start takes nulls", cursor("at", "", "2026-01-02 00:00:00.000000Z"), "1,2,3"},
		{"a cursor above a bound", cursor("at", "2026-01-01 00:00:00.000000Z", "2026-01-03 00:00:00.000000Z"), "2,5"},
		{"a cursor without an end", cursor("id", "3", ""), "4,5"},
		{"keys, one of them twice", keys([]string{"id"}, []string{"1"}, []string{"5"}, []string{"1"}, []string{"99"}, []string{"<null>"}), "1,5"},
		{"composite keys with quotes", keys([]string{"id", "name"}, []string{"5", `it's \ "q"`}, []string{"1", "A"}), "5"},
		{"keys of dates and numbers", keys([]string{"day", "num"}, []string{"-0043-03-15", "1.5"}, []string{"infinity", "3"}), "1,4"},
		{"no keys", keys([]string{"id"}), ""},
	} {
		c.spec.Table, c.spec.Columns = source.Ref, source.Columns[:1]
		b, err := all(t.Context(), e, c.spec)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, row := range texts(b) {
			got = append(got, row[0])
		}
		slices.Sort(got)
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: got %s, want %s", c.name, strings.Join(got, ","), c.want)
		}
		if n, err := e.Count(t.Context(), c.spec); err != nil || int(n) != len(got) {
			t.Errorf("%s: Count is %d, %v; Read gave %d", c.name, n, err, len(got))
		}
	}
	if _, err := e.Position(t.Context(), source.Ref, column("x")); providers.ClassOf(err) != providers.BadValue {
		t.Errorf("Position of a column with NaN: got %v, want an error of class bad_value", err)
	}
	for name, want := range map[string]string{"id": "5", "at": "infinity", "day": "infinity"} {
		if got, err := e.Position(t.Context(), source.Ref, column(name)); err != nil || got != want {
			t.Errorf("Position(%s): got %q, %v, want %q", name, got, err, want)
		}
	}
	testserver.Psql(t, dsn, "TRUNCATE t")
	if got, err := e.Position(t.Context(), source.Ref, column("id")); err != nil || got != "" {
		t.Errorf("Position in an empty table: got %q, %v", got, err)
	}
}

func TestAReaderCanBeGivenUpAndCancelled(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE big (id int, filler text); INSERT INTO big SELECT i, repeat('x', 1000) FROM generate_series(1, 20000) i`)
	source := table(t, e, "big")
	spec := providers.ReadSpec{Table: source.Ref, Columns: source.Columns}
	b := batch.New(source.Columns, 1000)
	r, err := e.Read(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Next(t.Context(), b), r.Close()); err != nil {
		t.Errorf("a reader that is closed early: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	if r, err = e.Read(ctx, spec); err != nil {
		t.Fatal(err)
	}
	cancel(errors.New("enough"))
	for err == nil {
		err = r.Next(ctx, b)
	}
	if !errors.Is(context.Cause(ctx), err) && !errors.Is(err, context.Canceled) && providers.ClassOf(err) != providers.Unknown {
		t.Errorf("a cancelled read: got %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	whole, err := all(t.Context(), e, spec)
	if err != nil || whole.Len() != 20000 {
		t.Errorf("the next read: got %d rows, %v", whole.Len(), err)
	}
}

// What has come already makes no difference: without a look at the context chance decides between both.
func TestACancelledReadGivesNoRowsThatAreThere(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)")
	source := table(t, e, "t")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		r, err := e.Read(t.Context(), providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
		if err != nil {
			t.Fatal(err)
		}
		<-r.(*reader).rows.from.done // with all rows in hand
		if err := r.Next(ctx, batch.New(source.Columns, 0)); !errors.Is(err, context.Canceled) {
			t.Errorf("Next of a cancelled context: got %v, want %v", err, context.Canceled)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestASourceWhoseColumnChangedIsNotMisread(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE t (a bigint); INSERT INTO t VALUES (1)`)
	columns := table(t, e, "t").Columns
	testserver.Psql(t, dsn, `ALTER TABLE t ALTER a TYPE timestamp USING 'epoch'`)
	if _, err := all(t.Context(), e, providers.ReadSpec{Table: public("t"), Columns: columns}); providers.ClassOf(err) != providers.Unsupported {
		t.Errorf("got %v, want an error of class unsupported", err)
	}
}
