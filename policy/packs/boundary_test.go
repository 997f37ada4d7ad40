package packs_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/rego"
	"github.com/open-policy-agent/opa/v1/ast"
)

// limit is the number that a parameter has in the tests.
func (l laboratory) limit(t *testing.T) limits {
	t.Helper()
	return func(pack, name *ast.Term) (int, bool) {
		n, is := l.ask(t, fmt.Sprintf("%s(%v, %v)", parameter, pack, name)).Value.(ast.Number)
		if !is {
			return 0, false
		}
		return n.Int()
	}
}

// Packages of the library that make results of what controls found. What they decide is one for all of them, and held by
// tests of their own.
var machinery = []string{"verdicts", "waivers", "params", "names", "own", "schema", "testing"}

func common(rule *ast.Rule) bool {
	return slices.Contains(machinery, strings.TrimPrefix(packageOf(rule), library))
}

// survivors counts mutants, and collects those that no test killed.
type survivors struct {
	sync.Mutex
	made int
	left map[string]bool
}

func (s *survivors) took(where string, m mutant, killed bool) {
	s.Lock()
	defer s.Unlock()
	s.made++
	if !killed {
		s.left[fmt.Sprintf("%s: %s: %s in %s:%d", where, m.what, m.at.Text, m.at.File, m.at.Row)] = true
	}
}

// Each comparison of a control, and of what it asks of the library, decides a case of its own tests.
func TestEveryComparisonOfAControlIsHeldByItsTests(t *testing.T) {
	if testing.Short() {
		t.Skip("more than a thousand mutants")
	}
	l, parsed, found := laboratoryOf(t), modules(t), &survivors{left: map[string]bool{}}
	t.Run("controls", func(t *testing.T) {
		for _, c := range controls(t) {
			t.Run(c.Name(), func(t *testing.T) {
				t.Parallel()
				mutate(t, l, parsed, c, found)
			})
		}
	})
	t.Log(found.made)
	for m := range found.left {
		t.Error(m)
	}
}

func mutate(t *testing.T, l laboratory, parsed map[string]*ast.Module, c rego.Control, found *survivors) {
	b := benchOf(t, l, parsed, c.Package, c.Package+"_test")
	own := b.rules(c.Package)
	for _, rule := range slices.Concat(own, b.reached(own, common)) {
		for _, m := range mutantsOf(rule, l.limit(t)) {
			found.took(c.Name(), m, b.kills(m))
		}
	}
}

// What is common to all controls is held by the tests of the library, and by those of CORE-03, which is about waivers.
func TestEveryComparisonOfTheLibraryIsHeldByItsTests(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of mutants")
	}
	const waivers = "data.migrateiq.packs.core.core_03"
	l, found := laboratoryOf(t), &survivors{left: map[string]bool{}}
	b := benchOf(t, l, modules(t), waivers, waivers+"_test", "data.migrateiq.lib_test")
	for _, pkg := range append(machinery, "facts") {
		for _, rule := range b.rules(library + pkg) {
			for _, m := range mutantsOf(rule, l.limit(t)) {
				found.took(pkg, m, b.kills(m))
			}
		}
	}
	t.Log(found.made)
	for m := range found.left {
		t.Error(m)
	}
}
