package postgres

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// source reads in transactions that it takes and gives back: fresh ones, or those of a snapshot.
type source struct {
	e    *endpoint
	take func(ctx context.Context) (*tx, error)
	back func(t *tx, whole bool) // whole: the transaction is good for another read
	// alive ends with the moment that is read, and its cause is the error of all that is under way; nil: no moment is held
	alive context.Context
}

// fail is the error of something done to object: after the end of the moment always that of the moment.
func (s source) fail(op, object string, err error) error {
	if err != nil && s.alive != nil && s.alive.Err() != nil && !errors.Is(err, errClosed) {
		return context.Cause(s.alive)
	}
	return s.e.fail(op, object, err)
}

// now is the source of single reads, each at its own moment.
func (e *endpoint) now() source {
	return source{
		e:    e,
		take: func(ctx context.Context) (*tx, error) { return e.pool.begin(ctx, readOnly) },
		back: func(t *tx, _ bool) { t.end() },
	}
}

// asked is now for what plan asks, whose statements have to end within statement_timeout.
func (e *endpoint) asked() source {
	s := e.now()
	s.take = func(ctx context.Context) (*tx, error) { return e.pool.begin(ctx, asking) }
	return s
}

// with runs f in one transaction.
func (s source) with(ctx context.Context, f func(*tx) error) error {
	t, err := s.take(ctx)
	if err != nil {
		return err
	}
	err = f(t)
	s.back(t, err == nil)
	return err
}

func (e *endpoint) Read(ctx context.Context, s providers.ReadSpec) (providers.Reader, error) {
	return e.now().Read(ctx, s)
}

func (e *endpoint) Count(ctx context.Context, s providers.ReadSpec) (int64, error) {
	return e.asked().Count(ctx, s)
}

func (e *endpoint) Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error) {
	return e.asked().Position(ctx, t, c)
}

func (e *endpoint) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	return e.asked().Chunks(ctx, t, bytes, positional)
}

// Read starts a COPY, which ends with ctx; the server sends ahead by a few pieces.
func (s source) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	object := spec.Table.String()
	t, err := s.take(ctx)
	if err != nil {
		return nil, s.fail("read", object, err)
	}
	r := &reader{source: s, tx: t, object: object, end: func() {}}
	if s.alive != nil {
		reading, cancel := context.WithCancel(ctx)
		unwatch := context.AfterFunc(s.alive, cancel)
		ctx, r.end = reading, func() { unwatch(); cancel() }
	}
	if err := r.start(ctx, spec); err != nil {
		r.end()
		s.back(t, false)
		return nil, s.fail("read", object, err)
	}
	return r, nil
}

type reader struct {
	source source
	tx     *tx
	object string
	query  bool
	rows   *rows
	end    func() // no longer ends with the moment
	whole  bool   // read to the end
	closed bool
}

func (r *reader) start(ctx context.Context, spec providers.ReadSpec) error {
	rel, err := r.source.e.relation(ctx, r.tx, spec)
	if err != nil {
		return err
	}
	r.query = spec.Query != ""
	if err := rel.check("read", spec.Columns); err != nil {
		return err
	}
	if err := rel.readable("read", spec.Columns); err != nil {
		return err
	}
	if len(spec.Columns) == 0 {
		return errors.New("no columns are asked for")
	}
	from, err := r.source.e.rows(rel, spec)
	if err != nil {
		return err
	}
	names := make([]string, len(spec.Columns))
	for i, c := range spec.Columns {
		names[i] = rel.selected(c.Name)
	}
	behind := rel.counted()
	if err := rel.path(ctx, r.tx); err != nil {
		return err
	}
	names, decode, err := r.source.e.ways(rel.of(spec.Columns), spec.Columns, names)
	if err != nil {
		return err
	}
	out := copyOut(ctx, r.tx.conn, "SELECT "+strings.Join(append(names, behind...), ", ")+" "+from)
	r.rows = decodeRows(out, spec.Columns, decode)
	r.rows.behind = len(behind)
	return nil
}

