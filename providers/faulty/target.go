package faulty

import (
	"context"
	"errors"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

type target struct {
	inner providers.Target
	p     *Plan
}

func (x target) Load(ctx context.Context, s providers.LoadSpec) (providers.Loader, error) {
	x.p.land()
	l, err := do(x.p, "load", func() (providers.Loader, error) { return x.inner.Load(ctx, s) })
	if err != nil {
		return nil, err
	}
	w := &loader{inner: l, p: x.p}
	if d, ok := l.(providers.Deleter); ok {
		return deleter{w, d}, nil
	}
	return w, nil
}

type loader struct {
	inner providers.Loader
	p     *Plan
	late  bool // it commits when the next one is begun
}

func (l *loader) Write(ctx context.Context, b *batch.Batch) error {
	return run(l.p, "write", func() error { return l.inner.Write(ctx, b) })
}

func (l *loader) Reject(ctx context.Context, r []providers.Reject) error {
	return run(l.p, "reject", func() error { return l.inner.Reject(ctx, r) })
}

func (l *loader) Commit(ctx context.Context, c providers.ChunkRecord) (providers.ChunkRecord, error) {
	if !l.p.late {
		return do(l.p, "commit", func() (providers.ChunkRecord, error) { return l.inner.Commit(ctx, c) })
	}
	fault := l.p.hit("commit")
	l.late = l.p.hold(fault, func() {
		_, err := l.inner.Commit(context.WithoutCancel(ctx), c)
		_ = errors.Join(err, l.inner.Close()) // nobody is there to hear of it
	})
	if fault != nil {
		return providers.ChunkRecord{}, fault
	}
	return l.inner.Commit(ctx, c)
}

func (l *loader) Close() error {
	if l.late {
		return nil
	}
	return shut(l.p, l.inner)
}

// Map passes entries of the key map on.
func (l *loader) Map(ctx context.Context, pairs []providers.KeyPair) error {
	m, ok := l.inner.(providers.KeyMapper)
	if !ok {
		return &providers.Error{Op: "load", Class: providers.Unsupported, Err: errors.New("the target keeps no key map")}
	}
	return run(l.p, "map", func() error { return m.Map(ctx, pairs) })
}

type deleter struct {
	*loader
	inner providers.Deleter
}

func (d deleter) Delete(ctx context.Context, keys *batch.Batch) error {
	return run(d.p, "delete", func() error { return d.inner.Delete(ctx, keys) })
}

type ledger struct {
	inner providers.Ledger
	p     *Plan
}

func (l ledger) LedgerStatements() []providers.Statement { return l.inner.LedgerStatements() }

func (l ledger) Open(ctx context.Context, o providers.Owner, r providers.Run) (int64, error) {
	return do(l.p, "open", func() (int64, error) { return l.inner.Open(ctx, o, r) })
}

func (l ledger) Begin(ctx context.Context, run, mapping string, c []providers.Chunk) ([]providers.Chunk, error) {
	return do(l.p, "begin", func() ([]providers.Chunk, error) { return l.inner.Begin(ctx, run, mapping, c) })
}

func (l ledger) Exec(ctx context.Context, s providers.Step) error {
	return run(l.p, "exec", func() error { return l.inner.Exec(ctx, s) })
}

func (l ledger) Reset(ctx context.Context, id, mapping string, epoch int64, empty providers.Statement) error {
	return run(l.p, "reset", func() error { return l.inner.Reset(ctx, id, mapping, epoch, empty) })
}

func (l ledger) Close(ctx context.Context, id, outcome string, definitions map[string]string) error {
	return run(l.p, "close run", func() error { return l.inner.Close(ctx, id, outcome, definitions) })
}

type history struct {
	inner providers.History
	p     *Plan
}

func (h history) Meta(ctx context.Context) (providers.Meta, error) {
	return do(h.p, "meta", func() (providers.Meta, error) { return h.inner.Meta(ctx) })
}

func (h history) Runs(ctx context.Context) ([]providers.Run, error) {
	return do(h.p, "runs", func() ([]providers.Run, error) { return h.inner.Runs(ctx) })
}

func (h history) Chunks(ctx context.Context, run, mapping string) ([]providers.Chunk, error) {
	return do(h.p, "chunk list", func() ([]providers.Chunk, error) { return h.inner.Chunks(ctx, run, mapping) })
}

func (h history) Recorded(ctx context.Context, run, mapping string) ([]providers.ChunkRecord, error) {
	return do(h.p, "recorded", func() ([]providers.ChunkRecord, error) { return h.inner.Recorded(ctx, run, mapping) })
}

func (h history) Steps(ctx context.Context, run string) ([]int, error) {
	return do(h.p, "steps", func() ([]int, error) { return h.inner.Steps(ctx, run) })
}

func (h history) Definitions(ctx context.Context) (map[string]string, error) {
	return do(h.p, "definitions", func() (map[string]string, error) { return h.inner.Definitions(ctx) })
}

type quarantine struct {
	inner providers.Quarantine
	p     *Plan
}

func (q quarantine) Rejects(ctx context.Context, id, mapping string, visit func(providers.Rejected) error) error {
	return run(q.p, "rejects", func() error { return q.inner.Rejects(ctx, id, mapping, visit) })
}
