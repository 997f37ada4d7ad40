package engine_test

import (
	"os"
	"strings"
	"testing"
)

// itemShop is a mapping from one SQLite file to another; more goes into its blocks.
func itemShop(from, to, more string) string {
	return `
source "sqlite" "shop" {
  path = "shop.db"
` + from + `
}
target "sqlite" "new" { path = "new.db" }
mapping "item" {
  from {
    source = source.sqlite.shop
    table  = "item"
  }
  to {
    target = target.sqlite.new
    table  = "item"
` + to + `
  }
` + more + `
}
`
}

const threeRows = `CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT NOT NULL, n INTEGER NOT NULL);
INSERT INTO item VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);`

const severalChunks = `CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT NOT NULL, n INTEGER NOT NULL);
WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 200000)
INSERT INTO item SELECT i, printf('code-%0100d', i), i FROM k;`

// Without the read of all rows in planner.digests, row 200000 took the place of row 1 and nobody was told.
func TestTwoRowsOfOneKeyInDifferentChunksAreFoundInALaterRunToo(t *testing.T) {
	f := newFolder(t, itemShop("", `key = ["code"]`, ""))
	sqliteRun(t, f.path("shop.db"), severalChunks)
	f.apply()
	sqliteRun(t, f.path("shop.db"), `UPDATE item SET code = (SELECT code FROM item WHERE id = 1) WHERE id = 200000`)
	code, out := f.run("apply", "--auto-approve")
	if code == 0 {
		t.Fatalf("apply of two rows with one key: got exit code 0, want an error\n%s", out)
	}
	holds(t, out, "duplicate")
	if got := sqliteRows(t, f.path("new.db"), "SELECT n FROM item WHERE code LIKE '%0001' AND n IN (1, 200000)"); got != "1" {
		t.Errorf("the row at the key: got n = %s, want 1", got)
	}
}

