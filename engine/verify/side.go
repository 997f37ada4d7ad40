// Package verify compares both sides of a mapping: counts and digests first, and only where they differ the rows.
package verify

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Side is one side of a comparison: rows in the columns of the target, read as often as it takes.
type Side struct {
	Columns []schema.Column
	Key     []int // places of the key among Columns; empty: rows are compared as a multiset
	source  providers.Source
	spec    providers.ReadSpec
	parts   []providers.Chunk
	workers int
	through *transform.Transformer // nil: rows are as they stand
}

// Readable is a target as a source of the rows that stand in it.
func Readable(e providers.Endpoint, table schema.Ref) (providers.Source, error) {
	if source, ok := providers.As[providers.Source](e); ok {
		return source, nil
	}
	return nil, &providers.Error{Op: "read", Object: table.String(), Class: providers.Unsupported, Err: errors.New("the target cannot be read back")}
}

// Target is the target's table as it stands, read in ranges of its own.
func Target(ctx context.Context, e providers.Endpoint, d *plan.Definition, table schema.Ref, workers int) (Side, error) {
	source, err := Readable(e, table)
	if err != nil {
		return Side{}, err
	}
	s := Side{Columns: d.Columns(), source: source, workers: workers}
	s.Key = places(s.Columns, d.Key)
	s.spec = providers.ReadSpec{Table: table, Columns: s.Columns}
	cutter, ok := any(source).(providers.Chunker)
	if !ok || workers < 2 {
		return s, nil
	}
	inspector, ok := providers.As[providers.Inspector](e)
	if !ok {
		return s, nil
	}
	found, err := inspector.Inspect(ctx, []schema.Ref{table})
	if err != nil {
		return s, err
	}
	t, ok := found.Table(table)
	if !ok {
		return s, &providers.Error{Op: "read", Object: table.String(), Class: providers.NotFound, Err: errors.New("there is no such table")}
	}
	s.parts, err = cutter.Chunks(ctx, *t, 64<<20, false)
	return s, err
}

// Where narrows the rows of the side further; nil narrows nothing.
func (s Side) Where(p *schema.Predicate) Side {
	if p != nil {
		s.spec.Predicate = p
	}
	return s
}

// Source is what the source's rows become in the target: read by spec and taken through the transform.
func Source(source providers.Source, spec providers.ReadSpec, d *plan.Definition, t *transform.Transformer) Side {
	s := Side{Columns: d.Columns(), source: source, spec: spec, through: t, workers: 1}
	s.Key = places(s.Columns, d.Key)
	return s
}

func places(columns []schema.Column, names []string) []int {
	var out []int
	for _, n := range names {
		for i, c := range columns {
			if c.Name == n {
				out = append(out, i)
			}
		}
	}
	return out
}

// Scan hands every batch to visit, which may be called from several goroutines at once and must not keep the batch.
func (s Side) Scan(ctx context.Context, visit func(*batch.Batch) error) error {
	if len(s.parts) < 2 {
		return s.scan(ctx, s.spec, s.through, visit)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(s.workers)
	for _, p := range s.parts {
		spec := s.spec
		spec.Chunk = &p
		g.Go(func() error { return s.scan(gctx, spec, s.through, visit) })
	}
	return g.Wait()
}

func (s Side) scan(ctx context.Context, spec providers.ReadSpec, t *transform.Transformer, visit func(*batch.Batch) error) error {
	return providers.Each(ctx, s.source, spec, func(b *batch.Batch) error {
		if t != nil {
			r, err := t.Run(b)
			if err != nil {
				return err
			}
			b = r.Out
		}
		if b.Len() == 0 {
			return nil
		}
		return visit(b)
	})
}

// hashers lends out hashers with the same keys, one to a goroutine.
type hashers struct{ pool sync.Pool }

func lend(h *batch.Hasher) *hashers {
	return &hashers{pool: sync.Pool{New: func() any { return h.Clone() }}}
}

func (p *hashers) with(use func(*batch.Hasher)) {
	h := p.pool.Get().(*batch.Hasher)
	use(h)
	p.pool.Put(h)
}

// Sum is the digest of all rows over the named columns (places), all where columns is nil. progress may be nil.
func Sum(ctx context.Context, s Side, h *batch.Hasher, columns []int, progress func(rows int64)) (batch.Digest, error) {
	var mu sync.Mutex
	var total batch.Digest
	pool := lend(h)
	err := s.Scan(ctx, func(b *batch.Batch) error {
		var d batch.Digest
		pool.with(func(h *batch.Hasher) { d = h.Batch(b, columns) })
		mu.Lock()
		defer mu.Unlock()
		total = total.Plus(d)
		if progress != nil {
			progress(total.Rows)
		}
		return nil
	})
	return total, err
}
