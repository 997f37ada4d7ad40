package transform

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// put appends the result of an expression to a vector of type t. Where it is no value of t, nothing is appended and put
// says why, without the value.
func put(dst *batch.Vector, t schema.Type, x ref.Val) (misfit string) {
	switch v := x.(type) {
	case types.Null:
		dst.AppendNull()
		return ""
	case *types.Optional:
		if !v.HasValue() {
			dst.AppendNull()
			return ""
		}
		return put(dst, t, v.GetValue())
	}
	if t.Kind == schema.JSON {
		text, err := appendJSON(nil, x)
		if err != nil {
			return err.Error()
		}
		dst.AppendBlob(text)
		return ""
	}
	switch v := x.(type) {
	case types.Bool:
		if t.Kind == schema.Bool {
			dst.AppendBool(bool(v))
			return ""
		}
	case types.Int:
		return putInt(dst, t, int64(v))
	case types.Uint:
		return putText(dst, t, schema.Decimal, strconv.AppendUint(nil, uint64(v), 10))
	case types.Double:
		return putFloat(dst, t, float64(v))
	case types.String:
		return putString(dst, t, string(v))
	case types.Bytes:
		if t.Kind == schema.Bytes {
			dst.AppendBlob(v)
			return ""
		}
	case types.Duration:
		return putDuration(dst, t, v)
	case traits.Lister:
		if t.Kind == schema.Array {
			return putArray(dst, *t.Elem, v)
		}
	default:
		return putOurs(dst, t, x)
	}
	return unlike(t)
}

// unlike is the misfit of a value of another type than the checker said, as in an expression over json.
func unlike(t schema.Type) string { return fmt.Sprintf("the value is not of type %s", t) }

func putOurs(dst *batch.Vector, t schema.Type, x ref.Val) string {
	switch v := x.(type) {
	case library.Decimal:
		return putText(dst, t, schema.Decimal, v.Append(nil))
	case library.Interval:
		return putText(dst, t, schema.Interval, []byte(v.String()))
	case library.Date:
		if t.Kind == schema.Date {
			dst.AppendInt(int64(v))
			return ""
		}
	case library.Time:
		ticks, ok := v.Ticks(t.Unit())
		return putTicks(dst, t, schema.Time, ticks, ok)
	case library.Datetime:
		ticks, ok := v.Ticks(t.Unit())
		return putTicks(dst, t, schema.Timestamp, ticks, ok)
	case types.Timestamp:
		ticks, ok := library.InstantTicks(v, t.Unit())
		return putTicks(dst, t, schema.TimestampTZ, ticks, ok)
	}
	return unlike(t)
}

func putInt(dst *batch.Vector, t schema.Type, x int64) string {
	switch {
	case t.IsInteger():
		if low, high := bounds(t.Kind); x < low || x > high {
			return fmt.Sprintf("the number is outside the range of %s", t)
		}
		dst.AppendInt(x)
		return ""
	case t.Kind == schema.Decimal:
		return putText(dst, t, schema.Decimal, strconv.AppendInt(nil, x, 10))
	}
	return unlike(t)
}

func putFloat(dst *batch.Vector, t schema.Type, x float64) string {
	switch {
	case t.Kind == schema.Float64:
	case t.Kind != schema.Float32:
		return unlike(t)
	case x == x && float64(float32(x)) != x:
		return "the number cannot be kept as float32"
	}
	dst.AppendFloat(x)
	return ""
}

func putString(dst *batch.Vector, t schema.Type, x string) string {
	switch {
	case (t.Kind == schema.String || t.Kind == schema.Native) && t.Length == 0:
		dst.AppendString(x)
	case t.Kind == schema.String || t.Kind == schema.Enum || t.Kind == schema.UUID:
		return putText(dst, t, t.Kind, []byte(x))
	default:
		return unlike(t)
	}
	return ""
}

// putText parses a canonical text where t is of the kind that it is the text of.
func putText(dst *batch.Vector, t schema.Type, kind schema.Kind, text []byte) string {
	if t.Kind != kind {
		return unlike(t)
	}
	if batch.Parse(dst, t, text) != nil {
		return fmt.Sprintf("the value does not fit %s", t)
	}
	return ""
}

func putTicks(dst *batch.Vector, t schema.Type, kind schema.Kind, ticks int64, ok bool) string {
	if t.Kind != kind {
		return unlike(t)
	}
	if ok && !infinite(ticks) {
		_, ok = coarsen(ticks, t.Unit()/power(t.Precision), "")
	}
	if !ok {
		return fmt.Sprintf("the value does not fit %s", t)
	}
	dst.AppendInt(ticks)
	return ""
}

func putDuration(dst *batch.Vector, t schema.Type, d types.Duration) string {
	x, err := library.IntervalOf(d)
	if err != nil {
		return err.Error()
	}
	return putText(dst, t, schema.Interval, []byte(x.String()))
}

// appendJSON writes a value of an expression over json as JSON: every digit of numbers, the canonical text of what JSON
// has no form for.
func appendJSON(dst []byte, x ref.Val) ([]byte, error) {
	switch v := x.(type) {
	case types.Null:
		return append(dst, "null"...), nil
	case types.Bool:
		return strconv.AppendBool(dst, bool(v)), nil
	case types.Int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case types.Uint:
		return strconv.AppendUint(dst, uint64(v), 10), nil
	case types.Double:
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("JSON has no form for a number that is not finite")
		}
		return strconv.AppendFloat(dst, float64(v), 'g', -1, 64), nil
	case library.Decimal:
		return v.Append(dst), nil
	case traits.Mapper:
		return appendObject(dst, v)
	case traits.Lister:
		return appendList(dst, v)
	case types.Bytes, *types.Type, *types.Err, *types.Unknown:
		return nil, fmt.Errorf("JSON has no form for the value")
	}
	text, err := canonical(x)
	if err != nil {
		return nil, err
	}
	return appendQuoted(dst, text)
}

func appendQuoted(dst []byte, text string) ([]byte, error) {
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return append(dst, quoted...), nil
}

func appendList(dst []byte, list traits.Lister) ([]byte, error) {
	dst = append(dst, '[')
	for it, first := list.Iterator(), true; it.HasNext() == types.True; first = false {
		if !first {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendJSON(dst, it.Next()); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendObject sorts the members, since a map has no order of its own.
func appendObject(dst []byte, m traits.Mapper) ([]byte, error) {
	var names []string
	for it := m.Iterator(); it.HasNext() == types.True; {
		name, ok := it.Next().(types.String)
		if !ok {
			return nil, fmt.Errorf("JSON has no form for a map whose keys are not texts")
		}
		names = append(names, string(name))
	}
	slices.Sort(names)
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendQuoted(dst, name); err != nil {
			return nil, err
		}
		if dst, err = appendJSON(append(dst, ':'), m.Get(types.String(name))); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
