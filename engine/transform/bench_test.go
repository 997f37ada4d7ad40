package transform_test

import (
	"fmt"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func wide() []schema.Column {
	kinds := []schema.Type{of(schema.Int64), text(0), decimal(12, 2), moment(schema.Timestamp, 6), of(schema.Bool)}
	columns := make([]schema.Column, 20)
	for i := range columns {
		columns[i] = nullable(fmt.Sprintf("c%d", i), kinds[i%len(kinds)])
	}
	return columns
}

func benchmark(b *testing.B, fields ...plan.Field) {
	columns := wide()
	in := batch.New(columns, 0)
	for i := range 5000 {
		for c := range columns {
			v := &in.Vectors[c]
			switch {
			case i%20 == 0:
				v.AppendNull()
			case c%5 == 1:
				v.AppendString(" Some name ")
			case c%5 == 2:
				v.AppendString("1234.50")
			default:
				v.AppendInt(int64(i % 2))
			}
		}
	}
	if fields == nil {
		for _, c := range columns {
			fields = append(fields, field(c.Name, "src."+c.Name, c.Type))
		}
	}
	d := definition(fields...)
	d.Read, d.SourceKey = columns, nil
	tr := compile(b, d)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tr.Run(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(in.Len())/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkTwentyColumnsAsTheyAre(b *testing.B) { benchmark(b) }

func BenchmarkThreeLoops(b *testing.B) {
	benchmark(b, field("a", "text.upper(text.trim(src.c1))", text(0)), field("b", "src.c6 + '-' + src.c11", text(0)), field("c", "coalesce(src.c0, 0)", of(schema.Int64)))
}

func BenchmarkThreeInterpreted(b *testing.B) {
	benchmark(b, field("a", "text.title(src.c1)", text(0)), field("b", "src.c0 * 2 + 1", of(schema.Int64)), field("c", "src.c2 * 2", decimal(20, 2)))
}
