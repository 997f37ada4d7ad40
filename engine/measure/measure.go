// Package measure answers the planner's questions at the endpoints, read only.
package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Env is what measuring needs besides the question.
type Env struct {
	Ends    map[string]providers.Endpoint // open systems by address
	Lineage string
	Prior   map[string]Prior // by mapping, as the state and the ledger know it
	Lookups map[string]map[string]string
	Keys    transform.Keys
	Workers int
	Tell    event.Sink
	// Gone takes the keys that a GoneKeys question found. They are for people and stored nowhere.
	Gone func(mapping string, keys []string, total int64)
}

// Prior is what earlier runs left of a mapping.
type Prior struct {
	UID     string
	Records []providers.ChunkRecord // newest of each bounds since the chunk list was cut
	List    []providers.Chunk       // by which the whole source was last read
	Whole   bool                    // bounds were good for one moment only: the table is compared as one
	Secret  []byte                  // of the target's ledger
}

// Answer measures. It changes nothing anywhere.
func Answer(ctx context.Context, e Env, q planner.Question) (planner.Answer, error) {
	a := planner.Answer{ID: q.ID}
	end := e.Ends[q.System]
	if end == nil {
		return a, fmt.Errorf("%s is not open", q.System)
	}
	if q.Kind != planner.Statements && q.Kind != planner.Print && q.Kind != planner.KeptTable {
		e.Tell.Tell(event.Event{Kind: event.Measuring, Mapping: q.Mapping, Text: string(q.Kind)})
	}
	var err error
	switch q.Kind {
	case planner.TargetRows:
		a.Count, err = count(ctx, end, providers.ReadSpec{Table: q.Def.TargetTable, Columns: q.Def.Columns()})
	case planner.SourceRows:
		spec := q.Def.Reading()
		spec.Cursor = q.Def.Between(q.Bounds)
		a.Count, err = count(ctx, end, spec)
	case planner.SeenRows:
		a.Count, err = seenRows(ctx, end, q)
	case planner.NewKeys:
		a.Count, err = e.newKeys(ctx, q)
	case planner.Tail:
		a.From = Before(q.Def, q.Bounds.UpTo)
		a.Text, err = e.tail(ctx, end, q)
	case planner.Position:
		a.Text, err = position(ctx, end, q)
	case planner.Print:
		if f, ok := providers.As[providers.Fingerprinter](end); ok {
			a.Text, err = f.Fingerprint(ctx, q.Def.SourceTable)
		}
	case planner.Statements:
		a.Statements, err = define(end, q.Changes)
	case planner.Digests:
		err = e.digests(ctx, end, q, &a)
	case planner.KeptTable:
		a.Found, err = found(ctx, end, q.Table)
	case planner.GoneKeys:
		a.Count, err = e.gone(ctx, q, q.Def.KeysOnly(), q.Def.KeysOnly().Reading())
	case planner.UnmadeKeys:
		a.Count, err = e.gone(ctx, q, q.Def.Keyed(), q.Def.Reading())
	case planner.RefusedKeys:
		err = e.refusedKeys(ctx, q, &a)
	case planner.Compare:
		err = e.compare(ctx, q, &a)
	case planner.Versions:
		err = e.versions(ctx, q, &a)
	case planner.TargetDigest:
		a.Text, err = e.targetDigest(ctx, q)
	default:
		err = fmt.Errorf("unknown question %q", q.Kind)
	}
	return a, err
}

// count asks the server, else reads the narrowest column and counts.
func count(ctx context.Context, end providers.Endpoint, spec providers.ReadSpec) (int64, error) {
	if c, ok := providers.As[providers.Counter](end); ok {
		return c.Count(ctx, spec)
	}
	source, ok := providers.As[providers.Source](end)
	if !ok {
		return 0, unsupported("count", spec.Table.String())
	}
	n := int64(0)
	err := providers.Each(ctx, source, spec, func(b *batch.Batch) error { n += int64(b.Len()); return nil })
	return n, err
}

func unsupported(op, object string) error {
	return &providers.Error{Op: op, Object: object, Class: providers.Unsupported, Err: errors.New("the system has no way to do it")}
}

func position(ctx context.Context, end providers.Endpoint, q planner.Question) (string, error) {
	p, ok := providers.As[providers.Positioner](end)
	if !ok {
		return "", unsupported("find the largest cursor", q.Def.SourceTable.String())
	}
	i := slices.IndexFunc(q.Def.Read, func(c schema.Column) bool { return c.Name == q.Bounds.Column })
	if i < 0 {
		return "", fmt.Errorf("the cursor %s of %s is not read", q.Bounds.Column, q.Mapping)
	}
	return p.Position(ctx, q.Def.SourceTable, q.Def.Read[i])
}

