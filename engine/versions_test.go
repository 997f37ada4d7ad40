package engine_test

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

const versionSource = `CREATE TABLE person (id integer PRIMARY KEY, name text NOT NULL, town text, updated text NOT NULL);
WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 1000)
INSERT INTO person SELECT i, 'name ' || i, CASE WHEN i % 3 THEN 'town ' || i % 7 END, '2024-01-01 00:00:00' FROM r;`

// versionsOf is a mapping in mode history, with lines in its block history, and lines behind its fields.
func versionsOf(block, lines string) func(to string) string {
	return func(to string) string {
		text := mapped(to, "person", "id", "  field \"id\" { from = \"id\" }\n  field \"name\" { from = \"name\" }\n  field \"town\" { from = \"town\" }\n"+lines)
		return strings.Replace(text, "    key    = [\"id\"]\n", "    key    = [\"id\"]\n    mode   = \"history\"\n    history {\n"+block+"    }\n", 1)
	}
}

const (
	versionCounts = "SELECT count(*), count(valid_to), count(DISTINCT id), count(DISTINCT valid_from) FROM person"
	overlapping   = "SELECT count(*) FROM person a JOIN person b ON a.id = b.id AND a.valid_from < b.valid_from AND (a.valid_to IS NULL OR a.valid_to > b.valid_from)"
	endless       = "SELECT count(*) FROM person WHERE valid_to <= valid_from"
)

// whole demands that the versions of no row overlap, and that each has a length.
func (f refTarget) whole() {
	f.t.Helper()
	f.wants(overlapping, "0")
	f.wants(endless, "0")
}

func TestEveryVersionOfARowIsKept(t *testing.T) {
	inEach(t, versionSource, versionsOf("", ""), func(t *testing.T, f refTarget) {
		holds(t, f.apply(), "1,000 versions opened, 0 closed")
		f.wants(versionCounts, "1000|0|1000|1")
		f.settled()
		f.source("UPDATE person SET name = 'other ' || id WHERE id % 100 = 0; DELETE FROM person WHERE id IN (1, 2, 3); INSERT INTO person VALUES (2000, 'new', NULL, '2024')")
		holds(t, f.exits(2, "plan", "--detailed-exitcode"), "24 rows written, 0 removed.  11 versions opened, 13 closed.")
		holds(t, f.apply(), "11 versions opened, 13 closed")
		f.wants(versionCounts, "1011|13|1001|2")
		f.wants("SELECT count(*) FROM person WHERE valid_to IS NULL AND name LIKE 'other %'", "10")
		f.settled()
		closed := "SELECT id, name, coalesce(town, '-'), valid_from, valid_to FROM person WHERE id IN (1, 2, 3, 100) AND valid_to IS NOT NULL ORDER BY id, valid_from"
		before := f.query(closed)
		f.source("INSERT INTO person VALUES (2, 'back', NULL, '2024'); UPDATE person SET town = NULL WHERE id = 100; UPDATE person SET updated = '2025' WHERE id = 200")
		holds(t, f.apply(), "2 versions opened, 1 closed")
		if after := f.query(closed); !strings.HasPrefix(after, before[:strings.LastIndex(before, "\n")]) || len(strings.Split(after, "\n")) != 5 {
			t.Errorf("closed versions: got\n%s\nwant those of before, as they were, and one more\n%s", after, before)
		}
		f.wants("SELECT count(*) FROM person WHERE id = 2 AND valid_to IS NULL", "1")
		f.whole()
		f.settled()
	})
}

