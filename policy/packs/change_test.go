package packs_test

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// change is what becomes of a member of a document. One that becomes nil is gone.
type change func(*ast.Term) *ast.Term

func gone(*ast.Term) *ast.Term { return nil }
func null(*ast.Term) *ast.Term { return ast.NullTerm() }

// stepsOf are the names of a fact, or of a path, without what is said of null.
func stepsOf(fact string) []string { return strings.Split(strings.ReplaceAll(fact, "?", ""), ".") }

// changed is the document with what lies at a path changed, in every member that `*` stands for, or, where only is not "",
// in the member of that name of the first list. n counts the changes. The document itself stays as it is.
func changed(doc *ast.Term, steps []string, only string, to change) (out *ast.Term, n int) {
	if len(steps) == 0 {
		return to(doc), 1
	}
	switch v := doc.Value.(type) {
	case ast.Object:
		return changedObject(v, steps, only, to)
	case *ast.Array:
		if steps[0] != "*" || only != "" {
			return doc, 0
		}
		var all []*ast.Term
		v.Foreach(func(m *ast.Term) {
			m, k := changed(m, steps[1:], "", to)
			if n += k; m != nil {
				all = append(all, m)
			}
		})
		return ast.ArrayTerm(all...), n
	}
	return doc, 0
}

func changedObject(v ast.Object, steps []string, only string, to change) (out *ast.Term, n int) {
	var all [][2]*ast.Term
	v.Foreach(func(key, m *ast.Term) {
		name, _ := key.Value.(ast.String)
		chosen, below := string(name) == steps[0], only
		if steps[0] == "*" {
			chosen, below = only == "" || string(name) == only, ""
		}
		if chosen {
			var k int
			m, k = changed(m, steps[1:], below, to)
			n += k
		}
		if m != nil {
			all = append(all, ast.Item(key, m))
		}
	})
	return ast.ObjectTerm(all...), n
}
