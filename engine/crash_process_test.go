package engine_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/event"
)

func TestASourceThatChangesWhileTheRunIsDownIsLoadedAsItIsThen(t *testing.T) {
	for name, s := range crashTargets() {
		t.Run(name, func(t *testing.T) {
			path := crashSource(t, 200_000)
			f := s.fresh(t, path)
			c := f.held("apply", "--auto-approve", "--json")
			if !c.until(event.ChunkDone, 2) {
				t.Fatalf("the load ended before its second chunk\n%s", tail(c.stderr.Bytes()))
			}
			c.signal(syscall.SIGKILL)
			if code := c.end(); code != -1 {
				t.Fatalf("got exit code %d, want a process that was killed", code)
			}
			sqlQuery(t, path, `UPDATE item SET name = 'changed', price = price + 1 WHERE id % 3000 = 0;
DELETE FROM item WHERE id % 3000 = 9;
INSERT INTO item SELECT id + 1, 'new', NULL, 0.5, 1, made, NULL FROM item WHERE id % 3000 = 12;
INSERT INTO entry VALUES (-1, 'late')`)
			f.exits(0, "apply", "--auto-approve")
			f.done(s)
			clean := s.fresh(t, path)
			clean.exits(0, "apply", "--auto-approve")
			s.compare(t, clean, f)
		})
	}
}

func TestASourceThatStaysTheSameIsNotCopiedTwice(t *testing.T) {
	f := intoSQLite(t, crashSource(t, 300_000))
	c := f.held("apply", "--auto-approve", "--json")
	if !c.until(event.ChunkDone, 3) {
		t.Fatalf("the load ended before its third chunk\n%s", tail(c.stderr.Bytes()))
	}
	c.signal(syscall.SIGKILL)
	c.end()
	const records = "SELECT seq, chunk, committed_at FROM migrateiq_chunk WHERE mapping LIKE 'mapping.item#%' ORDER BY seq"
	before := fmt.Sprint(sqlQuery(t, f.path("out.db"), records))
	f.exits(0, "apply", "--auto-approve")
	if after := fmt.Sprint(sqlQuery(t, f.path("out.db"), records)); !strings.HasPrefix(after, strings.TrimSuffix(before, "]")) {
		t.Errorf("records of chunks before the kill and after the second apply:\n got %s\nwant them to begin with %s", after, before)
	}
	f.done(sqliteSystem())
}

func TestOfTwoAppliesAtOnceTheSecondNamesTheFirst(t *testing.T) {
	f := intoSQLite(t, crashSource(t, 50_000))
	first := f.held("apply", "--auto-approve", "--json")
	if !first.until(event.CopyStarted, 1) {
		t.Fatalf("the first apply ended before it copied\n%s", tail(first.stderr.Bytes()))
	}
	first.signal(syscall.SIGSTOP) // it is at work as long as the second one lives
	out := f.exits(7, "apply", "--auto-approve")
	if holder := fmt.Sprintf("process %d on", first.cmd.Process.Pid); !strings.Contains(out, holder) {
		t.Errorf("the second apply said\n%s\nwant %q in it", out, holder)
	}
	first.signal(syscall.SIGCONT)
	if code := first.end(); code != 0 {
		t.Errorf("the first apply: got exit code %d, want 0\n%s", code, tail(first.stderr.Bytes()))
	}
	f.done(sqliteSystem())
}

func TestAnInterruptFinishesTheChunksInHandAndTheSameCommandGoesOn(t *testing.T) {
	for name, s := range crashTargets() {
		t.Run(name, func(t *testing.T) {
			path := crashSource(t, 400_000)
			f := s.fresh(t, path)
			c := f.held("apply", "--auto-approve", "--json", "--parallel=2")
			if !c.until(event.ChunkDone, 1) {
				t.Fatalf("the load ended before its first chunk\n%s", tail(c.stderr.Bytes()))
			}
			c.interrupt()
			if code := c.end(); code != 130 {
				t.Fatalf("got exit code %d, want 130\n%s", code, tail(c.stderr.Bytes()))
			}
			done := map[string]int64{}
			for _, e := range c.told {
				if e.Kind == event.ChunkDone {
					done[e.Mapping] += e.Rows
				}
			}
			items, entries := f.rows()
			if items != fmt.Sprint(done["mapping.item"]) || entries != fmt.Sprint(done["mapping.entry"]) || items == "400000" {
				t.Errorf("rows that stand: got %s items and %s entries, want those of the chunks that were told, %v, and not all", items, entries, done)
			}
			f.exits(10, "plan")
			f.exits(0, "apply", "--auto-approve")
			f.done(s)
			clean := s.fresh(t, path)
			clean.exits(0, "apply", "--auto-approve")
			s.compare(t, clean, f)
		})
	}
}

// The rows are wide enough to fill what SQLite may keep of a file in memory, 64 MB, in both loads.
func TestMemoryDoesNotGrowWithTheTable(t *testing.T) {
	if testing.Short() {
		t.Skip("moves five million rows")
	}
	peak := func(rows int) int64 {
		path := filepath.Join(t.TempDir(), "old.db")
		sqlQuery(t, path, fmt.Sprintf(`CREATE TABLE item (id integer PRIMARY KEY, n int NOT NULL, text text); CREATE TABLE entry (n int);
WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d) INSERT INTO item SELECT i, i %% 1000, printf('%%0100d', i) FROM r`, rows))
		cmd := intoSQLite(t, path).command("apply", "--auto-approve")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("apply of %d rows: %v\n%s", rows, err, tail(out))
		}
		return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
	}
	small, large := peak(1_000_000), peak(4_000_000)
	t.Logf("peak of 1,000,000 rows: %d MB, of 4,000,000 rows: %d MB", small, large)
	if large > 400 || large*10 > small*13 {
		t.Errorf("peak memory of 1,000,000 rows is %d MB and of 4,000,000 rows %d MB, want the second under 400 MB and under 1.3 of the first", small, large)
	}
}