func TestVersionsFollowACursor(t *testing.T) {
	inEach(t, strings.ReplaceAll(versionSource, "updated text NOT NULL", "updated integer NOT NULL")+" UPDATE person SET updated = id;", versionsOf("", ""), func(t *testing.T, f refTarget) {
		f.edit("main.miq.hcl", "  path = \"old.db\"\n}", "  path = \"old.db\"\n  table \"person\" {\n    cursor = { column = \"updated\", kind = \"sequence\" }\n  }\n}")
		f.apply()
		f.settled()
		f.source("UPDATE person SET name = 'x', updated = 5000 + id WHERE id % 100 = 0; UPDATE person SET updated = 6000 WHERE id = 5; DELETE FROM person WHERE id = 7")
		holds(t, f.exits(2, "plan", "--detailed-exitcode"), "10 versions opened, 11 closed.")
		holds(t, f.apply(), "10 versions opened, 11 closed")
		f.wants(versionCounts, "1010|11|1000|2")
		f.whole()
		f.exits(0, "verify", "--source")
		holds(t, f.exits(0, "plan", "--detailed-exitcode"), "No changes.")
	})
}

func TestARowTellsFromWhenOnItHolds(t *testing.T) {
	at := "      at = \"datetime(src.updated).at_zone('UTC')\"\n"
	inEach(t, versionSource, versionsOf(at, ""), func(t *testing.T, f refTarget) {
		moments := "SELECT name, substr(CAST(valid_from AS text), 1, 19), coalesce(substr(CAST(valid_to AS text), 1, 19), '-') FROM person WHERE id = 4 ORDER BY valid_from"
		f.env = append(f.env, "PGTZ=UTC")
		f.apply()
		f.source("UPDATE person SET name = 'second', updated = '2024-02-01 00:00:00.25' WHERE id = 4")
		f.apply()
		f.source("UPDATE person SET name = 'third', updated = '2024-02-01 00:00:00.5' WHERE id = 4") // within one second
		f.apply()
		f.wants("SELECT count(*) FROM person WHERE id = 4", "3")
		if f.kind == "sqlite" {
			f.wants(moments, "name 4|2024-01-01 00:00:00|2024-02-01 00:00:00\nsecond|2024-02-01 00:00:00|2024-02-01 00:00:00\nthird|2024-02-01 00:00:00|-")
		}
		f.whole()
		f.settled()
		f.source("UPDATE person SET name = 'fourth' WHERE id = 4")
		holds(t, f.exits(0, "plan"), "no version can be opened")
		holds(t, f.exits(1, "apply", "--auto-approve"), "history-same-moment", "row 4")
	})
}

func TestAMomentThatGoesBackIsQuarantinedWhereTheMappingSaysSo(t *testing.T) {
	at := "      at = \"datetime(src.updated).at_zone('UTC')\"\n      on_row_error = \"quarantine\"\n"
	inEach(t, versionSource, versionsOf(at, "  lifecycle { max_rejects = 2 }\n"), func(t *testing.T, f refTarget) {
		f.apply()
		f.source("UPDATE person SET name = 'x', updated = '2023-01-01 00:00:00' WHERE id = 4; UPDATE person SET name = 'y', updated = '2025-01-01 00:00:00' WHERE id = 5")
		holds(t, f.apply(), "1 version opened", "1 quarantined")
		holds(t, f.exits(0, "quarantine", "list"), "history-backwards")
		f.wants(versionCounts, "1001|1|1000|2")
	})
}

func TestADefinitionThatChangesOpensVersionsAndWritesOverNone(t *testing.T) {
	inEach(t, versionSource, versionsOf("", ""), func(t *testing.T, f refTarget) {
		f.apply()
		f.source("DELETE FROM person WHERE id = 9")
		f.apply()
		f.edit("main.miq.hcl", `field "name" { from = "name" }`, `field "name" { cel = "src.id > 990 ? text.upper(src.name) : src.name" }`)
		out := f.exits(2, "plan", "--detailed-exitcode")
		holds(t, out, "10 versions opened, 10 closed", "H101 the definition changed")
		f.apply()
		f.wants(versionCounts, "1010|11|1000|2")
		f.wants("SELECT count(*) FROM person WHERE valid_to IS NOT NULL AND substr(name, 1, 4) = 'NAME'", "0")
		f.wants("SELECT count(*) FROM person WHERE valid_to IS NULL AND substr(name, 1, 4) = 'NAME'", "10")
		f.settled()
		f.edit("main.miq.hcl", `  field "town" { from = "town" }`, "  field \"town\" { from = \"town\" }\n  field \"long\" {\n    cel  = \"src.id < 5 ? 'long' : null\"\n    null = true\n  }")
		holds(t, f.apply(), "4 versions opened, 4 closed")
		f.wants(`SELECT count(*), count("long") FROM person`, "1014|4")
		f.wants(`SELECT count("long") FROM person WHERE valid_to IS NOT NULL`, "0")
		f.whole()
		f.settled()
		f.edit("main.miq.hcl", `table  = "person"
  }
  to`, "table  = \"person\"\n    where  = \"src.id <= 500\"\n  }\n  to")
		holds(t, f.apply(), "0 versions opened, 500 closed")
		f.wants("SELECT count(*) FROM person WHERE valid_to IS NULL", "499")
		f.settled()
	})
}

