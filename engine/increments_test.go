package engine_test

import (
	"regexp"
	"strings"
	"testing"
)

// withCursor gives the source's table a cursor.
func (o *oneTable) withCursor(column string) {
	o.t.Helper()
	text := o.read("main.miq.hcl")
	end := strings.Index(text, "\n}\n")
	o.write("main.miq.hcl", text[:end]+"\n  table \"one\" {\n    cursor = { column = \""+column+"\", kind = \"sequence\" }\n  }"+text[end:])
}

// inMode sets the mapping's mode.
func (o *oneTable) inMode(mode string) {
	o.t.Helper()
	o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "    table  = \"one\"\n    mode   = \""+mode+"\"\n  }\n}")
}

// is demands the target's rows, in the order of their ids.
func (o *oneTable) is(when, want string) {
	o.t.Helper()
	if got := strings.ReplaceAll(o.there("SELECT * FROM one ORDER BY id"), "\n", " "); got != want {
		o.t.Errorf("rows %s: got %s, want %s", when, got, want)
	}
}

// quiet demands that a plan finds nothing to do.
func (o *oneTable) quiet() string {
	o.t.Helper()
	out := o.exits(0, "plan", "--detailed-exitcode")
	holds(o.t, out, "No changes.")
	return out
}

func TestAppendByCursorTakesTheRowsAboveItAndNoOthers(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.withCursor("id")
		o.inMode("append")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
		o.apply()
		o.is("at first", "1|a 2|b")
		o.settled()

		o.at("INSERT INTO one VALUES (3, 'c'), (4, 'd')")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to append", "2 rows written")
		o.apply()
		o.is("after two more", "1|a 2|b 3|c 4|d")
		o.settled()

		o.at("UPDATE one SET v = 'changed' WHERE id = 1")
		o.quiet()
		o.is("after a change below the cursor", "1|a 2|b 3|c 4|d")
	})
}

func TestAppendWithoutACursorLoadsOnceAndReportsChanges(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.inMode("append")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a')")
		o.apply()
		o.settled()
		o.at("INSERT INTO one VALUES (2, 'b')")
		holds(t, o.quiet(), "The source has changed since it was read")
		o.is("after one more", "1|a")
	})
}

func TestUpsertByCursorTakesNewAndChangedRows(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.withCursor("seq")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT, seq INTEGER NOT NULL); INSERT INTO one VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)")
		o.apply()
		o.is("at first", "1|a|1 2|b|2 3|c|3")
		o.settled()

		o.at("UPDATE one SET v = 'B', seq = 4 WHERE id = 2; INSERT INTO one VALUES (9, 'i', 5); DELETE FROM one WHERE id = 3")
		out := o.exits(2, "plan", "--detailed-exitcode")
		holds(t, out, "1 to upsert", "2 rows written", "gone at the source: 1 row")
		o.apply()
		o.is("after a change, a new row and one gone", "1|a|1 2|B|4 3|c|3 9|i|5")
		o.quiet()
		o.exits(0, "verify")
		holds(t, o.exits(0, "verify", "--source"), "gone there: 1")
	})
}

func TestUpsertWithoutACursorFindsWhatChangedByDigest(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, NULL), (3, 'c')")
		o.apply()
		o.settled()
		o.at("UPDATE one SET v = 'B' WHERE id = 2; INSERT INTO one VALUES (0, ''); DELETE FROM one WHERE id = 3; UPDATE one SET v = NULL WHERE id = 1")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to upsert", "gone at the source: 1 row")
		o.apply()
		o.is("after changes", "0| 1|NULL 2|B 3|c")
		o.quiet()
		holds(t, o.exits(0, "verify", "--source"), "gone there: 1")
	})
}

