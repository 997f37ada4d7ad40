package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

const controlled = `
source "sqlite" "shop" {
  path = "shop.db"
}
target "sqlite" "copy" {
  path = "copy.db"
}
mapping "stay" {
  from {
    source = source.sqlite.shop
    table  = "stay"
    where  = "src.ID < 100"
  }
  to {
    target = target.sqlite.copy
    table  = "stay"
    key    = ["id"]
    mode   = "upsert"
  }
  field "id" { from = "ID" }
  field "ward" { from = "WARD" }
  field "cost" {
    from        = "COST"
    type        = decimal(12, 1)
    allow_lossy = "round"
  }
  field "days" { from = "DAYS" }
  field "twice" { cel = "src.DAYS * 2" }
  control "costs" {
    sum       = ["cost", "days"]
    by        = ["ward"]
    tolerance = "0.02"
  }
  control "days" { sum = ["days"] }
}
`

func controlledFolder(t *testing.T) *folder {
	t.Helper()
	f := newFolder(t, controlled)
	sqliteRun(t, f.path("shop.db"), `CREATE TABLE stay (ID INTEGER PRIMARY KEY, WARD TEXT, COST DECIMAL(12,2) NOT NULL, DAYS INTEGER NOT NULL);
		INSERT INTO stay VALUES (1, 'A', '0.12', 1), (2, 'A', '0.20', 2), (3, 'B', '100.00', 3), (4, NULL, '7.40', 4), (100, 'C', '0.05', 9)`)
	return f
}

func TestTotalsThatAgreeAreReported(t *testing.T) {
	f := controlledFolder(t)
	holds(t, f.exits(0, "plan"), "control costs: totals of cost, days by ward on both sides, tolerance 0.02", "control days: totals of days on both sides, tolerance 0")
	holds(t, f.apply(), "control costs holds: the totals of 3 groups agree", "control days holds: the totals agree")
	f.settled()
	holds(t, f.read("migrateiq.state.json"), `"control"`)
	out := strings.Join(strings.Fields(f.exits(0, "plan", "--json")), "")
	holds(t, out, `"controls":[`, `"tolerance":"0.02"`)
}

func TestTotalsThatDifferNameTheGroupAndTheRowsStand(t *testing.T) {
	f := controlledFolder(t)
	f.edit("main.miq.hcl", `"0.02"`, `"0.01"`)
	out := f.exits(8, "apply", "--auto-approve")
	holds(t, out, "control costs fails: the totals differ in 1 of 3 groups", "ward A: cost is 0.32 at the source and 0.3 in the target", "control days holds")
	if strings.Contains(out, "changed since") {
		t.Errorf("output: got\n%s\nwant nothing of a source that changed", out)
	}
	if got := sqliteRows(t, f.path("copy.db"), "SELECT count(*) FROM stay"); got != "4" {
		t.Errorf("rows of the target: got %s, want 4", got)
	}
	if state := f.read("migrateiq.state.json"); strings.Contains(state, "0.32") {
		t.Error("the state holds a total of a group")
	}
	f.edit("main.miq.hcl", `"0.01"`, `"1"`)
	f.settled()
}

func TestGroupsOfClassifiedColumnsAreNotNamed(t *testing.T) {
	f := controlledFolder(t)
	f.edit("main.miq.hcl", `"0.02"`, `"0.01"`)
	f.edit("main.miq.hcl", `field "ward" { from = "WARD" }`, "field \"ward\" {\n from = \"WARD\"\n classify = [\"special.health\"]\n }")
	out := f.exits(8, "apply", "--auto-approve")
	holds(t, out, "control costs fails: the totals differ in 1 of 3 groups")
	if strings.Contains(out, "ward A") || strings.Contains(out, "0.32") {
		t.Errorf("output: got\n%s\nwant no value of a classified column's group", out)
	}
}

func TestAnUpsertComparesTheRowsThatItRead(t *testing.T) {
	f := controlledFolder(t)
	f.apply()
	sqliteRun(t, f.path("shop.db"), "DELETE FROM stay WHERE ID = 3; UPDATE stay SET DAYS = 50 WHERE ID = 1; INSERT INTO stay VALUES (5, 'A', '1.00', 6)")
	holds(t, f.apply(), "control days holds: the totals agree") // the row that is gone stays in the target, and was not read
	sqliteRun(t, f.path("copy.db"), "CREATE TRIGGER cut AFTER INSERT ON stay BEGIN UPDATE stay SET days = 0 WHERE id = new.id AND id = 6; END")
	sqliteRun(t, f.path("shop.db"), "INSERT INTO stay VALUES (6, 'A', '1.00', 7)")
	holds(t, f.exits(8, "apply", "--auto-approve"), "control days fails: the totals differ", "days is 69 at the source and 62 in the target")
}

