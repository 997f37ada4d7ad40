package postgres

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// The numbers of the built-in types that this version moves.
const (
	oidBool        = 16
	oidBytea       = 17
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidJSON        = 114
	oidFloat4      = 700
	oidFloat8      = 701
	oidVarchar     = 1043
	oidDate        = 1082
	oidTime        = 1083
	oidTimestamp   = 1114
	oidTimestampTZ = 1184
	oidInterval    = 1186
	oidNumeric     = 1700
	oidUUID        = 2950
)

// fixed are the types that have no parameters.
var fixed = map[uint32]schema.Kind{
	oidBool: schema.Bool, oidInt2: schema.Int16, oidInt4: schema.Int32, oidInt8: schema.Int64, oidFloat4: schema.Float32,
	oidFloat8: schema.Float64, oidText: schema.String, oidBytea: schema.Bytes, oidDate: schema.Date, oidUUID: schema.UUID,
	oidJSON: schema.JSON,
}

// canonical is the type of a column by number and modifier. Unknown is every type of which a value could change on the
// way: character(n), whose padding is not text; an interval or numeric with a modifier that has no counterpart; all types
// that are not in the list.
func canonical(oid uint32, mod int32) schema.Type {
	if kind, ok := fixed[oid]; ok {
		return schema.Type{Kind: kind}
	}
	switch oid {
	case oidVarchar:
		return schema.Type{Kind: schema.String, Length: max(0, int(mod)-4)}
	case oidNumeric:
		return decimal(mod)
	case oidTime:
		return schema.Type{Kind: schema.Time, Precision: digits(mod)}
	case oidTimestamp:
		return schema.Type{Kind: schema.Timestamp, Precision: digits(mod)}
	case oidTimestampTZ:
		return schema.Type{Kind: schema.TimestampTZ, Precision: digits(mod)}
	case oidInterval:
		if mod < 0 {
			return schema.Type{Kind: schema.Interval}
		}
	}
	return schema.Type{}
}

func decimal(mod int32) schema.Type {
	if mod < 0 {
		return schema.Type{Kind: schema.Decimal}
	}
	precision, scale := int((mod-4)>>16&0xffff), int((mod-4)&0x7ff)
	if scale > precision { // a scale that is negative or above the precision, as version 15 and later have
		return schema.Type{}
	}
	return schema.Type{Kind: schema.Decimal, Precision: precision, Scale: scale}
}

func digits(mod int32) int {
	if mod < 0 {
		return 6
	}
	return int(mod)
}

// maxLength and maxDigits are the server's limits of varchar(n) and numeric(p,s).
const (
	maxLength = 10485760
	maxDigits = 1000
)

// Place gives the type of the column that Define makes for t.
func (e *endpoint) Place(t schema.Type) (schema.Type, error) {
	switch t.Kind {
	case schema.Decimal:
		if t.Precision > maxDigits || t.Scale < 0 || t.Precision > 0 && t.Scale > t.Precision || t.Precision == 0 && t.Scale != 0 {
			return schema.Type{}, fmt.Errorf("PostgreSQL cannot keep %s", t)
		}
	case schema.String:
		if t.Length > maxLength {
			t.Length = 0
		}
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		t.Precision = min(t.Precision, 6)
	case schema.Unknown, schema.Enum, schema.Array, schema.Native:
		return schema.Type{}, fmt.Errorf("%s is not a type that this version can put into PostgreSQL", t)
	}
	return t, nil
}

// declared is the type as CREATE TABLE writes it.
func declared(t schema.Type) (string, error) {
	switch t.Kind {
	case schema.Bool:
		return "boolean", nil
	case schema.Int16:
		return "smallint", nil
	case schema.Int32:
		return "integer", nil
	case schema.Int64:
		return "bigint", nil
	case schema.Float32:
		return "real", nil
	case schema.Float64:
		return "double precision", nil
	case schema.Bytes:
		return "bytea", nil
	case schema.Date, schema.Interval, schema.UUID, schema.JSON:
		return string(t.Kind), nil
	case schema.Decimal:
		if t.Precision > 0 {
			return fmt.Sprintf("numeric(%d,%d)", t.Precision, t.Scale), nil
		}
		return "numeric", nil
	case schema.String:
		if t.Length > 0 {
			return fmt.Sprintf("character varying(%d)", t.Length), nil
		}
		return "text", nil
	case schema.Time:
		return fmt.Sprintf("time(%d)", t.Precision), nil
	case schema.Timestamp:
		return fmt.Sprintf("timestamp(%d)", t.Precision), nil
	case schema.TimestampTZ:
		return fmt.Sprintf("timestamp(%d) with time zone", t.Precision), nil
	}
	return "", fmt.Errorf("%s is not a type that this version can put into PostgreSQL", t)
}
