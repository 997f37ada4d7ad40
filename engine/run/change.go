package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Drifted says that somebody else changed a table, where a change of the mapping cannot tell their rows from ours.
type Drifted struct {
	Mapping, Table string
	Want, Have     batch.Digest
	Versions       bool // the table holds versions of rows, which no repair writes over
}

func (e *Drifted) Error() string {
	counts := ""
	if e.Want.Rows != e.Have.Rows {
		counts = fmt.Sprintf(" (%s; now %s)", plan.Rows(e.Want.Rows), plan.Rows(e.Have.Rows))
	}
	remedy := "put them back, or take `lifecycle { on_target_drift = \"repair\" }` to write over them"
	if e.Versions {
		remedy = fmt.Sprintf("put the versions back as they were, or undo the change; `--replace=%s` builds the table anew, without any closed version", e.Mapping)
	}
	return fmt.Sprintf("table %s is not as the runs left it%s: somebody else changed it, and this change cannot tell their rows from ours. `migrateiq verify` says which differ; %s", e.Table, counts, remedy)
}

// unaltered proves, before the table's columns change, that it holds what the runs left there.
func (r *Run) unaltered(ctx context.Context, s plan.Step) error {
	m := r.Plan.Mapping(s.Mapping)
	def := m.Definition
	if m.Before != nil {
		def = m.Before
	}
	records, err := r.history(s.Target).Recorded(ctx, "", m.UID)
	if err != nil {
		return err
	}
	want := Expected(records)
	have, _, err := r.sum(ctx, s, def, want.Rows)
	if err != nil {
		return err
	}
	if have != want {
		return &Drifted{Mapping: s.Mapping, Table: s.Move.Table.String(), Want: want, Have: have, Versions: def.History != nil}
	}
	return r.mark(ctx, s)
}

// baseline digests the table as it stands, under the columns that it has now: what later records add to. It is committed
// before the older records stop counting, so that a process that dies in between has lost nothing.
func (r *Run) baseline(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Definition
	uid := r.uid(s.Mapping)
	records, err := r.history(s.Target).Recorded(ctx, r.id, uid)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(records, func(c providers.ChunkRecord) bool { return c.Bounds == plan.Base }) {
		have, _, err := r.sum(ctx, s, def, r.prior(r.Plan.Mapping(s.Mapping)).Rows)
		if err != nil {
			return err
		}
		if err := r.inSlot(ctx, s.Target, func() error { return r.note(ctx, s, def, plan.Base, providers.ChunkRecord{Written: have}, nil) }); err != nil {
			return err
		}
	}
	return r.inSlot(ctx, s.Target, func() error {
		step := r.ledgerStep(s, providers.Statement{What: Describe(s)})
		step.Fresh = uid
		return r.ledger(s.Target).Exec(ctx, step)
	})
}

// note commits a record of its own bounds, with the keys that are removed in its transaction.
func (r *Run) note(ctx context.Context, s plan.Step, def *plan.Definition, bounds string, rec providers.ChunkRecord, keys *batch.Batch) (err error) {
	target, ok := providers.As[providers.Target](r.Ends[s.Target])
	if !ok {
		return &providers.Error{Op: "load", Object: s.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the system takes no rows")}
	}
	uid := r.uid(s.Mapping)
	id := plan.ID(r.id, uid, bounds)
	spec := providers.LoadSpec{Run: r.id, Mapping: uid, Chunk: providers.Chunk{Bounds: bounds}, ChunkID: id, Epoch: r.epochs[s.Target], Table: s.Move.Table, Columns: def.Columns(),
		Key: def.Key, Mode: providers.Insert, Hasher: r.hasher(s.Mapping)}
	if keys != nil {
		spec.Mode = providers.Upsert
		if def.KeyMap {
			spec.Keys = uid
		}
	}
	loader, err := target.Load(ctx, spec)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loader.Close()) }()
	if keys != nil {
		d, ok := loader.(providers.Deleter)
		if !ok {
			return &providers.Error{Op: "delete", Object: s.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target cannot remove rows by key")}
		}
		if err := d.Delete(ctx, keys); err != nil {
			return err
		}
	}
	rec.Run, rec.Mapping, rec.Chunk, rec.Bounds, rec.Epoch, rec.Moment = r.id, uid, id, bounds, r.epochs[s.Target], r.id
	_, err = loader.Commit(ctx, rec)
	return err
}

