package engine_test

import (
	"testing"
)

const importOne = "import {\n  mapping = mapping.one\n}\n"

// stood makes both tables, as somebody copied them before.
func (o *oneTable) stood(source, target string) {
	o.t.Helper()
	const table = "CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT);"
	o.at(table + "INSERT INTO one VALUES " + source)
	o.rows(table)
	o.rows("INSERT INTO one VALUES " + target)
}

func TestRowsThatStandAlreadyAreTakenOverAfterVerification(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.stood("(1, 'a'), (2, NULL), (3, 'c')", "(1, 'a'), (2, NULL), (3, 'c')")
		holds(t, o.exits(1, "plan"), "holds rows already", "import {", "mapping = mapping.one")
		o.block(importOne)
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to adopt", "each value as the mapping makes it", "0 rows written")
		o.apply()
		o.is("after the import", "1|a 2|NULL 3|c")
		o.settled()

		o.at("UPDATE one SET v = 'B' WHERE id = 2; INSERT INTO one VALUES (4, 'd')")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to upsert")
		o.apply()
		o.is("after the source has changed", "1|a 2|B 3|c 4|d")
		o.settled()

		o.rows("UPDATE one SET v = 'X' WHERE id = 1")
		o.exits(9, "verify")
	})
}

func TestAnImportCountsWhatDiffersAndWritesNothing(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.stood("(1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')", "(1, 'a'), (2, 'X'), (3, NULL), (9, 'i')")
		o.block(importOne)
		holds(t, o.exits(1, "plan"), "1 row lacking in the target, 2 rows different there, 1 row there and not made by the source", "on_target_drift")
		o.is("after a refused plan", "1|a 2|X 3|NULL 9|i")

		o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "    table  = \"one\"\n  }\n  lifecycle {\n    on_target_drift = \"repair\"\n  }\n}")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to repair", "1 to adopt", "3 rows written", "1 row of table")
		o.apply()
		o.is("after the repair", "1|a 2|b 3|c 4|d 9|i")
		o.quiet()
		o.exits(0, "verify")
	})
}

func TestAnImportByKeysTakesValuesAsTheyStand(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.stood("(1, 'a'), (2, 'b')", "(1, 'a'), (2, 'X')")
		o.block("import {\n  mapping = mapping.one\n  verify  = \"keys\"\n}\n")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "Only the keys are verified")
		o.apply()
		o.is("after the import", "1|a 2|X")
		o.quiet()
		o.exits(0, "verify")
		o.rows("UPDATE one SET v = 'Y' WHERE id = 2")
		o.exits(9, "verify")
	})
}

func TestAnImportWithACursorGoesOnAboveIt(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.withCursor("id")
		o.stood("(1, 'a'), (2, 'b')", "(1, 'a'), (2, 'b')")
		o.block(importOne)
		o.apply()
		o.settled()
		o.at("INSERT INTO one VALUES (3, 'c')")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 to upsert", "1 row written")
		o.apply()
		o.is("after one more", "1|a 2|b 3|c")
		o.settled()
	})
}

func TestAnImportThatNoLongerAgreesAtApplyWritesNothing(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.stood("(1, 'a'), (2, 'b')", "(1, 'a'), (2, 'b')")
		o.block(importOne)
		o.exits(0, "plan", "--out", "saved")
		o.rows("UPDATE one SET v = 'X' WHERE id = 2")
		out := o.exits(10, "apply", "saved")
		holds(t, out, "not as the mapping makes them", "Nothing was written")
		o.is("after the failed import", "1|a 2|X")
		o.exits(0, "run", "abandon", openRun.FindStringSubmatch(out)[1])
		o.is("after the run was abandoned", "1|a 2|X")
		holds(t, o.exits(1, "plan"), "1 row different there")
		o.rows("UPDATE one SET v = 'b' WHERE id = 2")
		o.apply()
		o.settled()
	})
}

func TestAnImportWithoutAKeyIsRefused(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		const table = "CREATE TABLE one (id INTEGER, v TEXT); INSERT INTO one VALUES (1, 'a')"
		o.at(table)
		o.rows(table)
		o.block(importOne)
		holds(t, o.exits(1, "plan"), "Rows that no key finds")
	})
}
