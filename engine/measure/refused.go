package measure

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// refusedKeys counts the rows of the target whose source row is within the bounds and is left out now. Of many rows it looks
// at a sample, unless all are asked for.
func (e Env) refusedKeys(ctx context.Context, q planner.Question, a *planner.Answer) error {
	source, ok1 := providers.As[providers.Source](e.Ends[q.System])
	target, ok2 := providers.As[providers.Source](e.Ends[q.Def.Target])
	if !ok1 || !ok2 {
		return unsupported("compare keys of", q.Def.TargetTable.String())
	}
	def := quiet(q.Def.Keyed())
	t, err := transform.Compile(transform.Spec{Definition: def, Lookups: e.Lookups, Keys: e.Keys, Look: transform.Looking(ctx, e.Ends[q.Def.Target])})
	if err != nil {
		return err
	}
	columns, spec := keyColumns(q), def.Reading()
	spec.Cursor = q.Def.Between(q.Bounds)
	err = providers.Each(ctx, source, spec, func(b *batch.Batch) error {
		if !q.Exact && a.Rows >= sampled {
			return io.EOF
		}
		a.Rows += int64(b.Len())
		r, err := t.Run(b)
		if err != nil {
			return err
		}
		n, err := delta.Stand(ctx, target, q.Def.TargetTable, columns, r.Refused)
		a.Count += n
		return err
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// keyColumns are those of the target's key as they stand.
func keyColumns(q planner.Question) []schema.Column {
	standing := q.Standing
	if standing == nil {
		standing = q.Def.Columns()
	}
	out := make([]schema.Column, len(q.Def.Key))
	for i, name := range q.Def.Key {
		out[i] = standing[slices.IndexFunc(q.Def.Fields, func(f plan.Field) bool { return f.Name == name })]
	}
	return out
}
