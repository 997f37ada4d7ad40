package postgres

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// keyed are tables whose keys are of types that are not plain. The extensions lie in a schema that no search path leads to.
const keyed = `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE EXTENSION ltree SCHEMA ext;
CREATE TYPE mood AS ENUM ('z', 'y', 'x', 'w'); CREATE DOMAIN code AS varchar(9); CREATE DOMAIN soft AS ext.citext; CREATE TYPE two AS (a int, b text);
CREATE TABLE k_citext (k ext.citext PRIMARY KEY, v int); INSERT INTO k_citext SELECT chr(CASE WHEN n % 2 = 0 THEN 65 ELSE 97 END + n / 30) || n, n FROM generate_series(1, 600) n;
CREATE TABLE k_soft (k soft PRIMARY KEY, v int); INSERT INTO k_soft SELECT k, v FROM k_citext;
CREATE TABLE k_ltree (k ext.ltree PRIMARY KEY, v int); INSERT INTO k_ltree SELECT ('a.b' || n)::ext.ltree, n FROM generate_series(1, 600) n;
CREATE TABLE k_pair (k ext.citext, m mood, n int, v int, PRIMARY KEY (k, m, n)); INSERT INTO k_pair SELECT chr(65 + n % 3 + 32 * (n % 2)), (ARRAY['w', 'x', 'y', 'z'])[n % 4 + 1]::mood, n, n FROM generate_series(1, 600) n;
CREATE TABLE k_enum (m mood, n int, v int, PRIMARY KEY (m, n)); INSERT INTO k_enum SELECT m, n, v FROM k_pair;
CREATE TABLE k_inet (k inet PRIMARY KEY, v int); INSERT INTO k_inet SELECT '10.0.0.0'::inet + n, n FROM generate_series(1, 600) n;
CREATE TABLE k_char (k character(5) PRIMARY KEY, v int); INSERT INTO k_char SELECT n::text, n FROM generate_series(1, 600) n;
CREATE TABLE k_code (k code PRIMARY KEY, v int); INSERT INTO k_code SELECT n::text, n FROM generate_series(1, 600) n;
CREATE TABLE k_name (k name PRIMARY KEY, v int); INSERT INTO k_name SELECT n::text, n FROM generate_series(1, 600) n;
CREATE TABLE k_array (k int[] PRIMARY KEY, v int); INSERT INTO k_array SELECT ARRAY[n / 10, n], n FROM generate_series(1, 600) n;
CREATE TABLE k_range (k int4range PRIMARY KEY, v int); INSERT INTO k_range SELECT int4range(n, NULL), n FROM generate_series(1, 600) n;
CREATE TABLE k_row (k two PRIMARY KEY, v int); INSERT INTO k_row SELECT (n, 'a"' || n)::two, n FROM generate_series(1, 600) n;
CREATE TABLE k_jsonb (k jsonb PRIMARY KEY, v int); INSERT INTO k_jsonb SELECT to_jsonb(n), n FROM generate_series(1, 600) n;
CREATE TABLE k_timetz (k timetz PRIMARY KEY, v int); INSERT INTO k_timetz SELECT '00:00+01'::timetz + n * interval '1 min', n FROM generate_series(1, 600) n;
CREATE TABLE k_bit (k varbit PRIMARY KEY, v int); INSERT INTO k_bit SELECT n::bit(12), n FROM generate_series(1, 600) n;
CREATE TABLE k_date (k date, t timestamptz, v int, PRIMARY KEY (k, t)); INSERT INTO k_date SELECT '2020-01-01'::date + n / 7, now() + n * interval '1 s', n FROM generate_series(1, 600) n;`

func keyTables() []string {
	return []string{"k_citext", "k_soft", "k_ltree", "k_pair", "k_enum", "k_inet", "k_char", "k_code", "k_name", "k_array", "k_range", "k_row", "k_jsonb", "k_timetz", "k_bit", "k_date"}
}

func TestChunksByKeysOfAnyTypeHaveEveryRowOnce(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, keyed)
	for _, name := range keyTables() {
		source := table(t, e, name)
		chunks, err := e.Chunks(t.Context(), source, 8192, false)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(chunks) < 3 {
			t.Fatalf("%s: got %d chunks, want several", name, len(chunks))
		}
		var seen []string
		for i := range chunks {
			rows, err := all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns, Chunk: &chunks[i]})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, row := range texts(rows) {
				seen = append(seen, row[len(row)-1])
			}
		}
		slices.Sort(seen)
		if n := len(slices.Compact(seen)); n != 600 || len(seen) != 600 {
			t.Errorf("%s: the chunks have %d rows, %d different ones; want 600", name, len(seen), n)
		}
	}
}

func TestACursorOfAnyTypeGoesByTheServersOrder(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, keyed)
	for _, name := range keyTables() {
		source := table(t, e, name)
		c := source.Columns[0]
		top, err := e.Position(t.Context(), source.Ref, c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range []struct {
			after, upTo string
			want        int64
		}{{"", top, 600}, {top, "", 0}} {
			n, err := e.Count(t.Context(), providers.ReadSpec{Table: source.Ref, Cursor: &providers.CursorRange{Column: c, After: r.after, UpTo: r.upTo}})
			if err != nil || n != r.want {
				t.Errorf("%s: %d rows above %q up to %q, %v; want %d", name, n, r.after, r.upTo, err, r.want)
			}
		}
	}
	testserver.Psql(t, dsn, "CREATE TABLE unordered (p point, x xml, j json)")
	for _, c := range table(t, e, "unordered").Columns {
		if _, err := e.Position(t.Context(), public("unordered"), c); providers.ClassOf(err) != providers.Unsupported {
			t.Errorf("Position by %s: got %v, want an error of class unsupported", c.Type, err)
		}
	}
}

