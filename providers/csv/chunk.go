package csv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	wholeTable = "all"
	partPrefix = "part "
)

// span is a stretch of a file that starts and ends between records.
type span struct{ start, end, lines int64 }

func (s span) String() string {
	return fmt.Sprintf("bytes %d-%d after %d lines", s.start, s.end, s.lines)
}

func parseSpan(text string) (span, error) {
	var s span
	if _, err := fmt.Sscanf(text, "bytes %d-%d after %d lines", &s.start, &s.end, &s.lines); err != nil || s.String() != text || s.end <= s.start {
		return s, errors.New("these are no bounds")
	}
	return s, nil
}

// Chunks cuts a file between records found by reading it once, and a kept table between its parts, since files have no
// index that a key could be looked up in. So where cuts by position are not allowed there is one chunk.
func (e *endpoint) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	found, err := e.find(t.Ref)
	if err != nil {
		return nil, err
	}
	return e.chunks(ctx, found, t, bytes, positional)
}

func (e *endpoint) chunks(ctx context.Context, found table, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	whole := []providers.Chunk{{Bounds: wholeTable, Rows: max(0, t.Rows)}}
	if !positional {
		return whole, nil
	}
	if found.kept != nil {
		return partChunks(found, whole), nil
	}
	f := &found.files[0]
	if f.size <= bytes || strings.HasSuffix(f.path, ".gz") {
		return whole, nil
	}
	cut, err := cutFile(ctx, f, bytes)
	if err != nil || len(cut) < 2 {
		return whole, err
	}
	return cut, nil
}

func partChunks(t table, whole []providers.Chunk) []providers.Chunk {
	if len(t.files) < 2 {
		return whole
	}
	chunks := make([]providers.Chunk, len(t.files))
	for i, f := range t.files {
		chunks[i] = providers.Chunk{N: i, Bounds: partPrefix + f.shown, Positional: true, Rows: t.kept.Parts[i].Rows}
	}
	return chunks
}

// cutFile gives nothing for a file whose bytes have to be decoded first.
func cutFile(ctx context.Context, f *file, bytes int64) (_ []providers.Chunk, err error) {
	r, err := openRows(f)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if !r.in.plain {
		return nil, nil
	}
	var chunks []providers.Chunk
	add := func(s span, rows int64) {
		chunks = append(chunks, providers.Chunk{N: len(chunks), Bounds: s.String(), Positional: true, Rows: rows})
	}
	s := span{start: r.split.offset(), lines: r.split.lines}
	if r.held {
		s = span{start: r.split.start}
	}
	rows := int64(0)
	for {
		if rows&1023 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := r.next(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if rows > 0 && r.split.start-s.start >= bytes {
			s.end = r.split.start
			add(s, rows)
			s, rows = span{start: s.end, lines: r.split.line - 1}, 0
		}
		rows++
	}
	if s.end = f.size; s.end > s.start {
		add(s, rows)
	}
	return chunks, f.unchanged()
}

// Count reads the rows and counts them.
func (e *endpoint) Count(ctx context.Context, s providers.ReadSpec) (int64, error) {
	t, err := e.find(s.Table)
	if err != nil {
		return 0, err
	}
	return e.count(ctx, t, s)
}

func (e *endpoint) count(ctx context.Context, t table, s providers.ReadSpec) (int64, error) {
	s.Columns = nil
	r, err := e.read(ctx, t, s)
	if err != nil {
		return 0, err
	}
	n := int64(0)
	nothing := batch.New(nil, 0)
	for {
		err := r.advance()
		if err == nil && n&1023 == 0 {
			err = context.Cause(ctx)
		}
		if err == io.EOF {
			return n, r.Close()
		}
		if err == nil {
			r.lines = r.lines[:0]
			err = r.take(nothing)
		}
		if err != nil {
			return 0, errors.Join(err, r.Close())
		}
		n += int64(len(r.lines))
	}
}

// Position is the largest value of a column.
func (e *endpoint) Position(ctx context.Context, ref schema.Ref, c schema.Column) (string, error) {
	t, err := e.find(ref)
	if err != nil {
		return "", err
	}
	return e.position(ctx, t, c)
}

func (e *endpoint) position(ctx context.Context, t table, c schema.Column) (string, error) {
	order, err := orderOf(c.Type)
	if err != nil {
		return "", &providers.Error{Op: "read", Object: t.name, Column: c.Name, Class: providers.Unsupported, Err: err}
	}
	largest, one := batch.NewVector(c.Type), batch.NewVector(c.Type)
	err = e.each(ctx, t, []schema.Column{c}, func(b *batch.Batch, i int, _ int64) error {
		if b.Vectors[0].Null(i) {
			return nil
		}
		one.Reset()
		one.AppendFrom(&b.Vectors[0], i)
		if largest.Len() == 0 || order(&one, &largest) > 0 {
			largest, one = one, largest
		}
		return nil
	})
	if err != nil || largest.Len() == 0 {
		return "", err
	}
	return string(batch.AppendText(nil, c.Type, &largest, 0)), nil
}

// each calls do for every row, with its line in its file.
func (e *endpoint) each(ctx context.Context, t table, columns []schema.Column, do func(b *batch.Batch, i int, line int64) error) error {
	r, err := e.read(ctx, t, providers.ReadSpec{Columns: columns})
	if err != nil {
		return err
	}
	return r.each(ctx, do)
}

func (r *reader) each(ctx context.Context, do func(b *batch.Batch, i int, line int64) error) error {
	b := batch.New(r.columns, 0)
	for {
		err := r.Next(ctx, b)
		if err == io.EOF {
			return r.Close()
		}
		for i := 0; err == nil && i < b.Len(); i++ {
			err = do(b, i, r.lines[i])
		}
		if err != nil {
			return errors.Join(err, r.Close())
		}
	}
}
