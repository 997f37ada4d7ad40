package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// judged is a mapping of items whose classes are decided, in a folder with rules of its own. to and more are parts of the
// mapping.
func judged(to, more string) string {
	const classes = `  table "item" {
    column "id" { classify = ["none"] }
    column "code" { classify = ["none"] }
    column "n" { classify = ["none"] }
  }`
	return "migrateiq {\n  policy \"own\" { source = \"./rules\" }\n}\n" + itemShop(classes, to, more)
}

// against denies plans with an action that the condition holds for.
func against(condition string) string {
	return "package own\n\ndeny contains {\"msg\": \"Not this one.\"} if {\n\tsome a in input.actions\n\t" + condition + "\n}\n"
}

func judgedFolder(t *testing.T, config string) *folder {
	t.Helper()
	f := newFolder(t, config)
	f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f.write("exempt.miq.hcl", unapproved)
	f.write("rules/own.rego", against(`a.operation == "none of them"`))
	sqliteRun(t, f.path("shop.db"), threeRows)
	return f
}

// items is all that stands in the target: the rows, and the runs of its ledger.
func items(t *testing.T, f *folder) string {
	t.Helper()
	var out []string
	for _, of := range [][2]string{{"item", "id || '|' || code || '|' || n"}, {"migrateiq_run", "run || coalesce(closed_at, '')"}} {
		table, columns := of[0], of[1]
		if sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM sqlite_schema WHERE name = '"+table+"'") == "1" {
			out = append(out, table+": "+sqliteRows(t, f.path("new.db"), "SELECT coalesce(group_concat("+columns+", ' '), '') FROM "+table))
		}
	}
	return strings.Join(out, "\n")
}

