// Package transfer moves one table's rows, chunk by chunk, each chunk in one transaction with its ledger row.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/delta"
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
	Window      *Window // nil: always open
	Tell        event.Sink
	Slots       chan struct{}               // holds one for every chunk under way, of all jobs that share it
	Stop        <-chan struct{}             // closed: finish the chunks in hand and start no other
	Done        int64                       // rows of chunks committed before
	Rejected    int64                       // rows rejected in them
	Total       int64                       // rows expected in all, 0 unknown
	Compare     *delta.Comparer             // of a delta; nil: all rows are written
	Versions    *delta.Versioner            // in mode history
	Formerly    map[string]batch.Digest     // of a delta: what each chunk read when the source was last read, by its bounds
	Secret      []byte                      // of the target's ledger, for the keys of conflicts
	Link        bool                        // all chunks are in Redo, and are done again with their deferred refs
	Names       func(mapping string) string // of the key map of a mapping, by its name in the ledger; nil: the same
}

// ErrStopped says that Stop was closed before all chunks were done.
var ErrStopped = errors.New("stopped after the chunk in hand")

// TooManyRejects says that max_rejects was passed; the chunk that passed it was not committed.
type TooManyRejects struct {
	Rejected, Read int64
}

func (e *TooManyRejects) Error() string {
	return fmt.Sprintf("%d of %s rejected, more than max_rejects allows", e.Rejected, plan.RowsWere(e.Read))
}

// Result is what all chunks of a job came to.
type Result struct {
	Written, Filtered, Rejected int64
	Records                     []providers.ChunkRecord
	Delta                       Delta
}

// Run does the chunks, several at once. The first error ends it; what is committed stays.
func Run(ctx context.Context, j Job) (Result, error) {
	m := &mover{Job: j, done: j.Done, read: j.Done, rejected: j.Rejected}
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
	for range max(1, min(j.workers(), len(j.Chunks))) {
		w := worker{t: j.Transformer.Clone(), h: j.Hasher.Clone()}
		if j.Compare != nil {
			w.c = j.Compare.Clone()
			w.t = w.c.Now
		}
		if j.Versions != nil {
			w.v = j.Versions.Clone()
			w.t = w.v.Now
		}
		g.Go(func() error { return m.worker(gctx, queue, w) })
	}
	err := g.Wait()
	if err == nil && m.stopped {
		err = ErrStopped
	}
	return m.result, err
}

// workers is how many chunks may be under way at once.
func (j Job) workers() int {
	if l := j.Definition.Limits; l != nil && l.Parallel > 0 {
		return min(j.Workers, l.Parallel)
	}
	return j.Workers
}

type mover struct {
	Job
	target providers.Target

	mu       sync.Mutex
	done     int64 // rows read in chunks that are committed; the job itself stays as it was given
	read     int64
	rejected int64
	result   Result
	stopped  bool   // chunks were left because of Stop
	said     string // last, of the window
}

// leave notes that chunks are left. It is no error of the worker's: that would cancel the chunks that others have in hand.
func (m *mover) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
}

// worker is what one goroutine has to itself.
type worker struct {
	t *transform.Transformer
	h *batch.Hasher
	c *delta.Comparer // nil without a delta
	v *delta.Versioner
}

