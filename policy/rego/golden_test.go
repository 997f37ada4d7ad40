package rego_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

var update = flag.Bool("update", false, "write the verdicts that are found")

// lines are verdicts in short: those that did not pass with their subjects, those that passed by number.
func lines(vs policy.Verdicts) []string {
	passed := map[string]int{}
	var out []string
	for _, v := range vs {
		if v.Result == policy.Pass {
			passed[v.Control] += max(v.More, 1)
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %s of %s %q more %d waiver %q lacks %q", v.Control, v.Result, v.Level, v.Subject.Kind,
			v.Subject.ID, v.More, v.Waiver, v.Facts))
	}
	for _, c := range slices.Sorted(maps.Keys(passed)) {
		out = append(out, fmt.Sprintf("%s pass of %d", c, passed[c]))
	}
	slices.Sort(out)
	return out
}

// documents are that of the fixtures, as it is and with something gone or changed, by name.
func documents(t *testing.T) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	change := func(name string, how func(doc map[string]any)) {
		doc := document(t)
		how(doc)
		out[name] = doc
	}
	for k := range document(t) {
		change("without "+k, func(doc map[string]any) { delete(doc, k) })
	}
	for _, phase := range []string{"plan", "apply", "verify", "drift"} {
		change("at "+phase, func(doc map[string]any) { doc["phase"] = phase })
	}
	for _, kind := range []string{"fields", "datasets", "systems"} {
		for id := range document(t)[kind].(map[string]any) {
			change("empty "+kind+" "+id, func(doc map[string]any) { doc[kind].(map[string]any)[id] = map[string]any{} })
		}
	}
	change("nothing", func(doc map[string]any) { clear(doc) })
	change("of another year", func(doc map[string]any) { doc["evaluated_at"] = "2036-01-01T00:00:00Z" })
	return out
}

// Rules may become faster; what they find stays. The file has the verdicts of a whole document, and for each change to it
// the lines that came and went.
func TestWhatTheRulesFindStays(t *testing.T) {
	r := with(library(t), packs.Names()...)
	r.Waivers = waivers()
	e := made(t, r)
	base := lines(ask(t, e, document(t)))
	got := strings.Join(base, "\n") + "\n"
	all := documents(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		got += "== " + name + "\n"
		found := lines(ask(t, e, all[name]))
		for _, l := range found {
			if !slices.Contains(base, l) {
				got += "+ " + l + "\n"
			}
		}
		for _, l := range base {
			if !slices.Contains(found, l) {
				got += "- " + l + "\n"
			}
		}
	}
	const name = "testdata/verdicts.golden"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

// waivers are one that counts and one that does not.
func waivers() []rego.Waiver {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	good := rego.Waiver{
		ID: "W-1", Control: "PCI-08", Subject: "plan", Reason: "pilot", Ticket: "IG-1", RequestedBy: "a@example.org",
		ApprovedBy: "b@example.org", ApproverRole: "dpo", ApprovedAt: at, ExpiresAt: at.AddDate(0, 0, 39),
		Scope: rego.Scope{Project: "scr"},
	}
	bad := good
	bad.ID, bad.Subject = "W-2", "*"
	return []rego.Waiver{good, bad}
}
