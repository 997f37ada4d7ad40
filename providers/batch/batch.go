// Package batch holds rows on their way, kept by column, and knows the canonical bytes and the digest of a row.
//
// The canonical form of a value in a vector's blobs:
//
//	string, enum   UTF-8 text
//	bytes          the bytes
//	uuid           16 bytes in the order of its text form
//	decimal        -?digits(.digits)? without exponent, superfluous zeros before the point, or -0; decimal(p,s) has
//	               exactly s digits behind the point; NaN, Infinity, -Infinity
//	json           the text as it was given
//	interval       P<months>M<days>DT<seconds>S with signed numbers and up to six decimals of a second
//	native         the text that the product writes, in UTF-8
//	array          a JSON array of the elements' canonical texts as strings (null for null), arrays of arrays for more than
//	               one dimension; where a lower bound is not 1, the bounds stand before it as in [0:2][1:2]=[["a","b"],...]
package batch

import (
	"math"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// NegInf and PosInf are the two infinite dates and timestamps.
const (
	NegInf = math.MinInt64
	PosInf = math.MaxInt64
)

// Vector is one column of a batch. Only the slice that the type's Storage names is in use, and it is as long as the
// batch; a null has a zero value there.
type Vector struct {
	Ints   []int64
	Floats []float64
	Blobs  []byte
	Ends   []int32 // Blobs[Ends[i-1]:Ends[i]] is value i
	nulls  []uint64
	n      int
	store  schema.Storage
}

// Batch is some rows of the same columns. The engine owns every batch: readers fill it, loaders read it, neither
// keeps it.
type Batch struct {
	Columns []schema.Column
	Vectors []Vector
	limit   int
}

// DefaultBytes is the size at which a batch counts as full unless told otherwise.
const DefaultBytes = 1 << 20

// New makes an empty batch; it is Full at about limit bytes (0: DefaultBytes).
func New(columns []schema.Column, limit int) *Batch {
	if limit <= 0 {
		limit = DefaultBytes
	}
	b := &Batch{Columns: columns, Vectors: make([]Vector, len(columns)), limit: limit}
	for i, c := range columns {
		b.Vectors[i] = NewVector(c.Type)
	}
	return b
}

// NewVector makes an empty vector for values of t.
func NewVector(t schema.Type) Vector { return Vector{store: t.Storage()} }

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	for i := range b.Vectors {
		b.Vectors[i].Reset()
	}
}

// Reset empties the vector and keeps its memory.
func (v *Vector) Reset() {
	v.Ints, v.Floats, v.Blobs, v.Ends, v.n = v.Ints[:0], v.Floats[:0], v.Blobs[:0], v.Ends[:0], 0
	clear(v.nulls)
	v.nulls = v.nulls[:0]
}

// Len is the number of rows: the length of the first vector.
func (b *Batch) Len() int {
	if len(b.Vectors) == 0 {
		return 0
	}
	return b.Vectors[0].n
}

// Bytes is the memory that the values take.
func (b *Batch) Bytes() int {
	total := 0
	for i := range b.Vectors {
		v := &b.Vectors[i]
		total += 8*len(v.Ints) + 8*len(v.Floats) + len(v.Blobs) + 4*len(v.Ends)
	}
	return total
}

// Full reports whether the batch has reached its size; a reader then returns it. It adds the sizes up at
// every 64th row only, since it is asked at every row.
func (b *Batch) Full() bool {
	n := b.Len()
	if n&63 == 0 {
		return n > 0 && b.Bytes() >= b.limit
	}
	for i := range b.Vectors {
		if len(b.Vectors[i].Blobs) >= b.limit { // a few rows of great size
			return true
		}
	}
	return false
}

// Len is the number of values.
func (v *Vector) Len() int { return v.n }

// Storage says which slice is in use.
func (v *Vector) Storage() schema.Storage { return v.store }

// Null reports whether value i is null.
func (v *Vector) Null(i int) bool {
	w := i >> 6
	return w < len(v.nulls) && v.nulls[w]&(1<<(i&63)) != 0
}

// HasNulls reports whether any value is null.
func (v *Vector) HasNulls() bool {
	for _, w := range v.nulls {
		if w != 0 {
			return true
		}
	}
	return false
}

