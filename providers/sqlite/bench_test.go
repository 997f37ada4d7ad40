package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var benchTable = schema.Table{
	Ref: schema.Ref{Name: "bench"},
	Columns: []schema.Column{
		{Name: "id", Type: schema.Type{Kind: schema.Int64}},
		{Name: "name", Type: schema.Type{Kind: schema.String, Length: 40}, Null: true},
		{Name: "amount", Type: schema.Type{Kind: schema.Decimal, Precision: 12, Scale: 2}, Null: true},
		{Name: "at", Type: schema.Type{Kind: schema.Timestamp, Precision: 6}, Null: true},
		{Name: "score", Type: schema.Type{Kind: schema.Float64}, Null: true},
		{Name: "note", Type: schema.Type{Kind: schema.String}, Null: true},
	},
	Primary: &schema.Key{Columns: []string{"id"}, Unique: true},
}

const benchRows = 100_000

func benchBatch() *batch.Batch {
	b := batch.New(benchTable.Columns, 1<<30)
	for i := range int64(benchRows) {
		b.Vectors[0].AppendInt(i)
		b.Vectors[1].AppendString(fmt.Sprintf("name of %d", i))
		b.Vectors[2].AppendString(fmt.Sprintf("%d.%02d", i, i%100))
		b.Vectors[3].AppendInt(1_700_000_000_000_000 + i*1_000_001)
		b.Vectors[4].AppendFloat(float64(i) / 7)
		b.Vectors[5].AppendString("some words that stand in every row of the table")
	}
	return b
}

// begin opens a run in a fresh file and makes the tables.
func begin(tb testing.TB, e providers.Endpoint, tables ...schema.Table) int64 {
	tb.Helper()
	l, _ := providers.As[providers.Ledger](e)
	d, _ := providers.As[providers.Definer](e)
	epoch, err := l.Open(tb.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: "r", Lineage: "l"})
	if err != nil {
		tb.Fatal(err)
	}
	for i, t := range tables {
		st, err := d.Define(schema.Change{CreateTable: &t})
		if err != nil {
			tb.Fatal(err)
		}
		if err := l.Exec(tb.Context(), providers.Step{Run: "r", N: i, Epoch: epoch, Statement: st[0]}); err != nil {
			tb.Fatal(err)
		}
	}
	return epoch
}

func put(tb testing.TB, e providers.Endpoint, spec providers.LoadSpec, b *batch.Batch) error {
	tb.Helper()
	spec.Run, spec.Mapping = "r", "m"
	to, _ := providers.As[providers.Target](e)
	l, err := to.Load(tb.Context(), spec)
	if err != nil {
		return err
	}
	defer func() {
		if err := l.Close(); err != nil {
			tb.Errorf("close the loader: %v", err)
		}
	}()
	if err := l.Write(tb.Context(), b); err != nil {
		return err
	}
	_, err = l.Commit(tb.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: spec.ChunkID})
	return err
}

func BenchmarkLoad(b *testing.B) {
	rows := benchBatch()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		e := open(b, filepath.Join(b.TempDir(), "bench.db"))
		epoch := begin(b, e, benchTable)
		spec := providers.LoadSpec{ChunkID: "c", Epoch: epoch, Table: benchTable.Ref, Columns: benchTable.Columns, Key: []string{"id"}, Mode: providers.Insert}
		if err := put(b, e, spec, rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRead(b *testing.B) {
	e := open(b, filepath.Join(b.TempDir(), "bench.db"))
	epoch := begin(b, e, benchTable)
	spec := providers.LoadSpec{ChunkID: "c", Epoch: epoch, Table: benchTable.Ref, Columns: benchTable.Columns, Key: []string{"id"}, Mode: providers.Insert}
	if err := put(b, e, spec, benchBatch()); err != nil {
		b.Fatal(err)
	}
	into := batch.New(benchTable.Columns, 0)
	src, _ := providers.As[providers.Source](e)
	b.ReportAllocs()
	for b.Loop() {
		r, err := src.Read(b.Context(), providers.ReadSpec{Table: benchTable.Ref, Columns: benchTable.Columns})
		if got := rows(b, r, err, into); got != benchRows {
			b.Fatalf("rows: got %d, want %d", got, benchRows)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}