func TestKeysThatAreGoneStayOpenWhereTheMappingSaysSo(t *testing.T) {
	inEach(t, versionSource, versionsOf("      on_gone = \"keep\"\n", ""), func(t *testing.T, f refTarget) {
		f.apply()
		f.source("DELETE FROM person WHERE id < 4; UPDATE person SET name = 'x' WHERE id = 4")
		holds(t, f.exits(2, "plan", "--detailed-exitcode"), "1 version opened, 1 closed", "The rows of 3 keys are gone at the source; their versions stay open.")
		f.apply()
		f.wants(versionCounts, "1001|1|1000|2")
		f.edit("main.miq.hcl", `table  = "person"
  }
  to`, "table  = \"person\"\n    where  = \"src.id <= 990\"\n  }\n  to")
		holds(t, f.apply(), "0 versions opened, 10 closed")
		f.wants("SELECT count(*) FROM person WHERE valid_to IS NULL AND id < 4", "3")
	})
}

func TestAVersionThatSomebodyElseChangedIsReported(t *testing.T) {
	inEach(t, versionSource, versionsOf("", ""), func(t *testing.T, f refTarget) {
		f.apply()
		f.source("UPDATE person SET name = 'x' WHERE id = 4")
		f.apply()
		hit := "UPDATE person SET name = 'forged' WHERE id = 4 AND valid_to IS NOT NULL"
		if f.kind == "sqlite" {
			sqliteRun(t, f.path("new.db"), hit)
		} else {
			f.query(hit)
		}
		holds(t, f.exits(9, "verify"), "differ")
		holds(t, f.exits(9, "plan", "--refresh-only"), "differ")
		f.source("UPDATE person SET name = 'y' WHERE id = 5") // and what a run finds it does not take for its own
		f.run("apply", "--auto-approve")
		f.exits(9, "verify")
	})
}

func TestATableBecomesOneOfVersionsAndOneOfRowsAgain(t *testing.T) {
	inEach(t, versionSource, versionsOf("", ""), func(t *testing.T, f refTarget) {
		history := "    mode   = \"history\"\n    history {\n    }\n"
		f.edit("main.miq.hcl", history, "")
		f.apply()
		f.edit("main.miq.hcl", "    key    = [\"id\"]\n", "    key    = [\"id\"]\n"+history)
		holds(t, f.exits(2, "plan", "--detailed-exitcode"), "B117", "1,000 versions opened")
		f.apply()
		f.wants(versionCounts, "1000|0|1000|1")
		f.guarded()
		f.settled()
		f.source("UPDATE person SET name = 'x' WHERE id = 4")
		f.apply()
		f.wants(versionCounts, "1001|1|1000|2")
		f.apply("--replace=mapping.person")
		f.guarded()
		f.wants(versionCounts, "1000|0|1000|1")
		f.source("UPDATE person SET name = 'y' WHERE id = 4")
		f.apply()
		f.wants(versionCounts, "1001|1|1000|2")
		f.settled()
		f.edit("main.miq.hcl", history, "")
		holds(t, f.exits(2, "plan", "--detailed-exitcode"), "B118", "irreversible")
		f.apply()
		f.wants("SELECT count(*), count(DISTINCT id) FROM person", "1000|1000")
		f.settled()
	})
}

