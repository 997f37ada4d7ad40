package postgres

import (
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// The numbers of the built-in types that are treated each in its own way.
const (
	oidBool        = 16
	oidBytea       = 17
	oidChar        = 18 // "char", one byte
	oidName        = 19
	oidInt8        = 20
	oidInt2        = 21
	oidInt2Vector  = 22
	oidInt4        = 23
	oidRegproc     = 24
	oidText        = 25
	oidOID         = 26
	oidXID         = 28
	oidCID         = 29
	oidJSON        = 114
	oidCIDR        = 650
	oidFloat4      = 700
	oidFloat8      = 701
	oidMoney       = 790
	oidBpchar      = 1042
	oidVarchar     = 1043
	oidDate        = 1082
	oidTime        = 1083
	oidTimestamp   = 1114
	oidTimestampTZ = 1184
	oidInterval    = 1186
	oidTimeTZ      = 1266
	oidBit         = 1560
	oidVarbit      = 1562
	oidNumeric     = 1700
	oidUUID        = 2950
	oidJSONB       = 3802
)

// plainTypes are the types that the canonical kinds stand for, with their output functions and the schema of their
// operators.
var plainTypes = map[uint32]struct{ name, output, ops string }{
	oidBool: {"bool", "pg_catalog.boolout", "pg_catalog"}, oidBytea: {"bytea", "pg_catalog.byteaout", "pg_catalog"},
	oidInt2: {"int2", "pg_catalog.int2out", "pg_catalog"}, oidInt4: {"int4", "pg_catalog.int4out", "pg_catalog"},
	oidInt8: {"int8", "pg_catalog.int8out", "pg_catalog"}, oidFloat4: {"float4", "pg_catalog.float4out", "pg_catalog"},
	oidFloat8: {"float8", "pg_catalog.float8out", "pg_catalog"}, oidText: {"text", "pg_catalog.textout", "pg_catalog"},
	oidVarchar: {"varchar", "pg_catalog.varcharout", "pg_catalog"}, oidDate: {"date", "pg_catalog.date_out", "pg_catalog"},
	oidTime: {"time", "pg_catalog.time_out", "pg_catalog"}, oidTimestamp: {"timestamp", "pg_catalog.timestamp_out", "pg_catalog"},
	oidTimestampTZ: {"timestamptz", "pg_catalog.timestamptz_out", "pg_catalog"}, oidUUID: {"uuid", "pg_catalog.uuid_out", "pg_catalog"},
	oidInterval: {"interval", "pg_catalog.interval_out", "pg_catalog"}, oidNumeric: {"numeric", "pg_catalog.numeric_out", "pg_catalog"},
	oidJSON: {"json", "pg_catalog.json_out", ""},
}

// exactly are the types kept as text of which equal values have equal texts: xid8, pg_lsn, macaddr, macaddr8, inet, cidr,
// bit, varbit, timetz, money, "char", oid and those of objects, tid, tsvector.
var exactly = map[uint32]bool{
	5069: true, 3220: true, 829: true, 774: true, 869: true, oidCIDR: true, oidBit: true, oidVarbit: true, oidTimeTZ: true, oidMoney: true,
	oidChar: true, oidOID: true, 2202: true, 2203: true, 2204: true, 2205: true, 2206: true, 3734: true, 3769: true, 4089: true, 4096: true,
	4191: true, oidRegproc: true, 27: true, 3614: true,
}

// pathBound are the types whose texts name objects of the database by the search path: regproc, regprocedure, regoper,
// regoperator, regclass, regtype, regconfig, regdictionary, regcollation.
var pathBound = map[uint32]bool{
	oidRegproc: true, 2202: true, 2203: true, 2204: true, 2205: true, 2206: true, 3734: true, 3769: true, 4191: true,
}

// unreadable are the types that the server writes and never reads: pg_node_tree, pg_ndistinct, pg_dependencies,
// pg_mcv_list, pg_brin_bloom_summary, pg_brin_minmax_multi_summary, gtsvector.
var unreadable = map[uint32]bool{194: true, 3361: true, 3402: true, 5017: true, 4600: true, 4601: true, 3642: true}

// fixed are the types that have no parameters.
var fixed = map[uint32]schema.Kind{
	oidBool: schema.Bool, oidInt2: schema.Int16, oidInt4: schema.Int32, oidInt8: schema.Int64, oidFloat4: schema.Float32,
	oidFloat8: schema.Float64, oidText: schema.String, oidBytea: schema.Bytes, oidDate: schema.Date, oidUUID: schema.UUID,
	oidJSON: schema.JSON,
}

// canonical is the type of a column by number and modifier where a canonical kind stands for it; Unknown is every other.
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
	precision, scale := numericMod(mod)
	if scale < 0 || scale > precision { // as version 15 and later have
		return schema.Type{}
	}
	return schema.Type{Kind: schema.Decimal, Precision: precision, Scale: scale}
}

// numericMod takes precision and scale from a modifier; the scale has eleven bits with a sign.
func numericMod(mod int32) (precision, scale int) {
	return int((mod - 4) >> 16 & 0xffff), int((mod-4)&0x7ff^1024) - 1024
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

// Place gives the type of the column that Define makes for t. A type of PostgreSQL keeps its name; a name alone, as a
// configuration gives it, becomes the type that Inspect would find where it is built in.
func (e *endpoint) Place(t schema.Type) (schema.Type, error) {
	if t.Native != "" {
		return e.placeNamed(t)
	}
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
	case schema.Enum:
		return schema.Type{Kind: schema.String}, nil
	case schema.Array:
		return e.placeArray(t)
	case schema.Unknown, schema.Native:
		return schema.Type{}, fmt.Errorf("%s is not a type that this version can put into PostgreSQL", t)
	}
	return t, nil
}

func (e *endpoint) placeArray(t schema.Type) (schema.Type, error) {
	if t.Elem == nil || t.Elem.Kind == schema.Array && t.Elem.Native == "" {
		return schema.Type{}, errors.New("PostgreSQL has no arrays of arrays; an array has any number of dimensions")
	}
	elem, err := e.Place(*t.Elem)
	if err != nil {
		return schema.Type{}, fmt.Errorf("an array's element: %w", err)
	}
	return schema.Type{Kind: schema.Array, Elem: &elem}, nil
}

func (e *endpoint) placeNamed(t schema.Type) (schema.Type, error) {
	named, err := parseType(t.Native)
	switch {
	case err != nil:
		return schema.Type{}, err
	case t.Kind != schema.Native:
		return t, nil
	case named.Kind == schema.Array:
		elem := e.known(*named.Elem)
		return schema.Type{Kind: schema.Array, Elem: &elem}, nil
	}
	return e.known(named), nil
}

// known is the full type of a name, if the database had a type of it when it was opened.
func (e *endpoint) known(t schema.Type) schema.Type {
	if own, ok := e.own[t.Native]; ok && t.Kind == schema.Native {
		return own
	}
	return t
}

// declared is the type as CREATE TABLE writes it.
func declared(t schema.Type) (string, error) {
	if t.Native != "" {
		_, err := parseType(t.Native)
		return t.Native, err
	}
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
	case schema.Array:
		if t.Elem == nil || t.Elem.Kind == schema.Array && t.Elem.Native == "" {
			break
		}
		elem, err := declared(*t.Elem)
		return elem + "[]", err
	}
	return "", fmt.Errorf("%s is not a type that this version can put into PostgreSQL", t)
}
