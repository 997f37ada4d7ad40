package batch

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/zeebo/xxh3"
)

// Digest is a sum over rows: their count and two independent 64-bit hashes added up modulo 2^64, so that the order of
// rows does not matter and equal pairs do not cancel. The zero value is the digest of no rows.
type Digest struct {
	Rows int64
	A, B uint64
}

// Plus adds the rows of o.
func (d Digest) Plus(o Digest) Digest { return Digest{d.Rows + o.Rows, d.A + o.A, d.B + o.B} }

// Minus takes the rows of o away.
func (d Digest) Minus(o Digest) Digest { return Digest{d.Rows - o.Rows, d.A - o.A, d.B - o.B} }

func (d Digest) String() string { return fmt.Sprintf("%d:%016x:%016x", d.Rows, d.A, d.B) }

// MarshalText writes rows:a:b.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads rows:a:b.
func (d *Digest) UnmarshalText(text []byte) error {
	var got Digest
	if n, err := fmt.Sscanf(string(text), "%d:%x:%x", &got.Rows, &got.A, &got.B); err != nil || n != 3 || got.String() != string(text) {
		return fmt.Errorf("%q is not a digest", text)
	}
	*d = got
	return nil
}

// Hasher digests rows under two keys. It is not safe for concurrent use; Clone makes another with the same keys.
type Hasher struct {
	a, b  uint64
	buf   []byte
	cells []cell // of the batch at work
}

// cell is a vector with what the digest has to know of its type. To hand the type itself on for every value costs as much
// as the hash does.
type cell struct {
	v    *Vector
	trim bool // decimals that go by their value
}

func cellOf(t *schema.Type, v *Vector) cell {
	return cell{v, t.Kind == schema.Decimal && t.Precision == 0}
}

// NewHasher takes 16 bytes of key.
func NewHasher(key [16]byte) *Hasher {
	return &Hasher{a: binary.LittleEndian.Uint64(key[:8]), b: binary.LittleEndian.Uint64(key[8:])}
}

// Clone makes a hasher with the same keys for another goroutine.
func (h *Hasher) Clone() *Hasher { return &Hasher{a: h.a, b: h.b} }

// Row is the digest of row i over the named columns (indexes into b), all where columns is nil.
func (h *Hasher) Row(b *Batch, i int, columns []int) Digest {
	h.buf = h.buf[:0]
	if columns == nil {
		for c := range b.Vectors {
			h.buf = AppendCanonical(h.buf, b.Columns[c].Type, &b.Vectors[c], i)
		}
	} else {
		for _, c := range columns {
			h.buf = AppendCanonical(h.buf, b.Columns[c].Type, &b.Vectors[c], i)
		}
	}
	return h.digest()
}

// Batch is the digest of all rows of b over the named columns, all where columns is nil.
func (h *Hasher) Batch(b *Batch, columns []int) Digest {
	h.cells = h.cells[:0]
	if columns == nil {
		for c := range b.Vectors {
			h.cells = append(h.cells, cellOf(&b.Columns[c].Type, &b.Vectors[c]))
		}
	} else {
		for _, c := range columns {
			h.cells = append(h.cells, cellOf(&b.Columns[c].Type, &b.Vectors[c]))
		}
	}
	var sum Digest
	for i := range b.Len() {
		h.buf = h.buf[:0]
		for _, c := range h.cells {
			h.buf = c.canonical(h.buf, i)
		}
		sum = sum.Plus(h.digest())
	}
	clear(h.cells) // it keeps no batch alive
	return sum
}

// digest is that of the row whose canonical bytes are in buf.
func (h *Hasher) digest() Digest {
	return Digest{1, xxh3.HashSeed(h.buf, h.a), xxh3.HashSeed(h.buf, h.b)}
}

// AppendCanonical appends the bytes that stand for value i in every engine and every run: a mark for null, the number,
// or the length and the bytes. Every NaN is one NaN; -0.0 is not 0.0; a decimal without a scale goes by its value.
func AppendCanonical(dst []byte, t schema.Type, v *Vector, i int) []byte {
	return cellOf(&t, v).canonical(dst, i)
}

func (c cell) canonical(dst []byte, i int) []byte {
	v := c.v
	if v.Null(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch v.store {
	case schema.Ints:
		return binary.LittleEndian.AppendUint64(dst, uint64(v.Ints[i]))
	case schema.Floats:
		f := v.Floats[i]
		if f != f {
			f = math.NaN()
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
	}
	x := v.Blob(i)
	if c.trim {
		x = trimDecimal(x)
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(x)))
	return append(dst, x...)
}

// trimDecimal cuts the zeros at the end of a decimal fraction.
func trimDecimal(x []byte) []byte {
	point := -1
	for i, c := range x {
		if c == '.' {
			point = i
		}
	}
	if point < 0 {
		return x
	}
	end := len(x)
	for x[end-1] == '0' {
		end--
	}
	if end-1 == point {
		end = point
	}
	return x[:end]
}
