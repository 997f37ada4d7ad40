package library

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// unit is so many base units of its kind: (x + zero) * factor.
type unit struct {
	name, kind, factor, zero string
}

// unitList states every unit with its exact factor. A changed line is a new version of units.convert.
func unitList() []unit {
	return []unit{
		{"kg", "mass", "1", "0"}, {"g", "mass", "0.001", "0"}, {"mg", "mass", "0.000001", "0"}, {"ug", "mass", "0.000000001", "0"}, {"t", "mass", "1000", "0"},
		{"lb", "mass", "0.45359237", "0"}, {"oz", "mass", "0.028349523125", "0"}, {"st", "mass", "6.35029318", "0"}, {"gr", "mass", "0.00006479891", "0"},
		{"ozt", "mass", "0.0311034768", "0"}, {"ton_us", "mass", "907.18474", "0"}, {"ton_uk", "mass", "1016.0469088", "0"},
		{"m", "length", "1", "0"}, {"km", "length", "1000", "0"}, {"cm", "length", "0.01", "0"}, {"mm", "length", "0.001", "0"}, {"um", "length", "0.000001", "0"},
		{"in", "length", "0.0254", "0"}, {"ft", "length", "0.3048", "0"}, {"yd", "length", "0.9144", "0"}, {"mi", "length", "1609.344", "0"}, {"nmi", "length", "1852", "0"},
		{"l", "volume", "1", "0"}, {"dl", "volume", "0.1", "0"}, {"cl", "volume", "0.01", "0"}, {"ml", "volume", "0.001", "0"}, {"ul", "volume", "0.000001", "0"},
		{"m3", "volume", "1000", "0"}, {"in3", "volume", "0.016387064", "0"}, {"ft3", "volume", "28.316846592", "0"},
		{"gal_us", "volume", "3.785411784", "0"}, {"qt_us", "volume", "0.946352946", "0"}, {"pt_us", "volume", "0.473176473", "0"}, {"floz_us", "volume", "0.0295735295625", "0"},
		{"gal_uk", "volume", "4.54609", "0"}, {"pt_uk", "volume", "0.56826125", "0"}, {"floz_uk", "volume", "0.0284130625", "0"},
		{"K", "temperature", "1", "0"}, {"C", "temperature", "1", "273.15"}, {"F", "temperature", "5/9", "459.67"},
	}
}

func unitNamed(name string) (unit, error) {
	all := unitList()
	i := slices.IndexFunc(all, func(u unit) bool { return u.name == name })
	if i < 0 {
		return unit{}, errors.New("there is no unit of this name; the units are " + unitNames())
	}
	return all[i], nil
}

func unitNames() string {
	var kinds, names []string
	for _, u := range unitList() {
		if len(kinds) == 0 || kinds[len(kinds)-1] != u.kind {
			kinds = append(kinds, u.kind)
			names = append(names, "of "+u.kind+" "+u.name)
			continue
		}
		names[len(names)-1] += " " + u.name
	}
	return strings.Join(names, ", ")
}

// scaling is a change from one unit to another: x * factor + offset.
type scaling struct{ factor, offset *big.Rat }

func rational(s string) *big.Rat {
	r, _ := new(big.Rat).SetString(s)
	return r
}

// readScaling reads a pair of names with a blank between them.
func readScaling(pair string) (scaling, error) {
	a, b, _ := strings.Cut(pair, " ")
	from, err := unitNamed(a)
	if err != nil {
		return scaling{}, err
	}
	to, err := unitNamed(b)
	if err != nil {
		return scaling{}, err
	}
	if from.kind != to.kind {
		return scaling{}, fmt.Errorf("a %s cannot become a %s", from.kind, to.kind)
	}
	factor := new(big.Rat).Quo(rational(from.factor), rational(to.factor))
	offset := new(big.Rat).Mul(rational(from.zero), factor)
	return scaling{factor, offset.Sub(offset, rational(to.zero))}, nil
}

var errInexact = errors.New("the conversion has no finite decimal form; use units.convert(x, from, to, scale, 'half_even')")

func unitFunctions() []Function {
	str, decimal := cel.StringType, DecimalType()
	scalings := newMemo(readScaling)
	return []Function{
		{Name: "units.convert", Signature: "units.convert(x decimal, from string, to string [, scale int, mode string]) -> decimal", Cost: Linear, Literals: []int{1, 2},
			Doc: "The quantity in another unit, exactly where it has a finite decimal form and an error where it has not; with a scale and a mode as of decimal.round it is rounded once, " +
				"at the end. The units are literals, " + unitNames() + ".",
			Example: "string(units.convert(decimal('10'), 'lb', 'kg'))", Result: "4.5359237",
			Check: func(literals map[int]string) error {
				if err := scalings.check(literals[1] + " " + literals[2]); err != nil {
					return err
				}
				if mode, ok := literals[4]; ok {
					return checkMode(mode)
				}
				return nil
			},
			overloads: []cel.FunctionOpt{
				variadic("units_convert", []*cel.Type{decimal, str, str}, decimal, on3(func(x Decimal, from, to types.String) (ref.Val, error) {
					r, err := scaled(scalings, x, from, to)
					if err != nil {
						return nil, err
					}
					digits, exact := r.FloatPrec()
					if !exact {
						return nil, errInexact
					}
					return wrapDecimal(NewDecimal([]byte(r.FloatString(digits))))
				})),
				variadic("units_convert_rounded", []*cel.Type{decimal, str, str, cel.IntType, str}, decimal, func(args ...ref.Val) ref.Val {
					scale, okScale := args[3].(types.Int)
					mode, okMode := args[4].(types.String)
					if !okScale || !okMode {
						return types.NoSuchOverloadErr()
					}
					return on3(func(x Decimal, from, to types.String) (ref.Val, error) {
						r, err := scaled(scalings, x, from, to)
						if err != nil {
							return nil, err
						}
						return wrapDecimal(divide(new(big.Int).Set(r.Num()), new(big.Int).Set(r.Denom()), 0, int64(scale), string(mode)))
					})(args[:3]...)
				}),
			}},
	}
}

func scaled(scalings *memo[scaling], x Decimal, from, to types.String) (*big.Rat, error) {
	s, err := scalings.of(string(from) + " " + string(to))
	if err != nil {
		return nil, err
	}
	if x.number.Form != apd.Finite {
		return nil, errNotFinite
	}
	r := new(big.Rat).SetInt(coefficient(x.number))
	if e := int64(x.number.Exponent); e >= 0 {
		r.Mul(r, new(big.Rat).SetInt(power(e)))
	} else {
		r.Quo(r, new(big.Rat).SetInt(power(-e)))
	}
	return r.Add(r.Mul(r, s.factor), s.offset), nil
}
