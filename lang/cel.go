package lang

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
)

// cel reads an attribute that holds CEL, nil where it was left out or is not literal. The text is not evaluated by HCL:
// what could change it could inject into it.
func (c content) cel(name string) *CEL {
	if !c.has(name) {
		return nil
	}
	return c.celOf(name, c.attrs[name].Expr)
}

// celOf is one text of an attribute that holds CEL.
func (c content) celOf(name string, e hclsyntax.Expression) *CEL {
	if p, ok := e.(*hclsyntax.ParenthesesExpr); ok {
		e = p.Expression
	}
	text, at, ok := literal(e)
	if !ok {
		c.notLiteral(name, e)
		return nil
	}
	if strings.TrimSpace(text) == "" {
		c.wrong(name, fmt.Sprintf("%q is empty. Write an expression, or remove it.", name))
		return nil
	}
	if at.Start.Line == at.End.Line && strings.ContainsAny(text, "\r\n") {
		if isJSON(at.File) {
			c.l.fail("cel-literal", e.Range(), c.of, "Line break in CEL",
				fmt.Sprintf(`\n in a JSON text is a line break in %q. Write \\n for one inside of a CEL string, and a blank between the parts of an expression.`, name))
			return nil
		}
		c.l.fail("cel-literal", e.Range(), c.of, "Line break in CEL",
			fmt.Sprintf(`\n between HCL's quotes is a line break in %q. Write \\n for one inside of a CEL string, and a heredoc for an expression of several lines.`, name))
		return nil
	}
	out := &CEL{Text: strings.TrimSuffix(text, "\n"), At: at}
	if !c.l.readable[out.Text] {
		found := expr.Parse(out.Text, out.At, c.of)
		c.l.diags.Extend(found)
		c.l.readable[out.Text] = len(found) == 0
	}
	return out
}

// literal gives a text that stands as it is between quotes or in a heredoc, and the place of its first character.
func literal(e hclsyntax.Expression) (string, diag.Range, bool) {
	t, ok := e.(*hclsyntax.TemplateExpr)
	if !ok {
		return "", diag.Range{}, false
	}
	var text strings.Builder
	var at diag.Range
	for i, part := range t.Parts {
		lit, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || lit.Val.Type() != cty.String || !lit.Val.IsKnown() || lit.Val.IsNull() {
			return "", diag.Range{}, false
		}
		r := place(lit.SrcRange)
		if i == 0 {
			at = r
		}
		at.End = r.End
		text.WriteString(lit.Val.AsString())
	}
	return text.String(), at, len(t.Parts) > 0
}

func (c content) notLiteral(name string, e hclsyntax.Expression) {
	switch e.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		c.l.fail("cel-interpolation", e.Range(), c.of, "Interpolation in CEL",
			fmt.Sprintf("%q holds CEL, which has to stand there literally: ${ } and %%{ } would change it before it is checked. "+
				"Hand the value through params, params = { x = ... }, and write param.x.", name))
		return
	}
	c.l.fail("cel-literal", e.Range(), c.of, "CEL is a text",
		fmt.Sprintf("%q holds CEL, which is written as a text: %s = \"...\". Values of the configuration come in through params.", name, name))
}
