package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// driftConfig has a mapping for each way in which a source can tell what is new.
func driftConfig(kind, lifecycle string) string {
	url := func(name string) string {
		if kind == "sqlite" {
			return `path = "` + name + `.db"`
		}
		return `url = secret("env://` + strings.ToUpper(name) + `_URL")`
	}
	config := `
source "KIND" "old" {
  OLD
  table "SCHEMAentries" { cursor = { column = "id", kind = "sequence" } }
  table "SCHEMAchanges" { cursor = { column = "at", kind = "timestamp", set_by = "database", overlap = "1h" } }
}
target "KIND" "new" {
  NEW
}
mapping "keyed" {
  from {
    source = source.KIND.old
    table  = "SCHEMAkeyed"
  }
  to {
    target = target.KIND.new
    table  = "keyed"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { from = "v" }
  LIFECYCLE
}
mapping "appended" {
  from {
    source = source.KIND.old
    table  = "SCHEMAentries"
  }
  to {
    target = target.KIND.new
    table  = "appended"
    key    = ["id"]
    mode   = "append"
  }
}
mapping "changed" {
  from {
    source = source.KIND.old
    table  = "SCHEMAchanges"
  }
  to {
    target = target.KIND.new
    table  = "changed"
    key    = ["id"]
  }
}
`
	prefix := ""
	if kind == "postgres" {
		prefix = "public."
	}
	return strings.NewReplacer("KIND", kind, "OLD", url("old"), "NEW", url("new"), "SCHEMA", prefix, "LIFECYCLE", lifecycle).Replace(config)
}

const driftRows = `create table keyed (id integer primary key not null, v text); insert into keyed values (1, 'one'), (2, 'two'), (3, 'three');
create table entries (id integer primary key not null, v text); insert into entries values (10, 'ten'), (20, 'twenty'), (30, 'thirty');
create table changes (id integer primary key not null, at timestamp not null, v text);
insert into changes values (1, '2020-01-01 08:00:00', 'one'), (2, '2020-01-01 11:30:00', 'two'), (3, '2020-01-01 12:00:00', 'three');`

// driftEnds are both ends of an applied migration, and a way to change them behind the program's back.
type driftEnds struct {
	*folder
	old, new func(script string)
}

func applied(t *testing.T, kind, lifecycle string) driftEnds {
	d := driftEnds{}
	if kind == "sqlite" {
		d.folder = newFolder(t, driftConfig(kind, lifecycle))
		d.old = func(script string) { sqliteRun(t, d.path("old.db"), script) }
		d.new = func(script string) { sqliteRun(t, d.path("new.db"), script) }
	} else {
		from, to := testserver.Postgres(t), testserver.Postgres(t)
		d.folder = newFolder(t, driftConfig(kind, lifecycle), "OLD_URL="+from, "NEW_URL="+to)
		d.old = func(script string) { testserver.Psql(t, from, script) }
		d.new = func(script string) { testserver.Psql(t, to, script) }
	}
	d.old(driftRows)
	d.apply()
	return d
}

// looked is what plan --refresh-only says, with the exit code.
func (d driftEnds) looked(want int, texts ...string) {
	d.t.Helper()
	out := d.exits(want, "plan", "--refresh-only")
	holds(d.t, out, texts...)
	if want == 0 {
		holds(d.t, out, "No drift.")
	}
}

func TestRowsThatOthersTouchedInTheTargetAreFoundByKey(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := applied(t, kind, "")
			d.looked(0)
			d.new("update keyed set v = 'theirs' where id = 2; delete from keyed where id = 3; insert into keyed values (9, 'theirs')")
			d.looked(9, "3 rows were written, and the table holds 3; the digests differ", "differs 2: v", "missing 3", "extra 9", "Drift in 1 of 3 mappings")
			d.exits(9, "verify")
			d.new("delete from keyed where id = 9")
			d.looked(9, "3 rows were written, and the table holds 2")
			holds(t, d.exits(0, "plan"), "Table ", "holds 2 rows where the runs left 3: somebody else wrote to it.", "migrateiq verify")
			d.new("update keyed set v = 'two' where id = 2; insert into keyed values (3, 'three')")
			d.looked(0)
			d.settled()
		})
	}
}

