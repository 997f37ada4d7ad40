package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func (f *folder) rowsAre(dsn, when, want string) {
	f.t.Helper()
	if got := strings.ReplaceAll(testserver.Psql(f.t, dsn, "SELECT * FROM ev ORDER BY id, v"), "\n", " "); got != want {
		f.t.Errorf("%s: got %s, want %s", when, got, want)
	}
}

// planned demands the count of rows in a plan, and that the apply writes as many.
func (f *folder) planned(want ...string) {
	f.t.Helper()
	holds(f.t, f.exits(2, "plan", "--detailed-exitcode"), want...)
	f.apply()
}

func TestUpsertTakesRowsByTheTransactionsThatWroteThem(t *testing.T) {
	f, old, fresh := follows(t, `kind = "xmin"`, "upsert", "CREATE TABLE ev (id int PRIMARY KEY, v text); INSERT INTO ev VALUES (1, 'a'), (2, 'b'), (3, 'c')")
	f.apply()
	f.settled()
	testserver.Psql(t, old, "UPDATE ev SET v = 'new' WHERE id = 2; INSERT INTO ev VALUES (0, 'low')")
	f.planned("1 to upsert", "2 rows written", "2 that came or changed since the last run")
	f.rowsAre(fresh, "after a change and a new row", "0|low 1|a 2|new 3|c")
	f.settled()
	testserver.Psql(t, old, "DELETE FROM ev WHERE id = 3")
	holds(t, f.exits(0, "plan", "--detailed-exitcode"), "No changes.", "The rows of 1 key are gone at the source")
	testserver.Psql(t, old, "VACUUM FULL ev; UPDATE ev SET id = 9 WHERE id = 1")
	f.planned("1 to upsert", "1 row written", "gone at the source: 2 rows")
	f.rowsAre(fresh, "a row with another key", "0|low 1|a 2|new 3|c 9|a")
	testserver.Psql(t, old, "ALTER TABLE ev ALTER v TYPE varchar(9)")
	f.exits(0, "state", "list")
}

func TestAppendTakesLateRowsAndNoChanges(t *testing.T) {
	for _, cursor := range []string{`column = "id", kind = "sequence"`, `kind = "xmin"`, `column = "id", kind = "xmin"`} {
		t.Run(cursor, func(t *testing.T) {
			f, old, fresh := follows(t, cursor, "append", "CREATE TABLE ev (id int PRIMARY KEY, v text); INSERT INTO ev VALUES (10, 'a'), (20, 'b'), (30, 'c')")
			f.apply()
			f.settled()
			testserver.Psql(t, old, "INSERT INTO ev VALUES (15, 'late'), (40, 'd')")
			f.planned("1 to append", "2 rows written")
			f.rowsAre(fresh, "a late row and one above", "10|a 15|late 20|b 30|c 40|d")
			f.settled()
			testserver.Psql(t, old, "UPDATE ev SET v = 'changed' WHERE id = 10")
			holds(t, f.exits(0, "plan", "--detailed-exitcode"), "No changes.", "1 row that were read have changed")
			testserver.Psql(t, old, "INSERT INTO ev VALUES (16, 'later')")
			f.planned("1 to upsert", "2 rows written", "1 of them new")
			f.rowsAre(fresh, "a late row beside a changed one", "10|changed 15|late 16|later 20|b 30|c 40|d")
			f.settled()
			testserver.Psql(t, old, "DELETE FROM ev WHERE id = 20")
			f.exits(0, "plan", "--detailed-exitcode")
			testserver.Psql(t, old, "INSERT INTO ev VALUES (50, 'e')")
			f.apply()
			f.rowsAre(fresh, "a new row beside one that is gone", "10|changed 15|late 16|later 20|b 30|c 40|d 50|e")
			if out := f.exits(0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes.") {
				t.Errorf("at last: got\n%s", out)
			}
			f.exits(0, "verify")
		})
	}
}

func TestAppendStopsWhereARowChangesBetweenPlanAndApply(t *testing.T) {
	f, old, fresh := follows(t, `column = "id", kind = "sequence"`, "append", "CREATE TABLE ev (id int PRIMARY KEY, v text); INSERT INTO ev VALUES (1, 'a'), (2, 'b')")
	f.edit("main.miq.hcl", "mode   = \"append\"\n  }", "mode   = \"append\"\n  }\n  lifecycle { max_row_drift = 10 }")
	f.apply()
	testserver.Psql(t, old, "INSERT INTO ev VALUES (3, 'c')")
	f.exits(0, "plan", "--out", "p.json")
	testserver.Psql(t, old, "UPDATE ev SET v = 'changed' WHERE id = 1")
	code, out := f.run("apply", "p.json")
	holds(t, out, "1 row of those that were read before have changed or are gone since the plan was made")
	if code == 0 {
		t.Errorf("got exit code 0 and\n%s", out)
	}
	f.rowsAre(fresh, "it was stopped", "1|a 2|b")
	f.apply()
	holds(t, f.exits(0, "plan", "--detailed-exitcode"), "No changes.")
	if got := testserver.Psql(t, fresh, "SELECT count(*), count(DISTINCT id) FROM ev"); got != "3|3" {
		t.Errorf("at last: got %s rows and ids", got)
	}
}

