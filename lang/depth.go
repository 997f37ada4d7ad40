package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// HCL's parser and evaluator call themselves for every bracket inside a bracket and every operator behind an operator.
// These limits, which no file that people write comes near, keep a hostile one from exhausting the stack.
const (
	deepest   = 500
	operators = 50_000
)

// syntaxTree parses a file of HCL within the limits.
func syntaxTree(src []byte, name string) (*hclsyntax.Body, hcl.Diagnostics) {
	if at, too := tooDeep(src, name); too {
		return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Too deep", Subject: &at,
			Detail: "The brackets or operators of this file go deeper than 500 levels or are more than 50000. Write it in a simpler way, or in several files."}}
	}
	file, problems := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if problems.HasErrors() {
		return nil, problems
	}
	return file.Body.(*hclsyntax.Body), nil
}

// expression parses a single value within the limits.
func expression(text, name string) (hclsyntax.Expression, hcl.Diagnostics) {
	if at, too := tooDeep([]byte(text), name); too {
		return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Too deep", Subject: &at}}
	}
	return hclsyntax.ParseExpression([]byte(text), name, hcl.InitialPos)
}

func tooDeep(src []byte, name string) (hcl.Range, bool) {
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	return deepIn(tokens)
}

// deepIn finds the token that is beyond the limits.
func deepIn(tokens hclsyntax.Tokens) (hcl.Range, bool) {
	depth, count := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenOBrack:
			depth++
			count++
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrace, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
			hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCBrack:
			depth--
		case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent,
			hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
			hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr,
			hclsyntax.TokenBang, hclsyntax.TokenQuestion:
			count++
		}
		if depth > deepest || count > operators {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}
