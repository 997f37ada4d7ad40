package format

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/expr"
)

// CEL gives an expression its standard layout: one blank around operators and behind commas, none inside brackets. Its words
// stay what they are, character for character. A text that is no expression of one line, or would not mean the same
// afterwards, comes back as it was.
func CEL(text string) string {
	words, ok := scan(text)
	if !ok || len(words) == 0 {
		return text
	}
	out := spaced(words)
	if out == text {
		return text
	}
	again, ok := scan(out)
	if !ok || !slices.Equal(again, words) {
		return text
	}
	before, err := expr.Shape(text)
	if err != nil {
		return text
	}
	if after, err := expr.Shape(out); err != nil || after != before {
		return text
	}
	return out
}

// isCEL reports whether an attribute holds an expression over rows.
func isCEL(block, attribute string) bool {
	switch attribute {
	case "cel", "where", "expect", "when":
		return true
	case "on":
		return block == "ref"
	case "key":
		return block == "filter"
	}
	return false
}

// expressions gives the CEL of a file its layout. What stands in a heredoc, or is written with other escapes than needed,
// stays as it is.
func expressions(src []byte) []byte {
	file, problems := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	if problems.HasErrors() {
		return src
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return src
	}
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	walk(body, "", func(e hclsyntax.Expression) {
		if from, to, text, ok := quoted(src, e); ok {
			if out := CEL(text); out != text {
				edits = append(edits, edit{from, to, escape(out)})
			}
		}
	})
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	end := 0
	for _, e := range edits {
		out.Write(src[end:e.from])
		out.WriteString(e.text)
		end = e.to
	}
	out.Write(src[end:])
	return out.Bytes()
}

// walk visits the attributes of a body and of its blocks that hold CEL.
func walk(body *hclsyntax.Body, block string, visit func(hclsyntax.Expression)) {
	for name, attr := range body.Attributes {
		if isCEL(block, name) && block != "" {
			visit(attr.Expr)
		}
	}
	for _, b := range body.Blocks {
		walk(b.Body, b.Type, visit)
	}
}

// quoted is a literal text between quotes: where it stands without them, and what it says.
func quoted(src []byte, e hclsyntax.Expression) (from, to int, text string, ok bool) {
	t, isTemplate := e.(*hclsyntax.TemplateExpr)
	if !isTemplate || len(t.Parts) != 1 {
		return 0, 0, "", false
	}
	lit, isLiteral := t.Parts[0].(*hclsyntax.LiteralValueExpr)
	if !isLiteral || lit.Val.Type() != cty.String || !lit.Val.IsKnown() || lit.Val.IsNull() {
		return 0, 0, "", false
	}
	from, to, text = t.SrcRange.Start.Byte+1, t.SrcRange.End.Byte-1, lit.Val.AsString()
	if from > to || to >= len(src) || src[from-1] != '"' || src[to] != '"' || string(src[from:to]) != escape(text) {
		return 0, 0, "", false
	}
	return from, to, text, true
}

// escape writes a text as it stands between HCL's quotes.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{").Replace(text)
}
