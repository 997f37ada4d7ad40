package run_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/memory"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/state"
)

// lab is a source and a target in memory, a state, and a configuration that goes from one to the other.
type lab struct {
	t       testing.TB
	dir     string
	systems providers.Provider
	store   *store
	old     providers.Endpoint
	epoch   int64
	steps   int

	chunkBytes int64 // of the source
	batchRows  int   // that its readers give at most; 0: as many as fit
	workers    int
	beside     []providers.Provider
}

func newLab(t testing.TB, config string) *lab {
	t.Helper()
	l := &lab{t: t, dir: t.TempDir(), systems: memory.New(), store: &store{}, chunkBytes: 1 << 10, workers: 3}
	l.configure(config)
	l.old = l.open("old")
	epoch, err := as[providers.Ledger](l, l.old).Open(context.Background(), providers.Owner{Lineage: "by hand"}, providers.Run{ID: "by hand"})
	l.must(err)
	l.epoch = epoch
	return l
}

// configure writes the mappings, beside the two systems.
func (l *lab) configure(config string) {
	l.t.Helper()
	text := "source \"memory\" \"old\" {\n  name = \"old\"\n}\ntarget \"memory\" \"new\" {\n  name = \"new\"\n}\n" + config
	l.must(os.WriteFile(filepath.Join(l.dir, "main.miq.hcl"), []byte(text), 0o600))
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) open(name string) providers.Endpoint {
	l.t.Helper()
	e, err := l.systems.Open(context.Background(), &memory.Config{Name: name})
	l.must(err)
	return e
}

func as[T any](l *lab, e providers.Endpoint) T {
	l.t.Helper()
	x, ok := providers.As[T](e)
	if !ok {
		l.t.Fatalf("the system is no %T", *new(T))
	}
	return x
}

// change does a change of the source's tables.
func (l *lab) change(c schema.Change) {
	l.t.Helper()
	all, err := as[providers.Definer](l, l.old).Define(c)
	l.must(err)
	for _, st := range all {
		l.steps++
		l.must(as[providers.Ledger](l, l.old).Exec(context.Background(), providers.Step{Run: "by hand", N: l.steps, Epoch: l.epoch, Statement: st}))
	}
}

// put writes rows into a table of the source: over those of the same key where it has one.
func (l *lab) put(t schema.Table, rows ...[]any) {
	l.t.Helper()
	l.steps++
	spec := providers.LoadSpec{Run: "by hand", Mapping: "m", ChunkID: fmt.Sprint(l.steps), Epoch: l.epoch, Table: t.Ref, Columns: t.Columns, Mode: providers.Insert}
	if t.Primary != nil {
		spec.Mode, spec.Key, spec.Hasher = providers.Upsert, t.Primary.Columns, batch.NewHasher([16]byte{})
	}
	to, err := as[providers.Target](l, l.old).Load(context.Background(), spec)
	l.must(err)
	b := batch.New(t.Columns, 0)
	for _, row := range rows {
		for c, v := range row {
			switch v := v.(type) {
			case nil:
				b.Vectors[c].AppendNull()
			case int:
				b.Vectors[c].AppendInt(int64(v))
			case string:
				b.Vectors[c].AppendString(v)
			}
		}
	}
	l.must(to.Write(context.Background(), b))
	_, err = to.Commit(context.Background(), providers.ChunkRecord{Run: "by hand", Mapping: "m", Chunk: spec.ChunkID, Epoch: l.epoch})
	l.must(err)
	l.must(to.Close())
}

