package sqlite

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// decoder reads the i-th value of a row into a vector. Its errors hold no value.
type decoder func(s *stmt, i int, v *batch.Vector) error

// decoderFor goes by each value's own storage class, since a column's declared type binds SQLite to nothing.
func decoderFor(c schema.Column) (decoder, error) {
	d := typedDecoder(c.Type)
	if d == nil {
		return nil, fmt.Errorf("column %s has the type %q, which says nothing certain of its values; declare the column in the source's table block", c.Name, c.Declared)
	}
	return func(s *stmt, i int, v *batch.Vector) error {
		if s.null(i) {
			if !c.Null {
				return errors.New("a null stands in a column that takes none")
			}
			v.AppendNull()
			return nil
		}
		return d(s, i, v)
	}, nil
}

func typedDecoder(t schema.Type) decoder {
	switch t.Kind {
	case schema.Bool:
		return integers(t, 0, 1)
	case schema.Int16:
		return integers(t, math.MinInt16, math.MaxInt16)
	case schema.Int32:
		return integers(t, math.MinInt32, math.MaxInt32)
	case schema.Int64:
		return integers(t, math.MinInt64, math.MaxInt64)
	case schema.Float32, schema.Float64:
		return floats(t)
	case schema.Decimal:
		return decimals(t)
	case schema.Bytes:
		return blobs(t)
	case schema.Unknown, schema.Array, schema.Native:
		return nil
	}
	return texts(t)
}

func misfit(t schema.Type, found storage) error {
	return fmt.Errorf("%s stands where a value of type %s belongs: %w", found, t, batch.ErrMisfit)
}

func integers(t schema.Type, low, high int64) decoder {
	return func(s *stmt, i int, v *batch.Vector) error {
		if k := s.storage(i); k != storedInt {
			return misfit(t, k)
		}
		x := s.int(i)
		if x < low || x > high {
			return fmt.Errorf("an integer is out of the range of %s: %w", t, batch.ErrMisfit)
		}
		v.AppendInt(x)
		return nil
	}
}

// floats takes integers too, where a REAL holds them exactly: SQLite itself keeps whole numbers so.
func floats(t schema.Type) decoder {
	return func(s *stmt, i int, v *batch.Vector) error {
		var f float64
		switch k := s.storage(i); k {
		case storedFloat:
			f = s.float(i)
		case storedInt:
			x := s.int(i)
			f = float64(x)
			if f >= 1<<63 || int64(f) != x {
				return misfit(t, k)
			}
		default:
			return misfit(t, k)
		}
		if t.Kind == schema.Float32 && float64(float32(f)) != f {
			return fmt.Errorf("a real number has more digits than a %s: %w", t, batch.ErrMisfit)
		}
		v.AppendFloat(f)
		return nil
	}
}

// decimals takes a REAL by its shortest digits that read back as the same number.
func decimals(t schema.Type) decoder {
	var buf []byte
	return func(s *stmt, i int, v *batch.Vector) error {
		k := s.storage(i)
		switch k {
		case storedInt:
			buf = strconv.AppendInt(buf[:0], s.int(i), 10)
		case storedFloat:
			buf = appendReal(buf[:0], s.float(i))
		case storedText:
			buf = append(buf[:0], s.bytes(i)...)
		default:
			return misfit(t, k)
		}
		grown, err := batch.AppendDecimal(v.Blobs, buf, t.Precision, t.Scale)
		if err != nil {
			return misfit(t, k)
		}
		v.Blobs = grown
		v.AppendEnd()
		return nil
	}
}

func appendReal(dst []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

func blobs(t schema.Type) decoder {
	return func(s *stmt, i int, v *batch.Vector) error {
		if k := s.storage(i); k != storedBlob {
			return misfit(t, k)
		}
		v.AppendBlob(s.bytes(i))
		return nil
	}
}

func texts(t schema.Type) decoder {
	return func(s *stmt, i int, v *batch.Vector) error {
		if k := s.storage(i); k != storedText {
			return misfit(t, k)
		}
		if err := batch.Parse(v, t, s.bytes(i)); err != nil {
			return fmt.Errorf("a text is no value of type %s, is too long for it, or is not UTF-8: %w", t, batch.ErrMisfit)
		}
		return nil
	}
}

// misplaced is a row's error with its place.
func misplaced(op, table, column, row string, err error) error {
	return &providers.Error{
		Op: op, Object: table, Column: column, Row: row, Class: providers.BadValue, Err: err,
		Remedy: "Mend the row, or declare the column's type in the table block of the source.",
	}
}
