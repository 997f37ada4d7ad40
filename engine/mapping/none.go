package mapping

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// none is the error for a pair without a cast: it names the expression to write in cel instead, where there is one.
func none(value, column schema.Type) error {
	if instead := remedy(value, column); instead != "" {
		return fmt.Errorf("a value of type %s does not go into a column of type %s by itself: %s", value, column, instead)
	}
	return fmt.Errorf("there is no cast from %s to %s", value, column)
}

func remedy(value, column schema.Type) string {
	from, to := family(value.Kind), family(column.Kind)
	switch {
	case from == schema.Array:
		return "an array goes into an array, a string or json"
	case from == schema.Native && to == schema.Native:
		return "write string(src.X), whose text the server then reads"
	case from == schema.String || from == schema.Enum || from == schema.Native:
		return fromText(to)
	case to == schema.Array:
		if _, err := Judge(value, *column.Elem, ""); err == nil {
			return "an array is made of a list, as in [src.X]"
		}
		return ""
	case to == schema.Bool:
		if from == schema.Float64 {
			return "write a condition, such as src.X != 0.0"
		}
		if number(from) {
			return "write a condition, such as src.X != 0"
		}
	case from == schema.Bool && number(to):
		return "say which numbers are meant, such as src.X ? 1 : 0"
	case from == schema.Bytes && to == schema.String:
		return "write string(src.X) where the bytes are UTF-8 text"
	case from == schema.JSON:
		return "take the member that is meant and say its type, as in " + reading(to) + "(src.X.name)"
	case to == schema.TimestampTZ:
		if from == schema.Timestamp {
			return "a wall clock becomes an instant with src.X.at_zone('Europe/London')"
		}
		if from == schema.Date {
			return "a day becomes an instant with datetime(src.X).at_zone('Europe/London')"
		}
		if from == schema.Int64 {
			return "seconds since 1970 become an instant with timestamp(src.X)"
		}
	case to == schema.Time && from == schema.Timestamp:
		return "write time(src.X) for the time of day"
	case to == schema.Time && from == schema.TimestampTZ:
		return "write time(src.X.in_zone('Europe/London')) for the time of day, with the zone that is meant"
	case to == schema.Native || to == schema.Enum && number(from) || to == schema.JSON && (number(from) || from == schema.Bool):
		return "make it a text first, with string(src.X)"
	}
	return ""
}

func number(k schema.Kind) bool {
	return k == schema.Int64 || k == schema.Decimal || k == schema.Float64
}

// fromText says how a text is read as a value: never without being told to.
func fromText(to schema.Kind) string {
	switch call := "write " + reading(to) + "(src.X)"; to {
	case schema.Bool:
		return call + ", or a condition such as src.X == 'Y'"
	case schema.Bytes:
		return call + " for its UTF-8 bytes"
	default:
		return call
	}
}

// reading is the function of expressions that makes a value for a column of a family.
func reading(to schema.Kind) string {
	switch to {
	case schema.Int64:
		return "int"
	case schema.Float64:
		return "double"
	case schema.Timestamp:
		return "datetime"
	case schema.TimestampTZ:
		return "timestamp"
	case schema.UUID, schema.JSON, schema.Enum, schema.Array, schema.Native:
		return "string"
	}
	return string(to)
}
