package run_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const checkedRun = `
mapping "item" {
  from {
    source = source.memory.old
    table  = "item"
    where  = "src.n != 3"
  }
  to {
    target = target.memory.new
    table  = "item"
  }
  field "id" { from = "id" }
  field "name" { from = "name" }
  check "totals" {
    expect   = "agg.count(run) == agg.count() && agg.sum(run.id) == agg.sum(out.id) && agg.count_if(src.n == 3) + agg.count(run) == agg.count(src) && agg.count_if(run.id == src.id && src.n != 3) == agg.count(run)"
    severity = "block"
  }
}
`

// A process may end at any call, and the source may change before another goes on: then totals are of exactly the rows
// that the run wrote, or the check says that there are none. Broken by comparing no digests.
func TestTotalsOfARunAreOfItsRowsOrThereAreNone(t *testing.T) {
	held, refused := 0, 0
	for n := 1; ; n++ {
		l := newLab(t, checkedRun)
		l.change(schema.Change{CreateTable: &item})
		for i := range 20 {
			l.put(item, []any{i, fmt.Sprintf("name %d", i), i % 7})
		}
		l.workers, l.chunkBytes = 1, 200
		faults := faulty.Nth(n).As(providers.Fenced).After()
		report, err := l.apply(faults)
		if !faults.Reached() {
			l.must(err)
			break
		}
		if err != nil {
			l.put(item, []any{1000, "late", 1})
			report, err = l.apply(faulty.Nth(0))
			if err != nil && strings.Contains(err.Error(), "Not all rows of the source are read") {
				continue // the run had come to its end, and the plan of a next one is refused
			}
		}
		if report == nil || len(report.Mappings) == 0 || len(report.Mappings[0].Checks) != 1 {
			t.Fatalf("after a fault at call %d: got no report of one check: %v", n, err)
		}
		check := report.Mappings[0].Checks[0]
		switch {
		case check.Pass && err == nil:
			held++
			rows, _ := l.rows("new", "item")
			if want := fmt.Sprintf("agg.count(run) = %d, agg.count() = %d", len(rows), len(rows)); !strings.HasPrefix(check.Text, want) {
				t.Errorf("after a fault at call %d: got %q, want %q", n, check.Text, want)
			}
		case !check.Pass && err != nil && strings.Contains(check.Text, "cannot be computed: the source has changed since"):
			refused++
		default:
			t.Errorf("after a fault at call %d: got %+v, %v, want totals or the reason why there are none", n, check, err)
		}
	}
	if held < 3 || refused < 1 {
		t.Errorf("got totals %d times and none %d times, want several and some", held, refused)
	}
}