func (r *reader) Next(ctx context.Context, b *batch.Batch) error {
	if r.closed {
		return errors.New("read " + r.object + ": the reader is closed")
	}
	if alive := r.source.alive; alive != nil && alive.Err() != nil { // whoever stops the COPY may not have come to it yet
		return context.Cause(alive)
	}
	if ctx.Err() != nil { // although rows may be there
		return r.source.fail("read", r.object, context.Cause(ctx))
	}
	err := r.rows.next(ctx, b)
	if err == io.EOF {
		<-r.rows.from.done
		if r.rows.from.err == nil {
			r.whole = true
			return io.EOF
		}
		err = r.rows.from.err
	}
	var bad *providers.Error
	if errors.As(err, &bad) && bad.Object == "row" {
		bad.Object = r.object
	}
	err = r.source.fail("read", r.object, err)
	if r.query && errors.As(err, &bad) && bad.Class == providers.Denied {
		bad.Remedy = "A query only reads what the role may see: leave out functions that change something."
	}
	return err
}

func (r *reader) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	r.end()
	if r.whole {
		<-r.rows.from.done
		r.rows.from.cancel()
	} else {
		r.rows.from.close()
	}
	r.source.back(r.tx, r.whole && r.rows.from.err == nil)
	return nil
}

// Count lets the server count.
func (s source) Count(ctx context.Context, spec providers.ReadSpec) (n int64, err error) {
	err = s.with(ctx, func(t *tx) error {
		spec.Joins = nil // a row has one match at most, so that they add none
		rel, err := s.e.relation(ctx, t, spec)
		if err != nil {
			return err
		}
		if err := rel.readable("count", nil); err != nil {
			return err
		}
		from, err := s.e.rows(rel, spec)
		if err != nil {
			return err
		}
		if err := rel.path(ctx, t); err != nil {
			return err
		}
		return t.row(ctx, "SELECT count(*) "+from).Scan(&n)
	})
	return n, s.fail("count", spec.Table.String(), err)
}

// Position takes the largest value by the server's own order, as the server compares it later.
func (s source) Position(ctx context.Context, table schema.Ref, c schema.Column) (text string, err error) {
	err = s.with(ctx, func(t *tx) error {
		rel, err := find(ctx, t, table)
		if err != nil {
			return err
		}
		if err := errors.Join(rel.check("read", []schema.Column{c}), rel.readable("read", []schema.Column{c})); err != nil {
			return err
		}
		from, err := s.e.rows(rel, providers.ReadSpec{Table: table})
		if err != nil {
			return err
		}
		f := rel.forms[c.Name]
		if f.ops == "" {
			return &providers.Error{Op: "read", Object: table.String(), Column: c.Name, Class: providers.Unsupported, Err: errUnordered}
		}
		if err := rel.path(ctx, t); err != nil {
			return err
		}
		name := "t." + quote(c.Name)
		w, err := s.e.way(f, name)
		if err != nil {
			return err
		}
		text, err = s.e.largest(ctx, t, c, w.decode, "SELECT "+w.sql+" "+from+" WHERE "+name+" IS NOT NULL ORDER BY "+name+" DESC LIMIT 1")
		return err
	})
	return text, s.fail("read", table.String(), err)
}

var errNaN = errors.New("the cursor's largest value is NaN, behind which no row could ever be found")

var errUnordered = errors.New("values of its type have no order, by which there could be a largest")

func (e *endpoint) largest(ctx context.Context, t *tx, c schema.Column, decode decoder, sql string) (string, error) {
	out := copyOut(ctx, t.conn, sql)
	defer out.close()
	columns := []schema.Column{c}
	r := decodeRows(out, columns, []decoder{decode})
	b := batch.New(columns, 0)
	switch err := r.next(ctx, b); {
	case err == io.EOF:
		<-out.done
		return "", nil
	case err != nil:
		return "", err
	}
	<-out.done
	text := string(batch.AppendText(nil, c.Type, &b.Vectors[0], 0))
	if text == "NaN" && (c.Type.Kind == schema.Float32 || c.Type.Kind == schema.Float64 || c.Type.Kind == schema.Decimal) {
		return "", &providers.Error{Op: "read", Object: "cursor", Column: c.Name, Class: providers.BadValue, Err: errNaN}
	}
	return text, nil
}
