package transform

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// value is what an expression sees of a cell. An error of CEL stands for a cell that has no value there.
func value(t schema.Type, v *batch.Vector, i int) ref.Val {
	if v.Null(i) {
		return types.NullValue
	}
	switch t.Kind {
	case schema.Bool:
		return types.Bool(v.Ints[i] != 0)
	case schema.Int16, schema.Int32, schema.Int64:
		return types.Int(v.Ints[i])
	case schema.Float32, schema.Float64:
		return types.Double(v.Floats[i])
	case schema.Date:
		return library.Date(v.Ints[i])
	case schema.Time:
		return library.NewTime(v.Ints[i], t.Unit())
	case schema.Timestamp:
		return library.NewDatetime(v.Ints[i], t.Unit())
	case schema.TimestampTZ:
		if x, ok := library.NewInstant(v.Ints[i], t.Unit()); ok {
			return x
		}
		return library.Fail("an infinite moment has no value in an expression")
	case schema.UUID:
		return types.String(batch.AppendText(nil, t, v, i))
	}
	return blobValue(t, v.Blob(i))
}

func blobValue(t schema.Type, x []byte) ref.Val {
	switch t.Kind {
	case schema.String, schema.Enum, schema.Native:
		return types.String(x)
	case schema.Bytes:
		return types.Bytes(bytes.Clone(x))
	case schema.Decimal:
		return orError(library.NewDecimal(x))
	case schema.Interval:
		return orError(library.NewInterval(x))
	case schema.JSON:
		return jsonValue(x)
	case schema.Array:
		return arrayValue(*t.Elem, x)
	}
	return library.Fail("this version has no expressions over values of type " + t.String())
}

func orError[T ref.Val](v T, err error) ref.Val {
	if err != nil {
		return library.Fail(err.Error())
	}
	return v
}

// jsonValue keeps whole numbers whole and every digit of the others.
func jsonValue(x []byte) ref.Val {
	var v any
	d := json.NewDecoder(bytes.NewReader(x))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return library.Fail("the text is not JSON")
	}
	return types.DefaultTypeAdapter.NativeToValue(numbers(v))
}

// numbers puts values of CEL in the place of JSON's numbers.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v.String())
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}

func number(text string) ref.Val {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Int(n)
	}
	if f, ok := decimalFloat([]byte(text), schema.Type{Kind: schema.Float64}, 64, false); ok {
		return types.Double(f)
	}
	return orError(library.NewDecimal([]byte(text)))
}

// arrayValue is the elements in their order, whatever the bounds.
func arrayValue(elem schema.Type, x []byte) ref.Val {
	a, err := batch.ParseArray(x)
	if err != nil {
		return library.Fail(err.Error())
	}
	if len(a.Dims) > 1 {
		return library.Fail("an array of more than one dimension has no value in an expression")
	}
	list := make([]ref.Val, len(a.Elems))
	v := batch.NewVector(elem)
	for i, text := range a.Elems {
		if text == nil {
			v.AppendNull()
		} else if err := batch.Parse(&v, elem, text); err != nil {
			return library.Fail(err.Error())
		}
		list[i] = value(elem, &v, i)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, list)
}
