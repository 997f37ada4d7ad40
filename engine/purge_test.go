package engine_test

import (
	"strings"
	"testing"
)

// withoutMapping takes the mapping out of the configuration and removes it with its rows.
func (o *oneTable) withoutMapping() {
	o.t.Helper()
	text := o.read("main.miq.hcl")
	o.write("main.miq.hcl", text[:strings.Index(text, "mapping \"one\"")])
	o.block("removed {\n  mapping = mapping.one\n  purge   = true\n}\n")
}

func TestPurgeDeletesTheRowsOfAMappingThatIsGone(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, NULL), (3, 'c')")
		o.apply()
		o.withoutMapping()
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to delete", "3 removed", "cannot be undone", "breaking")
		o.is("after the plan", "1|a 2|NULL 3|c")
		o.apply()
		o.is("after the purge", "")
		o.quiet()
		o.block("")
		o.quiet()
	})
}

func TestPurgeDeletesManyRowsInParts(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		many := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) "
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); " + many + "INSERT INTO one SELECT i, 'v' || i FROM n")
		o.apply()
		o.withoutMapping()
		holds(t, o.apply(), "12000 rows were removed")
		o.is("after the purge", "")
		o.quiet()
	})
}

func TestPurgeOfATableWithoutAKeyEmptiesIt(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER, v TEXT); INSERT INTO one VALUES (1, 'a'), (1, 'a')")
		o.apply()
		o.withoutMapping()
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to delete", "2 removed")
		o.apply()
		o.is("after the purge", "")
		o.quiet()
	})
}

func TestPurgeIsRefusedWhereSomebodyElseChangedTheTable(t *testing.T) {
	for _, c := range []struct{ name, change string }{
		{"a row more", "INSERT INTO one VALUES (9, 'theirs')"},
		{"another value", "UPDATE one SET v = 'theirs' WHERE id = 1"},
		{"a row less", "DELETE FROM one WHERE id = 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			forEachTarget(t, func(t *testing.T, o *oneTable) {
				o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
				o.apply()
				o.withoutMapping()
				o.exits(0, "plan", "--out", "saved")
				o.rows(c.change)
				before := o.there("SELECT * FROM one ORDER BY id")
				holds(t, o.exits(1, "plan"), "holds other rows than the runs left", "migrateiq verify")
				if code, out := o.run("apply", "saved"); code == 0 {
					t.Errorf("a saved plan: got exit code 0, want a refusal\n%s", out)
				}
				if got := o.there("SELECT * FROM one ORDER BY id"); got != before {
					t.Errorf("rows after the refusal: got %s, want %s", got, before)
				}
			})
		})
	}
}

func TestPurgeIsRefusedWhereAnotherTablePointsToTheRows(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a')")
		o.apply()
		o.rows("CREATE TABLE child (id INTEGER PRIMARY KEY, one INTEGER REFERENCES one (id) ON DELETE CASCADE)")
		o.rows("INSERT INTO child VALUES (7, 1)")
		o.withoutMapping()
		holds(t, o.exits(1, "plan"), "Another table points to the rows", "child")
		o.rows("DROP TABLE child")
		o.apply()
		o.is("after the purge", "")
	})
}

// What points to rows is emptied before them, in whatever order the mappings are named.
func TestPurgeEmptiesChildrenBeforeTheirParents(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'); CREATE TABLE two (id INTEGER PRIMARY KEY, one INTEGER NOT NULL REFERENCES one (id)); INSERT INTO two VALUES (7, 1)")
		text := o.read("main.miq.hcl")
		o.write("main.miq.hcl", text+strings.ReplaceAll(text[strings.Index(text, "mapping \"one\""):], "\"one\"", "\"two\""))
		o.apply()
		if got := o.there("SELECT id FROM two"); got != "7" {
			t.Fatalf("rows of the child: got %s, want 7", got)
		}
		o.withoutMapping()
		o.block("removed {\n  mapping = mapping.one\n  purge   = true\n}\nremoved {\n  mapping = mapping.two\n  purge   = true\n}\n")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "2 to delete", "2 removed")
		o.apply()
		if got := o.there("SELECT count(*) FROM one") + o.there("SELECT count(*) FROM two"); got != "00" {
			t.Errorf("rows after the purge: got %s, want none", got)
		}
		o.quiet()
	})
}
