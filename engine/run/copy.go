package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// moment is one source as all readers of the run see it.
type moment struct {
	source   providers.Source
	name     string
	snapshot providers.Snapshot // nil where the system has none
	paced    providers.Source   // source under a mapping's limits, after pace
}

func (m *moment) close() error {
	if m.snapshot == nil {
		return nil
	}
	return m.snapshot.Close()
}

// moment opens a source's snapshot once.
func (r *Run) moment(ctx context.Context, address string) (*moment, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.sources[address]; m != nil {
		return m, nil
	}
	end := r.Ends[address]
	m := &moment{name: "moving " + r.Now().UTC().Format(time.RFC3339Nano)}
	if s, ok := providers.As[providers.Snapshotter](end); ok {
		shot, err := s.Snapshot(ctx, max(1, r.Workers)+1)
		if err != nil {
			return nil, fmt.Errorf("hold a moment of %s: %w", address, err)
		}
		m.snapshot, m.source, m.name = shot, shot, shot.Moment()
	} else if src, ok := providers.As[providers.Source](end); ok {
		m.source = src
	} else {
		return nil, &providers.Error{Op: "read", Object: address, Class: providers.Unsupported, Err: errors.New("the system gives no rows")}
	}
	r.sources[address] = m
	return m, nil
}

// copy moves the rows of one mapping that are not in the target yet.
func (r *Run) copy(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Definition
	window, err := r.window(ctx, s, def)
	if err != nil {
		return err
	}
	if r.Look != nil && !r.began[r.uid(s.Mapping)] {
		if err := r.Look(ctx, s.Mapping); err != nil {
			return err
		}
	}
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return err
	}
	from = from.pace(def)
	chunks, err := r.chunks(ctx, s, def, from)
	if err != nil {
		return err
	}
	records, err := r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping))
	if err != nil {
		return err
	}
	todo, redo, err := r.left(ctx, s, def, from, chunks, records)
	if err != nil {
		return err
	}
	if len(todo) > 0 {
		if err := r.unchanged(ctx, s, def, from); err != nil {
			return err
		}
	}
	if records, err = r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping)); err != nil { // fewer where the table was emptied
		return err
	}
	spec := r.transformSpec(ctx, s.Target, def)
	if def.History != nil {
		spec.Definition = def.Dated()
	}
	switch {
	case s.Move.Delta != nil: // all rows are there
	case s.Move.Load == providers.Upsert:
		spec.Deferred = transform.Sooner // rows that stand do not lose what they hold meanwhile
	default:
		spec.Deferred = transform.Later
	}
	t, err := transform.Compile(spec)
	if err != nil {
		return err
	}
	job := r.job(s, def, from, window, t)
	job.Secret, job.Chunks, job.Redo = spec.SecretKey, todo, redo
	if err := r.against(ctx, s, def, wrote(records), &job); err != nil {
		return err
	}
	for _, rec := range records {
		if _, again := redo[rec.Chunk]; !again {
			job.Done += rec.Source.Rows
			job.Rejected += rec.Rejected
		}
	}
	r.Tell.Tell(event.Event{Kind: event.CopyStarted, Run: r.id, Mapping: s.Mapping, Done: job.Done, Total: job.Total, OfPeople: def.OfPeople()})
	result, err := transfer.Run(ctx, job)
	r.count(s.Mapping, records, redo, result)
	if err != nil {
		return r.stand(ctx, s, def, err)
	}
	if err := r.adopted(ctx, s); err != nil {
		return err
	}
	r.Tell.Tell(event.Event{Kind: event.CopyDone, Run: r.id, Mapping: s.Mapping, Rows: r.of(s.Mapping).Written, OfPeople: def.OfPeople()})
	return r.mark(ctx, s)
}

// job is what the moving of a mapping's rows has in common, whatever is moved.
func (r *Run) job(s plan.Step, def *plan.Definition, from *moment, window *transfer.Window, t *transform.Transformer) transfer.Job {
	return transfer.Job{Run: r.id, Mapping: s.Mapping, UID: r.uid(s.Mapping), Epoch: r.epochs[s.Target], Definition: def, Move: *s.Move, Source: from.paced, Window: window,
		Moment: from.name, Target: r.Ends[s.Target], Redo: map[string]providers.ChunkRecord{}, Hasher: r.hasher(s.Mapping), Transformer: t, Workers: r.Workers,
		Slots: r.slots[s.Target], Tell: r.Tell, Stop: r.Stop, Total: r.planned(s.Mapping), Names: r.keyMap}
}

