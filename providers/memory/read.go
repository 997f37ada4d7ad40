package memory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/cockroachdb/apd/v3"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// reader gives the rows that were chosen when it was opened.
type reader struct {
	from   *table
	rows   []int
	places []int
	at     int
	closed bool
}

func (s *snapshot) Read(_ context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	if spec.Query != "" || len(spec.Joins) > 0 {
		return nil, &providers.Error{Op: "read", Object: spec.Table.String(), Class: providers.Unsupported, Err: fmt.Errorf("the memory has no queries and no joins")}
	}
	t := s.tables[spec.Table]
	if t == nil {
		return nil, notFound("read", spec.Table)
	}
	r := &reader{from: t}
	for _, c := range spec.Columns {
		i := t.place(c.Name)
		if i < 0 {
			return nil, &providers.Error{Op: "read", Object: spec.Table.String(), Column: c.Name, Class: providers.NotFound, Err: fmt.Errorf("the table has no such column")}
		}
		r.places = append(r.places, i)
	}
	rows, err := t.choose(spec)
	if err != nil {
		return nil, err
	}
	r.rows = rows
	return r, nil
}

func (r *reader) Next(ctx context.Context, b *batch.Batch) error {
	b.Reset()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case r.closed:
		return fmt.Errorf("read %s: the reader is closed", r.from.def.Ref)
	}
	for ; r.at < len(r.rows) && !b.Full(); r.at++ {
		for c, p := range r.places {
			b.Vectors[c].AppendFrom(&r.from.rows.Vectors[p], r.rows[r.at])
		}
	}
	if b.Len() == 0 {
		return io.EOF
	}
	return nil
}

func (r *reader) Close() error {
	r.closed = true
	return nil
}

func (t *table) place(name string) int {
	return slices.IndexFunc(t.def.Columns, func(c schema.Column) bool { return c.Name == name })
}

// choose gives the rows that a spec means, in the order in which they stand.
func (t *table) choose(spec providers.ReadSpec) ([]int, error) {
	tests, err := t.tests(spec)
	if err != nil {
		return nil, err
	}
	var rows []int
	for i := range t.rows.Len() {
		if !slices.ContainsFunc(tests, func(pass func(int) bool) bool { return !pass(i) }) {
			rows = append(rows, i)
		}
	}
	return rows, nil
}

func (t *table) tests(spec providers.ReadSpec) ([]func(int) bool, error) {
	var tests []func(int) bool
	add := func(column, op, value string, nulls bool) error {
		test, err := t.test(column, op, value, nulls)
		tests = append(tests, test)
		return err
	}
	if spec.Chunk != nil {
		in, err := t.inChunk(*spec.Chunk)
		if err != nil {
			return nil, err
		}
		tests = append(tests, in)
	}
	if err := spec.Cursor.Plain(spec.Table); err != nil {
		return nil, err
	}
	if c := spec.Cursor; c != nil {
		for _, end := range []schema.Compare{{Op: ">", Value: c.After}, {Op: "<=", Value: c.UpTo}} {
			if end.Value != "" {
				if err := add(c.Column.Name, end.Op, end.Value, c.After == ""); err != nil {
					return nil, err
				}
			}
		}
	}
	if spec.Predicate != nil {
		for _, q := range spec.Predicate.And {
			if err := add(q.Column, q.Op, q.Value, false); err != nil {
				return nil, err
			}
		}
	}
	if spec.Keys != nil {
		in, err := t.inKeys(spec.Keys)
		if err != nil {
			return nil, err
		}
		tests = append(tests, in)
	}
	return tests, nil
}

func (t *table) test(column, op, value string, nulls bool) (func(int) bool, error) {
	p := t.place(column)
	if p < 0 {
		return nil, &providers.Error{Op: "read", Object: t.def.Ref.String(), Column: column, Class: providers.NotFound, Err: fmt.Errorf("the table has no such column")}
	}
	v, typ := &t.rows.Vectors[p], t.def.Columns[p].Type
	switch op {
	case "null":
		return v.Null, nil
	case "notnull":
		return func(i int) bool { return !v.Null(i) }, nil
	}
	literal := batch.NewVector(typ)
	if err := batch.Parse(&literal, typ, []byte(value)); err != nil {
		return nil, fmt.Errorf("read %s: the literal for column %s: %w", t.def.Ref, column, err)
	}
	want := map[string]func(int) bool{
		"=": func(c int) bool { return c == 0 }, "<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
		">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
	}[op]
	if want == nil {
		return nil, fault("read", op, providers.Unsupported, "this comparison is not known")
	}
	return func(i int) bool {
		if v.Null(i) {
			return nulls
		}
		return want(compare(typ, v, i, &literal, 0))
	}, nil
}

