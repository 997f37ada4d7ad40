package engine_test

import (
	"os"
	"strings"
	"testing"
	"time"
)

// staleConfig has two mappings that know nothing of each other, and one that waits for the first.
const staleConfig = `
variable "town" {
  type    = string
  default = "Marsh End"
}
source "sqlite" "old" { path = "old.db" }
target "sqlite" "new" { path = "new.db" }
mapping "a" {
  from {
    source = source.sqlite.old
    table  = "a"
    where  = "src.id < 1000"
  }
  to {
    target = target.sqlite.new
    table  = "a"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { from = "v" }
  lifecycle { max_row_drift = "10%" }
}
mapping "b" {
  from {
    source = source.sqlite.old
    table  = "b"
  }
  to {
    target = target.sqlite.new
    table  = "b"
  }
}
mapping "waiting" {
  depends_on = [mapping.a]
  from {
    source = source.sqlite.old
    table  = "c"
  }
  to {
    target = target.sqlite.new
    table  = "c"
  }
}
output "a" { value = mapping.a.rows }
`

const staleRows = `create table a (id integer primary key not null, v text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20) insert into a select i, 'v' from n;
create table b (id integer primary key not null, v text); insert into b values (1, 'b');
create table c (id integer primary key not null); insert into c values (1);`

func newStale(t *testing.T) *folder {
	f := newFolder(t, staleConfig)
	sqliteRun(t, f.path("old.db"), staleRows)
	f.exits(0, "plan", "--out", "p.plan")
	return f
}

func TestASavedPlanIsStaleForEachOfItsReasons(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *folder)
		want   string
	}{
		"a file of the folder":             {func(f *folder) { f.write("more.miq.hcl", "# another file\n") }, "CONFIG     the configuration differs from the plan's: more.miq.hcl"},
		"a run since":                      {func(f *folder) { f.apply("--target", "mapping.b") }, "STATE      the state was at serial 0 when the plan was made"},
		"another version of the program":   {func(f *folder) { f.edit("p.plan", `"engine": "0.1.0"`, `"engine": "0.0.9"`) }, "ENGINE     the plan was made by version 0.0.9, this is 0.1.0"},
		"a column in use has another type": {func(f *folder) { remake(f, "old.db", "a", "id integer primary key not null, v integer") }, "SRC-SCHEMA the columns in use of table a of source.sqlite.old are not as the plan has them"},
		"a column in use is gone":          {func(f *folder) { sqliteRun(f.t, f.path("old.db"), "alter table a drop column v") }, "SRC-SCHEMA the columns in use of table a"},
		"the target has the table by now":  {func(f *folder) { sqliteRun(f.t, f.path("new.db"), "create table a (id integer primary key, v text)") }, "TGT-SCHEMA the columns in use of table a of target.sqlite.new are not as the plan has them"},
		"more rows than max_row_drift":     {func(f *folder) { sqliteRun(f.t, f.path("old.db"), "delete from a where id < 4") }, "SRC-MOVED  table a of source.sqlite.old had 20 rows when the plan was made and has 17 now, more than max_row_drift allows"},
		"it is older than a week":          {func(f *folder) { f.now = time.Now().Add(8 * 24 * time.Hour) }, "AGE        the plan was made "},
		"several at once": {func(f *folder) {
			sqliteRun(f.t, f.path("old.db"), "alter table a drop column v; alter table b drop column v")
		},
			"SRC-SCHEMA the columns in use of table b of source.sqlite.old"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newStale(t)
			c.change(f)
			out := f.exits(6, "apply", "p.plan")
			holds(t, out, "The plan is stale; nothing was changed.", c.want, "Make a new plan and review it.")
		})
	}
}

// remake makes a table again with other columns.
func remake(f *folder, file, table, columns string) {
	sqliteRun(f.t, f.path(file), "alter table "+table+" rename to was; create table "+table+" ("+columns+"); insert into "+table+" select id, 1 from was; drop table was")
}

func TestWhatMayChangeDoesNotMakeAPlanStale(t *testing.T) {
	for name, change := range map[string]string{
		"a row within max_row_drift":  "delete from a where id = 4",
		"a column that nobody reads":  "alter table a add column w text",
		"a table that nobody reads":   "create table d (id integer)",
		"the order of rows and files": "update a set v = 'v' where id = 7",
	} {
		t.Run(name, func(t *testing.T) {
			f := newStale(t)
			sqliteRun(t, f.path("old.db"), change)
			f.exits(0, "apply", "p.plan")
		})
	}
}

// A row of the target that appears behind the plan's back is counted, and another run that went through its ledger seen.
func TestASavedPlanIsStaleWhereTheTargetMoved(t *testing.T) {
	f := newStale(t)
	f.exits(0, "apply", "p.plan")
	sqliteRun(t, f.path("old.db"), "update a set v = 'new' where id = 3")
	f.exits(0, "plan", "--out", "next.plan")
	sqliteRun(t, f.path("new.db"), "insert into a values (500, 'theirs')")
	holds(t, f.exits(6, "apply", "next.plan"), "TGT-MOVED  table a of target.sqlite.new had 20 rows when the plan was made and has 21 now")
	sqliteRun(t, f.path("new.db"), "delete from a where id = 500; update migrateiq_fence set epoch = epoch + 1")
	holds(t, f.exits(6, "apply", "next.plan"), "TGT-MOVED  another run has written to target.sqlite.new since the plan was made")
	if err := os.Remove(f.path("new.db")); err != nil {
		t.Fatal(err)
	}
	sqliteRun(t, f.path("new.db"), "create table a (id integer primary key not null, v text); create table b (id integer primary key not null, v text); create table c (id integer primary key not null)")
	holds(t, f.exits(6, "apply", "next.plan"), "TGT-MOVED")
}