// Every way to write a target goes by a plan, and a plan by the rules. Each was let through once while policies did not see
// what it does, or could not be told from another.
func TestARuleStopsEachKindOfChange(t *testing.T) {
	const fields = `field "id" { from = "id" }
  field "code" { from = "code" }
  field "n" { from = "n" }`
	const removed = "removed {\n  mapping = mapping.item\n  purge   = %t\n}\n"
	without := func(f *folder, block string) {
		text := f.read("main.miq.hcl")
		f.write("main.miq.hcl", text[:strings.Index(text, "mapping \"item\"")]+block)
	}
	for name, c := range map[string]struct {
		to, more, rule string
		before         string // rows of the target that somebody else wrote
		change         func(t *testing.T, f *folder)
		with           []string
	}{
		"a first load": {rule: `a.operation == "create"`},
		"new rows":     {rule: `a.operation == "upsert"`, change: func(t *testing.T, f *folder) { sqliteRun(t, f.path("shop.db"), "INSERT INTO item VALUES (4, 'd', 4)") }},
		"rows that are gone at the source": {to: `mode = "mirror"`, rule: `a.kind == "delete"; "B108" in a.reasons; a.irreversible`,
			change: func(t *testing.T, f *folder) { sqliteRun(t, f.path("shop.db"), "DELETE FROM item WHERE id = 2") }},
		"rows that a condition refuses": {rule: `a.operation == "prune"; a.category == "breaking"`,
			change: func(t *testing.T, f *folder) {
				f.edit("main.miq.hcl", "    table  = \"item\"\n  }\n  to", "    table  = \"item\"\n    where  = \"src.n > 1\"\n  }\n  to")
			}},
		"a field that is made in another way": {more: fields, rule: `a.operation == "remap"; "R101" in a.reasons`,
			change: func(t *testing.T, f *folder) {
				f.edit("main.miq.hcl", `{ from = "code" }`, `{ cel = "text.upper(src.code)" }`)
			}},
		"a reload by the command line": {rule: `a.operation == "reload"; a.irreversible`, with: []string{"--replace=mapping.item"},
			change: func(*testing.T, *folder) {}},
		"a reload block": {rule: `"R102" in a.reasons`, change: func(t *testing.T, f *folder) {
			sqliteRun(t, f.path("new.db"), "UPDATE item SET n = 9 WHERE id = 1")
			f.write("more.miq.hcl", strings.ReplaceAll(reloadAll, "mapping.one", "mapping.item"))
		}},
		"a repair": {more: "lifecycle {\n    on_target_drift = \"repair\"\n  }", rule: `a.operation == "repair"`,
			change: func(t *testing.T, f *folder) { sqliteRun(t, f.path("new.db"), "UPDATE item SET n = 9 WHERE id = 1") }},
		"rows that are taken over": {rule: `a.operation == "adopt"; a.kind == "record"`, before: threeRows,
			change: func(t *testing.T, f *folder) {
				f.write("more.miq.hcl", strings.ReplaceAll(importOne, "mapping.one", "mapping.item"))
			}},
		"a purge":                     {rule: `a.operation == "delete"; a.mapping == "mapping.item"; a.irreversible`, change: func(t *testing.T, f *folder) { without(f, fmt.Sprintf(removed, true)) }},
		"a mapping that is forgotten": {rule: `a.operation == "forget"`, change: func(t *testing.T, f *folder) { without(f, fmt.Sprintf(removed, false)) }},
		"a mapping of another name": {rule: `a.operation == "move"`, change: func(t *testing.T, f *folder) {
			f.edit("main.miq.hcl", `mapping "item" {`, `mapping "thing" {`)
			f.write("more.miq.hcl", "moved {\n  from = mapping.item\n  to   = mapping.thing\n}\n")
		}},
		"a breaking change that its author takes for less": {more: "lifecycle {\n    treat_as \"B107\" {\n      category = \"additive\"\n      reason   = \"They were tests\"\n    }\n  }",
			rule: `some t in a.treated_as; t.from == "breaking"; t.category == "additive"; t.reason == "They were tests"`,
			change: func(t *testing.T, f *folder) {
				f.edit("main.miq.hcl", "    table  = \"item\"\n  }\n  to", "    table  = \"item\"\n    where  = \"src.n > 1\"\n  }\n  to")
			}},
	} {
		t.Run(name, func(t *testing.T) {
			f := judgedFolder(t, judged(c.to, c.more))
			if c.before != "" {
				sqliteRun(t, f.path("new.db"), c.before)
			} else if c.change != nil {
				f.apply()
			}
			if c.change != nil {
				c.change(t, f)
			}
			free := f.read("rules/own.rego")
			f.write("rules/own.rego", against(strings.ReplaceAll(c.rule, "; ", "\n\t")))
			state, rows := "", items(t, f)
			if c.change != nil && c.before == "" {
				state = f.read("migrateiq.state.json")
			}
			holds(t, f.exits(4, append([]string{"plan", "--out", "denied.plan"}, c.with...)...), "deny own.deny", "Not this one.")
			holds(t, f.exits(4, append([]string{"apply", "--auto-approve"}, c.with...)...), "own.deny", "nothing was changed")
			holds(t, f.exits(4, "apply", "denied.plan"), "own.deny", "nothing was changed")
			if diff := cmp.Diff(rows, items(t, f)); diff != "" {
				t.Errorf("the target after a denied plan (-before +after):\n%s", diff)
			}
			if state != "" && f.read("migrateiq.state.json") != state {
				t.Error("the state was changed by a denied plan")
			}
			f.write("rules/own.rego", free)
			f.apply(c.with...)
		})
	}
}