// against gives a job what it holds its rows against: those that stand, or their versions. again says that the run has
// written rows of the mapping before.
func (r *Run) against(ctx context.Context, s plan.Step, def *plan.Definition, again bool, job *transfer.Job) (err error) {
	if s.Move.Delta == nil && def.History == nil {
		return nil
	}
	if err := r.distinct(ctx, s, def); err != nil {
		return err
	}
	if def.History != nil {
		if job.Versions, err = r.versioner(s, def, job.Transformer, again); err != nil {
			return err
		}
	}
	if s.Move.Delta == nil {
		return nil
	}
	if job.Compare, err = r.comparer(ctx, s, def, job.Transformer); err != nil {
		return err
	}
	job.Total = max(job.Total, r.prior(r.Plan.Mapping(s.Mapping)).SourceCount)
	job.Formerly, err = r.formerly(ctx, s)
	return err
}

// count adds up what this run wrote for a mapping, in this process and in earlier ones.
func (r *Run) count(mapping string, records []providers.ChunkRecord, redo map[string]providers.ChunkRecord, result transfer.Result) {
	m := r.of(mapping)
	r.mu.Lock()
	defer r.mu.Unlock()
	m.Written, m.Filtered, m.Rejected, m.Removed, m.Unchanged, m.Conflicts, m.Corrected, m.Nulled, m.ByFilter = 0, 0, 0, 0, 0, 0, 0, 0, nil
	m.Opened, m.Closed = 0, 0
	m.ConflictKeys = result.Delta.Keys
	records = slices.Concat(records, result.Records)
	compared := r.compares(mapping)
	for i, rec := range records {
		_, again := redo[rec.Chunk]
		again = again && slices.ContainsFunc(result.Records, func(n providers.ChunkRecord) bool { return n.Chunk == rec.Chunk })
		if again && i < len(records)-len(result.Records) {
			continue // its later record counts
		}
		if strings.HasPrefix(rec.Bounds, plan.Base) {
			continue
		}
		if strings.HasPrefix(rec.Bounds, plan.Swept) {
			m.Removed += rec.Replaced.Rows - rec.Written.Rows
			m.Written += rec.Written.Rows
			m.Closed += rec.Counts[plan.Closed]
			continue
		}
		m.Written += rec.Written.Rows
		m.Opened += rec.Counts[plan.Opened]
		m.Closed += rec.Counts[plan.Closed]
		m.Nulled += rec.Counts[plan.Nulled]
		m.Unchanged += rec.Counts[plan.Unchanged]
		m.Removed += rec.Counts[plan.Removed]
		m.Conflicts += rec.Counts[plan.Conflicts]
		m.Corrected += rec.Counts[plan.Corrected]
		m.Filtered += rec.Filtered
		m.byFilter(rec.Counts)
		m.Rejected += rec.Rejected
		if compared {
			m.Removed += rec.Replaced.Rows - (rec.Written.Rows - rec.Counts[plan.Added]) // of what stood, the others were written anew
		}
	}
}

// compares reports whether the copy of a mapping holds its rows against those that stand.
func (r *Run) compares(mapping string) bool {
	step := r.copyStep(mapping)
	return step != nil && step.Move.Delta != nil
}

// planned is how many rows the plan expects to be read.
func (r *Run) planned(mapping string) int64 {
	n := int64(0)
	for _, a := range r.Plan.Mapping(mapping).Actions {
		n += a.Rows
	}
	return n
}

// uid is the name of a mapping in the ledger: it survives moves.
func (r *Run) uid(mapping string) string { return r.Plan.Mapping(mapping).UID }

func (r *Run) hasher(mapping string) *batch.Hasher {
	return verify.Hasher(r.snap.Lineage, r.uid(mapping))
}

