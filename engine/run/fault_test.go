package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// one mapping of a table with a key, whose rows are partly left out and partly rejected, and one of a table without.
const twoMappings = `
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
  field "label" {
    cel          = "src.name + '!'"
    expect       = "out != 'name 5!'"
    on_row_error = "quarantine"
  }
  lifecycle {
    max_rejects = 1
  }
}
mapping "entry" {
  from {
    source = source.memory.old
    table  = "entry"
  }
  to {
    target = target.memory.new
    table  = "entry"
    mode   = "append"
  }
}
`

func column(name string, kind schema.Kind, null bool) schema.Column {
	return schema.Column{Name: name, Type: schema.Type{Kind: kind}, Null: null}
}

var (
	item = schema.Table{Ref: schema.Ref{Name: "item"}, Primary: &schema.Key{Columns: []string{"id"}},
		Columns: []schema.Column{column("id", schema.Int64, false), column("name", schema.String, false), column("n", schema.Int64, false)}}
	entry = schema.Table{Ref: schema.Ref{Name: "entry"}, Columns: []schema.Column{column("n", schema.Int64, true), column("text", schema.String, true)}}
)

// filled is a lab whose source has so many rows in both tables, and what the target is to hold.
func filled(t *testing.T, rows int) (l *lab, items, entries []string) {
	t.Helper()
	l = newLab(t, twoMappings)
	l.change(schema.Change{CreateTable: &item})
	l.change(schema.Change{CreateTable: &entry})
	var a, b [][]any
	for i := range rows {
		a = append(a, []any{i, fmt.Sprintf("name %d", i), i % 7})
		b = append(b, []any{i % 5, fmt.Sprintf("text %d", i%3)})
		entries = append(entries, fmt.Sprintf("%d|text %d", i%5, i%3))
		if i%7 != 3 && i != 5 {
			items = append(items, fmt.Sprintf("%d|name %d!", i, i))
		}
	}
	l.put(item, a...)
	l.put(entry, b...)
	slices.Sort(items)
	slices.Sort(entries)
	return l, items, entries
}

func (l *lab) holds(items, entries []string) {
	l.t.Helper()
	if got, _ := l.rows("new", "item"); !slices.Equal(got, items) {
		l.t.Errorf("rows of item: got %d, %v\nwant %d, %v", len(got), got, len(items), items)
	}
	if got, _ := l.rows("new", "entry"); !slices.Equal(got, entries) {
		l.t.Errorf("rows of entry: got %d, %v\nwant %d, %v", len(got), got, len(entries), entries)
	}
}

// reapply runs the command until it succeeds, without faults, as a person would.
func (l *lab) reapply(before error) {
	l.t.Helper()
	if _, err := l.apply(faulty.Nth(0)); err != nil {
		l.t.Fatalf("apply without faults after %v: %v", before, err)
	}
}

func TestAFaultAtAnyCallLosesNoRowAndDoublesNone(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault func(n int) *faulty.Plan
	}{
		{"an unknown error", func(n int) *faulty.Plan { return faulty.Nth(n).As(providers.Unknown) }},
		{"an unknown error after the work was done", func(n int) *faulty.Plan { return faulty.Nth(n).As(providers.Unknown).After() }},
		{"a transient error", faulty.Nth},
		{"a transient error after the work was done", func(n int) *faulty.Plan { return faulty.Nth(n).After() }},
		{"an ambiguous error", func(n int) *faulty.Plan { return faulty.Nth(n).As(providers.Ambiguous) }},
		{"an ambiguous error after the work was done", func(n int) *faulty.Plan { return faulty.Nth(n).As(providers.Ambiguous).After() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			healed := 0
			for n := 1; ; n++ {
				l, items, entries := filled(t, 40)
				faults := c.fault(n)
				var err error
				synctest.Test(t, func(*testing.T) { _, err = l.apply(faults) })
				if err == nil {
					healed++
				} else {
					l.reapply(err)
				}
				l.holds(items, entries)
				l.closed()
				if t.Failed() {
					t.Fatalf("after the fault at call %d of %d: %v", n, faults.Calls(), err)
				}
				if !faults.Reached() {
					t.Logf("%d calls, %d faults made no difference", n-1, healed-1)
					break
				}
			}
		})
	}
}

