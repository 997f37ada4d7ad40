package engine_test

import (
	"strings"
	"testing"
)

// guests is a mapping that leaves out who has gone; CURSOR, FIELD and DRIFT are to be filled in.
const guests = `
source "sqlite" "old" {
  path = "old.db"
  table "guest" {
    CURSOR
  }
}
target "sqlite" "new" {
  path = "new.db"
}
mapping "guest" {
  from {
    source = source.sqlite.old
    table  = "guest"
    where  = "src.state != 'gone'"
  }
  to {
    target = target.sqlite.new
    table  = "guest"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "name" { FIELD }
  lifecycle {
    on_target_drift = "DRIFT"
  }
}
`

// guestSite has six guests loaded, of whom two have gone since, one has another name and one is new.
func guestSite(t *testing.T, cursor, drift string) *folder {
	t.Helper()
	f := newFolder(t, strings.NewReplacer("CURSOR", cursor, "FIELD", `from = "name"`, "DRIFT", drift).Replace(guests))
	sqliteRun(t, f.path("old.db"), `CREATE TABLE guest (id INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL);
INSERT INTO guest VALUES (1, 'a', 'here', 1), (2, 'b', 'here', 2), (3, 'c', 'here', 3), (4, 'd', 'here', 4), (5, 'e', 'here', 5), (6, 'f', 'gone', 6)`)
	f.apply()
	sqliteRun(t, f.path("old.db"), `UPDATE guest SET state = 'gone', seq = id + 10 WHERE id IN (2, 4, 6); UPDATE guest SET name = 'E', seq = 20 WHERE id = 5; INSERT INTO guest VALUES (7, 'g', 'here', 21)`)
	return f
}

func guestsOf(t *testing.T, f *folder) string {
	t.Helper()
	return sqliteRows(t, f.path("new.db"), "SELECT group_concat(id || name, ' ') FROM (SELECT * FROM guest ORDER BY id)")
}

func TestAPlanSaysWhichRowsGoBecauseTheirSourceRowIsLeftOutNow(t *testing.T) {
	cursor := `cursor = { column = "seq", kind = "sequence" }`
	for name, c := range map[string]struct {
		cursor, drift, field string
		hit                  string // what somebody else does to the target
		rows                 string
		plan                 []string
	}{
		"where all rows are read": {drift: "report", rows: "1a 3c 5E 7g", plan: []string{"2 removed: rows that changed at the source and are left out now", "D009", "irreversible", "2 rows written, 2 removed."}},
		"by a cursor":             {cursor: cursor, drift: "report", rows: "1a 3c 5E 7g", plan: []string{"2 removed: rows that changed at the source", "D009", "irreversible", "rows written, 2 removed."}},
		"beside another field": {drift: "report", field: `cel = "src.name + '!'"`, rows: "1a! 3c! 5E! 7g!",
			plan: []string{"2 removed: rows that changed at the source", "R101", "D009", "2 removed."}},
		"beside another field, by a cursor": {cursor: cursor, drift: "report", field: `cel = "src.name + '!'"`, rows: "1a! 3c! 5E! 7g!",
			plan: []string{"2 removed: rows that changed at the source", "R101", "D009", "2 removed."}},
		"by a repair": {drift: "repair", hit: "UPDATE guest SET name = 'x' WHERE id = 3", rows: "1a 3c 5E 7g",
			plan: []string{"D105", "2 removed: rows that changed at the source", "D009", "3 rows written, 2 removed."}},
		"by a repair, where nothing else differs": {drift: "repair", hit: "UPDATE guest SET name = 'E' WHERE id = 5; INSERT INTO guest VALUES (7, 'g')", rows: "1a 3c 5E 7g",
			plan: []string{"D106", "2 removed: rows that changed at the source", "D009", "0 rows written, 2 removed."}},
	} {
		t.Run(name, func(t *testing.T) {
			f := guestSite(t, c.cursor, c.drift)
			if c.hit != "" {
				sqliteRun(t, f.path("new.db"), c.hit)
			}
			if c.field != "" {
				f.edit("main.miq.hcl", `field "name" { from = "name" }`, `field "name" { `+c.field+" }")
			}
			holds(t, f.exits(0, "plan"), c.plan...)
			_, report, _ := strings.Cut(f.apply(), "ok mapping.guest: ")
			holds(t, report, "2 removed")
			if got := guestsOf(t, f); got != c.rows {
				t.Errorf("rows: got %s, want %s", got, c.rows)
			}
			f.settled()
		})
	}
}

func TestARefusedRowAloneIsNoPlanThatSaysAllStandsAsItShould(t *testing.T) {
	f := guestSite(t, "", "report")
	f.apply()
	sqliteRun(t, f.path("old.db"), "UPDATE guest SET state = 'gone' WHERE id = 1")
	holds(t, f.exits(0, "plan"), "1 removed: rows that changed at the source and are left out now", "0 rows written, 1 removed.", "corrective, irreversible")
	f.apply()
	if got := guestsOf(t, f); got != "3c 5E 7g" {
		t.Errorf("rows: got %s, want those that are here", got)
	}
	f.settled()
}
