package delta

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Selecting prepares the condition by which a reload chooses rows of the source, nil for all rows.
func Selecting(now *plan.Definition, move *plan.Delta, spec transform.Spec) (*transform.Transformer, error) {
	if move.Where == "" {
		return nil, nil
	}
	chosen := schema.Column{Name: "chosen", Type: schema.Type{Kind: schema.Bool}}
	d := *now
	d.Read, d.Where, d.WhereCanon, d.Filters, d.Key, d.Mode = move.Reads, move.Where, "", nil, nil, "append"
	d.SourceKey = nil
	d.Fields = []plan.Field{{Name: chosen.Name, CEL: "true", Column: chosen, Value: chosen.Type}}
	spec.Definition = &d
	t, err := transform.Compile(spec)
	if err != nil {
		return nil, fmt.Errorf("choose rows of %s: %w", now.SourceTable, err)
	}
	return t, nil
}

// selecting adds the columns that the condition reads to those that a batch has to have.
func (c *Comparer) selecting() error {
	if c.Select == nil {
		return nil
	}
	var err error
	c.choose, err = c.reading(c.Move.Reads)
	return err
}

// chosen is the rows of a batch that the condition chooses, and the place of each in it; b itself where all are.
func (c *Comparer) chosen(b *batch.Batch, moved bool) (*batch.Batch, []int, error) {
	if c.Select == nil || moved {
		return b, nil, nil
	}
	if _, err := c.Select.Run(part(b, c.Move.Reads, c.choose)); err != nil {
		return nil, nil, err
	}
	rows := c.Select.Rows([]int{})
	out := batch.New(c.read, 0)
	for _, i := range rows {
		out.AppendRow(b, i)
	}
	return out, rows, nil
}
