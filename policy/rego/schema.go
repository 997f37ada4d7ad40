package rego

import (
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
)

// shape is what the schema of the document asks of a value. policy.Schema says the same as text; holding a document of
// thousands of fields against that text takes longer than all rules together.
type shape struct {
	kind    reflect.Kind // of the type that the value stands for
	moment  bool         // a text that is a point in time
	null    bool         // null may stand in its place
	signed  bool         // a number may be less than nothing
	words   []string     // that a text is one of, nil for any text
	names   []*ast.Term  // of the members of a struct
	members []*shape
	each    *shape // of the items of an array, and of the members of a map
}

// documentShape is that of the whole document.
func documentShape() *shape { return shapes{}.of(reflect.TypeFor[policy.Input](), "") }

// shapes are those of structs, which stand in many places.
type shapes map[reflect.Type]*shape

func (all shapes) of(t reflect.Type, enum string) *shape {
	switch t.Kind() {
	case reflect.Pointer:
		s := *all.of(t.Elem(), enum)
		s.null = true
		return &s
	case reflect.Struct:
		return all.object(t)
	case reflect.Slice:
		return &shape{kind: t.Kind(), null: true, each: all.of(t.Elem(), enum)}
	case reflect.Map:
		return &shape{kind: t.Kind(), each: all.of(t.Elem(), "")}
	case reflect.String:
		return &shape{kind: t.Kind(), words: strings.Fields(enum)}
	}
	return &shape{kind: t.Kind()}
}

func (all shapes) object(t reflect.Type) *shape {
	if t == reflect.TypeFor[time.Time]() {
		return &shape{kind: reflect.String, moment: true}
	}
	if known, ok := all[t]; ok {
		return known
	}
	s := &shape{kind: reflect.Struct}
	all[t] = s
	for i := range t.NumField() {
		f := t.Field(i)
		s.names = append(s.names, ast.StringTerm(f.Tag.Get("json")))
		member := all.of(f.Type, f.Tag.Get("enum"))
		if f.Tag.Get("sign") != "" {
			number := *member
			number.signed, member = true, &number
		}
		s.members = append(s.members, member)
	}
	return s
}

// fits says whether a value is as the schema wants it.
func (s *shape) fits(v ast.Value) bool {
	switch v := v.(type) {
	case ast.Null:
		return s.null
	case ast.Boolean:
		return s.kind == reflect.Bool
	case ast.Number:
		if !s.signed && negative(v) {
			return false
		}
		return s.kind == reflect.Float64 || (s.kind == reflect.Int || s.kind == reflect.Int64) && whole(v)
	case ast.String:
		return s.kind == reflect.String && s.says(string(v))
	case *ast.Array:
		return s.kind == reflect.Slice && !v.Until(func(item *ast.Term) bool { return !s.each.fits(item.Value) })
	case ast.Object:
		return s.holds(v)
	}
	return false
}

func (s *shape) holds(v ast.Object) bool {
	if s.kind == reflect.Map {
		return !v.Until(func(_, member *ast.Term) bool { return !s.each.fits(member.Value) })
	}
	if s.kind != reflect.Struct || v.Len() != len(s.names) {
		return false
	}
	for i, name := range s.names {
		if member := v.Get(name); member == nil || !s.members[i].fits(member.Value) {
			return false
		}
	}
	return true
}

func (s *shape) says(text string) bool {
	if !s.moment {
		return len(s.words) == 0 || slices.Contains(s.words, text)
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, time.TimeOnly, "15:04:05Z07:00"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

func negative(n ast.Number) bool {
	if !strings.HasPrefix(string(n), "-") {
		return false
	}
	r, ok := new(big.Rat).SetString(string(n))
	return !ok || r.Sign() < 0
}

// whole says whether a number has no fraction: 1, 1.0 and 1e3 have none.
func whole(n ast.Number) bool {
	if !strings.ContainsAny(string(n), ".eE") {
		return true
	}
	r, ok := new(big.Rat).SetString(string(n))
	return ok && r.IsInt()
}
