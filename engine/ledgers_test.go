package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestAPlanShowsHowTheLedgerIsMadeOnce(t *testing.T) {
	for _, c := range []struct{ name, endpoint, folded, full string }{
		{"sqlite", "path = \"copy.db\"", "create the ledger tables migrateiq_* (13 statements hidden; --full shows them)", "CREATE TABLE IF NOT EXISTS migrateiq_chunk "},
		{"postgres", "url = secret(\"env://COPY\")", "create the ledger in schema _migrateiq (", "CREATE TABLE _migrateiq.chunk "},
		{"csv", "path = \"out\"", "create file _migrateiq/ledger.json\n", "create file _migrateiq/ledger.json\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := ""
			if c.name == "postgres" {
				env = testserver.Postgres(t)
			}
			f := newFolder(t, "source \"sqlite\" \"shop\" {\n  path = \"shop.db\"\n}\ntarget \""+c.name+"\" \"copy\" {\n  "+c.endpoint+"\n}\nmapping \"stay\" {\n  from {\n    source = source.sqlite.shop\n    table = \"stay\"\n  }\n  to {\n    target = target."+c.name+".copy\n    table = \"stay\"\n  }\n}\n", "COPY="+env)
			sqliteRun(t, f.path("shop.db"), stays)
			at := "Before the first step on target." + c.name + ".copy:"
			holds(t, f.exits(0, "plan"), at, c.folded)
			holds(t, f.exits(0, "plan", "--full"), at, c.full)
			holds(t, f.exits(0, "plan", "--json"), `"ledgers":[{"target":"target.`+c.name+`.copy","statements":[{"sql":["`)
			f.apply()
			sqliteRun(t, f.path("shop.db"), "INSERT INTO stay VALUES (50, 'A', '1.00', 9)")
			for _, args := range [][]string{{"plan", "--replace=mapping.stay", "--full"}, {"plan", "--replace=mapping.stay", "--json"}} {
				if out := f.exits(0, args...); strings.Contains(out, at) || strings.Contains(out, `"ledgers"`) || !strings.Contains(out, "stay") {
					t.Errorf("%v after an apply: got\n%s\nwant nothing of a ledger that is there", args, out)
				}
			}
		})
	}
}
