package verify

import (
	"context"
	"sync"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

// removed is how many keys are handed over at once.
const removed = 20_000

// Extra hands over the keys of have that want lacks and, where within is given, that are in it, in groups of bounded size.
// The sides have no columns but those of the key. They are read once into buckets by a hash, and the buckets that differ
// once more, as many at a time as memory allows.
func Extra(ctx context.Context, want, have Side, within *Side, h *batch.Hasher, visit func(*batch.Batch) error) error {
	a, err := bucketed(ctx, want, h)
	if err != nil {
		return err
	}
	b, err := bucketed(ctx, have, h)
	if err != nil {
		return err
	}
	for {
		chosen, more := choose(a, b)
		if len(chosen) == 0 {
			return nil
		}
		if err := extra(ctx, want, have, within, h, chosen, visit); err != nil || !more {
			return err
		}
		for at := range chosen {
			a[at], b[at] = batch.Digest{}, batch.Digest{}
		}
	}
}

func extra(ctx context.Context, want, have Side, within *Side, h *batch.Hasher, chosen map[uint64]bool, visit func(*batch.Batch) error) error {
	made, err := keys(ctx, want, h, chosen, nil)
	if err != nil {
		return err
	}
	var held map[[2]uint64]bool
	if within != nil {
		if held, err = keys(ctx, *within, h, chosen, nil); err != nil {
			return err
		}
	}
	group := batch.New(have.Columns, 0)
	left := func(k [2]uint64) bool { return !made[k] && (within == nil || held[k]) }
	var all []*batch.Batch
	if _, err := keys(ctx, have, h, chosen, func(b *batch.Batch, i int, k [2]uint64) {
		if !left(k) {
			return
		}
		if group.Len() == removed {
			all, group = append(all, group), batch.New(have.Columns, 0)
		}
		group.AppendRow(b, i)
	}); err != nil {
		return err
	}
	if group.Len() > 0 {
		all = append(all, group)
	}
	for _, keys := range all { // once nothing is being read any more
		if err := visit(keys); err != nil {
			return err
		}
	}
	return nil
}

// keys are those of a side that fall into the chosen buckets. each, which may be nil, is called for one row at a time.
func keys(ctx context.Context, s Side, h *batch.Hasher, chosen map[uint64]bool, each func(b *batch.Batch, i int, k [2]uint64)) (map[[2]uint64]bool, error) {
	out := map[[2]uint64]bool{}
	var mu sync.Mutex
	pool := lend(h)
	err := s.Scan(ctx, func(b *batch.Batch) error {
		pool.with(func(h *batch.Hasher) {
			mu.Lock()
			defer mu.Unlock()
			for i := range b.Len() {
				d := h.Row(b, i, s.Key)
				if !chosen[d.A%buckets] {
					continue
				}
				k := [2]uint64{d.A, d.B}
				out[k] = true
				if each != nil {
					each(b, i, k)
				}
			}
		})
		return nil
	})
	return out, err
}
