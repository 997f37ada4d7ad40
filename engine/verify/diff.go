package verify

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Finding is one key at which the sides differ.
type Finding struct {
	Kind    string   `json:"kind"`              // missing, extra or differs, seen from the target
	Key     string   `json:"key"`               // canonical text, or key# and 12 hex digits where the key is classified
	Columns []string `json:"columns,omitempty"` // differs: which
}

// Diff is what Compare found. The counts are of the rows that were looked at: all, unless Cut.
type Diff struct {
	Missing, Extra, Differs int64
	Findings                []Finding // the first few of each kind, in the order of their keys
	Cut                     bool      // more rows differ than could be looked at one by one
}

// Any reports whether a difference was found.
func (d Diff) Any() bool { return d.Missing+d.Extra+d.Differs > 0 }

// Show says how keys may be printed.
type Show struct {
	Secret     []byte // of the target's ledger
	Classified bool
}

const (
	buckets = 1 << 14
	// looked is how many rows are held at once for the look at single rows: memory, not correctness, sets it.
	looked = 200_000
	// listed is how many findings of a kind are kept.
	listed = 50
)

// Compare finds the rows that differ: want is what should be there, have is the target. Both sides are read once into
// buckets by a hash of the key, and the buckets that differ once more, row by row and column by column.
func Compare(ctx context.Context, want, have Side, h *batch.Hasher, show Show) (Diff, error) {
	a, err := bucketed(ctx, want, h)
	if err != nil {
		return Diff{}, err
	}
	b, err := bucketed(ctx, have, h)
	if err != nil {
		return Diff{}, err
	}
	chosen, cut := choose(a, b)
	if len(chosen) == 0 {
		return Diff{}, nil
	}
	w := look{h: h, chosen: chosen, show: show}
	wants, err := w.rows(ctx, want)
	if err != nil {
		return Diff{}, err
	}
	haves, err := w.rows(ctx, have)
	if err != nil {
		return Diff{}, err
	}
	d := w.compare(want, wants, haves)
	d.Cut = cut
	return d, nil
}

func bucketed(ctx context.Context, s Side, h *batch.Hasher) ([]batch.Digest, error) {
	out := make([]batch.Digest, buckets)
	var mu sync.Mutex
	pool := lend(h)
	err := s.Scan(ctx, func(b *batch.Batch) error {
		pool.with(func(h *batch.Hasher) {
			type row struct {
				at uint64
				d  batch.Digest
			}
			rows := make([]row, b.Len())
			for i := range rows {
				rows[i] = row{h.Row(b, i, s.Key).A % buckets, h.Row(b, i, nil)}
			}
			mu.Lock()
			defer mu.Unlock()
			for _, r := range rows {
				out[r.at] = out[r.at].Plus(r.d)
			}
		})
		return nil
	})
	return out, err
}

// choose picks buckets that differ until so many rows are in them as may be looked at.
func choose(a, b []batch.Digest) (map[uint64]bool, bool) {
	chosen, rows := map[uint64]bool{}, int64(0)
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if rows += a[i].Rows + b[i].Rows; rows > looked && len(chosen) > 0 {
			return chosen, true
		}
		chosen[uint64(i)] = true
	}
	return chosen, false
}

// look is the second reading, of the rows in chosen buckets.
type look struct {
	h      *batch.Hasher
	chosen map[uint64]bool
	show   Show
}

// seen is the rows of one key: the key for people, how many there are, and of each column the sum of the values' hashes.
type seen struct {
	key     string
	n       int
	columns []uint64
}

func (w look) rows(ctx context.Context, s Side) (map[[2]uint64]*seen, error) {
	out := map[[2]uint64]*seen{}
	var mu sync.Mutex
	pool := lend(w.h)
	err := s.Scan(ctx, func(b *batch.Batch) error {
		pool.with(func(h *batch.Hasher) {
			for i := range b.Len() {
				k := h.Row(b, i, s.Key)
				if !w.chosen[k.A%buckets] {
					continue
				}
				r := &seen{n: 1, columns: make([]uint64, len(b.Vectors))}
				for c := range b.Vectors {
					r.columns[c] = h.Row(b, i, []int{c}).A
				}
				if len(s.Key) > 0 {
					r.key = transform.ShowKey(b, i, s.Key, w.show.Secret, w.show.Classified)
				}
				mu.Lock()
				if old := out[[2]uint64{k.A, k.B}]; old != nil {
					old.n++
					for c, x := range r.columns {
						old.columns[c] += x
					}
				} else {
					out[[2]uint64{k.A, k.B}] = r
				}
				mu.Unlock()
			}
		})
		return nil
	})
	return out, err
}

func (w look) compare(s Side, wants, haves map[[2]uint64]*seen) Diff {
	var d Diff
	for k, r := range wants {
		o := haves[k]
		switch {
		case o == nil:
			d.Missing += int64(r.n)
			d.Findings = append(d.Findings, Finding{Kind: "missing", Key: r.key})
		case o.n < r.n:
			d.Missing += int64(r.n - o.n)
			d.Findings = append(d.Findings, Finding{Kind: "missing", Key: r.key})
		case o.n == r.n && !slices.Equal(o.columns, r.columns):
			d.Differs++
			d.Findings = append(d.Findings, Finding{Kind: "differs", Key: r.key, Columns: differing(s, r.columns, o.columns)})
		}
	}
	for k, o := range haves {
		if r := wants[k]; r == nil || o.n > r.n {
			n := o.n
			if r != nil {
				n -= r.n
			}
			d.Extra += int64(n)
			d.Findings = append(d.Findings, Finding{Kind: "extra", Key: o.key})
		}
	}
	slices.SortFunc(d.Findings, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key)) })
	d.Findings = first(d.Findings)
	return d
}

// first keeps the first few findings of each kind.
func first(all []Finding) []Finding {
	count := map[string]int{}
	return slices.DeleteFunc(all, func(f Finding) bool { count[f.Kind]++; return count[f.Kind] > listed })
}

func differing(s Side, a, b []uint64) []string {
	var out []string
	for i := range a {
		if a[i] != b[i] {
			out = append(out, s.Columns[i].Name)
		}
	}
	return out
}
