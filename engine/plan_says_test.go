package engine_test

import (
	"strings"
	"testing"
)

func TestAPlanSaysWhatBesideTheExpressionOfAFieldIsAnother(t *testing.T) {
	f := newFolder(t, strings.Replace(tagged, `field "name" { cel = "src.name + ''" }`, "field \"name\" {\n    from = \"name\"\n    type = string(9)\n  }", 1))
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	f.edit("main.miq.hcl", "type = string(9)", "type = string(40)")
	out := f.exits(0, "plan")
	holds(t, out, "- type string(9)", "+ type string(40)")
	if strings.Contains(out, "the text is the same") {
		t.Errorf("got\n%s\nwant no word of a param", out)
	}
}

func TestAFieldThatComesBackAddsNoColumn(t *testing.T) {
	f := newFolder(t, strings.Replace(tagged, `  field "name"`, "  field \"qty\" { from = \"qty\" }\n  field \"name\"", 1))
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	f.edit("main.miq.hcl", "  field \"qty\" { from = \"qty\" }\n", "")
	holds(t, f.exits(0, "plan"), "the fields, and no column, of table item", "B101 column qty stays and is filled no more")
	f.apply()
	sqliteRun(t, f.path("old.db"), "INSERT INTO item VALUES (4, 'd', 77)")
	f.apply()
	sqliteRun(t, f.path("old.db"), "UPDATE item SET qty = 88 WHERE id = 1")
	f.edit("main.miq.hcl", `  field "name"`, "  field \"qty\" { from = \"qty\" }\n  field \"name\"")
	out := f.exits(0, "plan")
	holds(t, out, "R101 field qty is made in another way", "1 row written", "or the source changed while field qty was gone")
	if strings.Contains(out, "is added") {
		t.Errorf("got\n%s\nwant no column added: it stands", out)
	}
	f.apply()
	if got := sqliteRows(t, f.path("new.db"), "SELECT group_concat(qty, ' ') FROM (SELECT qty FROM item ORDER BY id)"); got != "1 2 3 77" {
		t.Errorf("the field that came back: got %s, want 1 2 3 77", got)
	}
}

func TestAPlanSaysWhoseRefsAreLeftBehindWhereRowsGo(t *testing.T) {
	f := newFolder(t, `
source "sqlite" "old" {
  path = "old.db"
}
target "sqlite" "new" {
  path = "new.db"
}
mapping "ward" {
  from {
    source = source.sqlite.old
    table  = "ward"
  }
  to {
    target = target.sqlite.new
    table  = "ward"
    key    = ["ward_id"]
  }
  field "ward_id" { cel = "'w' + src.code" }
}
mapping "staff" {
  from {
    source = source.sqlite.old
    table  = "staff"
  }
  to {
    target = target.sqlite.new
    table  = "staff"
    key    = ["id"]
  }
  field "id" { from = "id" }
  ref "ward_id" {
    mapping = mapping.ward
    on      = "src.ward"
    missing = "quarantine"
  }
  lifecycle {
    max_rejects = 2
  }
}
`)
	sqliteRun(t, f.path("old.db"), `CREATE TABLE ward (code TEXT PRIMARY KEY); INSERT INTO ward VALUES ('a'), ('b');
CREATE TABLE staff (id INTEGER PRIMARY KEY, ward TEXT NOT NULL); INSERT INTO staff VALUES (1, 'a'), (2, 'b')`)
	f.apply()
	f.edit("main.miq.hcl", `table  = "ward"
  }
  to {`, `table  = "ward"
    where  = "src.code != 'a'"
  }
  to {`)
	holds(t, f.exits(0, "plan"), "1 removed", "mapping.staff refers to rows of mapping.ward", "`--replace=mapping.staff` makes all of them anew")
	f.apply()
	f.apply("--replace=mapping.staff")
	if got := sqliteRows(t, f.path("new.db"), "SELECT id || ward_id FROM staff"); got != "2wb" {
		t.Errorf("rows after the remedy: got %s, want those whose ward is there", got)
	}
	f.settled()
}

func TestAPlanBlamesNobodyForWhatACursorDidNotTell(t *testing.T) {
	f := guestSite(t, `cursor = { column = "seq", kind = "sequence" }`, "report")
	f.apply()
	sqliteRun(t, f.path("old.db"), "UPDATE guest SET name = 'silent' WHERE id = 1")
	f.edit("main.miq.hcl", `field "name" { from = "name" }`, `field "name" { cel = "src.name + '!'" }`)
	holds(t, f.exits(0, "plan"), "or the source changed without its cursor telling")
}

func TestAColumnOfTheSourceThatHoldsNullsNowKeepsNoChangeBack(t *testing.T) {
	f := newFolder(t, strings.Replace(tagged, `  field "name"`, "  field \"note\" {\n    from = \"note\"\n    null = true\n  }\n  field \"name\"", 1))
	sqliteRun(t, f.path("old.db"), "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT NOT NULL); INSERT INTO item VALUES (1, 'a', 'x'), (2, 'b', 'y')")
	f.apply()
	sqliteRun(t, f.path("old.db"), "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT); INSERT INTO new SELECT id, name || '!', nullif(note, 'y') FROM item; DROP TABLE item; ALTER TABLE new RENAME TO item")
	f.edit("main.miq.hcl", "  field \"note\" {\n    from = \"note\"\n    null = true\n  }\n", "")
	holds(t, f.exits(0, "plan"), "column note of the source is not what it was")
	f.apply()
	if got := sqliteRows(t, f.path("new.db"), "SELECT group_concat(id || name, ' ') FROM item"); got != "1a! 2b!" {
		t.Errorf("rows: got %s, want those of the source", got)
	}
	f.settled()
}
