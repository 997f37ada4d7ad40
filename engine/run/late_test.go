package run_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const upserted = `
mapping "item" {
  from {
    source = source.memory.old
    table  = "item"
  }
  to {
    target = target.memory.new
    table  = "item"
    mode   = "upsert"
  }
  field "id" { from = "id" }
  field "name" {
    cel          = "src.name"
    expect       = "out != 'name 5'"
    on_row_error = "quarantine"
  }
  lifecycle { max_rejects = 1 }
}
`

// The answer to a COMMIT is lost, and what it did shows only after the ledger was asked, so that the chunk is tried again:
// rows that the first try put in are not rows that stood there before. Broken where a loader takes a record that is there
// for its own.
func TestACommitThatShowsLateIsNotDoneTwice(t *testing.T) {
	for _, changed := range []bool{false, true} { // the first load of the table, and an upsert into it
		landed := 0
		for n := 1; ; n++ {
			l := newLab(t, upserted)
			l.change(schema.Change{CreateTable: &item})
			for i := range 40 {
				l.put(item, []any{i, fmt.Sprintf("name %d", i), i})
			}
			l.workers, l.chunkBytes = 1, 200
			want := 39
			if changed {
				if _, err := l.apply(faulty.Nth(0)); err != nil {
					t.Fatal(err)
				}
				for i := range 20 {
					l.put(item, []any{i * 2, fmt.Sprintf("renamed %d", i), i})
				}
			}
			faults := faulty.Nth(n).On("commit").As(providers.Ambiguous).Late()
			synctest.Test(t, func(t *testing.T) {
				report, err := l.apply(faults)
				if err != nil {
					t.Fatalf("changed %t, commit %d late: %v", changed, n, err)
				}
				if m := report.Mappings[0]; m.Mismatch {
					t.Errorf("changed %t, commit %d late: got %q, want a proof that agrees", changed, n, m.Verified)
				}
			})
			got, _ := l.rows("new", "item")
			if len(got) != want || len(slices.Compact(slices.Clone(got))) != want {
				t.Errorf("changed %t, commit %d late: got %d rows, want %d", changed, n, len(got), want)
			}
			if t.Failed() || !faults.Reached() {
				break
			}
			l.closed()
			landed++
		}
		if landed < 3 {
			t.Errorf("changed %t: %d commits were late, want several", changed, landed)
		}
	}
}
