package engine_test

import (
	"strings"
	"testing"
)

func (o *oneTable) rows(sql string) {
	o.t.Helper()
	if o.to == "sqlite" {
		sqliteRun(o.t, o.path("target.db"), sql)
	} else {
		o.there(sql)
	}
}

func (o *oneTable) block(text string) {
	o.t.Helper()
	o.write("more.miq.hcl", text)
}

const reloadAll = "reload {\n  mapping    = mapping.one\n  generation = 1\n  reason     = \"Rows were edited by hand\"\n}\n"

func TestAReloadWritesOverWhatSomebodyElseChangedOnce(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b'), (3, 'c')")
		o.apply()
		o.rows("UPDATE one SET v = 'X' WHERE id = 2")
		o.rows("DELETE FROM one WHERE id = 3")
		o.block(reloadAll)
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to remap", "2 rows written", "Rows were edited by hand", "2 rows do not stand as the mapping makes them")
		o.apply()
		o.is("after the reload", "1|a 2|b 3|c")
		o.settled()
		o.rows("UPDATE one SET v = 'Y' WHERE id = 1")
		o.quiet()
		o.is("after an edit behind the reload", "1|Y 2|b 3|c")
		o.edit("more.miq.hcl", "generation = 1", "generation = 2")
		o.apply()
		o.is("after a second generation", "1|a 2|b 3|c")
		o.settled()
		o.edit("more.miq.hcl", "generation = 2", "generation = 1")
		holds(t, o.exits(1, "plan"), "generation of a reload goes down", "generation 2")
	})
}

func TestAReloadOfSomeRowsAndFieldsLeavesTheOthers(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT, w TEXT); INSERT INTO one VALUES (1, 'a', 'k'), (2, 'b', 'l'), (3, 'c', 'm')")
		o.apply()
		o.rows("UPDATE one SET v = 'X', w = 'X'")
		o.block(strings.Replace(reloadAll, "  generation", "  fields     = [\"v\"]\n  where      = \"src.id > 1\"\n  generation", 1))
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "2 rows written")
		o.apply()
		o.is("after the reload of a part", "1|X|X 2|b|X 3|c|X")
		o.quiet()
		o.exits(9, "verify") // what was not chosen is still known to be somebody else's
		o.block(strings.Replace(reloadAll, "generation = 1", "generation = 2", 1))
		o.apply()
		o.is("after the reload of all", "1|a|k 2|b|l 3|c|m")
		o.settled()
	})
}

func TestAReloadOfSomeRowsLosesNoChangeOfTheSource(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
		o.apply()
		o.at("UPDATE one SET v = 'new' WHERE id = 1; INSERT INTO one VALUES (3, 'c')")
		o.block(strings.Replace(reloadAll, "  generation", "  where      = \"src.id == 2\"\n  generation", 1))
		holds(t, o.exits(0, "plan", "--refresh=false"), "Rows were not looked at")
		o.apply("--refresh=false")
		o.is("after the reload", "1|new 2|b 3|c")
		o.settled()
	})
}

func TestAReloadOfAMappingWithoutAKeyIsRefused(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER, v TEXT); INSERT INTO one VALUES (1, 'a')")
		o.block(reloadAll)
		o.apply() // a new mapping takes the generation over
		o.quiet()
		o.edit("more.miq.hcl", "generation = 1", "generation = 2")
		holds(t, o.exits(1, "plan"), "A reload of rows that no key finds", "--replace=mapping.one")
	})
}

func TestAReloadNamesFieldsThatThereAre(t *testing.T) {
	for _, c := range []struct{ name, add, want string }{
		{"a field that is none", "fields = [\"vv\"]", "Did you mean \"v\"?"},
		{"a field of the key", "fields = [\"id\"]", "part of the key"},
		{"a column that is none", "where = \"src.vv == 'a'\"", "Unknown column"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOneTable(t, "sqlite", "sqlite")
			o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a')")
			o.apply()
			o.block(strings.Replace(reloadAll, "  generation", "  "+c.add+"\n  generation", 1))
			holds(t, o.exits(1, "plan"), c.want)
		})
	}
}
