package library

import (
	"errors"
	"math"
	"strconv"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

func decimalFunctions() []Function {
	decimal := DecimalType()
	pick := func(name, doc, want string, keep func(order int) bool) Function {
		return Function{Name: "decimal." + name, Signature: "decimal." + name + "(decimal, decimal) -> decimal", Doc: doc,
			Example: "string(decimal." + name + "(decimal('1.5'), decimal('2')))", Result: want,
			overloads: []cel.FunctionOpt{binary("decimal_"+name, decimal, decimal, decimal, on2(func(a, b Decimal) (ref.Val, error) {
				if keep(a.order(b)) {
					return a, nil
				}
				return b, nil
			}))}}
	}
	return []Function{
		{Name: "decimal", Signature: "decimal(string | int | uint | decimal) -> decimal",
			Doc:     "The exact number. There is none of a double: say string(x) first, which gives its shortest digits.",
			Example: "string(decimal('1.20') + decimal('0.05'))", Result: "1.25",
			overloads: []cel.FunctionOpt{
				unary("string_to_decimal", cel.StringType, decimal, text(func(s string) (ref.Val, error) {
					d, err := NewDecimal([]byte(s))
					if err != nil {
						return nil, errors.New("decimal('…') cannot read the text; expected digits with a point, such as -12.50")
					}
					return d, nil
				})),
				unary("int64_to_decimal", cel.IntType, decimal, on(func(n types.Int) (ref.Val, error) { return DecimalOf(int64(n)), nil })),
				unary("uint64_to_decimal", cel.UintType, decimal, on(func(n types.Uint) (ref.Val, error) {
					return NewDecimal(strconv.AppendUint(nil, uint64(n), 10))
				})),
				unary("decimal_to_decimal", decimal, decimal, same),
			}},
		{Name: "decimal.round", Signature: "decimal.round(x decimal, scale int, mode string) -> decimal",
			Doc:     "The number with so many digits behind the point; mode is half_even, half_up, half_down, up, down, ceiling or floor.",
			Check:   each(map[int]func(string) error{2: checkMode}),
			Example: "string(decimal.round(decimal('2.345'), 2, 'half_even'))", Result: "2.34",
			overloads: []cel.FunctionOpt{variadic("decimal_round", []*cel.Type{decimal, cel.IntType, cel.StringType}, decimal,
				func(args ...ref.Val) ref.Val {
					x, okX := args[0].(Decimal)
					scale, okScale := args[1].(types.Int)
					mode, okMode := args[2].(types.String)
					if !okX || !okScale || !okMode {
						return types.NoSuchOverloadErr()
					}
					return result(wrapDecimal(x.Round(int64(scale), string(mode))))
				})}},
		{Name: "decimal.div", Signature: "decimal.div(a decimal, b decimal, scale int, mode string) -> decimal",
			Doc:     "The quotient rounded to so many digits behind the point, by a mode as of decimal.round.",
			Check:   each(map[int]func(string) error{3: checkMode}),
			Example: "string(decimal.div(decimal('10'), decimal('3'), 2, 'half_even'))", Result: "3.33",
			overloads: []cel.FunctionOpt{variadic("decimal_div", []*cel.Type{decimal, decimal, cel.IntType, cel.StringType}, decimal,
				func(args ...ref.Val) ref.Val {
					a, okA := args[0].(Decimal)
					b, okB := args[1].(Decimal)
					scale, okScale := args[2].(types.Int)
					mode, okMode := args[3].(types.String)
					if !okA || !okB || !okScale || !okMode {
						return types.NoSuchOverloadErr()
					}
					return result(wrapDecimal(a.Div(b, int64(scale), string(mode))))
				})}},
		{Name: "decimal.abs", Signature: "decimal.abs(decimal) -> decimal", Doc: "The number without its sign.",
			Example: "string(decimal.abs(decimal('-1.5')))", Result: "1.5",
			overloads: []cel.FunctionOpt{unary("decimal_abs", decimal, decimal, on(func(d Decimal) (ref.Val, error) {
				if d.order(DecimalOf(0)) < 0 {
					return d.Negate(), nil
				}
				return d, nil
			}))}},
		pick("min", "The smaller of two numbers.", "1.5", func(order int) bool { return order <= 0 }),
		pick("max", "The greater of two numbers.", "2", func(order int) bool { return order >= 0 }),
	}
}

func wrapDecimal(d Decimal, err error) (ref.Val, error) { return d, err }

// conversions are overloads of CEL's own conversions: from our types, and in place of those that cut digits off in silence.
func conversions() []cel.EnvOption {
	decimal := DecimalType()
	var texts []cel.FunctionOpt
	for _, t := range []*cel.Type{decimal, DateType(), TimeType(), DatetimeType(), IntervalType()} {
		texts = append(texts, unary(t.TypeName()+"_to_string", t, cel.StringType, func(v ref.Val) ref.Val { return v.ConvertToType(types.StringType) }))
	}
	return []cel.EnvOption{
		cel.Function("string", texts...),
		cel.Function("int",
			unary("decimal_to_int64", decimal, cel.IntType, on(func(d Decimal) (ref.Val, error) {
				n, ok := d.Int()
				if !ok {
					return nil, errors.New("int(x) met a decimal that is not a whole number in range; use decimal.round(x, 0, mode) first")
				}
				return types.Int(n), nil
			})),
			unary("double_to_int64", cel.DoubleType, cel.IntType, on(func(x types.Double) (ref.Val, error) {
				if float64(x) != math.Trunc(float64(x)) {
					return nil, errors.New("int(x) met a double that is not a whole number; use math.trunc(x) or math.round(x) first")
				}
				return x.ConvertToType(types.IntType), nil
			}))),
		cel.Function("uint", unary("double_to_uint64", cel.DoubleType, cel.UintType, on(func(x types.Double) (ref.Val, error) {
			if float64(x) != math.Trunc(float64(x)) {
				return nil, errors.New("uint(x) met a double that is not a whole number; use math.trunc(x) or math.round(x) first")
			}
			return x.ConvertToType(types.UintType), nil
		}))),
		cel.Function("double",
			unary("decimal_to_double", decimal, cel.DoubleType, on(func(d Decimal) (ref.Val, error) {
				f, err := strconv.ParseFloat(d.String(), 64)
				if err != nil {
					return nil, errors.New("double(x) met a decimal that is out of range")
				}
				return types.Double(f), nil
			})),
			unary("int64_to_double", cel.IntType, cel.DoubleType, on(func(n types.Int) (ref.Val, error) {
				f := float64(n)
				if f >= math.MaxInt64 || int64(f) != int64(n) {
					return nil, errors.New("double(x) met a whole number that a double does not hold exactly; use decimal(x)")
				}
				return types.Double(f), nil
			}))),
	}
}
