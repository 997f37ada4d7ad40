package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// controls adds up the totals of a mapping's controls on both sides. After a load into a table that held no rows, and
// where rows are only added, all rows count; after an upsert those that this run read, found again by their keys.
func (r *Run) controls(ctx context.Context, s plan.Step, def *plan.Definition) ([]CheckReport, error) {
	c := &controller{Run: r, step: s, def: def, hasher: r.hasher(s.Mapping)}
	for _, k := range def.Controls {
		c.totals = append(c.totals, verify.NewTotals(k))
	}
	c.failed = make([]error, len(c.totals))
	if err := r.inSlot(ctx, s.Target, func() error { return c.read(ctx) }); err != nil {
		return nil, err
	}
	var out []CheckReport
	for i, k := range def.Controls {
		out = append(out, c.report(i, k))
	}
	return out, nil
}

type controller struct {
	*Run
	step   plan.Step
	def    *plan.Definition
	totals []*verify.Totals
	failed []error // of each, why it has no totals
	target providers.Source
	t      *transform.Transformer
	rows   []int
	hasher *batch.Hasher
	seen   batch.Digest // of the source's rows, as they are now
	moved  bool         // they are not those that were copied
}

func (c *controller) read(ctx context.Context) error {
	var err error
	if c.target, err = verify.Readable(c.Ends[c.step.Target], c.def.TargetTable); err != nil {
		return err
	}
	from, err := c.moment(ctx, c.def.Source)
	if err != nil {
		return err
	}
	if c.t, err = transform.Compile(c.transformSpec(ctx, c.step.Target, c.def)); err != nil {
		return err
	}
	move := c.copyStep(c.step.Mapping)
	byKey := move != nil && move.Move.Load == providers.Upsert && !move.Move.Ours
	specs, err := c.specs(ctx, byKey)
	if err != nil {
		return err
	}
	source := from.pace(c.def).paced
	for _, spec := range specs {
		err := providers.Each(ctx, source, spec, func(b *batch.Batch) error { return c.source(ctx, b, byKey) })
		if err != nil {
			return err
		}
	}
	if !byKey {
		if err := c.scan(ctx, nil); err != nil {
			return err
		}
	}
	return c.copied(ctx, byKey)
}

// copied notes whether the source reads as it did when the rows were copied: a resumed run has another moment.
func (c *controller) copied(ctx context.Context, byKey bool) error {
	run := ""
	if byKey || c.step.Move.Table != c.def.TargetTable {
		run = c.id
	}
	records, err := c.history(c.step.Target).Recorded(ctx, run, c.uid(c.step.Mapping))
	if err != nil {
		return err
	}
	var then batch.Digest
	for _, rec := range records {
		then = then.Plus(rec.Source)
	}
	c.moved = then != c.seen
	return nil
}

// specs are the rows of the source that count: the chunks of this run, or all up to the pinned bound.
func (c *controller) specs(ctx context.Context, byKey bool) ([]providers.ReadSpec, error) {
	if !byKey {
		return []providers.ReadSpec{c.def.Whole().ReadSpec(providers.Chunk{Bounds: plan.Everything})}, nil
	}
	chunks, err := c.history(c.step.Target).Chunks(ctx, c.id, c.uid(c.step.Mapping))
	if err != nil {
		return nil, err
	}
	var out []providers.ReadSpec
	for _, k := range chunks {
		out = append(out, c.copyStep(c.step.Mapping).Move.ReadSpec(c.def, k))
	}
	return out, nil
}

// source adds one batch of the source: the columns as they were read, of the rows that were written.
func (c *controller) source(ctx context.Context, b *batch.Batch, byKey bool) error {
	if c.stopped() {
		return transfer.ErrStopped
	}
	c.seen = c.seen.Plus(c.hasher.Batch(b, nil))
	result, err := c.t.Run(b)
	if err != nil {
		return err
	}
	c.rows = c.t.Rows(c.rows[:0])
	for i, k := range c.def.Controls {
		by, sum := columns(result.Out, k.By), columns(b, c.plain(k.Sum))
		for at, from := range c.rows {
			if c.failed[i] == nil {
				c.failed[i] = c.totals[i].Add(verify.AtSource, by, at, sum, from)
			}
		}
	}
	if !byKey || result.Out.Len() == 0 {
		return nil
	}
	return c.scan(ctx, c.keys(result.Out))
}

