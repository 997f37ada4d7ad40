package sqlite

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

// count has SQLite count where it decides alone, and else counts what a reader gives.
func count(ctx context.Context, from lender, spec providers.ReadSpec) (n int64, err error) {
	defer func() { err = failed("count", spec.Table.String(), err) }()
	if spec.Query != "" {
		return countQuery(ctx, from, spec)
	}
	spec.Joins = nil // a row has one match at most, so that they add none
	name, err := tableName("count", spec.Table)
	if err != nil {
		return 0, err
	}
	c, err := from.reader(ctx)
	if err != nil {
		return 0, err
	}
	s, err := c.describe(ctx, name)
	if err == nil && s == nil {
		err = notFound("count", name)
	}
	simple := spec.Keys == nil && spec.Cursor == nil && (spec.Predicate == nil || len(spec.Predicate.And) == 0)
	switch {
	case err != nil:
	case !simple:
		spec.Columns, err = deciding(ctx, from, c, spec)
	case spec.Chunk != nil:
		n, err = c.inChunk(ctx, s, *spec.Chunk)
	default:
		n, err = c.number(ctx, "SELECT count(*) FROM "+quote(name))
	}
	from.release(c)
	if err != nil || simple {
		return n, err
	}
	return countRead(ctx, from, spec)
}

// deciding are the columns that choose the rows; nothing else has to be decoded.
func deciding(ctx context.Context, from lender, c *conn, spec providers.ReadSpec) ([]schema.Column, error) {
	var out []schema.Column
	add := func(col schema.Column) {
		if !slices.ContainsFunc(out, func(o schema.Column) bool { return o.Name == col.Name }) {
			col.Null = true
			out = append(out, col)
		}
	}
	if spec.Cursor != nil {
		add(spec.Cursor.Column)
	}
	if spec.Keys != nil {
		for _, k := range spec.Keys.Columns {
			add(k)
		}
	}
	if spec.Predicate == nil {
		return out, nil
	}
	t, err := from.types(ctx, c, spec.Table.Name)
	if err != nil {
		return nil, err
	}
	for _, q := range spec.Predicate.And {
		if col, ok := t.Column(q.Column); ok { // newFilter says so where it is not
			add(col)
		}
	}
	if out == nil {
		return t.Columns[:1], nil
	}
	return out, nil
}

func countRead(ctx context.Context, from lender, spec providers.ReadSpec) (n int64, err error) {
	r, err := open(ctx, from, spec)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b := batch.New(spec.Columns, 0)
	for {
		if err := r.Next(ctx, b); err == io.EOF {
			return n, nil
		} else if err != nil {
			return 0, err
		}
		n += int64(b.Len())
	}
}

// position asks SQLite for the largest integer, which an index answers, and reads the whole column of every other type.
func position(ctx context.Context, from lender, t schema.Ref, col schema.Column) (_ string, err error) {
	defer func() { err = failed("position", t.String(), err) }()
	col.Null = true
	spec := providers.ReadSpec{Table: t, Columns: []schema.Column{col}}
	r, err := open(ctx, from, spec)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := r.largest(ctx); err != nil {
		return "", err
	}
	b, best := batch.New(spec.Columns, 0), batch.NewVector(col.Type)
	for {
		if err := r.Next(ctx, b); err == io.EOF {
			break
		} else if err != nil {
			return "", err
		}
		v := &b.Vectors[0]
		for i := range b.Len() {
			if !v.Null(i) && (best.Len() == 0 || compare(col.Type, v, i, &best, 0) > 0) {
				best.Reset()
				best.AppendFrom(v, i)
			}
		}
	}
	if best.Len() == 0 {
		return "", nil
	}
	return string(batch.AppendText(nil, col.Type, &best, 0)), nil
}

// largest makes a reader of one integer column give its largest value only. Texts and blobs are larger than all integers,
// so that a wrong value is found here too.
func (r *reader) largest(ctx context.Context) error {
	s, err := r.c.describe(ctx, r.table)
	if err != nil {
		return err
	}
	c, ok := s.column(r.columns[0].Name)
	if !ok || affinityOf(c.declared) != asInteger || !r.columns[0].Type.IsInteger() {
		return nil
	}
	largest, err := r.c.prepare("SELECT max(" + quote(c.name) + ") FROM " + quote(r.table))
	if err != nil {
		return err
	}
	r.s.close()
	r.s, r.number = largest, -1
	return nil
}

// countQuery counts the rows of a query.
func countQuery(ctx context.Context, from lender, spec providers.ReadSpec) (int64, error) {
	if spec.Keys != nil || spec.Predicate != nil {
		return countRead(ctx, from, spec)
	}
	c, err := from.reader(ctx)
	if err != nil {
		return 0, err
	}
	defer from.release(c)
	s, err := c.selecting(spec.Query)
	if err != nil {
		return 0, err
	}
	s.close()
	return c.number(ctx, "SELECT count(*) FROM (\n"+strings.TrimSuffix(strings.TrimSpace(spec.Query), ";")+"\n)")
}
