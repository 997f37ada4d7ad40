package batch

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// ErrMisfit says that a text is no value of its type. Errors that wrap it never quote the text.
var ErrMisfit = errors.New("the value does not fit the type")

// AppendText appends the canonical text of value i of a vector of type t (not for nulls):
//
//	bool                    true, false
//	int16, int32, int64     -?digits
//	float32, float64        the shortest text that reads back as the same number; NaN, Infinity, -Infinity
//	date                    2006-01-02; infinity, -infinity; years before 1 and beyond 9999 are signed astronomical
//	                        years: +0000-12-31, -0044-03-15, +12026-01-01
//	time                    15:04:05.000 with as many digits behind the point as the precision says; up to 24:00:00
//	timestamp, timestamptz  a date, a blank and a time; timestamptz in UTC and with a Z behind it
//	uuid                    8-4-4-4-12 lower-case hex digits
//	bytes                   lower-case hex digits behind \x
//	native                  the text that the product writes
//	array                   as the vector keeps it: ["1",null]
//	the others              as the vector keeps them
func AppendText(dst []byte, t schema.Type, v *Vector, i int) []byte {
	switch t.Kind {
	case schema.Bool:
		return strconv.AppendBool(dst, v.Ints[i] != 0)
	case schema.Int16, schema.Int32, schema.Int64:
		return strconv.AppendInt(dst, v.Ints[i], 10)
	case schema.Float32:
		return appendFloat(dst, v.Floats[i], 32)
	case schema.Float64:
		return appendFloat(dst, v.Floats[i], 64)
	case schema.Date:
		return appendDate(dst, v.Ints[i])
	case schema.Time:
		return appendTime(dst, t, v.Ints[i])
	case schema.Timestamp, schema.TimestampTZ:
		return appendTimestamp(dst, t, v.Ints[i])
	case schema.UUID:
		return appendUUID(dst, v.Blob(i))
	case schema.Bytes:
		return hex.AppendEncode(append(dst, `\x`...), v.Blob(i))
	}
	return append(dst, v.Blob(i)...)
}

// Parse reads canonical text into v as its next value. It also takes a T between date and time, offsets such as +01 and
// -03:30 for timestamptz, intervals and decimals in any ISO 8601 or exponent form, zeros in front of a number, hex digits
// in upper case, and in arrays numbers and truth values without quotes. A misfit is an error of ErrMisfit's chain that does not quote the value, and leaves v as it was.
func Parse(v *Vector, t schema.Type, text []byte) error {
	switch t.Kind {
	case schema.Bool:
		return parseBool(v, t, text)
	case schema.Int16:
		return parseInt(v, t, text, math.MinInt16, math.MaxInt16)
	case schema.Int32:
		return parseInt(v, t, text, math.MinInt32, math.MaxInt32)
	case schema.Int64:
		return parseInt(v, t, text, math.MinInt64, math.MaxInt64)
	case schema.Float32:
		return parseFloat(v, t, text, 32)
	case schema.Float64:
		return parseFloat(v, t, text, 64)
	case schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ:
		x, ok := parseMoment(t, text)
		if !ok {
			return misfit(t)
		}
		v.AppendInt(x)
		return nil
	}
	return parseBlob(v, t, text)
}

func parseBlob(v *Vector, t schema.Type, text []byte) error {
	if len(text) > math.MaxInt32-len(v.Blobs)-64 {
		return fmt.Errorf("%w: it is longer than a batch can hold", ErrMisfit)
	}
	var ok bool
	switch t.Kind {
	case schema.Decimal:
		return parseDecimal(v, t, text)
	case schema.Interval:
		return parseInterval(v, t, text)
	case schema.UUID:
		return parseUUID(v, t, text)
	case schema.Bytes:
		return parseBytes(v, t, text)
	case schema.String:
		ok = utf8.Valid(text) && (t.Length == 0 || len(text) <= t.Length || utf8.RuneCount(text) <= t.Length)
	case schema.Enum:
		ok = utf8.Valid(text) && (len(t.Values) == 0 || slices.ContainsFunc(t.Values, func(s string) bool { return s == string(text) }))
	case schema.JSON:
		ok = utf8.Valid(text) && json.Valid(text)
	case schema.Native:
		ok = utf8.Valid(text)
	case schema.Array:
		return parseArray(v, t, text)
	default:
		return fmt.Errorf("values of type %s are not known to this version", t)
	}
	if !ok {
		return misfit(t)
	}
	v.AppendBlob(text)
	return nil
}

