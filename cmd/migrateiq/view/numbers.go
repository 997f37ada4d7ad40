package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// Count writes a number with a comma between thousands.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// shielded writes a number of people's rows: where the columns are classified, one to four show as "<5", since a small
// count can point at a person.
func shielded(n int64, classified bool) string {
	if classified && plan.IsShielded(n) {
		return plan.Shielded
	}
	return Count(n)
}

// shieldedRows is shielded with its noun.
func shieldedRows(n int64, classified bool) string {
	if n == 1 && !classified {
		return "1 row"
	}
	return shielded(n, classified) + " rows"
}

// amount is a number with its noun in the right form.
func amount(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Size writes a number of bytes with the decimal unit that fits.
func Size(n int64) string {
	if n < 1000 {
		return amount(n, "byte")
	}
	f, unit := float64(n), ""
	for _, u := range []string{"kB", "MB", "GB", "TB", "PB"} {
		if f < 999.95 {
			break
		}
		f, unit = f/1000, u
	}
	return fmt.Sprintf("%.1f %s", f, unit)
}

// Took writes a duration as people say it.
func Took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// rate is rows a second, "" before there is anything to divide, and of less than one.
func rate(rows int64, in time.Duration) string {
	if rows <= 0 || in < 100*time.Millisecond {
		return ""
	}
	each := int64(float64(rows) / in.Seconds())
	if each == 0 {
		return ""
	}
	return Count(each) + " rows/s"
}
