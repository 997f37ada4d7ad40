package postgres

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// binaryEncoder is nil for a type whose binary form is its own affair; its values go as text.
func binaryEncoder(f *form) encoder {
	r := f.root()
	switch {
	case r.elem != nil:
		if elem := binaryEncoder(r.elem); elem != nil {
			return arrayEncoder(r, elem)
		}
		return nil
	case r.class == "e":
		return labelEncoder(r.labels)
	}
	switch r.oid {
	case oidJSONB:
		return encodeJSONB
	case oidOID, oidXID, oidCID:
		return encodeUnsigned
	case oidChar:
		return encodeChar
	case oidName:
		return encodeName
	case oidBpchar:
		return paddedEncoder(r.typ.Length)
	}
	enc, err := encoderOf(r.typ, r.mod)
	if err != nil {
		return nil
	}
	return enc
}

// labelEncoder knows the labels, so that the row is named before the server sees it.
func labelEncoder(labels []string) encoder {
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		if !slices.Contains(labels, string(v.Blob(i))) {
			return dst, "a value is not among the labels of the enum"
		}
		return encodeBytes(dst, v, i)
	}
}

func encodeJSONB(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	at := len(dst)
	dst, why := textEncoder(0)(append(dst, 0), v, i)
	if why != "" {
		return dst, why
	}
	length := binary.BigEndian.Uint32(dst[at+1:])
	binary.BigEndian.PutUint32(dst[at:], length+1)
	dst[at+4] = 1
	return dst, ""
}

func encodeUnsigned(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	x, err := strconv.ParseUint(string(v.Blob(i)), 10, 32)
	if err != nil {
		return dst, outOfRange
	}
	return number(dst, 4, x), ""
}

// encodeChar takes a byte, nothing for the byte zero, and octal digits for those that are no character of their own.
func encodeChar(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	x := v.Blob(i)
	switch {
	case len(x) == 0:
		return number(dst, 1, 0), ""
	case len(x) == 1 && x[0] > 0 && x[0] < utf8.RuneSelf:
		return number(dst, 1, uint64(x[0])), ""
	case len(x) == 4 && x[0] == '\\':
		if n, err := strconv.ParseUint(string(x[1:]), 8, 8); err == nil {
			return number(dst, 1, n), ""
		}
	}
	return dst, "a value is not one byte"
}

func encodeName(dst []byte, v *batch.Vector, i int) ([]byte, string) {
	if len(v.Blob(i)) > maxName {
		return dst, fmt.Sprintf("a name has more than %d bytes, which PostgreSQL would cut", maxName)
	}
	return textEncoder(0)(dst, v, i)
}

// paddedEncoder is for character(n), which the server would fill up with blanks; 0 is one without a length.
func paddedEncoder(length int) encoder {
	plain := textEncoder(length)
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		if x := v.Blob(i); length > 0 && utf8.Valid(x) && utf8.RuneCount(x) < length {
			return dst, "a text is shorter than the column, which would fill it up with blanks"
		}
		return plain(dst, v, i)
	}
}

// arrayEncoder writes the number of the element's type as this database has it.
func arrayEncoder(f *form, encode encoder) encoder {
	cell := batch.NewVector(f.elem.typ)
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		a, why := arrayOf(v.Blob(i))
		if why != "" {
			return dst, why
		}
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(a.Dims)))
		nulls := uint32(0)
		if slices.ContainsFunc(a.Elems, func(x []byte) bool { return x == nil }) {
			nulls = 1
		}
		dst = binary.BigEndian.AppendUint32(dst, nulls)
		dst = binary.BigEndian.AppendUint32(dst, f.elem.oid)
		for _, d := range a.Dims {
			dst = binary.BigEndian.AppendUint32(dst, uint32(d.Length))
			dst = binary.BigEndian.AppendUint32(dst, uint32(d.Lower))
		}
		for _, x := range a.Elems {
			if x == nil {
				dst = binary.BigEndian.AppendUint32(dst, 0xffffffff)
				continue
			}
			if why = fill(&cell, f.elem.typ, x); why == "" {
				dst, why = encode(dst, &cell, 0)
			}
			if why != "" {
				return dst, "in an array: " + why
			}
		}
		if len(dst)-at-4 > maxValue {
			return dst, tooLarge
		}
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
		return dst, ""
	}
}

// arrayOf parses a canonical array that the server can hold.
func arrayOf(text []byte) (batch.Array, string) {
	a, err := batch.ParseArray(text)
	switch {
	case err != nil:
		return a, "an array is not in canonical form"
	case len(a.Dims) > maxDims:
		return a, fmt.Sprintf("an array has more than %d dimensions", maxDims)
	}
	for _, d := range a.Dims {
		if d.Lower < math.MinInt32 || d.Lower+d.Length-1 >= math.MaxInt32 {
			return a, "an array's bounds are out of range"
		}
	}
	return a, ""
}

// fill makes a canonical text the only value of a vector of its type.
func fill(cell *batch.Vector, t schema.Type, text []byte) string {
	cell.Reset()
	switch t.Kind {
	case schema.String, schema.Enum, schema.JSON, schema.Native, schema.Array, schema.Decimal, schema.Interval:
		cell.AppendBlob(text)
		return ""
	}
	if err := batch.Parse(cell, t, text); err != nil {
		return "an element is not in canonical form"
	}
	return ""
}

// asText is an encoder of the text that the server's input function reads, without a length in front. What the binary
// form refuses is refused here too, for the input functions round and cut as silently.
func (e *endpoint) asText(f *form) encoder {
	r := f.root()
	if r.elem != nil {
		return e.arrayAsText(r)
	}
	check := binaryEncoder(r)
	if check == nil {
		check = nativeChecker(r)
	}
	var scratch []byte
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		var why string
		if scratch, why = check(scratch[:0], v, i); why != "" {
			return dst, why
		}
		if r.oid == oidChar && e.number < 160000 && len(v.Blob(i)) > 1 {
			return dst, `a "char" beyond ASCII cannot be written as text to this version of PostgreSQL, as the row's other columns need it`
		}
		return input(dst, r.typ, v, i), ""
	}
}

func (e *endpoint) arrayAsText(f *form) encoder {
	elem, cell := e.asText(f.elem), batch.NewVector(f.elem.typ)
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		a, why := arrayOf(v.Blob(i))
		if why != "" {
			return dst, why
		}
		for n, x := range a.Elems {
			if x == nil {
				continue
			}
			if why = fill(&cell, f.elem.typ, x); why == "" {
				a.Elems[n], why = elem([]byte{}, &cell, 0)
			}
			if why != "" {
				return dst, "in an array: " + why
			}
		}
		return appendArrayText(dst, a, f.elem.delimiter()), ""
	}
}

// nativeChecker proves that a text can be sent, and that the server would not round it without a word.
func nativeChecker(f *form) encoder {
	plain, behind := textEncoder(0), -1
	switch {
	case f.oid == oidTimeTZ && f.mod >= 0:
		behind = int(f.mod)
	case f.oid == oidTimeTZ:
		behind = 6
	case f.oid == oidMoney:
		behind = 2
	}
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		if behind >= 0 && fraction(v.Blob(i)) > behind {
			return dst, "a value has more digits behind the point than the column"
		}
		return plain(dst, v, i)
	}
}

// fraction counts the digits behind the point, without zeros at the end.
func fraction(text []byte) int {
	_, digits, _ := bytes.Cut(text, []byte{'.'})
	n := 0
	for i, c := range digits {
		if c < '0' || c > '9' {
			break
		}
		if c != '0' {
			n = i + 1
		}
	}
	return n
}
