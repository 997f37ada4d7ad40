package measure

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// versions goes through the rows that a run would read, all of them, and counts the versions that it would open and close.
func (e Env) versions(ctx context.Context, q planner.Question, a *planner.Answer) error {
	source, ok1 := providers.As[providers.Source](e.Ends[q.System])
	target, ok2 := providers.As[providers.Source](e.Ends[q.Def.Target])
	if !ok1 || !ok2 {
		return unsupported("compare versions of", q.Def.TargetTable.String())
	}
	prior := e.Prior[q.Mapping]
	now, err := transform.Compile(transform.Spec{Definition: quiet(q.Def.Dated()), Lookups: e.Lookups, Keys: e.Keys, SecretKey: prior.Secret, Look: transform.Looking(ctx, e.Ends[q.Def.Target])})
	if err != nil {
		return err
	}
	v, err := delta.NewVersioner(delta.VersionSpec{Definition: q.Def, Now: now, Target: target, Table: q.Def.TargetTable, Standing: q.Standing,
		Hasher: verify.Hasher(e.Lineage, prior.UID), Redefined: q.Redefined})
	if err != nil {
		return err
	}
	out := &planner.VersionsFound{}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, e.Workers))
	for _, c := range e.reading(q) {
		v := v.Clone()
		g.Go(func() error {
			return providers.Each(gctx, source, q.Def.ReadSpec(c), func(b *batch.Batch) error {
				r, err := v.Compare(gctx, b)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				out.Opened, out.Closed, out.Refused = out.Opened+r.Opened, out.Closed+r.Closed, out.Refused+int64(len(r.Refused))
				return nil
			})
		})
	}
	if err := g.Wait(); err != nil {
		q.Def = q.Def.Current()
		return e.twice(ctx, q, err)
	}
	a.Versions = out
	return nil
}

// reading are the chunks that a question is about.
func (e Env) reading(q planner.Question) []providers.Chunk {
	prior := e.Prior[q.Mapping]
	var out []providers.Chunk
	for _, r := range prior.Records {
		if slices.Contains(q.Chunks, plan.Hash(prior.UID, r.Bounds)) {
			out = append(out, providers.Chunk{N: r.N, Bounds: r.Bounds})
		}
	}
	switch {
	case len(q.Chunks) > 0:
		return out
	case q.Def.Cursor == nil:
		return e.parts(q)
	}
	return []providers.Chunk{{Bounds: plan.Everything}}
}

// holding is the condition for versions that are open, by the name that the column of their end has as the table stands.
func holding(q planner.Question) *schema.Predicate {
	p := q.Def.Holding()
	at := slices.IndexFunc(q.Def.Fields, func(f plan.Field) bool { return q.Def.History != nil && f.Name == q.Def.History.To })
	if at < len(q.Standing) && at >= 0 && q.Standing[at].Name != "" {
		p.And[0].Column = q.Standing[at].Name
	}
	return p
}
