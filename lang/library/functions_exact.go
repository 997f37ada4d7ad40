package library

import (
	"errors"
	"math/big"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// exactFunctions are more of those over decimals.
func exactFunctions() []Function {
	decimal := DecimalType()
	finite := func(name, doc, example, want string, result *cel.Type, f func(Decimal) (ref.Val, error)) Function {
		return Function{Name: "decimal." + name, Signature: "decimal." + name + "(decimal) -> " + result.TypeName(), Doc: doc, Example: example, Result: want,
			overloads: []cel.FunctionOpt{unary("decimal_"+name, decimal, result, on(func(d Decimal) (ref.Val, error) {
				if d.number.Form != apd.Finite {
					return nil, errNotFinite
				}
				return f(d)
			}))}}
	}
	return []Function{
		finite("sign", "-1, 0 or 1 for a number below, at or above 0.", "decimal.sign(decimal('-2.5'))", "-1", cel.IntType,
			func(d Decimal) (ref.Val, error) { return integer(int64(d.order(DecimalOf(0)))) }),
		finite("scale", "How many digits the number has behind the point.", "decimal.scale(decimal('1.20'))", "2", cel.IntType,
			func(d Decimal) (ref.Val, error) { return integer(max(0, -int64(d.number.Exponent))) }),
		finite("reduce", "The number without the zeros at the end of its decimals.", "string(decimal.reduce(decimal('1.200')))", "1.2", decimal,
			func(d Decimal) (ref.Val, error) { return d.reduced(), nil }),
		{Name: "decimal.rem", Signature: "decimal.rem(a decimal, b decimal) -> decimal", Doc: "What is left of a when b is taken out of it a whole number of times; it has the sign of a.",
			Example: "string(decimal.rem(decimal('7.5'), decimal('2')))", Result: "1.5",
			overloads: []cel.FunctionOpt{binary("decimal_rem", decimal, decimal, decimal, on2(remainder))}},
		{Name: "decimal.percent", Signature: "decimal.percent(part decimal, whole decimal, scale int, mode string) -> decimal",
			Doc:     "How many hundredths of the whole the part is, rounded once to so many digits behind the point, by a mode as of decimal.round.",
			Example: "string(decimal.percent(decimal('1'), decimal('3'), 1, 'half_even'))", Result: "33.3", Check: each(map[int]func(string) error{3: checkMode}),
			overloads: []cel.FunctionOpt{variadic("decimal_percent", []*cel.Type{decimal, decimal, cel.IntType, cel.StringType}, decimal,
				on4(func(part, whole Decimal, scale types.Int, mode types.String) (ref.Val, error) {
					hundred, ok := part.Multiply(DecimalOf(100)).(Decimal)
					if !ok {
						return nil, errNotFinite
					}
					return wrapDecimal(hundred.Div(whole, int64(scale), string(mode)))
				}))}},
	}
}

// reduced takes the zeros at the end of the decimals away.
func (d Decimal) reduced() Decimal {
	if d.number.Form != apd.Finite || d.number.Exponent >= 0 {
		return d
	}
	out, _ := new(apd.Decimal).Reduce(d.number)
	return Decimal{out}
}

func remainder(a, b Decimal) (ref.Val, error) {
	switch {
	case a.number.Form != apd.Finite || b.number.Form != apd.Finite:
		return nil, errNotFinite
	case b.number.IsZero():
		return nil, errZero
	}
	exponent := min(int64(a.number.Exponent), int64(b.number.Exponent), 0)
	x, y := coefficient(a.number), coefficient(b.number)
	x.Mul(x, power(int64(a.number.Exponent)-exponent))
	y.Mul(y, power(int64(b.number.Exponent)-exponent))
	out, err := fromCoefficient(new(big.Int).Rem(x, y), exponent)
	if err != nil {
		return nil, errors.New("the remainder has too many digits")
	}
	return Decimal{out}, nil
}
