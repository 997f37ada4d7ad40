package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// chunks: tables of every shape of key, cut small and large.
func chunks(t *testing.T, s Suite) {
	pad := schema.Type{Kind: schema.String}
	for _, c := range []struct {
		name  string
		key   []string
		pairs []any
		row   func(r *rand.Rand, b *batch.Batch, i int)
	}{
		{"a number as key", []string{"k"}, []any{"k", wide, "v", pad}, func(r *rand.Rand, b *batch.Batch, i int) {
			b.Vectors[0].AppendInt(int64(i*i) - 5000)
			filler(r, b, 1)
		}},
		{"a text as key", []string{"k"}, []any{"k", schema.Type{Kind: schema.String, Length: 60}, "v", pad}, func(r *rand.Rand, b *batch.Batch, i int) {
			b.Vectors[0].AppendString(fmt.Sprintf("%s'%d", []string{"a", "A", "é", "z ", "日"}[i%5], i))
			filler(r, b, 1)
		}},
		{"two columns as key", []string{"k", "l"}, []any{"k", wide, "v", pad, "l", schema.Type{Kind: schema.String, Length: 60}}, func(r *rand.Rand, b *batch.Batch, i int) {
			b.Vectors[0].AppendInt(int64(i / 40))
			filler(r, b, 1)
			b.Vectors[2].AppendString(fmt.Sprintf("%03d", i%40))
		}},
		{"no key", nil, []any{"k", wide, "v", pad}, func(r *rand.Rand, b *batch.Batch, i int) {
			b.Vectors[0].AppendInt(int64(i % 3))
			filler(r, b, 1)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := schema.Table{Ref: schema.Ref{Schema: s.Schema, Name: "cut"}, Columns: columns(c.key, c.pairs...)}
			if c.key != nil {
				table.Primary = &schema.Key{Columns: c.key, Unique: true}
			}
			b, r := batch.New(table.Columns, 64<<20), rand.New(rand.NewPCG(1, 2))
			for i := range 1000 {
				c.row(r, b, i)
			}
			sys, made := filled(t, s, table, b)
			chunker := need[providers.Chunker](t, sys.e)
			for _, size := range []int64{1, 3000, 20000, 1 << 40} {
				for _, positional := range []bool{false, true} {
					got, err := chunker.Chunks(t.Context(), made, size, positional)
					check(t, "chunks", err)
					covered(t, sys, made, got, positional, of(b, nil))
				}
			}
		})
	}
}

func filler(r *rand.Rand, b *batch.Batch, c int) {
	if r.IntN(10) == 0 {
		b.Vectors[c].AppendNull()
		return
	}
	b.Vectors[c].AppendString(fmt.Sprintf("%*d", 1+r.IntN(60), r.IntN(1000)))
}

func covered(t *testing.T, sys *system, made schema.Table, list []providers.Chunk, positional bool, want rows) {
	t.Helper()
	got := rows{}
	count, counts := providers.As[providers.Counter](sys.e)
	for n, c := range list {
		if c.N != n {
			t.Fatalf("chunk %d of the list has the number %d", n, c.N)
		}
		if c.Positional && !positional {
			t.Fatal("a positional chunk was not allowed")
		}
		spec := providers.ReadSpec{Table: made.Ref, Columns: made.Columns, Chunk: &c}
		part := sys.read(spec)
		if counts {
			k, err := count.Count(t.Context(), spec)
			check(t, "count", err)
			if k != int64(part.len()) {
				t.Fatalf("chunk %d: Count says %d, Read gives %d", n, k, part.len())
			}
		}
		for k, v := range part {
			got[k] += v
		}
	}
	same(t, fmt.Sprintf("%d chunks together", len(list)), got, want)
}

