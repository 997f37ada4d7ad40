package expr

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// celType is the type that values of a canonical type have in CEL; false for the types that CEL cannot hold.
func celType(t schema.Type) (*cel.Type, bool) {
	switch t.Kind {
	case schema.Bool:
		return cel.BoolType, true
	case schema.Int16, schema.Int32, schema.Int64:
		return cel.IntType, true
	case schema.Decimal:
		return library.DecimalType(), true
	case schema.Float32, schema.Float64:
		return cel.DoubleType, true
	case schema.String, schema.UUID, schema.Enum, schema.Native:
		return cel.StringType, true
	case schema.Bytes:
		return cel.BytesType, true
	case schema.Date:
		return library.DateType(), true
	case schema.Time:
		return library.TimeType(), true
	case schema.Timestamp:
		return library.DatetimeType(), true
	case schema.TimestampTZ:
		return cel.TimestampType, true
	case schema.Interval:
		return library.IntervalType(), true
	case schema.JSON:
		return cel.DynType, true
	case schema.Array:
		if t.Elem == nil {
			return nil, false
		}
		elem, ok := celType(*t.Elem)
		return cel.ListType(elem), ok
	}
	return nil, false
}

// canonicalType is the canonical type of a result; digits is how many decimals of a second its times may have.
func canonicalType(t *cel.Type, digits int) (schema.Type, bool) {
	switch t.Kind() {
	case types.BoolKind:
		return schema.Type{Kind: schema.Bool}, true
	case types.IntKind:
		return schema.Type{Kind: schema.Int64}, true
	case types.UintKind:
		return schema.Type{Kind: schema.Decimal, Precision: 20}, true
	case types.DoubleKind:
		return schema.Type{Kind: schema.Float64}, true
	case types.StringKind:
		return schema.Type{Kind: schema.String}, true
	case types.BytesKind:
		return schema.Type{Kind: schema.Bytes}, true
	case types.TimestampKind:
		return schema.Type{Kind: schema.TimestampTZ, Precision: digits}, true
	case types.DurationKind:
		return schema.Type{Kind: schema.Interval}, true
	case types.DynKind, types.MapKind, types.NullTypeKind:
		return schema.Type{Kind: schema.JSON}, true
	case types.ListKind:
		elem, ok := canonicalType(t.Parameters()[0], digits)
		if elem.Kind == schema.Array { // a list of lists is an array of more dimensions
			return elem, ok
		}
		return schema.Type{Kind: schema.Array, Elem: &elem}, ok
	case types.OpaqueKind:
		return ownType(t.TypeName(), digits)
	}
	return schema.Type{}, false
}

func ownType(name string, digits int) (schema.Type, bool) {
	switch name {
	case "decimal":
		return schema.Type{Kind: schema.Decimal}, true
	case "date":
		return schema.Type{Kind: schema.Date}, true
	case "time":
		return schema.Type{Kind: schema.Time, Precision: digits}, true
	case "datetime":
		return schema.Type{Kind: schema.Timestamp, Precision: digits}, true
	case "interval":
		return schema.Type{Kind: schema.Interval}, true
	}
	return schema.Type{}, false
}

// typeName is how messages call a type.
func typeName(t *cel.Type) string {
	switch t.Kind() {
	case types.DynKind, types.TypeParamKind, types.AnyKind:
		return "json"
	case types.ListKind:
		return fmt.Sprintf("list(%s)", typeName(t.Parameters()[0]))
	case types.MapKind:
		return fmt.Sprintf("map(%s, %s)", typeName(t.Parameters()[0]), typeName(t.Parameters()[1]))
	case types.TimestampKind:
		return "timestamp"
	case types.DurationKind:
		return "duration"
	case types.NullTypeKind:
		return "null"
	case types.ErrorKind:
		return "unknown"
	case types.OpaqueKind:
		if t.TypeName() == "optional_type" {
			return fmt.Sprintf("optional(%s)", typeName(t.Parameters()[0]))
		}
	}
	return t.TypeName()
}

func typeNames(all []*cel.Type) string {
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = typeName(t)
	}
	return strings.Join(names, ", ")
}

// digitsOf is how many decimals of a second values of a type may have, through arrays.
func digitsOf(t schema.Type) int {
	switch t.Kind {
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		return t.Precision
	case schema.Array:
		if t.Elem != nil {
			return digitsOf(*t.Elem)
		}
	}
	return 0
}