// Blob is value i of a vector of blobs; it is valid until the batch is reset.
func (v *Vector) Blob(i int) []byte {
	start := int32(0)
	if i > 0 {
		start = v.Ends[i-1]
	}
	return v.Blobs[start:v.Ends[i]]
}

// AppendInt adds a value of Ints storage.
func (v *Vector) AppendInt(x int64) { v.Ints = append(v.Ints, x); v.n++ }

// AppendBool adds a bool.
func (v *Vector) AppendBool(x bool) {
	if x {
		v.AppendInt(1)
		return
	}
	v.AppendInt(0)
}

// AppendFloat adds a value of Floats storage.
func (v *Vector) AppendFloat(x float64) { v.Floats = append(v.Floats, x); v.n++ }

// AppendBlob adds a copy of x.
func (v *Vector) AppendBlob(x []byte) {
	v.Blobs = append(v.Blobs, x...)
	v.Ends = append(v.Ends, int32(len(v.Blobs)))
	v.n++
}

// AppendString adds a copy of x.
func (v *Vector) AppendString(x string) {
	v.Blobs = append(v.Blobs, x...)
	v.Ends = append(v.Ends, int32(len(v.Blobs)))
	v.n++
}

// AppendEnd closes a value whose bytes the caller has appended to Blobs itself.
func (v *Vector) AppendEnd() { v.Ends = append(v.Ends, int32(len(v.Blobs))); v.n++ }

// AppendNull adds a null.
func (v *Vector) AppendNull() {
	w := v.n >> 6
	for len(v.nulls) <= w {
		v.nulls = append(v.nulls, 0)
	}
	v.nulls[w] |= 1 << (v.n & 63)
	switch v.store {
	case schema.Ints:
		v.Ints = append(v.Ints, 0)
	case schema.Floats:
		v.Floats = append(v.Floats, 0)
	default:
		v.Ends = append(v.Ends, int32(len(v.Blobs)))
	}
	v.n++
}

// AppendFrom adds value i of o, a vector of the same storage.
func (v *Vector) AppendFrom(o *Vector, i int) {
	switch {
	case o.Null(i):
		v.AppendNull()
	case v.store == schema.Ints:
		v.AppendInt(o.Ints[i])
	case v.store == schema.Floats:
		v.AppendFloat(o.Floats[i])
	default:
		v.AppendBlob(o.Blob(i))
	}
}

// AppendAll adds all values of o, a vector of the same storage.
func (v *Vector) AppendAll(o *Vector) {
	start, base := v.n, int32(len(v.Blobs))
	v.Ints = append(v.Ints, o.Ints...)
	v.Floats = append(v.Floats, o.Floats...)
	v.Blobs = append(v.Blobs, o.Blobs...)
	v.Ends = append(v.Ends, o.Ends...)
	if base > 0 {
		for i := start; i < len(v.Ends); i++ {
			v.Ends[i] += base
		}
	}
	v.n += o.n
	if !o.HasNulls() {
		return
	}
	for len(v.nulls) <= v.n>>6 {
		v.nulls = append(v.nulls, 0)
	}
	if start == 0 {
		copy(v.nulls, o.nulls)
		return
	}
	for i := range o.n {
		if o.Null(i) {
			v.nulls[(start+i)>>6] |= 1 << ((start + i) & 63)
		}
	}
}

// AppendRow adds row i of o, a batch of the same columns.
func (b *Batch) AppendRow(o *Batch, i int) {
	for c := range b.Vectors {
		b.Vectors[c].AppendFrom(&o.Vectors[c], i)
	}
}

// Truncate cuts the batch back to n rows, as after a row that could not be read to its end.
func (b *Batch) Truncate(n int) {
	for i := range b.Vectors {
		b.Vectors[i].truncate(n)
	}
}

func (v *Vector) truncate(n int) {
	if v.n <= n {
		return
	}
	for i := n; i < v.n; i++ {
		if w := i >> 6; w < len(v.nulls) {
			v.nulls[w] &^= 1 << (i & 63)
		}
	}
	switch v.store {
	case schema.Ints:
		v.Ints = v.Ints[:n]
	case schema.Floats:
		v.Floats = v.Floats[:n]
	default:
		v.Ends = v.Ends[:n]
		end := int32(0)
		if n > 0 {
			end = v.Ends[n-1]
		}
		v.Blobs = v.Blobs[:end]
	}
	v.n = n
}
