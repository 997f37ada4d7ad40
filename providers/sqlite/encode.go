package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// encoder binds value i of a vector, not null, as a statement's parameter.
type encoder func(s *stmt, param int, v *batch.Vector, i int) error

var errChanged = errors.New("the column's affinity would change the value")

// encoderFor keeps values exactly in a column of the given affinity, or refuses them.
func encoderFor(t schema.Type, a affinity) (encoder, error) {
	switch t.Kind {
	case schema.Bool, schema.Int16, schema.Int32, schema.Int64:
		if a == asText {
			return nil, fmt.Errorf("values of type %s would become texts", t)
		}
		if a == asReal {
			return bindExactInt, nil
		}
		return func(s *stmt, p int, v *batch.Vector, i int) error { return s.bindInt(p, v.Ints[i]) }, nil
	case schema.Float32, schema.Float64:
		return floatEncoder(t, a)
	case schema.Decimal:
		return decimalEncoder(a), nil
	case schema.Bytes:
		return func(s *stmt, p int, v *batch.Vector, i int) error { return s.bindBlob(p, v.Blob(i)) }, nil
	case schema.String, schema.Enum, schema.JSON, schema.Interval:
		if a == asText || a == asGiven {
			return func(s *stmt, p int, v *batch.Vector, i int) error { return s.bindText(p, v.Blob(i)) }, nil
		}
		return bindWords, nil
	case schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ, schema.UUID:
		return canonicalEncoder(t), nil
	}
	return nil, fmt.Errorf("values of type %s cannot be kept by SQLite", t)
}

func bindExactInt(s *stmt, p int, v *batch.Vector, i int) error {
	x := v.Ints[i]
	if f := float64(x); f >= 1<<63 || int64(f) != x {
		return errChanged
	}
	return s.bindInt(p, x)
}

// bindWords is for texts in numeric columns, which turn what looks like a number into one.
func bindWords(s *stmt, p int, v *batch.Vector, i int) error {
	x := bytes.TrimLeft(v.Blob(i), " \t\r\n\v\f")
	if len(x) > 0 && bytes.IndexByte([]byte("0123456789+-."), x[0]) >= 0 {
		return errChanged
	}
	return s.bindText(p, v.Blob(i))
}

func floatEncoder(t schema.Type, a affinity) (encoder, error) {
	if a == asText {
		return nil, fmt.Errorf("values of type %s would become texts", t)
	}
	return func(s *stmt, p int, v *batch.Vector, i int) error {
		f := v.Floats[i]
		if f != f {
			return errors.New("SQLite has no NaN: it would become a null")
		}
		if f == 0 && math.Signbit(f) {
			return errors.New("SQLite has no negative zero: it would lose its sign")
		}
		return s.bindFloat(p, f)
	}, nil
}

// decimalEncoder writes digits as text where the column keeps texts, else as the number whose shortest digits they are.
func decimalEncoder(a affinity) encoder {
	if a == asText || a == asGiven {
		return func(s *stmt, p int, v *batch.Vector, i int) error { return s.bindText(p, v.Blob(i)) }
	}
	var buf []byte
	return func(s *stmt, p int, v *batch.Vector, i int) error {
		x := v.Blob(i)
		if c := x[len(x)-1]; c < '0' || c > '9' { // NaN and the infinities are words
			return s.bindText(p, x)
		}
		x = trimZeros(x)
		if bytes.IndexByte(x, '.') < 0 {
			if n, err := strconv.ParseInt(string(x), 10, 64); err == nil {
				if f := float64(n); a == asReal && (f >= 1<<63 || int64(f) != n) {
					return errChanged
				}
				return s.bindInt(p, n)
			}
		}
		f, err := strconv.ParseFloat(string(x), 64)
		buf = appendReal(buf[:0], f)
		if err != nil || !bytes.Equal(buf, x) {
			return errChanged
		}
		return s.bindFloat(p, f)
	}
}

// trimZeros cuts the zeros at the end of a fraction, and its point if nothing is left of it.
func trimZeros(x []byte) []byte {
	if bytes.IndexByte(x, '.') < 0 {
		return x
	}
	return bytes.TrimSuffix(bytes.TrimRight(x, "0"), []byte("."))
}

// canonicalEncoder writes dates and times without zeros at the end of the second, as SQLite's own functions do.
func canonicalEncoder(t schema.Type) encoder {
	var buf []byte
	return func(s *stmt, p int, v *batch.Vector, i int) error {
		buf = batch.AppendText(buf[:0], t, v, i)
		if t.Storage() != schema.Ints || t.Kind == schema.Date {
			return s.bindText(p, buf)
		}
		zone := bytes.HasSuffix(buf, []byte("Z"))
		short := trimZeros(bytes.TrimSuffix(buf, []byte("Z")))
		if zone {
			short = append(short, 'Z')
		}
		return s.bindText(p, short)
	}
}