// filters asks for parts of a table and compares with what the parts should be.
func filters(t *testing.T, s Suite) {
	decimal := schema.Type{Kind: schema.Decimal, Precision: 9, Scale: 2}
	moment := schema.Type{Kind: schema.Timestamp, Precision: 6}
	table := schema.Table{
		Ref:     schema.Ref{Schema: s.Schema, Name: "filtered"},
		Columns: columns([]string{"id"}, "id", wide, "n", wide, "d", decimal, "at", moment, "name", text),
		Primary: &schema.Key{Columns: []string{"id"}, Unique: true},
	}
	b := batch.New(table.Columns, 64<<20)
	for i := range int64(500) {
		b.Vectors[0].AppendInt(i)
		for c, x := range []string{fmt.Sprint(i % 20), fmt.Sprintf("%d.%02d", i%15-7, i%100), fmt.Sprintf("2024-01-%02d 10:00:00.%06d", 1+i%28, i), fmt.Sprintf("N%d", i%9)} {
			if i%11 == int64(c) {
				b.Vectors[c+1].AppendNull()
				continue
			}
			check(t, "parse", batch.Parse(&b.Vectors[c+1], table.Columns[c+1].Type, []byte(x)))
		}
	}
	sys, made := filled(t, s, table, b)
	asked := func(name string, narrow func(*providers.ReadSpec), pass func(i int) bool) {
		t.Helper()
		spec := providers.ReadSpec{Table: made.Ref, Columns: made.Columns}
		narrow(&spec)
		same(t, name, sys.read(spec), of(b, pass))
		if count, ok := providers.As[providers.Counter](sys.e); ok {
			n, err := count.Count(t.Context(), spec)
			check(t, "count", err)
			if want := of(b, pass).len(); n != int64(want) {
				t.Errorf("%s: Count says %d, want %d", name, n, want)
			}
		}
	}
	n, d, at := &b.Vectors[1], &b.Vectors[2], &b.Vectors[3]
	cursor := func(col int, after, upTo string) func(*providers.ReadSpec) {
		return func(r *providers.ReadSpec) {
			r.Cursor = &providers.CursorRange{Column: made.Columns[col], After: after, UpTo: upTo}
		}
	}
	asked("a cursor above 5 up to 12", cursor(1, "5", "12"), func(i int) bool { return !n.Null(i) && n.Ints[i] > 5 && n.Ints[i] <= 12 })
	asked("a cursor up to 12 and nulls", cursor(1, "", "12"), func(i int) bool { return n.Null(i) || n.Ints[i] <= 12 })
	asked("a cursor above 5", cursor(1, "5", ""), func(i int) bool { return !n.Null(i) && n.Ints[i] > 5 })
	mark := "2024-01-15 10:00:00.000200"
	v := batch.NewVector(moment)
	check(t, "parse", batch.Parse(&v, moment, []byte(mark)))
	asked("a cursor of times", cursor(3, mark, ""), func(i int) bool { return !at.Null(i) && at.Ints[i] > v.Ints[0] })
	where := func(col, op, value string) func(*providers.ReadSpec) {
		return func(r *providers.ReadSpec) {
			r.Predicate = &schema.Predicate{And: []schema.Compare{{Column: col, Op: op, Value: value}}}
		}
	}
	if s.Fill == nil {
		asked("n = 3", where("n", "=", "3"), func(i int) bool { return !n.Null(i) && n.Ints[i] == 3 })
		asked("n >= 3", where("n", ">=", "3"), func(i int) bool { return !n.Null(i) && n.Ints[i] >= 3 })
		asked("d is null", where("d", "null", ""), d.Null)
		asked("d is not null", where("d", "notnull", ""), func(i int) bool { return !d.Null(i) })
		asked("name = N4", where("name", "=", "N4"), func(i int) bool { x := &b.Vectors[4]; return !x.Null(i) && string(x.Blob(i)) == "N4" })
		keyed(t, sys, made, b)
	}
	if p, ok := providers.As[providers.Positioner](sys.e); ok {
		got, err := p.Position(t.Context(), made.Ref, made.Columns[1])
		if err != nil || got != "19" {
			t.Errorf("Position: got %q, %v, want 19", got, err)
		}
		if got, err = p.Position(t.Context(), made.Ref, made.Columns[3]); err != nil || got != "2024-01-28 10:00:00.000447" {
			t.Errorf("Position of times: got %q, %v", got, err)
		}
	}
}

