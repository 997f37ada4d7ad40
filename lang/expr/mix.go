package expr

import (
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/library"
)

// mixer writes int as decimal(int) wherever the two meet, so that both operands are exact numbers of one type.
type mixer struct {
	*parsed
	*world
	types   map[int64]*cel.Type // as far as they are known
	changed bool
}

// hasDecimals reports whether an exact number may occur, so that the search for places where it meets an int is worth it.
func (w *world) hasDecimals(p *parsed) bool {
	if strings.Contains(string(p.chars), "decimal") {
		return true
	}
	found := false
	celast.PostOrderVisit(p.tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) { found = found || w.exact[qualifiedName(e)] }))
	if found {
		return true
	}
	for _, v := range w.variables {
		if strings.Contains(v.Type().String(), "decimal") {
			return true
		}
	}
	for _, object := range w.objects {
		for _, t := range object {
			if strings.Contains(t.String(), "decimal") {
				return true
			}
		}
	}
	return false
}

// settle repeats until nothing changes: a list that became one of decimals gives its loops another type.
func (m *mixer) settle(env *checker.Env) {
	for m.changed = true; m.changed; {
		m.changed = false
		copied := celast.NewAST(m.fac.CopyExpr(m.tree.Expr()), celast.CopySourceInfo(m.info))
		checked, _ := checker.Check(copied, m.common, env)
		m.types = checked.TypeMap()
		celast.PostOrderVisit(m.tree.Expr(), celast.NewExprVisitor(m.visit))
	}
}

func (m *mixer) isDecimal(e celast.Expr) bool {
	t, ok := m.types[e.ID()]
	return ok && t.TypeName() == "decimal"
}

func (m *mixer) isInt(e celast.Expr) bool {
	t, ok := m.types[e.ID()]
	return ok && t.Kind() == types.IntKind
}

func (m *mixer) visit(e celast.Expr) {
	switch e.Kind() {
	case celast.CallKind:
		m.call(e)
	case celast.ListKind:
		m.unify(e.AsList().Elements())
	case celast.MapKind:
		var values []celast.Expr
		for _, entry := range e.AsMap().Entries() {
			values = append(values, entry.AsMapEntry().Value())
		}
		m.unify(values)
	}
}

// toDecimal makes a decimal of an int.
func (m *mixer) toDecimal(e celast.Expr) {
	m.wrap(e, "decimal")
	m.types[e.ID()] = library.DecimalType()
	m.changed = true
}

// unify makes decimals of the ints among parts that have a decimal, and says whether they have.
func (m *mixer) unify(parts []celast.Expr) bool {
	mixed := false
	for _, x := range parts {
		mixed = mixed || m.isDecimal(x)
	}
	for _, x := range parts {
		if mixed && m.isInt(x) {
			m.toDecimal(x)
		}
	}
	return mixed
}

func (m *mixer) call(e celast.Expr) {
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		m.unify(args)
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, library.Coalesce:
		m.result(e, args)
	case operators.Conditional:
		if len(args) == 3 {
			m.result(e, args[1:])
		}
	case operators.In:
		if len(args) == 2 {
			m.membership(args[0], args[1])
		}
	default:
		m.parameters(e)
	}
}

// result is of the operators that give what they take.
func (m *mixer) result(e celast.Expr, parts []celast.Expr) {
	before := m.changed
	m.changed = false
	if m.unify(parts) && m.changed {
		m.types[e.ID()] = library.DecimalType()
	}
	m.changed = m.changed || before
}

func (m *mixer) membership(x, of celast.Expr) {
	t, ok := m.types[of.ID()]
	if !ok || t.Kind() != types.ListKind && t.Kind() != types.MapKind {
		return
	}
	elem := t.Parameters()[0]
	switch {
	case m.isInt(x) && (elem.TypeName() == "decimal" || of.Kind() == celast.ListKind && m.unify(of.AsList().Elements())):
		m.toDecimal(x)
	case m.isDecimal(x) && of.Kind() == celast.ListKind:
		for _, y := range of.AsList().Elements() {
			if m.isInt(y) {
				m.toDecimal(y)
			}
		}
	}
}

// parameters makes decimals of the ints that are handed to our functions over decimals.
func (m *mixer) parameters(e celast.Expr) {
	call, name := e.AsCall(), qualifiedName(e)
	if !m.exact[name] {
		return
	}
	for _, o := range m.env.Functions()[name].OverloadDecls() {
		if len(o.ArgTypes()) != len(call.Args()) {
			continue
		}
		for i, a := range call.Args() {
			if o.ArgTypes()[i].TypeName() == "decimal" && m.isInt(a) {
				m.toDecimal(a)
			}
		}
	}
}

// qualifiedName is the name of a call with its namespace, before the checker put the two together; "" for others.
func qualifiedName(e celast.Expr) string {
	if e.Kind() != celast.CallKind || !e.AsCall().IsMemberFunction() || e.AsCall().Target().Kind() != celast.IdentKind {
		return ""
	}
	return strings.TrimPrefix(e.AsCall().Target().AsIdent(), ".") + "." + e.AsCall().FunctionName()
}
