package library

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	errNotJSON = errors.New("the text is not JSON")
	errTwice   = errors.New("an object of the JSON has a member twice")
)

// readJSON reads one value and refuses what Go's reader would change in silence: members that are there twice, bytes that
// are not UTF-8, halves of surrogate pairs, digits that a double does not hold.
func readJSON(text string) (ref.Val, error) {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) || halfPair(text) {
		return nil, errNotJSON
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	return types.DefaultTypeAdapter.NativeToValue(v), nil
}

func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errNotJSON
	}
	switch t := token.(type) {
	case json.Number:
		return jsonNumber(t.String())
	case json.Delim:
		if t == '{' {
			return readObject(d)
		}
		return readArray(d)
	}
	return token, nil
}

func readObject(d *json.Decoder) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, errNotJSON
		}
		if _, twice := object[name]; twice {
			return nil, errTwice
		}
		if object[name], err = readValue(d); err != nil {
			return nil, err
		}
	}
	return object, closed(d)
}

func readArray(d *json.Decoder) (any, error) {
	array := []any{}
	for d.More() {
		v, err := readValue(d)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	return array, closed(d)
}

func closed(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errNotJSON
	}
	return nil
}

// halfPair reports whether valid JSON has an escape \ud800 to \udfff that is not one of a pair.
func halfPair(text string) bool {
	for at := strings.IndexByte(text, '\\'); at >= 0 && at < len(text); {
		unit, ok := escaped(text[at:])
		switch {
		case !ok:
			at += 2
		case unit < 0xd800 || unit > 0xdfff:
			at += 6
		default:
			low, pair := escaped(text[at+6:])
			if unit > 0xdbff || !pair || low < 0xdc00 || low > 0xdfff {
				return true
			}
			at += 12
		}
		next := strings.IndexByte(text[at:], '\\')
		if next < 0 {
			return false
		}
		at += next
	}
	return false
}

func escaped(s string) (unit uint64, ok bool) {
	if len(s) < 6 || !strings.HasPrefix(s, `\u`) {
		return 0, false
	}
	unit, err := strconv.ParseUint(s[2:6], 16, 16)
	return unit, err == nil
}
