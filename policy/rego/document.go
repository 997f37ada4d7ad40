package rego

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
)

// documentOf gives the document as rules see it, the same value that its canonical text would be read as. Going by way of
// text takes several times as long and as much memory.
func documentOf(in policy.Input, limit int) (ast.Value, error) {
	d := document{limit, map[reflect.Type][]*ast.Term{}}
	t, err := d.term(reflect.ValueOf(in))
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	return t.Value, nil
}

var errTooLarge = errors.New("it is larger than is allowed")

// document is a value being made. left is how many bytes its texts and names may yet have.
type document struct {
	left  int
	names map[reflect.Type][]*ast.Term // of the members of structs
}

func (d *document) spend(n int) error {
	if d.left -= n + 2; d.left < 0 {
		return errTooLarge
	}
	return nil
}

func (d *document) term(v reflect.Value) (*ast.Term, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ast.NullTerm(), nil
		}
		return d.term(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return d.moment(v.Interface().(time.Time))
		}
		return d.object(v)
	case reflect.Map:
		return d.members(v)
	case reflect.Slice:
		return d.array(v)
	case reflect.String:
		return d.text(v.String())
	case reflect.Bool:
		return ast.BooleanTerm(v.Bool()), d.spend(4)
	case reflect.Int, reflect.Int64:
		return d.integer(v.Int())
	case reflect.Float64:
		return d.number(v.Float())
	}
	return nil, fmt.Errorf("a %s cannot stand in it", v.Type())
}

// text replaces bytes that are no text, as JSON does.
func (d *document) text(s string) (*ast.Term, error) {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	return ast.StringTerm(s), d.spend(len(s))
}

func (d *document) moment(at time.Time) (*ast.Term, error) {
	text, err := at.MarshalText()
	if err != nil {
		return nil, err
	}
	return ast.StringTerm(string(text)), d.spend(len(text))
}

// The largest number up to which a double holds every integer.
const exact = 1 << 53

func (d *document) integer(n int64) (*ast.Term, error) {
	if n > exact || n < -exact {
		return d.number(n)
	}
	return ast.NumberTerm(json.Number(strconv.FormatInt(n, 10))), d.spend(8)
}

func (d *document) number(n any) (*ast.Term, error) {
	text, err := policy.Canonical(n)
	if err != nil {
		return nil, err
	}
	return ast.NumberTerm(json.Number(text)), d.spend(len(text))
}

func (d *document) array(v reflect.Value) (*ast.Term, error) {
	if v.IsNil() {
		return ast.NullTerm(), nil
	}
	all := make([]*ast.Term, v.Len())
	for i := range all {
		var err error
		if all[i], err = d.term(v.Index(i)); err != nil {
			return nil, err
		}
	}
	return ast.ArrayTerm(all...), d.spend(len(all))
}

func (d *document) members(v reflect.Value) (*ast.Term, error) {
	if v.IsNil() {
		return ast.NullTerm(), nil
	}
	all := make([][2]*ast.Term, 0, v.Len())
	for each := v.MapRange(); each.Next(); {
		name, err := d.text(each.Key().String())
		if err != nil {
			return nil, err
		}
		member, err := d.term(each.Value())
		if err != nil {
			return nil, err
		}
		all = append(all, ast.Item(name, member))
	}
	return ast.ObjectTerm(all...), nil
}

func (d *document) object(v reflect.Value) (*ast.Term, error) {
	names := d.namesOf(v.Type())
	all := make([][2]*ast.Term, len(names))
	for i, name := range names {
		member, err := d.term(v.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%v: %w", name.Value, err)
		}
		all[i] = ast.Item(name, member)
	}
	return ast.ObjectTerm(all...), d.spend(8 * len(names))
}

func (d *document) namesOf(t reflect.Type) []*ast.Term {
	if known, ok := d.names[t]; ok {
		return known
	}
	all := make([]*ast.Term, t.NumField())
	for i := range all {
		all[i] = ast.StringTerm(t.Field(i).Tag.Get("json"))
	}
	d.names[t] = all
	return all
}
