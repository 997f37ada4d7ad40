package packs_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// tested runs the tests of the rules, and gives the lines of rules that none of them came to.
func tested(t *testing.T) (uncovered []string) {
	t.Helper()
	ctx := context.Background()
	store := inmem.NewFromObjectWithOpts(documents(t), inmem.OptReturnASTValuesOnRead(true))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(ctx, txn)
	all, seen := modules(t), cover.New()
	results, err := tester.NewRunner().SetStore(store).SetModules(all).SetTimeout(5*time.Minute).SetCoverageQueryTracer(seen).RunTests(ctx, txn)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r := range results {
		n++
		if !r.Pass() {
			t.Errorf("%s.%s: failed %t, skipped %t, error %v", r.Package, r.Name, r.Fail, r.Skip, r.Error)
		}
	}
	if n < 600 {
		t.Errorf("only %d tests of rules ran", n)
	}
	report := seen.Report(all)
	for _, p := range slices.Sorted(maps.Keys(report.Files)) {
		if strings.HasSuffix(p, "_test.rego") || strings.HasSuffix(p, "/lib/testing.rego") {
			continue
		}
		lines := strings.Split(read(t, p), "\n")
		for _, gap := range report.Files[p].NotCovered {
			for row := gap.Start.Row; row <= gap.End.Row; row++ {
				uncovered = append(uncovered, p+": "+strings.TrimSpace(lines[row-1]))
			}
		}
	}
	slices.Sort(uncovered)
	return slices.Compact(uncovered)
}

// Whatever is written anew has a test that comes to it. The file lists what has none yet; it may only become shorter.
func TestTheTestsOfTheRulesPassAndComeToEveryLineButThoseListed(t *testing.T) {
	const name = "testdata/uncovered.txt"
	got := tested(t)
	if *update {
		if err := os.WriteFile(name, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	listed := strings.Split(strings.TrimSpace(read(t, name)), "\n")
	for _, line := range got {
		if !slices.Contains(listed, line) {
			t.Errorf("no test comes to %s", line)
		}
	}
	for _, line := range listed {
		if !slices.Contains(got, line) {
			t.Errorf("a test comes to %s, or it is gone; take it off the list with -update", line)
		}
	}
}
