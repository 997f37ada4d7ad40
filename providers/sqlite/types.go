package sqlite

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// affinity is what SQLite does to values on their way into a column.
type affinity byte

const (
	asGiven   affinity = 'b' // BLOB: none
	asText    affinity = 't'
	asNumeric affinity = 'n'
	asInteger affinity = 'i'
	asReal    affinity = 'r'
)

// affinityOf follows SQLite's own rules, in their order.
func affinityOf(declared string) affinity {
	d := strings.ToUpper(declared)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(d, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return asInteger
	case has("CHAR", "CLOB", "TEXT"):
		return asText
	case d == "" || has("BLOB"):
		return asGiven
	case has("REAL", "FLOA", "DOUB"):
		return asReal
	}
	return asNumeric
}

var declaration = regexp.MustCompile(`^\s*([A-Z][A-Z0-9_ ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$`)

// typeOf reads a declared type. Names that say nothing certain about their values are Unknown.
func typeOf(declared string) schema.Type {
	m := declaration.FindStringSubmatch(strings.ToUpper(declared))
	if m == nil {
		return schema.Type{}
	}
	name := strings.Join(strings.Fields(m[1]), " ")
	first, given := number(m[2])
	second, _ := number(m[3])
	switch name {
	case "INTEGER", "INT", "BIGINT", "TINYINT", "SMALLINT", "MEDIUMINT", "INT2", "INT4", "INT8", "BIG INT", "UNSIGNED BIG INT":
		return schema.Type{Kind: schema.Int64}
	case "INT16":
		return schema.Type{Kind: schema.Int16}
	case "INT32":
		return schema.Type{Kind: schema.Int32}
	case "REAL", "DOUBLE", "DOUBLE PRECISION", "FLOAT":
		return schema.Type{Kind: schema.Float64}
	case "FLOAT32":
		return schema.Type{Kind: schema.Float32}
	case "NUMERIC", "DECIMAL", "DECIMAL_TEXT":
		return decimalOf(first, second)
	case "CHAR", "CHARACTER", "NCHAR", "NATIVE CHARACTER", "VARCHAR", "NVARCHAR", "CHARACTER VARYING", "VARYING CHARACTER":
		return schema.Type{Kind: schema.String, Length: first}
	case "TEXT", "CLOB":
		return schema.Type{Kind: schema.String, Length: first}
	case "DATETIME", "TIMESTAMP":
		return momentOf(schema.Timestamp, first, given)
	case "TIMESTAMPTZ":
		return momentOf(schema.TimestampTZ, first, given)
	case "TIME":
		return momentOf(schema.Time, first, given)
	}
	return schema.Type{Kind: plain[name]}
}

var plain = map[string]schema.Kind{
	"BOOLEAN": schema.Bool, "BOOL": schema.Bool, "BLOB": schema.Bytes, "DATE": schema.Date, "UUID": schema.UUID,
	"UUID_TEXT": schema.UUID, "JSON": schema.JSON, "JSON_TEXT": schema.JSON, "DURATION_TEXT": schema.Interval,
}

func number(digits string) (int, bool) {
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

func decimalOf(precision, scale int) schema.Type {
	if precision == 0 {
		return schema.Type{Kind: schema.Decimal}
	}
	return schema.Type{Kind: schema.Decimal, Precision: precision, Scale: scale}
}

func momentOf(k schema.Kind, digits int, given bool) schema.Type {
	if !given {
		digits = 6
	}
	if digits > 9 {
		return schema.Type{}
	}
	return schema.Type{Kind: k, Precision: digits}
}

// exactDigits is how many decimal digits a REAL keeps for certain.
const exactDigits = 15

// declare writes a canonical type as a column's type whose affinity changes no value of it: DECIMAL is for numbers that a
// REAL holds with all their digits, and names with TEXT in them keep texts as they are.
func declare(t schema.Type) (string, error) {
	switch t.Kind {
	case schema.Decimal:
		switch {
		case t.Precision == 0:
			return "DECIMAL_TEXT", nil
		case t.Scale < 0 || t.Scale > t.Precision:
			return "", fmt.Errorf("columns of type %s cannot be kept by SQLite", t)
		case t.Precision > exactDigits:
			return fmt.Sprintf("DECIMAL_TEXT(%d,%d)", t.Precision, t.Scale), nil
		}
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale), nil
	case schema.String:
		if t.Length > 0 {
			return fmt.Sprintf("VARCHAR(%d)", t.Length), nil
		}
		return "TEXT", nil
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		return fmt.Sprintf("%s(%d)", strings.ToUpper(string(t.Kind)), t.Precision), nil
	}
	if name, ok := names[t.Kind]; ok {
		return name, nil
	}
	return "", fmt.Errorf("columns of type %s cannot be kept by SQLite", t)
}

var names = map[schema.Kind]string{
	schema.Bool: "BOOLEAN", schema.Int16: "INT16", schema.Int32: "INT32", schema.Int64: "INTEGER", schema.Float32: "FLOAT32",
	schema.Float64: "REAL", schema.Bytes: "BLOB", schema.Date: "DATE", schema.UUID: "UUID_TEXT", schema.JSON: "JSON_TEXT",
	schema.Interval: "DURATION_TEXT", schema.Enum: "TEXT", schema.Array: "TEXT", schema.Native: "TEXT",
}

// Place says which type a created column has: the same, but for enums, arrays and types of other products, whose texts a
// TEXT column keeps. A type's own name in another product is lost.
func (e *endpoint) Place(t schema.Type) (schema.Type, error) {
	name, err := declare(t)
	if err != nil {
		return schema.Type{}, unsupported("place", t.String(), "%w", err)
	}
	return typeOf(name), nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(n)
	}
	return strings.Join(out, ", ")
}
