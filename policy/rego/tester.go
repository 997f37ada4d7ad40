package rego

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// Tested is the result of one test of rules.
type Tested struct {
	Name string // package and rule
	File string
	Line int
	Pass bool
	Why  string // "" where it passed
}

// Coverage says which lines of a file no test came to.
type Coverage struct {
	File    string
	Percent float64
	Lines   []int
}

// Test runs the tests in a folder of rules, which end in _test.rego, beside the library of the packs. Rules have the same
// functions there as in a review.
func Test(ctx context.Context, lib fs.FS, files map[string][]byte) ([]Tested, []Coverage, error) {
	l, err := library(lib)
	if err != nil {
		return nil, nil, err
	}
	own, data, err := testable(files)
	if err != nil {
		return nil, nil, err
	}
	all := maps.Clone(own)
	for p, m := range l.modules {
		if strings.HasPrefix(p, root+"/lib/") {
			all["library/"+p] = m
		}
	}
	maps.Copy(data, l.data)
	data["params"], data["waivers"], data["lock"] = map[string]any{}, []any{}, map[string]any{}
	store := inmem.NewFromObject(data)
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("test the rules: %w", err)
	}
	defer store.Abort(ctx, txn)
	seen := cover.New()
	results, err := tester.NewRunner().SetStore(store).SetModules(all).SetCompiler(ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true).WithEnablePrintStatements(false)).
		SetCoverageQueryTracer(seen).RunTests(ctx, txn)
	if err != nil {
		return nil, nil, fmt.Errorf("test the rules: %w", err)
	}
	var out []Tested
	for r := range results {
		one := Tested{Name: r.Package + "." + r.Name, Pass: r.Pass()}
		if r.Location != nil {
			one.File, one.Line = r.Location.File, r.Location.Row
		}
		switch {
		case r.Error != nil:
			one.Why = r.Error.Error()
		case r.Skip:
			one.Why = "it is skipped"
		case !one.Pass:
			one.Why = "it does not hold"
		}
		out = append(out, one)
	}
	return out, coverage(seen, own), nil
}

// testable parses a folder with its tests, and refuses what a review would.
func testable(files map[string][]byte) (map[string]*ast.Module, map[string]any, error) {
	s := Source{Name: "rules", Origin: Module, files: map[string][]byte{}, data: map[string]any{}}
	tests := Source{Name: "tests", Origin: Module, files: map[string][]byte{}, data: map[string]any{}}
	for p, text := range files {
		switch {
		case strings.HasSuffix(p, testsSuffix):
			tests.files[p] = text
		case part(p):
			s.files[p] = text
		}
	}
	if len(tests.files) == 0 {
		return nil, nil, fmt.Errorf("no file of the folder ends in %s, so there is nothing to test", testsSuffix)
	}
	for _, each := range []*Source{&s, &tests} {
		if err := each.parse(); err != nil {
			return nil, nil, fmt.Errorf("read the rules: %w", err)
		}
		if err := each.outside(); err != nil {
			return nil, nil, fmt.Errorf("read the rules: %w", err)
		}
	}
	maps.Copy(s.modules, tests.modules)
	return s.modules, s.data, nil
}

func coverage(seen *cover.Cover, own map[string]*ast.Module) []Coverage {
	rules := map[string]*ast.Module{}
	for p, m := range own {
		if !strings.HasSuffix(p, testsSuffix) {
			rules[p] = m
		}
	}
	report := seen.Report(rules)
	var out []Coverage
	for _, p := range slices.Sorted(maps.Keys(rules)) {
		f := report.Files[p]
		if f == nil {
			continue // nothing in it can be reached
		}
		one := Coverage{File: p, Percent: f.Coverage}
		for _, r := range f.NotCovered {
			for line := r.Start.Row; line <= r.End.Row; line++ {
				one.Lines = append(one.Lines, line)
			}
		}
		out = append(out, one)
	}
	return out
}
