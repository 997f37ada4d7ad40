package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// kept is a site whose item table was loaded and is hung with views and keys, with a window in which it can be brought back.
func keptSite(t *testing.T) (*folder, string) {
	t.Helper()
	dsn := testserver.Postgres(t)
	f := newFolder(t, swapped, "TARGET="+dsn)
	f.edit("main.miq.hcl", "max_rejects = 0", "rollback_window = \"72h\"")
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	testserver.Psql(t, dsn, everything(role(t, dsn, "kept_reader")))
	testserver.Psql(t, dsn, "CREATE TABLE up (id int PRIMARY KEY); INSERT INTO up SELECT generate_series(1, 9); ALTER TABLE item ADD CONSTRAINT item_up FOREIGN KEY (qty) REFERENCES up DEFERRABLE")
	return f, dsn
}

func names(t *testing.T, dsn string) string {
	t.Helper()
	return testserver.Psql(t, dsn, "SELECT string_agg(name, ',' ORDER BY id) FROM item")
}

func TestATableThatWasSwappedOutIsKeptAndBroughtBackWithAllThatHangsOnIt(t *testing.T) {
	f, dsn := keptSite(t)
	shape, state := dumped(t, dsn), f.exits(0, "state", "show", "mapping.item")
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2; INSERT INTO item VALUES (4, 'd', 4)")
	f.apply("--replace=mapping.item")
	if got := names(t, dsn); got != "a,new,c,d" {
		t.Fatalf("after the swap: got %s", got)
	}
	if diff := cmp.Diff(shape, dumped(t, dsn)); diff != "" {
		t.Errorf("before the swap -, after it +:\n%s", diff)
	}
	testserver.Psql(t, dsn, "DELETE FROM up WHERE id = 9") // nothing refers to it, and the kept table has no key on it
	holds(t, f.exits(0, "plan"), "No changes.", "is kept as _migrateiq_old_public.item", "`migrateiq rollback mapping.item` brings it back")
	holds(t, f.exits(0, "rollback", "mapping.item", "--auto-approve"), "will be rolled back", "removes 4", "Apply complete")
	if got := names(t, dsn); got != "a,b,c" {
		t.Errorf("after the rollback: got %s", got)
	}
	if diff := cmp.Diff(shape, dumped(t, dsn)); diff != "" {
		t.Errorf("before the swap -, after the rollback +:\n%s", diff)
	}
	if now := f.exits(0, "state", "show", "mapping.item"); now != state {
		t.Errorf("the state after the rollback: got\n%s\nwant\n%s", now, state)
	}
	f.exits(0, "verify")
	holds(t, f.exits(0, "plan"), "the source reads differently")
	testserver.Psql(t, dsn, "DROP PUBLICATION pub") // by which the rows cannot be updated
	f.apply()
	f.settled()
	holds(t, f.exits(1, "rollback", "mapping.item", "--auto-approve"), "No table is kept of mapping.item")
}

func TestAKeptTableIsDroppedByThePlanBehindItsTime(t *testing.T) {
	f, dsn := keptSite(t)
	count := func() string {
		return testserver.Psql(t, dsn, "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE '\\_migrateiq\\_old%' AND relkind = 'r'")
	}
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2")
	f.apply("--replace=mapping.item")
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'newer' WHERE id = 2")
	holds(t, f.exits(0, "plan", "--replace=mapping.item"), "K103", "is dropped when the new one is swapped in: one old table is kept")
	f.apply("--replace=mapping.item")
	if got := count(); got != "1" {
		t.Errorf("kept tables after a second swap: got %s, want 1", got)
	}
	f.now = time.Now().Add(73 * time.Hour)
	holds(t, f.exits(0, "plan", "--full"), "K101", "drop table _migrateiq_old_public.item", "1 old to drop")
	f.apply()
	if got := count(); got != "0" {
		t.Errorf("kept tables behind their time: got %s, want none", got)
	}
	f.settled()
}