// Two mappings of one table are stale for the columns that each of them reads.
func TestOneTableUnderTwoMappingsIsStaleForTheColumnsOfEach(t *testing.T) {
	f := newFolder(t, strings.ReplaceAll(staleConfig, `table  = "b"
  }
  to`, `table  = "a"
  }
  to`))
	sqliteRun(t, f.path("old.db"), staleRows)
	f.edit("main.miq.hcl", "  field \"v\" { from = \"v\" }\n", "")
	f.exits(0, "plan", "--out", "p.plan")
	f.exits(0, "apply", "p.plan")
}

func TestSkipStaleLeavesOutWhatIsStaleAndWhatWaitsForIt(t *testing.T) {
	f := newStale(t)
	sqliteRun(t, f.path("old.db"), "delete from a where id < 4")
	f.exits(1, "apply", "--skip-stale", "--auto-approve")
	out := f.exits(6, "apply", "--skip-stale", "p.plan")
	holds(t, out, "skipped mapping.a: SRC-MOVED table a of source.sqlite.old had 20 rows", "skipped mapping.waiting: it waits for mapping.a", "ok mapping.b: 1 written",
		"Apply complete: 1 mapping, 1 row written", "2 mappings of the plan had gone stale, and nothing was done for them; make a new plan for what is left", "a = 0")
	if got := sqliteRows(t, f.path("new.db"), "select count(*) from sqlite_master where name in ('a', 'c')"); got != "0" {
		t.Errorf("tables of the mappings that were left out: got %s, want none", got)
	}
	holds(t, f.exits(0, "plan"), "# mapping.a will be created", "# mapping.waiting will be created", "Plan: 2 to create")
	f.apply()
	f.settled()

	f = newStale(t)
	sqliteRun(t, f.path("old.db"), "delete from a where id < 4; alter table b drop column v")
	out = f.exits(6, "apply", "--skip-stale", "p.plan")
	holds(t, out, "The plan is stale; nothing was changed.", "SRC-MOVED", "SRC-SCHEMA")
	f = newStale(t)
	sqliteRun(t, f.path("old.db"), "delete from a where id < 4")
	f.write("more.miq.hcl", "# another file\n")
	holds(t, f.exits(6, "apply", "--skip-stale", "p.plan"), "The plan is stale; nothing was changed.", "CONFIG")
}

// What the run left out stays left out when it goes on.
func TestARunThatSkippedGoesOnWithoutWhatItSkipped(t *testing.T) {
	f := newStale(t)
	f.edit("main.miq.hcl", "    table  = \"b\"\n  }\n}", "    table  = \"b\"\n  }\n  field \"id\" { cel = \"src.id\" }\n  field \"v\" {\n    cel    = \"src.v\"\n    expect = \"src.id != 2\"\n  }\n}")
	sqliteRun(t, f.path("old.db"), "insert into b values (2, 'x')")
	f.exits(0, "plan", "--out", "p.plan")
	sqliteRun(t, f.path("old.db"), "delete from a where id < 4")
	holds(t, f.exits(10, "apply", "--skip-stale", "p.plan"), "skipped mapping.a")
	sqliteRun(t, f.path("old.db"), "delete from b where id = 2")
	out := f.exits(6, "apply", "p.plan")
	holds(t, out, "skipped mapping.a: SRC-MOVED", "ok mapping.b: 1 written")
	holds(t, f.exits(0, "plan"), "# mapping.a will be created", "Plan: 2 to create")
}

// meanwhile does something once, when a command prints a text.
type meanwhile struct {
	text string
	do   func()
}

func (m *meanwhile) Write(p []byte) (int, error) {
	if m.do != nil && strings.Contains(string(p), m.text) {
		do := m.do
		m.do = nil
		do()
	}
	return len(p), nil
}

// A table that others change while the mappings before it are copied is looked at again before its first row moves.
func TestColumnsAreLookedAtAgainBeforeTheFirstRowOfAMappingMoves(t *testing.T) {
	f := newStale(t)
	sqliteRun(t, f.path("old.db"), "pragma journal_mode = wal")
	f.tell = &meanwhile{"mapping.a: copy rows", func() { sqliteRun(t, f.path("old.db"), "alter table c rename column id to number") }}
	out := f.exits(10, "apply", "p.plan")
	holds(t, out, "SRC-SCHEMA: the columns in use of table c of source.sqlite.old are not as the plan has them", "ok mapping.a")
	sqliteRun(t, f.path("old.db"), "alter table c rename column number to id")
	f.tell = nil
	f.exits(0, "apply", "p.plan")
	f.settled()
}
