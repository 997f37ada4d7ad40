package engine_test

import (
	"strings"
	"testing"
)

const promised = `
source "sqlite" "old" { path = "old.db" }
target "sqlite" "new" {
  path = "new.db"
  table "person" {
    contract = { version = 1 }
  }
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
  field "name" { from = "name" }
  field "town" { from = "town" }
}
`

func newPromised(t *testing.T) *folder {
	f := newFolder(t, promised)
	sqliteRun(t, f.path("old.db"), "create table people (id integer primary key not null, name text not null, town text); insert into people values (1, 'Ann', 'Ely')")
	return f
}

func TestABreakingChangeHasToRaiseTheContract(t *testing.T) {
	f := newPromised(t)
	f.apply()
	f.settled()
	f.edit("main.miq.hcl", "  field \"town\" { from = \"town\" }\n", "")
	for _, option := range [][]string{{"plan"}, {"plan", "--replace=mapping.person"}} {
		holds(t, f.exits(1, option...), "main.miq.hcl line 6", "contract = { version = 1 }", "mapping.person has a breaking change (B101 column town", "Raise it to 2")
	}
	f.edit("main.miq.hcl", "version = 1", "version = 2")
	holds(t, f.exits(0, "plan"), "breaking", "G003 the contract had version 1 and has version 2")
	f.apply()
	f.settled()
	f.edit("main.miq.hcl", "version = 2", "version = 1")
	holds(t, f.exits(1, "plan"), "had version 2 when it was applied, and has 1 now. Versions only rise.")
}

func TestAContractThatRisesWithoutAReasonIsANote(t *testing.T) {
	f := newPromised(t)
	f.apply()
	f.edit("main.miq.hcl", "version = 1", "version = 3")
	holds(t, f.exits(0, "plan"), "note: The contract's version rises from 1 to 3, and nothing in this plan breaks readers of table person.", "Plan: 0 to create", "1 to govern")
	f.apply()
	f.settled()
	f.edit("main.miq.hcl", "version = 3", "version = 3.5")
	holds(t, f.exits(1, "validate"), "is written { version = 2 }")
	f.write("main.miq.hcl", strings.Replace(promised, "  table \"person\" {\n    contract = { version = 1 }\n  }\n", "", 1))
	f.edit("main.miq.hcl", "  field \"town\" { from = \"town\" }\n", "")
	holds(t, f.exits(1, "plan"), "Keep the contract and raise its version")
}

func TestAContractIsKeptByWhatTheAuthorAnswersFor(t *testing.T) {
	f := newPromised(t)
	f.apply()
	f.edit("main.miq.hcl", "  field \"town\" { from = \"town\" }\n", "  lifecycle {\n    treat_as \"B101\" {\n      category = \"additive\"\n      reason   = \"nobody reads it\"\n    }\n  }\n")
	holds(t, f.exits(0, "plan"), "treated: B101 is breaking, and treated as additive: nobody reads it")
	f.apply()
	f.settled()
}
