package transform

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/cockroachdb/apd/v3"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// bounds of an integer kind.
func bounds(k schema.Kind) (low, high int64) {
	switch k {
	case schema.Int16:
		return math.MinInt16, math.MaxInt16
	case schema.Int32:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

func castToInt(from, to schema.Type, allow string) (cast, bool) {
	low, high := bounds(to.Kind)
	outside := fmt.Sprintf("the number is outside the range of %s", to)
	put := func(dst *batch.Vector, x int64) string {
		if x < low || x > high {
			return outside
		}
		dst.AppendInt(x)
		return ""
	}
	switch from.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		if least, most := bounds(from.Kind); least >= low && most <= high {
			return cast{whole: true}, true
		}
		return cast{one: func(dst, src *batch.Vector, i int) string { return put(dst, src.Ints[i]) }}, true
	case schema.Float32, schema.Float64:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			f := wholeFloat(src.Floats[i], allow)
			if f != math.Trunc(f) || math.IsInf(f, 0) {
				return "the number is not whole"
			}
			if f < -(1<<63) || f >= 1<<63 {
				return outside
			}
			return put(dst, int64(f))
		}}, true
	case schema.Decimal:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			x, misfit := wholeDecimal(src.Blob(i), allow)
			if misfit == "" {
				misfit = put(dst, x)
			} else if misfit == tooLarge {
				misfit = outside
			}
			return misfit
		}}, true
	}
	return cast{}, false
}

func wholeFloat(f float64, allow string) float64 {
	switch allow {
	case round:
		return math.RoundToEven(f)
	case truncate:
		return math.Trunc(f)
	}
	return f
}

const tooLarge = "the number has too many digits"

func wholeDecimal(text []byte, allow string) (int64, string) {
	whole, fraction, _ := bytes.Cut(text, []byte{'.'})
	if len(bytes.Trim(fraction, "0")) > 0 {
		if allow != round && allow != truncate {
			return 0, "the number is not whole"
		}
		shorter, err := shorten(text, 0, allow)
		if err != nil {
			return 0, tooLarge
		}
		whole = shorter
	}
	if len(whole) > 0 && (whole[0] == 'N' || whole[0] == 'I' || bytes.HasPrefix(whole, []byte("-I"))) {
		return 0, "the number is not finite"
	}
	x, err := strconv.ParseInt(string(whole), 10, 64)
	if err != nil {
		return 0, tooLarge
	}
	return x, ""
}

// shorten gives a finite decimal no more digits behind the point than scale: rounded half to even, or cut.
func shorten(text []byte, scale int, allow string) ([]byte, error) {
	x, _, err := apd.NewFromString(string(text))
	if err != nil {
		return nil, fmt.Errorf("read a decimal: %w", err)
	}
	if x.Form != apd.Finite || -x.Exponent <= int32(scale) {
		return text, nil
	}
	how := apd.BaseContext.WithPrecision(uint32(x.NumDigits()) + 1)
	how.Rounding = apd.RoundHalfEven
	if allow == truncate {
		how.Rounding = apd.RoundDown
	}
	if _, err := how.Quantize(x, x, -int32(scale)); err != nil {
		return nil, fmt.Errorf("shorten a decimal: %w", err)
	}
	return []byte(x.Text('f')), nil
}

func castToDecimal(from, to schema.Type, allow string) (cast, bool) {
	misfit := fmt.Sprintf("the number's digits do not fit %s", to)
	form := to.Form()
	lossy := to.Precision > 0 && (allow == round || allow == truncate)
	put := func(dst *batch.Vector, text []byte) string {
		if lossy {
			shorter, err := shorten(text, to.Scale, allow)
			if err != nil {
				return misfit
			}
			text = shorter
		}
		blobs, err := batch.AppendDecimal(dst.Blobs, text, to.Precision, to.Scale)
		if err != nil {
			return misfit
		}
		if form.Decimal != nil && !fits(blobs[len(dst.Blobs):], *form.Decimal) {
			return misfit
		}
		dst.Blobs = blobs
		dst.AppendEnd()
		return ""
	}
	switch from.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			var digits [20]byte
			return put(dst, strconv.AppendInt(digits[:0], src.Ints[i], 10))
		}}, true
	case schema.Float32, schema.Float64:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			var digits [32]byte
			return put(dst, batch.AppendText(digits[:0], from, src, i))
		}}, true
	case schema.Decimal:
		if form.Decimal == nil && to.Precision == 0 || from.Precision > 0 && from.Scale == to.Scale && from.Precision <= to.Precision {
			return cast{whole: true}, true
		}
		return cast{one: func(dst, src *batch.Vector, i int) string { return put(dst, src.Blob(i)) }}, true
	}
	return cast{}, false
}

func castToFloat(from, to schema.Type, allow string) (cast, bool) {
	bits := 64
	if to.Kind == schema.Float32 {
		bits = 32
	}
	misfit := fmt.Sprintf("the number cannot be kept as %s", to)
	nearest := allow == round
	switch from.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			x := src.Ints[i]
			f := float64(x)
			if bits == 32 {
				f = float64(float32(x))
			}
			if !nearest && (f >= 1<<63 || int64(f) != x) {
				return misfit
			}
			dst.AppendFloat(f)
			return ""
		}}, true
	case schema.Float32:
		return cast{whole: true}, true
	case schema.Float64:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			f := src.Floats[i]
			short := float64(float32(f))
			if f == f && short != f && (!nearest || math.IsInf(short, 0)) {
				return misfit
			}
			dst.AppendFloat(short)
			return ""
		}}, true
	case schema.Decimal:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			f, ok := decimalFloat(src.Blob(i), to, bits, nearest)
			if !ok {
				return misfit
			}
			dst.AppendFloat(f)
			return ""
		}}, true
	}
	return cast{}, false
}

// decimalFloat is the nearest float; false where it overflows, or where its shortest digits are not the decimal's and
// nearest is not enough.
func decimalFloat(text []byte, to schema.Type, bits int, nearest bool) (float64, bool) {
	f, err := strconv.ParseFloat(string(text), bits)
	if err != nil {
		return 0, false
	}
	if nearest || math.IsNaN(f) || math.IsInf(f, 0) {
		return f, true
	}
	v := batch.NewVector(to)
	v.AppendFloat(f)
	back, err := batch.AppendDecimal(nil, batch.AppendText(nil, to, &v, 0), 0, 0)
	return f, err == nil && bytes.Equal(trimZeros(back), trimZeros(text))
}

// trimZeros cuts the zeros at the end of a decimal fraction.
func trimZeros(text []byte) []byte {
	if bytes.IndexByte(text, '.') < 0 {
		return text
	}
	return bytes.TrimSuffix(bytes.TrimRight(text, "0"), []byte{'.'})
}