func (r *Run) transformSpec(ctx context.Context, target string, def *plan.Definition) transform.Spec {
	meta, err := r.history(target).Meta(ctx)
	if err != nil {
		meta.Secret = nil // keys are then not shown at all
	}
	return transform.Spec{Definition: def, Lookups: r.Lookups, Keys: r.Keys, SecretKey: meta.Secret, Look: r.looking(ctx, target)}
}

// chunks is the list of the copy: the stored one, or a new one that is stored before the first row moves.
func (r *Run) chunks(ctx context.Context, s plan.Step, def *plan.Definition, from *moment) ([]providers.Chunk, error) {
	stored, err := r.history(s.Target).Chunks(ctx, r.id, r.uid(s.Mapping))
	if err != nil || len(stored) > 0 {
		return stored, err
	}
	list, err := r.cut(ctx, s, def, from)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, nil
	}
	err = r.inSlot(ctx, s.Target, func() error {
		list, err = r.ledger(s.Target).Begin(ctx, r.id, r.uid(s.Mapping), list)
		return err
	})
	return list, err
}

func (r *Run) cut(ctx context.Context, s plan.Step, def *plan.Definition, from *moment) ([]providers.Chunk, error) {
	if def.Cursor != nil && def.Cursor.Column != "" && def.Cursor.UpTo == "" {
		return nil, nil // the source was empty at plan, and rows above the pinned bound belong to the next plan
	}
	all := []providers.Chunk{{Bounds: plan.Everything}}
	if len(s.Move.Chunks) > 0 {
		return r.again(ctx, s)
	}
	if s.Move.Delta != nil {
		return r.standingChunks(ctx, s, def, from)
	}
	cutter, ok := from.source.(providers.Chunker)
	if s.Move.Whole || def.Cursor.Increment() || !ok || def.Query != "" {
		return all, nil
	}
	t, err := r.sourceTable(ctx, def)
	if err != nil {
		return nil, err
	}
	list, err := cutter.Chunks(ctx, *t, transfer.ChunkBytes, s.Move.Ours)
	if err != nil || len(list) == 0 {
		return all, err
	}
	return list, nil
}

func (r *Run) sourceTable(ctx context.Context, def *plan.Definition) (*schema.Table, error) {
	inspector, ok := providers.As[providers.Inspector](r.Ends[def.Source])
	if !ok {
		return nil, &providers.Error{Op: "inspect", Object: def.SourceTable.String(), Class: providers.Unsupported, Err: errors.New("the system does not describe its tables")}
	}
	found, err := inspector.Inspect(ctx, []schema.Ref{def.SourceTable})
	if err != nil {
		return nil, err
	}
	t, ok := found.Table(def.SourceTable)
	if !ok {
		return nil, &providers.Error{Op: "read", Object: def.SourceTable.String(), Class: providers.NotFound, Err: errors.New("there is no such table")}
	}
	return t, nil
}

// again finds the recorded chunks that the plan names by the hash of their bounds.
func (r *Run) again(ctx context.Context, s plan.Step) ([]providers.Chunk, error) {
	records, err := r.history(s.Target).Recorded(ctx, "", r.uid(s.Mapping))
	if err != nil {
		return nil, err
	}
	var out []providers.Chunk
	met := map[string]bool{}
	for _, rec := range records {
		if h := plan.Hash(r.uid(s.Mapping), rec.Bounds); slices.Contains(s.Move.Chunks, h) && !met[h] {
			met[h] = true
			out = append(out, providers.Chunk{N: rec.N, Bounds: rec.Bounds, Rows: rec.Source.Rows})
		}
	}
	if len(out) != len(s.Move.Chunks) {
		return nil, fmt.Errorf("the ledger of %s has %d of the %d chunks that the plan names", s.Target, len(out), len(s.Move.Chunks))
	}
	return out, nil
}

