package engine_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// worldConfig reads all that a plan depends on besides its own tables.
const worldConfig = `
variable "town" {
  type    = string
  default = "Marsh End"
}
variable "pin" {
  type      = string
  sensitive = true
}
source "sqlite" "old" {
  path = "old.db"
  table "entries" { cursor = { column = "id", kind = "sequence" } }
}
source "csv" "files" { path = "files" }
target "sqlite" "new" { path = "new.db" }
lookup "kind" { file = "lists/kinds.csv" }
lookup "land" {
  source = source.sqlite.old
  table  = "lands"
  key    = "code"
  value  = "name"
}
mapping "coded" {
  from {
    source = source.sqlite.old
    table  = "a"
    join "b" {
      table = "b"
      on    = { id = "id" }
    }
  }
  to {
    target = target.sqlite.new
    table  = "coded"
    key    = ["id"]
  }
  params = { town = var.town }
  field "id" { from = "id" }
  field "kind" { cel = "lookup.kind[src.kind]" }
  field "land" { cel = "lookup.land[src.land]" }
  field "town" { cel = "param.town" }
  field "b" { cel = "join.b.v" }
}
mapping "asked" {
  from {
    source = source.sqlite.old
    query  = "select id, v from b"
    key    = ["id"]
  }
  to {
    target = target.sqlite.new
    table  = "asked"
    key    = ["id"]
  }
}
mapping "entry" {
  from {
    source = source.sqlite.old
    table  = "entries"
  }
  to {
    target = target.sqlite.new
    table  = "entry"
    mode   = "append"
  }
}
mapping "filed" {
  from {
    source = source.csv.files
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "filed"
  }
}
`

func newWorld(t *testing.T) *folder {
	f := newFolder(t, worldConfig, "MIGRATEIQ_VAR_pin=1234")
	sqliteRun(t, f.path("old.db"), `create table a (id integer primary key not null, kind text not null, land text not null); insert into a values (1, 'x', 'gb');
		create table b (id integer primary key not null, v text); insert into b values (1, 'b');
		create table lands (code text not null, name text not null); insert into lands values ('gb', 'Britain'), ('fr', 'France');
		create table entries (id integer primary key not null, v text); insert into entries values (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')`)
	f.write("lists/kinds.csv", "code,name\nx,ex\n")
	f.write("files/people.csv", "id,name\n1,Ann\n")
	f.exits(0, "plan", "--out", "p.plan")
	return f
}

func TestASavedPlanIsStaleForAllThatItDependsOn(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *folder)
		want   string
		alone  bool // the other mappings may be done without
	}{
		"a sensitive variable":           {func(f *folder) { f.env = []string{"MIGRATEIQ_VAR_pin=4321"} }, "CONFIG     the sensitive variable pin has another value than in the plan", false},
		"a file of values":               {func(f *folder) { f.write("more.auto.miqvars.hcl", "town = \"Elsewhere\"\n") }, "CONFIG     the configuration differs from the plan's: more.auto.miqvars.hcl", false},
		"a lookup's file":                {func(f *folder) { f.write("lists/kinds.csv", "code,name\nx,another\n") }, "CONFIG     ", false},
		"a lookup's table":               {func(f *folder) { sqliteRun(f.t, f.path("old.db"), "update lands set name = 'UK' where code = 'gb'") }, "CONFIG     lookup land holds other values than in the plan", false},
		"a file of rows":                 {func(f *folder) { f.write("files/people.csv", "id,name\n1,Bob\n") }, "SRC-MOVED  the file of table people of source.csv.files has changed since the plan was made", true},
		"a column of a joined table":     {func(f *folder) { remake(f, "old.db", "b", "id integer primary key not null, v integer") }, "SRC-SCHEMA the columns in use of table a of source.sqlite.old are not as the plan has them", true},
		"rows gone in a cursor's range":  {func(f *folder) { sqliteRun(f.t, f.path("old.db"), "delete from entries where id in (1, 2)") }, "SRC-MOVED  table entries of source.sqlite.old had 4 rows in the range of cursor id when the plan was made and has 2 now, more than max_row_drift allows", true},
		"rows added in a cursor's range": {func(f *folder) { sqliteRun(f.t, f.path("old.db"), "insert into entries values (-1, 'x'), (0, 'y')") }, "SRC-MOVED  table entries of source.sqlite.old had 4 rows in the range of cursor id", true},
		"a table in the way":             {func(f *folder) { sqliteRun(f.t, f.path("new.db"), "create table entry (x text)") }, "TGT-SCHEMA the columns in use of table entry of target.sqlite.new are not as the plan has them", true},
		"its age":                        {func(f *folder) { f.now = time.Now().Add(7*24*time.Hour + time.Minute) }, "AGE        the plan was made ", false},
		"another version":                {func(f *folder) { f.edit("p.plan", `"engine": "0.1.0"`, `"engine": "0.2.0"`) }, "ENGINE     the plan was made by version 0.2.0, this is 0.1.0", false},
		"a run since":                    {func(f *folder) { f.apply("--target", "mapping.asked") }, "STATE      the state was at serial 0 when the plan was made and is at ", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newWorld(t)
			c.change(f)
			before := f.print()
			out := f.exits(6, "apply", "p.plan")
			holds(t, out, "The plan is stale; nothing was changed.", c.want, "Make a new plan and review it.")
			for file, sum := range f.print() {
				if before[file] != sum {
					t.Errorf("file %s: changed by an apply that was refused", file)
				}
			}
			out = f.exits(6, "apply", "--skip-stale", "p.plan")
			if !c.alone {
				holds(t, out, "The plan is stale; nothing was changed.", c.want)
				return
			}
			holds(t, out, " of the plan had gone stale, and nothing was done for ", "Apply complete: ", "skipped mapping.", strings.Join(strings.Fields(c.want), " "))
		})
	}
}

