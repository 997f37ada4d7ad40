package expr

import (
	"fmt"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
)

// state says whether a value may be null, and whether what it holds may be.
type state struct{ null, inside bool }

func (s state) or(o state) state { return state{s.null || o.null, s.inside || o.inside} }

// nulls carries the possibility of null through a checked tree and finds the places where a null would decide.
type nulls struct {
	*source
	*world
	tree  *celast.AST
	vars  map[string]state
	label map[string]string // of loop variables, by which facts know them
	known []string          // canonical texts of what is not null here
	seen  map[int64]state
	flows map[int64]bool // calls that give null for a null argument
	diags diag.List
	aggs  map[string]state
}

func (n *nulls) eval(e celast.Expr) state {
	s := n.compute(e)
	if s.null && e.Kind() != celast.LiteralKind && slices.Contains(n.known, n.key(e)) {
		s.null = false
	}
	s.inside = s.inside && n.holds(e)
	n.seen[e.ID()] = s
	return s
}

// holds reports whether values of e's type have other values in them.
func (n *nulls) holds(e celast.Expr) bool {
	switch t := n.tree.GetType(e.ID()); t.Kind() {
	case types.ListKind, types.MapKind, types.DynKind, types.TypeParamKind:
		return true
	case types.OpaqueKind:
		return t.TypeName() == "optional_type"
	}
	return false
}

func (n *nulls) key(e celast.Expr) string { return canonical(n.tree, e, n.label) }

// isDyn: what is inside of json may always be null.
func (n *nulls) isDyn(e celast.Expr) bool {
	return !n.scope.Offline && n.tree.GetType(e.ID()).Kind() == types.DynKind
}

func (n *nulls) compute(e celast.Expr) state {
	switch e.Kind() {
	case celast.IdentKind:
		return n.ident(strings.TrimPrefix(e.AsIdent(), "."))
	case celast.SelectKind:
		return n.selection(e)
	case celast.CallKind:
		return n.call(e)
	case celast.ListKind:
		return n.holding(e.AsList().Elements())
	case celast.MapKind:
		var parts []celast.Expr
		for _, entry := range e.AsMap().Entries() {
			n.decides(entry.AsMapEntry().Key())
			parts = append(parts, entry.AsMapEntry().Value())
		}
		return n.holding(parts)
	case celast.ComprehensionKind:
		return n.loop(e)
	}
	return state{}
}

func (n *nulls) holding(parts []celast.Expr) state {
	var s state
	for _, p := range parts {
		if x := n.eval(p); x.null || x.inside {
			s.inside = true
		}
	}
	return s
}

func (n *nulls) ident(name string) state {
	if s, ok := n.vars[name]; ok {
		return s
	}
	if s, ok := n.aggs[name]; ok {
		return s
	}
	if name == "out" && n.scope.Out != nil && !n.table {
		t, _ := celType(n.scope.Out.Type)
		return state{n.scope.Out.Null || t.Kind() == types.DynKind, t.Kind() == types.DynKind || t.Kind() == types.ListKind}
	}
	return state{}
}

// object is the name of our object that e is.
func (n *nulls) object(e celast.Expr) string {
	if e.Kind() != celast.IdentKind {
		return ""
	}
	name := strings.TrimPrefix(e.AsIdent(), ".")
	if _, local := n.vars[name]; local || n.objects[name] == nil {
		return ""
	}
	return name
}

func (n *nulls) selection(e celast.Expr) state {
	s := e.AsSelect()
	kind := n.tree.GetType(e.ID()).Kind()
	holds := state{false, kind == types.ListKind || kind == types.DynKind}
	switch object := n.object(s.Operand()); {
	case object == "param":
		return state{kind == types.DynKind, kind == types.DynKind}
	case object != "" && n.scope.Offline:
		return state{}
	case object == n.row():
		return state{n.columns[s.FieldName()].Null || kind == types.DynKind, holds.inside}
	case object != "":
		return state{}
	}
	of := n.eval(s.Operand())
	if s.IsTestOnly() {
		return state{}
	}
	if of.null {
		n.flows[e.ID()] = true
	}
	if n.isDyn(e) {
		return state{true, true}
	}
	return state{of.null || of.inside, of.inside}
}

func (n *nulls) loop(e celast.Expr) state {
	c := e.AsComprehension()
	of := n.decides(c.IterRange())
	result := n.eval(c.AccuInit())
	outerVars, outerLabels := n.vars, n.label
	defer func() { n.vars, n.label = outerVars, outerLabels }()
	n.vars, n.label = copyOf(outerVars), copyOf(outerLabels)
	for i, name := range []string{c.IterVar(), c.IterVar2(), c.AccuVar()} {
		if name != "" {
			n.label[name] = fmt.Sprintf("$%d.%d", e.ID(), i)
		}
	}
	elem := state{of.inside, of.inside}
	if n.tree.GetType(c.IterRange().ID()).Kind() == types.MapKind {
		n.vars[c.IterVar()] = state{}
	} else {
		n.vars[c.IterVar()] = elem
	}
	if c.HasIterVar2() {
		n.vars[c.IterVar()], n.vars[c.IterVar2()] = state{}, elem
	}
	diags := len(n.diags)
	for { // once more where a round of the loop made more null than was known before it
		n.diags = n.diags[:diags]
		n.vars[c.AccuVar()] = result
		n.eval(c.LoopCondition())
		next := result.or(n.eval(c.LoopStep()))
		if next == result {
			return n.eval(c.Result())
		}
		result = next
	}
}