// sweep removes the keys that the source does not make any more, or that the mapping refuses now.
func (r *Run) sweep(ctx context.Context, s plan.Step) error {
	if s.Move.Sweep == plan.SweepOurs {
		return r.purge(ctx, s)
	}
	def := r.Plan.Mapping(s.Mapping).Definition
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return err
	}
	made, err := r.keysOf(ctx, s, def.Keyed(), from)
	if err != nil {
		return err
	}
	var within *verify.Side
	if s.Move.Sweep == plan.SweepRefused {
		all, err := r.keysOf(ctx, s, def.KeysOnly(), from)
		if err != nil {
			return err
		}
		within = &all
	}
	have, err := verify.Target(ctx, r.Ends[s.Target], def.KeysOnly(), s.Move.Table, 1)
	if err != nil {
		return err
	}
	have = have.Where(def.Holding())
	next, err := r.swept(ctx, s)
	if err != nil {
		return err
	}
	removed := int64(0)
	err = verify.Extra(ctx, made, have, within, r.hasher(s.Mapping), func(keys *batch.Batch) error {
		if r.stopped() {
			return transfer.ErrStopped
		}
		bounds := fmt.Sprintf("%s%d", plan.Swept, next)
		next++
		removed += int64(keys.Len())
		return transfer.Again(ctx, func() error {
			return r.inSlot(ctx, s.Target, func() error {
				if def.History != nil {
					return r.closing(ctx, s, def, bounds, keys)
				}
				return r.note(ctx, s, def, bounds, providers.ChunkRecord{}, keys)
			})
		}, func(err error) {
			r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: err.Error() + ": again"})
		})
	})
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s removed from %s", plan.RowsWere(removed), s.Move.Table)
	if def.History != nil {
		what = fmt.Sprintf("the versions of %s closed in %s", plan.Count(removed, "key"), s.Move.Table)
	}
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: what})
	if err := r.recountOf(ctx, s.Mapping, s.Target); err != nil {
		return err
	}
	return r.mark(ctx, s)
}

// keysOf is the keys that a definition makes of the source's rows.
func (r *Run) keysOf(ctx context.Context, s plan.Step, def *plan.Definition, from *moment) (verify.Side, error) {
	t, err := transform.Compile(r.transformSpec(ctx, s.Target, def))
	if err != nil {
		return verify.Side{}, err
	}
	return verify.Source(from.pace(def).paced, def.Reading(), def, t), nil
}

// swept is the number of the next record of removed keys: an earlier process may have committed some.
func (r *Run) swept(ctx context.Context, s plan.Step) (int, error) {
	records, err := r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping))
	n := 0
	for _, rec := range records {
		if strings.HasPrefix(rec.Bounds, plan.Swept) {
			n++
		}
	}
	return n, err
}

// comparer prepares the comparison of a delta.
func (r *Run) comparer(ctx context.Context, s plan.Step, def *plan.Definition, now *transform.Transformer) (*delta.Comparer, error) {
	source, err := verify.Readable(r.Ends[s.Target], s.Move.Table)
	if err != nil {
		return nil, err
	}
	spec := delta.Spec{New: def, Now: now, Target: source, Table: s.Move.Table, Move: s.Move.Delta, Hasher: r.hasher(s.Mapping)}
	before := r.Plan.Mapping(s.Mapping).Before
	if before != nil && !s.Move.Delta.All && def.Cursor == nil {
		spec.Was = before.Read
	}
	if before != nil && !s.Move.Delta.Proof {
		spec.Old = delta.Before(before, def, s.Move.Delta.Fields())
		if spec.Before, err = delta.Formerly(spec.Old, r.transformSpec(ctx, s.Target, spec.Old)); err != nil {
			return nil, err
		}
	}
	if spec.Select, err = delta.Selecting(def, s.Move.Delta, r.transformSpec(ctx, s.Target, def)); err != nil {
		return nil, err
	}
	return delta.New(spec)
}

