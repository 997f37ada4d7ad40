package engine_test

import (
	"strings"
	"testing"
)

// versionFolder is a mapping in mode history from SQLite to SQLite.
func versionFolder(t *testing.T, source, block string) *folder {
	t.Helper()
	f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+versionsOf(block, "")("sqlite"))
	sqliteRun(t, f.path("old.db"), source)
	return f
}

// keyless is a source that keeps nothing unique, and takes a null everywhere but in name.
const keyless = `CREATE TABLE person (id integer, name text NOT NULL, town text, updated text NOT NULL);
INSERT INTO person VALUES (1, 'a', 'x', '2024-01-01 00:00:00'), (2, 'b', NULL, '2024-01-02 00:00:00');`

const ownMoment = "      at = \"datetime(src.updated).at_zone('UTC')\"\n"

const standing = "SELECT id, name, valid_to IS NULL FROM person ORDER BY id, valid_from"

func TestANullInTheKeyOfVersionsIsRefused(t *testing.T) {
	null := "INSERT INTO person VALUES (NULL, 'n', NULL, '2024-01-03 00:00:00')"
	t.Run("at the first load", func(t *testing.T) {
		f := versionFolder(t, keyless+null, "")
		holds(t, f.exits(10, "apply", "--auto-approve"), "field id: the key is null", "coalesce", "0 rows stand in person")
		sqliteRun(t, f.path("old.db"), "DELETE FROM person WHERE id IS NULL")
		holds(t, f.exits(0, "apply", "--auto-approve"), "2 versions opened, 0 closed")
		f.settled()
	})
	t.Run("behind it", func(t *testing.T) {
		f := versionFolder(t, keyless, "")
		f.apply()
		sqliteRun(t, f.path("old.db"), null+"; UPDATE person SET name = 'second' WHERE id = 1")
		for _, command := range [][]string{{"plan"}, {"apply", "--auto-approve"}} {
			holds(t, f.exits(1, command...), "main.miq.hcl line 8", "field id: the key is null", "leave such rows out with `where`")
		}
		if got := sqliteRows(t, f.path("new.db"), standing); got != "1|a|1\n2|b|1" {
			t.Errorf("versions: got\n%s\nwant those of the first load", got)
		}
		f.edit("main.miq.hcl", "table  = \"person\"\n  }\n  to", "table  = \"person\"\n    where  = \"src.id != null\"\n  }\n  to")
		holds(t, f.apply(), "1 version opened, 1 closed")
		f.settled()
	})
}

func TestTwoRowsOfOneKeyOfVersionsAreRefused(t *testing.T) {
	for _, block := range []string{"", ownMoment} { // rows of two moments are two versions of the table's key, and still one row
		twice := "INSERT INTO person VALUES (1, 'n', NULL, '2024-03-01 00:00:00')"
		t.Run("at the first load "+block, func(t *testing.T) {
			f := versionFolder(t, keyless+twice, block)
			holds(t, f.exits(10, "apply", "--auto-approve"), "several rows of the source make the same key (id) in mapping.person: 1")
			if got := sqliteRows(t, f.path("new.db"), standing); got != "" {
				t.Errorf("versions: got\n%s\nwant none", got)
			}
		})
		t.Run("behind it "+block, func(t *testing.T) {
			f := versionFolder(t, keyless, block)
			f.apply()
			sqliteRun(t, f.path("old.db"), twice)
			for _, command := range [][]string{{"plan"}, {"apply", "--auto-approve"}} {
				holds(t, f.exits(1, command...), "main.miq.hcl line 8", "Comparing the rows of source.sqlite.old: duplicate_key: several rows of the source make the same key (id) in mapping.person: 1", "leave all but one of them out with `where`")
			}
			if got := sqliteRows(t, f.path("new.db"), standing); got != "1|a|1\n2|b|1" {
				t.Errorf("versions: got\n%s\nwant those of the first load", got)
			}
		})
		t.Run("of an expression "+block, func(t *testing.T) {
			f := versionFolder(t, strings.Replace(keyless, "id integer", "id integer PRIMARY KEY", 1), block)
			f.edit("main.miq.hcl", `field "id" { from = "id" }`, `field "id" { cel = "src.id / 2" }`)
			f.apply()
			sqliteRun(t, f.path("old.db"), "INSERT INTO person VALUES (3, 'c', NULL, '2024-03-01 00:00:00')")
			holds(t, f.exits(1, "apply", "--auto-approve"), "duplicate_key", "same key (id) in mapping.person: 1")
			if got := sqliteRows(t, f.path("new.db"), standing); got != "0|a|1\n1|b|1" {
				t.Errorf("versions: got\n%s\nwant those of the first load", got)
			}
		})
	}
}

