package lang

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// jsonText is a string of a JSON file: what it says, and for each of its bytes the offset in the file.
type jsonText struct {
	text    string
	offsets []int // one more than bytes: the last is that of the closing quote
	at      hcl.Range
}

// unquote reads a string of a text that is known to be JSON. Half of a surrogate pair is no character: it is refused.
func (f *jsonFile) unquote(at hcl.Range) jsonText {
	out := jsonText{at: at}
	var text strings.Builder
	put := func(r rune, from int) {
		for range utf8.RuneLen(r) {
			out.offsets = append(out.offsets, from)
		}
		text.WriteRune(r)
	}
	i, end := at.Start.Byte+1, at.End.Byte-1
	for i < end {
		from := i
		r, n := utf8.DecodeRune(f.src[i:end])
		i += n
		if r == '\\' {
			if r, n = unescape(f.src[i:end]); r == utf8.RuneError && n < 0 {
				f.wrong(f.between(from, end), "Invalid JSON", `A \u of one half of a character stands without its other half.`)
				return out
			}
			i += n
		}
		put(r, from)
	}
	out.text, out.offsets = text.String(), append(out.offsets, end)
	return out
}

// unescape reads what stands behind a backslash, and tells how long it is: -1 for half of a character.
func unescape(src []byte) (rune, int) {
	switch src[0] {
	case 'b':
		return '\b', 1
	case 'f':
		return '\f', 1
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 't':
		return '\t', 1
	case 'u':
		first := hexadecimal(src[1:])
		if !utf16.IsSurrogate(first) {
			return first, 5
		}
		if len(src) >= 11 && src[5] == '\\' && src[6] == 'u' {
			if r := utf16.DecodeRune(first, hexadecimal(src[7:])); r != utf8.RuneError {
				return r, 11
			}
		}
		return utf8.RuneError, -1
	}
	return rune(src[0]), 1
}

func hexadecimal(src []byte) rune {
	n, err := strconv.ParseUint(string(src[:4]), 16, 32)
	if err != nil { // checked before
		return utf8.RuneError
	}
	return rune(n)
}

// expression makes a value's expression.
func (f *jsonFile) expression(n *node, r reader) hclsyntax.Expression {
	switch v := n.token.(type) {
	case string:
		return f.textual(n.text, r)
	case bool:
		return &hclsyntax.LiteralValueExpr{Val: cty.BoolVal(v), SrcRange: n.at}
	case json.Number:
		number, err := cty.ParseNumberVal(v.String())
		if err != nil {
			f.wrong(n.at, "Invalid number", "This number cannot be read.")
			number = cty.Zero
		}
		return &hclsyntax.LiteralValueExpr{Val: number, SrcRange: n.at}
	}
	open := f.between(n.at.Start.Byte, n.at.Start.Byte+1)
	switch {
	case n.is('['):
		e := &hclsyntax.TupleConsExpr{SrcRange: n.at, OpenRange: open}
		for _, item := range n.items {
			e.Exprs = append(e.Exprs, f.expression(item, r))
		}
		return e
	case n.is('{'):
		e := &hclsyntax.ObjectConsExpr{SrcRange: n.at, OpenRange: open}
		for i, key := range n.keys {
			e.Items = append(e.Items, hclsyntax.ObjectConsItem{
				KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: f.textual(key, asLiteral)},
				ValueExpr: f.expression(n.items[i], r)})
		}
		return e
	}
	return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: n.at}
}

// textual makes the expression of a string.
func (f *jsonFile) textual(t jsonText, r reader) hclsyntax.Expression {
	src, parse, lex := []byte(t.text), hclsyntax.ParseTemplate, hclsyntax.LexTemplate
	if r == asExpression && !strings.HasPrefix(t.text, "${") {
		parse, lex = hclsyntax.ParseExpression, hclsyntax.LexExpression
	}
	tokens, _ := lex(src, f.name, hcl.InitialPos) // parsing finds the same problems
	if _, too := deepIn(tokens); too {
		f.wrong(t.at, "Too deep", fmt.Sprintf("The brackets or operators of this text go deeper than %d levels or are more than %d. Write it in a simpler way.", deepest, operators))
		return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: t.at}
	}
	e, problems := parse(src, f.name, hcl.InitialPos)
	m := moving{f, t, make(map[reflect.Value]bool)}
	for _, p := range problems {
		if p.Subject != nil {
			at := m.moved(*p.Subject)
			p.Subject = &at
		}
		f.problems = append(f.problems, p)
	}
	if problems.HasErrors() {
		return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: t.at}
	}
	m.walk(reflect.ValueOf(&e).Elem())
	switch e := e.(type) {
	case *hclsyntax.TemplateExpr:
		e.SrcRange = t.at
	case *hclsyntax.TemplateWrapExpr:
		e.SrcRange = t.at
		if r != asLiteral {
			return e.Wrapped
		}
	}
	return e
}

// moving puts the places of an expression, which was parsed by itself, to where they stand in the file.
type moving struct {
	f    *jsonFile
	t    jsonText
	seen map[reflect.Value]bool // pointers: a part of an expression may be in it twice
}

func (m moving) moved(r hcl.Range) hcl.Range {
	offset := func(p hcl.Pos) int { return m.t.offsets[min(max(p.Byte, 0), len(m.t.offsets)-1)] }
	return m.f.between(offset(r.Start), offset(r.End))
}

func (m moving) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !m.seen[v] {
			m.seen[v] = true
			m.walk(v.Elem())
		}
	case reflect.Interface:
		switch inner := v.Elem(); {
		case v.IsNil():
		case inner.Kind() == reflect.Pointer:
			m.walk(inner)
		case v.CanSet(): // a step of a reference
			own := reflect.New(inner.Type()).Elem()
			own.Set(inner)
			m.walk(own)
			v.Set(own)
		}
	case reflect.Slice:
		for i := range v.Len() {
			m.walk(v.Index(i))
		}
	case reflect.Struct:
		if r, ok := v.Interface().(hcl.Range); ok {
			v.Set(reflect.ValueOf(m.moved(r)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				m.walk(v.Field(i))
			}
		}
	}
}

// places finds lines and columns in a file, which may be one very long line.
type places struct {
	name  string
	src   []byte
	lines []int // the offset at which each begins
	chars []int // characters before every stride-th byte
}

const stride = 256

func newPlaces(src []byte, name string) places {
	p := places{name: name, src: src, lines: []int{0}}
	count := 0
	for i, b := range src {
		if i%stride == 0 {
			p.chars = append(p.chars, count)
		}
		if utf8.RuneStart(b) {
			count++
		}
		if b == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	p.chars = append(p.chars, count)
	return p
}

// before counts the characters before an offset.
func (p places) before(offset int) int {
	i := offset / stride
	if i*stride >= len(p.src) {
		return p.chars[len(p.chars)-1]
	}
	n := p.chars[i]
	for _, b := range p.src[i*stride : offset] {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

func (p places) pos(offset int) hcl.Pos {
	line := sort.Search(len(p.lines), func(i int) bool { return p.lines[i] > offset })
	return hcl.Pos{Line: line, Column: p.before(offset) - p.before(p.lines[line-1]) + 1, Byte: offset}
}

func (p places) between(start, end int) hcl.Range {
	return hcl.Range{Filename: p.name, Start: p.pos(start), End: p.pos(end)}
}
