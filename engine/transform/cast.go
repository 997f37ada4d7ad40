package transform

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// What a field's allow_lossy names, as package mapping judges it.
const (
	round    = "round"
	truncate = "truncate"
	zone     = "zone"
)

// cast puts values of one type into a vector of another.
type cast struct {
	// whole: every value fits as it stands, so vectors are copied in one go.
	whole bool
	// one appends value i of src, which is not null, to dst. Where the value does not fit it appends nothing and says
	// why, without the value.
	one func(dst, src *batch.Vector, i int) (misfit string)
}

// castOf is the cast that package mapping has judged; an error where that has none.
func castOf(from, to schema.Type, allow string) (cast, error) {
	if from.Kind == schema.Unknown {
		return cast{}, fmt.Errorf("values of type %s cannot be moved", from)
	}
	if from.Equal(to) || alike(from, to) {
		return cast{whole: true}, nil
	}
	c, ok := cast{}, false
	switch to.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		c, ok = castToInt(from, to, allow)
	case schema.Decimal:
		c, ok = castToDecimal(from, to, allow)
	case schema.Float32, schema.Float64:
		c, ok = castToFloat(from, to, allow)
	case schema.String:
		c, ok = castToString(from, to, allow)
	case schema.Enum:
		c, ok = castToEnum(from, to)
	case schema.Native:
		c, ok = cast{whole: true}, from.Kind == schema.String
	case schema.UUID:
		c, ok = parsed(to), from.Kind == schema.String
	case schema.JSON:
		c, ok = castToJSON(from, to)
	case schema.Array:
		c, ok = castToArray(from, to)
	case schema.Interval:
		c, ok = castToInterval(to), from.Kind == schema.Interval
	case schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ:
		c, ok = castToMoment(from, to, allow)
	}
	if !ok {
		return cast{}, fmt.Errorf("there is no cast from %s to %s", from, to)
	}
	return c, nil
}

func castToString(from, to schema.Type, allow string) (cast, bool) {
	form := to.Form()
	switch from.Kind {
	case schema.Bytes:
		return cast{}, false
	case schema.String, schema.Enum, schema.JSON, schema.Interval, schema.Decimal, schema.Native, schema.Array: // kept as their text
		short := to.Length == 0 || from.Kind == schema.String && from.Length > 0 && from.Length <= to.Length
		if form.Pad == 0 && form.MaxBytes == 0 && short {
			return cast{whole: true}, true
		}
	}
	cut := allow == truncate && (from.Kind == schema.String || from.Kind == schema.Enum)
	long := fmt.Sprintf("the text has more than %d characters", to.Length)
	bytesLong := fmt.Sprintf("the text has more than %d bytes", form.MaxBytes)
	return cast{one: func(dst, src *batch.Vector, i int) string {
		start := len(dst.Blobs)
		dst.Blobs = batch.AppendText(dst.Blobs, from, src, i)
		text := dst.Blobs[start:]
		if to.Length > 0 && len(text) > to.Length && utf8.RuneCount(text) > to.Length {
			if !cut {
				dst.Blobs = dst.Blobs[:start]
				return long
			}
			dst.Blobs = dst.Blobs[:start+prefix(text, to.Length)]
		}
		if form.MaxBytes > 0 && len(text) > form.MaxBytes {
			dst.Blobs = dst.Blobs[:start]
			return bytesLong
		}
		if missing := form.Pad - utf8.RuneCount(dst.Blobs[start:]); missing > 0 {
			dst.Blobs = append(dst.Blobs, bytes.Repeat([]byte{' '}, missing)...)
		}
		dst.AppendEnd()
		return ""
	}}, true
}

// prefix is the length in bytes of the first n characters.
func prefix(text []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

func castToEnum(from, to schema.Type) (cast, bool) {
	if from.Kind != schema.String && from.Kind != schema.Enum {
		return cast{}, false
	}
	values := slices.Clone(to.Values)
	return cast{one: func(dst, src *batch.Vector, i int) string {
		x := src.Blob(i)
		for _, v := range values {
			if v == string(x) {
				dst.AppendBlob(x)
				return ""
			}
		}
		return "the text is not among the column's values"
	}}, true
}

// parsed reads a text in the canonical form of its type.
func parsed(to schema.Type) cast {
	misfit := fmt.Sprintf("the text is not a value of type %s", to)
	return cast{one: func(dst, src *batch.Vector, i int) string {
		if err := batch.Parse(dst, to, src.Blob(i)); err != nil {
			return misfit
		}
		return ""
	}}
}
