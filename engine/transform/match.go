package transform

import (
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// matcher finds loops over vectors that do what an expression says. The expression has been checked, so names and types
// are right; what the matcher does not know for sure it leaves to the interpreter.
type matcher struct {
	columns []schema.Column
	consts  map[string]any
	out     *schema.Type // of the value just made, in expect
}

// loop is a source and what it holds. One that may fail is not put where CEL would not have computed it.
type loop struct {
	source
	shape shape
	fails bool
}

// vector is the program as a loop over vectors; nil where only the interpreter knows it.
func (p *program) vector(columns []schema.Column, consts map[string]any, out *schema.Type) source {
	if name, ok := p.expr.Column(); ok {
		for i, c := range columns {
			if c.Name == name {
				if p.condition {
					return decided{column{i}}
				}
				return column{i}
			}
		}
		return nil
	}
	tree, issues := p.expr.Env().Parse(p.expr.Text())
	if issues.Err() != nil {
		return nil
	}
	m := matcher{columns: columns, consts: consts, out: out}
	l, ok := m.match(tree.NativeRep().Expr())
	if !ok || l.shape == other || !vectorType(l.shape).Equal(p.result) {
		return nil
	}
	if p.condition {
		return decided{l.source}
	}
	return l.source
}

func (m *matcher) match(e ast.Expr) (loop, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		return m.constant(e.AsLiteral())
	case ast.IdentKind:
		if e.AsIdent() == "out" && m.out != nil {
			return loop{source: made{}, shape: shapeOf(*m.out)}, true
		}
	case ast.SelectKind, ast.CallKind:
		if of, name, ok := named(e); ok {
			return m.member(of, name)
		}
		if e.Kind() == ast.CallKind {
			return m.call(e.AsCall())
		}
	}
	return loop{}, false
}

// named takes src.x and src["x"] apart.
func named(e ast.Expr) (of, name string, ok bool) {
	if e.Kind() == ast.SelectKind {
		s := e.AsSelect()
		if s.IsTestOnly() || s.Operand().Kind() != ast.IdentKind {
			return "", "", false
		}
		return s.Operand().AsIdent(), s.FieldName(), true
	}
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.Index || len(e.AsCall().Args()) != 2 {
		return "", "", false
	}
	object, key := e.AsCall().Args()[0], e.AsCall().Args()[1]
	if object.Kind() != ast.IdentKind || key.Kind() != ast.LiteralKind {
		return "", "", false
	}
	text, ok := key.AsLiteral().(types.String)
	return object.AsIdent(), string(text), ok
}

func (m *matcher) member(of, name string) (loop, bool) {
	switch of {
	case "src":
		for i, c := range m.columns {
			if c.Name == name {
				return loop{source: column{i}, shape: shapeOf(c.Type)}, true
			}
		}
	case "param":
		if v, ok := m.consts["param."+name].(ref.Val); ok {
			return m.constant(v)
		}
	}
	return loop{}, false
}

func (m *matcher) constant(v ref.Val) (loop, bool) {
	var s shape
	switch v.(type) {
	case types.String:
		s = texts
	case types.Int:
		s = whole
	case types.Bool:
		s = flags
	case library.Date:
		s = days
	default:
		return loop{}, false
	}
	c := &constant{own: m.own(s), value: batch.NewVector(vectorType(s))}
	if put(&c.value, vectorType(s), v) != "" {
		return loop{}, false
	}
	return loop{source: c, shape: s}, true
}

func (m *matcher) own(s shape) own { return own{batch.NewVector(vectorType(s))} }

func (m *matcher) call(c ast.CallExpr) (loop, bool) {
	args := c.Args()
	if c.IsMemberFunction() {
		return m.method(c.Target(), c.FunctionName(), args)
	}
	switch name := c.FunctionName(); name {
	case operators.Add:
		return m.join(args[0], args[1])
	case operators.Index:
		return m.index(args[0], args[1])
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return m.compare(name, args[0], args[1])
	case operators.LogicalNot, operators.LogicalAnd, operators.LogicalOr:
		return m.logic(name, args)
	case library.Coalesce:
		return m.coalesce(args)
	case library.HasValue:
		if of, ok := m.match(args[0]); ok && !of.fails {
			return loop{source: &isNull{own: m.own(flags), of: of, not: true}, shape: flags}, true
		}
	case "date":
		return m.date(args)
	}
	return loop{}, false
}

