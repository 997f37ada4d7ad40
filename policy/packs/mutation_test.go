package packs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/rego"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

var prefixes = map[string]string{
	"field": "fields.*.", "dataset": "datasets.*.", "system": "systems.*.", "transfer": "transfers.*.", "action": "actions.*.",
	"bundle": "engine.policy_bundles.*.", "filter": "filters.*.",
}

func statuses(all []answer) []string {
	var out []string
	for _, a := range all {
		out = append(out, a.Status)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CORE-03 reads waivers and not the document; its facts are those of the plan, and its own tests have its cases.
func each(t *testing.T, check func(t *testing.T, l laboratory, c rego.Control)) {
	t.Helper()
	l := laboratoryOf(t)
	for _, c := range controls(t) {
		if c.ID != "CORE-03" {
			t.Run(c.Name(), func(t *testing.T) {
				t.Parallel()
				check(t, l, c)
			})
		}
	}
}

func TestARuleWithoutAFactThatItNeedsCannotDecide(t *testing.T) {
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		passing, failing := l.documents(t, c.Package)
		q := l.query(t, c.Package+".results")
		if before, err := ask(q, passing["passing"]); err != nil || !slices.Equal(statuses(before), []string{"pass"}) {
			t.Fatalf("the document that passes: got %v, error %v", before, err)
		}
		maps.Copy(passing, failing)
		for _, fact := range slices.Concat(c.Scope, c.Facts) {
			said := false
			for name, doc := range passing {
				without, n := changed(doc, stepsOf(fact), "", gone)
				if n == 0 {
					continue
				}
				said = undecided(t, q, doc, without, fact, name+" without "+fact) || said
				if !strings.HasSuffix(fact, "?") {
					empty, _ := changed(doc, stepsOf(fact), "", null)
					undecided(t, q, doc, empty, fact, name+" with null as "+fact)
				}
			}
			if !said {
				t.Errorf("no document of the tests becomes undecidable without %s", fact)
			}
		}
	})
}

// undecided wants the rule to be undecidable. About a fact of the members of members, of which a subject may have none, it
// may also say what it said before.
func undecided(t *testing.T, q opa.PreparedEvalQuery, doc, without *ast.Term, fact, what string) bool {
	t.Helper()
	got, err := ask(q, without)
	found := statuses(got)
	if err == nil && slices.Equal(found, []string{"undecidable"}) {
		return true
	}
	if strings.Count(fact, "*") > 1 && err == nil {
		if slices.Contains(found, "undecidable") {
			return true
		}
		if before, err := ask(q, doc); err == nil && slices.Equal(found, statuses(before)) {
			return false
		}
	}
	t.Errorf("%s: got %v, error %v; want undecidable", what, found, err)
	return false
}

// One member that lacks a fact is not covered by the others that have it.
func TestARuleCannotDecideASubjectThatLacksAFact(t *testing.T) {
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		prefix, has := prefixes[c.Subject]
		if !has {
			return
		}
		passing, _ := l.documents(t, c.Package)
		doc, q := passing["passing"], l.query(t, c.Package+".results")
		before, err := ask(q, doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range c.Facts {
			for _, a := range before {
				without, n := changed(doc, stepsOf(fact), a.Subject.ID, gone)
				if !strings.HasPrefix(fact, prefix) || n == 0 {
					continue
				}
				after, err := ask(q, without)
				if err != nil {
					t.Errorf("%s without %s: %v", a.Subject.ID, fact, err)
				}
				for _, b := range after {
					if b.Subject.ID == a.Subject.ID && b.Status != "undecidable" {
						t.Errorf("%s without %s: got %s, want undecidable", a.Subject.ID, fact, b.Status)
					}
				}
			}
		}
	})
}

// A value of the wrong kind may make a rule fail, err or not apply; but then CORE-01 does not pass, and the plan is stopped.
func TestAValueOfTheWrongKindNeverPasses(t *testing.T) {
	if testing.Short() {
		t.Skip("2,500 documents")
	}
	schema := laboratoryOf(t).query(t, "data.migrateiq.packs.core.core_01.results")
	wrongs := []string{`"x"`, `{"a": 1.5}`, `[[]]`}
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		passing, _ := l.documents(t, c.Package)
		doc, q := passing["passing"], l.query(t, c.Package+".results")
		for _, fact := range slices.Concat(c.Scope, c.Facts) {
			for _, text := range wrongs {
				bad, _ := changed(doc, stepsOf(fact), "", func(*ast.Term) *ast.Term { return ast.MustParseTerm(text) })
				got, err := ask(q, bad)
				if err != nil || !slices.Contains(statuses(got), "pass") && !slices.Contains(statuses(got), "not_applicable") {
					continue
				}
				if form, err := ask(schema, bad); err == nil && slices.Contains(statuses(form), "pass") && !texts(text, doc, fact) {
					t.Errorf("%s as %v: got %v, and CORE-01 passes", fact, text, statuses(got))
				}
			}
		}
	})
}

// texts says that the wrong value is right in kind: a text where a text belongs, or where the schema leaves the kind open;
// and nothing where the document has none.
func texts(wrong string, doc *ast.Term, fact string) (right bool) {
	_, n := changed(doc, stepsOf(fact), "", func(was *ast.Term) *ast.Term {
		switch was.Value.(type) {
		case ast.String, ast.Null:
			right = strings.HasPrefix(wrong, `"`)
		}
		return was
	})
	return right || n == 0
}
