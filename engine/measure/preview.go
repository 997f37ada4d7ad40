package measure

import (
	"context"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Look is a copy whose rows are to be shown before it is made.
type Look struct {
	Mapping  *plan.Mapping
	Move     *plan.Transfer
	Standing []schema.Column // of the target, by the fields of the definition; one without a name is not there
	// Tell gets each row that would be written, in whatever order: the row, and what stands at its key, if anything does.
	Tell func(row *batch.Batch, i int, stands *batch.Batch, at int)
}

// Preview reads what a copy would read, holds it against the target by key, and tells which rows it would write. It writes
// nothing; it holds two batches, whatever the size of the table.
func (e Env) Preview(ctx context.Context, l Look) error {
	def := l.Mapping.Definition
	source, ok1 := providers.As[providers.Source](e.Ends[def.Source])
	target, ok2 := providers.As[providers.Source](e.Ends[def.Target])
	if !ok1 || !ok2 {
		return unsupported("compare rows of", def.TargetTable.String())
	}
	if !l.compares() {
		return e.allNew(ctx, source, l)
	}
	q := planner.Question{Mapping: l.Mapping.Address, System: def.Source, Def: def, Before: l.Mapping.Before, Delta: l.Move.Delta, Standing: l.Standing}
	if q.Delta == nil {
		q.Delta, q.Before = &plan.Delta{Set: []string{}, All: true}, nil
	}
	comparer, err := e.Comparer(ctx, q, target)
	if err != nil {
		return err
	}
	for _, part := range e.read(q, l.Move) {
		part.spec.Columns = comparer.Read()
		err := providers.Each(ctx, source, part.spec, func(b *batch.Batch) error {
			r, err := comparer.Compare(ctx, b, part.moved)
			if err != nil {
				return err
			}
			for i, at := range r.Was {
				l.Tell(r.Rows, i, r.Stands, at)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compares reports whether rows that stand are found by the key. Of a table that is made, or found empty, there are none.
func (l Look) compares() bool {
	def := l.Mapping.Definition
	if len(def.Key) == 0 || l.Move.Load != providers.Upsert && (!l.Move.Ours || l.Move.Table == def.TargetTable) {
		return false
	}
	for i, f := range def.Fields {
		if slices.Contains(def.Key, f.Name) && !l.Standing[i].Type.Equal(f.Column.Type) {
			return false
		}
	}
	return true
}

// stretch is a part of the source that is read. Moved says that it reads differently than before, so that all fields count.
type stretch struct {
	spec  providers.ReadSpec
	moved bool
}

func (e Env) read(q planner.Question, t *plan.Transfer) []stretch {
	var out []stretch
	uid := e.Prior[q.Mapping].UID
	if t.Delta != nil {
		for _, c := range e.parts(q) {
			out = append(out, stretch{e.standing(q, c), q.Delta.All || slices.Contains(q.Delta.Moved, plan.Hash(uid, c.Bounds))})
		}
		if q.Def.Cursor.Increment() {
			out = append(out, stretch{q.Def.ReadSpec(providers.Chunk{Bounds: plan.Everything}), true})
		}
		return out
	}
	if len(t.Chunks) == 0 {
		return []stretch{{q.Def.ReadSpec(providers.Chunk{Bounds: plan.Everything}), true}}
	}
	for _, r := range e.Prior[q.Mapping].Records {
		if slices.Contains(t.Chunks, plan.Hash(uid, r.Bounds)) {
			out = append(out, stretch{q.Def.ReadSpec(providers.Chunk{N: r.N, Bounds: r.Bounds}), true})
		}
	}
	return out
}

// allNew tells of the rows of a copy that finds none of them there.
func (e Env) allNew(ctx context.Context, source providers.Source, l Look) error {
	def := l.Mapping.Definition
	through, err := transform.Compile(transform.Spec{Definition: quiet(def), Lookups: e.Lookups, Keys: e.Keys, SecretKey: e.Prior[l.Mapping.Address].Secret, Look: transform.Looking(ctx, e.Ends[def.Target])})
	if err != nil {
		return err
	}
	return providers.Each(ctx, source, def.ReadSpec(providers.Chunk{Bounds: plan.Everything}), func(b *batch.Batch) error {
		r, err := through.Run(b)
		if err != nil {
			return err
		}
		for i := range r.Out.Len() {
			l.Tell(r.Out, i, nil, -1)
		}
		return nil
	})
}
