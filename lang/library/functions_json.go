package library

import (
	"errors"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// jsonFunctions take json, or text that is read as JSON. A json value that is itself a text is read as JSON too.
func jsonFunctions() []Function {
	paths := newMemo(readJSONPath)
	reach := func(name, doc, null, want string, of *cel.Type, take func(v ref.Val, found bool) (ref.Val, error)) Function {
		return Function{Name: "json." + name, Signature: "json." + name + "(value json | string, path string) -> " + celName(of), Doc: doc, Null: null,
			Absent: null != "", JSON: true, Cost: Heavy, Literals: []int{1}, Check: each(map[int]func(string) error{1: paths.check}), Result: want,
			overloads: []cel.FunctionOpt{binary("json_"+name, cel.DynType, cel.StringType, of, func(v, path ref.Val) ref.Val {
				p, ok := path.(types.String)
				if !ok {
					return types.MaybeNoSuchOverloadErr(path)
				}
				steps, err := paths.of(string(p))
				if err != nil {
					return fail(err)
				}
				if s, ok := v.(types.String); ok {
					if v, err = readJSON(string(s)); err != nil {
						return fail(err)
					}
				}
				return result(take(walk(v, steps)))
			})}}
	}
	present := func(f func(ref.Val) (ref.Val, error)) func(ref.Val, bool) (ref.Val, error) {
		return func(v ref.Val, found bool) (ref.Val, error) {
			if !found || v == types.NullValue {
				return types.NullValue, nil
			}
			return f(v)
		}
	}
	nothing := absentWhere("where the path leads to nothing or to null")
	all := []Function{
		reach("at", "What a path leads to. The path is a literal of names with dots between them, [0] for an element of an array counted from 0, and "+
			`["odd name"] for a name with other characters than letters, digits, _, - and $; the empty path is the whole value. A text that is not JSON, or has a member twice, is an error.`,
			nothing, "2", cel.DynType, present(func(v ref.Val) (ref.Val, error) { return v, nil })),
		reach("text_at", "The text that a path, as of json.at, leads to. A number is written in plain digits, a truth as true or false; an object or array is an error.",
			nothing, "x", cel.StringType, present(jsonText)),
		reach("int_at", "The whole number that a path, as of json.at, leads to; anything else that is not null is an error.",
			nothing, "1", cel.IntType, present(jsonInt)),
		reach("decimal_at", "The exact number that a path, as of json.at, leads to; anything else that is not null is an error.",
			nothing, "1.5", DecimalType(), present(jsonDecimal)),
		reach("bool_at", "The truth that a path, as of json.at, leads to; anything else that is not null is an error.",
			nothing, "true", cel.BoolType, present(jsonBool)),
		reach("list_at", "The elements of the array that a path, as of json.at, leads to; anything else that is not null is an error. list.without_nulls takes nulls out.",
			nothing, "3", cel.ListType(cel.DynType), present(func(v ref.Val) (ref.Val, error) {
				if _, ok := v.(traits.Lister); !ok {
					return nil, errors.New("the path leads to something that is no array")
				}
				return v, nil
			})),
		reach("has", "Whether a path, as of json.at, leads to something. A null that is written in the JSON is something.",
			"", "true", cel.BoolType, func(_ ref.Val, found bool) (ref.Val, error) { return types.Bool(found), nil }),
	}
	for i, example := range []string{`json.at('{"a": {"b": [1, 2]}}', 'a.b[1]')`, `json.text_at('[{"odd name": "x"}]', '[0]["odd name"]')`,
		`json.int_at('{"a": {"n": 1}}', 'a.n')`, `string(json.decimal_at('{"price": 1.5}', 'price'))`, `json.bool_at('{"on": true}', 'on')`,
		`list.sum(list.without_nulls(json.list_at('[1, null, 2]', '')))`,
		`json.has('{"a": null}', 'a')`} {
		all[i].Example = example
	}
	return append(all,
		Function{Name: "json.parse", Signature: "json.parse(string) -> json", Cost: Heavy, Absent: true,
			Doc:  "The value that a text of JSON holds. Whole numbers stay whole, and no digit is lost.",
			Null: absentWhere("where the JSON is null"), Example: `json.parse('{"a": [true]}').a[0]`, Result: "true",
			overloads: []cel.FunctionOpt{unary("json_parse", cel.StringType, cel.DynType, text(readJSON))}},
		Function{Name: "json.valid", Signature: "json.valid(string) -> bool", Cost: Heavy, Doc: "Whether json.parse can read the text.",
			Example: `json.valid('{"a": }')`, Result: "false",
			overloads: []cel.FunctionOpt{unary("json_valid", cel.StringType, cel.BoolType, text(func(s string) (ref.Val, error) {
				_, err := readJSON(s)
				return types.Bool(err == nil), nil
			}))}})
}

// celName is how signatures call a type.
func celName(t *cel.Type) string {
	return strings.ReplaceAll(t.String(), "dyn", "json")
}

func jsonText(v ref.Val) (ref.Val, error) {
	switch v := v.(type) {
	case types.String:
		return v, nil
	case types.Bool:
		return types.String(strconv.FormatBool(bool(v))), nil
	case traits.Mapper, traits.Lister:
		return nil, errors.New("the path leads to an object or array, which is no text")
	}
	d, err := jsonDecimal(v)
	if err != nil {
		return nil, errors.New("the path leads to something that is no text")
	}
	return types.String(d.(Decimal).String()), nil
}

func jsonDecimal(v ref.Val) (ref.Val, error) {
	switch v := v.(type) {
	case Decimal:
		return v, nil
	case types.Int:
		return DecimalOf(int64(v)), nil
	case types.Uint:
		return NewDecimal(strconv.AppendUint(nil, uint64(v), 10))
	case types.Double:
		return NewDecimal(strconv.AppendFloat(nil, float64(v), 'g', -1, 64))
	}
	return nil, errors.New("the path leads to something that is no number")
}

func jsonInt(v ref.Val) (ref.Val, error) {
	d, err := jsonDecimal(v)
	if err != nil {
		return nil, err
	}
	n, ok := d.(Decimal).Int()
	if !ok {
		return nil, errors.New("the path leads to a number that is not whole or out of range")
	}
	return types.Int(n), nil
}

func jsonBool(v ref.Val) (ref.Val, error) {
	if b, ok := v.(types.Bool); ok {
		return b, nil
	}
	return nil, errors.New("the path leads to something that is not true or false")
}
