package csv

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"pgregory.net/rapid"
)

// values draws canonical texts of a type.
func values(t schema.Type) *rapid.Generator[string] {
	match := rapid.StringMatching
	switch t.Kind {
	case schema.Bool:
		return rapid.SampledFrom([]string{"true", "false"})
	case schema.Int16:
		return rapid.Map(rapid.Int16(), func(x int16) string { return fmt.Sprint(x) })
	case schema.Int32:
		return rapid.Map(rapid.Int32(), func(x int32) string { return fmt.Sprint(x) })
	case schema.Int64:
		return rapid.Map(rapid.Int64(), func(x int64) string { return fmt.Sprint(x) })
	case schema.Float32:
		return rapid.Map(rapid.Float32(), func(x float32) string { return fmt.Sprint(x) })
	case schema.Float64:
		return rapid.OneOf(rapid.Map(rapid.Float64(), func(x float64) string { return fmt.Sprint(x) }), rapid.SampledFrom([]string{"NaN", "-Infinity"}))
	case schema.Decimal:
		return match(`-?[0-9]{1,4}(\.[0-9]{1,3})?`)
	case schema.Bytes:
		return match(`\\x([0-9a-f]{2}){0,9}`)
	case schema.Date:
		return match(`([+-][0-9]{1,4}|)[1-9][0-9]{3}-0[1-9]-[0-2][1-8]|-?infinity`)
	case schema.Time:
		return match(`([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}|24:00:00`)
	case schema.Timestamp:
		return match(`-?[1-9][0-9]{3}-0[1-9]-[0-2][1-8] [01][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{7}|infinity`)
	case schema.TimestampTZ:
		return match(`[1-9][0-9]{3}-0[1-9]-[0-2][1-8] [01][0-9]:[0-5][0-9]:[0-5][0-9]Z|-infinity`)
	case schema.Interval:
		return match(`P-?[0-9]{1,3}M-?[0-9]{1,3}DT-?[0-9]{1,5}\.[0-9]{1,6}S`)
	case schema.UUID:
		return match(`[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}`)
	case schema.JSON:
		return rapid.SampledFrom([]string{"null", "{\"a\": [1,\r\n2]}", `"\u0000,"`, " 1.0 "})
	case schema.Enum:
		return rapid.SampledFrom(t.Values)
	}
	awkward := rapid.SampledFrom([]string{"", "NULL", `\N`, `"`, `""`, ",", ";", "\t", "\n", "\r", "\r\n", " ", "\ufeff", "'", "a,b", "ä\n"})
	return rapid.OneOf(awkward, rapid.Map(rapid.SliceOf(awkward), func(x []string) string { return fmt.Sprint(x) }), rapid.StringMatching(`\PC*`))
}

var everyKind = []schema.Type{
	{Kind: schema.Bool}, {Kind: schema.Int16}, {Kind: schema.Int32}, {Kind: schema.Int64}, {Kind: schema.Decimal},
	{Kind: schema.Decimal, Precision: 9, Scale: 3}, {Kind: schema.Float32}, {Kind: schema.Float64}, {Kind: schema.String}, {Kind: schema.String},
	{Kind: schema.String, Length: math.MaxInt32}, {Kind: schema.Bytes}, {Kind: schema.Date}, {Kind: schema.Time, Precision: 3},
	{Kind: schema.Timestamp, Precision: 7}, {Kind: schema.TimestampTZ}, {Kind: schema.Interval}, {Kind: schema.UUID}, {Kind: schema.JSON},
	{Kind: schema.Enum, Values: []string{"", "NULL", "a\"b", "ä"}},
}

func drawRows(r *rapid.T) *batch.Batch {
	drawn := rapid.SliceOfN(rapid.SampledFrom(everyKind), 1, 4).Draw(r, "types")
	columns := make([]schema.Column, len(drawn))
	for i, ty := range drawn {
		columns[i] = schema.Column{Name: rapid.SampledFrom([]string{"a", "\ufeff", "x,y", `q"`, "NULL", "n\n"}).Draw(r, "name") + fmt.Sprint(i), Type: ty, Null: true}
	}
	b := batch.New(columns, 0)
	for range rapid.IntRange(0, 12).Draw(r, "rows") {
		for c := range columns {
			if rapid.IntRange(0, 3).Draw(r, "null") == 0 {
				b.Vectors[c].AppendNull()
				continue
			}
			text := values(columns[c].Type).Draw(r, "value")
			if err := batch.Parse(&b.Vectors[c], columns[c].Type, []byte(text)); err != nil {
				r.Fatalf("the generator of %s gave %q: %v", columns[c].Type, text, err)
			}
		}
	}
	return b
}

