package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// A mapping that names another table, schema or endpoint is refused; what the message says to write loads the new table, and
// the old one stays, named in the plan, or is emptied.
func TestAnotherTargetTableIsNamedAndTheOldOneStays(t *testing.T) {
	const second = "target \"sqlite\" \"two\" {\n  path = \"two.db\"\n}\n"
	for name, c := range map[string]struct {
		edit  [2]string
		more  string
		only  string // the kind of target
		gone  bool   // the old endpoint's block goes too
		purge bool
	}{
		"another name":                              {edit: [2]string{`"new_a"`, `"newer_a"`}},
		"and the old one is emptied":                {edit: [2]string{`"new_a"`, `"newer_a"`}, purge: true},
		"another schema":                            {edit: [2]string{`"new_a"`, `"other.new_a"`}, only: "postgres"},
		"another endpoint":                          {edit: [2]string{"target.sqlite.new", "target.sqlite.two"}, more: second, only: "sqlite"},
		"another endpoint, and the old one is gone": {edit: [2]string{"target.sqlite.new", "target.sqlite.two"}, more: second, only: "sqlite", gone: true},
	} {
		for _, to := range []string{"sqlite", "postgres"} {
			if c.only != "" && c.only != to {
				continue
			}
			t.Run(name+"/"+to, func(t *testing.T) {
				t.Parallel()
				f := twoEnds(t, to, strings.Split(twinMapping, "mapping \"b\"")[0]+c.more)
				sqliteRun(t, f.path("source.db"), twinSource)
				f.apply()
				f.edit("main.miq.hcl", c.edit[0], c.edit[1])
				old := f.print()
				out := f.exits(1, "plan")
				holds(t, out, "new_a of target.", "(2 rows)", "removed {", "mapping = mapping.a")
				f.exits(1, "apply", "--auto-approve")
				if now := f.print(); now["/target.db"] != old["/target.db"] {
					t.Error("the refused apply wrote to the target")
				}

				f.edit("main.miq.hcl", `mapping "a"`, `mapping "a2"`)
				holds(t, f.exits(1, "plan"), "mapping.a2", "removed {") // no mapping is lost in silence
				text := f.read("main.miq.hcl") + "removed {\n  mapping = mapping.a\n}\n"
				if c.purge {
					text = strings.Replace(text, "  mapping = mapping.a\n", "  mapping = mapping.a\n  purge   = true\n", 1)
				}
				if c.gone {
					text = strings.Replace(text, "target \"sqlite\" \"new\" {\n  path = \"target.db\"\n}\n", "", 1)
				}
				f.write("main.miq.hcl", text)
				holds(t, f.exits(0, "plan"), "Rows are loaded a second time", "1 to create", "mapping.a will be")
				f.apply()
				f.settled()
				if strings.Contains(f.exits(0, "state", "list"), "mapping.a ") {
					t.Error("the state still has the mapping of before")
				}
				want, got := "2", ""
				if c.purge {
					want = "0"
				}
				if to == "sqlite" {
					got = sqliteRows(t, f.path("target.db"), "SELECT count(*) FROM new_a")
				} else {
					got = testserver.Psql(t, strings.TrimPrefix(f.env[0], "TARGET="), "SELECT count(*) FROM public.new_a")
				}
				if got != want {
					t.Errorf("rows of the old table: got %s, want %s", got, want)
				}
			})
		}
	}
}

// A name without a schema means the table that stands, wherever it is; one in another schema is another table.
func TestATableIsTheSameWithAndWithoutItsSchema(t *testing.T) {
	f := twoEnds(t, "postgres", strings.Replace(strings.Split(twinMapping, "mapping \"b\"")[0], `"new_a"`, `"other.new_a"`, 1))
	sqliteRun(t, f.path("source.db"), twinSource)
	f.apply()
	f.edit("main.miq.hcl", `"other.new_a"`, `"new_a"`)
	holds(t, f.exits(0, "plan", "--detailed-exitcode"), "No changes.")
	f.edit("main.miq.hcl", `"new_a"`, `"public.new_a"`)
	holds(t, f.exits(1, "plan"), "was applied to table other.new_a", "names table public.new_a")
}