// scan adds rows of the target, all or those of some keys.
func (c *controller) scan(ctx context.Context, keys *batch.Batch) error {
	spec := providers.ReadSpec{Table: c.step.Move.Table, Columns: c.def.Columns(), Keys: keys}
	return providers.Each(ctx, c.target, spec, func(b *batch.Batch) error {
		for i, k := range c.def.Controls {
			by, sum := columns(b, k.By), columns(b, k.Sum)
			for row := range b.Len() {
				if c.failed[i] == nil {
					c.failed[i] = c.totals[i].Add(verify.AtTarget, by, row, sum, row)
				}
			}
		}
		return nil
	})
}

// keys is the key columns of rows of the target.
func (c *controller) keys(out *batch.Batch) *batch.Batch {
	var places []int
	var named []schema.Column
	for _, name := range c.def.Key {
		i := slices.IndexFunc(out.Columns, func(o schema.Column) bool { return o.Name == name })
		places, named = append(places, i), append(named, out.Columns[i])
	}
	keys := batch.New(named, 0)
	for n, i := range places {
		keys.Vectors[n].AppendAll(&out.Vectors[i])
	}
	return keys
}

// plain are the source columns that fields carry.
func (c *controller) plain(fields []string) []string {
	out := make([]string, len(fields))
	for i, name := range fields {
		out[i] = c.field(name).Plain
	}
	return out
}

func (c *controller) field(name string) plan.Field {
	return c.def.Fields[slices.IndexFunc(c.def.Fields, func(f plan.Field) bool { return f.Name == name })]
}

func columns(b *batch.Batch, names []string) []verify.Column {
	out := make([]verify.Column, len(names))
	for i, name := range names {
		at := slices.IndexFunc(b.Columns, func(o schema.Column) bool { return o.Name == name })
		out[i] = verify.Column{Type: b.Columns[at].Type, Of: &b.Vectors[at]}
	}
	return out
}

// report says what a control found. Groups and totals are named only where none of their columns is classified, and in
// the report alone: not in events nor in the state.
func (c *controller) report(i int, k plan.Control) CheckReport {
	out := CheckReport{Name: k.Name, Kind: "control", Severity: "block"}
	found, err := c.totals[i].Compare()
	if c.failed[i] != nil {
		err = c.failed[i]
	}
	switch {
	case err != nil:
		out.Text = err.Error()
	case found.Differs > 0:
		out.Text = fmt.Sprintf("the totals differ in %d of %s", found.Differs, plan.Count(int64(found.Groups), "group"))
		if len(k.By) == 0 {
			out.Text = "the totals differ"
		}
		if c.moved {
			out.Text += "; the source has changed since its rows were copied"
		}
		if !c.classified(k) {
			out.Groups = found.Named
		}
	default:
		out.Pass, out.Text = true, fmt.Sprintf("the totals of %s agree", plan.Count(int64(found.Groups), "group"))
		if len(k.By) == 0 {
			out.Text = "the totals agree"
		}
	}
	c.Tell.Tell(event.Event{Kind: event.Checked, Run: c.id, Mapping: c.step.Mapping, Text: verdict(out.Pass) + " " + k.Name + ": " + out.Text})
	return out
}

func (c *controller) classified(k plan.Control) bool {
	return slices.ContainsFunc(slices.Concat(k.Sum, k.By), func(name string) bool { return len(c.field(name).Classes) > 0 })
}

// controlKind is a CheckReport's kind of a report of the state.
func controlKind(kind string) string {
	if kind == "control" {
		return kind
	}
	return ""
}
