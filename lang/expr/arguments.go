package expr

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
)

// arguments finds what the types of CEL do not say of arguments: patterns, paths and units are literals, literals must be able
// to give a value, json is no number.
func (w *world) arguments(p *parsed, tree *celast.AST) diag.List {
	var diags diag.List
	celast.PostOrderVisit(tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.CallKind {
			return
		}
		f, ok := w.library[e.AsCall().FunctionName()]
		if !ok {
			return
		}
		args := e.AsCall().Args()
		report := func(at celast.Expr, summary, detail string) {
			start, end := p.span(at)
			diags.Add(p.diagnose("cel-type", summary, detail, start, end))
		}
		if f.JSON && !isJSON(tree.GetType(args[0].ID())) {
			report(args[0], "Wrong type", fmt.Sprintf("Function %s takes json or a text of JSON, and this is %s.", f.Name, typeName(tree.GetType(args[0].ID()))))
			return
		}
		for _, a := range args[:f.Lists] {
			if !w.scope.Offline && tree.GetType(a.ID()).Kind() == types.DynKind {
				report(a, "Wrong type", fmt.Sprintf("Function %s takes a list, and this is json, which may be anything. Write json.list_at(x, 'path') for an array of json.", f.Name))
				return
			}
		}
		literals, missing := literalsOf(f, args)
		if missing != nil {
			report(missing, "Not a literal", fmt.Sprintf("This argument of %s is written as a literal text, so that it is checked here and not for each row.", f.Name))
			return
		}
		if f.Check == nil {
			return
		}
		if err := f.Check(literals); err != nil {
			report(e, "Never a value", fmt.Sprintf("This can never give a value: %s.", err))
		}
	}))
	return diags
}

// literalsOf are the arguments that are literal texts, and the first that is none where one has to be.
func literalsOf(f library.Function, args []celast.Expr) (literals map[int]string, missing celast.Expr) {
	literals = map[int]string{}
	for i, a := range args {
		if isKey(a) {
			continue // it was a literal
		}
		if a.Kind() == celast.LiteralKind {
			if text, ok := a.AsLiteral().(types.String); ok {
				literals[i] = string(text)
				continue
			}
		}
		if slices.Contains(f.Literals, i) {
			return nil, a
		}
	}
	return literals, nil
}

func isJSON(t *cel.Type) bool {
	switch t.Kind() {
	case types.DynKind, types.StringKind, types.ListKind, types.MapKind, types.TypeParamKind, types.NullTypeKind:
		return true
	}
	return false
}