// formerly is what each chunk of the list read when the source was last read. A baseline of this run hides the records of
// those before it, which are asked for one by one from the list's own run on.
func (r *Run) formerly(ctx context.Context, s plan.Step) (map[string]batch.Digest, error) {
	h, uid := r.history(s.Target), r.uid(s.Mapping)
	list := r.prior(r.Plan.Mapping(s.Mapping)).ListRun
	all, err := h.Runs(ctx)
	if err != nil {
		return nil, err
	}
	ids := []string{list}
	if at := slices.IndexFunc(all, func(o providers.Run) bool { return o.ID == list }); at >= 0 {
		for _, o := range all[at+1:] {
			ids = append(ids, o.ID)
		}
	}
	out := map[string]batch.Digest{}
	for _, id := range ids {
		if id == r.id {
			continue
		}
		records, err := h.Recorded(ctx, id, uid)
		if err != nil {
			return nil, err
		}
		for _, rec := range records {
			out[rec.Bounds] = rec.Source
		}
	}
	return out, nil
}

// distinct refuses two rows of the source that make one key, where the source does not keep the key unique itself: of two
// rows one might stand as it should, and only the other be written.
func (r *Run) distinct(ctx context.Context, s plan.Step, def *plan.Definition) error {
	if def.KeyIsSource {
		return nil
	}
	full := *def
	if def.Cursor != nil {
		c := *def.Cursor
		c.After = ""
		full.Cursor = &c
	}
	var found *DuplicateKeys
	err := r.duplicates(ctx, s, &full, &providers.Error{Op: "compare", Object: s.Move.Table.String(), Class: providers.Conflict, Err: delta.ErrTwice})
	if errors.As(err, &found) {
		return found
	}
	return nil
}

// standingChunks are those that a delta goes over: the ones by which the table was last read, or new ones.
func (r *Run) standingChunks(ctx context.Context, s plan.Step, def *plan.Definition, from *moment) ([]providers.Chunk, error) {
	if def.Cursor != nil && !def.Cursor.Increment() {
		return []providers.Chunk{{Bounds: plan.Everything}}, nil
	}
	list, err := r.history(s.Target).Chunks(ctx, r.prior(r.Plan.Mapping(s.Mapping)).ListRun, r.uid(s.Mapping))
	if err != nil {
		return nil, err
	}
	usable := func(c providers.Chunk) bool {
		return !c.Positional && c.Bounds != plan.Everything && c.Bounds != plan.Standing
	}
	if def.Cursor == nil && len(list) == 1 && list[0].Bounds == plan.Everything {
		return list, nil
	}
	list = slices.DeleteFunc(list, func(c providers.Chunk) bool { return c.Bounds == plan.Everything })
	if len(list) == 0 || slices.ContainsFunc(list, func(c providers.Chunk) bool { return !usable(c) }) || def.Query != "" {
		list = nil
		if cutter, ok := from.source.(providers.Chunker); ok && def.Query == "" {
			t, err := r.sourceTable(ctx, def)
			if err != nil {
				return nil, err
			}
			if list, err = cutter.Chunks(ctx, *t, transfer.ChunkBytes, false); err != nil {
				return nil, err
			}
		}
	}
	if len(list) == 0 {
		list = []providers.Chunk{{Bounds: plan.Everything}}
		if def.Cursor != nil {
			list[0].Bounds = plan.Standing
		}
	}
	if def.Cursor != nil {
		list = append(list, providers.Chunk{Bounds: plan.Everything})
	}
	for i := range list {
		list[i].N = i
	}
	return list, nil
}