func TestWhatATargetWritesASourceReads(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		c := Config{Path: dir,
			Delimiter:  rapid.SampledFrom([]string{"", ";", "\t", "a"}).Draw(r, "delimiter"),
			Quote:      rapid.SampledFrom([]string{"", "'"}).Draw(r, "quote"),
			Null:       rapid.SampledFrom([]string{"", "NULL", `\N`}).Draw(r, "null"),
			Header:     rapid.SampledFrom([]string{"", "none"}).Draw(r, "header"),
			Compress:   rapid.SampledFrom([]string{"", "gzip"}).Draw(r, "compress"),
			LineEnding: rapid.SampledFrom([]string{"", "crlf"}).Draw(r, "line_ending"),
			SingleFile: rapid.Bool().Draw(r, "single_file"),
		}
		opened, err := New().Open(context.Background(), &c)
		if err != nil {
			r.Fatal(err)
		}
		e := opened.(*endpoint)
		b := drawRows(r)
		j := begin(t, e, "r")
		j.do(schema.Change{CreateTable: &schema.Table{Ref: schema.Ref{Name: "t"}, Columns: b.Columns}})
		half := batch.New(b.Columns, 0)
		var want []string
		for i := range b.Len() {
			want = append(want, text(b, i))
			half.AppendRow(b, i)
			if i == b.Len()/2 || i == b.Len()-1 {
				if err := j.load("t", fmt.Sprint("c", i), half); err != nil {
					r.Fatal(err)
				}
				half.Reset()
			}
		}
		if err := (ledger{e}).Close(context.Background(), "r", "done", nil); err != nil {
			r.Fatal(err)
		}
		cat, err := e.Inspect(context.Background(), nil)
		if err != nil || len(cat.Tables) != 1 {
			r.Fatalf("Inspect: got %+v, error %v", cat, err)
		}
		for i, col := range cat.Tables[0].Columns {
			placed, err := e.Place(b.Columns[i].Type)
			if err != nil || !col.Type.Equal(placed) || !placed.Equal(b.Columns[i].Type) || col.Name != b.Columns[i].Name {
				r.Fatalf("column %d came back as %+v, error %v, want %+v", i, col, err, b.Columns[i])
			}
		}
		got, err := content(context.Background(), e, "t")
		if err != nil || !slices.Equal(got, want) {
			r.Fatalf("got %q, error %v, want %q", got, err, want)
		}
		n, err := e.Count(context.Background(), providers.ReadSpec{Table: schema.Ref{Name: "t"}})
		if err != nil || int(n) != len(want) || cat.Tables[0].Rows != n {
			r.Fatalf("Count: got %d, error %v, the catalog %d, want %d", n, err, cat.Tables[0].Rows, len(want))
		}
	})
}

func BenchmarkReadAMillionFields(b *testing.B) {
	dir := b.TempDir()
	line := "6ba7b810-9dad-11d1-80b4-00c04fd430c8,2011-07-28T15:02:18Z,12345,\"Sigríður, Jónsdóttir\",129.16\n"
	data := []byte("id,at,n,name,cost\n")
	for range 200_000 {
		data = append(data, line...)
	}
	if err := os.WriteFile(dir+"/t.csv", data, 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		e := &endpoint{config: Config{Path: dir}, root: dir, known: map[string]described{}, sums: map[string]summed{}}
		c, err := e.Inspect(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		err = e.each(b.Context(), mustFind(b, e), c.Tables[0].Columns, func(*batch.Batch, int, int64) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}

func mustFind(b *testing.B, e *endpoint) table {
	t, err := e.find(schema.Ref{Name: "t"})
	if err != nil {
		b.Fatal(err)
	}
	return t
}
