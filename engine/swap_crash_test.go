package engine_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// untilStep reads events up to one of a kind whose step begins so.
func (c *child) untilStep(kind event.Kind, text string) bool {
	for {
		line, err := c.lines.ReadBytes('\n')
		var e event.Event
		if json.Unmarshal(line, &e) == nil && e.Kind == kind && strings.HasPrefix(e.Text, text) {
			return true
		}
		if err != nil {
			return false
		}
	}
}

// open reports whether a run has begun that is not at its end.
func (f *site) open() bool {
	f.t.Helper()
	cmd := f.command("plan")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		f.t.Fatalf("plan: %v\n%s", err, tail(out))
	}
	return cmd.ProcessState.ExitCode() == 10
}

func TestAProcessThatIsKilledAtAnyMomentOfASwapLeavesOneTableOrTheOther(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := &site{t: t, dir: t.TempDir(), env: append(os.Environ(), "TARGET="+dsn)}
	text := strings.Replace(swapped, "max_rejects = 0", `rollback_window = "1h"`, 1)
	if err := os.WriteFile(filepath.Join(f.dir, "main.miq.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sqliteRun(t, f.path("old.db"), threeItems)
	f.exits(0, "apply", "--auto-approve")
	testserver.Psql(t, dsn, everything(role(t, dsn, "crash_reader")))
	shape := dumped(t, dsn)
	was := "a,b,c"
	for i, at := range []struct {
		kind  event.Kind
		step  string
		delay time.Duration
	}{
		{event.StepStarted, "copy", 0}, {event.StepStarted, "decide", 0}, {event.StepDone, "decide", 0},
		{event.StepStarted, "swap", 0}, {event.StepStarted, "swap", 5 * time.Millisecond}, {event.StepStarted, "swap", 15 * time.Millisecond},
		{event.StepStarted, "swap", 30 * time.Millisecond}, {event.StepStarted, "swap", 60 * time.Millisecond}, {event.StepDone, "swap", 0},
	} {
		is := fmt.Sprintf("a,b%d,c", i)
		sqliteRun(t, f.path("old.db"), fmt.Sprintf("UPDATE item SET name = 'b%d' WHERE id = 2", i))
		c := f.start("apply", "--auto-approve", "--json", "--replace=mapping.item")
		if !c.untilStep(at.kind, at.step) {
			t.Fatalf("no %s of %s\n%s", at.kind, at.step, tail(c.stderr.Bytes()))
		}
		<-time.After(at.delay)
		c.signal(syscall.SIGKILL)
		c.end()
		if got := names(t, dsn); got != was && got != is {
			t.Errorf("killed at %s of %s +%s: the table holds %s, want %s or %s", at.kind, at.step, at.delay, got, was, is)
		}
		f.exits(0, "apply", "--auto-approve")
		if got := names(t, dsn); got != is {
			t.Errorf("killed at %s of %s +%s, after going on: the table holds %s, want %s", at.kind, at.step, at.delay, got, is)
		}
		if diff := cmp.Diff(shape, dumped(t, dsn)); diff != "" {
			t.Errorf("killed at %s of %s +%s: before -, after +:\n%s", at.kind, at.step, at.delay, diff)
		}
		f.exits(0, "verify")
		if i == 4 {
			c := f.start("rollback", "mapping.item", "--auto-approve", "--json")
			c.untilStep(event.StepStarted, "swap")
			c.signal(syscall.SIGKILL)
			c.end()
			if got := names(t, dsn); got != was && got != is {
				t.Errorf("a rollback was killed: the table holds %s, want %s or %s", got, was, is)
			}
			if f.open() { // or else the rollback was quicker than its end
				f.exits(0, "apply", "--auto-approve")
			}
			if is = was; names(t, dsn) != is {
				t.Errorf("a rollback was killed and gone on with: the table holds %s, want %s", names(t, dsn), is)
			}
			f.exits(0, "verify")
		}
		was = is
	}
}

// reading asks over and over in sessions of their own, until it is told to stop; every answer has to be one of those that
// fit.
func reading(t *testing.T, dsn, query string, fits func(string) bool) (stop func()) {
	t.Helper()
	var over sync.WaitGroup
	end := make(chan struct{})
	script := strings.Repeat(query+";\n", 300)
	over.Go(func() {
		for {
			select {
			case <-end:
				return
			default:
			}
			out, err := testserver.TryPsql(dsn, script)
			if err != nil {
				t.Errorf("a reader of %s: %v: %s", query, err, tail([]byte(out)))
				return
			}
			for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
				if !fits(line) {
					t.Errorf("a reader of %s got %q", query, line)
					return
				}
			}
		}
	})
	return func() { close(end); over.Wait() }
}

func TestReadersSeeTheOldRowsOrTheNewOnesAndNeverNone(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, strings.Replace(swapped, `"2s"`, `"60s"`, 1), "TARGET="+dsn)
	sqliteRun(t, f.path("old.db"), `CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL, qty int);
WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 500) INSERT INTO item SELECT i, 'x', 1 FROM r`)
	f.apply()
	testserver.Psql(t, dsn, `CREATE TABLE child (item bigint REFERENCES item); INSERT INTO child SELECT id FROM item;
CREATE VIEW v AS SELECT * FROM item; CREATE VIEW w AS SELECT v.qty FROM v JOIN child ON child.item = v.id`)
	whole := func(got string) bool { return strings.HasPrefix(got, "500|1") }
	var stops []func()
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	stops = []func(){
		reading(t, dsn, "SELECT count(*), count(DISTINCT qty) FROM item", whole),
		reading(t, dsn, "SELECT count(*), count(DISTINCT qty) FROM v", whole),
		reading(t, dsn, "SELECT count(*), count(DISTINCT qty) FROM w", whole),
		reading(t, dsn, "SELECT count(*), count(DISTINCT i.qty) FROM child c JOIN item i ON i.id = c.item", whole),
	}
	for i := range 8 {
		sqliteRun(t, f.path("old.db"), fmt.Sprintf("UPDATE item SET qty = %d", i+2))
		f.apply("--replace=mapping.item")
	}
	for _, stop := range stops {
		stop()
	}
	stops = nil
	if got := testserver.Psql(t, dsn, "SELECT count(*), min(qty), max(qty) FROM w"); got != "500|9|9" {
		t.Errorf("in the end: got %s, want 500|9|9", got)
	}
}

