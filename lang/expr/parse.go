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
	p := &parsed{source: src, tree: ast.NativeRep(), fac: celast.NewExprFactory(), common: ast.Source()}
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

// normalise writes the literal null as a function of any type, so that it fits beside every type, and src["x"] as src.x.
func (p *parsed) normalise(root celast.Expr) {
	celast.PostOrderVisit(root, celast.NewExprVisitor(func(e celast.Expr) {
		switch e.Kind() {
		case celast.LiteralKind:
			if e.AsLiteral() == types.NullValue {
				e.SetKindCase(p.fac.NewCall(e.ID(), library.Null))
			}
		case celast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != operators.Index || len(call.Args()) != 2 || call.Args()[0].Kind() != celast.IdentKind {
				return
			}
			name, key := call.Args()[0].AsIdent(), call.Args()[1]
			if _, ours := map[string]bool{"src": true, "out": true, "param": true, "lookup": true}[name]; !ours || key.Kind() != celast.LiteralKind {
				return
			}
			if text, ok := key.AsLiteral().(types.String); ok {
				e.SetKindCase(p.fac.NewSelect(e.ID(), call.Args()[0], string(text)))
			}
		}
	}))
}

// wrap puts a call of a function with one argument around an expression, in its place.
func (p *parsed) wrap(e celast.Expr, function string) {
	inner := p.fac.NewUnspecifiedExpr(p.id(e))
	inner.SetKindCase(e)
	e.SetKindCase(p.fac.NewCall(e.ID(), function, inner))
}