// The state of before the second run would append the same row once more.
func TestAStateThatWasPutBackIsRefused(t *testing.T) {
	f := newFolder(t, itemShop(`table "item" { cursor = { column = "id", kind = "sequence" } }`, `mode = "append"`, ""))
	sqliteRun(t, f.path("shop.db"), threeRows)
	f.apply()
	old := f.read("migrateiq.state.json")
	sqliteRun(t, f.path("shop.db"), `INSERT INTO item VALUES (4, 'd', 4)`)
	f.apply()
	f.write("migrateiq.state.json", old)
	remove := func(names ...string) {
		for _, name := range names {
			if err := os.Remove(f.path(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove("migrateiq.state.json.backup")
	out := f.exits(1, "plan")
	holds(t, out, "of one time", "state recover", "main.miq.hcl")
	remove("migrateiq.state.json")
	f.exits(0, "state", "recover")
	f.settled()
}

// A key that nothing keeps unique was stored twice by the first load.
func TestAStandingTableMustKeepTheKeyUniqueWhereTheSourceDoesNot(t *testing.T) {
	f := newFolder(t, itemShop("", `key = ["code"]`, ""))
	sqliteRun(t, f.path("shop.db"), threeRows+`INSERT INTO item VALUES (4, 'a', 9);`)
	sqliteRun(t, f.path("new.db"), `CREATE TABLE item (id INTEGER NOT NULL, code TEXT NOT NULL, n INTEGER NOT NULL)`)
	holds(t, f.exits(1, "plan"), "unique index", "code")
	sqliteRun(t, f.path("new.db"), `CREATE UNIQUE INDEX item_code ON item (code)`)
	if code, out := f.run("apply", "--auto-approve"); code == 0 {
		t.Errorf("apply: got exit code 0, want an error\n%s", out)
	}
}

// What stood half built beside the old table was in the way of every later reload.
func TestAnAbandonedReloadLeavesNothingBeside(t *testing.T) {
	f := newFolder(t, itemShop("", `mode = "replace"`, `field "id" { from = "id" }
  field "code" { from = "code" }
  field "n" {
    from = "n"
    expect = "out < 1000000"
  }`))
	sqliteRun(t, f.path("shop.db"), severalChunks)
	f.apply()
	sqliteRun(t, f.path("shop.db"), `UPDATE item SET n = 1000000 WHERE id = 200000`)
	f.exits(10, "apply", "--auto-approve", "--parallel=1")
	id := sqliteRows(t, f.path("new.db"), "SELECT run FROM migrateiq_run WHERE closed_at IS NULL")
	holds(t, f.exits(0, "run", "abandon", id), "as it was", "item__new")
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM sqlite_schema WHERE name = 'item__new'"); got != "0" {
		t.Errorf("tables beside: got %s, want 0", got)
	}
	f.exits(0, "verify")
	sqliteRun(t, f.path("shop.db"), `UPDATE item SET n = 50 WHERE id = 200000`)
	f.apply()
	f.settled()
	if got := sqliteRows(t, f.path("new.db"), "SELECT n FROM item WHERE id = 200000"); got != "50" {
		t.Errorf("the mended row: got n = %s, want 50", got)
	}
}

// A renamed mapping that was abandoned stood in the state under both names, and no plan could be made any more.
func TestAMovedMappingCanBeAbandoned(t *testing.T) {
	config := itemShop("", "", `field "id" { from = "id" }
  field "code" { from = "code" }
  field "n" {
    from = "n"
    expect = "out < 1000000"
  }`)
	f := newFolder(t, config)
	sqliteRun(t, f.path("shop.db"), severalChunks)
	f.apply()
	sqliteRun(t, f.path("shop.db"), `UPDATE item SET n = 7 WHERE id = 1; UPDATE item SET n = 1000000 WHERE id = 200000`)
	f.write("main.miq.hcl", strings.Replace(config, `mapping "item"`, `mapping "goods"`, 1)+`
moved {
  from = mapping.item
  to   = mapping.goods
}
`)
	f.exits(10, "apply", "--auto-approve", "--parallel=1")
	f.exits(0, "run", "abandon", sqliteRows(t, f.path("new.db"), "SELECT run FROM migrateiq_run WHERE closed_at IS NULL"))
	sqliteRun(t, f.path("shop.db"), `UPDATE item SET n = 8 WHERE id = 200000`)
	f.apply()
	f.settled()
}

// The sentence with the keys of differing rows went into the state.
func TestTheStateHoldsNoKeyOfARowThatDiffers(t *testing.T) {
	f := newFolder(t, itemShop("", "", ""))
	sqliteRun(t, f.path("shop.db"), strings.ReplaceAll(threeRows, "(2,", "(987654,"))
	sqliteRun(t, f.path("new.db"), `CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT NOT NULL, n INTEGER NOT NULL);
CREATE TRIGGER other AFTER INSERT ON item WHEN new.id = 987654 BEGIN UPDATE item SET n = n + 1 WHERE id = new.id; END;`)
	holds(t, f.exits(8, "apply", "--auto-approve"), "987654 (n)")
	if strings.Contains(f.read("migrateiq.state.json"), "987654") {
		t.Error("the state holds the key 987654 of a row")
	}
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM migrateiq_definition WHERE definition LIKE '%987654%'"); got != "0" {
		t.Error("the ledger's definitions hold the key 987654 of a row")
	}
}

// A swap would have taken the column away with its values.
func TestAReloadKeepsColumnsThatOthersHaveAdded(t *testing.T) {
	f := newFolder(t, itemShop("", "", ""))
	sqliteRun(t, f.path("shop.db"), threeRows)
	f.apply()
	sqliteRun(t, f.path("new.db"), `ALTER TABLE item ADD COLUMN note TEXT; UPDATE item SET note = 'kept' WHERE id = 1`)
	holds(t, f.exits(1, "plan", "--replace=mapping.item"), "column note", "main.miq.hcl")
}

// A run that goes on read a column of another type with the old one's decoder.
func TestARunDoesNotGoOnOverASourceOfAnotherShape(t *testing.T) {
	f := newFolder(t, itemShop("", "", `field "id" { from = "id" }
  field "n" {
    from = "n"
    expect = "out < 100"
  }`))
	sqliteRun(t, f.path("shop.db"), threeRows+`UPDATE item SET n = 1000 WHERE id = 2`)
	f.exits(10, "apply", "--auto-approve")
	sqliteRun(t, f.path("shop.db"), `DROP TABLE item; CREATE TABLE item (id INTEGER PRIMARY KEY, n TEXT NOT NULL); INSERT INTO item VALUES (1, 'x')`)
	holds(t, f.exits(10, "apply", "--auto-approve"), "Column n", "run abandon")
}

// Each block opened the one ledger, and so shut the other one out in the middle of the run.
func TestTwoBlocksForOneTargetAreRefused(t *testing.T) {
	f := newFolder(t, itemShop("", "", "")+`
target "sqlite" "other" { path = "./new.db" }
mapping "more" {
  from {
    source = source.sqlite.shop
    table  = "item"
  }
  to {
    target = target.sqlite.other
    table  = "more"
  }
}
`)
	sqliteRun(t, f.path("shop.db"), threeRows)
	holds(t, f.exits(1, "plan"), "same database", "target.sqlite.other")
}
