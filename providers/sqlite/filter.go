package sqlite

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// filter decides on decoded values which rows a ReadSpec means. What SQLite compares by its own rules (texts of dates,
// collations, reals for decimals) may only narrow the reading beforehand.
type filter struct {
	extra []schema.Column // read beside the columns asked for
	tests []test
	keys  map[string]bool // canonical bytes of the keys asked for
	key   []place
	types []schema.Type
	buf   []byte
}

// place is where a value of the row is: among the columns asked for or beside them.
type place struct {
	extra bool
	at    int
}

// test is one comparison; a null passes only op null, or where nulls says so.
type test struct {
	place   place
	t       schema.Type
	op      string
	literal batch.Vector
	nulls   bool
}

// newFilter takes the table's own types for columns that are not asked for.
func newFilter(spec providers.ReadSpec, t *schema.Table) (*filter, error) {
	f := &filter{}
	if err := spec.Cursor.Plain(t.Ref); err != nil {
		return nil, err
	}
	if c := spec.Cursor; c != nil {
		p := f.find(spec.Columns, c.Column)
		for op, text := range map[string]string{">": c.After, "<=": c.UpTo} {
			if text == "" {
				continue
			}
			if err := f.add(p, c.Column.Type, op, text, c.After == ""); err != nil {
				return nil, err
			}
		}
	}
	if spec.Predicate != nil {
		for _, q := range spec.Predicate.And {
			col, ok := t.Column(q.Column)
			if !ok {
				return nil, &providers.Error{Op: "read", Object: t.Ref.Name, Column: q.Column, Class: providers.NotFound, Err: fmt.Errorf("the table has no such column")}
			}
			if i := slices.IndexFunc(spec.Columns, func(c schema.Column) bool { return c.Name == q.Column }); i >= 0 {
				col = spec.Columns[i]
			}
			if err := f.add(f.find(spec.Columns, col), col.Type, q.Op, q.Value, false); err != nil {
				return nil, err
			}
		}
	}
	if spec.Keys != nil {
		f.want(spec)
	}
	return f, nil
}

// find gives the place of a column, and has it read where it is not asked for.
func (f *filter) find(asked []schema.Column, c schema.Column) place {
	same := func(o schema.Column) bool { return o.Name == c.Name }
	if i := slices.IndexFunc(asked, same); i >= 0 {
		return place{at: i}
	}
	if i := slices.IndexFunc(f.extra, same); i >= 0 {
		return place{extra: true, at: i}
	}
	c.Null = true // what is filtered out need not be right
	f.extra = append(f.extra, c)
	return place{extra: true, at: len(f.extra) - 1}
}

func (f *filter) add(p place, t schema.Type, op, text string, nulls bool) error {
	x := test{place: p, t: t, op: op, literal: batch.NewVector(t), nulls: nulls}
	switch op {
	case "null", "notnull":
	case "=", "<", "<=", ">", ">=":
		if !ordered(t) {
			return unsupported("read", t.String(), "values of this type cannot be compared")
		}
		if err := batch.Parse(&x.literal, t, []byte(text)); err != nil {
			return fmt.Errorf("read the literal of a comparison: %w", err)
		}
	default:
		return unsupported("read", op, "this comparison is not known")
	}
	f.tests = append(f.tests, x)
	return nil
}

func ordered(t schema.Type) bool {
	switch t.Kind {
	case schema.JSON, schema.Interval, schema.Array, schema.Unknown, schema.Native:
		return false
	}
	return true
}

// want collects the keys asked for. A null equals nothing.
func (f *filter) want(spec providers.ReadSpec) {
	k := spec.Keys
	f.keys = make(map[string]bool, k.Len())
	for _, c := range k.Columns {
		f.key = append(f.key, f.find(spec.Columns, c))
		f.types = append(f.types, c.Type)
	}
	for i := range k.Len() {
		if key, ok := f.canonical(func(c int) (*batch.Vector, int) { return &k.Vectors[c], i }); ok {
			f.keys[string(key)] = true
		}
	}
}

func (f *filter) canonical(cell func(c int) (*batch.Vector, int)) ([]byte, bool) {
	f.buf = f.buf[:0]
	for c, t := range f.types {
		v, i := cell(c)
		if v.Null(i) {
			return nil, false
		}
		f.buf = batch.AppendCanonical(f.buf, t, v, i)
	}
	return f.buf, true
}

// none reports whether every row passes.
func (f *filter) none() bool { return len(f.tests) == 0 && f.keys == nil }

// pass judges row i of b, with what was read beside it in x.
func (f *filter) pass(b *batch.Batch, i int, x *batch.Batch) bool {
	cell := func(p place) (*batch.Vector, int) {
		if p.extra {
			return &x.Vectors[p.at], 0
		}
		return &b.Vectors[p.at], i
	}
	for t := range f.tests {
		if !f.tests[t].pass(cell(f.tests[t].place)) {
			return false
		}
	}
	if f.keys == nil {
		return true
	}
	key, ok := f.canonical(func(c int) (*batch.Vector, int) { return cell(f.key[c]) })
	return ok && f.keys[string(key)]
}

func (t *test) pass(v *batch.Vector, i int) bool {
	if v.Null(i) {
		return t.op == "null" || t.nulls
	}
	switch t.op {
	case "null":
		return false
	case "notnull":
		return true
	}
	if v.Storage() == schema.Floats && (v.Floats[i] != v.Floats[i] || t.literal.Floats[0] != t.literal.Floats[0]) {
		return false
	}
	c := compare(t.t, v, i, &t.literal, 0)
	switch t.op {
	case "=":
		return c == 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// compare orders two values of a type: numbers and times by value, all else by its bytes.
func compare(t schema.Type, a *batch.Vector, i int, b *batch.Vector, j int) int {
	switch {
	case t.Storage() == schema.Ints:
		return cmp.Compare(a.Ints[i], b.Ints[j])
	case t.Storage() == schema.Floats:
		return cmp.Compare(a.Floats[i], b.Floats[j])
	case t.Kind == schema.Decimal:
		return compareDecimals(a.Blob(i), b.Blob(j))
	}
	return bytes.Compare(a.Blob(i), b.Blob(j))
}

// compareDecimals orders canonical digits: -Infinity, the numbers, Infinity, NaN.
func compareDecimals(a, b []byte) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 || rank(a) != 0 {
		return c
	}
	less, more := a[0] == '-', b[0] == '-'
	switch {
	case less && more:
		return compareDigits(b[1:], a[1:])
	case less:
		return -1
	case more:
		return 1
	}
	return compareDigits(a, b)
}

func rank(x []byte) int {
	switch string(x) {
	case "-Infinity":
		return -1
	case "Infinity":
		return 1
	case "NaN":
		return 2
	}
	return 0
}

func compareDigits(a, b []byte) int {
	wholeA, restA, _ := bytes.Cut(a, []byte("."))
	wholeB, restB, _ := bytes.Cut(b, []byte("."))
	return cmp.Or(cmp.Compare(len(wholeA), len(wholeB)), bytes.Compare(wholeA, wholeB),
		bytes.Compare(bytes.TrimRight(restA, "0"), bytes.TrimRight(restB, "0")))
}
