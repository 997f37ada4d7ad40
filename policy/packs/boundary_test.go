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

// equivalents are mutants that no document can tell from the rule, with the reason: of the library, and of controls.
var equivalents = map[string]string{
	"verdicts: gt as gte: count(ids) > 0":  "a condition that nobody failed is named by nobody",
	"verdicts: 0 as -1: count(ids) > 0":    "a condition that nobody failed is named by nobody",
	"waivers: gt as gte: count(names) > 0": "of no names there is no first one: undefined one line later",
	"waivers: 0 as -1: count(names) > 0":   "of no names there is no first one: undefined one line later",
}

var ofControls = map[string]string{}

// tally counts mutants, and keeps those that no test killed, with their places.
type tally struct {
	sync.Mutex
	made int
	left map[string][]string
}

func (s *tally) took(of string, m mutant, killed bool) {
	s.Lock()
	defer s.Unlock()
	if s.made++; !killed {
		name := fmt.Sprintf("%s: %s: %s", of, m.what, m.at.Text)
		s.left[name] = append(s.left[name], fmt.Sprintf("%s:%d", m.at.File, m.at.Row))
	}
}

// report wants each mutant that lives to be on the list, no other to be on it, and as many mutants as there are comparisons.
func (s *tally) report(t *testing.T, atLeast int, listed map[string]string) {
	t.Helper()
	for name, places := range s.left {
		if listed[name] == "" {
			t.Errorf("no test tells %s (%s) from the rule; write the case at its boundary", name, strings.Join(places, ", "))
		}
	}
	for name := range listed {
		if s.left[name] == nil {
			t.Errorf("a test kills %s; take it off the list", name)
		}
	}
	if s.made < atLeast {
		t.Errorf("only %d mutants were made", s.made)
	}
	t.Logf("%d mutants, %d of them equivalent", s.made, len(listed))
}

// Each comparison of a control, and of what it asks of the library, decides a case of its own tests.
func TestEveryComparisonOfAControlIsHeldByItsTests(t *testing.T) {
	if testing.Short() {
		t.Skip("more than a thousand mutants")
	}
	l, parsed, found := laboratoryOf(t), modules(t), &tally{left: map[string][]string{}}
	t.Run("controls", func(t *testing.T) {
		for _, c := range controls(t) {
			t.Run(c.Name(), func(t *testing.T) {
				t.Parallel()
				mutate(t, l, parsed, c, found)
			})
		}
	})
	found.report(t, 1400, ofControls)
}

func mutate(t *testing.T, l laboratory, parsed map[string]*ast.Module, c rego.Control, found *tally) {
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
	l, found := laboratoryOf(t), &tally{left: map[string][]string{}}
	b := benchOf(t, l, modules(t), waivers, waivers+"_test", "data.migrateiq.lib_test")
	for _, pkg := range append(machinery, "facts") {
		for _, rule := range b.rules(library + pkg) {
			for _, m := range mutantsOf(rule, l.limit(t)) {
				found.took(pkg, m, b.kills(m))
			}
		}
	}
	found.report(t, 90, equivalents)
}
