package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// A sample is about so many rows, from so many places that lie evenly over the table. A table that is not larger is read
// whole.
const (
	sampled = 50_000
	spots   = 20
)

// compare holds the source against the target by key, as a run will, and writes nothing.
func (e Env) compare(ctx context.Context, q planner.Question, a *planner.Answer) error {
	chunks, limit := e.parts(q), int64(0)
	total, err := e.total(ctx, q, chunks)
	if err != nil {
		return err
	}
	if !q.Exact && total > sampled {
		chunks, limit = spread(chunks), sampled/int64(min(len(chunks), spots))
	}
	out := &planner.Differences{Total: total, Fields: map[string]int64{}}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, e.Workers))
	for _, c := range chunks {
		g.Go(func() error {
			found, err := e.compareChunk(gctx, q, c, limit)
			mu.Lock()
			defer mu.Unlock()
			add(out, found)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return e.twice(ctx, q, err)
	}
	if limit == 0 {
		out.Total = out.Rows // what was counted may have moved on since
	}
	a.Compared = out
	return nil
}

func add(to *planner.Differences, o planner.Differences) {
	to.Rows, to.Added, to.Changed, to.Conflicts, to.Moved, to.Refused = to.Rows+o.Rows, to.Added+o.Added, to.Changed+o.Changed, to.Conflicts+o.Conflicts, to.Moved+o.Moved, to.Refused+o.Refused
	for name, n := range o.Fields {
		to.Fields[name] += n
	}
}

// twice names the keys that two rows of the source make, where that is why a comparison failed.
func (e Env) twice(ctx context.Context, q planner.Question, cause error) error {
	if !errors.Is(cause, delta.ErrTwice) {
		return cause
	}
	want, _, err := e.sides(ctx, quiet(q.Def), e.standing(q, providers.Chunk{Bounds: plan.Everything}))
	if err != nil {
		return errors.Join(cause, err)
	}
	prior := e.Prior[q.Mapping]
	twice, err := verify.Duplicates(ctx, want, verify.Hasher(e.Lineage, prior.UID), verify.Show{Secret: prior.Secret, Classified: q.Def.Classified()})
	if err != nil || len(twice) == 0 {
		return errors.Join(cause, err)
	}
	keys := make([]string, len(twice))
	for i, t := range twice {
		keys[i] = t.Key
	}
	return fmt.Errorf("duplicate_key: several rows of the source make the same key (%s) in %s: %s. Take fields for the key that tell such rows apart, or leave all but one of them out with `where`",
		strings.Join(q.Def.Key, ", "), q.Mapping, strings.Join(keys, ", "))
}

// total counts the rows of the source that are compared.
func (e Env) total(ctx context.Context, q planner.Question, chunks []providers.Chunk) (int64, error) {
	if len(q.Chunks) == 0 {
		return count(ctx, e.Ends[q.System], e.standing(q, providers.Chunk{Bounds: plan.Everything}))
	}
	total := int64(0)
	for _, c := range chunks {
		n, err := count(ctx, e.Ends[q.System], e.standing(q, c))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// parts are the chunks by which the source was last read, or all of it in one.
func (e Env) parts(q planner.Question) []providers.Chunk {
	prior := e.Prior[q.Mapping]
	if len(q.Chunks) > 0 {
		return e.chosen(prior, q.Chunks)
	}
	if len(prior.List) == 0 || q.Def.Query != "" || slices.ContainsFunc(prior.List, func(c providers.Chunk) bool { return c.Positional }) {
		return []providers.Chunk{{Bounds: plan.Everything}}
	}
	return prior.List
}

// chosen are the recorded chunks of these hashes.
func (e Env) chosen(prior Prior, hashes []string) []providers.Chunk {
	var out []providers.Chunk
	for _, r := range prior.Records {
		if slices.Contains(hashes, plan.Hash(prior.UID, r.Bounds)) {
			out = append(out, providers.Chunk{N: r.N, Bounds: r.Bounds})
		}
	}
	return out
}

func spread(chunks []providers.Chunk) []providers.Chunk {
	if len(chunks) <= spots {
		return chunks
	}
	var out []providers.Chunk
	for i := range spots {
		out = append(out, chunks[i*len(chunks)/spots])
	}
	return out
}

// standing is how a chunk of the rows that earlier runs read is read.
func (e Env) standing(q planner.Question, c providers.Chunk) providers.ReadSpec {
	s := q.Def.Reading()
	s.Cursor = q.Def.Standing()
	if c.Bounds != plan.Everything && c.Bounds != plan.Standing {
		s.Chunk = &c
	}
	return s
}

func (e Env) compareChunk(ctx context.Context, q planner.Question, c providers.Chunk, limit int64) (planner.Differences, error) {
	out := planner.Differences{Fields: map[string]int64{}}
	source, ok1 := providers.As[providers.Source](e.Ends[q.System])
	target, ok2 := providers.As[providers.Source](e.Ends[q.Def.Target])
	if !ok1 || !ok2 {
		return out, unsupported("compare rows of", q.Def.TargetTable.String())
	}
	comparer, err := e.Comparer(ctx, q, target)
	if err != nil {
		return out, err
	}
	moved := q.Delta.All || slices.Contains(q.Delta.Moved, plan.Hash(e.Prior[q.Mapping].UID, c.Bounds))
	spec := e.standing(q, c)
	spec.Columns = comparer.Read()
	err = providers.Each(ctx, source, spec, func(b *batch.Batch) error {
		if limit > 0 && out.Rows+int64(b.Len()) > limit {
			b.Truncate(int(limit - out.Rows))
		}
		if b.Len() == 0 {
			return io.EOF
		}
		r, err := comparer.Compare(ctx, b, moved)
		if err != nil {
			return err
		}
		out.Rows += int64(b.Len())
		if moved && q.Def.KeyIsSource { // as a run removes them
			refused, err := comparer.Stand(ctx, r.Refused)
			if err != nil {
				return err
			}
			out.Refused += refused
		}
		if moved {
			out.Moved += r.Added + r.Changed
			return nil
		}
		add(&out, planner.Differences{Added: r.Added, Changed: r.Changed, Conflicts: int64(len(r.Conflicts) + len(r.Corrected)), Fields: r.Fields})
		return nil
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return out, err
}

// Comparer prepares a comparison that writes nothing.
func (e Env) Comparer(ctx context.Context, q planner.Question, target providers.Source) (*delta.Comparer, error) {
	prior := e.Prior[q.Mapping]
	spec := transform.Spec{Definition: quiet(q.Def), Lookups: e.Lookups, Keys: e.Keys, SecretKey: prior.Secret, Look: transform.Looking(ctx, e.Ends[q.Def.Target])}
	now, err := transform.Compile(spec)
	if err != nil {
		return nil, err
	}
	s := delta.Spec{New: q.Def, Now: now, Target: target, Table: q.Def.TargetTable, Standing: q.Standing, Move: q.Delta, Hasher: verify.Hasher(e.Lineage, prior.UID)}
	if q.Before != nil && !q.Delta.Proof {
		s.Old = delta.Before(q.Before, q.Def, q.Delta.Fields())
		spec.Definition = s.Old
		if s.Before, err = delta.Formerly(s.Old, spec); err != nil {
			return nil, err
		}
	}
	spec.Definition = q.Def
	if s.Select, err = delta.Selecting(q.Def, q.Delta, spec); err != nil {
		return nil, err
	}
	return delta.New(s)
}

// quiet is the definition in which a row that fails is left out: to count goes on where a run would stop.
func quiet(d *plan.Definition) *plan.Definition {
	out := *d
	out.Fields = slices.Clone(d.Fields)
	for i := range out.Fields {
		if out.Fields[i].OnRowError == "" || out.Fields[i].OnRowError == "fail" {
			out.Fields[i].OnRowError = "quarantine"
		}
	}
	return &out
}

// targetDigest is the digest of the target's table as it stands.
func (e Env) targetDigest(ctx context.Context, q planner.Question) (string, error) {
	side, err := verify.Target(ctx, e.Ends[q.Def.Target], q.Def, q.Def.TargetTable, max(1, e.Workers))
	if err != nil {
		return "", err
	}
	sum, err := verify.Sum(ctx, side, verify.Hasher(e.Lineage, e.Prior[q.Mapping].UID), nil, nil)
	return sum.String(), err
}