// SQLite cannot say which rows it gave: what is behind a cursor is compared.
func TestRowsThatChangedBehindACursorAreFoundByKeyInSQLite(t *testing.T) {
	d := applied(t, "sqlite", "")
	d.old("insert into entries values (40, 'forty')")
	d.looked(0)
	d.old("update entries set v = 'zwanzig' where id = 20")
	d.looked(9, "1 row at or below position 30 of cursor id changed since it was read. No run takes them.", "changed since 20: v")
	d.old("insert into entries values (25, 'late')")
	d.looked(9, "1 row came at or below the last position of cursor id since it was read. No run takes them.", "1 row at or below position 30 of cursor id changed", "changed since 20: v", "changed since 25")
	d.old("update entries set v = 'twenty' where id = 20; delete from entries where id in (10, 25)")
	d.looked(9, "1 row is gone of those that were read at or below the last position of cursor id. They stay in the target.")
	d.old("insert into entries values (10, 'ten')")
	d.looked(0)
	d.old("update changes set v = 'zwei' where id = 2") // in the overlap
	d.looked(0, "note: source.sqlite.old changes: Rows in the overlap of cursor at read differently than they did. The next apply takes that.")
	d.old("update changes set v = 'eins' where id = 1") // below it
	d.looked(9, "1 row at or below position 2020-01-01 11:00:00.000000 of cursor at changed since it was read. No run takes them.", "changed since 1: v")
	d.old("update changes set v = 'one' where id = 1")
	d.apply()
	d.settled()
}

// PostgreSQL knows which rows it gave: they are counted, and read only where some have changed.
func TestRowsThatChangedBehindACursorAreFoundByKeyInPostgreSQL(t *testing.T) {
	d := applied(t, "postgres", "")
	d.old("insert into entries values (40, 'forty')")
	d.looked(0)
	d.old("update changes set v = 'eins' where id = 1; insert into changes values (4, '2020-01-01 09:00:00', 'late')")
	d.looked(0, "2 rows at or below the last position of cursor at came or changed since it was read. The next apply takes them.", "changed since 1: v", "changed since 4")
	d.old("delete from changes where id = 2")
	d.looked(0, "2 rows at or below the last position of cursor at came or changed since it was read.")
	d.apply()
	d.looked(0)
	d.old("update entries set v = 'zwanzig' where id = 20")
	d.looked(9, "1 row at or below the last position of cursor id came or changed since it was read. Of those that were read 1 row is changed or gone, and mode append takes no change.", "changed since 20: v")
	d.old("update entries set v = 'twenty' where id = 20; delete from entries where id = 10")
	d.looked(9, "came or changed since it was read")
}

// What on_target_drift says is done: left and told of, written over, or left without a word.
func TestOnTargetDriftReportsRepairsOrIgnores(t *testing.T) {
	touch := "update keyed set v = 'theirs' where id = 2; delete from keyed where id = 3"
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := applied(t, kind, `lifecycle { on_target_drift = "report" }`)
			d.new(touch)
			holds(t, d.exits(0, "plan", "--detailed-exitcode"), "holds 2 rows where the runs left 3: somebody else wrote to it.")
			d.apply()
			d.looked(9, "differs 2: v", "missing 3")

			d.edit("main.miq.hcl", `"report"`, `"ignore"`)
			d.apply()
			out := d.exits(0, "plan")
			if strings.Contains(out, "somebody else") {
				t.Errorf("plan under ignore: got\n%s\nwant no word of the target's rows", out)
			}
			d.looked(0, "The mapping says to ignore it.")

			d.edit("main.miq.hcl", `"ignore"`, `"repair"`)
			holds(t, d.exits(2, "plan", "--detailed-exitcode"), "# mapping.keyed will be repaired", "! ")
			d.apply()
			d.settled()
		})
	}
}

// A change of columns at either end is named.
func TestColumnsThatChangedAtEitherEndAreNamed(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := applied(t, kind, "")
			d.old("alter table keyed add column more text")
			d.new("alter table keyed add column theirs text")
			d.looked(0, "Column more was added; no field reads it.", "Column theirs was added; no field writes it.")
			d.old("alter table keyed drop column v")
			d.new("alter table keyed drop column v")
			d.looked(9, "Column v is gone.", "~ schema source."+kind+".old", "~ schema target."+kind+".new")
			d.new("drop table keyed")
			d.looked(9, "The table is gone.")
		})
	}
}

// Without a cursor the source is read in the chunks of the ledger, and compared by key only where one reads differently.
func TestRowsThatChangedInASourceWithoutACursorAreFoundByKey(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := applied(t, kind, "")
			d.old("update keyed set v = 'zwei' where id = 2; insert into keyed values (4, 'four'); delete from keyed where id = 1")
			d.looked(0, "note: source."+kind+".old ", "It reads differently than it did, in parts with 3 rows. The next apply takes that.",
				"2 rows are new or changed, 1 not made any more.", "changed since 2: v", "changed since 4", "gone 1")
			d.new("update keyed set v = 'theirs' where id = 3")
			d.looked(9, "the digests differ", "It reads differently than it did")
		})
	}
}
