package expr

import (
	"strings"

	celast "github.com/google/cel-go/common/ast"

	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
)

// parsed is an expression as a tree, before names and types are looked at.
type parsed struct {
	*source
	tree   *celast.AST
	next   int64
	joined map[int64][2]string // of selections that were join.<name>.<column>, the two names
	fac    celast.ExprFactory
	common common.Source
}

func parse(text string, at diag.Range, object string) (*parsed, diag.List) {
	src := newSource(text, at, object)
	f, err := base()
	if err != nil {
		return nil, diag.List{src.diagnose("cel-syntax", "Expressions cannot be read", err.Error()+".", 0, len(src.chars))}
	}
	if strings.TrimSpace(text) == "" {
		return nil, diag.List{src.diagnose("cel-syntax", "Empty expression", "An expression was expected here.", 0, len(src.chars))}
	}
	ast, issues := f.env.Parse(text)
	if issues.Err() != nil {
		var list diag.List
		for _, e := range issues.Errors() {
			start := src.offset(e.Location)
			list.Add(src.diagnose("cel-syntax", "Expression cannot be read", syntaxDetail(e.Message), start, src.word(start)))
		}
		return nil, list
	}
	p := &parsed{source: src, tree: ast.NativeRep(), fac: celast.NewExprFactory(), common: ast.Source(), joined: map[int64][2]string{}}
	p.info = p.tree.SourceInfo()
	p.next = celast.MaxID(p.tree) + 1
	p.normalise(p.tree.Expr())
	return p, nil
}

func syntaxDetail(message string) string {
	message = strings.TrimPrefix(message, "Syntax error: ")
	if at := strings.Index(message, " expecting "); at >= 0 && len(message) > 120 {
		message = message[:at]
	}
	message = strings.ReplaceAll(message, "<EOF>", "the end")
	return "The parser says: " + strings.TrimSuffix(message, ".") + "."
}

// offset is the character that a location of the parser means.
func (s *source) offset(l common.Location) int {
	if l.Line() < 1 {
		return 0
	}
	line, at := 1, 0
	for at < len(s.chars) && line < l.Line() {
		if s.chars[at] == '\n' {
			line++
		}
		at++
	}
	return max(0, min(at+l.Column(), len(s.chars)))
}

// word is the end of the name or sign at a character.
func (s *source) word(start int) int {
	end := start
	for end < len(s.chars) && isName(s.chars[end]) {
		end++
	}
	return max(end, start+1)
}

func (p *parsed) id(like celast.Expr) int64 {
	id := p.next
	p.next++
	if r, ok := p.info.GetOffsetRange(like.ID()); ok {
		p.info.SetOffsetRange(id, r)
	}
	return id
}

// normalise writes the literal null as a function of any type, so that it fits beside every type, src["x"] as src.x, and a
// column of a joined row as one of the row itself, join.ward.NAME as src.`ward.NAME`.
func (p *parsed) normalise(root celast.Expr) {
	celast.PostOrderVisit(root, celast.NewExprVisitor(func(e celast.Expr) {
		switch e.Kind() {
		case celast.LiteralKind:
			if e.AsLiteral() == types.NullValue {
				e.SetKindCase(p.fac.NewCall(e.ID(), library.Null))
			}
		case celast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != operators.Index || len(call.Args()) != 2 || !ours(call.Args()[0]) || call.Args()[1].Kind() != celast.LiteralKind {
				return
			}
			if text, ok := call.Args()[1].AsLiteral().(types.String); ok {
				e.SetKindCase(p.fac.NewSelect(e.ID(), call.Args()[0], string(text)))
				p.flatten(e)
			}
		case celast.SelectKind:
			p.flatten(e)
		}
	}))
}

// ours reports whether an expression is one of our objects, or a joined row.
func ours(e celast.Expr) bool {
	if e.Kind() == celast.SelectKind {
		return isRow(e)
	}
	if e.Kind() != celast.IdentKind {
		return false
	}
	switch e.AsIdent() {
	case "src", "out", "run", "param", "lookup", "join":
		return true
	}
	return false
}

// isRow reports whether an expression is join.<name>.
func isRow(e celast.Expr) bool {
	if e.Kind() != celast.SelectKind || e.AsSelect().IsTestOnly() {
		return false
	}
	of := e.AsSelect().Operand()
	return of.Kind() == celast.IdentKind && strings.TrimPrefix(of.AsIdent(), ".") == "join"
}

// flatten writes join.<name>.<column> as one selection.
func (p *parsed) flatten(e celast.Expr) {
	s := e.AsSelect()
	if s.IsTestOnly() || !isRow(s.Operand()) {
		return
	}
	row := s.Operand().AsSelect()
	join, column := row.FieldName(), s.FieldName()
	p.joined[e.ID()] = [2]string{join, column}
	e.SetKindCase(p.fac.NewSelect(e.ID(), p.fac.NewIdent(row.Operand().ID(), "src"), Joined(join, column)))
}

// wrap puts a call of a function with one argument around an expression, in its place.
func (p *parsed) wrap(e celast.Expr, function string) {
	inner := p.fac.NewUnspecifiedExpr(p.id(e))
	inner.SetKindCase(e)
	e.SetKindCase(p.fac.NewCall(e.ID(), function, inner))
}
