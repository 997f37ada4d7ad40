package verify

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Twice is a key that several rows make.
type Twice struct {
	Key    string
	Digest batch.Digest
}

// Duplicates finds keys that several rows of a side make, up to a handful of them. It reads the side twice: the first
// time into two bit sets, of hashes met and of hashes met again, the second time for the keys behind the latter.
func Duplicates(ctx context.Context, s Side, h *batch.Hasher, show Show) ([]Twice, error) {
	const bits = 1 << 26
	once, twice := make([]uint64, bits/64), make([]uint64, bits/64)
	var mu sync.Mutex
	pool := lend(h)
	each := func(visit func(b *batch.Batch, i int, k batch.Digest)) error {
		return s.Scan(ctx, func(b *batch.Batch) error {
			pool.with(func(h *batch.Hasher) {
				mu.Lock()
				defer mu.Unlock()
				for i := range b.Len() {
					visit(b, i, h.Row(b, i, s.Key))
				}
			})
			return nil
		})
	}
	err := each(func(_ *batch.Batch, _ int, k batch.Digest) {
		w, bit := k.A%bits/64, uint64(1)<<(k.A%64)
		if once[w]&bit != 0 {
			twice[w] |= bit
		}
		once[w] |= bit
	})
	if err != nil {
		return nil, err
	}
	met, keys := map[[2]uint64]int{}, []Twice{}
	err = each(func(b *batch.Batch, i int, k batch.Digest) {
		if twice[k.A%bits/64]&(uint64(1)<<(k.A%64)) == 0 || len(met) > looked {
			return
		}
		id := [2]uint64{k.A, k.B}
		if met[id]++; met[id] == 2 && len(keys) < listed {
			keys = append(keys, Twice{Key: transform.ShowKey(b, i, s.Key, show.Secret, show.Classified), Digest: k})
		}
	})
	slices.SortFunc(keys, func(a, b Twice) int { return strings.Compare(a.Key, b.Key) })
	return keys, err
}
