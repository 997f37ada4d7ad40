package expr

import (
	"fmt"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
)

// KeyObject is the variable whose members are the keys that an expression names. Nobody can type it: a program sees
// it in place of the literal names.
const KeyObject = "@key"

// keys puts the key in the place of its name wherever a protecting function is called, and gives the names, sorted.
func (w *world) keys(p *parsed) ([]string, diag.List) {
	set := map[string]bool{}
	var diags diag.List
	celast.PostOrderVisit(p.tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if !keyed(e) {
			return
		}
		at := e.AsCall().Args()[0]
		start, end := p.span(at)
		text, ok := types.String(""), at.Kind() == celast.LiteralKind
		if ok {
			text, ok = at.AsLiteral().(types.String)
		}
		switch name := string(text); {
		case !ok:
			diags.Add(p.diagnose("cel-type", "Not a literal", fmt.Sprintf("The first argument of %s is the name of a key, written as a literal text, so that the plan can say which key a field uses.", library.Pseudonym), start, end))
		case !slices.Contains(w.scope.Keys, name):
			hint := diag.Suggest(name, w.scope.Keys)
			if hint == "" {
				hint = fmt.Sprintf(" Declare it: key %q { from = secret(\"env://NAME\") }.", name)
			}
			diags.Add(p.diagnose("undeclared-key", "Undeclared key", fmt.Sprintf("There is no key %q.%s", name, hint), start, end))
		default:
			set[name] = true
			at.SetKindCase(p.fac.NewSelect(at.ID(), p.fac.NewIdent(p.id(at), KeyObject), name))
		}
	}))
	return sorted(set), diags
}

// keyed reports whether an expression is the call of a function whose first argument names a key.
func keyed(e celast.Expr) bool {
	if e.Kind() != celast.CallKind || len(e.AsCall().Args()) == 0 {
		return false
	}
	call := e.AsCall()
	space, name, _ := strings.Cut(library.Pseudonym, ".")
	if !call.IsMemberFunction() {
		return strings.TrimPrefix(call.FunctionName(), ".") == library.Pseudonym
	}
	target := call.Target()
	return call.FunctionName() == name && target.Kind() == celast.IdentKind && strings.TrimPrefix(target.AsIdent(), ".") == space
}

// isKey reports whether an expression is a key that was put in the place of its name.
func isKey(e celast.Expr) bool {
	return e.Kind() == celast.SelectKind && e.AsSelect().Operand().Kind() == celast.IdentKind && e.AsSelect().Operand().AsIdent() == KeyObject
}
