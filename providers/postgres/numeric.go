package postgres

import (
	"encoding/binary"
	"errors"
)

// The binary form of numeric: four 16-bit words (digits that follow, weight of the first, sign, digits behind the point
// to show) and digits to the base 10000.
const (
	signMinus = 0x4000
	signNaN   = 0xC000
	signPlus  = 0xD000 // +Infinity
	signLess  = 0xF000 // -Infinity
)

var errNumeric = errors.New("a number does not have the form of a numeric")

// appendNumeric appends the canonical digits of a binary numeric.
func appendNumeric(dst, x []byte) ([]byte, error) {
	if len(x) < 8 {
		return dst, errNumeric
	}
	count := int(binary.BigEndian.Uint16(x))
	weight := int(int16(binary.BigEndian.Uint16(x[2:])))
	sign := binary.BigEndian.Uint16(x[4:])
	scale := int(binary.BigEndian.Uint16(x[6:]))
	x = x[8:]
	switch {
	case sign == signNaN:
		return append(dst, "NaN"...), nil
	case sign == signPlus:
		return append(dst, "Infinity"...), nil
	case sign == signLess:
		return append(dst, "-Infinity"...), nil
	case sign != 0 && sign != signMinus || len(x) != 2*count:
		return dst, errNumeric
	}
	group := func(i int) int { // of the digits at 10000^-(i-weight)
		if i < 0 || i >= count {
			return 0
		}
		return int(binary.BigEndian.Uint16(x[2*i:]))
	}
	if sign == signMinus && count > 0 {
		dst = append(dst, '-')
	}
	begun := false
	for i := 0; i <= weight; i++ {
		g := group(i)
		for step := 1000; step > 0; step /= 10 {
			d := g / step % 10
			if begun = begun || d != 0; begun {
				dst = append(dst, byte('0'+d))
			}
		}
	}
	if !begun {
		dst = append(dst, '0')
	}
	if scale == 0 {
		return dst, nil
	}
	dst = append(dst, '.')
	for n, i := 0, weight+1; n < scale; i++ {
		g := group(i)
		for step := 1000; step > 0 && n < scale; step, n = step/10, n+1 {
			dst = append(dst, byte('0'+g/step%10))
		}
	}
	return dst, nil
}

// encodeNumeric appends the binary numeric of canonical digits. maxScale is the number of digits the column has behind
// the point, -1 for any; more would be rounded by the server.
func encodeNumeric(dst, text []byte, maxScale int) ([]byte, string) {
	word := func(x int) { dst = binary.BigEndian.AppendUint16(dst, uint16(x)) }
	special := map[string]int{"NaN": signNaN, "Infinity": signPlus, "-Infinity": signLess}
	if len(text) > 0 && (text[0] > '9' || len(text) > 1 && text[1] == 'I') {
		sign, ok := special[string(text)]
		if !ok {
			return dst, "a number is not in canonical form"
		}
		word(0)
		word(0)
		word(sign)
		word(0)
		return dst, ""
	}
	sign, whole, scale, ok := split(text)
	if !ok {
		return dst, "a number is not in canonical form"
	}
	if maxScale >= 0 && scale > maxScale {
		return dst, "a number has more digits behind the point than the column"
	}
	if whole > 131072 || scale > 16383 {
		return dst, "a number has more digits than PostgreSQL can keep"
	}
	digits := text[sign:]
	groups := (whole + 3) / 4
	total := groups + (scale+3)/4
	digit := func(at int) int { // at counts from the point: 0 the first behind it, -1 the last before it
		i := whole + at
		if at >= 0 {
			i++
		}
		if i < 0 || at >= scale {
			return 0
		}
		return int(digits[i] - '0')
	}
	value := func(g int) int {
		at := 4 * (g - groups)
		return digit(at)*1000 + digit(at+1)*100 + digit(at+2)*10 + digit(at+3)
	}
	first, last := 0, total
	for first < last && value(first) == 0 {
		first++
	}
	for last > first && value(last-1) == 0 {
		last--
	}
	word(last - first)
	if first == last { // zero has neither weight nor sign
		word(0)
		word(0)
		word(scale)
		return dst, ""
	}
	word(groups - 1 - first)
	word(sign * signMinus)
	word(scale)
	for g := first; g < last; g++ {
		word(value(g))
	}
	return dst, ""
}

// split counts the digits before and behind the point; sign is 1 for a minus.
func split(text []byte) (sign, whole, scale int, ok bool) {
	if len(text) > 0 && text[0] == '-' {
		sign = 1
	}
	point := false
	for _, c := range text[sign:] {
		switch {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return 0, 0, 0, false
		case point:
			scale++
		default:
			whole++
		}
	}
	return sign, whole, scale, whole > 0 && (!point || scale > 0)
}
