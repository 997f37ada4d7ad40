package postgres

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// cut gives the chunks of a table, and demands that together they read what the whole table is, each row once.
func cut(t *testing.T, e *endpoint, dsn, name string, bytes int64) []providers.Chunk {
	t.Helper()
	source := table(t, e, name)
	snap, err := e.Snapshot(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := snap.Close(); err != nil {
			t.Error(err)
		}
	}()
	chunks, err := snap.(providers.Chunker).Chunks(t.Context(), source, bytes, true)
	if err != nil {
		t.Fatalf("Chunks(%s): %v", name, err)
	}
	var got []string
	for i, c := range chunks {
		if c.N != i {
			t.Errorf("%s: chunk %d has the number %d", name, i, c.N)
		}
		b, err := all(t.Context(), snap, providers.ReadSpec{Table: source.Ref, Columns: source.Columns, Chunk: &c})
		if err != nil {
			t.Fatalf("%s chunk %s: %v", name, c.Bounds, err)
		}
		for _, row := range texts(b) {
			got = append(got, strings.Join(row, "|"))
		}
	}
	only := ""
	if testserver.Psql(t, dsn, "SELECT relkind FROM pg_class WHERE oid = '"+name+"'::regclass") == "r" {
		only = "ONLY "
	}
	var want []string
	if all := testserver.Psql(t, dsn, "SELECT * FROM "+only+name, "-P", "null=<null>"); all != "" {
		want = strings.Split(all, "\n")
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d chunks gave %d rows, want the %d that psql shows, each once", name, len(chunks), len(got), len(want))
	}
	return chunks
}

func TestChunksOfPartitionsCoverEveryRowOnce(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE SCHEMA other;
		CREATE TABLE ranged (k int, v text) PARTITION BY RANGE (k);
		CREATE TABLE ranged1 PARTITION OF ranged FOR VALUES FROM (0) TO (100); CREATE TABLE other.ranged2 PARTITION OF ranged FOR VALUES FROM (100) TO (9000);
		CREATE TABLE ranged3 PARTITION OF ranged FOR VALUES FROM (9000) TO (9001); CREATE TABLE ranged4 PARTITION OF ranged DEFAULT;
		CREATE TABLE listed (k text, v int) PARTITION BY LIST (k);
		CREATE TABLE listed1 PARTITION OF listed FOR VALUES IN ('k1', 'k2'); CREATE TABLE listed2 PARTITION OF listed FOR VALUES IN (NULL); CREATE TABLE listed3 PARTITION OF listed DEFAULT;
		CREATE TABLE hashed (k int, v text) PARTITION BY HASH (k);
		CREATE TABLE hashed0 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0); CREATE TABLE hashed1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
		CREATE TABLE other.hashed2 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
		CREATE TABLE nested (k int, v text) PARTITION BY RANGE (k);
		CREATE TABLE nested1 PARTITION OF nested FOR VALUES FROM (0) TO (5000) PARTITION BY HASH (v);
		CREATE TABLE nested1a PARTITION OF nested1 FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE other.nested1b (v text, gone int, k int);
		ALTER TABLE other.nested1b DROP COLUMN gone; ALTER TABLE nested1 ATTACH PARTITION other.nested1b FOR VALUES WITH (MODULUS 2, REMAINDER 1);
		CREATE TABLE nested2 PARTITION OF nested DEFAULT;
		CREATE TABLE keyed (k int, day date, v text, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
		CREATE TABLE keyed1 PARTITION OF keyed FOR VALUES FROM ('2026-01-01') TO ('2026-06-01'); CREATE TABLE other.keyed2 PARTITION OF keyed DEFAULT;
		CREATE TABLE bare (k int, v text) PARTITION BY LIST (k); CREATE TABLE bare1 PARTITION OF bare DEFAULT;
		CREATE TABLE parent (k int, v text); CREATE TABLE child () INHERITS (parent); CREATE TABLE other.grandchild () INHERITS (child);
		INSERT INTO ranged SELECT i, repeat('x', i % 90) FROM generate_series(-3000, 9500) i; INSERT INTO ranged VALUES (NULL, 'null');
		INSERT INTO listed SELECT CASE WHEN i % 5 < 4 THEN 'k' || i % 5 END, i FROM generate_series(1, 20000) i;
		INSERT INTO hashed SELECT i, repeat('y', i % 50) FROM generate_series(1, 20000) i;
		INSERT INTO nested SELECT i, repeat('z', i % 70) FROM generate_series(0, 9000) i; DELETE FROM nested WHERE k % 3 = 0;
		INSERT INTO keyed SELECT i, '2026-01-01'::date + i % 300, repeat('z', i % 70) FROM generate_series(0, 20000) i;
		INSERT INTO parent SELECT i, 'parent' FROM generate_series(1, 9000) i; INSERT INTO child SELECT i, 'child' FROM generate_series(1, 9000) i; INSERT INTO other.grandchild VALUES (1, 'grandchild')`)
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			testserver.Psql(t, dsn, "ANALYZE")
		}
		for name, more := range map[string]bool{"ranged": true, "listed": true, "hashed": true, "nested": true, "keyed": true, "parent": true, "child": true, "ranged1": false, "bare": false} {
			chunks := cut(t, e, dsn, name, 5*8192)
			if (len(chunks) > 4) != more {
				t.Errorf("%s: got %d chunks, want more than four: %t", name, len(chunks), more)
			}
			if positional := name != "keyed" && more; len(chunks) > 0 && chunks[0].Positional != positional {
				t.Errorf("%s: chunks by position: got %t, want %t", name, chunks[0].Positional, positional)
			}
		}
	}
	source := table(t, e, "nested")
	chunks := cut(t, e, dsn, "nested", 5*8192)
	rel := &relation{ref: source.Ref, kind: "p"}
	from, err := e.rows(rel, providers.ReadSpec{Table: source.Ref, Chunk: &chunks[1]})
	if err != nil {
		t.Fatal(err)
	}
	explained := testserver.Psql(t, dsn, "EXPLAIN (COSTS OFF) SELECT count(*) "+from)
	if strings.Count(explained, "Tid Range Scan") != 3 || strings.Contains(explained, "Seq Scan") {
		t.Errorf("a chunk in the middle is read by\n%s\nwant a Tid Range Scan of each of the three leaves", explained)
	}
}

func TestTheCutsOfALargeTableComeFromASampleAndAreEven(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE UNLOGGED TABLE large (id bigint, day date, v text); INSERT INTO large SELECT i * 3, '2026-01-01'::date + (i % 30)::int, repeat('x', 60) FROM generate_series(1, 600000) i;
		ALTER TABLE large ADD PRIMARY KEY (id, day);
		CREATE UNLOGGED TABLE empty (id bigint, v text); INSERT INTO empty SELECT i, repeat('x', 60) FROM generate_series(1, 600000) i; DELETE FROM empty; INSERT INTO empty VALUES (1, 'a'), (2, 'b');
		ALTER TABLE empty ADD PRIMARY KEY (id)`)
	source := table(t, e, "large")
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			testserver.Psql(t, dsn, "ANALYZE large")
		}
		var m size
		err := e.now().with(t.Context(), func(x *tx) error {
			rel, err := find(t.Context(), x, source.Ref)
			if err == nil {
				m, err = measure(t.Context(), x, rel)
			}
			return err
		})
		if err != nil || m.pages <= exactPages || m.rows < 540_000 || m.rows > 660_000 {
			t.Fatalf("analyzed %t: got %d pages and %d rows, %v, want more than %d pages and about 600000 rows", analyzed, m.pages, m.rows, err, exactPages)
		}
		chunks := cut(t, e, dsn, "large", m.bytes/20)
		if len(chunks) < 19 || len(chunks) > 22 {
			t.Errorf("analyzed %t: got %d chunks, want about 20", analyzed, len(chunks))
		}
		for _, c := range chunks[:len(chunks)-1] {
			n, err := e.Count(t.Context(), providers.ReadSpec{Table: source.Ref, Chunk: &c})
			if err != nil || n < 5_000 || n > 90_000 {
				t.Errorf("analyzed %t: chunk %s has %d rows, %v, want about 30000", analyzed, c.Bounds, n, err)
			}
		}
	}
	cut(t, e, dsn, "empty", 8<<20)
}