func TestAppendWithoutAKeyTellsLateRowsUntilOthersChange(t *testing.T) {
	f, old, fresh := follows(t, `column = "id", kind = "sequence"`, "append", "CREATE TABLE ev (id int NOT NULL, v text); INSERT INTO ev VALUES (1, 'a'), (3, 'c')")
	f.apply()
	testserver.Psql(t, old, "INSERT INTO ev VALUES (2, 'late'), (3, 'c')")
	f.planned("1 to append", "2 rows written")
	f.rowsAre(fresh, "late rows", "1|a 2|late 3|c 3|c")
	f.settled()
	testserver.Psql(t, old, "UPDATE ev SET v = 'changed' WHERE id = 1")
	holds(t, f.exits(1, "plan"), "New rows cannot be told from changed ones", "1 have changed or are gone", "main.miq.hcl line")
	f.rowsAre(fresh, "it was refused", "1|a 2|late 3|c 3|c")
}

func TestOnlyPostgreSQLHasTransactionsToGoBy(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.withCursor("id")
		o.inMode("append")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT)")
		o.edit("main.miq.hcl", `cursor = { column = "id", kind = "sequence" }`, `cursor = { kind = "xmin" }`)
		holds(t, o.exits(1, "plan"), "cursor of kind xmin", "one is none", "main.miq.hcl line")
		o.edit("main.miq.hcl", `cursor = { kind = "xmin" }`, `cursor = { column = "id", kind = "sequence", overlap = 5 }`)
		holds(t, o.exits(1, "plan"), "mode append would keep both")
	})
}

func TestAnOverlapReadsRowsAgainByTheirKey(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.withCursor("id")
		o.edit("main.miq.hcl", `kind = "sequence"`, `kind = "sequence", overlap = 5`)
		o.inMode("upsert")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (10, 'b'), (20, 'c')")
		o.apply()
		o.settled()
		holds(t, o.quiet(), "from 5 below its last position")
		o.at("INSERT INTO one VALUES (16, 'late'), (15, 'too late')")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "2 rows written", "read again from 15 on")
		o.apply()
		o.is("a row in the overlap", "1|a 10|b 16|late 20|c")
		o.quiet()
		o.at("UPDATE one SET v = 'changed' WHERE id = 16; INSERT INTO one VALUES (21, 'd')")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "3 rows written")
		o.apply()
		o.is("a change in the overlap", "1|a 10|b 16|changed 20|c 21|d")
		o.quiet()
		o.exits(0, "verify")
	})
}

func TestAChangedDefinitionTakesLateAndChangedRowsAsTheyAre(t *testing.T) {
	for _, cursor := range []string{`column = "id", kind = "sequence"`, `kind = "xmin"`} {
		t.Run(cursor, func(t *testing.T) {
			f, old, fresh := follows(t, cursor, "upsert", "CREATE TABLE ev (id int PRIMARY KEY, v text); INSERT INTO ev SELECT i * 10, 'v' || i FROM generate_series(1, 5) i")
			f.apply()
			testserver.Psql(t, old, "UPDATE ev SET v = 'new' WHERE id = 20; INSERT INTO ev VALUES (15, 'late'), (60, 'above')")
			f.edit("main.miq.hcl", "    mode   = \"upsert\"\n  }\n", "    mode   = \"upsert\"\n  }\n  field \"id\" { from = \"id\" }\n  field \"v\" {\n    cel = \"text.upper(src.v)\"\n  }\n")
			out := f.exits(2, "plan", "--detailed-exitcode")
			f.apply()
			if got, want := strings.ReplaceAll(testserver.Psql(t, fresh, "SELECT * FROM ev ORDER BY id"), "\n", " "), "10|V1 15|LATE 20|NEW 30|V3 40|V4 50|V5 60|ABOVE"; got != want {
				t.Errorf("got %s, want %s, of the plan\n%s", got, want, out)
			}
			f.settled()
			testserver.Psql(t, old, "INSERT INTO ev VALUES (16, 'later')")
			f.planned("1 row written")
			f.settled()
		})
	}
}
