package packs_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

// bench holds some of the rules and some of the tests, compiled apart from the others, so that a rule can be changed where it
// stands and only the tests that are about it are asked again.
type bench struct {
	compiler *ast.Compiler
	tests    []prepared
}

type prepared struct {
	name  string
	query opa.PreparedEvalQuery
	took  time.Duration
}

const library = "data.migrateiq.lib."

// benchOf takes the modules of some packages and those of the library. Of packages whose name ends in _test it has the tests.
//
// Left out of the compilation is what would not see a change: the rewriting of == to unification, and the indexes.
func benchOf(t *testing.T, l laboratory, parsed map[string]*ast.Module, packages ...string) *bench {
	t.Helper()
	mine := map[string]*ast.Module{}
	for p, m := range parsed {
		if pkg := m.Package.Path.String(); slices.Contains(packages, pkg) || strings.HasPrefix(pkg, library) {
			mine[p] = m
		}
	}
	b := &bench{compiler: ast.NewCompiler().WithSkipStages(ast.StageRewriteEquals, ast.StageBuildComprehensionIndices)}
	if b.compiler.Compile(mine); b.compiler.Failed() {
		t.Fatal(b.compiler.Errors)
	}
	for _, pkg := range packages {
		if strings.HasSuffix(pkg, "_test") {
			b.prepare(t, l, pkg)
		}
	}
	for i := range b.tests {
		began := time.Now()
		if !b.tests[i].passes() {
			t.Fatalf("%s does not pass", b.tests[i].name)
		}
		b.tests[i].took = time.Since(began)
	}
	slices.SortStableFunc(b.tests, func(one, other prepared) int {
		return cmp.Or(rank(one.name)-rank(other.name), cmp.Compare(one.took, other.took))
	})
	return b
}

func (b *bench) prepare(t *testing.T, l laboratory, tests string) {
	t.Helper()
	for _, rule := range b.rules(tests) {
		switch name := nameOf(rule); {
		case name == "passing":
			// Worked out once: every test begins with it.
			rule.Head.Value, rule.Body = l.ask(t, tests+".passing"), ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))
		case strings.HasPrefix(name, "test_"):
			q, err := opa.New(opa.Query(tests+"."+name), opa.Compiler(b.compiler), opa.Store(l.store)).PrepareForEval(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			b.tests = append(b.tests, prepared{name: name, query: q})
		}
	}
}

// rank puts first what is quick to ask and tells most.
func rank(test string) int {
	telling := []string{"test_passes", "test_also_passes", "test_not_applicable", "test_boundaries", "test_fails"}
	if i := slices.Index(telling, test); i >= 0 {
		return i
	}
	return len(telling)
}

func (p prepared) passes() bool {
	rs, err := p.query.Eval(context.Background(), opa.EvalRuleIndexing(false))
	return err == nil && rs.Allowed()
}

// kills says whether a test of the bench fails with the mutant.
func (b *bench) kills(m mutant) bool {
	m.become()
	defer m.back()
	return slices.ContainsFunc(b.tests, func(p prepared) bool { return !p.passes() })
}

func (b *bench) rules(pkg string) (all []*ast.Rule) {
	for _, m := range b.compiler.Modules {
		if m.Package.Path.String() == pkg {
			all = append(all, m.Rules...)
		}
	}
	return all
}

// reached are the rules of the library that those given ask, directly or by others, without what is common to all.
func (b *bench) reached(from []*ast.Rule, common func(*ast.Rule) bool) (all []*ast.Rule) {
	seen := map[*ast.Rule]bool{}
	var walk func(*ast.Rule)
	walk = func(rule *ast.Rule) {
		for d := range b.compiler.Graph.Dependencies(rule) {
			next := d.(*ast.Rule)
			if seen[next] || common(next) {
				continue
			}
			if seen[next] = true; strings.HasPrefix(packageOf(next), library) {
				all = append(all, next)
			}
			walk(next)
		}
	}
	for _, rule := range from {
		walk(rule)
	}
	return all
}

func packageOf(rule *ast.Rule) string { return rule.Module.Package.Path.String() }
