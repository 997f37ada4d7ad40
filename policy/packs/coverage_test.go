package packs_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// tested runs the tests of the rules.
func tested(t *testing.T, all map[string]*ast.Module, seen *cover.Cover) {
	t.Helper()
	ctx := context.Background()
	store := inmem.NewFromObjectWithOpts(documents(t), inmem.OptReturnASTValuesOnRead(true))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(ctx, txn)
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
}

// Whatever is written has a test that comes to it: each head and each expression of every rule.
func TestTheTestsOfTheRulesPassAndComeToEveryLine(t *testing.T) {
	all, seen := modules(t), cover.New()
	tested(t, all, seen)
	adapters(t, seen)
	report := seen.Report(all)
	for _, p := range slices.Sorted(maps.Keys(report.Files)) {
		lines := strings.Split(read(t, p), "\n")
		for _, gap := range report.Files[p].NotCovered {
			t.Errorf("no test comes to %s:%d: %s", p, gap.Start.Row, strings.TrimSpace(lines[gap.Start.Row-1]))
		}
	}
}
