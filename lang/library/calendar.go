package library

// days counts the days since 1970-01-01 in the proleptic Gregorian calendar; false where there is no such day.
func days(year, month, day int64) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || day > monthLength(year, month) || year < -400000 || year > 400000 {
		return 0, false
	}
	y := year
	if month <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*((month+9)%12)+2)/5 + day - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468, true
}

// civil is the day of a count of days.
func civil(n int64) (year, month, day int64) {
	n += 719468
	era := floorDiv(n, 146097)
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	month = mp + 3
	if mp >= 10 {
		month = mp - 9
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, doy - (153*mp+2)/5 + 1
}

func monthLength(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func addMonths(d Date, n int64) (Date, bool) {
	year, month, day := civil(int64(d))
	if n < -5000000 || n > 5000000 {
		return 0, false
	}
	at := year*12 + month - 1 + n
	year = floorDiv(at, 12)
	month = at - year*12 + 1
	out, ok := days(year, month, min(day, monthLength(year, month)))
	return Date(out), ok
}
