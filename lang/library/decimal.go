package library

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// maxDigits bounds the digits on either side of a decimal's point, so that an exponent cannot take all memory.
const maxDigits = 131072

var (
	errNotFinite = errors.New("a decimal in the calculation is not a number or infinite")
	errZero      = errors.New("division by zero")
	errEndless   = errors.New("the quotient has no finite decimal form; use decimal.div(a, b, scale, 'half_even')")
	errDigits    = errors.New("the decimal has too many digits")
)

// Decimal is an exact number of any size. It is never changed after it was made.
type Decimal struct{ number *apd.Decimal }

// NewDecimal reads digits with an optional sign, point and exponent, or NaN, Infinity, -Infinity.
func NewDecimal(text []byte) (Decimal, error) {
	for _, c := range text {
		if c >= 128 {
			return Decimal{}, errors.New("the text is not a number")
		}
	}
	d, _, err := apd.NewFromString(string(text))
	if err != nil || d.Form == apd.NaNSignaling {
		return Decimal{}, errors.New("the text is not a number")
	}
	if d.Form == apd.Finite && (d.Exponent < -maxDigits || int64(d.Exponent)+d.NumDigits() > maxDigits) {
		return Decimal{}, errDigits
	}
	return Decimal{d}, nil
}

// DecimalOf is a whole number.
func DecimalOf(n int64) Decimal { return Decimal{apd.New(n, 0)} }

// Append appends the canonical digits: plain, without exponent, with the scale that the number has.
func (d Decimal) Append(dst []byte) []byte {
	switch d.number.Form {
	case apd.NaN:
		return append(dst, "NaN"...)
	case apd.Infinite:
		if d.number.Negative {
			return append(dst, "-Infinity"...)
		}
		return append(dst, "Infinity"...)
	}
	if d.number.IsZero() && d.number.Negative {
		return new(apd.Decimal).Abs(d.number).Append(dst, 'f')
	}
	return d.number.Append(dst, 'f')
}

func (d Decimal) String() string { return string(d.Append(nil)) }

// Add is the exact sum.
func (d Decimal) Add(o ref.Val) ref.Val { return d.combine(o, exact((*apd.Context).Add)) }

// Subtract is the exact difference.
func (d Decimal) Subtract(o ref.Val) ref.Val { return d.combine(o, exact((*apd.Context).Sub)) }

// Multiply is the exact product.
func (d Decimal) Multiply(o ref.Val) ref.Val { return d.combine(o, exact((*apd.Context).Mul)) }

// Divide is the exact quotient, or an error where it has no finite form.
func (d Decimal) Divide(o ref.Val) ref.Val { return d.combine(o, quotient) }

// Negate changes the sign.
func (d Decimal) Negate() ref.Val { return Decimal{new(apd.Decimal).Neg(d.number)} }

func (d Decimal) combine(o ref.Val, f func(a, b *apd.Decimal) (*apd.Decimal, error)) ref.Val {
	other, ok := asDecimal(o)
	if !ok {
		return types.MaybeNoSuchOverloadErr(o)
	}
	if d.number.Form != apd.Finite || other.number.Form != apd.Finite {
		return fail(errNotFinite)
	}
	sum, err := f(d.number, other.number)
	if err != nil {
		return fail(err)
	}
	return Decimal{sum}
}

func asDecimal(v ref.Val) (Decimal, bool) {
	switch v := v.(type) {
	case Decimal:
		return v, true
	case types.Int:
		return DecimalOf(int64(v)), true
	}
	return Decimal{}, false
}

func exact(op func(c *apd.Context, d, x, y *apd.Decimal) (apd.Condition, error)) func(a, b *apd.Decimal) (*apd.Decimal, error) {
	return func(a, b *apd.Decimal) (*apd.Decimal, error) {
		out := new(apd.Decimal)
		if _, err := op(&apd.BaseContext, out, a, b); err != nil {
			return nil, errDigits
		}
		if out.Exponent < -maxDigits || int64(out.Exponent)+out.NumDigits() > maxDigits {
			return nil, errDigits
		}
		return out, nil
	}
}

