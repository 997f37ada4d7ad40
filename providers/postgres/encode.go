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

func encoderOf(t schema.Type, mod int32) (encoder, error) {
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
		return numericEncoder(mod), nil
	case schema.Interval:
		return intervalEncoder(mod), nil
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

// numericEncoder is for a column of a modifier, by which the server would round.
func numericEncoder(mod int32) encoder {
	scale := -1
	if mod >= 0 {
		_, scale = numericMod(mod)
	}
	zeros := 0
	if mod >= 0 {
		zeros, scale = max(0, -scale), max(0, scale)
	}
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		at, text := len(dst), v.Blob(i)
		if zeros > 0 && !rounded(text, zeros) {
			return dst, "a number has more digits than the column, which rounds before the point"
		}
		dst, why := encodeNumeric(append(dst, 0, 0, 0, 0), text, scale)
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
		return dst, why
	}
}

// rounded reports whether the last digits before the point of a whole number are zeros, or whether it is no number.
func rounded(text []byte, zeros int) bool {
	text = bytes.TrimPrefix(text, []byte("-"))
	end := bytes.TrimRight(text, "0")
	return len(end) == 0 || text[0] > '9' || bytes.IndexByte(text, '.') < 0 && len(text)-len(end) >= zeros
}

func intervalEncoder(mod int32) encoder {
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		x, ok := batch.ParseInterval(v.Blob(i))
		switch {
		case !ok:
			return dst, "an interval is not in canonical form"
		case mod >= 0 && !within(x, mod):
			return dst, "an interval has fields or digits that the column has not"
		}
		return appendInterval(dst, x), ""
	}
}

// The bits of an interval's modifier: its fields, each at its place, and the digits of a second below them.
const (
	fieldMonth  = 1 << 1
	fieldYear   = 1 << 2
	fieldDay    = 1 << 3
	fieldHour   = 1 << 10
	fieldMinute = 1 << 11
	fieldSecond = 1 << 12
	allFields   = 0x7FFF
	allDigits   = 0xFFFF
)

// within reports whether a column of a modifier keeps an interval whole. The server cuts below the last field only.
func within(x batch.Interval, mod int32) bool {
	unit := int64(1)
	if digits := mod & allDigits; digits != allDigits {
		for range 6 - digits {
			unit *= 10
		}
	}
	fields := mod >> 16 & allFields
	switch {
	case fields == allFields || fields&fieldSecond != 0:
	case fields&fieldMinute != 0:
		unit = 60e6
	case fields&fieldHour != 0:
		unit = 3600e6
	case fields&fieldDay != 0:
		return x.Micros == 0
	case fields&fieldMonth != 0:
		return x.Micros == 0 && x.Days == 0
	case fields&fieldYear != 0:
		return x.Micros == 0 && x.Days == 0 && x.Months%12 == 0
	}
	return x.Micros%unit == 0
}

func appendInterval(dst []byte, x batch.Interval) []byte {
	dst = binary.BigEndian.AppendUint32(dst, 16)
	dst = binary.BigEndian.AppendUint64(dst, uint64(x.Micros))
	dst = binary.BigEndian.AppendUint32(dst, uint32(x.Days))
	return binary.BigEndian.AppendUint32(dst, uint32(x.Months))
}

func encodeUUID(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	if len(v.Blob(i)) != 16 {
		return dst, "a uuid does not have 16 bytes"
	}
	return encodeBytes(dst, v, i)
}

const (
	maxValue = 1<<30 - 64
	tooLarge = "a value has more than 1 GB, which PostgreSQL cannot keep"
)

func encodeBytes(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	x := v.Blob(i)
	if len(x) > maxValue {
		return dst, tooLarge
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
