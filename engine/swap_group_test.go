package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// kinship maps a table and another one that points to it, both built anew where the source has changed.
func kinship(target string) string {
	text := "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget " + target + "\n"
	for _, table := range []string{"child", "parent"} {
		check := ""
		if table == "child" {
			check = "  check \"few\" {\n    expect = \"agg.count() < 9\"\n  }\n"
		}
		text += fmt.Sprintf("mapping %q {\n  from {\n    source = source.sqlite.old\n    table  = %q\n  }\n  to {\n    target = target.%s.new\n    table  = %q\n    mode   = \"replace\"\n  }\n%s}\n",
			table, table, strings.Fields(strings.ReplaceAll(target, `"`, ""))[0], table, check)
	}
	return text
}

const oneFamily = `CREATE TABLE parent (id integer PRIMARY KEY, up int REFERENCES parent, name text);
CREATE TABLE child (id integer PRIMARY KEY, parent int REFERENCES parent (id));
INSERT INTO parent VALUES (1, NULL, 'a'), (2, 1, 'b'); INSERT INTO child VALUES (1, 1), (2, 2)`

func TestTablesThatPointToEachOtherAreBuiltAnewTogether(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, kinship("\"postgres\" \"new\" {\n  url = secret(\"env://TARGET\")\n}"), "TARGET="+dsn)
	sqliteRun(t, f.path("old.db"), oneFamily)
	f.apply()
	testserver.Psql(t, dsn, "CREATE TABLE other (parent bigint REFERENCES parent); INSERT INTO other VALUES (1); CREATE VIEW v AS SELECT c.id, p.name FROM child c JOIN parent p ON p.id = c.parent")
	shape := dumped(t, dsn)
	rows := func() string { return testserver.Psql(t, dsn, "SELECT string_agg(id || name, ',' ORDER BY id) FROM v") }
	sqliteRun(t, f.path("old.db"), "INSERT INTO parent VALUES (3, 2, 'c'); DELETE FROM child WHERE id = 2; DELETE FROM parent WHERE id = 2; UPDATE parent SET up = 1 WHERE id = 3; INSERT INTO child VALUES (3, 3)")
	f.apply()
	if got := rows(); got != "1a,3c" {
		t.Errorf("after both were built anew: got %s", got)
	}
	if diff := cmp.Diff(shape, dumped(t, dsn)); diff != "" {
		t.Errorf("before -, after +:\n%s", diff)
	}
	f.settled()
	sqliteRun(t, f.path("old.db"), "UPDATE parent SET name = 'z'; INSERT INTO child SELECT id + 10, 1 FROM (WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM r WHERE id < 9) SELECT id FROM r)")
	holds(t, f.exits(8, "apply", "--auto-approve"), "check few failed", "it is to be shown together with mapping.child")
	if got := rows(); got != "1a,3c" {
		t.Errorf("after the check of one of them failed: got %s", got)
	}
	if diff := cmp.Diff(shape, dumped(t, dsn)); diff != "" {
		t.Errorf("before the failed check -, after +:\n%s", diff)
	}
	sqliteRun(t, f.path("old.db"), "DELETE FROM child WHERE id > 10; UPDATE parent SET up = NULL; DELETE FROM child WHERE id = 1; DELETE FROM parent WHERE id = 1")
	holds(t, f.exits(10, "apply", "--auto-approve"), "a row refers to a row that is not there: other_parent_fkey")
	if got := testserver.Psql(t, dsn, "SELECT string_agg(name, ',' ORDER BY id) FROM parent"); got != "a,c" {
		t.Errorf("with another table's rows in the way: got %s, want the old ones", got)
	}
	testserver.Psql(t, dsn, "DELETE FROM other")
	f.apply()
	f.settled()
}

func TestTablesOfSQLiteThatPointToEachOtherAreBuiltAnewTogether(t *testing.T) {
	f := newFolder(t, kinship("\"sqlite\" \"new\" {\n  path = \"new.db\"\n}"))
	sqliteRun(t, f.path("old.db"), oneFamily)
	f.apply()
	shape := func() string {
		return sqliteRows(t, f.path("new.db"), "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'migrateiq%' AND tbl_name NOT LIKE 'migrateiq%' ORDER BY 1, 2")
	}
	sqliteRun(t, f.path("new.db"), `CREATE VIEW v AS SELECT c.id, p.name FROM child c JOIN parent p ON p.id = c.parent; CREATE TABLE log (n int);
CREATE TABLE other (parent bigint REFERENCES parent); INSERT INTO other VALUES (1); CREATE INDEX by_name ON parent (name) WHERE name > 'a';
CREATE TRIGGER noted AFTER INSERT ON parent BEGIN INSERT INTO log VALUES (NEW.id); END;
CREATE TRIGGER "of another" AFTER INSERT ON log BEGIN UPDATE parent SET name = 'q' WHERE id = NEW.n; END`)
	before := shape()
	sqliteRun(t, f.path("old.db"), "INSERT INTO parent VALUES (3, 2, 'c'); DELETE FROM child WHERE id = 2; DELETE FROM parent WHERE id = 2; UPDATE parent SET up = 1 WHERE id = 3; INSERT INTO child VALUES (3, 3)")
	f.apply()
	if got := sqliteRows(t, f.path("new.db"), "SELECT id, name FROM v ORDER BY id"); got != "1|a\n3|c" {
		t.Errorf("after both were built anew: got %s", got)
	}
	if diff := cmp.Diff(before, shape()); diff != "" {
		t.Errorf("before -, after +:\n%s", diff)
	}
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM log"); got != "0" {
		t.Errorf("the trigger fired for %s rows that were swapped in", got)
	}
	if got := sqliteRows(t, f.path("new.db"), "PRAGMA foreign_key_check"); got != "" {
		t.Errorf("foreign keys that lead nowhere: %s", got)
	}
	f.settled()
}