// TestKeysOfAnyTypeFindTheirRows reads by key, upserts by key and deletes by key.
func TestKeysOfAnyTypeFindTheirRows(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, keyed)
	for _, name := range keyTables() {
		source := table(t, e, name)
		rows, err := all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
		if err != nil {
			t.Fatal(err)
		}
		some := batch.New(source.Columns, 0)
		for i := range 10 {
			some.AppendRow(rows, i*7)
		}
		keys := batch.New(source.Columns[:len(source.Columns)-1], 0)
		copy(keys.Vectors, some.Vectors)
		found, err := all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns, Keys: keys})
		if err != nil || found.Len() != 10 {
			t.Errorf("%s: %d rows for 10 keys, %v", name, found.Len(), err)
			continue
		}
		v := len(source.Columns) - 1
		for i := range 10 {
			some.Vectors[v].Ints[i] += 1000
		}
		s := spec(source, epoch, providers.Upsert)
		s.ChunkID = name
		if _, err := put(t.Context(), e, s, some); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := testserver.Psql(t, dsn, "SELECT count(*), count(*) FILTER (WHERE v > 1000) FROM "+name); got != "600|10" {
			t.Errorf("%s: after an upsert of 10 rows there are %s, want 600|10", name, got)
		}
		s.ChunkID = name + "d"
		l, err := e.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.(providers.Deleter).Delete(t.Context(), keys); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := l.Commit(t.Context(), providers.ChunkRecord{Run: s.Run, Mapping: s.Mapping, Chunk: s.ChunkID, Epoch: s.Epoch}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if got := testserver.Psql(t, dsn, "SELECT count(*), count(*) FILTER (WHERE v > 1000) FROM "+name); got != "590|0" {
			t.Errorf("%s: after a delete of 10 rows there are %s, want 590|0", name, got)
		}
	}
}

func TestAnUpsertByCitextWritesTheKeyAsTheSourceHasIt(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE EXTENSION citext; CREATE TABLE t (k citext PRIMARY KEY, v int); INSERT INTO t VALUES ('ABC', 1)`)
	target := table(t, e, "t")
	s := spec(target, epoch, providers.Upsert)
	rows := batch.New(target.Columns, 0)
	rows.Vectors[0].AppendString("abc")
	rows.Vectors[1].AppendInt(2)
	if _, err := put(t.Context(), e, s, rows); err != nil {
		t.Fatal(err)
	}
	if got := testserver.Psql(t, dsn, "SELECT k, v FROM t"); got != "abc|2" {
		t.Errorf("got %s, want abc|2", got)
	}
	s.Track = true
	if _, err := e.Load(t.Context(), s); providers.ClassOf(err) != providers.Unsupported {
		t.Errorf("a tracked key of citext: got %v, want an error of class unsupported", err)
	}
}

func TestAKeyWithoutEqualityIsRefused(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE TABLE t (p point, j json, x xml)")
	for _, key := range []string{"p", "j", "x"} {
		s := spec(table(t, e, "t"), epoch, providers.Upsert)
		s.Key = []string{key}
		if _, err := e.Load(t.Context(), s); providers.ClassOf(err) != providers.Unsupported || failure(err).Column != key {
			t.Errorf("an upsert by %s: got %v, want an error of class unsupported", key, err)
		}
	}
}

func TestJoinsByTypesThatAreNotPlain(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, keyed+"CREATE TABLE base (c ext.citext, l ext.ltree, i inet, d soft, n int); INSERT INTO base VALUES ('B31', 'a.b7', '10.0.0.9', 'b31', 1)")
	base := table(t, e, "base")
	for _, j := range [][2]string{{"c", "k_citext"}, {"l", "k_ltree"}, {"i", "k_inet"}, {"d", "k_soft"}, {"d", "k_citext"}} {
		join := providers.Join{Name: "j", Table: public(j[1]), On: [][2]string{{j[0], "k"}}}
		column := schema.Column{Name: "j.v", Type: schema.Type{Kind: schema.Int32}, Null: true}
		rows, err := all(t.Context(), e, providers.ReadSpec{Table: base.Ref, Columns: []schema.Column{column}, Joins: []providers.Join{join}})
		if err != nil {
			t.Errorf("%v: %v", j, err)
			continue
		}
		want := testserver.Psql(t, dsn, fmt.Sprintf("SET search_path = public, ext; SELECT v FROM base b JOIN %s k ON k.k = b.%s", j[1], j[0]))
		if got := strings.Join(texts(rows)[0], ""); got != want || want == "" {
			t.Errorf("%v: got %s, want %s", j, got, want)
		}
	}
	join := providers.Join{Name: "j", Table: public("k_inet"), On: [][2]string{{"c", "k"}}}
	if _, err := e.Equality(t.Context(), base.Ref, join); providers.ClassOf(err) != providers.Unsupported {
		t.Errorf("a join of citext with inet: got %v, want an error of class unsupported", err)
	}
}