// method is a function on texts, as text.upper(x) or x.upperAscii().
func (m *matcher) method(target ast.Expr, name string, args []ast.Expr) (loop, bool) {
	var do func(dst, x []byte) []byte
	if target.Kind() == ast.IdentKind && target.AsIdent() == "text" && len(args) == 1 {
		target = args[0]
		do = map[string]func(dst, x []byte) []byte{"trim": appendTrimmed, "upper": appendUpper, "lower": appendLower}[name]
	} else if len(args) == 0 {
		do = map[string]func(dst, x []byte) []byte{"trim": appendTrimmed, "upperAscii": appendUpperASCII, "lowerAscii": appendLowerASCII}[name]
	}
	if do == nil {
		return loop{}, false
	}
	of, ok := m.match(target)
	if !ok || of.shape != texts {
		return loop{}, false
	}
	return loop{source: &mapped{own: m.own(texts), of: of, do: do}, shape: texts, fails: of.fails}, true
}

// pair matches two expressions of one shape that cannot fail.
func (m *matcher) pair(x, y ast.Expr) (a, b loop, ok bool) {
	a, okA := m.match(x)
	b, okB := m.match(y)
	return a, b, okA && okB && a.shape == b.shape && a.shape != other && !a.fails && !b.fails
}

func (m *matcher) join(x, y ast.Expr) (loop, bool) {
	a, b, ok := m.pair(x, y)
	if !ok || a.shape != texts {
		return loop{}, false
	}
	return loop{source: &joined{own: m.own(texts), a: a, b: b}, shape: texts}, true
}

func (m *matcher) index(of, key ast.Expr) (loop, bool) {
	object, name, ok := named(of)
	if !ok || object != "lookup" {
		return loop{}, false
	}
	table, known := m.consts["lookup."+name].(*codes)
	k, ok := m.match(key)
	if !ok || !known || k.shape != texts || k.fails {
		return loop{}, false
	}
	return loop{source: &coded{own: m.own(texts), of: k, codes: table}, shape: texts, fails: true}, true
}

func (m *matcher) compare(op string, x, y ast.Expr) (loop, bool) {
	if op == operators.Equals || op == operators.NotEquals {
		if isNullLiteral(x) {
			x, y = y, x
		}
		if isNullLiteral(y) {
			of, ok := m.match(x)
			return loop{source: &isNull{own: m.own(flags), of: of.source, not: op == operators.NotEquals}, shape: flags}, ok && !of.fails
		}
	}
	a, b, ok := m.pair(x, y)
	if !ok {
		return loop{}, false
	}
	accept := map[string][3]bool{
		operators.Equals: {false, true, false}, operators.NotEquals: {true, false, true},
		operators.Less: {true, false, false}, operators.LessEquals: {true, true, false},
		operators.Greater: {false, false, true}, operators.GreaterEquals: {false, true, true},
	}[op]
	return loop{source: &compared{own: m.own(flags), a: a, b: b, blobs: a.shape == texts, accept: accept}, shape: flags}, true
}

func isNullLiteral(e ast.Expr) bool {
	return e.Kind() == ast.LiteralKind && e.AsLiteral() == types.NullValue
}

func (m *matcher) logic(op string, args []ast.Expr) (loop, bool) {
	var all []loop
	for _, e := range args {
		l, ok := m.match(e)
		if !ok || l.shape != flags || l.fails {
			return loop{}, false
		}
		all = append(all, l)
	}
	result := all[0]
	if op == operators.LogicalNot {
		result.source = &negated{own: m.own(flags), of: result.source}
		return result, true
	}
	for _, l := range all[1:] {
		result.source = &both{own: m.own(flags), a: result.source, b: l, or: op == operators.LogicalOr}
	}
	return result, len(all) > 1
}

func (m *matcher) coalesce(args []ast.Expr) (loop, bool) {
	var of []source
	var s shape
	for i, e := range args {
		l, ok := m.match(e)
		if !ok || l.fails || l.shape == other || i > 0 && l.shape != s {
			return loop{}, false
		}
		s = l.shape
		of = append(of, l.source)
	}
	return loop{source: &first{own: m.own(s), of: of}, shape: s}, len(of) > 1
}

// date is a day written out.
func (m *matcher) date(args []ast.Expr) (loop, bool) {
	if len(args) != 1 || args[0].Kind() != ast.LiteralKind {
		return loop{}, false
	}
	text, ok := args[0].AsLiteral().(types.String)
	v := batch.NewVector(vectorType(days))
	if !ok || strings.HasPrefix(string(text), "+") || batch.Parse(&v, vectorType(days), []byte(text)) != nil {
		return loop{}, false
	}
	return m.constant(library.Date(v.Ints[0]))
}
