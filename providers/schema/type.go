// Package schema describes tables, types, changes and drift in terms no database owns.
package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the family of a canonical type.
type Kind string

// The canonical kinds. Unknown is a type of a system that this version does not know: it can be listed, never moved.
const (
	Unknown     Kind = ""
	Bool        Kind = "bool"
	Int16       Kind = "int16"
	Int32       Kind = "int32"
	Int64       Kind = "int64"
	Decimal     Kind = "decimal"
	Float32     Kind = "float32"
	Float64     Kind = "float64"
	String      Kind = "string"
	Bytes       Kind = "bytes"
	Date        Kind = "date"
	Time        Kind = "time"
	Timestamp   Kind = "timestamp"   // a wall clock without a zone
	TimestampTZ Kind = "timestamptz" // an instant
	Interval    Kind = "interval"
	UUID        Kind = "uuid"
	JSON        Kind = "json"
	Array       Kind = "array"
	Enum        Kind = "enum"
	Native      Kind = "native" // a type of one product, by name; its values are the text that the product writes and reads
)

// Type is a canonical type. Its text form, by String, is what language and documents show.
type Type struct {
	Kind      Kind     `json:"kind"`
	Precision int      `json:"precision,omitempty"` // decimal: digits in all, 0 for any; times: digits of the second, 0 to 9
	Scale     int      `json:"scale,omitempty"`     // decimal with a Precision: digits behind the point
	Length    int      `json:"length,omitempty"`    // string: characters at most, 0 for any
	Elem      *Type    `json:"elem,omitempty"`      // array
	Values    []string `json:"values,omitempty"`    // enum, in their order
	// Native is the system's own name of the type: all there is to know of it where Kind is Native, else which of the
	// system's types of this kind it is where it is not the one that the kind stands for (jsonb, citext, character(3), a
	// domain, a named enum). It means something only between systems of one product; see Portable.
	Native string `json:"native,omitempty"`
	// Base is the own name of the type that a domain is made of, where that has one (jsonb, citext, character(3)): values of
	// the domain are kept and compared as that type does it.
	Base string `json:"base,omitempty"`
}

// Storage names the slice of a batch vector that holds values of a type.
type Storage uint8

// Where values live in a vector.
const (
	Ints Storage = iota
	Floats
	Blobs
)

// Storage says where a vector keeps values of t. Ints: bool (0, 1), integers, date (days since 1970-01-01), time
// (since midnight) and timestamps (since 1970-01-01 00:00, UTC for timestamptz) counted in t.Unit. Floats: float32,
// float64. Blobs: everything else in canonical form, as package batch says.
func (t Type) Storage() Storage {
	switch t.Kind {
	case Bool, Int16, Int32, Int64, Date, Time, Timestamp, TimestampTZ:
		return Ints
	case Float32, Float64:
		return Floats
	}
	return Blobs
}

// Unit is the count of ticks in a second of a time or timestamp: 1e6 up to six digits, 1e7 for seven, 1e9 for more.
func (t Type) Unit() int64 {
	switch {
	case t.Precision <= 6:
		return 1e6
	case t.Precision == 7:
		return 1e7
	}
	return 1e9
}

// Equal reports whether two types hold the same values in the same form.
func (t Type) Equal(o Type) bool {
	if t.Kind != o.Kind || t.Precision != o.Precision || t.Scale != o.Scale || t.Length != o.Length || t.Native != o.Native || t.Base != o.Base {
		return false
	}
	if (t.Elem == nil) != (o.Elem == nil) || t.Elem != nil && !t.Elem.Equal(*o.Elem) {
		return false
	}
	return slices.Equal(t.Values, o.Values)
}

// Portable is the type as a system of another product sees it: texts of a native type are strings, and no type has a name
// of its own.
func (t Type) Portable() Type {
	if t.Kind == Native {
		return Type{Kind: String}
	}
	t.Native, t.Base = "", ""
	if t.Elem != nil {
		elem := t.Elem.Portable()
		if elem.Kind == Array { // only a type with a name can be an element that is an array itself
			elem = Type{Kind: String}
		}
		t.Elem = &elem
	}
	return t
}

// IsInteger reports whether t is one of the integer kinds.
func (t Type) IsInteger() bool { return t.Kind == Int16 || t.Kind == Int32 || t.Kind == Int64 }

// String is the type as the language writes it: string(10), decimal(12,2), timestamp(3), array(int32). A type that has a
// name of its own in its system is called by it: native("jsonb").
func (t Type) String() string {
	if t.Native != "" {
		return fmt.Sprintf("native(%q)", t.Native)
	}
	switch t.Kind {
	case Unknown:
		return "unknown"
	case Decimal:
		if t.Precision > 0 {
			return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
		}
	case String:
		if t.Length > 0 {
			return fmt.Sprintf("string(%d)", t.Length)
		}
	case Time, Timestamp, TimestampTZ:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Precision)
	case Array:
		return "array(" + t.Elem.String() + ")"
	case Enum:
		quoted := make([]string, len(t.Values))
		for i, v := range t.Values {
			quoted[i] = fmt.Sprintf("%q", v)
		}
		return "enum(" + strings.Join(quoted, ", ") + ")"
	}
	return string(t.Kind)
}
