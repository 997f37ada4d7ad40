package run

import (
	"context"
	"errors"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// movedOn is why the rows of a run cannot be had again.
const movedOn = "the source has changed since its rows were copied, so that the rows of this run cannot be read again"

// checkRun goes through the rows that this run read and wrote: the source is read again at the run's moment and
// transformed again. A process that goes on with the run has another moment, so both sides are digested and compared with
// what the ledger holds of every chunk: totals are of exactly the rows that were committed, or there are none.
func (r *Run) checkRun(ctx context.Context, s plan.Step, def *plan.Definition, agg *transform.Aggregator) error {
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return err
	}
	t, err := transform.Compile(r.transformSpec(ctx, s.Target, def))
	if err != nil {
		return err
	}
	specs, err := r.rowsOf(ctx, s, def)
	if err != nil {
		return err
	}
	g := &gone{Run: r, t: t, agg: agg, hasher: r.hasher(s.Mapping), part: &batch.Batch{Columns: def.Read}}
	source := from.pace(def).paced
	for _, spec := range specs {
		spec.Columns = slices.Concat(def.Read, def.CheckRead)
		if err := r.inSlot(ctx, s.Target, func() error { return providers.Each(ctx, source, spec, g.add) }); err != nil {
			return err
		}
	}
	records, err := r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping))
	if err != nil {
		return err
	}
	var read, wrote batch.Digest
	for _, rec := range records {
		read, wrote = read.Plus(rec.Source), wrote.Plus(rec.Written)
	}
	if step := r.copyStep(s.Mapping); step != nil && step.Move.Delta != nil {
		wrote = g.wrote // what stood as it should was not written again
	}
	if g.moved || read != g.read || wrote != g.wrote {
		agg.Spoil(movedOn)
	}
	return nil
}

// rowsOf are the chunks of this run. Places of rows mean something at one moment alone, so a table that was cut by them is
// read as a whole.
func (r *Run) rowsOf(ctx context.Context, s plan.Step, def *plan.Definition) ([]providers.ReadSpec, error) {
	chunks, err := r.history(s.Target).Chunks(ctx, r.id, r.uid(s.Mapping))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(chunks, func(c providers.Chunk) bool { return c.Positional }) {
		return []providers.ReadSpec{def.ReadSpec(providers.Chunk{Bounds: plan.Everything})}, nil
	}
	var specs []providers.ReadSpec
	for _, c := range chunks {
		specs = append(specs, r.copyStep(s.Mapping).Move.ReadSpec(def, c))
	}
	return specs, nil
}

// gone goes once more through what a run has read.
type gone struct {
	*Run
	t           *transform.Transformer
	agg         *transform.Aggregator
	hasher      *batch.Hasher
	part        *batch.Batch // the columns that fields read
	rows        []int
	read, wrote batch.Digest
	moved       bool // a row that was good is so no more
}

func (g *gone) add(b *batch.Batch) error {
	if g.stopped() {
		return transfer.ErrStopped
	}
	g.part.Vectors = b.Vectors[:len(g.part.Columns)]
	g.read = g.read.Plus(g.hasher.Batch(g.part, nil))
	out, err := g.t.Run(g.part)
	var bad *transform.RowError
	if errors.As(err, &bad) {
		g.moved = true
		return nil
	}
	if err != nil {
		return err
	}
	g.wrote = g.wrote.Plus(g.hasher.Batch(out.Out, nil))
	g.rows = g.t.Rows(g.rows[:0])
	return g.agg.AddRun(b, out.Out, g.rows)
}