func TestNothingIsShownThatFailsACheck(t *testing.T) {
	f, dsn := keptSite(t)
	shape := dumped(t, dsn)
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2")
	f.edit("main.miq.hcl", "agg.count() > 0", "agg.count() > 5")
	out := f.exits(8, "apply", "--auto-approve", "--replace=mapping.item")
	holds(t, out, "not swapped in", "the old table stands", "check some failed")
	if got := names(t, dsn); got != "a,b,c" {
		t.Errorf("after the failed check: got %s, want the old rows", got)
	}
	if diff := cmp.Diff(shape, dumped(t, dsn)); diff != "" {
		t.Errorf("before -, after the failed check +:\n%s", diff)
	}
	f.edit("main.miq.hcl", "agg.count() > 5", "agg.count() > 2")
	f.exits(0, "verify")
	if out := f.apply("--replace=mapping.item"); !strings.Contains(out, "Apply complete") || names(t, dsn) != "a,new,c" {
		t.Errorf("with a check that holds: got\n%s\n%s", out, names(t, dsn))
	}
}

func TestATableOfSQLiteIsKeptAndBroughtBack(t *testing.T) {
	text := strings.Replace(swapped, "target \"postgres\" \"new\" {\n  url          = secret(\"env://TARGET\")\n  lock_timeout = \"2s\"\n}", "target \"sqlite\" \"new\" {\n  path = \"new.db\"\n}", 1)
	text = strings.Replace(strings.Replace(text, "target.postgres.new", "target.sqlite.new", 1), "max_rejects = 0", `rollback_window = "10m"`, 1)
	f := newFolder(t, text)
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	sqliteRun(t, f.path("new.db"), `CREATE INDEX by_name ON item (name); CREATE VIEW v AS SELECT name FROM item; CREATE TABLE child (item int REFERENCES item); CREATE TABLE log (n int);
CREATE TRIGGER noted AFTER INSERT ON item BEGIN INSERT INTO log VALUES (NEW.id); END`)
	ours := "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'migrateiq%' AND tbl_name NOT LIKE '%\\_\\_old' ESCAPE '\\' ORDER BY 1, 2"
	shape := sqliteRows(t, f.path("new.db"), ours)
	is := func(when, want string) {
		t.Helper()
		if got := sqliteRows(t, f.path("new.db"), "SELECT group_concat(name) FROM (SELECT name FROM v ORDER BY name)"); got != want {
			t.Errorf("%s: got %s, want %s", when, got, want)
		}
		if diff := cmp.Diff(shape, sqliteRows(t, f.path("new.db"), ours)); diff != "" {
			t.Errorf("%s: before -, now +:\n%s", when, diff)
		}
	}
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2")
	f.apply("--replace=mapping.item")
	is("after the swap", "a,c,new")
	holds(t, f.exits(0, "plan"), "is kept as item__old")
	f.exits(0, "rollback", "mapping.item", "--auto-approve")
	is("after the rollback", "a,b,c")
	f.exits(0, "verify")
	f.apply("--replace=mapping.item")
	is("after another swap", "a,c,new")
	f.now = time.Now().Add(time.Hour)
	f.apply()
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM sqlite_schema WHERE name = 'item__old'"); got != "0" {
		t.Errorf("the kept table behind its time: got %s, want none", got)
	}
	f.settled()
}

func TestAChangedDefinitionIsSwappedInWhereTheStrategySaysSo(t *testing.T) {
	f, dsn := keptSite(t)
	f.edit("main.miq.hcl", "rollback_window = \"72h\"", "rollback_window = \"72h\"\n    strategy = \"shadow_swap\"")
	f.settled()
	f.edit("main.miq.hcl", "  check \"some\" {", "  field \"id\" { from = \"id\" }\n  field \"qty\" { from = \"qty\" }\n  field \"name\" { cel = \"src.name + '!'\" }\n  check \"some\" {")
	holds(t, f.exits(0, "plan"), "B130", "will be reloaded")
	f.apply()
	if got := names(t, dsn); got != "a!,b!,c!" {
		t.Errorf("after the swap: got %s", got)
	}
	f.exits(0, "rollback", "mapping.item", "--auto-approve")
	if got := names(t, dsn); got != "a,b,c" {
		t.Errorf("after the rollback: got %s", got)
	}
	holds(t, f.exits(0, "plan"), "B130", "- src", "+ src.name + '!'")
}