func define(end providers.Endpoint, changes []schema.Change) ([][]providers.Statement, error) {
	d, ok := providers.As[providers.Definer](end)
	if !ok {
		return nil, unsupported("write statements for", end.Info().Product)
	}
	out := make([][]providers.Statement, len(changes))
	for i, c := range changes {
		s, err := d.Define(c)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// digests reads the source again in the chunks of the ledger and says which of them read differently.
func (e Env) digests(ctx context.Context, end providers.Endpoint, q planner.Question, a *planner.Answer) error {
	prior := e.Prior[q.Mapping]
	src, ok := providers.As[providers.Source](end)
	if !ok {
		return unsupported("read", q.Def.SourceTable.String())
	}
	h := verify.Hasher(e.Lineage, prior.UID)
	if len(prior.Records) == 0 || prior.Whole {
		return whole(ctx, src, q, prior, h, a)
	}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, e.Workers))
	for _, r := range prior.Records {
		h := h.Clone()
		g.Go(func() error {
			got, err := sum(gctx, src, q.Def.ReadSpec(providers.Chunk{N: r.N, Bounds: r.Bounds}), h)
			if err != nil || got == r.Source {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			a.Differs = append(a.Differs, plan.Hash(prior.UID, r.Bounds))
			a.Rows += got.Rows
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(a.Differs)
	return err
}

func whole(ctx context.Context, src providers.Source, q planner.Question, prior Prior, h *batch.Hasher, a *planner.Answer) error {
	now, err := SourceDigest(ctx, src, q.Def, h)
	if err == nil && now != Read(prior.Records) {
		a.All, a.Rows = true, now.Rows
	}
	return err
}

// Read is what the recorded chunks read at the source.
func Read(records []providers.ChunkRecord) batch.Digest {
	var then batch.Digest
	for _, r := range records {
		then = then.Plus(r.Source)
	}
	return then
}

// SourceDigest is what the source reads like now, as a whole.
func SourceDigest(ctx context.Context, src providers.Source, d *plan.Definition, h *batch.Hasher) (batch.Digest, error) {
	return sum(ctx, src, d.ReadSpec(providers.Chunk{Bounds: plan.Everything}), h)
}

func sum(ctx context.Context, src providers.Source, spec providers.ReadSpec, h *batch.Hasher) (batch.Digest, error) {
	var total batch.Digest
	err := providers.Each(ctx, src, spec, func(b *batch.Batch) error { total = total.Plus(h.Batch(b, nil)); return nil })
	return total, err
}

// sides are what a definition makes of the source's rows, and the rows that stand.
func (e Env) sides(ctx context.Context, d *plan.Definition, reading providers.ReadSpec) (want, have verify.Side, err error) {
	src, ok := providers.As[providers.Source](e.Ends[d.Source])
	if !ok {
		return want, have, unsupported("compare keys of", d.TargetTable.String())
	}
	t, err := transform.Compile(transform.Spec{Definition: d, Lookups: e.Lookups, Keys: e.Keys, Look: transform.Looking(ctx, e.Ends[d.Target])})
	if err != nil {
		return want, have, err
	}
	have, err = verify.Target(ctx, e.Ends[d.Target], d, d.TargetTable, 1)
	return verify.Source(src, reading, d, t), have, err
}

// gone counts keys of the target that a definition cut down to its key does not make.
func (e Env) gone(ctx context.Context, q planner.Question, d *plan.Definition, all providers.ReadSpec) (int64, error) {
	want, have, err := e.sides(ctx, d, all)
	if err != nil {
		return 0, err
	}
	prior := e.Prior[q.Mapping]
	have = have.Where(holding(q))
	n, keys := int64(0), []string{}
	places := make([]int, len(d.Key))
	for i := range places {
		places[i] = slices.IndexFunc(d.Fields, func(f plan.Field) bool { return f.Name == d.Key[i] })
	}
	err = verify.Extra(ctx, want, have, nil, verify.Hasher(e.Lineage, prior.UID), func(b *batch.Batch) error {
		n += int64(b.Len())
		for i := 0; i < b.Len() && len(keys) < listed; i++ {
			keys = append(keys, transform.ShowKey(b, i, places, prior.Secret, q.Def.Classified()))
		}
		return nil
	})
	if err == nil && n > 0 && e.Gone != nil && q.Kind == planner.GoneKeys {
		slices.Sort(keys)
		e.Gone(q.Mapping, keys, n)
	}
	return n, err
}

// listed is how many keys are told.
const listed = 50

// found describes one table, nil where it is not there.
func found(ctx context.Context, end providers.Endpoint, ref schema.Ref) (*schema.Table, error) {
	inspector, ok := providers.As[providers.Inspector](end)
	if !ok {
		return nil, unsupported("inspect", ref.String())
	}
	c, err := inspector.Inspect(ctx, []schema.Ref{ref})
	if err != nil {
		return nil, err
	}
	t, _ := c.Table(ref)
	return t, nil
}
