package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// Broken where rows that the next plan finds by their transactions are said to be taken by no run, and where a cursor
// without a column is taken for one that has read nothing.
func TestDriftKnowsWhatACursorFinds(t *testing.T) {
	for name, c := range map[string]struct {
		cursor, mode, change, want string
		code                       int
	}{
		"upsert by transactions: late and changed rows are the next plan's": {`column = "id", kind = "sequence"`, "upsert",
			"INSERT INTO ev VALUES (2, 'late'); UPDATE ev SET v = 'other' WHERE id = 5", "2 rows at or below the last position of cursor id came or changed since it was read", 0},
		"upsert by transactions alone": {`kind = "xmin"`, "upsert", "INSERT INTO ev VALUES (2, 'late')", "1 row of those that it holds came or changed since it was read", 0},
		"append by transactions: a changed row stays as it was": {`kind = "xmin"`, "append", "UPDATE ev SET v = 'other' WHERE id = 5",
			"Of those that were read 1 row is changed or gone", 9},
	} {
		t.Run(name, func(t *testing.T) {
			f, old, _ := follows(t, c.cursor, c.mode, "CREATE TABLE ev (id bigint PRIMARY KEY, v text); INSERT INTO ev VALUES (1, 'a'), (5, 'b'), (9, 'c')")
			f.apply()
			if out := f.exits(0, "plan", "--refresh-only"); strings.Contains(out, "came") {
				t.Errorf("got %s, want nothing", out)
			}
			testserver.Psql(t, old, c.change)
			holds(t, f.exits(c.code, "plan", "--refresh-only"), c.want)
		})
	}
}

// Broken where rows within the overlap are said to be taken by no run.
func TestDriftTellsRowsOfTheOverlapFromThoseBelow(t *testing.T) {
	f := newFolder(t, `
source "sqlite" "old" {
  path = "old.db"
  table "ev" {
    cursor = { column = "id", kind = "sequence", overlap = "5" }
  }
}
target "sqlite" "new" { path = "new.db" }
mapping "ev" {
  from {
    source = source.sqlite.old
    table  = "ev"
  }
  to {
    target = target.sqlite.new
    table  = "ev"
    mode   = "upsert"
  }
}
`)
	sqliteRun(t, f.path("old.db"), "CREATE TABLE ev (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO ev VALUES (1, 'a'), (20, 'b')")
	f.apply()
	sqliteRun(t, f.path("old.db"), "INSERT INTO ev VALUES (18, 'late')")
	holds(t, f.exits(0, "plan", "--refresh-only"), "The next apply takes that.")
	f.apply()
	sqliteRun(t, f.path("old.db"), "INSERT INTO ev VALUES (2, 'too late')")
	holds(t, f.exits(9, "plan", "--refresh-only"), "1 row came at or below the last position", "No run takes them.")
}
