package mapping

import (
	"slices"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// toString is by the canonical text of package batch.
func toString(value, column schema.Type, allow string) (plan.Fidelity, error) {
	longest := longestText(value)
	if column.Length == 0 || longest > 0 && longest <= column.Length {
		return exact()
	}
	if value.Kind == schema.Enum && allow == Truncate {
		return cut(column)
	}
	return checked("A text of more than %d characters is a row error.", column.Length)
}

// longestText is the length of the longest canonical text of a type, 0 where there is no limit worth naming.
func longestText(t schema.Type) int {
	switch t.Kind {
	case schema.Bool:
		return len("false")
	case schema.Int16:
		return len("-32768")
	case schema.Int32:
		return len("-2147483648")
	case schema.Int64:
		return len("-9223372036854775808")
	case schema.Float32, schema.Float64:
		return len("-1.7976931348623157e+308")
	case schema.Decimal:
		if t.Precision > 0 {
			return max(t.Precision, t.Scale) + len("-0.")
		}
	case schema.Time:
		return len("15:04:05.999999999")
	case schema.Date, schema.Timestamp, schema.TimestampTZ:
		return len("-25252734927766553-01-01 15:04:05.999999999Z")
	case schema.Interval:
		return len("P-2147483648M-2147483648DT-9223372036854.775808S")
	case schema.UUID:
		return len("00000000-0000-0000-0000-000000000000")
	case schema.Enum:
		longest := 0
		for _, v := range t.Values {
			longest = max(longest, utf8.RuneCountInString(v))
		}
		return longest
	}
	return 0
}

func stringToString(value, column schema.Type, allow string) (plan.Fidelity, error) {
	if column.Length == 0 || value.Length > 0 && value.Length <= column.Length {
		return exact()
	}
	if allow == Truncate {
		return cut(column)
	}
	return checked("A text of more than %d characters is a row error.", column.Length)
}

func cut(column schema.Type) (plan.Fidelity, error) {
	return lossy(Truncate, "A text is cut after %d characters.", column.Length)
}

func toEnum(value, column schema.Type, _ string) (plan.Fidelity, error) {
	missing := func(v string) bool { return !slices.Contains(column.Values, v) }
	if value.Kind == schema.Enum && len(value.Values) > 0 && !slices.ContainsFunc(value.Values, missing) {
		return exact()
	}
	return checked("A text that is not among the column's values is a row error.")
}

func toUUID(_, _ schema.Type, _ string) (plan.Fidelity, error) {
	return checked("A text that is not a uuid in its 8-4-4-4-12 form is a row error.")
}

func toJSON(_, _ schema.Type, _ string) (plan.Fidelity, error) {
	return checked("A text that is not JSON is a row error.")
}