func TestTooManyGroupsAreAFailedControl(t *testing.T) {
	f := controlledFolder(t)
	f.edit("main.miq.hcl", "src.ID < 100", "src.ID > 100")
	f.edit("main.miq.hcl", `["ward"]`, `["id"]`)
	f.edit("main.miq.hcl", `"0.02"`, `"1"`)
	sqliteRun(t, f.path("shop.db"), `WITH RECURSIVE n(i) AS (SELECT 101 UNION ALL SELECT i + 1 FROM n WHERE i < 100150)
		INSERT INTO stay SELECT i, 'A', '1.00', 1 FROM n`)
	holds(t, f.exits(8, "apply", "--auto-approve"), "control costs fails: more than 100000 groups", "control days holds")
}

func TestAControlOfWhatDoesNotPassThroughIsRefused(t *testing.T) {
	f := controlledFolder(t)
	for _, c := range []struct{ field, want string }{
		{"twice", `names field "twice", which is computed`},
		{"ward", `sums field "ward", which is string`},
		{"day", `names "day", and the mapping has no such field. Did you mean "days"?`},
	} {
		f.write("main.miq.hcl", strings.Replace(controlled, `sum = ["days"]`, `sum = ["`+c.field+`"]`, 1))
		out := f.exits(1, "plan")
		holds(t, strings.Join(strings.Fields(out), " "), c.want)
	}
}

func TestAFilterAndAControlIntoPostgreSQL(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, strings.NewReplacer(`target "sqlite" "copy" {
  path = "copy.db"
}`, `target "postgres" "copy" {
  url = secret("env://COPY")
}
lookup "out" {
  values = { "A" = "", "Z" = "" }
}`, "target.sqlite.copy", "target.postgres.copy", `  control "days" { sum = ["days"] }`, `  control "days" { sum = ["days"] }
  filter "ndoo" {
    kind   = "ndoo"
    lookup = lookup.out
    key    = "coalesce(src.WARD, '')"
  }`).Replace(controlled), "COPY="+dsn)
	sqliteRun(t, f.path("shop.db"), `CREATE TABLE stay (ID INTEGER PRIMARY KEY, WARD TEXT, COST DECIMAL(12,2) NOT NULL, DAYS INTEGER NOT NULL);
		INSERT INTO stay VALUES (1, 'A', '0.12', 1), (2, 'A', '0.20', 2), (3, 'B', '100.00', 3), (4, NULL, '7.40', 4), (100, 'C', '0.05', 9)`)
	holds(t, f.apply(), "left out by filter ndoo: 2", "control costs holds: the totals of 2 groups agree", "control days holds")
	if got, want := testserver.Psql(t, dsn, "SELECT filtered, counts FROM _migrateiq.chunk"), `3|{"ndoo":2}`; got != want {
		t.Errorf("the ledger: got %s, want %s", got, want)
	}
	sqliteRun(t, f.path("shop.db"), "DELETE FROM stay WHERE ID = 3; UPDATE stay SET DAYS = 50 WHERE ID = 4; INSERT INTO stay VALUES (5, 'Q', '1.00', 6)")
	holds(t, f.apply(), "control days holds: the totals agree")
	f.settled()
}

func TestAControlIntoFiles(t *testing.T) {
	f := newFolder(t, strings.NewReplacer(`target "sqlite" "copy" {
  path = "copy.db"
}`, `target "csv" "copy" {
  path = "out"
}`, "target.sqlite.copy", "target.csv.copy", `    mode   = "upsert"`, `    mode   = "replace"`).Replace(controlled))
	sqliteRun(t, f.path("shop.db"), `CREATE TABLE stay (ID INTEGER PRIMARY KEY, WARD TEXT, COST DECIMAL(12,2) NOT NULL, DAYS INTEGER NOT NULL);
		INSERT INTO stay VALUES (1, 'A', '0.12', 1), (2, 'A', '0.20', 2), (3, 'B', '100.00', 3)`)
	holds(t, f.apply(), "control costs holds: the totals of 2 groups agree", "control days holds")
	f.settled()
}
