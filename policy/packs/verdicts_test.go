package packs_test

import (
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/rego"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

// Each control has a document that passes, one that fails, one that lacks a fact, and one whose failure a waiver accepts,
// where it may; where it may not, the waiver changes nothing.
func TestEveryControlHasACaseOfEachVerdict(t *testing.T) {
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		passing, failing := l.documents(t, c.Package)
		q := l.query(t, c.Package+".results with data.waivers as input.waivers with input as input.document")
		if got := given(t, q, passing["passing"], nil); !slices.Equal(statuses(got), []string{"pass"}) {
			t.Errorf("the document that passes: got %v", statuses(got))
		}
		if len(failing) == 0 {
			t.Error("no document fails")
		}
		for name, doc := range failing {
			waives(t, q, c, name, doc)
		}
		lacking := slices.ContainsFunc(slices.Concat(c.Scope, c.Facts), func(fact string) bool {
			without, n := changed(passing["passing"], stepsOf(fact), "", gone)
			return n > 0 && slices.Equal(statuses(given(t, q, without, nil)), []string{"undecidable"})
		})
		if !lacking && len(c.Scope)+len(c.Facts) > 0 {
			t.Error("no document lacks a fact")
		}
	})
}

// waives wants a waiver for each subject that fails to turn it into a waived one, or not to.
func waives(t *testing.T, q opa.PreparedEvalQuery, c rego.Control, name string, doc *ast.Term) {
	t.Helper()
	want, failed := "fail", []string{}
	if c.Waivable {
		want = "waived"
	}
	for _, a := range given(t, q, doc, nil) {
		if a.Status == "fail" {
			failed = append(failed, a.Subject.ID)
		}
	}
	if len(failed) == 0 {
		t.Errorf("%s: nothing fails", name)
	}
	for _, a := range given(t, q, doc, waiversFor(c.ID, failed)) {
		if slices.Contains(failed, a.Subject.ID) && a.Status != want {
			t.Errorf("%s: %s with a waiver is %s, want %s", name, a.Subject.ID, a.Status, want)
		}
	}
}

func given(t *testing.T, q opa.PreparedEvalQuery, doc *ast.Term, waivers []*ast.Term) []answer {
	t.Helper()
	got, err := ask(q, ast.ObjectTerm(
		ast.Item(ast.StringTerm("document"), doc), ast.Item(ast.StringTerm("waivers"), ast.ArrayTerm(waivers...)),
	))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func waiversFor(control string, subjects []string) (all []*ast.Term) {
	for _, s := range subjects {
		var items [][2]*ast.Term
		for name, text := range map[string]string{
			"id": "W-" + s, "control": control, "subject": s, "reason": "pilot", "ticket": "IG-1",
			"requested_by": "a@example.org", "approved_by": "b@example.org", "approver_role": "dpo",
			"approved_at": "2026-11-01T00:00:00Z", "expires_at": "2026-12-10T00:00:00Z",
		} {
			items = append(items, ast.Item(ast.StringTerm(name), ast.StringTerm(text)))
		}
		scope := ast.ObjectTerm(ast.Item(ast.StringTerm("project"), ast.StringTerm("scr")))
		all = append(all, ast.ObjectTerm(append(items, ast.Item(ast.StringTerm("scope"), scope))...))
	}
	return all
}
