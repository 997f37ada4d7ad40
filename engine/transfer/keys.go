package transfer

import (
	"context"
	"errors"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Linked marks the moment of a chunk's record whose deferred refs are written.
const Linked = " linked"

// keyMap is the name of the map that a copy keeps, "" for none.
func (j Job) keyMap() string {
	switch {
	case !j.Definition.KeyMap:
		return ""
	case j.Move.Table != j.Definition.TargetTable:
		return providers.Staged(j.UID)
	}
	return j.UID
}

// look finds keys of refs: in the chunk's own transaction where the target wants that, since it may lock others out.
func (a *attempt) look(ctx context.Context) transform.Look {
	type finder interface {
		Look(ctx context.Context, name string, old []string) (map[string]string, error)
	}
	find, ok := a.loader.(finder)
	if !ok {
		find, ok = providers.As[providers.KeyMap](a.Target)
	}
	return func(mapping string, old []string) (map[string]string, error) {
		if !ok {
			return nil, &providers.Error{Op: "find keys", Object: a.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target remembers no keys")}
		}
		name := mapping
		if a.Names != nil {
			name = a.Names(mapping)
		}
		return find.Look(ctx, name, old)
	}
}

// remember notes which key each row has got, for those that refer to it. rows are the places in b of the rows of out.
func (a *attempt) remember(ctx context.Context, b, out *batch.Batch, rows []int) error {
	if !a.Definition.KeyMap {
		return nil
	}
	m, ok := a.loader.(providers.KeyMapper)
	if !ok {
		return &providers.Error{Op: "keep keys", Object: a.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target remembers no keys")}
	}
	return m.Map(ctx, Pairs(a.Definition, b, out, rows))
}

// Pairs are the entries of a key map for rows: old keys of b, whose rows are at the given places, and new keys of out.
func Pairs(d *plan.Definition, b, out *batch.Batch, rows []int) []providers.KeyPair {
	oldTypes, old := columnsOf(b, d.SourceKey)
	newTypes, made := columnsOf(out, d.Key)
	pairs := make([]providers.KeyPair, 0, len(rows))
	for i, from := range rows {
		x, ok1 := providers.KeyText(oldTypes, old, from)
		y, ok2 := providers.KeyText(newTypes, made, i)
		if ok1 && ok2 {
			pairs = append(pairs, providers.KeyPair{Old: x, New: y})
		}
	}
	return pairs
}

func columnsOf(b *batch.Batch, names []string) ([]schema.Type, []*batch.Vector) {
	var types []schema.Type
	var of []*batch.Vector
	for _, name := range names {
		i := slices.IndexFunc(b.Columns, func(c schema.Column) bool { return c.Name == name })
		types, of = append(types, b.Columns[i].Type), append(of, &b.Vectors[i])
	}
	return types, of
}

// linking leaves out the rows whose deferred refs are null: they stand as they were written a moment ago, and count as if
// they had been written again. It gives the rows to write, and their places.
func (a *attempt) linking(out *batch.Batch, rows []int) (*batch.Batch, []int) {
	if !a.same {
		return out, rows
	}
	_, deferred := columnsOf(out, a.Definition.Deferred())
	some := batch.New(out.Columns, 0)
	kept := rows[:0]
	for i, from := range rows {
		if slices.ContainsFunc(deferred, func(v *batch.Vector) bool { return !v.Null(i) }) {
			some.AppendRow(out, i)
			kept = append(kept, from)
		} else {
			a.rec.Replaced = a.rec.Replaced.Plus(a.h.Row(out, i, nil))
		}
	}
	return some, kept
}
