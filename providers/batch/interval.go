package batch

import (
	"bytes"
	"strconv"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Interval is a span of months, days and microseconds, which do not turn into each other.
type Interval struct {
	Months, Days int32
	Micros       int64
}

// AppendInterval appends the canonical text: P1M-2DT3.5S, P0M0DT0S.
func AppendInterval(dst []byte, x Interval) []byte {
	dst = strconv.AppendInt(append(dst, 'P'), int64(x.Months), 10)
	dst = strconv.AppendInt(append(dst, 'M'), int64(x.Days), 10)
	dst = append(dst, 'D', 'T')
	micros := uint64(x.Micros)
	if x.Micros < 0 {
		dst, micros = append(dst, '-'), -micros
	}
	dst = strconv.AppendUint(dst, micros/1e6, 10)
	if rest := micros % 1e6; rest != 0 {
		dst = append(dst, '.')
		for step := uint64(1e5); rest != 0; step /= 10 {
			dst = append(dst, byte('0'+rest/step))
			rest %= step
		}
	}
	return append(dst, 'S')
}

// ParseInterval reads an ISO 8601 duration: P, then years, months, weeks and days, then T and hours, minutes and
// seconds, all optional but in this order, each number with a sign of its own; only seconds may have a fraction. It is
// false where the text is none or does not fit.
func ParseInterval(text []byte) (Interval, bool) {
	if len(text) < 3 || text[0] != 'P' {
		return Interval{}, false
	}
	var months, days, micros int64
	rest, clock, timed := bytes.Cut(text[1:], []byte{'T'})
	ok := take(&rest, 'Y', 12, &months) && take(&rest, 'M', 1, &months) &&
		take(&rest, 'W', 7, &days) && take(&rest, 'D', 1, &days) && len(rest) == 0 &&
		timed == (len(clock) > 0) &&
		take(&clock, 'H', 3600e6, &micros) && take(&clock, 'M', 60e6, &micros) &&
		take(&clock, 'S', 1e6, &micros) && len(clock) == 0
	if !ok || int64(int32(months)) != months || int64(int32(days)) != days {
		return Interval{}, false
	}
	return Interval{int32(months), int32(days), micros}, true
}

// take adds the number in front of the unit to sum, and leaves the text alone where another unit stands. It is false
// for what no number is, and for a sum that overflows.
func take(text *[]byte, unit byte, factor int64, sum *int64) bool {
	x := *text
	n := 0
	for n < len(x) && (x[n] < 'A' || x[n] > 'Z') {
		n++
	}
	if n == len(x) || x[n] != unit {
		return true
	}
	*text = x[n+1:]
	whole, fraction, pointed := bytes.Cut(x[:n], []byte{'.'})
	number, ok := integer(whole)
	if !ok || !add(sum, number, factor) {
		return false
	}
	if !pointed {
		return true
	}
	if unit != 'S' || len(fraction) == 0 {
		return false
	}
	step := factor
	if whole[0] == '-' {
		step = -step
	}
	for i, c := range fraction {
		if c < '0' || c > '9' || i >= 6 && c != '0' {
			return false
		}
		step /= 10
		if !add(sum, int64(c-'0'), step) {
			return false
		}
	}
	return true
}

// add adds n times factor to sum, false where that overflows.
func add(sum *int64, n, factor int64) bool {
	if n == 0 || factor == 0 {
		return true
	}
	product := n * factor
	if product/factor != n {
		return false
	}
	total := *sum + product
	if (total > *sum) != (product > 0) {
		return false
	}
	*sum = total
	return true
}

func parseInterval(v *Vector, t schema.Type, text []byte) error {
	x, ok := ParseInterval(text)
	if !ok {
		return misfit(t)
	}
	v.Blobs = AppendInterval(v.Blobs, x)
	v.AppendEnd()
	return nil
}
