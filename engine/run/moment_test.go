package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const wholeSource = `
mapping "all" {
  from {
    source = source.memory.old
    tables = ["*"]
  }
  to {
    target = target.memory.new
  }
}
`

var (
	parent = schema.Table{Ref: schema.Ref{Name: "parent"}, Primary: &schema.Key{Columns: []string{"id"}},
		Columns: []schema.Column{column("id", schema.Int64, false), column("name", schema.String, true)}}
	kid = schema.Table{Ref: schema.Ref{Name: "kid"}, Primary: &schema.Key{Columns: []string{"id"}},
		Columns: []schema.Column{column("id", schema.Int64, false), column("of", schema.Int64, true), column("text", schema.String, true)},
		Foreign: []schema.ForeignKey{{Columns: []string{"of"}, Parent: schema.Ref{Name: "parent"}, Key: []string{"id"}}}}
)

// The tables of a run are of one moment although one was finished before the crash: without that the last foreign key
// would lead nowhere, at every try. Broken by leaving out recheck, and by letting the proof of a table come before the
// other tables are copied.
func TestTablesFinishedBeforeACrashFollowTheSourceToTheNewMoment(t *testing.T) {
	for tried := 0; tried == 0; { // chance may put parent's one chunk behind all of kid's
		for n := 1; ; n++ {
			parents, kids, crashed := crashedAt(t, n)
			if !crashed {
				break
			}
			if parents == 30 && kids < 30 {
				tried++
			}
		}
	}
}

// crashedAt ends an apply at its nth commit, adds a pair of rows that belong together, and applies again. It gives how
// many rows the crash had left.
func crashedAt(t *testing.T, n int) (parents, kids int, crashed bool) {
	t.Helper()
	l := newLab(t, wholeSource)
	l.workers, l.chunkBytes = 1, 1000
	l.change(schema.Change{CreateTable: &parent})
	l.change(schema.Change{CreateTable: &kid})
	for i := range 30 {
		l.put(parent, []any{i, fmt.Sprintf("parent %d", i)})
		l.put(kid, []any{i, i, strings.Repeat("long ", 20)})
	}
	faults := faulty.Nth(n).On("commit").As(providers.Fenced) // ends the process there and then
	if _, err := l.apply(faults); !faults.Reached() {
		l.must(err)
		return 0, 0, false
	}
	left, _ := l.rows("new", "parent")
	more, _ := l.rows("new", "kid")
	l.put(parent, []any{1000, "late"})
	l.put(kid, []any{1000, 1000, "late"})
	l.reapply(nil)
	for _, table := range []string{"parent", "kid"} {
		got, _ := l.rows("new", table)
		want, _ := l.rows("old", table)
		if !slices.Equal(got, want) {
			t.Errorf("%s after a crash at commit %d: got %d rows, want the source's %d as they are now", table, n, len(got), len(want))
		}
	}
	l.closed()
	return len(left), len(more), true
}

// The sizes of chunks and batches, the number of workers and where a run is stopped make no difference to the rows.
func TestSizesWorkersAndRestartsMakeNoDifference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l, items, entries := filled(t, rapid.IntRange(0, 60).Draw(rt, "rows"))
		changed := false
		synctest.Test(t, func(*testing.T) {
			for range rapid.IntRange(0, 3).Draw(rt, "restarts") {
				l.sizes(rt)
				n := rapid.IntRange(1, 90).Draw(rt, "fault")
				if _, err := l.apply(faulty.Nth(n).As(providers.Unknown)); err == nil {
					break
				}
				if l.store.snap.OpenRun != nil && rapid.Bool().Draw(rt, "the source changes") {
					l.put(item, []any{1, "name 1", 1}, []any{900, "name 900", 1})
					changed = true
				}
			}
			l.sizes(rt)
			if _, err := l.apply(faulty.Nth(0)); err != nil {
				rt.Fatalf("last apply: %v", err)
			}
			if changed { // rows of the last moment, or else of the one at which all were read: the next apply brings them
				l.reapply(nil)
				items = append(items[:len(items):len(items)], "900|name 900!")
				if !slices.Contains(items, "1|name 1!") {
					items = append(items, "1|name 1!")
				}
				slices.Sort(items)
			}
		})
		if got, _ := l.rows("new", "item"); !slices.Equal(got, items) {
			rt.Fatalf("rows of item: got %v\nwant %v", got, items)
		}
		if got, _ := l.rows("new", "entry"); !slices.Equal(got, entries) {
			rt.Fatalf("rows of entry: got %v\nwant %v", got, entries)
		}
	})
}

func (l *lab) sizes(rt *rapid.T) {
	l.chunkBytes = rapid.Int64Range(20, 3000).Draw(rt, "bytes of a chunk")
	l.batchRows = rapid.IntRange(1, 40).Draw(rt, "rows of a batch")
	l.workers = rapid.IntRange(1, 5).Draw(rt, "workers")
}

// Broken where the rejects of rows that were emptied away still count.
func TestRejectsOfRowsThatWereEmptiedAwayDoNotCount(t *testing.T) {
	for n := 1; ; n++ {
		l, items, entries := filled(t, 40)
		l.workers, l.chunkBytes = 1, 200
		faults := faulty.Nth(n).On("commit").As(providers.Fenced)
		if _, err := l.apply(faults); !faults.Reached() {
			l.must(err)
			return
		}
		for i := range 40 {
			l.put(item, []any{i, fmt.Sprintf("name %d", i), i % 7}, []any{i + 100, "new", 3})
		}
		report, err := l.apply(faulty.Nth(0))
		l.must(err)
		l.holds(items, entries)
		for _, m := range report.Mappings {
			if m.Address == "mapping.item" && (m.Written != int64(len(items)) || m.Rejected != 1) {
				t.Errorf("after a crash at commit %d: got %d written and %d rejected, want %d and 1", n, m.Written, m.Rejected, len(items))
			}
		}
	}
}