func compare(t schema.Type, a *batch.Vector, i int, b *batch.Vector, j int) int {
	switch {
	case t.Storage() == schema.Ints:
		return cmp.Compare(a.Ints[i], b.Ints[j])
	case t.Storage() == schema.Floats:
		return cmp.Compare(a.Floats[i], b.Floats[j])
	case t.Kind == schema.Decimal:
		x, _, errX := apd.NewFromString(string(a.Blob(i)))
		y, _, errY := apd.NewFromString(string(b.Blob(j)))
		if errX == nil && errY == nil {
			return x.Cmp(y)
		}
	}
	return bytes.Compare(a.Blob(i), b.Blob(j))
}

func (t *table) inKeys(keys *batch.Batch) (func(int) bool, error) {
	var places []int
	for _, c := range keys.Columns {
		p := t.place(c.Name)
		if p < 0 {
			return nil, &providers.Error{Op: "read", Object: t.def.Ref.String(), Column: c.Name, Class: providers.NotFound, Err: fmt.Errorf("the table has no such column")}
		}
		places = append(places, p)
	}
	asked := map[string]bool{}
	for i := range keys.Len() {
		if k, ok := canonical(keys, nil, i); ok {
			asked[k] = true
		}
	}
	return func(i int) bool {
		k, ok := canonical(t.rows, places, i)
		return ok && asked[k]
	}, nil
}

// canonical is a row's key as bytes, of all columns where places is nil; a null makes none.
func canonical(b *batch.Batch, places []int, i int) (string, bool) {
	if places == nil {
		for c := range b.Vectors {
			places = append(places, c)
		}
	}
	var key []byte
	for _, c := range places {
		if b.Vectors[c].Null(i) {
			return "", false
		}
		key = batch.AppendCanonical(key, b.Columns[c].Type, &b.Vectors[c], i)
	}
	return string(key), true
}

// bounds cut a table by a hash of the key, or by position where there is none.
type bounds struct {
	Part, Of int
	From, To int // positions; To 0: no end
	Position bool
}

func (t *table) inChunk(c providers.Chunk) (func(int) bool, error) {
	var b bounds
	if err := json.Unmarshal([]byte(c.Bounds), &b); err != nil {
		return nil, fmt.Errorf("read the bounds of chunk %d: %w", c.N, err)
	}
	if b.Position {
		return func(i int) bool { return i >= b.From && (b.To == 0 || i < b.To) }, nil
	}
	if b.Of < 2 {
		return func(int) bool { return true }, nil
	}
	h, key := batch.NewHasher([16]byte{}), t.key(t.def.Primary)
	return func(i int) bool { return int(h.Row(t.rows, i, key).A%uint64(b.Of)) == b.Part }, nil
}

func (t *table) key(k *schema.Key) []int {
	var places []int
	for _, c := range k.Columns {
		places = append(places, t.place(c))
	}
	return places
}

func (s *snapshot) Chunks(_ context.Context, def schema.Table, size int64, positional bool) ([]providers.Chunk, error) {
	t := s.tables[def.Ref]
	if t == nil {
		return nil, notFound("chunk", def.Ref)
	}
	n, rows := 1, t.rows.Len()
	if size > 0 {
		n = int(min(1+int64(t.rows.Bytes())/size, int64(max(1, rows))))
	}
	if t.def.Primary == nil && !positional {
		n = 1
	}
	var out []providers.Chunk
	for i := range n {
		b := bounds{Part: i, Of: n}
		if t.def.Primary == nil && positional {
			b = bounds{Position: true, From: i * rows / n, To: (i + 1) * rows / n}
			if i == n-1 {
				b.To = 0
			}
		}
		text, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("write the bounds: %w", err)
		}
		out = append(out, providers.Chunk{N: i, Bounds: string(text), Positional: b.Position, Rows: int64(rows / n)})
	}
	return out, nil
}

func (s *snapshot) Count(_ context.Context, spec providers.ReadSpec) (int64, error) {
	t := s.tables[spec.Table]
	if t == nil {
		return 0, notFound("count", spec.Table)
	}
	rows, err := t.choose(spec)
	return int64(len(rows)), err
}

func (s *snapshot) Position(_ context.Context, r schema.Ref, c schema.Column) (string, error) {
	t := s.tables[r]
	if t == nil || t.place(c.Name) < 0 {
		return "", notFound("position", r)
	}
	v, best := &t.rows.Vectors[t.place(c.Name)], -1
	for i := range t.rows.Len() {
		if !v.Null(i) && (best < 0 || compare(c.Type, v, i, v, best) > 0) {
			best = i
		}
	}
	if best < 0 {
		return "", nil
	}
	return string(batch.AppendText(nil, c.Type, v, best)), nil
}
