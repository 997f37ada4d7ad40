package engine_test

import "testing"

// In SQLite a column that takes no null and has a value of its own in each row has the table built anew. The plan says so, and
// what belongs to the table is there behind it as it was before.
func TestAColumnWithoutNullHasASQLiteTableBuiltAnew(t *testing.T) {
	f := twoEnds(t, "sqlite", twinMapping)
	sqliteRun(t, f.path("source.db"), twinSource)
	sqliteRun(t, f.path("target.db"), `CREATE TABLE new_a (id INTEGER PRIMARY KEY, v TEXT NOT NULL);
CREATE TABLE new_b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES new_a (id));
CREATE INDEX by_v ON new_a (v); CREATE INDEX some_v ON new_a (id) WHERE v > 'a';
CREATE TABLE seen (id INTEGER);
CREATE TRIGGER note AFTER UPDATE ON new_a BEGIN INSERT INTO seen VALUES (new.id); END;
CREATE VIEW all_a AS SELECT id, v FROM new_a;`)
	f.apply()
	parts := func() string {
		return sqliteRows(t, f.path("target.db"), "SELECT type, name, tbl_name FROM sqlite_schema WHERE name IN ('by_v', 'some_v', 'note', 'all_a', 'new_a', 'new_b') ORDER BY name")
	}
	before := parts()
	f.edit("main.miq.hcl", "  field \"v\" { cel = \"src.v\" }\n}\nmapping \"b\"", "  field \"v\" { cel = \"src.v\" }\n  field \"w\" { cel = \"src.v + '!'\" }\n}\nmapping \"b\"")
	holds(t, f.exits(0, "plan"), "mapping.a will be reloaded", "B112 column w cannot be altered in place there", "writes 2 rows", "put new_a__new in the place of new_a", "CREATE TRIGGER note", "CREATE INDEX some_v")
	f.apply()
	if after := parts(); after != before {
		t.Errorf("parts of the tables: got\n%s\nwant\n%s", after, before)
	}
	sqliteRun(t, f.path("target.db"), "UPDATE new_a SET v = v WHERE id = 101")
	if got := sqliteRows(t, f.path("target.db"), "SELECT (SELECT count(*) FROM seen) || ' ' || (SELECT group_concat(id || v) FROM all_a) || ' ' || (SELECT count(*) FROM pragma_foreign_key_check)"); got != "1 101x,102y 0" {
		t.Errorf("trigger, view and foreign keys: got %s, want 1 101x,102y 0", got)
	}
	if got := sqliteRows(t, f.path("target.db"), "SELECT \"table\", \"from\", \"to\" FROM pragma_foreign_key_list('new_b')"); got != "new_a|a|id" {
		t.Errorf("foreign key of new_b: got %s, want new_a|a|id", got)
	}
	f.settled()
}
