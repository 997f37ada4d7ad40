package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// keysAtOnce is how many keys one statement asks for.
const keysAtOnce = 500

// reader steps through a statement, or several one after the other where keys are asked for in pieces.
type reader struct {
	from     lender
	c        *conn
	table    string
	sql      string // without the keys
	where    []string
	args     []any
	pieces   *pieces // nil: one statement is all
	s        *stmt
	columns  []schema.Column
	decoders []decoder
	places   []int // of the columns in the answer, those of the filter behind those asked for
	filter   *filter
	beside   *batch.Batch
	number   int // the place of the row's number in the answer, -1 for none
	matches  int // the place of how many rows of joined tables match, -1 for none
	joins    []providers.Join
	others   []*shape // of the joins
	group    string   // the end of the statement
	seen     int64
	failed   error
}

func read(ctx context.Context, from lender, spec providers.ReadSpec) (providers.Reader, error) {
	r, err := open(ctx, from, spec)
	if err != nil {
		return nil, failed("read", spec.Table.String(), err)
	}
	return r, nil
}

func open(ctx context.Context, from lender, spec providers.ReadSpec) (*reader, error) {
	name, err := tableName("read", spec.Table)
	if spec.Query != "" {
		name, err = "query", nil
	}
	if err != nil {
		return nil, err
	}
	c, err := from.reader(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{from: from, c: c, table: name, columns: spec.Columns, number: -1, matches: -1, joins: spec.Joins}
	if err := r.prepare(ctx, spec); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *reader) prepare(ctx context.Context, spec providers.ReadSpec) error {
	if len(spec.Columns) == 0 {
		return errors.New("no columns are asked for")
	}
	if spec.Query != "" {
		return r.asked(spec)
	}
	s, err := r.c.describe(ctx, r.table)
	if err != nil {
		return err
	}
	if s == nil {
		return notFound("read", r.table)
	}
	t := &schema.Table{Ref: spec.Table}
	if spec.Predicate != nil {
		if t, err = r.from.types(ctx, r.c, r.table); err != nil {
			return err
		}
	}
	if r.filter, err = newFilter(spec, t); err != nil {
		return err
	}
	from := " FROM " + quote(r.table)
	if len(r.joins) > 0 {
		if s.prefix = "t."; s.rowid != "" {
			s.rowid = s.prefix + s.rowid
		}
		if from, r.group, err = r.joined(ctx, s); err != nil {
			return err
		}
	}
	var names []string
	asked := slices.Concat(spec.Columns, r.filter.extra)
	err = r.decode(asked, func(name string) (int, bool) {
		if _, ok := s.column(name); ok {
			names = append(names, s.named(name))
		} else if name, ok := r.member(name); ok {
			names = append(names, name)
		} else {
			return 0, false
		}
		return len(names) - 1, true
	})
	if err != nil {
		return err
	}
	if s.rowid != "" {
		r.number, names = len(names), append(names, s.rowid)
	}
	if len(r.joins) > 0 {
		r.matches, names = len(names), append(names, "count(*)")
	}
	r.sql = "SELECT " + strings.Join(names, ", ") + from
	if err := r.narrow(spec, s); err != nil {
		return err
	}
	_, err = r.next()
	return err
}

// decode settles how the columns are read; place finds one in the answer.
func (r *reader) decode(columns []schema.Column, place func(name string) (int, bool)) error {
	r.beside = batch.New(r.filter.extra, 0)
	for _, c := range columns {
		at, ok := place(c.Name)
		if !ok {
			return &providers.Error{Op: "read", Object: r.table, Column: c.Name, Class: providers.NotFound, Err: errors.New("the table has no such column")}
		}
		d, err := decoderFor(c)
		if err != nil {
			return unsupported("read", r.table, "%w", err)
		}
		r.places, r.decoders = append(r.places, at), append(r.decoders, d)
	}
	return nil
}

// narrow adds what SQLite may decide: the chunk, which is its own, and bounds that leave out only rows the filter would.
func (r *reader) narrow(spec providers.ReadSpec, s *shape) error {
	if spec.Chunk != nil {
		where, args, err := chunkCondition(*spec.Chunk, s)
		if err != nil {
			return err
		}
		if where != "" {
			r.where, r.args = append(r.where, where), append(r.args, args...)
		}
	}
	for i := range r.filter.tests {
		x := &r.filter.tests[i]
		if where, arg, ok := bound(x, r.name(x.place), s); ok {
			r.where, r.args = append(r.where, where), append(r.args, arg)
		}
	}
	if spec.Keys != nil {
		r.pieces = newPieces(spec.Keys, s, r.filter)
	}
	return nil
}

func (r *reader) name(p place) string {
	if p.extra {
		return r.filter.extra[p.at].Name
	}
	return r.columns[p.at].Name
}

// bound is a comparison of integers. Texts and blobs, which sort above all numbers, are let through to be found wrong.
func bound(x *test, name string, s *shape) (string, any, bool) {
	c, ok := s.column(name)
	if !ok || affinityOf(c.declared) != asInteger || !x.t.IsInteger() || x.literal.Len() == 0 {
		return "", nil, false
	}
	q := s.named(name)
	where := q + " " + x.op + " ?"
	if x.op == "=" || x.op[0] == '<' {
		where += " OR " + q + " >= ''"
	}
	if x.nulls {
		where += " OR " + q + " IS NULL"
	}
	return "(" + where + ")", x.literal.Ints[0], true
}

// next prepares the next statement and reports whether there is one.
func (r *reader) next() (bool, error) {
	if r.s != nil {
		if r.pieces == nil || r.pieces.done() {
			return false, nil
		}
		r.s.close()
		r.s = nil
	}
	where, args := slices.Clone(r.where), slices.Clone(r.args)
	if r.pieces != nil {
		in, more, err := r.pieces.next()
		if err != nil {
			return false, err
		}
		where, args = append(where, in), append(args, more...)
	}
	sql := r.sql
	if len(where) > 0 {
		sql += " WHERE " + strings.Join(where, " AND ")
	}
	s, err := r.c.prepare(sql + r.group)
	if err != nil {
		return false, err
	}
	r.s = s
	return true, s.bind(args...)
}

// Next fills b. A value that its column's type does not allow ends the reading.
func (r *reader) Next(ctx context.Context, b *batch.Batch) error {
	b.Reset()
	if r.failed != nil {
		return r.failed
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(b.Vectors) != len(r.columns) {
		return fmt.Errorf("read %s: the batch has %d columns, want %d", r.table, len(b.Vectors), len(r.columns))
	}
	err := r.fill(ctx, b)
	if err != nil {
		r.failed = failed("read", r.table, interrupted(ctx, err))
		return r.failed
	}
	if b.Len() == 0 {
		r.failed = io.EOF
		return io.EOF
	}
	return nil
}

func (r *reader) fill(ctx context.Context, b *batch.Batch) error {
	defer r.c.watch(ctx)()
	for !b.Full() {
		row, err := r.s.step()
		if err != nil {
			return err
		}
		if !row {
			more, err := r.next()
			if err != nil {
				return err
			}
			if !more {
				r.failed = io.EOF // for the next call: stepping on would start the statement again
				return nil
			}
			continue
		}
		if err := r.row(b); err != nil {
			return err
		}
	}
	return nil
}

// row decodes one row and drops it again if it is not meant.
func (r *reader) row(b *batch.Batch) error {
	n := b.Len()
	r.seen++
	if err := r.single(); err != nil {
		return err
	}
	for i := range r.columns {
		if err := r.decoders[i](r.s, r.places[i], &b.Vectors[i]); err != nil {
			b.Truncate(n)
			return misplaced("read", r.table, r.columns[i].Name, r.position(), err)
		}
	}
	if r.filter.none() {
		return nil
	}
	r.beside.Reset()
	for i := range r.filter.extra {
		at := len(r.columns) + i
		if err := r.decoders[at](r.s, r.places[at], &r.beside.Vectors[i]); err != nil {
			b.Truncate(n)
			return misplaced("read", r.table, r.filter.extra[i].Name, r.position(), err)
		}
	}
	if !r.filter.pass(b, n, r.beside) {
		b.Truncate(n)
	}
	return nil
}

// position names the row by its number, which is no value of any column but a key's.
func (r *reader) position() string {
	if r.number >= 0 {
		return fmt.Sprintf("row with rowid %d", r.s.int(r.number))
	}
	return fmt.Sprintf("row %d of those read", r.seen)
}

func (r *reader) Close() error {
	if r.c == nil {
		return nil
	}
	if r.s != nil {
		r.s.close()
	}
	r.from.release(r.c)
	r.c = nil
	r.failed = fmt.Errorf("read %s: the reader is closed", r.table)
	return nil
}

// pieces asks for rows by key, some keys at a time, where SQLite finds a key by the very value that the row decodes to.
// Elsewhere it asks for all rows and leaves the choice to the filter.
type pieces struct {
	keys  *batch.Batch
	names []string
	list  string // of the names, as they stand in statements
	rows  []int  // of keys, each key once
	at    int
	all   bool
	asked bool
}

func newPieces(keys *batch.Batch, s *shape, f *filter) *pieces {
	p := &pieces{keys: keys}
	for _, k := range keys.Columns {
		c, _ := s.column(k.Name)
		if !findable(k.Type, c) {
			return &pieces{all: true}
		}
		p.names = append(p.names, k.Name)
	}
	p.list = s.list(p.names)
	seen := make(map[string]bool, len(f.keys))
	for i := range keys.Len() {
		key, ok := f.canonical(func(c int) (*batch.Vector, int) { return &keys.Vectors[c], i })
		if ok && !seen[string(key)] {
			seen[string(key)] = true
			p.rows = append(p.rows, i)
		}
	}
	return p
}

// findable reports whether equal values of a type have one stored form in the column, and are equal to SQLite only then.
func findable(t schema.Type, c column) bool {
	binary := c.collation == "" || strings.EqualFold(c.collation, "BINARY")
	switch a := affinityOf(c.declared); {
	case t.IsInteger() || t.Kind == schema.Bool:
		return a == asInteger || a == asNumeric || a == asGiven
	case t.Kind == schema.String || t.Kind == schema.Enum:
		return a == asText && binary
	case t.Kind == schema.Bytes:
		return a == asGiven
	case t.Kind == schema.UUID:
		return binary && strings.EqualFold(c.declared, names[schema.UUID])
	}
	return false
}

func (p *pieces) done() bool { return p.asked && (p.all || p.at >= len(p.rows)) }

func (p *pieces) next() (string, []any, error) {
	p.asked = true
	if p.all {
		return "1", nil, nil
	}
	end := min(p.at+keysAtOnce, len(p.rows))
	if p.at == end {
		return "0", nil, nil
	}
	var args []any
	one := "(?" + strings.Repeat(", ?", len(p.names)-1) + ")"
	for _, i := range p.rows[p.at:end] {
		for c := range p.names {
			args = append(args, keyArgument(p.keys, c, i))
		}
	}
	values := one + strings.Repeat(", "+one, end-p.at-1)
	p.at = end
	return "(" + p.list + ") IN (VALUES " + values + ")", args, nil
}

// keyArgument is a findable value as it is stored.
func keyArgument(k *batch.Batch, c, i int) any {
	v, t := &k.Vectors[c], k.Columns[c].Type
	switch {
	case v.Storage() == schema.Ints:
		return v.Ints[i]
	case t.Kind == schema.Bytes:
		return v.Blob(i)
	}
	return string(batch.AppendText(nil, t, v, i))
}
