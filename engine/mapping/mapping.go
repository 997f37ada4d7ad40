// Package mapping says how a value of one type gets into a column of another: the fidelity verdict, and what would be
// lost. Package transform carries the casts out.
package mapping

import (
	"cmp"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// What allow_lossy may name. Round rounds half to even, Truncate cuts towards zero or at the end of a text, Zone takes
// the wall clock of UTC.
const (
	Round    = "round"
	Truncate = "truncate"
	Zone     = "zone"
)

// Judge gives the verdict for putting values of one type into a column of another, nulls apart. allow is what the
// field's allow_lossy says; the verdict repeats it where it has an effect, so a Lossy without Allow is one that the
// field does not allow, and Why says what would. An error says that there is no cast, and what to write instead.
func Judge(value, column schema.Type, allow string) (plan.Fidelity, error) {
	switch allow {
	case "", Round, Truncate, Zone:
	default:
		return plan.Fidelity{}, fmt.Errorf("allow_lossy cannot be %q: it is round, truncate or zone", allow)
	}
	for _, t := range []schema.Type{value, column} {
		if unknown(t) {
			return plan.Fidelity{}, fmt.Errorf("this version cannot move values of type %s", cmp.Or(string(t.Kind), "unknown"))
		}
	}
	if value.Equal(column) {
		return exact()
	}
	if value.Kind == schema.Array && column.Kind == schema.Array {
		f, err := arrayToArray(*value.Elem, *column.Elem)
		return formed(f, column), err
	}
	rule, ok := rules[pair{family(value.Kind), family(column.Kind)}]
	if !ok {
		return plan.Fidelity{}, none(value, column)
	}
	f, err := rule(value, column, allow)
	if err != nil {
		return plan.Fidelity{}, err
	}
	return formed(f, column), nil
}

// unknown reports whether a type, or that of its elements, is not known to this version.
func unknown(t schema.Type) bool {
	return t.Kind == schema.Unknown || t.Kind == schema.Array && (t.Elem == nil || t.Elem.Kind == schema.Array && t.Elem.Native == "" || unknown(*t.Elem))
}

type pair struct{ from, to schema.Kind }

type rule func(value, column schema.Type, allow string) (plan.Fidelity, error)

// rules has a line for every pair of families that has a cast.
var rules = map[pair]rule{
	{schema.Bool, schema.String}:             toString,
	{schema.Int64, schema.Int64}:             intToInt,
	{schema.Int64, schema.Decimal}:           intToDecimal,
	{schema.Int64, schema.Float64}:           intToFloat,
	{schema.Int64, schema.String}:            toString,
	{schema.Decimal, schema.Int64}:           fractionToInt,
	{schema.Decimal, schema.Decimal}:         decimalToDecimal,
	{schema.Decimal, schema.Float64}:         decimalToFloat,
	{schema.Decimal, schema.String}:          toString,
	{schema.Float64, schema.Int64}:           fractionToInt,
	{schema.Float64, schema.Decimal}:         floatToDecimal,
	{schema.Float64, schema.Float64}:         floatToFloat,
	{schema.Float64, schema.String}:          toString,
	{schema.String, schema.String}:           stringToString,
	{schema.String, schema.Enum}:             toEnum,
	{schema.String, schema.UUID}:             toUUID,
	{schema.String, schema.JSON}:             toJSON,
	{schema.Date, schema.Timestamp}:          dateToTimestamp,
	{schema.Date, schema.String}:             toString,
	{schema.Time, schema.Time}:               clockToClock,
	{schema.Time, schema.String}:             toString,
	{schema.Timestamp, schema.Timestamp}:     clockToClock,
	{schema.Timestamp, schema.Date}:          timestampToDate,
	{schema.Timestamp, schema.String}:        toString,
	{schema.TimestampTZ, schema.Timestamp}:   instantToWall,
	{schema.TimestampTZ, schema.Date}:        instantToWall,
	{schema.TimestampTZ, schema.TimestampTZ}: clockToClock,
	{schema.TimestampTZ, schema.String}:      toString,
	{schema.Interval, schema.String}:         toString,
	{schema.UUID, schema.String}:             toString,
	{schema.JSON, schema.String}:             toString,
	{schema.Enum, schema.Enum}:               toEnum,
	{schema.Enum, schema.String}:             toString,
	{schema.Bool, schema.Bool}:               same,
	{schema.Bytes, schema.Bytes}:             same,
	{schema.Date, schema.Date}:               same,
	{schema.Interval, schema.Interval}:       same,
	{schema.UUID, schema.UUID}:               same,
	{schema.JSON, schema.JSON}:               same,
	{schema.Native, schema.String}:           toString,
	{schema.String, schema.Native}:           toNative,
	{schema.Array, schema.String}:            toString,
	{schema.Array, schema.JSON}:              arrayToJSON,
	{schema.String, schema.Array}:            toArray,
	{schema.JSON, schema.Array}:              toArray,
}

// family joins the widths of integers and of floats.
func family(k schema.Kind) schema.Kind {
	switch k {
	case schema.Int16, schema.Int32:
		return schema.Int64
	case schema.Float32:
		return schema.Float64
	}
	return k
}

func exact() (plan.Fidelity, error) { return plan.Fidelity{Verdict: plan.Exact}, nil }

func checked(format string, args ...any) (plan.Fidelity, error) {
	return plan.Fidelity{Verdict: plan.Checked, Why: fmt.Sprintf(format, args...)}, nil
}

func lossy(allow, format string, args ...any) (plan.Fidelity, error) {
	return plan.Fidelity{Verdict: plan.Lossy, Allow: allow, Why: fmt.Sprintf(format, args...)}, nil
}