// rows gives a table's rows as texts in order, and the digest of them under a key that is always the same.
func (l *lab) rows(system, table string) ([]string, batch.Digest) {
	l.t.Helper()
	e := l.open(system)
	cat, err := as[providers.Inspector](l, e).Inspect(context.Background(), nil)
	l.must(err)
	t, ok := cat.Table(schema.Ref{Name: table})
	if !ok {
		return nil, batch.Digest{}
	}
	r, err := as[providers.Source](l, e).Read(context.Background(), providers.ReadSpec{Table: t.Ref, Columns: t.Columns})
	l.must(err)
	var out []string
	var sum batch.Digest
	h, b := batch.NewHasher([16]byte{1}), batch.New(t.Columns, 0)
	for {
		err := r.Next(context.Background(), b)
		if errors.Is(err, io.EOF) {
			break
		}
		l.must(err)
		sum = sum.Plus(h.Batch(b, nil))
		for i := range b.Len() {
			var row []string
			for c := range b.Vectors {
				if b.Vectors[c].Null(i) {
					row = append(row, "null")
				} else {
					row = append(row, string(batch.AppendText(nil, t.Columns[c].Type, &b.Vectors[c], i)))
				}
			}
			out = append(out, strings.Join(row, "|"))
		}
	}
	l.must(r.Close())
	slices.Sort(out)
	return out, sum
}

// engine reads the configuration. Every call that reaches a system is under the plan of faults.
func (l *lab) engine(faults *faulty.Plan) (*lang.Config, *engine.Engine) {
	l.t.Helper()
	set := providers.NewSet(append([]providers.Provider{&wrapping{l.systems, l, faults}}, l.beside...)...)
	cfg, diags := lang.Load(l.dir, set, lang.Options{})
	if diags.HasErrors() {
		l.t.Fatal(diags.Err())
	}
	return cfg, &engine.Engine{Providers: set, Secrets: secret.Resolver{}, Rules: policy.Builtin{}, Store: func(string) state.Store { return l.store },
		Version: "test", Owner: "a test", Parallel: l.workers, Now: time.Now}
}

// apply is the whole command: load, plan, apply.
func (l *lab) apply(faults *faulty.Plan) (*engine.Report, error) {
	l.t.Helper()
	cfg, e := l.engine(faults)
	p, diags, err := e.Plan(context.Background(), cfg, engine.PlanOptions{Refresh: true})
	if err != nil || diags.HasErrors() {
		return nil, errors.Join(err, diags.Err())
	}
	report, err := e.Apply(context.Background(), cfg, p.Plan, p.Permit, engine.ApplyOptions{})
	var partly *engine.Partly
	if errors.As(err, &partly) {
		for _, m := range partly.Report.Mappings {
			err = fmt.Errorf("%w; %s: %s", err, m.Address, m.Failed)
		}
	}
	return report, err
}

// closed is what holds once an apply has come to its end: one record for each chunk, and no run that is open.
func (l *lab) closed() {
	l.t.Helper()
	h := as[providers.History](l, l.open("new"))
	meta, err := h.Meta(context.Background())
	l.must(err)
	if l.store.snap.OpenRun != nil || meta.Open != nil {
		l.t.Errorf("open runs: state %v, ledger %v, want none", l.store.snap.OpenRun != nil, meta.Open)
	}
	for address, m := range l.store.snap.Mappings {
		list, err := h.Chunks(context.Background(), m.ListRun, m.UID)
		l.must(err)
		records, err := h.Recorded(context.Background(), m.ListRun, m.UID)
		l.must(err)
		met := map[string]bool{}
		for _, r := range records {
			met[r.Chunk] = true
		}
		if len(list) == 0 || len(records) != len(list) || len(met) != len(list) {
			l.t.Errorf("ledger of %s: got %d chunks, %d records of %d chunks, want one record for each", address, len(list), len(records), len(met))
		}
	}
}

// wrapping opens the lab's systems with its sizes and faults.
type wrapping struct {
	providers.Provider
	l      *lab
	faults *faulty.Plan
}

func (w *wrapping) Open(ctx context.Context, cfg providers.Config) (providers.Endpoint, error) {
	e, err := w.Provider.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return faulty.Wrap(&sized{e, w.l}, w.faults), nil
}

