package library

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

var errJSONPath = errors.New(`the path is not of the form a.b[0] or a["odd name"]`)

// step is a member of an object, or an element of an array counted from 0.
type step struct {
	name    string
	element bool
	at      int64
}

// readJSONPath reads names with dots between them, [number] and ["name"]. A name holds letters, digits, _, - and $. The empty
// path is the value itself.
func readJSONPath(path string) ([]step, error) {
	var all []step
	for rest := path; rest != ""; {
		var s step
		var err error
		if strings.HasPrefix(rest, "[") {
			s, rest, err = bracketed(rest)
		} else {
			if len(all) > 0 {
				after, dotted := strings.CutPrefix(rest, ".")
				if !dotted {
					return nil, errJSONPath
				}
				rest = after
			}
			if s.name, rest = named(rest); s.name == "" {
				return nil, errJSONPath
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func named(s string) (name, rest string) {
	end := strings.IndexFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_-$", c)
	})
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

func bracketed(s string) (out step, rest string, err error) {
	if strings.HasPrefix(s, `["`) {
		d := json.NewDecoder(strings.NewReader(s[1:]))
		if err := d.Decode(&out.name); err != nil {
			return step{}, "", errJSONPath
		}
		rest, closed := strings.CutPrefix(s[1+d.InputOffset():], "]")
		if !closed {
			return step{}, "", errJSONPath
		}
		return out, rest, nil
	}
	digits, rest, closed := strings.Cut(s[1:], "]")
	n, ok := number(digits)
	if !closed || !ok {
		return step{}, "", errJSONPath
	}
	return step{element: true, at: n}, rest, nil
}

// walk follows a path. found is false where there is nothing at its end; what is there may be null.
func walk(v ref.Val, path []step) (at ref.Val, found bool) {
	for _, s := range path {
		switch c := v.(type) {
		case traits.Mapper:
			if s.element {
				return nil, false
			}
			if v, found = c.Find(types.String(s.name)); !found {
				return nil, false
			}
		case traits.Lister:
			size, ok := c.Size().(types.Int)
			if !s.element || !ok || s.at >= int64(size) {
				return nil, false
			}
			v = c.Get(types.Int(s.at))
		default:
			return nil, false
		}
	}
	return v, true
}

// jsonNumber keeps whole numbers whole and every digit of the others.
func jsonNumber(text string) (ref.Val, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Int(n), nil
	}
	exact, err := NewDecimal([]byte(text))
	if err != nil {
		return nil, errors.New("a number of the JSON has too many digits")
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		if short, err := NewDecimal(strconv.AppendFloat(nil, f, 'g', -1, 64)); err == nil && short.order(exact) == 0 {
			return types.Double(f), nil
		}
	}
	return exact, nil
}
