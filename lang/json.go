package lang

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// node is one value of a JSON file with its place. Of an object, keys and items are of the same length.
type node struct {
	token json.Token // a string, json.Number, bool, nil, or the json.Delim that opens an array or object
	text  jsonText   // of a string
	keys  []jsonText
	items []*node
	at    hcl.Range
}

// is reports whether the value is an array, '[', or an object, '{'.
func (n *node) is(d json.Delim) bool { return n.token == d }

// jsonFile turns one JSON file into the tree that a file of HCL would be parsed to, with the places of the JSON.
type jsonFile struct {
	places
	decoder  *json.Decoder
	problems hcl.Diagnostics
}

// jsonTree parses a file of configuration as JSON, within the limits of one of HCL.
func jsonTree(src []byte, name string) (*hclsyntax.Body, hcl.Diagnostics) {
	f := &jsonFile{places: newPlaces(src, name)}
	if !f.valid() {
		return nil, f.problems
	}
	f.decoder = json.NewDecoder(strings.NewReader(string(src)))
	f.decoder.UseNumber()
	top := f.value(0)
	if f.problems.HasErrors() {
		return nil, f.problems
	}
	if !top.is('{') {
		f.wrong(top.at, "Not an object", `A file of configuration is one object whose properties are the blocks: { "mapping": { "NAME": { } } }.`)
		return nil, f.problems
	}
	body := f.body(top, shapes()[""])
	if f.problems.HasErrors() {
		return nil, f.problems
	}
	return body, nil
}

func (f *jsonFile) wrong(at hcl.Range, summary, detail string) {
	f.problems = append(f.problems, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &at})
}

// valid checks the text as a whole, so that reading it cannot stop half way, and nothing in it is replaced.
func (f *jsonFile) valid() bool {
	if at := invalid(f.src); at < len(f.src) {
		f.wrong(f.between(at, at+1), "Not UTF-8", "A file of configuration is a text in UTF-8, and these bytes are none.")
		return false
	}
	var raw json.RawMessage
	err := json.Unmarshal(f.src, &raw)
	if err == nil {
		return true
	}
	at := len(f.src)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(max(int(syntax.Offset)-1, 0), len(f.src))
		if strings.HasPrefix(syntax.Error(), "unexpected end") {
			at = len(f.src)
		}
	}
	f.wrong(f.between(at, min(at+1, len(f.src))), "Invalid JSON", fmt.Sprintf("The file cannot be read as JSON: %s.", err))
	return false
}

// invalid is where the first byte stands that is not UTF-8, the length where all are.
func invalid(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(src)
}

// next reads one token of a text that is known to be JSON.
func (f *jsonFile) next() (json.Token, hcl.Range) {
	start := int(f.decoder.InputOffset())
	token, err := f.decoder.Token()
	end := int(f.decoder.InputOffset())
	for start < end && strings.IndexByte(" \t\r\n,:", f.src[start]) >= 0 {
		start++
	}
	at := f.between(start, end)
	if err != nil {
		f.wrong(at, "Invalid JSON", fmt.Sprintf("The file cannot be read as JSON: %s.", err))
	}
	return token, at
}

// value reads one value with all that is in it.
func (f *jsonFile) value(depth int) *node {
	token, at := f.next()
	n := &node{token: token, at: at}
	if depth > deepest {
		f.wrong(at, "Too deep", fmt.Sprintf("The values of this file go deeper than %d levels. Write it in a simpler way, or in several files.", deepest))
		return n
	}
	if _, ok := token.(string); ok {
		n.text = f.unquote(at)
	}
	if !n.is('{') && !n.is('[') {
		return n
	}
	seen := make(map[string]hcl.Range)
	for f.decoder.More() && !f.problems.HasErrors() {
		if n.is('{') {
			n.keys = append(n.keys, f.key(seen))
		}
		n.items = append(n.items, f.value(depth+1))
	}
	if f.problems.HasErrors() {
		return n
	}
	_, end := f.next()
	n.at = hcl.RangeBetween(at, end)
	return n
}