// sized is an endpoint whose snapshots are cut and read in the lab's sizes.
type sized struct {
	providers.Endpoint
	l *lab
}

func (s *sized) Unwrap() providers.Endpoint { return s.Endpoint }

func (s *sized) Snapshot(ctx context.Context, readers int) (providers.Snapshot, error) {
	inner, err := as[providers.Snapshotter](s.l, s.Endpoint).Snapshot(ctx, readers)
	if err != nil {
		return nil, err
	}
	return &sizedSnapshot{inner, s.l}, nil
}

type sizedSnapshot struct {
	providers.Snapshot
	l *lab
}

func (s *sizedSnapshot) Chunks(ctx context.Context, t schema.Table, _ int64, positional bool) ([]providers.Chunk, error) {
	return s.Snapshot.(providers.Chunker).Chunks(ctx, t, s.l.chunkBytes, positional)
}

func (s *sizedSnapshot) Count(ctx context.Context, spec providers.ReadSpec) (int64, error) {
	return s.Snapshot.(providers.Counter).Count(ctx, spec)
}

func (s *sizedSnapshot) Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error) {
	return s.Snapshot.(providers.Positioner).Position(ctx, t, c)
}

func (s *sizedSnapshot) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	r, err := s.Snapshot.Read(ctx, spec)
	if err != nil || s.l.batchRows == 0 {
		return r, err
	}
	return &fewAtOnce{Reader: r, n: s.l.batchRows, have: batch.New(spec.Columns, 0)}, nil
}

// fewAtOnce deals out the batches of a reader in smaller ones.
type fewAtOnce struct {
	providers.Reader
	n, at int
	have  *batch.Batch
}

func (r *fewAtOnce) Next(ctx context.Context, b *batch.Batch) error {
	b.Reset()
	if r.at == r.have.Len() {
		if err := r.Reader.Next(ctx, r.have); err != nil {
			return err
		}
		r.at = 0
	}
	for ; r.at < r.have.Len() && b.Len() < r.n; r.at++ {
		b.AppendRow(r.have, r.at)
	}
	return nil
}

// store keeps the state in memory, as bytes, and fails the call that it is told to.
type store struct {
	mu     sync.Mutex
	text   []byte
	snap   state.Snapshot // as it was saved last
	locked bool
	calls  int
	failAt int
}

var errStore = errors.New("the disk is full")

func (s *store) hit() error {
	if s.calls++; s.calls == s.failAt {
		return errStore
	}
	return nil
}

func (s *store) Load(context.Context) (state.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.hit(); err != nil {
		return state.Snapshot{}, err
	}
	return s.load()
}

func (s *store) load() (state.Snapshot, error) {
	if s.text == nil {
		return state.Snapshot{}, nil
	}
	snap, _, err := state.Decode(s.text)
	return snap, err
}

func (s *store) Save(_ context.Context, next state.Snapshot) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.hit(); err != nil {
		return 0, err
	}
	now, err := s.load()
	if err != nil {
		return 0, err
	}
	if now.Serial != next.Serial || now.Serial > 0 && now.Lineage != next.Lineage {
		return 0, state.ErrConflict
	}
	next.Serial++
	text, _, err := state.Encode(next)
	if err != nil {
		return 0, err
	}
	s.text = text
	s.snap, err = s.load()
	return next.Serial, err
}

func (s *store) Lock(ctx context.Context, owner string) (state.Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locked {
		return nil, &state.LockedError{Object: "the state", Holder: state.Holder{Owner: owner}}
	}
	s.locked = true
	return &lease{s, context.WithoutCancel(ctx)}, nil
}

type lease struct {
	s   *store
	ctx context.Context
}

func (l *lease) Context() context.Context { return l.ctx }

func (l *lease) Epoch() int64 { return 0 }

func (l *lease) Unlock() error {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	l.s.locked = false
	return nil
}
