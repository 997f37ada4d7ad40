package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Digest is the SHA-256 of the canonical document.
func (in Input) Digest() (string, error) {
	text, err := Canonical(in)
	if err != nil {
		return "", err
	}
	return digestOf(text), nil
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Canonical writes v as JSON in the one form of RFC 8785: keys sorted, no blanks, the shortest strings and numbers. An
// integer that a double cannot hold exactly is an error.
func Canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	d := json.NewDecoder(&b)
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	out, err := appendValue(nil, tree)
	if err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	return out, nil
}

func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return appendString(dst, v), nil
	case json.Number:
		return appendNumber(dst, v.String())
	case []any:
		return appendArray(dst, v)
	case map[string]any:
		return appendObject(dst, v)
	}
	return nil, fmt.Errorf("no JSON value: %T", v)
}

func appendArray(dst []byte, all []any) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, v := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, v); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, all map[string]any) (_ []byte, err error) {
	dst = append(dst, '{')
	for i, k := range slices.SortedFunc(maps.Keys(all), byUTF16) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, k), ':')
		if dst, err = appendValue(dst, all[k]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// byUTF16 is the order of RFC 8785, which differs from that of UTF-8 above U+FFFF.
func byUTF16(a, b string) int {
	return cmp.Or(slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))), cmp.Compare(a, b))
}

func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r >= ' ':
			dst = append(dst, string(r)...)
		case strings.ContainsRune("\b\t\n\f\r", r):
			dst = append(dst, '\\', "btn?fr"[r-'\b'])
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
	}
	return append(dst, '"')
}

func appendNumber(dst []byte, text string) ([]byte, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("the number %s is beyond a double", text)
	}
	out := "0"
	switch a := math.Abs(f); {
	case a == 0:
	case a >= 1e-6 && a < 1e21:
		out = strconv.FormatFloat(f, 'f', -1, 64)
	default: // strconv pads the exponent to two digits, ECMAScript does not
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		out = mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	if !strings.ContainsAny(text, ".eE") && text != out && text != "-0" {
		return nil, fmt.Errorf("the integer %s is beyond what a double holds", text)
	}
	return append(dst, out...), nil
}
