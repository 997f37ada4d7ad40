package measure

import (
	"context"
	"errors"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
)

// seenRows counts at one moment.
func seenRows(ctx context.Context, end providers.Endpoint, q planner.Question) (n int64, err error) {
	s, ok := providers.As[providers.Snapshotter](end)
	if !ok {
		return 0, unsupported("hold a moment of", q.Def.SourceTable.String())
	}
	snap, err := s.Snapshot(ctx, 1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	c, ok := snap.(providers.Counter)
	if !ok {
		return 0, unsupported("count", q.Def.SourceTable.String())
	}
	return Seen(ctx, c, q.Def, q.Bounds)
}

// Seen counts the rows that were read before the cursor's range, and are as they were: no row can be added to them.
func Seen(ctx context.Context, c providers.Counter, d *plan.Definition, at plan.Cursor) (int64, error) {
	below := plan.Cursor{Column: at.Column, UpTo: at.After}
	spec := d.Reading()
	spec.Cursor = d.Between(below)
	all, err := c.Count(ctx, spec)
	if err != nil {
		return 0, err
	}
	below.Seen = at.Seen
	spec.Cursor = d.Between(below)
	late, err := c.Count(ctx, spec)
	return all - late, err
}

// newKeys counts keys of the range's rows that the target has not.
func (e Env) newKeys(ctx context.Context, q planner.Question) (int64, error) {
	d := q.Def.KeysOnly()
	spec := d.Reading()
	spec.Cursor = q.Def.Between(q.Bounds)
	want, have, err := e.sides(ctx, d, spec)
	if err != nil {
		return 0, err
	}
	prior := e.Prior[q.Mapping]
	diff, err := verify.Compare(ctx, want, have, verify.Hasher(e.Lineage, prior.UID), verify.Show{Secret: prior.Secret, Classified: q.Def.Classified()})
	return diff.Missing, err
}

// tail digests the rows in the overlap.
func (e Env) tail(ctx context.Context, end providers.Endpoint, q planner.Question) (string, error) {
	src, ok := providers.As[providers.Source](end)
	if !ok {
		return "", unsupported("read", q.Def.SourceTable.String())
	}
	return Tail(ctx, src, q.Def, q.Bounds.UpTo, e.Lineage, e.Prior[q.Mapping].UID)
}

// Tail is the digest of the rows in the overlap below a position, with the overlap itself.
func Tail(ctx context.Context, src providers.Source, d *plan.Definition, position, lineage, uid string) (string, error) {
	spec := d.Reading()
	spec.Cursor = d.Between(plan.Cursor{Column: d.Cursor.Column, After: Before(d, position), UpTo: position})
	total, err := sum(ctx, src, spec, verify.Hasher(lineage, uid))
	return d.Cursor.Overlap + " " + total.String(), err
}
