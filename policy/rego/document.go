package rego

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
)

// documentOf gives the document as rules see it, the same value that its canonical text would be read as. Going by way of
// text takes several times as long and as much memory.
func documentOf(in policy.Input, limit int) (ast.Value, error) {
	d := document{
		left: limit, names: map[reflect.Type][]*ast.Term{}, texts: map[string]*ast.Term{}, numbers: map[json.Number]*ast.Term{},
		pieces: map[uint64][]piece{}, seed: maphash.MakeSeed(),
	}
	t, err := d.term(reflect.ValueOf(in))
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	return t.Value, nil
}

var errTooLarge = errors.New("it is larger than is allowed")

// document is a value being made. What is equal in it is one value: the fields of a plan have few types, protections and
// classes between them, and so most of a large document is there already.
type document struct {
	left    int                          // how many bytes its texts and names may yet have
	names   map[reflect.Type][]*ast.Term // of the members of structs
	texts   map[string]*ast.Term
	numbers map[json.Number]*ast.Term
	pieces  map[uint64][]piece // arrays and objects, by a hash of what they hold
	seed    maphash.Seed
	open    []*ast.Term // what the pieces hold that are not yet made
}

// piece is an array or object, or would be one: a slice, struct or map that holds these terms.
type piece struct {
	of    reflect.Type
	holds []*ast.Term
	term  *ast.Term
}

// piece gives the one that holds what is open from a place on, made anew where there is none yet.
func (d *document) piece(of reflect.Type, from int, anew func(holds []*ast.Term) *ast.Term) *ast.Term {
	holds := d.open[from:]
	d.open = d.open[:from]
	key := maphash.Comparable(d.seed, of)
	for _, t := range holds {
		key = key*31 + maphash.Comparable(d.seed, t)
	}
	for _, known := range d.pieces[key] {
		if known.of == of && slices.Equal(known.holds, holds) {
			return known.term
		}
	}
	holds = slices.Clone(holds)
	made := anew(holds)
	d.pieces[key] = append(d.pieces[key], piece{of, holds, made})
	return made
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
			return ast.InternedNullTerm, nil
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
		return ast.InternedTerm(v.Bool()), d.spend(4)
	case reflect.Int, reflect.Int64:
		return d.integer(v.Int())
	case reflect.Float64:
		return d.number(v.Float())
	}
	return nil, fmt.Errorf("a %s cannot stand in it", v.Type())
}

func (d *document) text(s string) (*ast.Term, error) {
	t, known := d.texts[s]
	if !known {
		t = ast.StringTerm(s)
		if !utf8.ValidString(s) {
			t = ast.StringTerm(string([]rune(s))) // as JSON does
		}
		d.texts[s] = t
	}
	return t, d.spend(len(s))
}

func (d *document) moment(at time.Time) (*ast.Term, error) {
	text, err := at.MarshalText()
	if err != nil {
		return nil, err
	}
	return d.text(string(text))
}

// The largest number up to which a double holds every integer.
const exact = 1 << 53

func (d *document) integer(n int64) (*ast.Term, error) {
	if n > exact || n < -exact {
		return d.number(n)
	}
	return d.numeral(json.Number(strconv.FormatInt(n, 10)))
}

func (d *document) number(n any) (*ast.Term, error) {
	text, err := policy.Canonical(n)
	if err != nil {
		return nil, err
	}
	return d.numeral(json.Number(text))
}

func (d *document) numeral(n json.Number) (*ast.Term, error) {
	t, known := d.numbers[n]
	if !known {
		t = ast.NumberTerm(n)
		d.numbers[n] = t
	}
	return t, d.spend(len(n))
}

func (d *document) array(v reflect.Value) (*ast.Term, error) {
	if v.IsNil() {
		return ast.InternedNullTerm, nil
	}
	from := len(d.open)
	for i := range v.Len() {
		item, err := d.term(v.Index(i))
		if err != nil {
			return nil, err
		}
		d.open = append(d.open, item)
	}
	return d.piece(v.Type(), from, func(items []*ast.Term) *ast.Term { return ast.ArrayTerm(items...) }), d.spend(v.Len())
}

func (d *document) members(v reflect.Value) (*ast.Term, error) {
	if v.IsNil() {
		return ast.InternedNullTerm, nil
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	from := len(d.open)
	for _, key := range keys {
		name, err := d.text(key.String())
		if err != nil {
			return nil, err
		}
		member, err := d.term(v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		d.open = append(d.open, name, member)
	}
	return d.piece(v.Type(), from, func(holds []*ast.Term) *ast.Term {
		all := make([][2]*ast.Term, 0, len(keys))
		for pair := range slices.Chunk(holds, 2) {
			all = append(all, [2]*ast.Term(pair))
		}
		return ast.ObjectTerm(all...)
	}), nil
}

func (d *document) object(v reflect.Value) (*ast.Term, error) {
	names := d.namesOf(v.Type())
	from := len(d.open)
	for i, name := range names {
		member, err := d.term(v.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%v: %w", name.Value, err)
		}
		d.open = append(d.open, member)
	}
	return d.piece(v.Type(), from, func(members []*ast.Term) *ast.Term {
		all := make([][2]*ast.Term, len(names))
		for i, name := range names {
			all[i] = ast.Item(name, members[i])
		}
		return ast.ObjectTerm(all...)
	}), d.spend(8 * len(names))
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
