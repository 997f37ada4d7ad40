package batch

import (
	"math"
	"strconv"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	secondsPerDay = 86400
	daysPerEra    = 146097 // 400 Gregorian years
	maxYear       = 999_999_999
)

// Days counts the days since 1970-01-01 in the proleptic Gregorian calendar, whose year 0 is 1 BC. It is false for a day
// that does not exist, such as 30 February, and for years of more than nine digits.
func Days(year, month, day int) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || day > lengthOf(year, month) || year > maxYear || year < -maxYear {
		return 0, false
	}
	y := int64(year)
	if month <= 2 { // the year starts in March, so that the leap day is its last
		y--
		month += 12
	}
	era := floorDiv(y, 400)
	ofEra := y - era*400
	ofYear := int64((153*(month-3)+2)/5 + day - 1)
	return era*daysPerEra + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468, true
}

func lengthOf(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Civil is the inverse of Days, for any number of days.
func Civil(days int64) (year, month, day int) {
	era := floorDiv(days, daysPerEra)
	ofEra := days - era*daysPerEra + 719468 - 4*daysPerEra
	era += 4
	if ofEra >= daysPerEra {
		ofEra -= daysPerEra
		era++
	}
	y := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*y + y/4 - y/100)
	m := (5*ofYear + 2) / 153
	day = int(ofYear - (153*m+2)/5 + 1)
	year, month = int(y+era*400), int(m+3)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func appendDate(dst []byte, days int64) []byte {
	switch days {
	case PosInf:
		return append(dst, "infinity"...)
	case NegInf:
		return append(dst, "-infinity"...)
	}
	year, month, day := Civil(days)
	if year < 1 || year > 9999 {
		sign := byte('+')
		if year < 0 {
			sign, year = '-', -year
		}
		dst = append(dst, sign)
	}
	if year > 9999 {
		dst = strconv.AppendInt(dst, int64(year), 10)
	} else {
		dst = appendTwo(appendTwo(dst, year/100), year%100)
	}
	dst = appendTwo(append(dst, '-'), month)
	return appendTwo(append(dst, '-'), day)
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendTime writes ticks since midnight. Digits beyond the precision are written too if they are not zero: a vector
// that holds them is at fault, and hiding them would make two values look the same.
func appendTime(dst []byte, t schema.Type, ticks int64) []byte {
	if ticks < 0 {
		dst, ticks = append(dst, '-'), -ticks
	}
	unit := t.Unit()
	seconds, fraction := ticks/unit, ticks%unit
	dst = append(appendTwo(dst, int(seconds/3600)), ':')
	dst = append(appendTwo(dst, int(seconds/60%60)), ':')
	dst = appendTwo(dst, int(seconds%60))
	if t.Precision <= 0 && fraction == 0 {
		return dst
	}
	dst = append(dst, '.')
	digits, rest := 0, fraction
	for step := unit / 10; step > 0 && (digits < t.Precision || rest != 0); step /= 10 {
		dst = append(dst, byte('0'+rest/step))
		rest %= step
		digits++
	}
	return dst
}

func appendTimestamp(dst []byte, t schema.Type, ticks int64) []byte {
	if ticks == PosInf || ticks == NegInf {
		return appendDate(dst, ticks)
	}
	perDay := secondsPerDay * t.Unit()
	days := floorDiv(ticks, perDay)
	dst = append(appendDate(dst, days), ' ')
	dst = appendTime(dst, t, ticks-days*perDay)
	if t.Kind == schema.TimestampTZ {
		dst = append(dst, 'Z')
	}
	return dst
}

func parseMoment(t schema.Type, text []byte) (int64, bool) {
	if t.Kind == schema.Time {
		ticks, rest, ok := clock(t, text)
		return ticks, ok && len(rest) == 0
	}
	switch string(text) {
	case "infinity":
		return PosInf, true
	case "-infinity":
		return NegInf, true
	}
	days, rest, ok := date(text)
	if !ok || t.Kind == schema.Date {
		return days, ok && len(rest) == 0
	}
	if len(rest) == 0 || rest[0] != ' ' && rest[0] != 'T' {
		return 0, false
	}
	ticks, rest, ok := clock(t, rest[1:])
	perDay := secondsPerDay * t.Unit()
	if !ok || ticks >= perDay {
		return 0, false
	}
	if t.Kind == schema.TimestampTZ {
		east, ok := offset(rest)
		if !ok {
			return 0, false
		}
		ticks -= east * t.Unit()
		shift := floorDiv(ticks, perDay)
		return join(days+shift, ticks-shift*perDay, perDay)
	}
	if len(rest) != 0 {
		return 0, false
	}
	return join(days, ticks, perDay)
}

// join is days*perDay+ticks, false where that overflows or would read as an infinity.
func join(days, ticks, perDay int64) (int64, bool) {
	if days < 0 { // towards zero, so that the first product cannot overflow where the sum does not
		days++
		ticks -= perDay
	}
	if days > math.MaxInt64/perDay || days < math.MinInt64/perDay {
		return 0, false
	}
	base := days * perDay
	if ticks > 0 && base >= math.MaxInt64-ticks || ticks < 0 && base <= math.MinInt64-ticks {
		return 0, false
	}
	return base + ticks, true
}

// date reads [+-]year-month-day and gives what stands behind it.
func date(text []byte) (int64, []byte, bool) {
	signed, negative := false, false
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		signed, negative = true, text[0] == '-'
		text = text[1:]
	}
	n, year := 0, 0
	for n < len(text) && n < 10 && text[n]-'0' <= 9 {
		year = year*10 + int(text[n]-'0')
		n++
	}
	if n < 4 || n > 9 || !signed && (n != 4 || year == 0) {
		return 0, nil, false
	}
	if negative {
		year = -year
	}
	text = text[n:]
	if len(text) < 6 || text[0] != '-' || text[3] != '-' {
		return 0, nil, false
	}
	month, ok1 := two(text[1:])
	day, ok2 := two(text[4:])
	days, ok3 := Days(year, month, day)
	return days, text[6:], ok1 && ok2 && ok3
}

// two reads two digits.
func two(text []byte) (int, bool) {
	if len(text) < 2 || text[0]-'0' > 9 || text[1]-'0' > 9 {
		return 0, false
	}
	return int(text[0]-'0')*10 + int(text[1]-'0'), true
}

// clock reads hh:mm:ss[.digits] into ticks and gives what stands behind it. Digits that t has no room for must be zeros.
func clock(t schema.Type, text []byte) (int64, []byte, bool) {
	if len(text) < 8 || text[2] != ':' || text[5] != ':' {
		return 0, nil, false
	}
	hour, ok1 := two(text)
	minute, ok2 := two(text[3:])
	second, ok3 := two(text[6:])
	if !ok1 || !ok2 || !ok3 || hour > 24 || minute > 59 || second > 59 {
		return 0, nil, false
	}
	unit := t.Unit()
	ticks := int64(hour*3600+minute*60+second) * unit
	rest := text[8:]
	if len(rest) > 0 && rest[0] == '.' {
		n, step := 1, unit
		for ; n < len(rest) && rest[n]-'0' <= 9; n++ {
			if n > t.Precision && rest[n] != '0' {
				return 0, nil, false
			}
			step /= 10
			ticks += int64(rest[n]-'0') * step
		}
		if n == 1 {
			return 0, nil, false
		}
		rest = rest[n:]
	}
	return ticks, rest, ticks <= secondsPerDay*unit
}

// offset reads Z or [+-]hh[:mm] as seconds east of Greenwich.
func offset(text []byte) (int64, bool) {
	if string(text) == "Z" {
		return 0, true
	}
	if len(text) != 3 && (len(text) != 6 || text[3] != ':') || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, ok := two(text[1:])
	minutes := 0
	if ok && len(text) == 6 {
		minutes, ok = two(text[4:])
	}
	if !ok || hours > 15 || minutes > 59 {
		return 0, false
	}
	east := int64(hours*3600 + minutes*60)
	if text[0] == '-' {
		east = -east
	}
	return east, true
}