// key reads the name of a property, which may stand in an object once; // is for comments, as many as there are.
func (f *jsonFile) key(seen map[string]hcl.Range) jsonText {
	_, at := f.next()
	key := f.unquote(at)
	if first, twice := seen[key.text]; twice && key.text != comment {
		f.wrong(at, "Property written twice", fmt.Sprintf("The property %q stands at line %d already. Put both into one, several blocks as an array.", key.text, first.Start.Line))
	}
	seen[key.text] = at
	return key
}

// body makes a block's body: of each property a block, several, or an attribute.
func (f *jsonFile) body(n *node, s shape) *hclsyntax.Body {
	body := &hclsyntax.Body{Attributes: make(hclsyntax.Attributes), SrcRange: n.at, EndRange: hcl.Range{Filename: f.name, Start: n.at.End, End: n.at.End}}
	for i, key := range n.keys {
		item := n.items[i]
		labels, isBlock := s.blocks[key.text]
		switch {
		case key.text == comment:
		case isBlock && (item.is('{') || item.is('[')):
			inner := s.inner(key.text)
			f.blocks(body, &hclsyntax.Block{Type: key.text, TypeRange: key.at}, item, labels, inner)
		case s.top && (item.is('{') || item.is('[')): // of a type that is not known, which is reported with its name
			body.Blocks = append(body.Blocks, &hclsyntax.Block{Type: key.text, TypeRange: key.at, OpenBraceRange: item.at, CloseBraceRange: item.at,
				Body: &hclsyntax.Body{Attributes: make(hclsyntax.Attributes), SrcRange: item.at, EndRange: item.at}})
		case !hclsyntax.ValidIdentifier(key.text):
			f.wrong(key.at, "Invalid name", fmt.Sprintf("%q is no name of an attribute or block: a name begins with a letter and goes on with letters, digits, _ and -.", key.text))
		default:
			body.Attributes[key.text] = &hclsyntax.Attribute{Name: key.text, Expr: f.expression(item, s.read[key.text]),
				SrcRange: hcl.RangeBetween(key.at, item.at), NameRange: key.at, EqualsRange: key.at}
		}
	}
	return body
}

// blocks makes the blocks of one property: one object for each label, then the body, with an array where there are
// several. A block's place is that of its last label, or of its own brace in an array: a type's name may stand far away.
func (f *jsonFile) blocks(into *hclsyntax.Body, b *hclsyntax.Block, n *node, labels int, s shape) {
	switch {
	case n.is('['):
		for _, item := range n.items {
			one := *b
			if len(b.Labels) == 0 {
				one.TypeRange = f.between(item.at.Start.Byte, item.at.Start.Byte+1)
			}
			if item.is('[') {
				f.wrong(item.at, "Not a block", fmt.Sprintf("An array under %q holds blocks, each an object.", b.Type))
				continue
			}
			f.blocks(into, &one, item, labels, s)
		}
	case !n.is('{'):
		f.wrong(n.at, "Not a block", fmt.Sprintf("%q is a block: it takes an object%s, or an array of such objects.", b.Type,
			strings.Repeat(" with an object for each label", min(labels, 1))))
	case labels > 0:
		for i, key := range n.keys {
			if key.text == comment {
				continue
			}
			one := *b
			one.TypeRange = key.at
			one.Labels, one.LabelRanges = append(slices.Clone(b.Labels), key.text), append(slices.Clone(b.LabelRanges), key.at)
			f.blocks(into, &one, n.items[i], labels-1, s)
		}
	default:
		b.OpenBraceRange = f.between(n.at.Start.Byte, n.at.Start.Byte+1)
		b.CloseBraceRange = f.between(n.at.End.Byte-1, n.at.End.Byte)
		b.Body = f.body(n, s)
		into.Blocks = append(into.Blocks, b)
	}
}
