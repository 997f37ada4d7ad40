package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Array is the value of an array taken apart.
type Array struct {
	Dims  []Dim    // none for an empty array
	Elems [][]byte // canonical texts in the order of storage, the last dimension running fastest; nil is null
}

// Dim is one dimension of an array.
type Dim struct {
	Lower, Length int
}

// Append writes the canonical form of an array whose Dims account for all its Elems.
func (a Array) Append(dst []byte) []byte {
	for _, d := range a.Dims {
		if d.Lower != 1 {
			dst = a.appendBounds(dst)
			break
		}
	}
	if len(a.Dims) == 0 {
		return append(dst, "[]"...)
	}
	dst, _ = appendLevel(dst, a.Dims, a.Elems)
	return dst
}

func (a Array) appendBounds(dst []byte) []byte {
	for _, d := range a.Dims {
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(d.Lower), 10)
		dst = append(dst, ':')
		dst = strconv.AppendInt(dst, int64(d.Lower)+int64(d.Length)-1, 10)
		dst = append(dst, ']')
	}
	return append(dst, '=')
}

func appendLevel(dst []byte, dims []Dim, elems [][]byte) ([]byte, [][]byte) {
	dst = append(dst, '[')
	for i := range dims[0].Length {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case len(dims) > 1:
			dst, elems = appendLevel(dst, dims[1:], elems)
			continue
		case elems[0] == nil:
			dst = append(dst, "null"...)
		default:
			dst = AppendJSONString(dst, elems[0])
		}
		elems = elems[1:]
	}
	return append(dst, ']'), elems
}

// AppendJSONString writes a text as a JSON string: only the quote, the backslash and control characters are escaped, so
// that a text has one form.
func AppendJSONString(dst, text []byte) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// ParseArray reads the canonical form. It also takes numbers and truth values without quotes, as other programs write JSON.
// An array that is ragged, whose bounds do not fit its elements, or that has an empty dimension beside another, is an error
// of ErrMisfit's chain.
func ParseArray(text []byte) (Array, error) {
	lower, rest, err := parseBounds(text)
	if err != nil {
		return Array{}, err
	}
	if !utf8.Valid(rest) || !pairedEscapes(rest) {
		return Array{}, fmt.Errorf("%w an array: a text in it is not UTF-8", ErrMisfit)
	}
	var a Array
	d := json.NewDecoder(bytes.NewReader(rest))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil || len(bytes.TrimSpace(rest[d.InputOffset():])) > 0 {
		return Array{}, fmt.Errorf("%w an array: it is not one JSON array", ErrMisfit)
	}
	list, ok := tree.([]any)
	if !ok {
		return Array{}, fmt.Errorf("%w an array: it is not one JSON array", ErrMisfit)
	}
	if len(list) > 0 {
		if err := a.level(list, 0); err != nil {
			return Array{}, err
		}
	}
	return a, a.bound(lower)
}

func (a *Array) level(list []any, depth int) error {
	if depth == len(a.Dims) {
		if len(a.Elems) > 0 {
			return fmt.Errorf("%w an array: its dimensions are ragged", ErrMisfit)
		}
		a.Dims = append(a.Dims, Dim{Lower: 1, Length: len(list)})
	}
	if len(list) == 0 || len(list) != a.Dims[depth].Length {
		return fmt.Errorf("%w an array: its dimensions are ragged", ErrMisfit)
	}
	for _, x := range list {
		inner, nested := x.([]any)
		if !nested {
			if depth != len(a.Dims)-1 {
				return fmt.Errorf("%w an array: its dimensions are ragged", ErrMisfit)
			}
			elem, ok := element(x)
			if !ok {
				return fmt.Errorf("%w an array: an element is an object", ErrMisfit)
			}
			a.Elems = append(a.Elems, elem)
			continue
		}
		if err := a.level(inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func element(x any) ([]byte, bool) {
	switch x := x.(type) {
	case nil:
		return nil, true
	case string:
		return append([]byte{}, x...), true
	case json.Number:
		return []byte(x), true
	case bool:
		return strconv.AppendBool(nil, x), true
	}
	return nil, false
}

// bound sets the lower bounds that stood before the elements.
func (a *Array) bound(lower []Dim) error {
	if lower == nil {
		return nil
	}
	if len(lower) != len(a.Dims) {
		return fmt.Errorf("%w an array: its bounds do not fit its elements", ErrMisfit)
	}
	for i, d := range lower {
		if d.Length != a.Dims[i].Length {
			return fmt.Errorf("%w an array: its bounds do not fit its elements", ErrMisfit)
		}
	}
	a.Dims = lower
	return nil
}

// parseBounds takes [0:2][1:2]= from the front of a text; none is nil.
func parseBounds(text []byte) (dims []Dim, rest []byte, err error) {
	equals := bytes.IndexByte(text, '=')
	if equals < 0 || !isBounds(text[:equals]) {
		return nil, text, nil
	}
	for _, part := range bytes.Split(text[1:equals-1], []byte("][")) {
		low, high, ok := bytes.Cut(part, []byte(":"))
		from, err1 := strconv.Atoi(string(low))
		to, err2 := strconv.Atoi(string(high))
		if !ok || err1 != nil || err2 != nil || to < from {
			return nil, nil, fmt.Errorf("%w an array: its bounds are not numbers", ErrMisfit)
		}
		dims = append(dims, Dim{Lower: from, Length: to - from + 1})
	}
	return dims, text[equals+1:], nil
}

// parseArray reads each element as a value of the element's type.
func parseArray(v *Vector, t schema.Type, text []byte) error {
	if t.Elem == nil || t.Elem.Kind == schema.Array && t.Elem.Native == "" {
		return fmt.Errorf("values of type %s are not known to this version", t.Kind)
	}
	a, err := ParseArray(text)
	if err != nil {
		return misfit(t)
	}
	elem := NewVector(*t.Elem)
	for i, x := range a.Elems {
		if x == nil {
			continue
		}
		elem.Reset()
		if err := Parse(&elem, *t.Elem, x); err != nil {
			return err
		}
		a.Elems[i] = AppendText(x[:0:0], *t.Elem, &elem, 0)
	}
	was := len(v.Blobs)
	v.Blobs = a.Append(v.Blobs)
	if len(v.Blobs) > math.MaxInt32 {
		v.Blobs = v.Blobs[:was]
		return fmt.Errorf("%w: it is longer than a batch can hold", ErrMisfit)
	}
	v.AppendEnd()
	return nil
}

// pairedEscapes reports whether every surrogate that JSON's \u names has its other half beside it. encoding/json puts
// another character in the place of one that has not.
func pairedEscapes(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		c, ok := escaped(text[i:])
		if !ok {
			i++ // a short escape, or none of JSON's: the parser's to judge
			continue
		}
		i += 5
		if c < 0xd800 || c > 0xdfff {
			continue
		}
		low, ok := escaped(text[i+1:])
		if c > 0xdbff || !ok || low < 0xdc00 || low > 0xdfff {
			return false
		}
		i += 6
	}
	return true
}

// escaped is the number of \uXXXX in front of a text.
func escaped(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	c, err := strconv.ParseUint(string(text[2:6]), 16, 32)
	return rune(c), err == nil
}

func isBounds(text []byte) bool {
	if len(text) < 5 || text[0] != '[' || text[len(text)-1] != ']' {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && c != '[' && c != ']' && c != ':' && c != '-' {
			return false
		}
	}
	return true
}