func coefficient(d *apd.Decimal) *big.Int {
	c := new(big.Int).Set(d.Coeff.MathBigInt())
	if d.Negative {
		c.Neg(c)
	}
	return c
}

func fromCoefficient(c *big.Int, exponent int64) (*apd.Decimal, error) {
	if exponent < -maxDigits || exponent > maxDigits {
		return nil, errDigits
	}
	var coeff apd.BigInt
	coeff.SetMathBigInt(new(big.Int).Abs(c))
	d := apd.NewWithBigInt(&coeff, int32(exponent))
	d.Negative = c.Sign() < 0
	return d, nil
}

// quotient divides exactly: the divisor, once reduced, may have no other factors than 2 and 5.
func quotient(a, b *apd.Decimal) (*apd.Decimal, error) {
	if b.IsZero() {
		return nil, errZero
	}
	num, den := coefficient(a), coefficient(b)
	if g := new(big.Int).GCD(nil, nil, new(big.Int).Abs(num), new(big.Int).Abs(den)); g.Sign() > 0 {
		num.Quo(num, g)
		den.Quo(den, g)
	}
	rest := new(big.Int).Abs(den)
	k := max(strip(rest, 2), strip(rest, 5))
	if rest.Cmp(big.NewInt(1)) != 0 {
		return nil, errEndless
	}
	num.Mul(num, power(k))
	return fromCoefficient(num.Quo(num, den), int64(a.Exponent)-int64(b.Exponent)-k)
}

func strip(n *big.Int, factor int64) (count int64) {
	f, q, r := big.NewInt(factor), new(big.Int), new(big.Int)
	for {
		q.QuoRem(n, f, r)
		if r.Sign() != 0 {
			return count
		}
		n.Set(q)
		count++
	}
}

func power(k int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(k), nil) }

// Compare orders decimals and whole numbers; NaN is equal to itself and above all else.
func (d Decimal) Compare(o ref.Val) ref.Val {
	other, ok := asDecimal(o)
	if !ok {
		return types.MaybeNoSuchOverloadErr(o)
	}
	return types.Int(d.order(other))
}

func (d Decimal) order(o Decimal) int {
	a, b := d.number.Form == apd.NaN, o.number.Form == apd.NaN
	switch {
	case a && b:
		return 0
	case a:
		return 1
	case b:
		return -1
	}
	return d.number.Cmp(o.number)
}

// Equal compares by value: 1.20 is 1.2, and a whole number may be equal to it.
func (d Decimal) Equal(o ref.Val) ref.Val {
	other, ok := asDecimal(o)
	return types.Bool(ok && d.order(other) == 0)
}

// Int gives the number as an int64 where it is one.
func (d Decimal) Int() (int64, bool) {
	if d.number.Form != apd.Finite {
		return 0, false
	}
	n, err := new(apd.Decimal).Set(d.number).Int64()
	return n, err == nil
}

// Type is decimal.
func (d Decimal) Type() ref.Type { return DecimalType() }

// Value is the canonical text.
func (d Decimal) Value() any { return d.String() }

// ConvertToType gives the number as itself or as text.
func (d Decimal) ConvertToType(t ref.Type) ref.Val { return convert(d, d.String, t) }

// ConvertToNative gives the number as itself or as text.
func (d Decimal) ConvertToNative(t reflect.Type) (any, error) { return native(d, d.String, t) }

func convert(v ref.Val, text func() string, t ref.Type) ref.Val {
	switch t.TypeName() {
	case v.Type().TypeName():
		return v
	case types.StringType.TypeName():
		return types.String(text())
	case types.TypeType.TypeName():
		return v.Type().(*types.Type)
	}
	return types.NewErr("a %s cannot become a %s", v.Type().TypeName(), t.TypeName())
}

func native(v ref.Val, text func() string, t reflect.Type) (any, error) {
	if reflect.TypeOf(v).AssignableTo(t) {
		return v, nil
	}
	if t.Kind() == reflect.String {
		return reflect.ValueOf(text()).Convert(t).Interface(), nil
	}
	return nil, fmt.Errorf("a %s cannot become a %s", v.Type().TypeName(), t)
}
