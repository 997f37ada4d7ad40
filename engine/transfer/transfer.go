// Package transfer moves one table's rows, chunk by chunk, each chunk in one transaction with its ledger row.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// ChunkBytes is about how much one transaction moves.
const ChunkBytes = 8 << 20

// Job is the moving of one mapping's rows.
type Job struct {
	Run         string
	Mapping     string // its address, for events
	UID         string // its name in the ledger
	Epoch       int64
	Definition  *plan.Definition
	Move        plan.Transfer
	Source      providers.Source
	Moment      string
	Target      providers.Endpoint
	Chunks      []providers.Chunk                // to be done
	Redo        map[string]providers.ChunkRecord // of chunks committed at an older moment, by id
	Hasher      *batch.Hasher
	Transformer *transform.Transformer
	Workers     int
	Tell        event.Sink
	Slots       chan struct{}   // holds one for every chunk under way, of all jobs that share it
	Stop        <-chan struct{} // closed: finish the chunks in hand and start no other
	Done        int64           // rows of chunks committed before
	Rejected    int64           // rows rejected in them
	Total       int64           // rows expected in all, 0 unknown
}

// ErrStopped says that Stop was closed before all chunks were done.
var ErrStopped = errors.New("stopped after the chunk in hand")

// TooManyRejects says that max_rejects was passed; the chunk that passed it was not committed.
type TooManyRejects struct {
	Rejected, Read int64
}

func (e *TooManyRejects) Error() string {
	return fmt.Sprintf("%d of %d rows were rejected, more than max_rejects allows", e.Rejected, e.Read)
}

// Result is what all chunks of a job came to.
type Result struct {
	Written, Filtered, Rejected int64
	Records                     []providers.ChunkRecord
}

