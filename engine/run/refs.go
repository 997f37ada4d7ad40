package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/state"
)

// looking finds the keys of refs in a target.
func (r *Run) looking(ctx context.Context, target string) transform.Look {
	m, ok := providers.As[providers.KeyMap](r.Ends[target])
	if !ok {
		return nil
	}
	return func(mapping string, old []string) (map[string]string, error) {
		return m.Look(ctx, r.keyMap(mapping), old)
	}
}

// keyMap is the name of a mapping's key map: while its table is built beside the old one, that of the new rows.
func (r *Run) keyMap(uid string) string {
	for _, m := range r.Plan.Mappings {
		if m.UID != uid {
			continue
		}
		c := r.copyStep(m.Address)
		if c != nil && c.Move.Table != m.Definition.TargetTable && !r.swapped(m.Address) {
			return providers.Staged(uid)
		}
	}
	return uid
}

// link writes the deferred refs of rows that were copied: every chunk is done again by key, in the place of its record, with
// the keys that are there now. A chunk that was linked at another moment is linked again.
func (r *Run) link(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Definition
	window, err := r.window(ctx, s, def)
	if err != nil {
		return err
	}
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return err
	}
	from = from.pace(def)
	chunks, err := r.history(s.Target).Chunks(ctx, r.id, r.uid(s.Mapping))
	if err != nil {
		return err
	}
	records, err := r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping))
	if err != nil {
		return err
	}
	t, err := transform.Compile(r.transformSpec(ctx, s.Target, def))
	if err != nil {
		return err
	}
	job := r.job(s, def, from, window, t)
	job.Moment, job.Link = from.name+transfer.Linked, true
	byID := map[string]providers.ChunkRecord{}
	for _, rec := range records {
		byID[rec.Chunk] = rec
	}
	for _, c := range chunks {
		id := plan.ID(r.id, r.uid(s.Mapping), c.Bounds)
		rec, committed := byID[id]
		if !committed {
			return fmt.Errorf("link %s: chunk %d was not copied", s.Mapping, c.N)
		}
		if rec.Moment == job.Moment {
			job.Done += rec.Source.Rows
			job.Rejected += rec.Rejected
			continue
		}
		job.Redo[id], job.Chunks = rec, append(job.Chunks, c)
	}
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: s.Mapping, Text: "writing the refs that waited for all rows"})
	result, err := transfer.Run(ctx, job)
	r.count(s.Mapping, records, job.Redo, result)
	if err != nil {
		return r.stand(ctx, s, def, err)
	}
	return r.mark(ctx, s)
}

// fillKeys reads a mapping's source and remembers the keys of those rows that stand in the target.
func (r *Run) fillKeys(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Definition
	keep, ok1 := providers.As[providers.KeyMap](r.Ends[s.Target])
	target, ok2 := providers.As[providers.Source](r.Ends[s.Target])
	if !ok1 || !ok2 {
		return &providers.Error{Op: "keep keys", Object: def.TargetTable.String(), Class: providers.Unsupported, Err: errors.New("the target remembers no keys")}
	}
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return err
	}
	d := def.KeysOnly()
	t, err := transform.Compile(r.transformSpec(ctx, s.Target, d))
	if err != nil {
		return err
	}
	f := &filling{Run: r, keep: keep, target: target, def: d, t: t, next: providers.KeyFill{Run: r.id, Epoch: r.epochs[s.Target], Name: r.keyMap(r.uid(s.Mapping)), First: true}, slot: s.Target}
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: s.Mapping, Text: "remembering the keys of the rows that stand"})
	if err := f.write(ctx, nil); err != nil {
		return err
	}
	if err := providers.Each(ctx, from.pace(def).paced, d.Reading(), func(b *batch.Batch) error { return f.add(ctx, b) }); err != nil {
		return err
	}
	return r.mark(ctx, s)
}

// filling is a key map under way.
type filling struct {
	*Run
	keep   providers.KeyMap
	target providers.Source
	def    *plan.Definition
	t      *transform.Transformer
	next   providers.KeyFill
	slot   string
}

// add remembers the rows of one batch whose new keys stand in the target.
func (f *filling) add(ctx context.Context, b *batch.Batch) error {
	if f.stopped() {
		return transfer.ErrStopped
	}
	out, err := f.t.Run(b)
	if err != nil || out.Out.Len() == 0 {
		return err
	}
	pairs := transfer.Pairs(f.def, b, out.Out, f.t.Rows(nil))
	stand := map[string]bool{}
	spec := providers.ReadSpec{Table: f.def.TargetTable, Columns: f.def.Columns(), Keys: out.Out}
	if err := providers.Each(ctx, f.target, spec, func(b *batch.Batch) error {
		for _, p := range transfer.Pairs(&plan.Definition{SourceKey: f.def.Key, Key: f.def.Key}, b, b, all(b.Len())) {
			stand[p.New] = true
		}
		return nil
	}); err != nil {
		return err
	}
	return f.write(ctx, slices.DeleteFunc(pairs, func(p providers.KeyPair) bool { return !stand[p.New] }))
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (f *filling) write(ctx context.Context, pairs []providers.KeyPair) error {
	if len(pairs) == 0 && !f.next.First {
		return nil
	}
	f.next.Pairs = pairs
	err := f.inSlot(ctx, f.slot, func() error { return f.keep.Fill(ctx, f.next) })
	f.next.First = false
	return err
}

// isLate reports whether a mapping is proved only when all deferred refs are written: others may have taken over its keys
// before.
func (r *Run) isLate(mapping string) bool {
	return slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool {
		return s.Mapping == mapping && s.Work != plan.Link && slices.ContainsFunc(s.Needs, func(n int) bool { return r.Plan.Steps[n].Work == plan.Link })
	})
}

// linked reports whether all deferred refs are written. Then the rows of late mappings stay as they are.
func (r *Run) linked() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return s.Work == plan.Link && !r.done[s.N] })
}

// unsure reports whether the refs of a mapping may name rows that are being copied again: a run that goes on reads late
// mappings at another moment, until all refs are written.
func (r *Run) unsure(mapping string) bool {
	if !r.resumed || r.linked() {
		return false
	}
	return slices.ContainsFunc(r.Plan.Mapping(mapping).Definition.Refs(), func(f plan.Field) bool {
		return f.Ref.Missing != plan.MissingDefer && r.isLate(f.Ref.Mapping)
	})
}

// referred reports whether the rows that a copy refers to are all there. What it needs in the plan may be done while they are
// being copied again.
func (r *Run) referred(s plan.Step) bool {
	if s.Work != plan.Copy {
		return true
	}
	return !slices.ContainsFunc(r.Plan.Mapping(s.Mapping).Definition.Refs(), func(f plan.Field) bool {
		c := r.copyStep(f.Ref.Mapping)
		return c != nil && f.Ref.Missing != plan.MissingDefer && !r.done[c.N]
	})
}

// filled is the entry of a mapping whose keys were remembered and of which no row moved.
func (r *Run) filled(m *plan.Mapping, raw []byte, prior state.Mapping) (state.Mapping, bool) {
	only := !slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return s.Mapping == m.Address && s.Work != plan.FillKeys })
	if only {
		prior.Address, prior.Definition = m.Address, raw
	}
	return prior, only
}
