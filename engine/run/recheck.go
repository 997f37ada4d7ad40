package run

import (
	"context"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// All tables of a run are to be of one moment of their source, or a foreign key between two of them could lead nowhere.
// A resumed run reads at a new moment, so it looks at what earlier processes copied to the end, too. A table can only be
// emptied and loaded again as long as nothing was built on its rows, therefore settling steps wait for all copies.

// settles: the step proves rows or builds on them, so that they may not be loaded again behind it. Keys and indexes of the
// table alone do not: they hold for any rows.
func settles(s plan.Step) bool {
	if s.Work != plan.Define {
		return s.Work != plan.Copy
	}
	c := s.Change
	return foreign(s) || c != nil && (c.Sequences != nil || c.Swap != nil)
}

// held reports whether a settling step has to wait: for a copy that is under way or can still begin, and, where foreign
// keys tie the two tables together, for one that failed, too. A later process will read that one at another moment, to
// which the tables tied to it have to follow. A copy that depends_on puts behind a settling step is not waited for: the
// two would wait for each other.
func (r *Run) held(settling plan.Step, failed map[int]bool) bool {
	ties := r.ties()
	dead, behind := map[int]bool{}, map[int]bool{}
	for _, s := range r.Plan.Steps { // a step needs only earlier ones
		behind[s.N] = slices.ContainsFunc(s.Needs, func(n int) bool { return behind[n] || !r.done[n] && settles(r.Plan.Steps[n]) })
		dead[s.N] = failed[s.N] || slices.ContainsFunc(s.Needs, func(n int) bool { return dead[n] })
		if s.Work == plan.Copy && !r.done[s.N] && !behind[s.N] && (!dead[s.N] || ties[s.Mapping] == ties[settling.Mapping]) {
			return true
		}
	}
	return false
}

// ties gives mappings that foreign keys connect, also through others, one name. They show in the plan as steps that need
// what is done to another table's rows or keys; what needs another table to be settled does so for depends_on.
func (r *Run) ties() map[string]string {
	group := map[string]string{}
	for _, s := range r.Plan.Steps {
		if group[s.Mapping] == "" {
			group[s.Mapping] = s.Mapping
		}
		for _, n := range s.Needs {
			o := r.Plan.Steps[n]
			if o.Mapping == "" || s.Mapping == "" || settles(o) && !foreign(o) {
				continue
			}
			into, from := group[s.Mapping], group[o.Mapping]
			for name, now := range group {
				if now == from {
					group[name] = into
				}
			}
		}
	}
	return group
}

func foreign(s plan.Step) bool {
	return s.Work == plan.Define && s.Change != nil && (s.Change.AddForeign != nil || s.Change.CheckForeign != nil)
}

// recheck takes back copies that are done but do not agree with the moment at which the rest will be read. A copy that it
// cannot judge has failed.
func (r *Run) recheck(ctx context.Context, failed map[int]bool) {
	if !r.resumed {
		return
	}
	for _, s := range r.Plan.Steps {
		if s.Work != plan.Copy || !r.done[s.N] || r.settled(s.Mapping) {
			continue
		}
		if r.isLate(s.Mapping) && r.linked() {
			continue // the refs of other rows name these
		}
		stands, err := r.standsStill(ctx, s)
		if err != nil {
			failed[s.N] = true
			r.failedStep(s, err)
		}
		r.done[s.N] = stands
	}
}

func (r *Run) source(s plan.Step) string { return r.Plan.Mapping(s.Mapping).Definition.Source }

// settled reports whether a step of the mapping that builds on its rows is done. Such a table stays as it is.
func (r *Run) settled(mapping string) bool {
	return slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return s.Mapping == mapping && settles(s) && r.done[s.N] })
}

