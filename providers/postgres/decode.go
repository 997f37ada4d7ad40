package postgres

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// The server counts days and microseconds from 2000-01-01, we from 1970-01-01.
const (
	epochDays   = 10957
	epochMicros = epochDays * 86400 * 1e6
)

var (
	errForm  = errors.New("a value does not have the binary form of its type")
	errFar   = errors.New("a timestamp is too far off for 64 bits of microseconds")
	errUTF8  = errors.New("a text is not valid UTF-8")
	errNever = errors.New("an infinite interval has no canonical form")
)

// decoder appends one value in binary form to a vector.
type decoder func(v *batch.Vector, x []byte) error

// decoderOf chooses by the column's type. With check, texts are proven to be UTF-8, since the server does not know.
func decoderOf(t schema.Type, check bool) (decoder, error) {
	switch t.Kind {
	case schema.Bool:
		return decodeBool, nil
	case schema.Int16:
		return decodeInt2, nil
	case schema.Int32:
		return decodeInt4, nil
	case schema.Int64, schema.Time:
		return decodeInt8, nil
	case schema.Float32:
		return decodeFloat4, nil
	case schema.Float64:
		return decodeFloat8, nil
	case schema.Date:
		return decodeDate, nil
	case schema.Timestamp, schema.TimestampTZ:
		return decodeTimestamp, nil
	case schema.Decimal:
		return decodeNumeric, nil
	case schema.Interval:
		return decodeInterval, nil
	case schema.UUID:
		return decodeUUID, nil
	case schema.Bytes:
		return decodeBytes, nil
	case schema.String, schema.JSON, schema.Enum:
		if check {
			return decodeChecked, nil
		}
		return decodeBytes, nil
	}
	return nil, errors.New("this version cannot read the type " + t.String())
}

func decodeBool(v *batch.Vector, x []byte) error {
	if len(x) != 1 {
		return errForm
	}
	v.AppendBool(x[0] != 0)
	return nil
}

func decodeInt2(v *batch.Vector, x []byte) error {
	if len(x) != 2 {
		return errForm
	}
	v.AppendInt(int64(int16(binary.BigEndian.Uint16(x))))
	return nil
}

func decodeInt4(v *batch.Vector, x []byte) error {
	if len(x) != 4 {
		return errForm
	}
	v.AppendInt(int64(int32(binary.BigEndian.Uint32(x))))
	return nil
}

func decodeInt8(v *batch.Vector, x []byte) error {
	if len(x) != 8 {
		return errForm
	}
	v.AppendInt(int64(binary.BigEndian.Uint64(x)))
	return nil
}

func decodeFloat4(v *batch.Vector, x []byte) error {
	if len(x) != 4 {
		return errForm
	}
	v.AppendFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(x))))
	return nil
}

func decodeFloat8(v *batch.Vector, x []byte) error {
	if len(x) != 8 {
		return errForm
	}
	v.AppendFloat(math.Float64frombits(binary.BigEndian.Uint64(x)))
	return nil
}

func decodeDate(v *batch.Vector, x []byte) error {
	if len(x) != 4 {
		return errForm
	}
	switch d := int32(binary.BigEndian.Uint32(x)); d {
	case math.MaxInt32:
		v.AppendInt(batch.PosInf)
	case math.MinInt32:
		v.AppendInt(batch.NegInf)
	default:
		v.AppendInt(int64(d) + epochDays)
	}
	return nil
}

func decodeTimestamp(v *batch.Vector, x []byte) error {
	if len(x) != 8 {
		return errForm
	}
	switch t := int64(binary.BigEndian.Uint64(x)); {
	case t == math.MaxInt64:
		v.AppendInt(batch.PosInf)
	case t == math.MinInt64:
		v.AppendInt(batch.NegInf)
	case t >= math.MaxInt64-epochMicros:
		return errFar
	default:
		v.AppendInt(t + epochMicros)
	}
	return nil
}

func decodeNumeric(v *batch.Vector, x []byte) error {
	blobs, err := appendNumeric(v.Blobs, x)
	if err != nil {
		return err
	}
	v.Blobs = blobs
	v.AppendEnd()
	return nil
}

func decodeInterval(v *batch.Vector, x []byte) error {
	if len(x) != 16 {
		return errForm
	}
	i := batch.Interval{
		Micros: int64(binary.BigEndian.Uint64(x)),
		Days:   int32(binary.BigEndian.Uint32(x[8:])),
		Months: int32(binary.BigEndian.Uint32(x[12:])),
	}
	if i == (batch.Interval{Months: math.MaxInt32, Days: math.MaxInt32, Micros: math.MaxInt64}) ||
		i == (batch.Interval{Months: math.MinInt32, Days: math.MinInt32, Micros: math.MinInt64}) {
		return errNever // as version 17 and later write infinity
	}
	v.Blobs = batch.AppendInterval(v.Blobs, i)
	v.AppendEnd()
	return nil
}

func decodeUUID(v *batch.Vector, x []byte) error {
	if len(x) != 16 {
		return errForm
	}
	v.AppendBlob(x)
	return nil
}

func decodeBytes(v *batch.Vector, x []byte) error {
	if len(v.Blobs)+len(x) > math.MaxInt32 {
		return errors.New("a batch holds more than 2 GB")
	}
	v.AppendBlob(x)
	return nil
}

func decodeChecked(v *batch.Vector, x []byte) error {
	if !utf8.Valid(x) {
		return errUTF8
	}
	return decodeBytes(v, x)
}