// left says which chunks are still to be done. Chunks committed at an older moment are read again at the source: where
// one differs now, a table of ours is emptied and loaded again, and in any other that chunk is done again by key.
func (r *Run) left(ctx context.Context, s plan.Step, def *plan.Definition, from *moment, chunks []providers.Chunk, records []providers.ChunkRecord) ([]providers.Chunk, map[string]providers.ChunkRecord, error) {
	byID := map[string]providers.ChunkRecord{}
	old := false
	for _, rec := range records {
		byID[rec.Chunk] = rec
		old = old || rec.Moment != from.name
	}
	stale := map[string]bool{}
	if !s.Move.Ours && len(def.Key) == 0 && whole(chunks, records) {
		return nil, nil, nil
	}
	if old {
		var err error
		if stale, err = r.moved(ctx, s, def, from, chunks, byID); err != nil {
			return nil, nil, err
		}
	}
	if r.unsure(s.Mapping) {
		for id, rec := range byID {
			stale[id] = stale[id] || rec.Moment != from.name
		}
	}
	positional := slices.ContainsFunc(chunks, func(c providers.Chunk) bool { return c.Positional })
	if s.Move.Ours && old && (len(stale) > 0 || positional) {
		list, err := r.reset(ctx, s, def, from)
		return list, nil, err
	}
	var todo []providers.Chunk
	redo := map[string]providers.ChunkRecord{}
	for _, c := range chunks {
		id := plan.ID(r.id, r.uid(s.Mapping), c.Bounds)
		rec, committed := byID[id]
		if committed && !stale[id] {
			continue
		}
		if committed {
			if len(def.Key) == 0 {
				return nil, nil, fmt.Errorf("chunk %d of %s reads differently than when it was committed, and without a key its rows cannot be replaced: use `migrateiq run abandon %s`, then plan again", c.N, s.Mapping, r.id)
			}
			redo[id] = rec
		}
		todo = append(todo, c)
	}
	return todo, redo, nil
}

// whole reports whether all chunks are committed as the source was at one moment: then the copy is done, and where its
// rows cannot be replaced they stay, whatever the source has become since.
func whole(chunks []providers.Chunk, records []providers.ChunkRecord) bool {
	if len(records) == 0 || len(records) < len(chunks) {
		return false
	}
	return !slices.ContainsFunc(records, func(r providers.ChunkRecord) bool { return r.Moment != records[0].Moment })
}

// moved reads committed chunks again and says which of them read differently now.
func (r *Run) moved(ctx context.Context, s plan.Step, def *plan.Definition, from *moment, chunks []providers.Chunk, byID map[string]providers.ChunkRecord) (map[string]bool, error) {
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: s.Mapping, Text: "looking whether the source still holds what was committed before"})
	stale := map[string]bool{}
	for _, c := range chunks {
		id := plan.ID(r.id, r.uid(s.Mapping), c.Bounds)
		rec, committed := byID[id]
		if !committed || rec.Moment == from.name || c.Positional {
			continue
		}
		if r.stopped() {
			return nil, transfer.ErrStopped
		}
		h := r.hasher(s.Mapping)
		var sum batch.Digest
		err := r.inSlot(ctx, s.Target, func() error {
			return providers.Each(ctx, from.paced, s.Move.ReadSpec(def, c), func(b *batch.Batch) error { sum = sum.Plus(h.Batch(b, nil)); return nil })
		})
		if err != nil {
			return nil, err
		}
		if sum != rec.Source {
			stale[id] = true
		}
	}
	return stale, nil
}

// reset empties a table of ours and cuts its chunks anew, at the present moment.
func (r *Run) reset(ctx context.Context, s plan.Step, def *plan.Definition, from *moment) ([]providers.Chunk, error) {
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: s.Mapping, Text: "the source has changed since: the rows of this run are removed and loaded again at one moment"})
	definer, ok := providers.As[providers.Definer](r.Ends[s.Target])
	if !ok {
		return nil, &providers.Error{Op: "empty", Object: s.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target writes no statements")}
	}
	statements, err := definer.Define(schema.Change{Empty: &s.Move.Table})
	if err != nil {
		return nil, err
	}
	empty := providers.Statement{What: "empty " + s.Move.Table.String()}
	for _, st := range statements {
		empty.SQL = append(empty.SQL, st.SQL...)
	}
	err = r.inSlot(ctx, s.Target, func() error { return r.ledger(s.Target).Reset(ctx, r.id, r.uid(s.Mapping), r.epochs[s.Target], empty) })
	if err != nil {
		return nil, err
	}
	return r.chunks(ctx, s, def, from)
}
