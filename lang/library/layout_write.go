package library

import (
	"errors"
	"fmt"
	"strings"
)

type layoutUse int

const (
	dayOnly layoutUse = iota
	dayAndClock
)

var (
	errClockPart = errors.New("the layout of date.parse has a part of the time; use datetime.parse")
	errYear      = errors.New("the year is not between 0 and 9999, so that yyyy cannot show it")
)

// layoutCheck finds a literal layout at an argument that no text can fit.
func layoutCheck(at int, use layoutUse) func(map[int]string) error {
	return each(map[int]func(string) error{at: func(layout string) error { return checkLayout(layout, use, true) }})
}

// checkLayout goes through the parts of a layout. To read, each part is there at most once and the day is complete.
func checkLayout(layout string, use layoutUse, reading bool) error {
	seen := map[byte]bool{}
	for rest := layout; rest != ""; {
		letter := rest[0]
		if !isPart(letter) {
			rest = rest[1:]
			continue
		}
		part := run(rest)
		switch {
		case !known(part) || reading && seen[letter]:
			return errLayout
		case use == dayOnly && strings.ContainsRune("HmsS", rune(letter)):
			return errClockPart
		}
		seen[letter] = true
		rest = rest[len(part):]
	}
	if reading && (!seen['y'] || !seen['M'] || !seen['d']) {
		return errIncomplete
	}
	return nil
}

func isPart(letter byte) bool { return letter < 128 && isLetter(letter) && letter != 'T' }

// run is the part that a layout begins with: a letter and its repetitions.
func run(layout string) string {
	return layout[:len(layout)-len(strings.TrimLeft(layout, layout[:1]))]
}

func known(part string) bool {
	return strings.Contains("|yyyy|MM|M|MMM|MMMM|dd|d|HH|H|mm|ss|S|SS|SSS|SSSSSS|SSSSSSSSS|", "|"+part+"|")
}

func write(layout string, d Date, t Time, use layoutUse) (string, error) {
	if err := checkLayout(layout, use, false); err != nil {
		return "", err
	}
	year, month, day := civil(int64(d))
	if strings.Contains(layout, "y") && (year < 0 || year > 9999) {
		return "", errYear
	}
	clock := int64(t) / 1e9
	var out strings.Builder
	for layout != "" {
		if !isPart(layout[0]) {
			out.WriteByte(layout[0])
			layout = layout[1:]
			continue
		}
		part := run(layout)
		layout = layout[len(part):]
		switch part {
		case "MMM":
			out.WriteString(monthNames()[month-1][:3])
			continue
		case "MMMM":
			out.WriteString(monthNames()[month-1])
			continue
		}
		n := map[byte]int64{'y': year, 'M': month, 'd': day, 'H': clock / 3600, 'm': clock / 60 % 60, 's': clock % 60}[part[0]]
		if part[0] == 'S' {
			fraction := fmt.Sprintf("%09d", int64(t)%1e9)
			if strings.Trim(fraction[len(part):], "0") != "" {
				return "", errors.New("the layout has fewer decimals of the second than the time")
			}
			out.WriteString(fraction[:len(part)])
			continue
		}
		fmt.Fprintf(&out, "%0*d", len(part), n)
	}
	return out.String(), nil
}
