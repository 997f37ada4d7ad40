package planner_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

var update = flag.Bool("update", false, "write the plans that come out into testdata")

// section gives one file of an archive, "" for none.
func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// Every archive of testdata is one plan from facts: config is what is wanted and found, before is the configuration of the
// last run where it was another, state is what that run left, answers is what was measured, want is what comes out.
func TestPlansFromFacts(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("testdata holds %d archives: %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := planned(t, a)
			if *update {
				keep(t, name, a, got)
			}
			if diff := cmp.Diff(section(a, "want"), got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

func keep(t *testing.T, name string, a *txtar.Archive, got string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// planned makes the plan twice, from facts that were gathered twice, and holds the two together.
func planned(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	f, diags := facts(t, section(a, "config"), section(a, "before"), section(a, "state"))
	if diags.HasErrors() {
		return "resolve\n" + found(diags)
	}
	have, unused := answers(t, f, section(a, "answers"))
	if len(unused) > 0 {
		t.Errorf("answers that nobody asked for: %v", unused)
	}
	p, diags := planner.Build(f, have)
	if p == nil {
		return found(diags)
	}
	sound(t, p)
	f, _ = facts(t, section(a, "config"), section(a, "before"), section(a, "state"))
	slices.Reverse(have)
	again, _ := planner.Build(f, have)
	if again == nil || again.Digest() != p.Digest() {
		t.Error("the same facts gave another plan the second time")
	}
	return found(diags) + shown(p)
}

// sound is what holds of every plan.
func sound(t *testing.T, p *plan.Plan) {
	t.Helper()
	for i, s := range p.Steps {
		if s.N != i {
			t.Errorf("step %d has the number %d", i, s.N)
		}
		if slices.ContainsFunc(s.Needs, func(n int) bool { return n >= i }) {
			t.Errorf("step %d needs %v, want earlier steps only", i, s.Needs)
		}
		if s.Work == plan.Copy && !slices.ContainsFunc(p.Steps[i:], func(o plan.Step) bool { return o.Work == plan.Verify && o.Mapping == s.Mapping }) {
			t.Errorf("step %d moves rows of %s that no later step proves", i, s.Mapping)
		}
	}
	for _, m := range p.Mappings {
		if len(m.Actions) == 0 {
			t.Errorf("%s has no action, not even none", m.Address)
		}
	}
	var text bytes.Buffer
	if err := plan.Write(&text, p); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if strings.Contains(line, ": null") {
			t.Errorf("the plan's document holds null: %s", strings.TrimSpace(line))
		}
	}
	back, err := plan.Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest() != p.Digest() || back.Intent() != p.Intent() {
		t.Error("the plan has other digests once it was written and read")
	}
}

func found(diags diag.List) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s %s", d.Severity, d.Code)
		if d.Object != "" {
			fmt.Fprintf(&b, " of %s", d.Object)
		}
		if d.Subject != nil {
			fmt.Fprintf(&b, " at line %d", d.Subject.Start.Line)
		}
		fmt.Fprintf(&b, "\n  %s\n", strings.ReplaceAll(d.Detail, "\n", "\n  "))
	}
	return strings.ReplaceAll(b.String(), "  \n", "\n")
}

// shown is a plan in short.
func shown(p *plan.Plan) string {
	var b strings.Builder
	for _, m := range p.Mappings {
		b.WriteString(m.Address)
		if m.MovedFrom != "" {
			b.WriteString(" from " + m.MovedFrom)
		}
		b.WriteString("\n")
		for _, a := range m.Actions {
			b.WriteString(actionText(a))
		}
		if c := cursorOf(m); c != "" {
			fmt.Fprintf(&b, "  cursor %s\n", c)
		}
		for _, o := range m.Unsupported {
			fmt.Fprintf(&b, "  unsupported %s %s: %s\n", o.Kind, o.Name, o.Why)
		}
		for _, n := range m.NotMapped {
			fmt.Fprintf(&b, "  not mapped %s\n", n)
		}
		for _, n := range m.Notes {
			fmt.Fprintf(&b, "  note %s\n", n)
		}
	}
	for _, s := range p.Steps {
		b.WriteString(stepText(s))
	}
	fmt.Fprintf(&b, "empty %t\n", p.Empty())
	return b.String()
}

func cursorOf(m plan.Mapping) string {
	if m.Definition == nil || m.Definition.Cursor == nil {
		return ""
	}
	c := m.Definition.Cursor
	return fmt.Sprintf("%s %q..%q", c.Column, c.After, c.UpTo)
}

func actionText(a plan.Action) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s %s", a.Kind, a.Category)
	if a.Lane != "" {
		fmt.Fprintf(&b, " rows=%d exact=%t", a.Rows, a.Exact)
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"bytes", a.Bytes}, {"removes", a.Removes}, {"gone", a.Gone}} {
		if n.value != 0 {
			fmt.Fprintf(&b, " %s=%d", n.name, n.value)
		}
	}
	b.WriteString("\n")
	for _, r := range a.Reasons {
		fmt.Fprintf(&b, "    because %s %s\n", r.Code, r.Text)
	}
	for _, c := range a.Changed {
		fmt.Fprintf(&b, "    changed %s: %q -> %q\n", c.What, c.Before, c.After)
	}
	return b.String()
}

func stepText(s plan.Step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", s.N, s.Work)
	if s.Mapping != "" {
		fmt.Fprintf(&b, " %s", s.Mapping)
	}
	fmt.Fprintf(&b, " needs %v", s.Needs)
	if s.Fresh {
		b.WriteString(" fresh")
	}
	if s.Statement != nil {
		fmt.Fprintf(&b, ": %s", s.Statement.What)
		if s.Statement.Hazard != "" {
			fmt.Fprintf(&b, " (%s)", s.Statement.Hazard)
		}
	}
	if m := s.Move; m != nil {
		fmt.Fprintf(&b, ": %s %s", m.Load, m.Table)
		if m.Ours {
			b.WriteString(" ours")
		}
		if m.Whole {
			b.WriteString(" whole")
		}
		if len(m.Chunks) > 0 {
			fmt.Fprintf(&b, " chunks %v", m.Chunks)
		}
	}
	return b.String() + "\n"
}