// A plan holds the values of variables that are not sensitive, and is applied with them whatever the environment says now.
func TestASavedPlanIsAppliedWithItsOwnValues(t *testing.T) {
	f := newWorld(t)
	f.env = append(f.env, "MIGRATEIQ_VAR_town=Elsewhere")
	f.exits(0, "apply", "p.plan")
	if got := sqliteRows(t, f.path("new.db"), "select town from coded"); got != "Marsh End" {
		t.Errorf("the variable's value: got %s, want Marsh End as in the plan", got)
	}
}

// Rows above the pinned bound are for the next plan.
func TestRowsAboveThePinnedBoundDoNotMakeAPlanStale(t *testing.T) {
	f := newWorld(t)
	sqliteRun(t, f.path("old.db"), "insert into entries values (5, 'five'), (6, 'six'), (7, 'seven'), (8, 'eight')")
	f.exits(0, "apply", "p.plan")
	if got := sqliteRows(t, f.path("new.db"), "select count(*) from entry"); got != "4" {
		t.Errorf("rows of entry: got %s, want the 4 up to the pinned bound", got)
	}
	f.exits(0, "plan", "--out", "next.plan")
	sqliteRun(t, f.path("old.db"), "delete from entries where id = 6")
	holds(t, f.exits(6, "apply", "next.plan"), "SRC-MOVED  table entries of source.sqlite.old had 4 rows in the range of cursor id when the plan was made and has 3 now")
	sqliteRun(t, f.path("old.db"), "insert into entries values (6, 'six'); delete from entries where id = 1")
	f.exits(0, "apply", "next.plan")
}

// A lost or an older state is another one than the plan was made from.
func TestASavedPlanIsStaleUnderAnotherState(t *testing.T) {
	f := newWorld(t)
	f.exits(0, "apply", "p.plan")
	sqliteRun(t, f.path("old.db"), "update b set v = 'c'")
	f.exits(0, "plan", "--out", "next.plan")
	old := f.read("migrateiq.state.json")
	f.apply()
	holds(t, f.exits(6, "apply", "next.plan"), "STATE      the state was at serial ")
	f.write("migrateiq.state.json", old)
	for _, name := range []string{"migrateiq.state.json.backup", "migrateiq.state.json.audit.jsonl", "migrateiq.state.json.audit.jsonl.head"} {
		if err := os.Remove(f.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	f.exits(0, "audit", "begin")
	holds(t, f.exits(6, "apply", "next.plan"), "The plan is stale; nothing was changed.")
}

// A system is known by what it says itself, not by how it is reached.
func TestASavedPlanIsStaleForAnotherSystemBehindTheSameSecret(t *testing.T) {
	here, there, to := testserver.Postgres(t), testserver.Postgres(t), testserver.Postgres(t)
	for _, dsn := range []string{here, there} {
		testserver.Psql(t, dsn, "create table a (id integer primary key); insert into a values (1)")
	}
	f := newFolder(t, `
source "postgres" "old" { url = secret("env://OLD_URL") }
target "postgres" "new" { url = secret("env://NEW_URL") }
mapping "a" {
  from {
    source = source.postgres.old
    table  = "public.a"
  }
  to {
    target = target.postgres.new
    table  = "b"
  }
}
`, "OLD_URL="+here, "NEW_URL="+to)
	f.exits(0, "plan", "--out", "p.plan")
	f.env = []string{"OLD_URL=" + there, "NEW_URL=" + to}
	holds(t, f.exits(6, "apply", "p.plan"), "SRC-MOVED  source.postgres.old is another system than the plan's")
	f.env = []string{"OLD_URL=" + here, "NEW_URL=" + there}
	holds(t, f.exits(6, "apply", "p.plan"), "TGT-MOVED  target.postgres.new is another system than the plan's")
	f.env = []string{"OLD_URL=" + here, "NEW_URL=" + to}
	f.exits(0, "apply", "p.plan")
}

// A table that others wrote to keeps its own mapping out, and no other one; another run keeps out all of them.
func TestSkipStaleLeavesOutATableThatOthersWroteTo(t *testing.T) {
	f := newWorld(t)
	f.exits(0, "apply", "p.plan")
	sqliteRun(t, f.path("old.db"), "update b set v = 'c'; insert into entries values (5, 'five')")
	f.exits(0, "plan", "--out", "next.plan")
	sqliteRun(t, f.path("new.db"), "insert into asked values (9, 'theirs')")
	out := f.exits(6, "apply", "--skip-stale", "next.plan")
	holds(t, out, "skipped mapping.asked: TGT-MOVED table asked of target.sqlite.new had 1 row when the plan was made and has 2 now", "ok mapping.entry: 1 written",
		"nothing was done for it; make a new plan for what is left")
	holds(t, f.exits(6, "apply", "--skip-stale", "next.plan"), "The plan is stale; nothing was changed.", "STATE")
}