func TestBlocksThatModeHistoryCannotCarryOutAreRefusedAtTheirLine(t *testing.T) {
	blocks := map[string]struct{ block, line, want string }{
		"a reload":  {"reload {\n  mapping    = mapping.person\n  generation = 1\n  reason     = \"x\"\n}\n", "7: reload {", "A reload block for a mapping in mode history is not in this version. No version is written a second time: remove the block."},
		"an import": {"import {\n  mapping = mapping.person\n}\n", "7: import {", "An import block for a mapping in mode history is not in this version."},
		"a ref": {"mapping \"visit\" {\n  from {\n    source = source.sqlite.old\n    table  = \"visit\"\n  }\n  to {\n    target = target.sqlite.new\n    table  = \"visit\"\n    key    = [\"id\"]\n  }\n  field \"id\" { from = \"id\" }\n  ref \"person\" {\n    mapping = mapping.person\n    on      = [\"src.person\"]\n  }\n}\n",
			"19:     mapping = mapping.person", "A ref to rows of mode history is not in this version: mapping.person holds several versions of a row, and the key of none is the row's own. Refer to a mapping of another mode."},
	}
	for name, c := range blocks {
		t.Run(name, func(t *testing.T) {
			f := versionFolder(t, versionSource+"CREATE TABLE visit (id integer PRIMARY KEY, person integer NOT NULL); INSERT INTO visit VALUES (1, 1);", "")
			f.edit("main.miq.hcl", "mapping \"person\" {\n", c.block+"mapping \"person\" {\n")
			holds(t, f.exits(1, "plan"), c.line, c.want) // before there is a table
			f.edit("main.miq.hcl", c.block, "")
			f.apply()
			f.edit("main.miq.hcl", "mapping \"person\" {\n", c.block+"mapping \"person\" {\n")
			holds(t, f.exits(1, "plan"), c.line, c.want)
			holds(t, f.exits(1, "apply", "--auto-approve"), c.line, c.want)
			f.exits(0, "lock")
			holds(t, f.exits(1, "validate"), c.line, c.want)
		})
	}
}

func TestAColumnOfTheTimeOfVersionsMayGetAnotherName(t *testing.T) {
	until := "history {\n      valid_to = \"until\"\n"
	for _, gone := range []string{"close", "keep"} {
		t.Run("to a free one, "+gone, func(t *testing.T) {
			f := versionFolder(t, versionSource, "      on_gone = \""+gone+"\"\n")
			f.apply()
			sqliteRun(t, f.path("old.db"), "UPDATE person SET name = 'x' WHERE id = 4")
			f.apply()
			f.edit("main.miq.hcl", "history {\n", until)
			sqliteRun(t, f.path("old.db"), "UPDATE person SET name = 'y' WHERE id = 4")
			holds(t, f.apply(), "1 version opened, 1 closed")
			if got := sqliteRows(t, f.path("new.db"), "SELECT count(*), count(until), count(DISTINCT id) FROM person"); got != "1002|2|1000" {
				t.Errorf("versions, closed ones, rows: got %s, want 1002|2|1000", got)
			}
			f.settled()
		})
	}
	t.Run("not to one that a field has left", func(t *testing.T) {
		f := versionFolder(t, versionSource, "")
		field := "  field \"until\" {\n    cel  = \"datetime(src.updated).at_zone('UTC')\"\n    type = timestamptz(6)\n    null = true\n  }\n"
		f.edit("main.miq.hcl", "  field \"town\"", field+"  field \"town\"")
		f.apply()
		sqliteRun(t, f.path("old.db"), "UPDATE person SET name = 'x' WHERE id = 4")
		f.apply()
		f.edit("main.miq.hcl", field, "")
		f.apply()
		f.edit("main.miq.hcl", "history {\n", until)
		holds(t, f.exits(1, "plan"), "The versions would be lost", "valid_to would be another one, since the table has a column until already", "--replace=mapping.person")
	})
}