// standsStill reports whether a finished copy may stay: all its chunks are there, and the source still reads the same where
// more of it is going to be read.
func (r *Run) standsStill(ctx context.Context, s plan.Step) (bool, error) {
	uid, def := r.uid(s.Mapping), r.Plan.Mapping(s.Mapping).Definition
	chunks, err := r.history(s.Target).Chunks(ctx, r.id, uid)
	if err != nil {
		return false, err
	}
	records, err := r.history(s.Target).Recorded(ctx, r.id, uid)
	records = slices.DeleteFunc(records, func(c providers.ChunkRecord) bool {
		return strings.HasPrefix(c.Bounds, plan.Base) || strings.HasPrefix(c.Bounds, plan.Swept)
	})
	if err != nil || len(records) < len(chunks) || len(chunks) == 0 {
		return false, err // an earlier process had begun to load it again
	}
	if r.unsure(s.Mapping) || r.linkLeft(s.Mapping) && slices.ContainsFunc(chunks, func(c providers.Chunk) bool { return c.Positional }) {
		return false, nil
	}
	if !r.reads(def.Source) && !r.keysLeft(s) || !s.Move.Ours && len(def.Key) == 0 {
		return true, nil
	}
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return false, err
	}
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: s.Mapping, Text: "looking whether the source still holds what was committed before"})
	var was batch.Digest
	for _, rec := range records {
		was = was.Plus(rec.Source)
	}
	now, err := r.digest(ctx, s.Mapping, from.pace(def), chunks)
	return was == now, err
}

// reads reports whether a copy from a source is still to be done.
func (r *Run) reads(source string) bool {
	return slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool {
		return (s.Work == plan.Copy || s.Work == plan.Link) && !r.done[s.N] && r.source(s) == source
	})
}

// linkLeft reports whether deferred refs of a mapping are still to be written, chunk by chunk.
func (r *Run) linkLeft(mapping string) bool {
	return slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return s.Mapping == mapping && s.Work == plan.Link && !r.done[s.N] })
}

// keysLeft reports whether a key of the run's own table is still to be built on the rows: they may hold one twice, which
// is mended at the source.
func (r *Run) keysLeft(s plan.Step) bool {
	return s.Move.Ours && slices.ContainsFunc(r.Plan.Steps, func(o plan.Step) bool {
		return o.Mapping == s.Mapping && o.Change != nil && (o.Change.AddPrimary != nil || o.Change.AddKey != nil) && !r.done[o.N]
	})
}

// digest is what chunks of a mapping read now. Chunks by position mean nothing at another moment, but all of them together
// are the whole.
func (r *Run) digest(ctx context.Context, mapping string, from *moment, chunks []providers.Chunk) (batch.Digest, error) {
	if slices.ContainsFunc(chunks, func(c providers.Chunk) bool { return c.Positional }) {
		chunks = []providers.Chunk{{Bounds: plan.Everything}}
	}
	h, def, move := r.hasher(mapping), r.Plan.Mapping(mapping).Definition, r.copyStep(mapping).Move
	var sum batch.Digest
	for _, c := range chunks {
		if r.stopped() {
			return sum, transfer.ErrStopped
		}
		err := providers.Each(ctx, from.paced, move.ReadSpec(def, c), func(b *batch.Batch) error { sum = sum.Plus(h.Batch(b, nil)); return nil })
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// recount takes into the report what earlier processes wrote for copies that stand.
func (r *Run) recount(ctx context.Context) error {
	for _, s := range r.Plan.Steps {
		if s.Work != plan.Copy || !r.done[s.N] || r.skips(s.Mapping) {
			continue
		}
		if err := r.recountOf(ctx, s.Mapping, s.Target); err != nil {
			return err
		}
	}
	return nil
}

// recountOf adds up what the ledger holds of a mapping's work in this run.
func (r *Run) recountOf(ctx context.Context, mapping, target string) error {
	records, err := r.history(target).Recorded(ctx, r.id, r.uid(mapping))
	if err != nil {
		return err
	}
	keys := r.of(mapping).ConflictKeys
	r.count(mapping, records, nil, transfer.Result{Delta: transfer.Delta{Keys: keys}})
	return nil
}