func copyOf[V any](m map[string]V) map[string]V {
	out := make(map[string]V, len(m)+3)
	for k, v := range m {
		out[k] = v
	}
	return out
}

func isNullLiteral(e celast.Expr) bool {
	return e.Kind() == celast.CallKind && e.AsCall().FunctionName() == library.Null
}

func (n *nulls) call(e celast.Expr) state {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case library.Null:
		return state{null: true}
	case operators.LogicalAnd, operators.LogicalOr:
		defer n.forget(len(n.known))
		for _, a := range args {
			n.decides(a)
			n.known = append(n.known, n.facts(a, call.FunctionName() == operators.LogicalAnd)...)
		}
		return state{}
	case operators.Conditional:
		return n.conditional(args)
	case operators.Equals, operators.NotEquals:
		for i, a := range args {
			switch {
			case isNullLiteral(a):
			case isNullLiteral(args[1-i]):
				n.eval(a)
			default:
				n.decides(a)
			}
		}
		return state{}
	case operators.In:
		n.decides(args[0])
		if of := n.decides(args[1]); of.inside && n.tree.GetType(args[1].ID()).Kind() == types.ListKind {
			n.refuse(args[1], "holds something that may be null")
		}
		return state{}
	case operators.LogicalNot, operators.NotStrictlyFalse, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		for _, a := range args {
			n.decides(a)
		}
		return state{}
	case operators.OptIndex, operators.OptSelect:
		of := n.eval(args[0])
		n.decides(args[1])
		return state{false, of.inside || of.null || n.isDyn(args[0])}
	case library.Coalesce:
		return n.coalesce(args)
	case library.HasValue:
		n.eval(args[0])
		return state{}
	}
	return n.function(e)
}

func (n *nulls) forget(count int) { n.known = n.known[:count:count] }

func (n *nulls) conditional(args []celast.Expr) state {
	n.decides(args[0])
	count := len(n.known)
	n.known = append(n.known, n.facts(args[0], true)...)
	s := n.eval(args[1])
	n.forget(count)
	n.known = append(n.known, n.facts(args[0], false)...)
	s = s.or(n.eval(args[2]))
	n.forget(count)
	return s
}

func (n *nulls) coalesce(args []celast.Expr) state {
	out := state{null: true}
	for _, a := range args {
		s := n.eval(a)
		out.null = out.null && s.null
		out.inside = out.inside || s.inside
	}
	return out
}

// function is anything that computes a value: null where an argument is, and where the library says so of a function.
func (n *nulls) function(e celast.Expr) state {
	call := e.AsCall()
	parts := call.Args()
	if call.IsMemberFunction() {
		parts = append([]celast.Expr{call.Target()}, parts...)
	}
	var s state
	known := n.library[call.FunctionName()]
	for i, p := range parts {
		if i == 0 && call.FunctionName() == operators.Index && n.isLookup(p) {
			s.null = s.null || n.lookups[p.AsSelect().FieldName()].Null
			continue
		}
		of := n.eval(p)
		if of.null {
			n.flows[e.ID()] = true
		}
		switch {
		case of.inside && call.FunctionName() == "format", // it would write the word null
			of.inside && known.Elements == library.Refused && i < known.Lists && !n.isDyn(p): // json is refused as no list
			n.refuse(p, "holds something that may be null")
		case known.Elements == library.Removed && i < known.Lists:
			of.inside = false
		}
		s = s.or(of)
	}
	s.null = s.null || known.Absent
	if n.isDyn(e) {
		return state{true, true}
	}
	if call.FunctionName() == operators.Index || len(parts) > 0 && n.tree.GetType(parts[0].ID()).TypeName() == "optional_type" {
		s.null = s.null || s.inside // what is inside comes out
	}
	return s
}

func (n *nulls) isLookup(e celast.Expr) bool {
	return e.Kind() == celast.SelectKind && n.object(e.AsSelect().Operand()) == "lookup"
}

// decides computes a part that may not be null and reports it where it may be.
func (n *nulls) decides(e celast.Expr) state {
	s := n.eval(e)
	if s.null {
		n.refuse(e, "may be null")
	}
	return s
}

func (n *nulls) refuse(e celast.Expr, why string) {
	start, end := n.span(e)
	whole := strings.TrimSpace(string(n.chars[start:end]))
	cause := n.cause(e)
	subject := whole
	if cause != "" && cause != whole {
		subject += " " + why + ", because " + cause + " may be"
	} else {
		cause = whole
		subject += " " + why
	}
	n.diags.Add(n.diagnose("null-decides", "Null would decide", fmt.Sprintf("%s, and a null may not decide: both readings are wrong somewhere. "+
		"Say what null means with %s == null, coalesce(%s, ...) or has_value(%s).", subject, cause, cause, cause), start, end))
}

// cause is the text of the first part that may be null by itself.
func (n *nulls) cause(e celast.Expr) string {
	var parts []celast.Expr
	switch e.Kind() {
	case celast.SelectKind:
		if n.seen[e.AsSelect().Operand().ID()].null {
			parts = append(parts, e.AsSelect().Operand())
		}
	case celast.CallKind:
		if e.AsCall().IsMemberFunction() {
			parts = append(parts, e.AsCall().Target())
		}
		parts = append(parts, e.AsCall().Args()...)
	}
	for _, p := range parts {
		if n.seen[p.ID()].null && !isNullLiteral(p) {
			return n.cause(p)
		}
	}
	start, end := n.span(e)
	return strings.TrimSpace(string(n.chars[start:end]))
}
