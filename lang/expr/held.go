package expr

import (
	"slices"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// Held are columns that a condition holds to one text, each with the text: wherever the condition is true the column is
// that. Only what stands in the condition as such is found, src.A == 'x' && ..., and not what follows from it.
func (e *Expr) Held() [][2]string { return slices.Clone(e.held) }

func (w *world) held(e celast.Expr) [][2]string {
	if e.Kind() != celast.CallKind {
		return nil
	}
	call, out := e.AsCall(), [][2]string(nil)
	switch call.FunctionName() {
	case operators.LogicalAnd:
		for _, part := range call.Args() {
			out = append(out, w.held(part)...)
		}
	case operators.Equals:
		a, b := call.Args()[0], call.Args()[1]
		for _, pair := range [][2]celast.Expr{{a, b}, {b, a}} {
			column := w.columnOf(pair[0])
			if column == "" || pair[1].Kind() != celast.LiteralKind {
				continue
			}
			if text, ok := pair[1].AsLiteral().(types.String); ok {
				out = append(out, [2]string{column, string(text)})
			}
		}
	}
	return out
}
