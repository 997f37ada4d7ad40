package batch

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// AppendJSONB appends a JSON text as PostgreSQL's jsonb writes it: the keys of an object by their length and then their
// bytes, one blank behind a colon and a comma, numbers without an exponent and with their digits behind the point, and
// texts with no escape that they can do without. What jsonb cannot keep is an error of ErrMisfit's chain, and dst as it
// was: a key twice in one object, of which jsonb would drop one, \u0000, half of a surrogate pair, and a number beyond
// numeric's digits.
func AppendJSONB(dst, text []byte) ([]byte, error) {
	if !utf8.Valid(text) || !json.Valid(text) || !pairedEscapes(text) {
		return dst, fmt.Errorf("%w jsonb: it is not JSON in UTF-8", ErrMisfit)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	out, err := appendNode(dst, d)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// appendNode writes the next value that d gives. The text has been found valid.
func appendNode(dst []byte, d *json.Decoder) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return dst, fmt.Errorf("%w jsonb: it is not JSON in UTF-8", ErrMisfit)
	}
	switch x := token.(type) {
	case json.Delim:
		if x == '{' {
			return appendMembers(dst, d)
		}
		return appendItems(dst, d)
	case string:
		return appendJSONBText(dst, x)
	case json.Number:
		return appendNumeric(dst, []byte(x))
	case bool:
		return strconv.AppendBool(dst, x), nil
	}
	return append(dst, "null"...), nil
}

func appendItems(dst []byte, d *json.Decoder) (_ []byte, err error) {
	dst = append(dst, '[')
	for first := true; d.More(); first = false {
		if !first {
			dst = append(dst, ", "...)
		}
		if dst, err = appendNode(dst, d); err != nil {
			return dst, err
		}
	}
	_, err = d.Token()
	return append(dst, ']'), err
}

// appendMembers writes the members as they come and then puts them into their order.
func appendMembers(dst []byte, d *json.Decoder) (_ []byte, err error) {
	type member struct {
		key        string
		start, end int // of key, colon and value in dst
	}
	var all []member
	sorted := true
	dst = append(dst, '{')
	begin := len(dst)
	for d.More() {
		token, err := d.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return dst, fmt.Errorf("%w jsonb: it is not JSON in UTF-8", ErrMisfit)
		}
		if len(all) > 0 {
			dst = append(dst, ", "...)
		}
		m := member{key: key, start: len(dst)}
		if dst, err = appendJSONBText(dst, key); err != nil {
			return dst, err
		}
		if dst, err = appendNode(append(dst, ": "...), d); err != nil {
			return dst, err
		}
		m.end = len(dst)
		sorted = sorted && (len(all) == 0 || byLength(all[len(all)-1].key, key) < 0)
		all = append(all, m)
	}
	if _, err = d.Token(); err != nil || sorted {
		return append(dst, '}'), err
	}
	slices.SortFunc(all, func(a, b member) int { return byLength(a.key, b.key) })
	was := bytes.Clone(dst[begin:])
	dst = dst[:begin]
	for i, m := range all {
		if i > 0 {
			if all[i-1].key == m.key {
				return dst, fmt.Errorf("%w jsonb: a key stands twice in one object", ErrMisfit)
			}
			dst = append(dst, ", "...)
		}
		dst = append(dst, was[m.start-begin:m.end-begin]...)
	}
	return append(dst, '}'), nil
}

func byLength(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func appendJSONBText(dst []byte, text string) ([]byte, error) {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == 0:
			return dst, fmt.Errorf("%w jsonb: \\u0000 stands in a text", ErrMisfit)
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= 0x20:
			dst = append(dst, c)
		default:
			if at := bytes.IndexByte([]byte("\b\f\n\r\t"), c); at >= 0 {
				dst = append(dst, '\\', "bfnrt"[at])
				continue
			}
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(dst, '"'), nil
}

// The digits that PostgreSQL's numeric has room for.
const (
	numericWhole    = 131072
	numericFraction = 16383
)

// longestJSONB is how long a text the server can give; a few bytes of exponents may ask for more.
const longestJSONB = 1 << 30

// appendNumeric writes a number of JSON as numeric does.
func appendNumeric(dst, text []byte) ([]byte, error) {
	start := len(dst)
	outside := fmt.Errorf("%w jsonb: a number has more digits than numeric", ErrMisfit)
	mantissa, exponent, _ := bytes.Cut(bytes.ToLower(text), []byte{'e'})
	if isZero(mantissa) { // of which only the digits behind the point matter, and numeric has no -0
		_, fraction, _ := bytes.Cut(mantissa, []byte{'.'})
		by, ok := int64(0), true
		if len(exponent) > 0 {
			by, ok = integer(exponent)
		}
		scale := max(0, int64(len(fraction))-by)
		if !ok || by <= -(1<<30) || by >= 1<<30 || scale > numericFraction {
			return dst, outside
		}
		if dst = append(dst, '0'); scale > 0 {
			dst = append(append(dst, '.'), bytes.Repeat([]byte{'0'}, int(scale))...)
		}
		return dst, nil
	}
	dst, err := AppendDecimal(dst, text, 0, 0)
	if err != nil {
		return dst, outside
	}
	whole, fraction, _ := bytes.Cut(bytes.TrimPrefix(dst[start:], []byte{'-'}), []byte{'.'})
	if len(dst) > longestJSONB {
		return dst[:start], fmt.Errorf("%w jsonb: its numbers written out are longer than the server can give", ErrMisfit)
	}
	if len(whole) > numericWhole || len(fraction) > numericFraction {
		return dst[:start], outside
	}
	return dst, nil
}

func isZero(mantissa []byte) bool { return len(bytes.Trim(mantissa, "-0.")) == 0 }
