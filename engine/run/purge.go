package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// gather is how many rows are deleted in one transaction.
const gather = 5000

// purge deletes the rows of a mapping that is gone, by key. The table was proved before to hold what the runs left; a row
// that somebody changes between its reading and its deletion stays, since each transaction says what has to stand.
func (r *Run) purge(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Before
	source, err := verify.Readable(r.Ends[s.Target], s.Move.Table)
	if err != nil {
		return err
	}
	next, err := r.swept(ctx, s)
	if err != nil {
		return err
	}
	removed := int64(0)
	for {
		if r.stopped() {
			return transfer.ErrStopped
		}
		keys, stood, err := r.some(ctx, source, def, s)
		if err != nil {
			return err
		}
		if keys.Len() == 0 {
			break
		}
		bounds := fmt.Sprintf("%s%d", plan.Swept, next)
		next++
		err = r.inSlot(ctx, s.Target, func() error {
			return r.note(ctx, s, def, bounds, providers.ChunkRecord{Stood: &stood}, keys)
		})
		if err != nil {
			return err
		}
		removed += int64(keys.Len())
	}
	r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: fmt.Sprintf("%s removed from %s", plan.RowsWere(removed), s.Move.Table)})
	if err := r.recountOf(ctx, s.Mapping, s.Target); err != nil {
		return err
	}
	if err := r.emptied(ctx, s); err != nil {
		return err
	}
	return r.mark(ctx, s)
}

// emptied says what came of it: the ledger counts to nothing where all that was deleted is what the runs had left.
func (r *Run) emptied(ctx context.Context, s plan.Step) error {
	records, err := r.history(s.Target).Recorded(ctx, "", r.uid(s.Mapping))
	if err != nil {
		return err
	}
	m, left := r.of(s.Mapping), Expected(records)
	m.Verified = "no row stands"
	if left != (batch.Digest{}) {
		m.Mismatch, m.Verified = true, fmt.Sprintf("other rows were deleted than the runs had left in %s: somebody else wrote to it meanwhile", s.Move.Table)
	}
	r.Tell.Tell(event.Event{Kind: event.Verified, Run: r.id, Mapping: s.Mapping, Text: m.Verified})
	return nil
}

// errEnough ends the reading of a table.
var errEnough = errors.New("enough rows")

// some reads rows that still stand: their keys, and the digest of the whole rows.
func (r *Run) some(ctx context.Context, source providers.Source, def *plan.Definition, s plan.Step) (*batch.Batch, batch.Digest, error) {
	columns := def.Columns()
	var key []int
	for _, name := range def.Key {
		for i, c := range columns {
			if c.Name == name {
				key = append(key, i)
			}
		}
	}
	keys, stood, h := batch.New(nil, 0), batch.Digest{}, r.hasher(s.Mapping)
	for _, i := range key {
		keys.Columns, keys.Vectors = append(keys.Columns, columns[i]), append(keys.Vectors, batch.NewVector(columns[i].Type))
	}
	err := providers.Each(ctx, source, providers.ReadSpec{Table: s.Move.Table, Columns: columns}, func(b *batch.Batch) error {
		if free := gather - keys.Len(); b.Len() > free {
			b.Truncate(free)
		}
		for i, at := range key {
			keys.Vectors[i].AppendAll(&b.Vectors[at])
		}
		stood = stood.Plus(h.Batch(b, nil))
		if keys.Len() >= gather {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return keys, stood, err
}
