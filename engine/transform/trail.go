package transform

import (
	"slices"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// The names of about so many bytes of rows are kept, in parts of which the oldest goes first.
const (
	trailPart  = 1 << 20
	trailParts = 4
)

// Trail remembers what the last rows that were written are called, since a target may refuse a row some time after it
// was given it. It is for one chunk, and takes little memory however large the chunk is.
type Trail struct {
	of      *shared
	columns []schema.Column
	places  []int // of the columns, in trail's own batches
	parts   []*batch.Batch
	first   int64 // how many rows were written before those that are remembered
}

// Trail begins a chunk.
func (t *Transformer) Trail() *Trail {
	tr := &Trail{of: t.shared}
	for i, c := range t.shared.show {
		tr.columns = append(tr.columns, t.shared.spec.Definition.Read[c])
		tr.places = append(tr.places, i)
	}
	return tr
}

// Add remembers rows of the source, in the order in which they were written.
func (tr *Trail) Add(b *batch.Batch, rows []int) {
	if len(tr.columns) == 0 {
		return
	}
	last := len(tr.parts) - 1
	if last < 0 || tr.parts[last].Bytes() >= trailPart {
		if len(tr.parts) == trailParts {
			tr.first += int64(tr.parts[0].Len())
			tr.parts = slices.Delete(tr.parts, 0, 1)
		}
		tr.parts = append(tr.parts, batch.New(tr.columns, 0))
		last = len(tr.parts) - 1
	}
	for i, c := range tr.of.show {
		for _, row := range rows {
			tr.parts[last].Vectors[i].AppendFrom(&b.Vectors[c], row)
		}
	}
}

// Name is what the nth row written is called, counted from 1, false where it is not remembered or has no name.
func (tr *Trail) Name(n int64) (string, bool) {
	n -= tr.first + 1
	if n < 0 {
		return "", false
	}
	for _, p := range tr.parts {
		if n < int64(p.Len()) {
			return ShowKey(p, int(n), tr.places, tr.of.spec.SecretKey, tr.of.secret), true
		}
		n -= int64(p.Len())
	}
	return "", false
}

// Name is what a row of the source is called, false for one that has only its place in the batch.
func (t *Transformer) Name(b *batch.Batch, row int) (string, bool) {
	return t.shared.name(b, row), len(t.shared.show) > 0
}
