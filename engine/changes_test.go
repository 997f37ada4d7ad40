package engine_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// Every archive in planner/testdata/changes is one change of a migration that was applied. The planner's own tests plan it
// from facts; here the databases carry it out, and count themselves what is written. Its parts:
//
//	before/…, middle/…, after/…  the folder as it is applied first, then where that is there, and as it is changed
//	source.sql, other.sql        the source, and a second one
//	source-edit.sql              what happens at the source before the change
//	target.sql, target-edit.sql  what stands in the target before all, and what others do there before the change
//	actions, actions sqlite      what the plan says; the second where SQLite has another way
//	expect, expect sqlite        flags, exit codes, and what is written: `write TABLE +inserted ~updated -deleted columns`
//	rows TABLE                   what the table holds in the end
type change struct {
	*oneTable
	archive *txtar.Archive
	want    map[string]string // words of the section expect
	writes  []string
}

func TestChangesAreCarriedOutAsTheTableSays(t *testing.T) {
	names, err := filepath.Glob("planner/testdata/changes/*.txtar")
	if err != nil || len(names) < 60 {
		t.Fatalf("the table holds %d changes, want 60 or more: %v", len(names), err)
	}
	for i, name := range names {
		for _, to := range []string{"sqlite", "postgres"} {
			if testing.Short() && i%10 > 0 {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+to, func(t *testing.T) {
				t.Parallel()
				a, err := txtar.ParseFile(name)
				if err != nil {
					t.Fatal(err)
				}
				newChange(t, a, to).carry()
			})
		}
	}
}

func newChange(t *testing.T, a *txtar.Archive, to string) *change {
	t.Helper()
	c := &change{archive: a, oneTable: &oneTable{from: "sqlite", to: to}, want: map[string]string{"plan": "2", "apply": "0", "again": "0", "verify": "0", "source": "0"}}
	var env []string
	if to == "postgres" {
		c.target = testserver.Postgres(t)
		env = append(env, "TARGET="+c.target)
	}
	c.folder = newFolder(t, "", env...)
	for line := range strings.Lines(c.section("expect")) { // words that are not there mean what holds of most
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "write" {
			c.writes = append(c.writes, rest)
		} else {
			c.want[word] = rest
		}
	}
	return c
}

// section gives the part of the archive for the target, or else the one for both.
func (c *change) section(name string) string {
	out := ""
	for _, f := range c.archive.Files {
		switch f.Name {
		case name + " " + c.to:
			return string(f.Data)
		case name:
			out = string(f.Data)
		}
	}
	return out
}

// lay writes the files of one stage.
func (c *change) lay(stage string) (there bool) {
	for _, f := range c.archive.Files {
		name, ok := strings.CutPrefix(f.Name, stage+"/")
		if !ok {
			continue
		}
		there = true
		text := string(f.Data)
		if c.to == "postgres" {
			text = strings.NewReplacer("target.sqlite.new", "target.postgres.new", `target "sqlite"`, `target "postgres"`, `path = "target.db"`, `url = secret("env://TARGET")`).Replace(text)
		}
		c.write(name, text)
	}
	return there
}

func (c *change) exit(of string) int {
	n, err := strconv.Atoi(c.want[of])
	if err != nil {
		c.t.Fatalf("expect %s: %v", of, err)
	}
	return n
}

func (c *change) carry() {
	if script := c.section("source.sql"); script != "" {
		c.at(script)
	}
	if script := c.section("other.sql"); script != "" {
		sqliteRun(c.t, c.path("other.db"), script)
	}
	c.hit(c.section("target.sql"))
	c.lay("before")
	if c.want["abandon"] != "" {
		found := openRun.FindStringSubmatch(c.exits(10, "apply", "--auto-approve"))
		if found == nil {
			c.t.Fatal("the apply names no run")
		}
		c.exits(0, "run", "abandon", found[1])
	} else {
		c.apply()
	}
	if c.lay("middle") {
		c.apply()
	}
	if script := c.section("source-edit.sql"); script != "" {
		c.at(script)
	}
	c.hit(c.section("target-edit.sql"))
	c.count()
	c.lay("after")
	c.planned()
}

