package csv

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Read gives rows as the files are now.
func (e *endpoint) Read(ctx context.Context, s providers.ReadSpec) (providers.Reader, error) {
	t, err := e.find(s.Table)
	if err != nil {
		return nil, err
	}
	return e.read(ctx, t, s)
}

func (e *endpoint) read(ctx context.Context, t table, s providers.ReadSpec) (*reader, error) {
	if s.Query != "" || len(s.Joins) > 0 {
		return nil, &providers.Error{Op: "read", Object: t.name, Class: providers.Unsupported, Err: errors.New("files have no queries and no joins")}
	}
	filters, err := e.filters(ctx, t, s)
	if err != nil {
		return nil, &providers.Error{Op: "read", Object: t.name, Class: providers.Unsupported, Err: err}
	}
	r := &reader{table: t, columns: s.Columns, fields: make([]int, len(s.Columns)), filters: filters, files: t.files}
	if s.Chunk != nil {
		if err := r.narrow(s.Chunk.Bounds); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (e *endpoint) filters(ctx context.Context, t table, s providers.ReadSpec) ([]*filter, error) {
	var all []*filter
	if err := s.Cursor.Plain(s.Table); err != nil {
		return nil, err
	}
	if s.Cursor != nil {
		f, err := cursorFilter(s.Cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if s.Keys != nil {
		all = append(all, keysFilter(s.Keys))
	}
	if s.Predicate == nil {
		return all, nil
	}
	have, err := e.describe(ctx, t)
	if err != nil {
		return nil, err
	}
	for _, p := range s.Predicate.And {
		i := slices.IndexFunc(s.Columns, func(c schema.Column) bool { return c.Name == p.Column })
		column, ok := have.Column(p.Column)
		if i >= 0 {
			column, ok = s.Columns[i], true
		}
		if !ok {
			return nil, errors.New("a condition names a column that the table has not")
		}
		f, err := compareFilter(column, p)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// reader gives the rows of a table's files, one after the other.
type reader struct {
	table   table
	columns []schema.Column
	fields  []int // where they are in the file in hand
	filters []*filter
	files   []file // those still to be read
	span    *span
	rows    *rows   // of the file in hand
	lines   []int64 // of the rows of the batch in hand
}

// narrow keeps the part of the table that bounds name.
func (r *reader) narrow(bounds string) error {
	if bounds == wholeTable {
		return nil
	}
	if path, ok := strings.CutPrefix(bounds, partPrefix); ok {
		i := slices.IndexFunc(r.files, func(f file) bool { return f.shown == path })
		if i < 0 {
			return failure("read", path, providers.Conflict, "the part is no longer in the table")
		}
		r.files = r.files[i : i+1]
		return nil
	}
	s, err := parseSpan(bounds)
	if err != nil || len(r.files) != 1 {
		return failure("read", r.table.name, providers.Unsupported, "the bounds of the chunk are not known to this version")
	}
	r.span = &s
	return nil
}

// Next reads rows that pass every filter.
func (r *reader) Next(ctx context.Context, b *batch.Batch) error {
	b.Reset()
	r.lines = r.lines[:0]
	seen := 0
	for !b.Full() {
		if seen++; seen&1023 == 1 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := r.advance()
		if err == io.EOF && b.Len() > 0 {
			return nil
		}
		if err == nil {
			err = r.take(b)
		}
		if err != nil {
			b.Reset()
			return err
		}
	}
	return nil
}

// advance moves to the next record, of the next file if need be.
func (r *reader) advance() error {
	for {
		if r.rows == nil {
			if len(r.files) == 0 {
				return io.EOF
			}
			if err := r.open(&r.files[0]); err != nil {
				return err
			}
		}
		err := r.rows.next()
		if err != io.EOF {
			if err != nil {
				return r.blame(err)
			}
			return nil
		}
		if err := r.done(); err != nil {
			return err
		}
	}
}

// blame looks whether a file that makes no sense has changed under the reader.
func (r *reader) blame(err error) error {
	if changed := r.rows.file.unchanged(); changed != nil {
		return changed
	}
	return err
}

func (r *reader) done() error {
	f := r.rows.file
	err := r.rows.Close()
	r.rows, r.files = nil, r.files[1:]
	if err != nil {
		return fail("read", f.shown, err)
	}
	return f.unchanged()
}

func (r *reader) open(f *file) error {
	if err := f.unchanged(); err != nil {
		return err
	}
	rows, err := openRows(f)
	if err != nil {
		return err
	}
	r.rows = rows
	for i, c := range r.columns {
		if r.fields[i], err = r.fieldOf(c.Name); err != nil {
			return err
		}
	}
	for _, filter := range r.filters {
		for i, c := range filter.columns {
			if filter.fields[i], err = r.fieldOf(c.Name); err != nil {
				return err
			}
		}
	}
	if r.span != nil {
		return rows.seek(r.span.start, r.span.end, r.span.lines)
	}
	return nil
}

func (r *reader) fieldOf(name string) (int, error) {
	i := slices.Index(r.rows.names, name)
	if i < 0 {
		return 0, &providers.Error{Op: "read", Object: r.rows.file.shown, Column: name, Class: providers.NotFound,
			Err: errors.New("the file has no such column"), Remedy: "Its columns are: " + strings.Join(r.rows.names, ", ") + "."}
	}
	return i, nil
}

// take appends the record in hand if it passes the filters.
func (r *reader) take(b *batch.Batch) error {
	for _, f := range r.filters {
		for i, c := range f.columns {
			f.values[i].Reset()
			if err := r.parse(&f.values[i], c, f.fields[i]); err != nil {
				return err
			}
		}
		if !f.pass(f.values) {
			return nil
		}
	}
	for i, c := range r.columns {
		if err := r.parse(&b.Vectors[i], c, r.fields[i]); err != nil {
			return err
		}
	}
	r.lines = append(r.lines, r.rows.split.line)
	return nil
}

func (r *reader) parse(v *batch.Vector, c schema.Column, field int) error {
	if r.rows.null(field) {
		v.AppendNull()
		return nil
	}
	if err := batch.Parse(v, c.Type, r.rows.split.field(field)); err != nil {
		return r.blame(r.rows.misfit(c.Name, err))
	}
	return nil
}

// Close may be called at any time.
func (r *reader) Close() error {
	if r.rows == nil {
		return nil
	}
	rows := r.rows
	r.rows, r.files = nil, nil
	return fail("read", rows.file.shown, rows.Close())
}
