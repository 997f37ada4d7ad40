package lang

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// plain keeps sources, targets and secrets out of a function that writes any value as text.
func plain(f function.Function) function.Function {
	any := function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true}
	return function.New(&function.Spec{
		VarParam: &any,
		Type: func(args []cty.Value) (cty.Type, error) {
			for i, a := range args {
				if holdsCapsule(a) {
					return cty.DynamicPseudoType, function.NewArgErrorf(i, "a source, a target or a secret cannot be written as text")
				}
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// base64Func encodes a text, or with encode false decodes one, which has to be UTF-8.
func base64Func(encode bool) function.Function {
	return textFunc(func(text string) (string, error) {
		if encode {
			return base64.StdEncoding.EncodeToString([]byte(text)), nil
		}
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return "", errors.New("the text is not base64")
		}
		if !utf8.Valid(b) {
			return "", errors.New("what the text holds is not UTF-8")
		}
		return string(b), nil
	})
}

// digestFunc writes a hash of a text as hexadecimal digits.
func digestFunc(sum func([]byte) []byte) function.Function {
	return textFunc(func(text string) (string, error) { return hex.EncodeToString(sum([]byte(text))), nil })
}

func textFunc(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := f(args[0].AsString())
			return cty.StringVal(out), err
		},
	})
}

// textTest asks something of a text and a part of it.
func textTest(f func(text, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "part", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// largestProduct bounds setproduct: a few long lists make more combinations than any memory holds.
const largestProduct = 100_000

func setProductFunc() function.Function {
	lists := function.Parameter{Name: "lists", Type: cty.DynamicPseudoType}
	count := func(args []cty.Value) error {
		n := 1
		for i, a := range args {
			if a.IsKnown() && a.CanIterateElements() {
				n *= max(a.LengthInt(), 1)
			}
			if n > largestProduct {
				return function.NewArgErrorf(i, "there would be more than %d combinations", largestProduct)
			}
		}
		return nil
	}
	return function.New(&function.Spec{
		VarParam: &lists,
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := count(args); err != nil {
				return cty.DynamicPseudoType, err
			}
			return stdlib.SetProductFunc.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return stdlib.SetProductFunc.Call(args) },
	})
}

// sumFunc adds numbers exactly.
func sumFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "numbers", Type: cty.List(cty.Number)}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			total := cty.Zero
			for _, n := range args[0].AsValueSlice() {
				if n.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "the list holds a null")
				}
				total = total.Add(n)
			}
			return total, nil
		},
	})
}

// elements are those of a list, tuple or set.
func elements(v cty.Value) ([]cty.Value, error) {
	t := v.Type()
	if !t.IsListType() && !t.IsTupleType() && !t.IsSetType() {
		return nil, function.NewArgErrorf(0, "it takes a list or a set")
	}
	return v.AsValueSlice(), nil
}

// oneFunc is the only element of a list or set, null where there is none.
func oneFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() {
				return cty.DynamicPseudoType, nil
			}
			all, err := elements(args[0])
			if err != nil {
				return cty.DynamicPseudoType, err
			}
			switch len(all) {
			case 0:
				return cty.DynamicPseudoType, nil
			case 1:
				return all[0].Type(), nil
			}
			return cty.DynamicPseudoType, function.NewArgErrorf(0, "it holds %d elements, and one at most is allowed", len(all))
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			all, err := elements(args[0])
			if err != nil || len(all) == 0 {
				return cty.NullVal(t), err
			}
			return all[0], nil
		},
	})
}

// indexFunc is the place of a value in a list, from 0.
func indexFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType, AllowNull: true}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if args[0].Type().IsSetType() {
				return cty.NilVal, function.NewArgErrorf(0, "a set has no order")
			}
			all, err := elements(args[0])
			if err != nil {
				return cty.NilVal, err
			}
			for i, e := range all {
				want, err := convert.Convert(args[1], e.Type())
				if err == nil && e.RawEquals(want) {
					return cty.NumberIntVal(int64(i)), nil
				}
			}
			return cty.NilVal, function.NewArgErrorf(1, "the list does not hold it")
		},
	})
}
