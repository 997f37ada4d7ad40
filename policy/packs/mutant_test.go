package packs_test

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutant is a rule with one comparison changed. It is made in the compiled tree itself and taken back after its tests, so
// that a thousand of them cost no compilation. Rules must be evaluated without their index, which was built from the rules
// as they are.
type mutant struct {
	at     *ast.Location
	what   string
	become func()
	back   func()
}

// Comparisons and what they become: each is off by the case of equality, or is the opposite where there is no other.
var swapped = map[string]*ast.Builtin{
	"lt":    ast.LessThanEq,
	"lte":   ast.LessThan,
	"gt":    ast.GreaterThanEq,
	"gte":   ast.GreaterThan,
	"equal": ast.NotEqual,
	"neq":   ast.Equal,
}

const (
	member    = "internal.member_2"
	parameter = "data.migrateiq.lib.params.value"
)

// mutantsOf changes each comparison of a rule, one at a time: its operator, the numbers it compares with, the parameter that
// a limit is read from, an `in`, a `not`.
func mutantsOf(rule *ast.Rule, limit limits) (all []mutant) {
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if not, ok := e.Terms.(*ast.Not); ok || e.Negated {
			all = append(all, dropped(e, not))
		}
		if e.IsCall() {
			all = append(all, callsOf(e, limit)...)
		}
		return false
	})
	// Of `not x in y` the two ways to say the opposite are one.
	return slices.CompactFunc(all, func(a, b mutant) bool {
		return a.what == "not dropped" && b.what == "in negated" && a.at.Row == b.at.Row && b.at.Offset-a.at.Offset == len("not ")
	})
}

// dropped takes the `not` from an expression. What it negates keeps its variables for itself: it is negated twice.
func dropped(e *ast.Expr, not *ast.Not) mutant {
	was, negated := e.Terms, e.Negated
	return mutant{e.Location, "not dropped",
		func() {
			if e.Negated = false; not != nil {
				e.Terms = &ast.Not{Body: ast.NewBody(ast.NewExpr(not)), ExplicitBody: true, Location: not.Location}
			}
		},
		func() { e.Terms, e.Negated = was, negated }}
}

// limits gives the number of a parameter of a pack, where it is one.
type limits func(pack, name *ast.Term) (int, bool)

func callsOf(e *ast.Expr, limit limits) (all []mutant) {
	terms := e.Terms.([]*ast.Term)
	set := func(what string, to any) {
		all = append(all, mutant{e.Location, what, func() { e.Terms = to }, func() { e.Terms = terms }})
	}
	op := e.Operator().String()
	switch to := swapped[op]; {
	case to != nil:
		set(op+" as "+to.Name, append([]*ast.Term{ast.NewTerm(to.Ref())}, terms[1:]...))
		for i, t := range terms {
			n, is := t.Value.(ast.Number)
			if v, whole := n.Int(); is && whole {
				for _, by := range []int{1, -1} {
					moved := slices.Clone(terms)
					moved[i] = ast.IntNumberTerm(v + by)
					set(fmt.Sprintf("%d as %d", v, v+by), moved)
				}
			}
		}
	case op == member:
		set("in negated", &ast.Not{Body: ast.NewBody(ast.NewExpr(terms)), ExplicitBody: true, Location: e.Location})
	case op == parameter:
		name := fmt.Sprintf("%s.%s", terms[1].Value, terms[2].Value)
		if v, is := limit(terms[1], terms[2]); is {
			for _, by := range []int{1, -1} {
				set(fmt.Sprintf("%s as %d", name, v+by), ast.Equality.Expr(terms[3], ast.IntNumberTerm(v+by)).Terms)
			}
		}
	}
	return all
}
