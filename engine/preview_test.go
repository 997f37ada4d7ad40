package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// What a preview shows is what the plan writes, in each of the ways in which rows are written, and never a classified value.
func TestAPreviewShowsTheRowsThatThePlanWrites(t *testing.T) {
	const config = `mapping "a" {
  from {
    source = source.sqlite.old
    table  = "a"
  }
  to {
    target = target.sqlite.new
    table  = "new_a"
    key    = ["id"]
    mode   = "upsert"
  }
  field "id" { cel = "src.id" }
  field "v" { cel = "src.v" }
  field "who" { cel = "text.upper(src.who)" }
}
`
	const facts = "  table \"a\" {\n    column \"who\" { classify = [\"personal.name\"] }\n  }\n"
	const cursor = "  table \"a\" {\n    cursor = { column = \"id\", kind = \"sequence\" }\n    column \"who\" { classify = [\"personal.name\"] }\n  }\n"
	for name, c := range map[string]struct {
		facts, config, edit string
		change              [2]string
		want                []string
		not                 string
	}{
		"chunks that read differently": {facts: facts, config: config, edit: "UPDATE a SET v = 'q' WHERE id = 20",
			want: []string{"~ 20\n        v: \"b\" → \"q\"\n\n"}, not: "~ 3"},
		"rows above the cursor": {facts: cursor, config: config, edit: "INSERT INTO a VALUES (100,'n','canary'),(21,'o','canary')",
			want: []string{"+ 21\n        id: \"21\"\n        v: \"o\"\n        who: (personal.name)\n    + 100\n"}},
		"another expression": {facts: facts, config: config, change: [2]string{`"src.v"`, `"src.id == 3 ? src.v : src.v + '!'"`},
			want: []string{"~ 20\n        v: \"b\" → \"b!\"\n\n"}, not: "~ 3"},
		"another class of value": {facts: facts, config: config, change: [2]string{`"src.v"`, `"src.who"`},
			want: []string{"~ 3\n        v: (personal.name)\n    ~ 20\n        v: (personal.name)\n"}},
		"a table built anew": {facts: facts, config: strings.Replace(config, `"upsert"`, `"replace"`, 1), edit: "UPDATE a SET v = 'q' WHERE id = 20",
			want: []string{"~ 20\n        v: \"b\" → \"q\"\n\n"}, not: "~ 3"},
		"rows that are appended": {facts: cursor, config: strings.Replace(strings.Replace(config, "    key    = [\"id\"]\n", "", 1), `"upsert"`, `"append"`, 1), edit: "INSERT INTO a VALUES (100,'n','canary')",
			want: []string{"+ 100\n        id: \"100\"\n        v: \"n\"\n        who: (personal.name)\n\n"}},
	} {
		for _, to := range []string{"sqlite", "postgres"} {
			t.Run(name+"/"+to, func(t *testing.T) {
				t.Parallel()
				f := twoEnds(t, to, c.config)
				f.edit("main.miq.hcl", "  path = \"source.db\"\n", "  path = \"source.db\"\n"+c.facts)
				sqliteRun(t, f.path("source.db"), "CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT NOT NULL, who TEXT NOT NULL); INSERT INTO a VALUES (3,'a','canary'),(20,'b','canary');")
				f.apply()
				if c.edit != "" {
					sqliteRun(t, f.path("source.db"), c.edit)
				}
				if c.change[0] != "" {
					f.edit("main.miq.hcl", c.change[0], c.change[1])
				}
				out := f.exits(0, "plan", "--preview", "--out=p.plan")
				holds(t, out, c.want...)
				if again := f.exits(0, "plan", "--preview"); sampleOf(again) != sampleOf(out) {
					t.Errorf("a second preview: got\n%s\nwant\n%s", sampleOf(again), sampleOf(out))
				}
				if c.not != "" && strings.Contains(sampleOf(out), c.not) {
					t.Errorf("preview: got %q in\n%s", c.not, out)
				}
				for file := range f.print() {
					if file == "/p.plan" || strings.Contains(file, "state") {
						out += f.read(strings.TrimPrefix(file, "/"))
					}
				}
				if strings.Contains(strings.ToLower(out+f.exits(0, "plan", "--preview", "--json")), "canary") {
					t.Error("a classified value was shown")
				}
				f.apply()
				f.settled()
			})
		}
	}
}

func sampleOf(out string) string {
	_, sample, _ := strings.Cut(out, "# rows of")
	return strings.ReplaceAll(sample, " p.plan", "")
}

// However many rows would be written, those that are shown are the first by their key.
func TestAPreviewIsOfSoManyRows(t *testing.T) {
	f := twoEnds(t, "sqlite", strings.ReplaceAll(strings.Split(twinMapping, "mapping \"b\"")[0], "src.id + 100", "src.id"))
	text := "CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT NOT NULL);"
	for i := range 2000 {
		text += fmt.Sprintf("INSERT INTO a VALUES (%d, 'x');", 3000-i)
	}
	sqliteRun(t, f.path("source.db"), text)
	out := f.exits(0, "plan", "--preview=3")
	holds(t, out, "+ 1001\n", "+ 1002\n", "+ 1003\n", "and 1,997 more\n")
	if strings.Contains(out, "+ 1004") {
		t.Errorf("preview: got more than three rows\n%s", out)
	}
	holds(t, f.exits(0, "plan", "--preview"), "+ 1005\n", "and 1,995 more\n")
}
