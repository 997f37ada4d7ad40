package batch_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestAppendAllIsAppendFromForEveryValue(t *testing.T) {
	for _, kind := range []schema.Kind{schema.Int64, schema.Float64, schema.String} {
		typ := schema.Type{Kind: kind}
		for _, before := range []int{0, 3, 64} {
			part, one, all := batch.NewVector(typ), batch.NewVector(typ), batch.NewVector(typ)
			for i := range 150 {
				switch {
				case i%7 == 2:
					part.AppendNull()
				case kind == schema.String:
					part.AppendString("text"[:i%5])
				case kind == schema.Float64:
					part.AppendFloat(float64(i))
				default:
					part.AppendInt(int64(i))
				}
			}
			for i := range before {
				one.AppendFrom(&part, i)
				all.AppendFrom(&part, i)
			}
			for i := range part.Len() {
				one.AppendFrom(&part, i)
			}
			all.AppendAll(&part)
			if all.Len() != one.Len() {
				t.Fatalf("%s behind %d: got %d values, want %d", kind, before, all.Len(), one.Len())
			}
			for i := range one.Len() {
				got, want := batch.AppendCanonical(nil, typ, &all, i), batch.AppendCanonical(nil, typ, &one, i)
				if string(got) != string(want) {
					t.Errorf("%s behind %d, value %d: got %x, want %x", kind, before, i, got, want)
				}
			}
		}
	}
}
