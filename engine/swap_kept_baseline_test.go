package engine_test

import (
	"strings"
	"testing"
)

// tagged is a mapping of SQLite whose table a swap keeps; FIELD and STRATEGY are to be filled in.
const tagged = `
source "sqlite" "old" {
  path = "old.db"
}
target "sqlite" "new" {
  path = "new.db"
}
mapping "item" {
  from {
    source = source.sqlite.old
    table  = "item"
  }
  to {
    target = target.sqlite.new
    table  = "item"
  }
  field "id" { from = "id" }
  field "name" { cel = "src.name + ''" }
  lifecycle {
    rollback_window = "72h"
  }
}
`

func TestATableThatWasDigestedAnewIsBroughtBackWithWhatItsRunsLeft(t *testing.T) {
	f := newFolder(t, tagged)
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	is := func(when, want string) {
		t.Helper()
		if got := sqliteRows(t, f.path("new.db"), "SELECT group_concat(id || name, ' ') FROM (SELECT id, name FROM item ORDER BY id)"); got != want {
			t.Errorf("%s: got %s, want %s", when, got, want)
		}
	}
	f.edit("main.miq.hcl", `  field "name" {`, "  field \"qty\" { from = \"qty\" }\n  field \"name\" {")
	f.apply() // digests the rows that stand under the new column
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'B' WHERE id = 2")
	f.apply()
	for _, round := range []string{"once", "twice"} { // runs that a rollback has undone are no part of what the table holds
		before := sqliteRows(t, f.path("new.db"), "SELECT group_concat(id || name, ' ') FROM (SELECT id, name FROM item ORDER BY id)")
		f.apply("--replace=mapping.item")
		sqliteRun(t, f.path("old.db"), "UPDATE item SET name = name || '!' WHERE id = 3")
		f.apply()
		holds(t, f.exits(0, "rollback", "mapping.item", "--auto-approve"), "What they wrote is lost", "Apply complete")
		is("brought back "+round, before)
		f.exits(0, "verify")
		sqliteRun(t, f.path("old.db"), "UPDATE item SET name = name || '?' WHERE id = 1")
		f.apply()
		want := "1a? 2B 3c!"
		if round == "twice" {
			want = "1a?? 2B 3c!!"
		}
		is("and changed "+round, want)
		f.settled()
	}
	if strings.Contains(f.exits(0, "plan"), "is kept as") {
		t.Error("a table is kept after it was brought back")
	}
}
