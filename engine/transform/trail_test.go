package transform_test

import (
	"fmt"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestTheLastRowsWrittenAreKnownByTheirKeys(t *testing.T) {
	d := definition(field("id", "src.id", of(schema.Int32)))
	complete(t, d)
	tr := compile(t, d)
	trail := tr.Trail()
	if name, ok := trail.Name(1); ok {
		t.Errorf("before any row: got %q", name)
	}
	const rounds, each = 80, 20_000
	for n := range rounds {
		b := batch.New(read(), 0)
		var from []int
		for i := range each {
			for c := range b.Vectors {
				if c == 0 {
					b.Vectors[c].AppendInt(int64(n*each + i))
				} else {
					b.Vectors[c].AppendNull()
				}
			}
			if i%2 == 1 { // every other row was left out
				from = append(from, i)
			}
		}
		trail.Add(b, from)
	}
	last := int64(rounds * each / 2)
	for _, nth := range []int64{last, last - 1, last - 100_000} {
		if name, ok := trail.Name(nth); !ok || name != fmt.Sprint(2*nth-1) {
			t.Errorf("row %d: got %q, %t, want %d", nth, name, ok, 2*nth-1)
		}
	}
	for _, nth := range []int64{0, last + 1} {
		if name, ok := trail.Name(nth); ok {
			t.Errorf("row %d, which there is not: got %q", nth, name)
		}
	}
	if name, ok := trail.Name(1); ok {
		t.Errorf("row 1: got %q, want that it is forgotten", name)
	}
}