func TestChunksGrowWithTheTableAndStayFew(t *testing.T) {
	for _, c := range []struct {
		name        string
		m           size
		least, most int64 // bytes of a chunk
		fewer       int64 // chunks than so many
		rows        int64 // of a chunk at most
	}{
		{"a table of 1 GB", size{bytes: 1 << 30, rows: 10_000_000}, 8 << 20, 8 << 20, 200, 1 << 20},
		{"a table of 100 million rows", size{bytes: 10 << 30, rows: 100_000_000}, 8 << 20, 8 << 20, 2000, 1 << 20},
		{"a table of 1 TB", size{bytes: 1 << 40, rows: 1_000_000_000}, 256 << 20, 512 << 20, 4100, 1 << 20},
		{"a table of 1 TB of narrow rows", size{bytes: 1 << 40, rows: 25_000_000_000}, 8 << 20, 64 << 20, 30_000, 1 << 20},
		{"a table of 10 TB", size{bytes: 10 << 40, rows: 10_000_000_000}, 256 << 20, 256 << 20, 41_000, 1 << 20},
	} {
		got := c.m.chunk(8 << 20)
		if got < c.least || got > c.most || c.m.bytes/got > c.fewer || got*(c.m.rows>>10)/(c.m.bytes>>10) > c.rows {
			t.Errorf("%s: chunks of %d bytes, %d of them, of %d rows", c.name, got, c.m.bytes/got, got*(c.m.rows>>10)/(c.m.bytes>>10))
		}
	}
}

// Property: whatever the lengths of the partitions, ranges of pages follow each other from the first page on without end.
func TestRangesOfPagesLeaveNothingOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := size{leaves: rapid.SliceOfN(rapid.Int64Range(0, 3000), 0, 40).Draw(t, "leaves"), rows: 100_000}
		slices.Sort(m.leaves)
		for _, n := range m.leaves {
			m.pages += n
		}
		m.bytes = max(1, m.pages*8192)
		bytes := rapid.Int64Range(1, 1<<22).Draw(t, "bytes")
		chunks, err := byPage(m, bytes)
		if err != nil || len(chunks) == 0 {
			t.Fatalf("got %d chunks, %v", len(chunks), err)
		}
		var at int64
		for i, c := range chunks {
			want, err := limits{From: at, To: at + 1}.text()
			if err != nil {
				t.Fatal(err)
			}
			var from, to int64 = 0, math.MaxInt64
			if strings.Contains(c.Bounds, "from") {
				_, err = fmt.Sscanf(c.Bounds[strings.Index(c.Bounds, `"from":`):], `"from":%d`, &from)
			}
			if strings.Contains(c.Bounds, `"to"`) && err == nil {
				_, err = fmt.Sscanf(c.Bounds[strings.Index(c.Bounds, `"to":`):], `"to":%d`, &to)
			}
			if err != nil || from != at || to <= from || (to == math.MaxInt64) != (i == len(chunks)-1) {
				t.Fatalf("chunk %d of %d is %s, %v, want it to begin as %s does", i, len(chunks), c.Bounds, err, want)
			}
			at = to
		}
	})
}
