package csv

import (
	"bytes"
	"cmp"
	"fmt"
	"math"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// filter decides on a row by some of its columns.
type filter struct {
	columns []schema.Column
	pass    func(v []batch.Vector) bool // one value in each
	fields  []int                       // of the file in hand
	values  []batch.Vector
}

func newFilter(pass func(v []batch.Vector) bool, columns ...schema.Column) *filter {
	f := &filter{columns: columns, pass: pass, fields: make([]int, len(columns)), values: make([]batch.Vector, len(columns))}
	for i, c := range columns {
		f.values[i] = batch.NewVector(c.Type)
	}
	return f
}

// cursorFilter lets rows above After up to UpTo through, nulls where there is no After.
func cursorFilter(c *providers.CursorRange) (*filter, error) {
	order, err := orderOf(c.Column.Type)
	if err != nil {
		return nil, err
	}
	after, err := literal(c.Column, c.After)
	if err != nil {
		return nil, err
	}
	upTo, err := literal(c.Column, c.UpTo)
	if err != nil {
		return nil, err
	}
	return newFilter(func(v []batch.Vector) bool {
		if v[0].Null(0) {
			return after == nil
		}
		return (after == nil || order(&v[0], after) > 0) && (upTo == nil || order(&v[0], upTo) <= 0)
	}, c.Column), nil
}

// literal parses a text into a vector of its own, nil for none.
func literal(c schema.Column, text string) (*batch.Vector, error) {
	if text == "" {
		return nil, nil
	}
	v := batch.NewVector(c.Type)
	if err := batch.Parse(&v, c.Type, []byte(text)); err != nil {
		return nil, fmt.Errorf("the literal that column %q is compared with: %w", c.Name, err)
	}
	return &v, nil
}

func compareFilter(c schema.Column, p schema.Compare) (*filter, error) {
	switch p.Op {
	case "null":
		return newFilter(func(v []batch.Vector) bool { return v[0].Null(0) }, c), nil
	case "notnull":
		return newFilter(func(v []batch.Vector) bool { return !v[0].Null(0) }, c), nil
	}
	want := batch.NewVector(c.Type)
	if err := batch.Parse(&want, c.Type, []byte(p.Value)); err != nil {
		return nil, fmt.Errorf("the literal that column %q is compared with: %w", c.Name, err)
	}
	order, err := orderOf(c.Type)
	if err != nil && p.Op != "=" {
		return nil, err
	}
	if err != nil {
		order = func(a, b *batch.Vector) int { return bytes.Compare(a.Blob(0), b.Blob(0)) }
	}
	test, known := map[string]func(int) bool{
		"=":  func(d int) bool { return d == 0 },
		"<":  func(d int) bool { return d < 0 },
		"<=": func(d int) bool { return d <= 0 },
		">":  func(d int) bool { return d > 0 },
		">=": func(d int) bool { return d >= 0 },
	}[p.Op]
	if !known {
		return nil, fmt.Errorf("the comparison %q is not known to this version", p.Op)
	}
	nan := isNaN(&want)
	return newFilter(func(v []batch.Vector) bool {
		return !v[0].Null(0) && !nan && !isNaN(&v[0]) && test(order(&v[0], &want))
	}, c), nil
}

func isNaN(v *batch.Vector) bool { return len(v.Floats) > 0 && math.IsNaN(v.Floats[0]) }

// keysFilter lets rows through whose columns equal a row of keys. Null equals nothing, as in SQL.
func keysFilter(keys *batch.Batch) *filter {
	set, at := make(map[keyHash]struct{}, keys.Len()), firstColumns(len(keys.Columns))
	var buf []byte
	var key keyHash
	var whole bool
	for i := range keys.Len() {
		if key, buf, whole = hashKey(keys, i, at, buf); whole {
			set[key] = struct{}{}
		}
	}
	row := batch.Batch{Columns: keys.Columns}
	return newFilter(func(v []batch.Vector) bool {
		row.Vectors = v
		key, buf, whole = hashKey(&row, 0, at, buf)
		_, found := set[key]
		return found && whole
	}, keys.Columns...)
}

// orderOf compares the first values of two vectors of t. NaN comes after all numbers.
func orderOf(t schema.Type) (func(a, b *batch.Vector) int, error) {
	switch t.Kind {
	case schema.Float32, schema.Float64:
		return func(a, b *batch.Vector) int {
			x, y := a.Floats[0], b.Floats[0]
			if math.IsNaN(x) || math.IsNaN(y) {
				return -cmp.Compare(x, y) // cmp puts NaN first
			}
			return cmp.Compare(x, y)
		}, nil
	case schema.Decimal:
		return func(a, b *batch.Vector) int { return compareDecimals(a.Blob(0), b.Blob(0)) }, nil
	case schema.String, schema.Bytes, schema.UUID:
		return func(a, b *batch.Vector) int { return bytes.Compare(a.Blob(0), b.Blob(0)) }, nil
	}
	if t.Storage() == schema.Ints {
		return func(a, b *batch.Vector) int { return cmp.Compare(a.Ints[0], b.Ints[0]) }, nil
	}
	return nil, fmt.Errorf("values of type %s have no order in a csv file", t)
}

// compareDecimals compares two canonical decimals by value: -Infinity first, Infinity and then NaN last.
func compareDecimals(a, b []byte) int {
	if x, y := rank(a), rank(b); x != y || x != 0 {
		return cmp.Compare(x, y)
	}
	negative := len(a) > 0 && a[0] == '-'
	if other := len(b) > 0 && b[0] == '-'; negative != other {
		if negative {
			return -1
		}
		return 1
	}
	if negative {
		a, b = b[1:], a[1:]
	}
	wholeA, behindA, _ := bytes.Cut(a, []byte{'.'})
	wholeB, behindB, _ := bytes.Cut(b, []byte{'.'})
	if d := cmp.Or(cmp.Compare(len(wholeA), len(wholeB)), bytes.Compare(wholeA, wholeB)); d != 0 {
		return d
	}
	return bytes.Compare(bytes.TrimRight(behindA, "0"), bytes.TrimRight(behindB, "0"))
}

func rank(decimal []byte) int {
	switch string(decimal) {
	case "-Infinity":
		return -1
	case "Infinity":
		return 1
	case "NaN":
		return 2
	}
	return 0
}
