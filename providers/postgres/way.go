package postgres

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// way is how a column is read: what stands for it in the SELECT, and the decoder of what comes.
type way struct {
	sql    string
	decode decoder
}

// way chooses the binary form of a type where it is known, else the text that the type's output function gives.
func (e *endpoint) way(f *form, value string) (way, error) {
	if d := binaryDecoder(f, e.raw); d != nil {
		return way{value, d}, nil
	}
	switch f.typ.Kind {
	case schema.Native:
		return way{f.shown(value), decodeChecked}, nil
	case schema.Array:
		return way{f.shown(value), arrayTextDecoder(f)}, nil
	}
	return way{}, errors.New("this version cannot read the type " + f.typ.String())
}

// ways are those of columns, whose values stand in names.
func (e *endpoint) ways(forms []*form, columns []schema.Column, names []string) (sql []string, decode []decoder, err error) {
	for i, c := range columns {
		w, err := e.way(forms[i], names[i])
		if err != nil {
			return nil, nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		sql, decode = append(sql, w.sql), append(decode, w.decode)
	}
	return sql, decode, nil
}

// binaryDecoder is nil for a type whose binary form is its own affair.
func binaryDecoder(f *form, check bool) decoder {
	r := f.root()
	switch {
	case r.elem != nil:
		if elem := binaryDecoder(r.elem, check); elem != nil {
			return arrayDecoder(r, elem)
		}
		return nil
	case r.oid == oidJSONB:
		return jsonbDecoder(check)
	case r.oid == oidOID || r.oid == oidXID || r.oid == oidCID:
		return decodeUnsigned
	case r.oid == oidChar:
		return decodeChar
	}
	d, err := decoderOf(r.typ, check)
	if err != nil {
		return nil
	}
	return d
}

// jsonbDecoder takes the text behind the version of the form.
func jsonbDecoder(check bool) decoder {
	return func(v *batch.Vector, x []byte) error {
		switch {
		case len(x) == 0 || x[0] != 1:
			return errForm
		case check:
			return decodeChecked(v, x[1:])
		}
		return decodeBytes(v, x[1:])
	}
}

func decodeUnsigned(v *batch.Vector, x []byte) error {
	if len(x) != 4 {
		return errForm
	}
	v.Blobs = strconv.AppendUint(v.Blobs, uint64(binary.BigEndian.Uint32(x)), 10)
	v.AppendEnd()
	return nil
}

// decodeChar writes a byte that is no character of its own as version 16 and later do, in octal; versions before give the
// byte itself, which is no text.
func decodeChar(v *batch.Vector, x []byte) error {
	switch {
	case len(x) != 1:
		return errForm
	case x[0] >= utf8.RuneSelf:
		v.AppendString(fmt.Sprintf(`\%03o`, x[0]))
	case x[0] == 0:
		v.AppendString("")
	default:
		v.AppendBlob(x)
	}
	return nil
}

// maxDims is how many dimensions an array has at most.
const maxDims = 6

var errArray = errors.New("an array does not have the form of its type")

// arrayDecoder decodes dimensions and elements, and writes them in canonical form.
func arrayDecoder(f *form, decode decoder) decoder {
	elem := f.elem.typ
	cell := batch.NewVector(elem)
	return func(v *batch.Vector, x []byte) error {
		if len(x) < 12 {
			return errForm
		}
		var a batch.Array
		if n := binary.BigEndian.Uint32(x); n > maxDims || len(x) < 12+8*int(n) {
			return errForm
		} else if n > 0 {
			a.Dims = make([]batch.Dim, n)
		}
		x = x[12:]
		count := min(1, len(a.Dims))
		for i := range a.Dims {
			a.Dims[i] = batch.Dim{Length: int(int32(binary.BigEndian.Uint32(x))), Lower: int(int32(binary.BigEndian.Uint32(x[4:])))}
			if count *= a.Dims[i].Length; count < 1 || count > len(x) {
				return errForm
			}
			x = x[8:]
		}
		for range count {
			if len(x) < 4 {
				return errForm
			}
			n := int(int32(binary.BigEndian.Uint32(x)))
			if x = x[4:]; n < 0 {
				a.Elems = append(a.Elems, nil)
				continue
			}
			if n > len(x) {
				return errForm
			}
			cell.Reset()
			if err := decode(&cell, x[:n]); err != nil {
				return err
			}
			a.Elems = append(a.Elems, batch.AppendText([]byte{}, elem, &cell, 0))
			x = x[n:]
		}
		return appendArray(v, a)
	}
}

func appendArray(v *batch.Vector, a batch.Array) error {
	was := len(v.Blobs)
	v.Blobs = a.Append(v.Blobs)
	if len(v.Blobs) > math.MaxInt32 {
		v.Blobs = v.Blobs[:was]
		return errors.New("a batch holds more than 2 GB")
	}
	v.AppendEnd()
	return nil
}

// arrayTextDecoder reads the text of an array whose elements are read by their text.
func arrayTextDecoder(f *form) decoder {
	return func(v *batch.Vector, x []byte) error {
		if !utf8.Valid(x) {
			return errUTF8
		}
		a, err := readArray(f.root(), x)
		if err != nil {
			return err
		}
		return appendArray(v, a)
	}
}

// readArray takes the output of array_out apart: elements become canonical texts, which for these types they are, or
// arrays where the element is a domain over one.
func readArray(f *form, text []byte) (batch.Array, error) {
	a, err := splitArray(text, f.elem.delimiter())
	if err != nil {
		return a, err
	}
	inner := f.elem.root()
	if inner.elem == nil {
		return a, nil
	}
	for i, x := range a.Elems {
		if x == nil {
			continue
		}
		nested, err := readArray(inner, x)
		if err != nil {
			return a, err
		}
		a.Elems[i] = nested.Append([]byte{})
	}
	return a, nil
}

// delimiter stands between the elements of an array of f.
func (f *form) delimiter() byte {
	if f.delim == 0 {
		return ','
	}
	return f.delim
}