func misfit(t schema.Type) error { return fmt.Errorf("%w %s", ErrMisfit, t) }

func parseBool(v *Vector, t schema.Type, text []byte) error {
	switch string(text) {
	case "true":
		v.AppendInt(1)
	case "false":
		v.AppendInt(0)
	default:
		return misfit(t)
	}
	return nil
}

func parseInt(v *Vector, t schema.Type, text []byte, low, high int64) error {
	x, ok := integer(text)
	if !ok || x < low || x > high {
		return misfit(t)
	}
	v.AppendInt(x)
	return nil
}

// integer reads an optional sign and decimal digits.
func integer(text []byte) (int64, bool) {
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	if len(text) == 0 {
		return 0, false
	}
	var x uint64
	for _, c := range text {
		d := uint64(c - '0')
		if d > 9 || x > (1<<63)/10 {
			return 0, false
		}
		x = x*10 + d
	}
	switch {
	case negative && x <= 1<<63:
		return -int64(x), true
	case x < 1<<63:
		return int64(x), !negative
	}
	return 0, false
}

func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

// parseFloat refuses what strconv takes beyond plain and exponent notation, and numbers that overflow or vanish to zero.
func parseFloat(v *Vector, t schema.Type, text []byte, bits int) error {
	switch string(text) {
	case "NaN":
		v.AppendFloat(math.NaN())
		return nil
	case "Infinity":
		v.AppendFloat(math.Inf(1))
		return nil
	case "-Infinity":
		v.AppendFloat(math.Inf(-1))
		return nil
	}
	mantissa, nonzero := true, false
	for _, c := range text {
		switch {
		case c == 'e' || c == 'E':
			mantissa = false
		case c >= '0' && c <= '9':
			nonzero = nonzero || mantissa && c != '0'
		case c != '.' && c != '-' && c != '+':
			return misfit(t)
		}
	}
	f, err := strconv.ParseFloat(string(text), bits)
	if err != nil || f == 0 && nonzero {
		return misfit(t)
	}
	v.AppendFloat(f)
	return nil
}

func appendUUID(dst, x []byte) []byte {
	if len(x) != 16 {
		return hex.AppendEncode(dst, x)
	}
	start := len(dst)
	dst = append(dst, "00000000-0000-0000-0000-000000000000"...)
	out := dst[start:]
	hex.Encode(out[0:8], x[0:4])
	hex.Encode(out[9:13], x[4:6])
	hex.Encode(out[14:18], x[6:8])
	hex.Encode(out[19:23], x[8:10])
	hex.Encode(out[24:36], x[10:16])
	return dst
}

func parseUUID(v *Vector, t schema.Type, text []byte) error {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return misfit(t)
	}
	var digits [32]byte
	n := copy(digits[:], text[0:8])
	n += copy(digits[n:], text[9:13])
	n += copy(digits[n:], text[14:18])
	n += copy(digits[n:], text[19:23])
	copy(digits[n:], text[24:36])
	var x [16]byte
	if _, err := hex.Decode(x[:], digits[:]); err != nil {
		return misfit(t)
	}
	v.AppendBlob(x[:])
	return nil
}

func parseBytes(v *Vector, t schema.Type, text []byte) error {
	if len(text) < 2 || text[0] != '\\' || text[1] != 'x' {
		return misfit(t)
	}
	was := len(v.Blobs)
	blobs, err := hex.AppendDecode(v.Blobs, text[2:])
	if err != nil {
		v.Blobs = blobs[:was]
		return misfit(t)
	}
	v.Blobs = blobs
	v.AppendEnd()
	return nil
}