// A run that was begun, and a plan that was saved, are held against the rules as they are when they go on. What got worse
// makes a saved plan stale, which comes before that it is denied. Of a run no new plan can be made: it is denied.
func TestARuleStopsARunThatGoesOnAndASavedPlan(t *testing.T) {
	f := judgedFolder(t, judged("", "field \"id\" { from = \"id\" }\n  field \"code\" { from = \"code\" }\n  field \"n\" {\n    from   = \"n\"\n    expect = \"out < 9\"\n  }"))
	f.write("rules/own.rego", "package own\n\ndeny contains {\"msg\": \"Too late.\"} if time.parse_rfc3339_ns(input.evaluated_at) > time.parse_rfc3339_ns(\"2026-11-21T00:00:00Z\")\n")
	f.exits(0, "plan", "--out", "saved.plan")
	begun := f.now
	f.now = begun.Add(24 * time.Hour)
	before := items(t, f)
	holds(t, f.exits(6, "apply", "saved.plan"), "POLICY", "own.deny denies now", "deny own.deny", "Too late.")
	if diff := cmp.Diff(before, items(t, f)); diff != "" {
		t.Errorf("the target after a plan that is denied by now (-before +after):\n%s", diff)
	}

	f.now = begun
	sqliteRun(t, f.path("shop.db"), "UPDATE item SET n = 10 WHERE id = 3")
	f.exits(10, "apply", "--auto-approve")
	sqliteRun(t, f.path("shop.db"), "UPDATE item SET n = 3 WHERE id = 3")
	before = items(t, f)
	f.now = begun.Add(24 * time.Hour)
	out := f.exits(4, "apply", "--auto-approve")
	holds(t, out, "deny own.deny", "Too late.", "The policies deny this plan; nothing was changed.", "goes on with it once nothing denies it", "migrateiq run abandon")
	if strings.Contains(out, "stale") {
		t.Errorf("an apply that goes on with a run that is denied by now: got\n%s\nwant nothing about a stale plan, as no new one can be made", out)
	}
	holds(t, f.exits(4, "plan"), "deny own.deny", "it cannot be applied", "is not finished")
	if diff := cmp.Diff(before, items(t, f)); diff != "" {
		t.Errorf("the target after a run that is denied by now (-before +after):\n%s", diff)
	}
	f.now = begun
	f.apply()
}

// What only reads, or writes nothing but what is remembered, asks no rule, and writes no row.
func TestCommandsWithoutAPlanWriteNoRow(t *testing.T) {
	f := judgedFolder(t, judged("", ""))
	f.apply()
	f.write("rules/own.rego", "package own\n\ndeny contains {\"msg\": \"Nothing at all.\"}\n")
	before := items(t, f)
	for _, command := range [][]string{{"verify"}, {"quarantine", "list"}, {"quarantine", "show", "mapping.item"}, {"quarantine", "export"}, {"state", "list"}, {"state", "show", "mapping.item"}, {"run", "list"},
		{"plan", "--refresh-only"}, {"state", "rm", "mapping.item"}} {
		f.exits(0, command...)
		if diff := cmp.Diff(before, items(t, f)); diff != "" {
			t.Errorf("%v (-before +after):\n%s", command, diff)
		}
	}
	if code, out := f.run("quarantine", "replay"); code == 0 {
		t.Errorf("quarantine replay: got exit code 0, want an error\n%s", out)
	}
	if log := f.read("migrateiq.state.json.audit.jsonl"); !strings.Contains(log, "state_rm") {
		t.Error("the audit log does not say that a mapping was taken out of the state")
	}
}

// A rollback is a plan like others, and the log of denied plans has it.
func TestARuleStopsARollback(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, swapped, "TARGET="+dsn)
	f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f.edit("main.miq.hcl", "max_rejects = 0", "rollback_window = \"72h\"")
	f.edit("main.miq.hcl", "  path = \"old.db\"\n", "  path = \"old.db\"\n  table \"item\" {\n    column \"id\" { classify = [\"none\"] }\n    column \"name\" { classify = [\"none\"] }\n    column \"qty\" { classify = [\"none\"] }\n  }\n")
	f.write("policies.miq.hcl", "migrateiq {\n  policy \"own\" { source = \"./rules\" }\n}\n"+unapproved)
	free := against(`a.operation == "none of them"`)
	f.write("rules/own.rego", free)
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new' WHERE id = 2")
	f.apply("--replace=mapping.item")
	f.write("rules/own.rego", against(`a.operation == "rollback"`+"\n\ta.irreversible"))
	holds(t, f.exits(4, "rollback", "mapping.item", "--auto-approve"), "own.deny", "nothing was changed")
	if got := names(t, dsn); got != "a,new,c" {
		t.Errorf("after a denied rollback: got %s", got)
	}
	if log := f.read("migrateiq.state.json.audit.jsonl"); !strings.Contains(log, "apply_denied") {
		t.Errorf("the audit log does not say that the rollback was denied:\n%s", log)
	}
	f.write("rules/own.rego", free)
	f.exits(0, "rollback", "mapping.item", "--auto-approve")
	if got := names(t, dsn); got != "a,b,c" {
		t.Errorf("after the rollback: got %s", got)
	}
}