// Run does the chunks, several at once. The first error ends it; what is committed stays.
func Run(ctx context.Context, j Job) (Result, error) {
	m := &mover{Job: j, read: j.Done, rejected: j.Rejected}
	target, ok := providers.As[providers.Target](j.Target)
	if !ok {
		return Result{}, &providers.Error{Op: "load", Object: j.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the system takes no rows")}
	}
	m.target = target
	queue := make(chan providers.Chunk, len(j.Chunks))
	for _, c := range j.Chunks {
		queue <- c
	}
	close(queue)
	g, gctx := errgroup.WithContext(ctx)
	for range max(1, min(j.Workers, len(j.Chunks))) {
		t := j.Transformer.Clone()
		h := j.Hasher.Clone()
		g.Go(func() error { return m.worker(gctx, queue, t, h) })
	}
	err := g.Wait()
	return m.result, err
}

type mover struct {
	Job
	target providers.Target

	mu       sync.Mutex
	read     int64
	rejected int64
	result   Result
}

func (m *mover) worker(ctx context.Context, queue <-chan providers.Chunk, t *transform.Transformer, h *batch.Hasher) error {
	for {
		select { // a closed Stop wins over a full queue
		case <-m.Stop:
			if len(queue) > 0 {
				return ErrStopped
			}
			return nil
		default:
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case c, more := <-queue:
			if !more {
				return nil
			}
			if err := m.inSlot(ctx, func() error { return m.chunk(ctx, c, t, h) }); err != nil {
				return err
			}
		}
	}
}

// inSlot does work while it holds one of the places that all jobs share.
func (m *mover) inSlot(ctx context.Context, work func() error) error {
	select {
	case m.Slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-m.Slots }()
	return work()
}

// chunk does one chunk, again as long as its errors are transient.
func (m *mover) chunk(ctx context.Context, c providers.Chunk, t *transform.Transformer, h *batch.Hasher) error {
	id := plan.ID(m.Run, m.UID, c.Bounds)
	for try := 1; ; try++ {
		rec, err := m.attempt(ctx, c, id, t, h)
		if err != nil && providers.ClassOf(err) == providers.Ambiguous {
			rec, err = m.look(ctx, id, err)
		}
		if err == nil {
			m.account(c, rec)
			return nil
		}
		if class := providers.ClassOf(err); class != providers.Transient && class != providers.Ambiguous || try == tries {
			return &ChunkError{Chunk: c.N, Err: err}
		}
		m.Tell.Tell(event.Event{Kind: event.ChunkRetry, Run: m.Run, Mapping: m.Mapping, Chunk: c.N, Text: err.Error()})
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// ChunkError is the failure of one chunk; nothing of the chunk was committed.
type ChunkError struct {
	Chunk int
	Err   error
}

func (e *ChunkError) Error() string { return fmt.Sprintf("chunk %d: %v", e.Chunk, e.Err) }

func (e *ChunkError) Unwrap() error { return e.Err }

// look settles a commit whose answer was lost: the ledger knows.
func (m *mover) look(ctx context.Context, id string, cause error) (providers.ChunkRecord, error) {
	history, ok := providers.As[providers.History](m.Target)
	if !ok {
		return providers.ChunkRecord{}, cause
	}
	records, err := history.Recorded(ctx, m.Run, m.UID)
	if err != nil {
		return providers.ChunkRecord{}, errors.Join(cause, err)
	}
	for _, r := range records {
		if r.Chunk == id && r.Moment == m.Moment {
			return r, nil
		}
	}
	return providers.ChunkRecord{}, &providers.Error{Op: "commit", Object: m.Move.Table.String(), Class: providers.Transient, Err: cause}
}

func (m *mover) account(c providers.Chunk, rec providers.ChunkRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.result.Written += rec.Written.Rows
	m.result.Filtered += rec.Filtered
	m.result.Rejected += rec.Rejected
	m.result.Records = append(m.result.Records, rec)
	m.Done += rec.Source.Rows
	m.Tell.Tell(event.Event{Kind: event.ChunkDone, Run: m.Run, Mapping: m.Mapping, Chunk: c.N, Rows: rec.Written.Rows, Done: m.Done, Total: m.Total, Rejected: rec.Rejected})
}

// attempt reads, transforms and loads one chunk, and commits it with its record.
func (m *mover) attempt(ctx context.Context, c providers.Chunk, id string, t *transform.Transformer, h *batch.Hasher) (rec providers.ChunkRecord, err error) {
	loader, err := m.target.Load(ctx, m.loadSpec(c, id, h))
	if err != nil {
		return rec, err
	}
	defer func() { err = errors.Join(err, loader.Close()) }()
	rec = providers.ChunkRecord{Run: m.Run, Mapping: m.UID, Chunk: id, N: c.N, Bounds: c.Bounds, Epoch: m.Epoch, Moment: m.Moment}
	if old, ok := m.Redo[id]; ok {
		rec.Replaced = old.Replaced.Minus(old.Written)
	}
	err = flow(ctx, m.Source, m.Definition.ReadSpec(c), func(b *batch.Batch) error { return m.write(ctx, b, t, h, loader, &rec) })
	if err != nil {
		return rec, err
	}
	return loader.Commit(ctx, rec)
}

func (m *mover) loadSpec(c providers.Chunk, id string, h *batch.Hasher) providers.LoadSpec {
	d := m.Definition
	mode := m.Move.Load
	if _, ok := m.Redo[id]; ok && len(d.Key) > 0 {
		mode = providers.Upsert
	}
	return providers.LoadSpec{Run: m.Run, Mapping: m.UID, Chunk: c, ChunkID: id, Epoch: m.Epoch, Table: m.Move.Table, Columns: d.Columns(), Key: d.Key,
		Mode: mode, Track: mode == providers.Upsert && !d.KeyIsSource, Hasher: h}
}

// write takes one batch through the transform into the loader and adds it up in rec.
func (m *mover) write(ctx context.Context, b *batch.Batch, t *transform.Transformer, h *batch.Hasher, loader providers.Loader, rec *providers.ChunkRecord) error {
	rec.Source = rec.Source.Plus(h.Batch(b, nil))
	rec.Bytes += int64(b.Bytes())
	out, err := t.Run(b)
	if err != nil {
		return err
	}
	rec.Filtered += out.Filtered
	rec.Rejected += int64(len(out.Rejects))
	if err := m.rejects(b.Len(), len(out.Rejects)); err != nil {
		return err
	}
	if len(out.Rejects) > 0 {
		if err := loader.Reject(ctx, out.Rejects); err != nil {
			return err
		}
	}
	if err := m.remove(ctx, loader, out.Refused); err != nil {
		return err
	}
	if out.Out.Len() == 0 {
		return nil
	}
	rec.Written = rec.Written.Plus(h.Batch(out.Out, nil))
	if err := loader.Write(ctx, out.Out); err != nil {
		return err
	}
	m.Tell.Tell(event.Event{Kind: event.Rows, Run: m.Run, Mapping: m.Mapping, Rows: int64(b.Len())})
	return nil
}

// rejects counts rows that did not pass, and stops the run where they are more than the mapping allows.
func (m *mover) rejects(read, rejected int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read += int64(read)
	m.rejected += int64(rejected)
	if rejected == 0 || m.Definition.MaxRejects.Allows(m.rejected, max(m.Total, m.read)) {
		return nil
	}
	return &TooManyRejects{Rejected: m.rejected, Read: m.read}
}

// remove deletes the target's rows of source rows that `where` now refuses. Only the source's own key tells them: any
// other key may be one that a row which stays makes, too.
func (m *mover) remove(ctx context.Context, loader providers.Loader, keys *batch.Batch) error {
	if keys == nil || keys.Len() == 0 || m.Move.Load != providers.Upsert || !m.Definition.KeyIsSource {
		return nil
	}
	d, ok := loader.(providers.Deleter)
	if !ok {
		return &providers.Error{Op: "delete", Object: m.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target cannot remove rows by key")}
	}
	return d.Delete(ctx, keys)
}
