package batch

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/schema"
	"pgregory.net/rapid"
)

// TestABatchKeepsWhatIsPutIn holds a batch against a plain table of texts under every way of changing it.
func TestABatchKeepsWhatIsPutIn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		types := rapid.SliceOfN(everyType(), 1, 4).Draw(r, "types")
		columns := make([]schema.Column, len(types))
		for i, ty := range types {
			columns[i] = schema.Column{Name: fmt.Sprint("c", i), Type: ty, Null: true}
		}
		b, other := New(columns, 0), New(columns, 0)
		var want [][]string
		for range rapid.IntRange(1, 150).Draw(r, "steps") {
			switch rapid.SampledFrom([]string{"append", "append", "append", "append", "copy", "truncate", "reset"}).Draw(r, "step") {
			case "append":
				for c := range b.Vectors {
					appendAny(r, types[c], &b.Vectors[c])
				}
				want = append(want, row(b, b.Len()-1))
			case "copy":
				if b.Len() > 0 {
					i := rapid.IntRange(0, b.Len()-1).Draw(r, "row")
					other.Reset()
					other.AppendRow(b, i)
					b.AppendRow(other, 0)
					want = append(want, want[i])
				}
			case "truncate":
				n := rapid.IntRange(0, b.Len()).Draw(r, "to")
				b.Truncate(n)
				want = want[:n]
			case "reset":
				b.Reset()
				want = want[:0]
			}
		}
		if b.Len() != len(want) {
			r.Fatalf("got %d rows, want %d", b.Len(), len(want))
		}
		for i := range want {
			if got := row(b, i); fmt.Sprint(got) != fmt.Sprint(want[i]) {
				r.Fatalf("row %d: got %q, want %q", i, got, want[i])
			}
		}
		for c := range b.Vectors {
			some := false
			for i := range b.Len() {
				some = some || b.Vectors[c].Null(i)
			}
			if b.Vectors[c].HasNulls() != some {
				r.Fatalf("HasNulls of column %d: got %t, want %t", c, !some, some)
			}
		}
	})
}

func row(b *Batch, i int) []string {
	texts := make([]string, len(b.Vectors))
	for c := range b.Vectors {
		texts[c] = "null"
		if !b.Vectors[c].Null(i) {
			texts[c] = "=" + string(AppendText(nil, b.Columns[c].Type, &b.Vectors[c], i))
		}
	}
	return texts
}

func TestABatchIsFullAtItsLimit(t *testing.T) {
	ints := New([]schema.Column{{Name: "n", Type: typ(schema.Int64)}}, 4096)
	for !ints.Full() {
		ints.Vectors[0].AppendInt(1)
	}
	if ints.Len() != 512 {
		t.Errorf("numbers: full at %d rows, want 512", ints.Len())
	}
	texts := New([]schema.Column{{Name: "s", Type: typ(schema.String)}}, 100)
	if texts.Full() {
		t.Error("an empty batch says it is full")
	}
	texts.Vectors[0].AppendBlob(make([]byte, 200))
	if !texts.Full() {
		t.Error("a value beyond the limit does not fill the batch")
	}
}

func TestADigestIsASumOverRows(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		types := rapid.SliceOfN(everyType(), 1, 3).Draw(r, "types")
		columns := make([]schema.Column, len(types))
		for i, ty := range types {
			columns[i] = schema.Column{Type: ty}
		}
		b := New(columns, 0)
		n := rapid.IntRange(0, 12).Draw(r, "rows")
		for range n {
			for c := range b.Vectors {
				appendAny(r, types[c], &b.Vectors[c])
			}
		}
		h := NewHasher([16]byte{1, 2, 3})
		whole := h.Batch(b, nil)
		turned, left := New(columns, 0), Digest{}
		cut := rapid.IntRange(0, n).Draw(r, "cut")
		for i := n - 1; i >= 0; i-- {
			turned.AppendRow(b, i)
			if i >= cut {
				left = left.Plus(h.Clone().Row(b, i, nil))
			}
		}
		if got := h.Batch(turned, nil); got != whole {
			r.Fatalf("the order of rows matters: got %s, want %s", got, whole)
		}
		turned.Truncate(n - cut)
		if got := h.Batch(turned, nil); got != left || whole.Minus(left).Plus(left) != whole {
			r.Fatalf("rows from %d: got %s, want %s of %s", cut, got, left, whole)
		}
		text, _ := whole.MarshalText()
		var back Digest
		if err := back.UnmarshalText(text); err != nil || back != whole {
			r.Fatalf("UnmarshalText(%s): got %s, error %v", text, back, err)
		}
	})
}