// hit runs statements of somebody else in the target.
func (c *change) hit(script string) {
	c.t.Helper()
	switch {
	case script == "":
	case c.to == "sqlite":
		sqliteRun(c.t, c.path("target.db"), script)
	default:
		testserver.Psql(c.t, c.target, script)
	}
}

func (c *change) planned() {
	c.t.Helper()
	flags := strings.Fields(c.want["flags"])
	code, out := c.run(append([]string{"plan", "--json", "--detailed-exitcode", "--out=change.plan"}, flags...)...)
	if got := c.said(out); got != c.section("actions") {
		c.t.Errorf("plan (-want +got):\n%s%s", cmp.Diff(c.section("actions"), got), errorsOf(out))
	}
	if code != c.exit("plan") {
		c.t.Fatalf("plan: got exit code %d, want %d\n%.3000s", code, c.exit("plan"), errorsOf(out))
	}
	if code == 1 {
		return
	}
	if code == 2 {
		text := c.exits(c.exit("apply"), "apply", "change.plan")
		if c.exit("apply") == 0 {
			holds(c.t, c.exits(6, "apply", "change.plan"), "STATE")
		} else {
			holds(c.t, text, c.want["says"])
		}
	}
	c.counted()
	for _, f := range c.archive.Files {
		if table, ok := strings.CutPrefix(f.Name, "rows "); ok {
			if got := c.there("SELECT * FROM "+table+" ORDER BY 1") + "\n"; strings.TrimSpace(got) != strings.TrimSpace(string(f.Data)) {
				c.t.Errorf("rows of %s (-want +got):\n%s", table, cmp.Diff(string(f.Data), got))
			}
		}
	}
	if c.exit("apply") != 0 {
		return
	}
	if out := c.exits(c.exit("again"), "plan", "--detailed-exitcode"); c.exit("again") == 0 {
		holds(c.t, out, "No changes.")
	}
	c.exits(c.exit("verify"), "verify")
	c.exits(c.exit("source"), "verify", "--source")
}

// said is what a plan says in short: a line for each action, or for each error.
func (c *change) said(out string) string {
	var doc struct {
		Plan *plan.Plan
	}
	start := strings.Index(out, "{")
	if start < 0 {
		return ""
	}
	var b strings.Builder
	for d := json.NewDecoder(strings.NewReader(out[start:])); ; {
		var one json.RawMessage
		if d.Decode(&one) != nil {
			break
		}
		var found struct {
			Diagnostics []struct{ Severity, Code string }
		}
		if json.Unmarshal(one, &found) == nil {
			for _, f := range found.Diagnostics {
				fmt.Fprintf(&b, "%s %s\n", f.Severity, f.Code)
			}
		}
		if doc.Plan == nil {
			_ = json.Unmarshal(one, &doc) // a finding has no plan
		}
	}
	if doc.Plan != nil {
		for _, m := range doc.Plan.Mappings {
			for _, a := range m.Actions {
				b.WriteString(m.Address + " " + actionText(a) + "\n")
			}
		}
	}
	return b.String()
}

func errorsOf(out string) string { return fmt.Sprintf("%.2500s", out) }

// actionText is an action as the archives have it.
func actionText(a plan.Action) string {
	text := fmt.Sprintf("%s %s", a.Kind, a.Category)
	for _, r := range a.Reasons {
		text += " " + r.Code
	}
	if a.Lane != "" {
		text += fmt.Sprintf(" rows=%d", a.Rows)
		if !a.Exact {
			text += "?"
		}
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"removes", a.Removes}, {"gone", a.Gone}, {"conflicts", a.Left}, {"opened", a.Opened}, {"closed", a.Closed}} {
		if n.value != 0 {
			text += fmt.Sprintf(" %s=%d", n.name, n.value)
		}
	}
	return text
}
