package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// The versions that a run opens hold from the moment at which it was opened, and those that it closes hold up to it. The
// state has that moment before the first row moves, so that a process which goes on with the run tells the same one.

// opening is that moment in microseconds. It has to be behind the run before, which the versions that stand are of.
func (r *Run) opening(s plan.Step) (int64, error) {
	at := instant(r.openedAt())
	prior := r.prior(r.Plan.Mapping(s.Mapping))
	if prior.Run != "" && prior.Run != r.id && at <= instant(prior.AppliedAt) && !s.Move.Ours {
		return 0, &providers.Error{Op: "open versions in", Object: s.Move.Table.String(), Class: providers.Conflict,
			Err:    fmt.Errorf("%w (%s)", ErrClock, delta.ClockBackwards),
			Remedy: fmt.Sprintf("Set this machine's clock right and plan again; where the run is still open, give it up before that with `migrateiq run abandon %s`.", r.id)}
	}
	return at, nil
}

func (r *Run) openedAt() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snap.OpenRun.OpenedAt
}

// instant is a time as a moment of versions. None ends in a zero, so that those written without zeros at their end are in
// order as texts, too.
func instant(t time.Time) int64 {
	at := t.UnixMicro()
	if at%10 == 0 {
		at++
	}
	return at
}

// latest is when a run has done a mapping, or was given up: never before it was opened, and never before the run in front
// of it. A clock that is put back while a run is stopped would else let the next one begin before versions that stand.
func latest(now time.Time, others ...time.Time) time.Time {
	for _, at := range others {
		if at.After(now) {
			now = at
		}
	}
	return now.UTC()
}

// ErrClock says that a run was opened, by its clock, before the last one had ended.
var ErrClock = errors.New("the clock says that this run was opened before the last one of the mapping had ended")

// wrote reports whether a run has committed a chunk of rows already.
func wrote(records []providers.ChunkRecord) bool {
	return slices.ContainsFunc(records, func(c providers.ChunkRecord) bool { return !strings.HasPrefix(c.Bounds, plan.Base) })
}

// versioner prepares the reading of a mapping in mode history. again says that the run has written rows of it before.
func (r *Run) versioner(s plan.Step, def *plan.Definition, now *transform.Transformer, again bool) (*delta.Versioner, error) {
	source, err := verify.Readable(r.Ends[s.Target], s.Move.Table)
	if err != nil {
		return nil, err
	}
	at, err := r.opening(s)
	if err != nil {
		return nil, err
	}
	before := r.Plan.Mapping(s.Mapping).Before
	return delta.NewVersioner(delta.VersionSpec{Definition: def, Now: now, Target: source, Table: s.Move.Table, Hasher: r.hasher(s.Mapping), Fresh: s.Move.Load == providers.Insert,
		Moment: at, Known: true, Again: again, Redefined: before != nil && before.History != nil})
}

// holding is the open versions of a table.
func (r *Run) holding(ctx context.Context, s plan.Step, def *plan.Definition) (verify.Side, error) {
	side, err := verify.Target(ctx, r.Ends[s.Target], def.Current(), s.Move.Table, r.Workers)
	return side.Where(def.Holding()), err
}

// closing closes the open versions of keys at the run's moment, in one transaction with its record.
func (r *Run) closing(ctx context.Context, s plan.Step, def *plan.Definition, bounds string, keys *batch.Batch) (err error) {
	at, err := r.opening(s)
	if err != nil {
		return err
	}
	rows, stood, err := r.open(ctx, s, def, keys, at)
	if err != nil || rows.Len() == 0 {
		return err
	}
	target, ok := providers.As[providers.Target](r.Ends[s.Target])
	if !ok {
		return &providers.Error{Op: "load", Object: s.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the system takes no rows")}
	}
	uid, h := r.uid(s.Mapping), r.hasher(s.Mapping)
	id := plan.ID(r.id, uid, bounds)
	loader, err := target.Load(ctx, providers.LoadSpec{Run: r.id, Mapping: uid, Chunk: providers.Chunk{Bounds: bounds}, ChunkID: id, Epoch: r.epochs[s.Target], Table: s.Move.Table,
		Columns: def.Columns(), Key: def.Key, Mode: providers.Upsert, Set: []string{def.History.To}, Hasher: h})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loader.Close()) }()
	if err := loader.Write(ctx, rows); err != nil {
		return err
	}
	_, err = loader.Commit(ctx, providers.ChunkRecord{Run: r.id, Mapping: uid, Chunk: id, Bounds: bounds, Epoch: r.epochs[s.Target], Moment: r.id,
		Written: h.Batch(rows, nil), Stood: &stood, Counts: map[string]int64{plan.Closed: int64(rows.Len())}})
	return err
}

// open reads the open versions of keys, and gives them as they are to be when they are closed, and the digest of what
// stands. A version that this run has opened itself, before its row went, has no length yet: the next run closes it.
func (r *Run) open(ctx context.Context, s plan.Step, def *plan.Definition, keys *batch.Batch, at int64) (*batch.Batch, batch.Digest, error) {
	columns, rows, stood, left := def.Columns(), batch.New(def.Columns(), 0), batch.Digest{}, int64(0)
	place := func(name string) int {
		return slices.IndexFunc(columns, func(c schema.Column) bool { return c.Name == name })
	}
	from, to, h := place(def.History.From), place(def.History.To), r.hasher(s.Mapping)
	source, err := verify.Readable(r.Ends[s.Target], s.Move.Table)
	if err != nil {
		return nil, stood, err
	}
	spec := providers.ReadSpec{Table: s.Move.Table, Columns: columns, Keys: keys, Predicate: def.Holding()}
	err = providers.Each(ctx, source, spec, func(b *batch.Batch) error {
		for i := range b.Len() {
			switch since := b.Vectors[from].Ints[i]; {
			case since == at:
				left++
				continue
			case since > at:
				return &providers.Error{Op: "close a version in", Object: s.Move.Table.String(), Column: def.History.To, Class: providers.BadValue,
					Err:    fmt.Errorf("the row of %s is gone at the source, and its version holds from a moment behind that of the run (%s)", r.named(ctx, s, def, b, i), delta.MomentBackwards),
					Remedy: fmt.Sprintf("Wait until that moment is over, or say on_gone = \"keep\" in the block history. Then give the run up with `migrateiq run abandon %s`, and plan again.", r.id)}
			}
			stood = stood.Plus(h.Row(b, i, nil))
			for f := range columns {
				if f == to {
					rows.Vectors[f].AppendInt(at)
				} else {
					rows.Vectors[f].AppendFrom(&b.Vectors[f], i)
				}
			}
		}
		return nil
	})
	if left > 0 {
		r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: fmt.Sprintf("the rows of %s that this run has opened versions for are gone since; the next run closes these", plan.Count(left, "key"))})
	}
	return rows, stood, err
}

// named is how a row of the target is called.
func (r *Run) named(ctx context.Context, s plan.Step, def *plan.Definition, b *batch.Batch, i int) string {
	var key []int
	for _, name := range def.History.Key {
		key = append(key, slices.IndexFunc(b.Columns, func(c schema.Column) bool { return c.Name == name }))
	}
	return transform.ShowKey(b, i, key, r.transformSpec(ctx, s.Target, def).SecretKey, def.Current().Classified())
}
