package engine_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// twoEnds is a folder whose source is a SQLite file and whose target is the kind that is asked for.
func twoEnds(t *testing.T, to, config string) *folder {
	t.Helper()
	if to == "sqlite" {
		return newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"source.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"target.db\"\n}\n"+config)
	}
	config = strings.ReplaceAll(config, "target.sqlite.new", "target.postgres.new")
	return newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"source.db\"\n}\ntarget \"postgres\" \"new\" {\n  url = secret(\"env://TARGET\")\n}\n"+config, "TARGET="+testserver.Postgres(t))
}

const twinSource = `CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT NOT NULL); INSERT INTO a VALUES (1,'x'),(2,'y');
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, v TEXT NOT NULL); INSERT INTO b VALUES (1,2,'x'),(2,1,'y'),(3,1,'z');`

const twinMapping = `mapping "a" {
  from {
    source = source.sqlite.old
    table  = "a"
  }
  to {
    target = target.sqlite.new
    table  = "new_a"
    key    = ["id"]
  }
  field "id" { cel = "src.id + 100" }
  field "v" { cel = "src.v" }
}
mapping "b" {
  from {
    source = source.sqlite.old
    table  = "b"
  }
  to {
    target = target.sqlite.new
    table  = "new_b"
    key    = ["id"]
  }
  field "id" { cel = "src.id" }
  ref "a" {
    mapping = mapping.a
    on      = "src.a"
  }
}
`

const twinMany = `mapping "rest" {
  from {
    source = source.sqlite.old
    tables = ["*"]
  }
  to {
    target = target.sqlite.new
  }
}
`

var printedBlock = regexp.MustCompile(`(?m)^\s*(moved \{\n\s*from = .+\n\s*to   = .+\n\s*\})`)

// What a plan prints for a mapping that has another name is pasted as it is, and then no row moves.
func TestThePrintedMovedBlockIsAllThatARenameNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		config, module string
		edit           func(text string) string
		blocks         int
	}{
		"a mapping": {config: twinMapping, blocks: 1, edit: func(s string) string { return strings.Replace(s, `mapping "b"`, `mapping "bees"`, 1) }},
		"a mapping and its refs": {config: twinMapping, blocks: 2, edit: func(s string) string {
			return strings.NewReplacer(`mapping "b"`, `mapping "bees"`, `mapping "a"`, `mapping "as"`, "mapping.a\n", "mapping.as\n").Replace(s)
		}},
		"a mapping of many tables": {config: twinMany, blocks: 1, edit: func(s string) string { return strings.Replace(s, `mapping "rest"`, `mapping "all"`, 1) }},
		"for_each": {config: strings.Replace(strings.Replace(twinMapping, "mapping \"a\" {\n", "mapping \"a\" {\n  for_each = toset([\"k\"])\n", 1), `mapping = mapping.a`, `mapping = mapping.a["k"]`, 1), blocks: 1,
			edit: func(s string) string { return strings.NewReplacer(`"k"`, `"other key"`).Replace(s) }},
		"a module": {config: "module \"old\" {\n  source = \"./mod\"\n  from   = source.sqlite.old\n  to     = target.sqlite.new\n}\n", blocks: 1,
			module: "variable \"from\" { type = source }\nvariable \"to\" { type = target }\n" + strings.NewReplacer("source.sqlite.old", "var.from", "target.sqlite.new", "var.to").Replace(twinMapping),
			edit:   func(s string) string { return strings.Replace(s, `module "old"`, `module "new"`, 1) }},
	} {
		for _, to := range []string{"sqlite", "postgres"} {
			t.Run(name+"/"+to, func(t *testing.T) {
				t.Parallel()
				f := twoEnds(t, to, c.config)
				if c.module != "" {
					f.write("mod/main.miq.hcl", c.module)
				}
				sqliteRun(t, f.path("source.db"), twinSource)
				f.apply()
				f.write("main.miq.hcl", c.edit(f.read("main.miq.hcl")))
				out := f.exits(1, "plan")
				holds(t, out, "main.miq.hcl line ")
				if c.module != "" {
					out = strings.ReplaceAll(out, "mod/main.miq.hcl", "main.miq.hcl")
				}
				blocks := printedBlock.FindAllStringSubmatch(out, -1)
				if len(blocks) != c.blocks {
					t.Fatalf("plan: got %d moved blocks, want %d\n%s", len(blocks), c.blocks, out)
				}
				text := f.read("main.miq.hcl")
				for _, b := range blocks {
					text += b[1] + "\n"
				}
				f.write("main.miq.hcl", text)
				holds(t, f.exits(2, "plan", "--detailed-exitcode"), "M001", "0 to create", "0 rows written, 0 removed")
				f.apply()
				f.settled()
			})
		}
	}
}

// A column that stands already under the new name of a field is not renamed over; what an earlier field of this name had
// put there is made anew.
func TestAFieldTakesTheNameOfAColumnThatStands(t *testing.T) {
	const config = `mapping "a" {
  from {
    source = source.sqlite.old
    table  = "a"
  }
  to {
    target = target.sqlite.new
    table  = "new_a"
    key    = ["id"]
  }
  field "id" { cel = "src.id" }
  field "one" {
    cel  = "src.v"
    null = true
  }
  field "two" {
    cel  = "src.v + '!'"
    null = true
  }
}
`
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			f := twoEnds(t, to, config)
			sqliteRun(t, f.path("source.db"), twinSource)
			f.apply()
			f.edit("main.miq.hcl", "  field \"two\" {\n    cel  = \"src.v + '!'\"\n    null = true\n  }\n", "")
			f.apply()
			f.edit("main.miq.hcl", `field "one"`, `field "two"`)
			holds(t, f.exits(0, "plan"), "~ field two", "2 differ", "B101 column one stays and is filled no more")
			f.apply()
			holds(t, f.exits(0, "diff", "rows", "mapping.a"), "Equal. 2 rows")
			f.settled()
		})
	}
}