func TestASwapDoesNotQueueBehindALongReader(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, swapped, "TARGET="+dsn)
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2")
	held := make(chan error, 1)
	go func() {
		_, err := testserver.TryPsql(dsn, "BEGIN; SELECT count(*) FROM item; SELECT pg_advisory_lock(1); SELECT pg_sleep(3600)")
		held <- err
	}()
	for testserver.Psql(t, dsn, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND granted") != "1" {
		<-time.After(5 * time.Millisecond)
	}
	stop := reading(t, dsn, "SELECT string_agg(name, ',' ORDER BY id) FROM item", func(got string) bool { return got == "a,b,c" })
	out := f.exits(10, "apply", "--auto-approve", "--replace=mapping.item")
	stop()
	holds(t, out, "held what it needs for longer than lock_timeout, which is 2s", "The old table stands", "of role postgres")
	testserver.Psql(t, dsn, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1")
	if err := <-held; err == nil {
		t.Error("the long reader ended by itself")
	}
	f.apply()
	if got := names(t, dsn); got != "a,new,c" {
		t.Errorf("after going on: got %s", got)
	}
}

func TestWhatIsHungOnTheTableWhileTheRunLoadsIsNotLost(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, swapped, "TARGET="+dsn)
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2")
	f.exits(0, "plan", "--replace=mapping.item", "--out=p")
	testserver.Psql(t, dsn, "CREATE VIEW late AS SELECT id FROM item")
	holds(t, f.exits(6, "apply", "p"), "TGT-SCHEMA", "views, keys of other tables, triggers or rights")
	f.apply("--replace=mapping.item")
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM late") + names(t, dsn); got != "3a,new,c" {
		t.Errorf("after a new plan: got %s", got)
	}
}