func TestFaultsOfOneChunkHealThemselves(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault func(n int) *faulty.Plan
	}{
		{"transient write", func(n int) *faulty.Plan { return faulty.Nth(n).On("write") }},
		{"transient load", func(n int) *faulty.Plan { return faulty.Nth(n).On("load") }},
		{"transient reject", func(n int) *faulty.Plan { return faulty.Nth(n).On("reject") }},
		{"transient commit", func(n int) *faulty.Plan { return faulty.Nth(n).On("commit") }},
		{"commit that was not done, and nobody knows", func(n int) *faulty.Plan { return faulty.Nth(n).On("commit").As(providers.Ambiguous) }},
		{"commit that was done, and nobody knows", func(n int) *faulty.Plan { return faulty.Nth(n).On("commit").As(providers.Ambiguous).After() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n := 1; ; n++ {
				l, items, entries := filled(t, 60)
				l.chunkBytes, l.batchRows = 400, 7
				faults := c.fault(n)
				var err error
				synctest.Test(t, func(*testing.T) { _, err = l.apply(faults) })
				if !faults.Reached() {
					if n < 2 {
						t.Errorf("only %d calls: the test tries nothing", n-1)
					}
					break
				}
				if err != nil {
					t.Fatalf("fault %d: got %v, want an apply that heals itself", n, err)
				}
				l.holds(items, entries)
				l.closed()
			}
		})
	}
}

func TestAStateThatCannotBeSavedIsNoHarm(t *testing.T) {
	for n := 1; ; n++ {
		l, items, entries := filled(t, 40)
		l.store.failAt = n
		_, err := l.apply(faulty.Nth(0))
		if l.store.calls < n {
			break
		}
		if !errors.Is(err, errStore) {
			t.Fatalf("state call %d failed: got %v, want an error that says so", n, err)
		}
		l.reapply(err)
		l.holds(items, entries)
		l.closed()
	}
}

// A run that failed before it changed anything is taken back; here that is cut short between the ledger and the state.
func TestARunThatIsTakenBackByHalfIsEndedWithAbandon(t *testing.T) {
	l, items, _ := filled(t, 40)
	one, _, _ := strings.Cut(twoMappings, "mapping \"entry\"")
	l.configure(one)
	l.store.failAt = 4 // read for the plan, read under the lock, announced, taken back
	if _, err := l.apply(faulty.Nth(1).On("exec").As(providers.Unknown)); !errors.Is(err, errStore) {
		t.Fatalf("first apply: got %v, want the state's error", err)
	}
	id := l.store.snap.OpenRun.ID
	_, err := l.apply(faulty.Nth(0))
	var e *providers.Error
	if !errors.As(err, &e) || !strings.Contains(e.Remedy, "migrateiq run abandon "+id) {
		t.Fatalf("second apply: got %v, want an error that names run abandon", err)
	}
	cfg, en := l.engine(faulty.Nth(0))
	if _, err := en.Abandon(context.Background(), cfg, id); err != nil {
		t.Fatal(err)
	}
	l.reapply(nil)
	l.holds(items, nil)
	l.closed()
}

// A table whose making was not answered is the run's own; taken for one that was there before it would go without keys.
func TestAStatementWhoseAnswerWasLostIsNotTakenBack(t *testing.T) {
	l, items, _ := filled(t, 40)
	one, _, _ := strings.Cut(twoMappings, "mapping \"entry\"")
	l.configure(one)
	_, err := l.apply(faulty.Nth(1).On("exec").As(providers.Unknown).After())
	if l.store.snap.OpenRun == nil {
		t.Errorf("apply: got %v and no open run, want a run that goes on", err)
	}
	l.reapply(err)
	l.holds(items, nil)
	l.closed()
}