func keyed(t *testing.T, sys *system, made schema.Table, b *batch.Batch) {
	t.Helper()
	for _, cols := range [][]int{{0}, {1}, {2, 4}, {3}} {
		var key []schema.Column
		for _, c := range cols {
			key = append(key, made.Columns[c])
		}
		want, keys := map[string]bool{}, batch.New(key, 0)
		canon := func(from *batch.Batch, at []int, i int) (string, bool) {
			var buf []byte
			for _, c := range at {
				if from.Vectors[c].Null(i) {
					return "", false
				}
				buf = batch.AppendCanonical(buf, from.Columns[c].Type, &from.Vectors[c], i)
			}
			return string(buf), true
		}
		for i := 0; i < b.Len(); i += 3 {
			for k, c := range cols {
				keys.Vectors[k].AppendFrom(&b.Vectors[c], i)
			}
			if x, ok := canon(b, cols, i); ok {
				want[x] = true
			}
		}
		spec := providers.ReadSpec{Table: made.Ref, Columns: made.Columns, Keys: keys}
		same(t, fmt.Sprintf("rows by keys of %d columns", len(cols)), sys.read(spec), of(b, func(i int) bool { x, ok := canon(b, cols, i); return ok && want[x] }))
	}
}

func readers(t *testing.T, s Suite) {
	table := (&system{Suite: s}).simple("read")
	b := numbered(table, 0, 2000)
	sys, made := filled(t, s, table, b)
	src := need[providers.Source](t, sys.e)
	spec := providers.ReadSpec{Table: made.Ref, Columns: made.Columns}
	r, err := src.Read(t.Context(), spec)
	check(t, "read", err)
	into := batch.New(made.Columns, 2<<10)
	into.AppendRow(b, 0)
	batches, n := 0, 0
	for {
		err := r.Next(t.Context(), into)
		if err == io.EOF {
			break
		}
		check(t, "next", err)
		if batches++; into.Len() == 0 {
			t.Fatal("Next gave no rows and no EOF")
		}
		n += into.Len()
	}
	if n != b.Len() || batches < 2 {
		t.Errorf("got %d rows in %d batches, want %d in several", n, batches, b.Len())
	}
	if err := r.Next(t.Context(), into); err != io.EOF || into.Len() != 0 {
		t.Errorf("Next after the end: got %v and %d rows, want EOF and none", err, into.Len())
	}
	check(t, "close", r.Close())
	check(t, "close again", r.Close())
	r, err = src.Read(t.Context(), spec)
	check(t, "read", err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Next(ctx, into); !errors.Is(err, context.Canceled) {
		t.Errorf("Next of a cancelled context: got %v, want %v", err, context.Canceled)
	}
	check(t, "close", r.Close())
	_, err = src.Read(t.Context(), providers.ReadSpec{Table: schema.Ref{Schema: s.Schema, Name: "absent"}, Columns: made.Columns})
	wantClass(t, "a table that is not there", err, providers.NotFound)
	if ins, ok := providers.As[providers.Inspector](sys.e); ok {
		cat, err := ins.Inspect(t.Context(), []schema.Ref{{Schema: s.Schema, Name: "absent"}})
		if err != nil || len(cat.Tables) != 0 {
			t.Errorf("Inspect of a table that is not there: got %v, %v, want an empty catalog", cat, err)
		}
	}
}

func moments(t *testing.T, s Suite) {
	table := (&system{Suite: s}).simple("moment")
	b := numbered(table, 0, 100)
	sys, made := filled(t, s, table, b)
	snap, err := need[providers.Snapshotter](t, sys.e).Snapshot(t.Context(), 3)
	check(t, "snapshot", err)
	spec := providers.ReadSpec{Table: made.Ref, Columns: made.Columns}
	got, err := read(snap, spec)
	check(t, "read", err)
	same(t, "rows at the moment", got, of(b, nil))
	later := of(b, nil)
	if s.Fill == nil {
		more := numbered(made, 100, 200)
		if _, err := sys.load(sys.spec(made, 1), more); err == nil {
			for i := range more.Len() {
				later.add(more, i)
			}
		} else {
			wantClass(t, "loading while a snapshot is open", err, providers.Transient)
		}
	}
	for range 5 {
		got, err := read(snap, spec)
		check(t, "read", err)
		same(t, "rows at the moment, later", got, of(b, nil))
	}
	if snap.Moment() == "" {
		t.Error("Moment: got no name")
	}
	check(t, "close", snap.Close())
	check(t, "close again", snap.Close())
	same(t, "rows after the moment", sys.whole(made), later)
}
