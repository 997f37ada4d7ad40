// Package faulty makes an endpoint fail at one chosen call, so that tests can try every failure path.
package faulty

import (
	"context"
	"errors"
	"sync"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// ErrInjected is in the chain of every error that a Plan makes.
var ErrInjected = errors.New("injected fault")

// Plan counts the calls that reach the system, over all endpoints wrapped with it, and fails one of them. Calls that
// only say something (Info, Order, Define, Place, LedgerStatements, Moment) are not counted.
type Plan struct {
	at    int
	class providers.Class
	after bool
	late  bool
	dead  bool
	op    string

	mu      sync.Mutex
	held    func() // what a late commit has still to do
	calls   int
	reached bool
}

// Nth fails the n-th call, counted from 1, as a transient error; 0 fails none.
func Nth(n int) *Plan { return &Plan{at: n, class: providers.Transient} }

// As makes the fault one of another class.
func (p *Plan) As(c providers.Class) *Plan {
	p.class = c
	return p
}

// Dead fails every call from the chosen one on, as where the process is killed there.
func (p *Plan) Dead() *Plan {
	p.dead = true
	return p
}

// After lets the call do its work before it fails, as when an answer is lost.
func (p *Plan) After() *Plan {
	p.after = true
	return p
}

// Late makes the fault that of a COMMIT whose answer is lost while the server is still at it: what it did shows only when
// the next chunk is begun, after the ledger was asked. It is for On("commit").
func (p *Plan) Late() *Plan {
	p.late = true
	return p
}

// hold keeps a commit back, if it is the one that is to be late.
func (p *Plan) hold(fault error, commit func()) bool {
	if fault == nil || !p.late {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = commit
	return true
}

// land does what was kept back.
func (p *Plan) land() {
	p.mu.Lock()
	commit := p.held
	p.held = nil
	p.mu.Unlock()
	if commit != nil {
		commit()
	}
}

// On counts calls of one method only, such as commit, write, read, next, exec.
func (p *Plan) On(op string) *Plan {
	p.op = op
	return p
}

// Calls is the number of calls so far.
func (p *Plan) Calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// Reached reports whether the fault has happened. A loop over n ends where it does not.
func (p *Plan) Reached() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reached
}

// hit counts a call and gives its fault.
func (p *Plan) hit(op string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.op != "" && p.op != op {
		return nil
	}
	p.calls++
	if p.calls != p.at && !(p.dead && p.reached) {
		return nil
	}
	p.reached = true
	return &providers.Error{Op: op, Object: "the system", Class: p.class, Err: ErrInjected}
}

// do runs one call under the plan.
func do[T any](p *Plan, op string, call func() (T, error)) (T, error) {
	var none T
	fault := p.hit(op)
	if fault != nil && !p.after {
		return none, fault
	}
	x, err := call()
	if fault == nil || err != nil {
		return x, err
	}
	if c, ok := any(x).(interface{ Close() error }); ok { // what the caller never gets, it cannot close
		fault = errors.Join(fault, c.Close())
	}
	return none, fault
}

func run(p *Plan, op string, call func() error) error {
	_, err := do(p, op, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// shut always closes, and fails afterwards.
func shut(p *Plan, inner interface{ Close() error }) error {
	return errors.Join(inner.Close(), p.hit("close"))
}

// Wrap gives an endpoint with the capabilities of e, each of them under the plan.
func Wrap(e providers.Endpoint, p *Plan) providers.Endpoint {
	w := &endpoint{inner: e, p: p}
	add[providers.Inspector](w, func(x providers.Inspector) any { return inspector{x, p} })
	add[providers.Source](w, func(x providers.Source) any { return source{x, p} })
	add[providers.Snapshotter](w, func(x providers.Snapshotter) any { return snapshotter{x, p} })
	add[providers.Chunker](w, func(x providers.Chunker) any { return chunker{x, p} })
	add[providers.Counter](w, func(x providers.Counter) any { return counter{x, p} })
	add[providers.Positioner](w, func(x providers.Positioner) any { return positioner{x, p} })
	add[providers.Placer](w, func(x providers.Placer) any { return placer{x} })
	add[providers.Definer](w, func(x providers.Definer) any { return definer{x} })
	add[providers.Executor](w, func(x providers.Executor) any { return executor{x, p} })
	add[providers.Target](w, func(x providers.Target) any { return target{x, p} })
	add[providers.Ledger](w, func(x providers.Ledger) any { return ledger{x, p} })
	add[providers.History](w, func(x providers.History) any { return history{x, p} })
	add[providers.Quarantine](w, func(x providers.Quarantine) any { return quarantine{x, p} })
	return w
}

type endpoint struct {
	inner providers.Endpoint
	p     *Plan
	parts []any
}

// Parts are the wrapped capabilities. There is no Unwrap: As must not find the ones beneath.
func (w *endpoint) Parts() []any { return w.parts }

func (w *endpoint) Info() providers.Info { return w.inner.Info() }

func (w *endpoint) Close() error { return shut(w.p, w.inner) }

func add[T any](w *endpoint, wrap func(T) any) {
	if x, ok := providers.As[T](w.inner); ok {
		w.parts = append(w.parts, wrap(x))
	}
}

type (
	placer  struct{ providers.Placer }
	definer struct{ providers.Definer }

	inspector struct {
		inner providers.Inspector
		p     *Plan
	}
	source struct {
		inner providers.Source
		p     *Plan
	}
	snapshotter struct {
		inner providers.Snapshotter
		p     *Plan
	}
	chunker struct {
		inner providers.Chunker
		p     *Plan
	}
	counter struct {
		inner providers.Counter
		p     *Plan
	}
	positioner struct {
		inner providers.Positioner
		p     *Plan
	}
	executor struct {
		inner providers.Executor
		p     *Plan
	}
)

func (x inspector) Inspect(ctx context.Context, only []schema.Ref) (*schema.Catalog, error) {
	return do(x.p, "inspect", func() (*schema.Catalog, error) { return x.inner.Inspect(ctx, only) })
}

func (x source) Read(ctx context.Context, s providers.ReadSpec) (providers.Reader, error) {
	r, err := do(x.p, "read", func() (providers.Reader, error) { return x.inner.Read(ctx, s) })
	if err != nil {
		return nil, err
	}
	return reader{r, x.p}, nil
}

type reader struct {
	inner providers.Reader
	p     *Plan
}

func (r reader) Next(ctx context.Context, b *batch.Batch) error {
	return run(r.p, "next", func() error { return r.inner.Next(ctx, b) })
}

func (r reader) Close() error { return shut(r.p, r.inner) }

func (x chunker) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	return do(x.p, "chunks", func() ([]providers.Chunk, error) { return x.inner.Chunks(ctx, t, bytes, positional) })
}

func (x counter) Count(ctx context.Context, s providers.ReadSpec) (int64, error) {
	return do(x.p, "count", func() (int64, error) { return x.inner.Count(ctx, s) })
}

func (x positioner) Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error) {
	return do(x.p, "position", func() (string, error) { return x.inner.Position(ctx, t, c) })
}

func (x executor) Exec(ctx context.Context, s providers.Statement) error {
	return run(x.p, "exec", func() error { return x.inner.Exec(ctx, s) })
}