// guarded demands one index that keeps two versions of a row from being open at once.
func (f refTarget) guarded() {
	f.t.Helper()
	if f.kind == "sqlite" {
		f.wants("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'person' AND sql LIKE '%UNIQUE%(\"id\") WHERE \"valid_to\" IS NULL'", "1")
		return
	}
	f.wants("SELECT count(*) FROM pg_indexes WHERE tablename = 'person' AND indexdef LIKE '%UNIQUE%(id) WHERE (valid_to IS NULL)'", "1")
}

func TestTwoVersionsOfARowAreNeverOpenAtOnce(t *testing.T) {
	inEach(t, versionSource, versionsOf("", ""), func(t *testing.T, f refTarget) {
		f.apply()
		row := "INSERT INTO person (id, name, valid_from) VALUES (4, 'second', '2020-01-01 00:00:00Z')"
		if f.kind == "sqlite" {
			if err := sqliteTry(f.path("new.db"), row); err == nil {
				t.Error("a second open version of a row: got no error, want one of the index")
			}
		}
	})
}

// A process is killed in the middle of the changed rows, the source changes once more, and another one goes on.
func TestAKilledRunGoesOnWithTheMomentOfItsVersions(t *testing.T) {
	for _, s := range []string{"sqlite", "postgres"} {
		t.Run(s, func(t *testing.T) {
			path := crashSource(t, 150_000)
			var f *site
			query := func(text string) string { return strings.Join(sqlQuery(t, f.path("out.db"), text)[0], "|") }
			if s == "sqlite" {
				f = intoSQLite(t, path)
			} else {
				f = intoPostgres(t, path)
				query = func(text string) string { return testserver.Psql(t, siteURL(f), text) }
			}
			f.history()
			f.exits(0, "apply", "--auto-approve")
			sqlQuery(t, path, "UPDATE item SET name = 'second' WHERE id % 100 = 0; DELETE FROM item WHERE id % 1000 = 3; INSERT INTO item SELECT id + 1, 'new', NULL, 0.5, 1, made, NULL FROM item WHERE id % 1000 = 6")
			want := func(q, want string) {
				t.Helper()
				if got := query(q); got != want {
					t.Errorf("%s: got %s, want %s", q, got, want)
				}
			}
			c := f.held("apply", "--auto-approve", "--json", "--parallel=1")
			if !c.until(event.ChunkDone, 2) {
				t.Fatalf("the run ended before its second chunk\n%s", tail(c.stderr.Bytes()))
			}
			c.signal(syscall.SIGKILL)
			if code := c.end(); code != -1 {
				t.Fatalf("got exit code %d, want a process that was killed", code)
			}
			if open := query("SELECT count(DISTINCT valid_from) FROM item"); open != "2" {
				t.Fatalf("moments after the kill: got %s, want 2: the first load's, and that of the run", open)
			}
			sqlQuery(t, path, "UPDATE item SET name = 'third' WHERE id % 3000 = 0; UPDATE item SET name = 'late' WHERE id % 3000 = 9")
			f.exits(0, "apply", "--auto-approve")
			want("SELECT count(DISTINCT valid_from), count(DISTINCT valid_to) FROM item", "2|1")
			want("SELECT count(*) FROM (SELECT id FROM item WHERE valid_to IS NULL GROUP BY id HAVING count(*) > 1) x", "0")
			want("SELECT count(*) FROM item WHERE valid_to <= valid_from", "0")
			f.exits(0, "verify")
			f.exits(0, "verify", "--source")
			if out := f.exits(0, "plan", "--detailed-exitcode"); !strings.HasPrefix(out, "No changes.") {
				t.Errorf("plan after the run: got\n%s\nwant No changes.", out)
			}
			n := sqlQuery(t, path, "SELECT count(*), count(CASE WHEN name = 'third' THEN 1 END), count(CASE WHEN name = 'second' THEN 1 END) FROM item")[0]
			want("SELECT count(*), count(CASE WHEN name = 'third' THEN 1 END), count(CASE WHEN name = 'second' THEN 1 END) FROM item WHERE valid_to IS NULL", strings.Join(n, "|"))
			want("SELECT count(*) FROM item WHERE valid_to IS NOT NULL AND name = 'second'", "0") // of this run, and put right by it
		})
	}
}

