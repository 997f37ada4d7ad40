package expr

import (
	"slices"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/novumsolvo/migrateiq/lang/library"
)

// facts are the canonical texts of what is not null where a condition came out as truth.
func (n *nulls) facts(e celast.Expr, truth bool) []string {
	if e.Kind() != celast.CallKind {
		return nil
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.LogicalNot:
		return n.facts(args[0], !truth)
	case operators.LogicalAnd:
		return n.join(args, truth, truth)
	case operators.LogicalOr:
		return n.join(args, truth, !truth)
	case operators.Equals, operators.NotEquals:
		if truth != (e.AsCall().FunctionName() == operators.NotEquals) {
			return nil
		}
		switch {
		case isNullLiteral(args[1]):
			return n.present(args[0])
		case isNullLiteral(args[0]):
			return n.present(args[1])
		}
	case library.HasValue:
		if truth {
			return n.present(args[0])
		}
	}
	return nil
}

// join holds all facts of the parts, or those that every part gives.
func (n *nulls) join(parts []celast.Expr, truth, all bool) []string {
	var out []string
	for i, p := range parts {
		f := n.facts(p, truth)
		switch {
		case all || i == 0:
			out = append(out, f...)
		default:
			out = slices.DeleteFunc(out, func(k string) bool { return !slices.Contains(f, k) })
		}
	}
	return out
}

// present is what is not null where e is not: e, and what it was computed from.
func (n *nulls) present(e celast.Expr) []string {
	out := []string{n.key(e)}
	switch {
	case e.Kind() == celast.SelectKind && n.flows[e.ID()]:
		out = append(out, n.present(e.AsSelect().Operand())...)
	case e.Kind() == celast.CallKind && n.flows[e.ID()]:
		if e.AsCall().IsMemberFunction() {
			out = append(out, n.present(e.AsCall().Target())...)
		}
		for _, a := range e.AsCall().Args() {
			out = append(out, n.present(a)...)
		}
	}
	return out
}