// A changed row that where refuses now leaves the target; one that it takes now comes.
func TestUpsertDeletesARowThatTheFilterRefusesNow(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.withCursor("seq")
		o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n  to", "    table  = \"one\"\n    where  = \"src.v != 'out'\"\n  }\n  to")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT NOT NULL, seq INTEGER NOT NULL); INSERT INTO one VALUES (1, 'in', 1), (2, 'out', 2), (3, 'in', 3)")
		o.apply()
		o.is("at first", "1|in|1 3|in|3")
		o.settled()
		o.at("UPDATE one SET v = 'out', seq = 4 WHERE id = 1; UPDATE one SET v = 'in', seq = 5 WHERE id = 2")
		o.apply()
		o.is("after one went out and one came in", "2|in|5 3|in|3")
		o.settled()
	})
}

func TestReplaceModeMakesTheTableTheSourcesAgain(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.inMode("replace")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
		o.apply()
		o.settled()
		o.at("DELETE FROM one WHERE id = 1; INSERT INTO one VALUES (3, 'c')")
		o.exits(2, "plan", "--detailed-exitcode")
		o.apply()
		o.is("after one went and one came", "2|b 3|c")
		o.settled()
	})
}

func TestReplaceOnTheCommandLineBuildsTheTableAnew(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
		o.apply()
		o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "    table  = \"one\"\n    key    = [\"id\"]\n  }\n  field \"id\" { from = \"id\" }\n  field \"v\" { cel = \"src.v + '!'\" }\n}")
		holds(t, o.exits(0, "plan"), "field v", "re-mapped")
		o.is("before the apply", "1|a 2|b")
		o.at("DELETE FROM one WHERE id = 1; INSERT INTO one VALUES (3, 'c')")
		holds(t, o.exits(0, "plan", "--replace=mapping.one"), "1 to reload")
		o.apply("--replace=mapping.one")
		o.is("after the reload", "2|b! 3|c!")
		o.settled()
	})
}

var openRun = regexp.MustCompile(`Run ([0-9a-f]{16}) is open`)

func TestAnAbandonedRunLeavesItsRowsAndTheNextPlanLoadsTheTableAnew(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v INT16); INSERT INTO one VALUES (1, 1), (2, 40000), (3, 3)")
		found := openRun.FindStringSubmatch(o.exits(10, "apply", "--auto-approve"))
		if found == nil {
			t.Fatal("the apply names no run")
		}
		holds(t, o.exits(10, "plan"), "run abandon "+found[1])
		holds(t, o.exits(0, "run", "abandon", found[1]), "0 rows")
		o.exits(1, "run", "abandon", found[1])
		o.at("UPDATE one SET v = 2 WHERE id = 2")
		o.exits(2, "plan", "--detailed-exitcode")
		o.apply()
		o.is("after the run was abandoned and the source mended", "1|1 2|2 3|3")
		o.settled()
		holds(t, o.exits(0, "run", "list"), "abandoned", "done")
	})
}

func TestAMovedMappingKeepsItsRowsAndARemovedOneLeavesThem(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a')")
		o.apply()
		config := o.read("main.miq.hcl")
		moved := strings.Replace(config, `mapping "one"`, `mapping "first"`, 1)
		o.write("main.miq.hcl", moved)
		holds(t, o.exits(1, "plan"), "moved {", "from = mapping.one")
		o.write("main.miq.hcl", moved+"moved {\n  from = mapping.one\n  to   = mapping.first\n}\n")
		o.exits(2, "plan", "--detailed-exitcode")
		o.apply()
		o.is("after the move", "1|a")
		o.settled()
		o.at("INSERT INTO one VALUES (2, 'b')")
		o.apply()
		o.is("after the move and one more row", "1|a 2|b")
		o.settled()

		blocks, _, _ := strings.Cut(moved, `mapping "first"`)
		o.write("main.miq.hcl", blocks)
		holds(t, o.exits(1, "plan"), "removed {", "mapping.first")
		o.write("main.miq.hcl", blocks+"removed {\n  mapping = mapping.first\n}\n")
		o.exits(2, "plan", "--detailed-exitcode")
		o.apply()
		o.is("after the mapping was removed", "1|a 2|b")
		o.quiet()
		if got := o.exits(0, "state", "list"); strings.Contains(got, "mapping.") {
			t.Errorf("state list: got %s, want no mapping", got)
		}
	})
}
