package engine_test

import (
	"strings"
	"testing"
)

const exposed = `
source "sqlite" "old" {
  path        = "old.db"
  country     = "GB"
  environment = "prod"
  table "people" {
    column "name" { classify = ["personal.name"] }
  }
}
target "sqlite" "new" {
  path        = "new.db"
  country     = "GB"
  environment = "prod"
}
mapping "person" {
  from {
    source = source.sqlite.old
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "person"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "name" { cel = "mask.redact(src.name)" }
}
`

func newExposed(t *testing.T) *folder {
	f := newFolder(t, exposed)
	sqliteRun(t, f.path("old.db"), "create table people (id integer primary key not null, name text not null); insert into people values (1, 'Ann')")
	return f
}

func TestAnActionThatExposesDataSaysSo(t *testing.T) {
	f := newExposed(t)
	if out := f.exits(0, "plan"); strings.Contains(out, "exposure") {
		t.Errorf("a first load into the same country and environment: got\n%s\nwant no exposure", out)
	}
	f.apply()
	f.edit("main.miq.hcl", `cel = "mask.redact(src.name)"`, `from = "name"`)
	holds(t, f.exits(0, "plan", "--replace=mapping.person"), "corrective, irreversible, exposure", "X201 field name shows what it did not: personal, personal.name")
	holds(t, f.exits(0, "plan", "--replace=mapping.person", "--json"), `"exposure":true`, `"irreversible":true`)
	f.apply("--replace=mapping.person")
	sqliteRun(t, f.path("old.db"), "insert into people values (2, 'Bob')")
	if out := f.exits(0, "plan"); strings.Contains(out, "exposure") {
		t.Errorf("more rows of what goes there already: got\n%s\nwant no exposure", out)
	}
	f.edit("main.miq.hcl", `from = "name"`, `cel = "mask.redact(src.name)"`)
	if out := f.exits(0, "plan", "--replace=mapping.person"); strings.Contains(out, "exposure") {
		t.Errorf("a better protection: got\n%s\nwant no exposure", out)
	}
}

func TestDataThatLeaveTheirCountryOrEnvironmentAreExposed(t *testing.T) {
	f := newExposed(t)
	text := f.read("main.miq.hcl")
	head, tail, _ := strings.Cut(text, "target ")
	f.write("main.miq.hcl", head+"target "+strings.NewReplacer(`"GB"`, `"FR"`, `"prod"`, `"test"`, "mask.redact(src.name)", "src.name").Replace(tail))
	holds(t, f.exits(0, "plan"), "additive, exposure", "X202 classified data go from GB to FR", "X203 classified data go from prod to test")
}

func TestTheAuthorTakesAReasonForAnotherCategory(t *testing.T) {
	f := newExposed(t)
	f.apply()
	f.edit("main.miq.hcl", `  field "name" { cel = "mask.redact(src.name)" }`, "")
	holds(t, f.exits(0, "plan", "--replace=mapping.person"), "breaking, irreversible", "B101 column name is dropped")
	f.edit("main.miq.hcl", `  field "id" { from = "id" }`, `  field "id" { from = "id" }
  lifecycle {
    treat_as "B101" {
      category = "additive"
      reason   = "nobody reads names"
    }
  }`)
	holds(t, f.exits(0, "plan", "--replace=mapping.person"), "corrective, irreversible", "treated: B101 is breaking, and treated as additive: nobody reads names")
	f.edit("main.miq.hcl", `"B101"`, `"b101"`)
	holds(t, f.exits(1, "validate"), "is no reason code of a plan")
}