// history makes the keyed mapping of the site one of versions.
func (f *site) history() {
	f.t.Helper()
	editFile(f.t, f.path("main.miq.hcl"), "    table  = \"item\"\n  }\n}", "    table  = \"item\"\n    mode   = \"history\"\n  }\n}")
}

func TestWhatModeHistoryCannotDoIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no key":                       {"    key    = [\"id\"]\n", "", "needs a key"},
		"a repair":                     {"mapping \"person\" {\n", "mapping \"person\" {\n  lifecycle { on_target_drift = \"repair\" }\n", "on_target_drift"},
		"a swap":                       {"mapping \"person\" {\n", "mapping \"person\" {\n  lifecycle { strategy = \"shadow_swap\" }\n", "shadow_swap"},
		"a field of the same name":     {`field "town" {`, `field "valid_to" {`, "is a column of the versions' time"},
		"a key with the time":          {`    key    = ["id"]`, `    key    = ["id", "valid_from"]`, "names a column of the versions' time"},
		"one column for both":          {"history {\n", "history {\n valid_to = \"valid_from\"\n", "two different names"},
		"a check of the run's rows":    {"mapping \"person\" {\n", "mapping \"person\" {\n  check \"some\" {\n    expect = \"agg.count_if(run.id > 0) > 0\"\n  }\n", "run.*"},
		"a moment that is no instant":  {"history {\n", "history {\n at = \"src.name\"\n", "Types do not fit"},
		"a moment that may be null":    {"history {\n", "history {\n at = \"datetime(src.town).at_zone('UTC')\"\n", "null"},
		"a block without the mode":     {"    mode   = \"history\"\n", "", "history { }"},
		"a control":                    {"mapping \"person\" {\n", "mapping \"person\" {\n  control \"ids\" {\n    sum = [\"id\"]\n  }\n", "A control"},
		"an import of rows that stand": {"mapping \"person\" {\n", "import {\n  mapping = mapping.person\n}\nmapping \"person\" {\n", "unique"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+versionsOf("", "")("sqlite"))
			source := versionSource
			if name == "no key" {
				source = strings.Replace(source, " PRIMARY KEY", "", 1)
			}
			sqliteRun(t, f.path("old.db"), source)
			if strings.Contains(name, "import") {
				sqliteRun(t, f.path("new.db"), "CREATE TABLE person (id integer PRIMARY KEY, name text, town text, valid_from timestamptz(6) NOT NULL, valid_to timestamptz(6)); INSERT INTO person VALUES (1, 'a', 'b', '2020-01-01 00:00:00Z', NULL)")
			}
			f.edit("main.miq.hcl", c.from, c.to)
			holds(t, f.exits(1, "plan"), c.want)
		})
	}
}

func TestAPreviewSaysThatVersionsAreNotShown(t *testing.T) {
	f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+versionsOf("", "")("sqlite"))
	sqliteRun(t, f.path("old.db"), versionSource)
	holds(t, f.exits(0, "plan", "--preview"), "not shown: mode history keeps versions of rows")
}

func TestAChangeThatWouldLoseVersionsIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"another key":                {`    key    = ["id"]`, `    key    = ["name"]`, "its key changed"},
		"a key made otherwise":       {`field "id" { from = "id" }`, `field "id" { cel = "src.id + 1" }`, "its key is made in another way"},
		"another column of the time": {"history {\n", "history {\n valid_from = \"since\"\n", "valid_from has another name"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+versionsOf("", "")("sqlite"))
			sqliteRun(t, f.path("old.db"), versionSource)
			f.apply()
			f.edit("main.miq.hcl", c.from, c.to)
			holds(t, f.exits(1, "plan"), "The versions would be lost", c.want)
		})
	}
}

func editFile(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), from); n != 1 {
		t.Fatalf("%s holds %q %d times, want once", path, from, n)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sqliteTry runs statements that may fail.
func sqliteTry(path, script string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.Exec(script)
	return errors.Join(err, db.Close())
}