func (m *mover) worker(ctx context.Context, queue <-chan providers.Chunk, w worker) error {
	for {
		select { // a closed Stop wins over a full queue
		case <-m.Stop:
			if len(queue) > 0 {
				m.leave()
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
			err := m.inWindow(ctx, func() error { return m.chunk(ctx, c, w) })
			if errors.Is(err, ErrStopped) {
				m.leave()
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
}

// errClosed says that the window closed while a worker waited for a place.
var errClosed = errors.New("the window is closed")

// inWindow begins work in a place of its own and inside the window. No place is held while the window is closed.
func (m *mover) inWindow(ctx context.Context, work func() error) error {
	for {
		if err := m.Window.Wait(ctx, m.Stop, m.waiting); err != nil {
			return err
		}
		err := m.inSlot(ctx, func() error {
			if !m.Window.Open() {
				return errClosed
			}
			return work()
		})
		if !errors.Is(err, errClosed) {
			return err
		}
	}
}

// waiting tells that the window is closed, once for all workers.
func (m *mover) waiting(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if text != m.said {
		m.said = text
		m.Tell.Tell(event.Event{Kind: event.Message, Run: m.Run, Mapping: m.Mapping, Text: text})
	}
}

// inSlot does work while it holds one of the places that all jobs share.
func (m *mover) inSlot(ctx context.Context, work func() error) error {
	select {
	case m.Slots <- struct{}{}:
	case <-m.Stop:
		return ErrStopped
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-m.Slots }()
	select { // a closed Stop wins over a free place
	case <-m.Stop:
		return ErrStopped
	default:
		return work()
	}
}

// chunk does one chunk, again as long as its errors are transient.
func (m *mover) chunk(ctx context.Context, c providers.Chunk, w worker) error {
	id := plan.ID(m.Run, m.UID, c.Bounds)
	for try := 1; ; try++ {
		rec, compared, err := m.once(ctx, c, id, w)
		if err == nil {
			m.account(c, rec, compared)
			return nil
		}
		if providers.ClassOf(err) != providers.Transient || try == tries {
			return &ChunkError{Chunk: c.N, Err: err}
		}
		m.Tell.Tell(event.Event{Kind: event.ChunkRetry, Run: m.Run, Mapping: m.Mapping, Chunk: c.N, Text: err.Error()})
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// once tries a chunk and finds out what became of it. What the try counted counts no more when it failed.
func (m *mover) once(ctx context.Context, c providers.Chunk, id string, w worker) (providers.ChunkRecord, Delta, error) {
	tried := &attempt{mover: m, worker: w, trail: w.t.Trail(), moved: m.moved(c, id)}
	rec, err := tried.do(ctx, c, id)
	if errors.Is(err, errMoved) { // since the plan was made: what the source says is new in every field
		m.mu.Lock()
		m.read, m.rejected = m.read-tried.read, m.rejected-tried.rejected
		m.mu.Unlock()
		tried = &attempt{mover: m, worker: w, trail: w.t.Trail(), moved: true}
		rec, err = tried.do(ctx, c, id)
	}
	err = tried.named(err)
	if providers.ClassOf(err) == providers.Ambiguous {
		rec, err = m.look(ctx, id, err)
	}
	read, rejected := int64(0), int64(0)
	if err == nil {
		read, rejected = rec.Source.Rows, rec.Rejected // of the try that was committed, which may be an earlier one
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read += read - tried.read
	m.rejected += rejected - tried.rejected
	return rec, tried.compared, err
}

// ChunkError is the failure of one chunk; nothing of the chunk was committed.
type ChunkError struct {
	Chunk int
	Err   error
}

func (e *ChunkError) Error() string { return fmt.Sprintf("chunk %d: %v", e.Chunk, e.Err) }

func (e *ChunkError) Unwrap() error { return e.Err }

// look settles a commit whose answer was lost: the ledger knows. Until it has answered nothing may be tried again, or the
// rows would be there twice.
func (m *mover) look(ctx context.Context, id string, cause error) (providers.ChunkRecord, error) {
	history, ok := providers.As[providers.History](m.Target)
	if !ok {
		return providers.ChunkRecord{}, cause
	}
	records, err := history.Recorded(ctx, m.Run, m.UID)
	for try := 1; providers.ClassOf(err) == providers.Transient && try < tries; try++ {
		if err := pause(ctx, try); err != nil {
			return providers.ChunkRecord{}, errors.Join(cause, err)
		}
		records, err = history.Recorded(ctx, m.Run, m.UID)
	}
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

func (m *mover) account(c providers.Chunk, rec providers.ChunkRecord, compared Delta) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.result.Delta.add(compared)
	m.result.Written += rec.Written.Rows
	m.result.Filtered += rec.Filtered
	m.result.Rejected += rec.Rejected
	m.result.Records = append(m.result.Records, rec)
	m.done += rec.Source.Rows
	m.Tell.Tell(event.Event{Kind: event.ChunkDone, Run: m.Run, Mapping: m.Mapping, Chunk: c.N, Rows: rec.Written.Rows, Done: m.done, Total: m.Total, Rejected: rec.Rejected})
}

// attempt is one try at a chunk, with what it has counted so far.
type attempt struct {
	*mover
	worker
	compared       Delta
	moved          bool         // the source reads differently than when it was last read
	formerly       batch.Digest // what the chunk reads in the columns that were read then
	stood          batch.Digest
	loader         providers.Loader
	rec            providers.ChunkRecord
	read, rejected int64
	trail          *transform.Trail
	rows           []int
	same           bool // a link reads the moment at which the chunk was copied
}

// do reads, transforms and loads one chunk, and commits it with its record.
func (a *attempt) do(ctx context.Context, c providers.Chunk, id string) (rec providers.ChunkRecord, err error) {
	a.loader, err = a.target.Load(ctx, a.loadSpec(c, id, a.h, a.moved))
	if err != nil {
		return rec, err
	}
	defer func() { err = a.close(err) }()
	a.rec = providers.ChunkRecord{Run: a.Run, Mapping: a.UID, Chunk: id, N: c.N, Bounds: c.Bounds, Epoch: a.Epoch, Moment: a.Moment}
	if old, ok := a.Redo[id]; ok {
		a.rec.Replaced = old.Replaced.Minus(old.Written)
		a.same = a.Link && old.Moment+Linked == a.Moment
		a.settled(plan.Opened, old.Counts[plan.Opened])
		a.settled(plan.Closed, old.Counts[plan.Closed])
	}
	a.t.With(a.look(ctx))
	spec, write := a.Move.ReadSpec(a.Definition, c), a.write
	if a.c != nil {
		a.c.Now.With(a.look(ctx))
		spec.Columns, write = a.c.Read(), a.compare
	}
	if a.v != nil {
		write = a.version
	}
	if err := flow(ctx, a.Source, spec, func(b *batch.Batch) error { return write(ctx, b) }); err != nil {
		return a.rec, err
	}
	if then, known := a.Formerly[c.Bounds]; a.c != nil && !a.moved && a.follows() && (!known || then != a.formerly) {
		return a.rec, errMoved
	}
	if a.c != nil && !a.moved { // moved rows are written whole, whatever stands there
		a.rec.Stood = &a.stood
	}
	if a.v != nil && !a.v.Fresh {
		a.rec.Stood = &a.stood
	}
	rec, err = a.loader.Commit(ctx, a.rec)
	if providers.ClassOf(err) == providers.Transient { // of a commit even that is looked up before it is tried again
		err = &providers.Error{Op: "commit", Object: a.Move.Table.String(), Class: providers.Ambiguous, Err: err}
	}
	return rec, err
}

// close ends the loader. Where that fails although the commit did not, the ledger has to say whether the rows stand.
func (a *attempt) close(err error) error {
	failed := a.loader.Close()
	if err == nil && failed != nil {
		return &providers.Error{Op: "close", Object: a.Move.Table.String(), Class: providers.Ambiguous, Err: failed}
	}
	return errors.Join(err, failed)
}

func (m *mover) loadSpec(c providers.Chunk, id string, h *batch.Hasher, moved bool) providers.LoadSpec {
	d := m.Definition
	mode := m.Move.Load
	old, again := m.Redo[id]
	if again && len(d.Key) > 0 {
		mode = providers.Upsert
	}
	spec := providers.LoadSpec{Run: m.Run, Mapping: m.UID, Chunk: c, ChunkID: id, Redo: old.Moment, Epoch: m.Epoch, Table: m.Move.Table, Columns: d.Columns(), Key: d.Key,
		Mode: mode, Track: mode == providers.Upsert && !d.KeyIsSource && d.History == nil, Hasher: h, Keys: m.keyMap()}
	if m.Move.Delta != nil && !moved {
		spec.Set = m.Move.Delta.Fields()
	}
	if m.Versions != nil {
		spec.Set = m.ends(mode)
	}
	return spec
}

// write takes one batch through the transform into the loader and adds it up in the record.
func (a *attempt) write(ctx context.Context, b *batch.Batch) error {
	read := a.h.Batch(b, nil)
	a.rec.Source = a.rec.Source.Plus(read)
	a.rec.Bytes += int64(b.Bytes())
	out, err := a.t.Run(b)
	if err != nil {
		return err
	}
	if err := a.leave(ctx, b, out); err != nil {
		return err
	}
	if err := a.remove(ctx, out.Refused); err != nil {
		return err
	}
	if out.Out.Len() == 0 {
		return nil
	}
	if out.Same {
		a.rec.Written = a.rec.Written.Plus(read)
	} else {
		a.rec.Written = a.rec.Written.Plus(a.h.Batch(out.Out, nil))
	}
	a.rows = a.t.Rows(a.rows[:0])
	if err := a.remember(ctx, b, out.Out, a.rows); err != nil {
		return err
	}
	if a.Link {
		out.Out, a.rows = a.linking(out.Out, a.rows)
	}
	a.trail.Add(b, a.rows)
	if err := a.loader.Write(ctx, out.Out); err != nil {
		return err
	}
	a.Tell.Tell(event.Event{Kind: event.Rows, Run: a.Run, Mapping: a.Mapping, Rows: int64(b.Len())})
	return nil
}

// leave notes the rows that do not pass.
func (a *attempt) leave(ctx context.Context, b *batch.Batch, out transform.Result) error {
	a.rec.Filtered += out.Filtered
	a.count(out.ByFilter)
	a.settled(plan.Nulled, out.Nulled)
	a.rec.Rejected += int64(len(out.Rejects))
	if err := a.rejects(int64(b.Len()), int64(len(out.Rejects))); err != nil || len(out.Rejects) == 0 {
		return err
	}
	return a.loader.Reject(ctx, out.Rejects)
}

// count adds up what each filter left out.
func (a *attempt) count(byFilter []int64) {
	for i, n := range byFilter {
		if n == 0 {
			continue
		}
		if a.rec.Counts == nil {
			a.rec.Counts = map[string]int64{}
		}
		a.rec.Counts[a.Definition.Filters[i].Name] += n
	}
}

// rejects counts rows that did not pass, and stops the run where they are more than the mapping allows.
func (a *attempt) rejects(read, rejected int64) error {
	a.read += read
	a.rejected += rejected
	m := a.mover
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read += read
	m.rejected += rejected
	if rejected == 0 || m.Definition.MaxRejects.Allows(m.rejected, max(m.Total, m.read)) {
		return nil
	}
	return &TooManyRejects{Rejected: m.rejected, Read: m.read}
}

// remove deletes the target's rows of source rows that `where` now refuses. Only the source's own key tells them: any
// other key may be one that a row which stays makes, too.
func (a *attempt) remove(ctx context.Context, keys *batch.Batch) error {
	if keys == nil || keys.Len() == 0 || a.Move.Load != providers.Upsert || !a.Definition.KeyIsSource {
		return nil
	}
	d, ok := a.loader.(providers.Deleter)
	if !ok {
		return &providers.Error{Op: "delete", Object: a.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target cannot remove rows by key")}
	}
	if err := a.going(ctx, keys); err != nil {
		return err
	}
	err := d.Delete(ctx, keys)
	var of *providers.Error
	if errors.As(err, &of) {
		of.Nth = 0 // of the keys, and not of the rows written
	}
	return err
}
