package delta

import (
	"context"
	"slices"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Stand counts the keys of a batch, in the order of the key, that have a row in the target.
func (c *Comparer) Stand(ctx context.Context, keys *batch.Batch) (int64, error) {
	return Stand(ctx, c.Target, c.Table, pick(c.Standing, c.key), keys)
}

// Stand counts the keys that have a row in a table, whose columns of the key are given as they stand.
func Stand(ctx context.Context, target providers.Source, table schema.Ref, columns []schema.Column, keys *batch.Batch) (int64, error) {
	if keys == nil || keys.Len() == 0 {
		return 0, nil
	}
	named := batch.New(slices.Clone(keys.Columns), 0)
	for i := range columns {
		named.Columns[i].Name = columns[i].Name
		named.Vectors[i] = keys.Vectors[i]
	}
	n := int64(0)
	err := providers.Each(ctx, target, providers.ReadSpec{Table: table, Columns: columns, Keys: named}, func(b *batch.Batch) error {
		n += int64(b.Len())
		return nil
	})
	return n, err
}
