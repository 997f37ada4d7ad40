package memory

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/novumsolvo/migrateiq/providers"
)

type bookKey struct{ run, mapping string }

// book is the ledger's content, under the store's lock.
type book struct {
	meta        providers.Meta
	runs        []providers.Run
	lists       map[bookKey][]providers.Chunk
	records     []entry
	steps       map[string][]int
	rejects     map[bookKey]map[string][]providers.Reject
	written     map[bookKey]map[string]string
	definitions map[string]string
}

type entry struct {
	providers.ChunkRecord
	stale bool
}

func newBook() *book {
	return &book{lists: map[bookKey][]providers.Chunk{}, steps: map[string][]int{},
		rejects: map[bookKey]map[string][]providers.Reject{}, written: map[bookKey]map[string]string{}}
}

func (b *book) check(epoch int64) error {
	if b.meta.Epoch != epoch {
		return fault("write", "the fence", providers.Fenced, "another process has taken the target over: the fence is at %d, this process holds %d", b.meta.Epoch, epoch)
	}
	return nil
}

func (b *book) record(r providers.ChunkRecord, rejects []providers.Reject, written map[string]string) {
	b.records = slices.DeleteFunc(b.records, func(e entry) bool { return e.Run == r.Run && e.Mapping == r.Mapping && e.Chunk == r.Chunk })
	b.records = append(b.records, entry{ChunkRecord: r})
	k := bookKey{r.Run, r.Mapping}
	if b.rejects[k] == nil {
		b.rejects[k] = map[string][]providers.Reject{}
	}
	b.rejects[k][r.Chunk] = rejects
	if written != nil {
		b.written[k] = written
	}
}

// ledger is the endpoint's part that keeps the ledger.
type ledger struct{ s *store }

var (
	_ providers.Ledger     = ledger{}
	_ providers.History    = ledger{}
	_ providers.Quarantine = ledger{}
)

func (l ledger) LedgerStatements() []providers.Statement {
	return []providers.Statement{{SQL: []string{"{}"}, What: "keep a ledger"}}
}

func (l ledger) Open(_ context.Context, o providers.Owner, r providers.Run) (int64, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	b := l.s.book
	if b.meta.Format > 0 && b.meta.Lineage != o.Lineage {
		return 0, fault("open the ledger", "memory", providers.Conflict, "the target belongs to another state, of lineage %s", b.meta.Lineage)
	}
	known := -1
	for i, x := range b.runs {
		switch {
		case x.Closed.IsZero() && x.ID != r.ID:
			return 0, fault("open the ledger", "memory", providers.Conflict, "run %s is still open", x.ID)
		case !x.Closed.IsZero() && x.ID == r.ID:
			return 0, fault("open the ledger", "memory", providers.Conflict, "run %s is already closed", x.ID)
		case x.ID == r.ID:
			known = i
		}
	}
	if b.meta.Format == 0 {
		var key [32]byte
		if _, err := rand.Read(key[:]); err != nil {
			return 0, fmt.Errorf("make the ledger's secret: %w", err)
		}
		b.meta = providers.Meta{Format: 1, Target: uuid.NewString(), Lineage: o.Lineage, Secret: key[:]}
	}
	b.meta.Epoch++
	if known < 0 {
		r.Lineage, r.Opened = o.Lineage, time.Now().UTC()
		b.runs, known = append(b.runs, r), len(b.runs)
	}
	b.runs[known].Epoch = b.meta.Epoch
	return b.meta.Epoch, nil
}

func (l ledger) Begin(_ context.Context, run, mapping string, c []providers.Chunk) ([]providers.Chunk, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	k := bookKey{run, mapping}
	if _, ok := l.s.book.lists[k]; !ok {
		l.s.book.lists[k] = slices.Clone(c)
	}
	return slices.Clone(l.s.book.lists[k]), nil
}

func (l ledger) Exec(_ context.Context, s providers.Step) error {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	b := l.s.book
	if err := b.check(s.Epoch); err != nil || slices.Contains(b.steps[s.Run], s.N) {
		return err
	}
	next, err := apply(l.s.tables, s.Statement)
	if err != nil {
		return err
	}
	l.s.tables = next
	for i := range b.records {
		if r := &b.records[i]; s.Fresh != "" && r.Mapping == s.Fresh {
			r.stale = s.Runs == nil && (r.stale || r.Run != s.Run) || s.Runs != nil && !slices.Contains(s.Runs, r.Run)
		}
	}
	b.steps[s.Run] = append(b.steps[s.Run], s.N)
	return nil
}

func (l ledger) Reset(_ context.Context, run, mapping string, epoch int64, empty providers.Statement) error {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	b := l.s.book
	if err := b.check(epoch); err != nil {
		return err
	}
	next, err := apply(l.s.tables, empty)
	if err != nil {
		return err
	}
	l.s.tables = next
	k := bookKey{run, mapping}
	delete(b.lists, k)
	delete(b.rejects, k)
	delete(b.written, k)
	b.records = slices.DeleteFunc(b.records, func(e entry) bool { return e.Run == run && e.Mapping == mapping })
	return nil
}

func (l ledger) Close(_ context.Context, run, outcome string, definitions map[string]string) error {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	b := l.s.book
	i := slices.IndexFunc(b.runs, func(r providers.Run) bool { return r.ID == run })
	if i < 0 {
		return fault("close", "run "+run, providers.NotFound, "there is no such run")
	}
	b.runs[i].Closed, b.runs[i].Outcome = time.Now().UTC(), outcome
	maps.DeleteFunc(b.written, func(k bookKey, _ map[string]string) bool { return k.run == run })
	if definitions != nil {
		b.definitions = maps.Clone(definitions)
	}
	return nil
}

func (l ledger) Meta(context.Context) (providers.Meta, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	m := l.s.book.meta
	for _, r := range l.s.book.runs {
		if r.Closed.IsZero() {
			m.Open = &r
		}
	}
	return m, nil
}

func (l ledger) Runs(context.Context) ([]providers.Run, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return slices.Clone(l.s.book.runs), nil
}

func (l ledger) Chunks(_ context.Context, run, mapping string) ([]providers.Chunk, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return slices.Clone(l.s.book.lists[bookKey{run, mapping}]), nil
}

func (l ledger) Recorded(_ context.Context, run, mapping string) ([]providers.ChunkRecord, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	var out []providers.ChunkRecord
	for _, e := range l.s.book.records {
		if (run == "" && !e.stale || run == e.Run && run != "") && (mapping == "" || mapping == e.Mapping) {
			out = append(out, e.ChunkRecord)
		}
	}
	return out, nil
}

func (l ledger) Steps(_ context.Context, run string) ([]int, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return slices.Sorted(slices.Values(l.s.book.steps[run])), nil
}

func (l ledger) Definitions(context.Context) (map[string]string, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return maps.Clone(l.s.book.definitions), nil
}

func (l ledger) Rejects(_ context.Context, run, mapping string, visit func(providers.Rejected) error) error {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	for _, e := range l.s.book.records {
		if run != "" && run != e.Run || mapping != "" && mapping != e.Mapping {
			continue
		}
		for _, r := range l.s.book.rejects[bookKey{e.Run, e.Mapping}][e.Chunk] {
			if err := visit(providers.Rejected{Run: e.Run, Mapping: e.Mapping, Reject: r}); err != nil {
				return err
			}
		}
	}
	return nil
}
