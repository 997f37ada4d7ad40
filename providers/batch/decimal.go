package batch

import "github.com/novumsolvo/migrateiq/providers/schema"

// maxExponent bounds the zeros that an exponent may ask for; no database keeps a longer number.
const maxExponent = 200_000

// AppendDecimal appends the canonical digits of a number given in plain or exponent notation, for
// decimal(precision,scale). With precision 0 any number fits, and it keeps its digits behind the point. It gives
// ErrMisfit, and dst as it was, where digits would be lost. NaN fits every decimal, the infinities only precision 0.
func AppendDecimal(dst, text []byte, precision, scale int) ([]byte, error) {
	switch string(text) {
	case "NaN":
		return append(dst, text...), nil
	case "Infinity", "-Infinity":
		if precision != 0 {
			return dst, ErrMisfit
		}
		return append(dst, text...), nil
	}
	start := len(dst)
	dst, exponent, ok := appendDigits(dst, text)
	if !ok {
		return dst[:start], ErrMisfit
	}
	digits := start
	if len(dst) > start && dst[start] == '-' {
		digits++
	}
	if precision == 0 {
		scale = max(0, -exponent)
	}
	dst, ok = rescale(dst, digits, exponent+scale)
	if !ok || precision != 0 && len(dst)-digits > precision {
		return dst[:start], ErrMisfit
	}
	return setPoint(dst, start, digits, scale), nil
}

// appendDigits appends the sign if negative and the digits from the first that is not zero, without a point. The number
// is these digits times ten to the exponent.
func appendDigits(dst, text []byte) (_ []byte, exponent int, ok bool) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		if text[0] == '-' {
			dst = append(dst, '-')
		}
		text = text[1:]
	}
	start, seen, point := len(dst), false, false
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			seen = true
			if point {
				exponent--
			}
			if c != '0' || len(dst) > start {
				dst = append(dst, c)
			}
		case c == '.' && !point:
			point = true
		case (c == 'e' || c == 'E') && seen:
			e, ok := integer(text[i+1:])
			if !ok || e > maxExponent || e < -maxExponent {
				return dst, 0, false
			}
			return dst, exponent + int(e), true
		default:
			return dst, 0, false
		}
	}
	return dst, exponent, seen
}

// rescale multiplies the digits by ten to the power of by; false where a digit other than zero would go.
func rescale(dst []byte, digits, by int) ([]byte, bool) {
	if len(dst) == digits {
		return dst, true
	}
	for ; by > 0; by-- {
		dst = append(dst, '0')
	}
	for ; by < 0; by++ {
		if len(dst) == digits {
			return dst, true
		}
		if dst[len(dst)-1] != '0' {
			return dst, false
		}
		dst = dst[:len(dst)-1]
	}
	return dst, true
}

// setPoint divides the digits by ten to the power of scale and takes the sign off zero.
func setPoint(dst []byte, start, digits, scale int) []byte {
	if len(dst) == digits {
		dst, digits = dst[:start], start
	}
	n := len(dst) - digits
	if scale <= 0 {
		if n == 0 {
			return append(dst, '0')
		}
		for ; scale < 0; scale++ {
			dst = append(dst, '0')
		}
		return dst
	}
	if pad := scale + 1 - n; pad > 0 {
		for range pad {
			dst = append(dst, '0')
		}
		copy(dst[digits+pad:], dst[digits:digits+n])
		for i := range pad {
			dst[digits+i] = '0'
		}
	}
	dst = append(dst, 0)
	at := len(dst) - 1 - scale
	copy(dst[at+1:], dst[at:len(dst)-1])
	dst[at] = '.'
	return dst
}

func parseDecimal(v *Vector, t schema.Type, text []byte) error {
	blobs, err := AppendDecimal(v.Blobs, text, t.Precision, t.Scale)
	v.Blobs = blobs
	if err != nil {
		return misfit(t)
	}
	v.AppendEnd()
	return nil
}
