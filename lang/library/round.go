package library

import (
	"errors"
	"math/big"

	"github.com/cockroachdb/apd/v3"
)

var errMode = errors.New("the rounding mode is not one of half_even, half_up, half_down, up, down, ceiling, floor")

// Round gives d with exactly scale digits behind the point.
func (d Decimal) Round(scale int64, mode string) (Decimal, error) {
	if d.number.Form != apd.Finite {
		return Decimal{}, errNotFinite
	}
	return divide(coefficient(d.number), big.NewInt(1), int64(d.number.Exponent), scale, mode)
}

// Div divides and rounds to exactly scale digits behind the point.
func (d Decimal) Div(o Decimal, scale int64, mode string) (Decimal, error) {
	if d.number.Form != apd.Finite || o.number.Form != apd.Finite {
		return Decimal{}, errNotFinite
	}
	if o.number.IsZero() {
		return Decimal{}, errZero
	}
	exponent := int64(d.number.Exponent) - int64(o.number.Exponent)
	return divide(coefficient(d.number), coefficient(o.number), exponent, scale, mode)
}

// divide is num/den * 10^exponent at a scale.
func divide(num, den *big.Int, exponent, scale int64, mode string) (Decimal, error) {
	if scale < 0 || scale > maxDigits {
		return Decimal{}, errors.New("the scale is not between 0 and 131072")
	}
	if shift := exponent + scale; shift >= 0 {
		num.Mul(num, power(shift))
	} else {
		den.Mul(den, power(-shift))
	}
	q, err := roundQuotient(num, den, mode)
	if err != nil {
		return Decimal{}, err
	}
	out, err := fromCoefficient(q, -scale)
	return Decimal{out}, err
}

func roundQuotient(num, den *big.Int, mode string) (*big.Int, error) {
	q, r := new(big.Int).QuoRem(num, den, new(big.Int))
	negative := (num.Sign() < 0) != (den.Sign() < 0)
	half := new(big.Int).Abs(r)
	half.Lsh(half, 1)
	away, err := awayFromZero(mode, half.Cmp(new(big.Int).Abs(den)), q.Bit(0) == 1, negative)
	if err != nil {
		return nil, err
	}
	if away && r.Sign() != 0 {
		step := int64(1)
		if negative {
			step = -1
		}
		q.Add(q, big.NewInt(step))
	}
	return q, nil
}

// awayFromZero says whether a remainder moves the quotient: half is the order of twice the remainder and the divisor.
func awayFromZero(mode string, half int, odd, negative bool) (bool, error) {
	switch mode {
	case "half_even":
		return half > 0 || half == 0 && odd, nil
	case "half_up":
		return half >= 0, nil
	case "half_down":
		return half > 0, nil
	case "up":
		return true, nil
	case "down":
		return false, nil
	case "ceiling":
		return !negative, nil
	case "floor":
		return negative, nil
	}
	return false, errMode
}

func checkMode(mode string) error {
	_, err := awayFromZero(mode, 0, false, false)
	return err
}
