package library

import (
	"errors"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errLayout = errors.New("the layout is not made of yyyy MM M MMM MMMM dd d HH H mm ss SSS T and characters that are not letters, each part at most once")

var errIncomplete = errors.New("the layout lacks the year, the month or the day")

// scanDate reads yyyy-mm-dd, or a signed year of four digits or more, from the start of s.
func scanDate(s string) (d Date, rest string, ok bool) {
	digits, sign := s, int64(1)
	signed := s != "" && (s[0] == '-' || s[0] == '+')
	if signed {
		digits = s[1:]
		if s[0] == '-' {
			sign = -1
		}
	}
	at := strings.IndexByte(digits, '-')
	if at < 4 || at > 6 || !signed && at != 4 {
		return 0, "", false
	}
	year, ok := number(digits[:at])
	digits = digits[at+1:]
	if !ok || len(digits) < 5 || digits[2] != '-' {
		return 0, "", false
	}
	month, okMonth := number(digits[:2])
	day, okDay := number(digits[3:5])
	n, okDate := days(sign*year, month, day)
	return Date(n), digits[5:], okMonth && okDay && okDate
}

// scanTime reads hh:mm:ss with up to nine decimals; seconds may be left out.
func scanTime(s string) (Time, bool) {
	clock, decimals, pointed := strings.Cut(s, ".")
	parts := strings.Split(clock, ":")
	if len(parts) < 2 || len(parts) > 3 || pointed && (len(parts) != 3 || decimals == "" || len(decimals) > 9) {
		return 0, false
	}
	var got [3]int64
	for i, p := range parts {
		n, ok := number(p)
		if !ok || len(p) != 2 {
			return 0, false
		}
		got[i] = n
	}
	nanos, ok := number((decimals + "000000000")[:9])
	if !ok {
		return 0, false
	}
	return clockOf(got[0], got[1], got[2], nanos)
}

func clockOf(hour, minute, second, nanos int64) (Time, bool) {
	if hour == 24 && minute == 0 && second == 0 && nanos == 0 {
		return Time(daySeconds * 1e9), true
	}
	if hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return Time((hour*3600+minute*60+second)*1e9 + nanos), true
}

// number reads digits only: no sign, no blank.
func number(s string) (int64, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// read holds the parts that a layout found in a text, by the letter of the layout.
type read map[byte]int64

// scan reads s by a layout: runs of y M d H m s S are parts, T is itself, other characters are themselves.
func scan(s, layout string) (read, error) {
	errText := errors.New("the text does not fit the layout")
	got := read{}
	for layout != "" {
		letter := layout[0]
		if !isPart(letter) {
			if s == "" || s[0] != letter {
				return nil, errText
			}
			s, layout = s[1:], layout[1:]
			continue
		}
		unit := run(layout)
		if _, twice := got[letter]; twice || !known(unit) {
			return nil, errLayout
		}
		n, rest, ok := part(s, letter, len(unit))
		if !ok {
			return nil, errText
		}
		got[letter], s, layout = n, rest, layout[len(unit):]
	}
	if s != "" {
		return nil, errText
	}
	return got, nil
}

func isLetter(c byte) bool { return c|32 >= 'a' && c|32 <= 'z' }

func part(s string, letter byte, run int) (n int64, rest string, ok bool) {
	if letter == 'M' && run > 2 {
		return monthName(s, run == 3)
	}
	width := run
	if run == 1 && letter != 'S' { // one digit or two
		width = 1
		if len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
			width = 2
		}
	}
	if len(s) < width {
		return 0, "", false
	}
	n, ok = number(s[:width])
	if letter == 'S' {
		for range 9 - run {
			n *= 10
		}
	}
	return n, s[width:], ok
}

func monthNames() []string {
	return []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
}

func monthName(s string, short bool) (n int64, rest string, ok bool) {
	for i, name := range monthNames() {
		if short {
			name = name[:3]
		}
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			return int64(i + 1), s[len(name):], true
		}
	}
	return 0, "", false
}

func (r read) date() (Date, error) {
	for _, letter := range []byte("yMd") {
		if _, ok := r[letter]; !ok {
			return 0, errIncomplete
		}
	}
	n, ok := days(r['y'], r['M'], r['d'])
	if !ok {
		return 0, errors.New("the text names a day that does not exist")
	}
	return Date(n), nil
}

func parseDate(s, layout types.String) (ref.Val, error) {
	if strings.ContainsAny(string(layout), "HmsS") {
		return nil, errClockPart
	}
	got, err := scan(string(s), string(layout))
	if err != nil {
		return nil, err
	}
	return wrapDate(got.date())
}

func wrapDate(d Date, err error) (ref.Val, error) { return d, err }

func parseDatetime(s, layout types.String) (ref.Val, error) {
	got, err := scan(string(s), string(layout))
	if err != nil {
		return nil, err
	}
	d, err := got.date()
	if err != nil {
		return nil, err
	}
	t, ok := clockOf(got['H'], got['m'], got['s'], got['S'])
	if !ok {
		return nil, errors.New("the text names a time that does not exist")
	}
	return datetimeOf(d, t)
}
