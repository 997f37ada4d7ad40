package postgres

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// encoder appends the length and the binary form of value i. The text it returns is why the column cannot hold the
// value exactly, "" where it can; the server itself would round a number or a time and cut blanks without a word.
type encoder func(dst []byte, v *batch.Vector, i int) ([]byte, string)

func encoderOf(t schema.Type) (encoder, error) {
	switch t.Kind {
	case schema.Bool:
		return encodeBool, nil
	case schema.Int16:
		return encodeInt2, nil
	case schema.Int32:
		return encodeInt4, nil
	case schema.Int64:
		return encodeInt8, nil
	case schema.Float32:
		return encodeFloat4, nil
	case schema.Float64:
		return encodeFloat8, nil
	case schema.Date:
		return encodeDate, nil
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		if t.Precision > 6 {
			break
		}
		return clockEncoder(t), nil
	case schema.Decimal:
		return numericEncoder(t), nil
	case schema.Interval:
		return encodeInterval, nil
	case schema.UUID:
		return encodeUUID, nil
	case schema.Bytes:
		return encodeBytes, nil
	case schema.String:
		return textEncoder(t.Length), nil
	case schema.JSON:
		return textEncoder(0), nil
	}
	return nil, errors.New("this version cannot write the type " + t.String())
}

// number appends a length and a big-endian number of that length.
func number(dst []byte, length int, x uint64) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(length))
	switch length {
	case 1:
		return append(dst, byte(x))
	case 2:
		return binary.BigEndian.AppendUint16(dst, uint16(x))
	case 4:
		return binary.BigEndian.AppendUint32(dst, uint32(x))
	}
	return binary.BigEndian.AppendUint64(dst, x)
}

const outOfRange = "a number is out of the column's range"

func encodeBool(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	return number(dst, 1, uint64(v.Ints[i])), ""
}

func encodeInt2(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	if x := v.Ints[i]; x < math.MinInt16 || x > math.MaxInt16 {
		return dst, outOfRange
	}
	return number(dst, 2, uint64(v.Ints[i])), ""
}

func encodeInt4(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	if x := v.Ints[i]; x < math.MinInt32 || x > math.MaxInt32 {
		return dst, outOfRange
	}
	return number(dst, 4, uint64(v.Ints[i])), ""
}

func encodeInt8(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	return number(dst, 8, uint64(v.Ints[i])), ""
}

func encodeFloat4(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	x := v.Floats[i]
	if float64(float32(x)) != x && x == x {
		return dst, "a number is not exactly a real"
	}
	return number(dst, 4, uint64(math.Float32bits(float32(x)))), ""
}

func encodeFloat8(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	return number(dst, 8, math.Float64bits(v.Floats[i])), ""
}

const tooFar = "a date is out of PostgreSQL's range (4713 BC to 5874897, for timestamps to 294276)"

func encodeDate(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	switch x := v.Ints[i]; {
	case x == batch.PosInf:
		return number(dst, 4, math.MaxInt32), ""
	case x == batch.NegInf:
		return number(dst, 4, 1<<31), ""
	case x-epochDays <= math.MinInt32 || x-epochDays >= math.MaxInt32:
		return dst, tooFar
	default:
		return number(dst, 4, uint64(x-epochDays)), ""
	}
}

// clockEncoder is for times and timestamps; the server would round digits that the column has not.
func clockEncoder(t schema.Type) encoder {
	step := int64(1)
	for range 6 - t.Precision {
		step *= 10
	}
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		x := v.Ints[i]
		switch {
		case t.Kind == schema.Time:
			if x < 0 || x > 86400e6 {
				return dst, "a time is not within a day"
			}
		case x == batch.PosInf || x == batch.NegInf: // the same numbers on the wire
			return number(dst, 8, uint64(x)), ""
		case x < batch.NegInf+1+epochMicros:
			return dst, tooFar
		}
		if x%step != 0 {
			return dst, "a time has more digits than the column"
		}
		if t.Kind != schema.Time {
			x -= epochMicros
		}
		return number(dst, 8, uint64(x)), ""
	}
}

func numericEncoder(t schema.Type) encoder {
	scale := -1
	if t.Precision > 0 {
		scale = t.Scale
	}
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		at := len(dst)
		dst, why := encodeNumeric(append(dst, 0, 0, 0, 0), v.Blob(i), scale)
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
		return dst, why
	}
}

func encodeInterval(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	x, ok := batch.ParseInterval(v.Blob(i))
	if !ok {
		return dst, "an interval is not in canonical form"
	}
	dst = binary.BigEndian.AppendUint32(dst, 16)
	dst = binary.BigEndian.AppendUint64(dst, uint64(x.Micros))
	dst = binary.BigEndian.AppendUint32(dst, uint32(x.Days))
	return binary.BigEndian.AppendUint32(dst, uint32(x.Months)), ""
}

func encodeUUID(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	if len(v.Blob(i)) != 16 {
		return dst, "a uuid does not have 16 bytes"
	}
	return encodeBytes(dst, v, i)
}

func encodeBytes(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	x := v.Blob(i)
	if len(x) > 1<<30-64 {
		return dst, "a value has more than 1 GB, which PostgreSQL cannot keep"
	}
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(x))), x...), ""
}

func textEncoder(length int) encoder {
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		x := v.Blob(i)
		switch {
		case bytes.IndexByte(x, 0) >= 0:
			return dst, "a text holds the character U+0000, which PostgreSQL cannot keep"
		case !utf8.Valid(x):
			return dst, "a text is not valid UTF-8"
		case length > 0 && len(x) > length && utf8.RuneCount(x) > length:
			return dst, "a text is longer than the column allows"
		}
		return encodeBytes(dst, v, i)
	}
}