func TestDigestsTellValuesApart(t *testing.T) {
	canonical := func(ty schema.Type, text string) []byte {
		v := NewVector(ty)
		if err := Parse(&v, ty, []byte(text)); err != nil {
			t.Fatalf("Parse(%s, %q): %v", ty, text, err)
		}
		return AppendCanonical(nil, ty, &v, 0)
	}
	for _, c := range []struct {
		t    schema.Type
		a, b string
		same bool
	}{
		{dec(0, 0), "1.0", "1.00", true},
		{dec(0, 0), "100", "1", false},
		{dec(0, 0), "0.00", "0", true},
		{dec(0, 0), "10.0", "1e1", true},
		{dec(5, 2), "1", "1.00", true},
		{typ(schema.Float64), "0", "-0", false},
		{typ(schema.Float64), "NaN", "NaN", true},
		{typ(schema.String), "a", "a ", false},
		{typ(schema.JSON), `{"a":1}`, `{"a": 1}`, false},
		{typ(schema.Interval), "P1M", "P30D", false},
	} {
		if got := bytes.Equal(canonical(c.t, c.a), canonical(c.t, c.b)); got != c.same {
			t.Errorf("%s %q and %q: got equal %t, want %t", c.t, c.a, c.b, got, c.same)
		}
	}
	v := NewVector(typ(schema.String))
	v.AppendNull()
	if bytes.Equal(AppendCanonical(nil, typ(schema.String), &v, 0), canonical(typ(schema.String), "")) {
		t.Error("null and the empty string have the same bytes")
	}
}

func TestADamagedDigestIsRefused(t *testing.T) {
	for _, text := range []string{"", "1", "1:2:3", "1:0000000000000002:0000000000000003x", "x:0000000000000002:0000000000000003"} {
		var d Digest
		if err := d.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("UnmarshalText(%q): got %s, want an error", text, d)
		}
	}
}

func benchmarkBatch(b *testing.B) *Batch {
	types := []schema.Type{typ(schema.Int64), typ(schema.String), precise(schema.Timestamp, 6), dec(12, 2), typ(schema.UUID), typ(schema.Date)}
	texts := []string{"123456", "Sigríður Jónsdóttir", "2026-01-02 03:04:05.678901", "12345.67", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "1971-12-31"}
	columns := make([]schema.Column, len(types))
	for i, ty := range types {
		columns[i] = schema.Column{Type: ty}
	}
	rows := New(columns, 0)
	for range 1024 {
		for i, ty := range types {
			if err := Parse(&rows.Vectors[i], ty, []byte(texts[i])); err != nil {
				b.Fatal(err)
			}
		}
	}
	return rows
}

func BenchmarkHash1024RowsOf6Columns(b *testing.B) {
	rows, h := benchmarkBatch(b), NewHasher([16]byte{1})
	b.ReportAllocs()
	for b.Loop() {
		h.Batch(rows, nil)
	}
}

func BenchmarkAppendText1024RowsOf6Columns(b *testing.B) {
	rows := benchmarkBatch(b)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = dst[:0]
		for i := range rows.Len() {
			for c := range rows.Vectors {
				dst = AppendText(dst, rows.Columns[c].Type, &rows.Vectors[c], i)
			}
		}
	}
}

func BenchmarkParse1024RowsOf6Columns(b *testing.B) {
	rows := benchmarkBatch(b)
	into := New(rows.Columns, 0)
	texts := make([][]byte, len(rows.Vectors))
	for c := range texts {
		texts[c] = AppendText(nil, rows.Columns[c].Type, &rows.Vectors[c], 0)
	}
	b.ReportAllocs()
	for b.Loop() {
		into.Reset()
		for range rows.Len() {
			for c := range texts {
				if err := Parse(&into.Vectors[c], rows.Columns[c].Type, texts[c]); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
