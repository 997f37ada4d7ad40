package library

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

const (
	daySeconds  = 86400
	infinitePos = math.MaxInt64
	infiniteNeg = math.MinInt64
)

// Date is a day, counted from 1970-01-01; the least and the greatest number are the infinite dates.
type Date int64

// Infinite reports whether the date is one of the two infinite ones.
func (d Date) Infinite() bool { return d == infinitePos || d == infiniteNeg }

func (d Date) String() string {
	if text, ok := infinity(int64(d)); ok {
		return text
	}
	year, month, day := civil(int64(d))
	return fmt.Sprintf("%s-%02d-%02d", yearText(year), month, day)
}

func infinity(n int64) (string, bool) {
	switch n {
	case infinitePos:
		return "infinity", true
	case infiniteNeg:
		return "-infinity", true
	}
	return "", false
}

func yearText(year int64) string {
	switch {
	case year < 1 && year != 0:
		return fmt.Sprintf("-%04d", -year)
	case year == 0:
		return "-0000"
	case year > 9999:
		return fmt.Sprintf("+%d", year)
	}
	return fmt.Sprintf("%04d", year)
}

// Time is a time of day in nanoseconds since midnight; 24:00:00 is one of them.
type Time int64

// NewTime counts in unit, the number of ticks in a second.
func NewTime(ticks, unit int64) Time { return Time(ticks * (1e9 / unit)) }

// Ticks is the time in a unit; false where digits would be lost.
func (t Time) Ticks(unit int64) (int64, bool) {
	n := 1e9 / unit
	return int64(t) / n, int64(t)%n == 0
}

func (t Time) String() string { return clockText(int64(t)/1e9, int64(t)%1e9) }

func clockText(seconds, nanos int64) string {
	text := fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	return text + fraction(nanos)
}

func fraction(nanos int64) string {
	if nanos == 0 {
		return ""
	}
	text := fmt.Sprintf(".%09d", nanos)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	return text
}

// Datetime is a wall clock: seconds since 1970-01-01 00:00 on it, and nanoseconds. The least and the greatest number of
// seconds are the infinite ones.
type Datetime struct {
	seconds int64
	nanos   int64
}

// NewDatetime counts in unit, the number of ticks in a second.
func NewDatetime(ticks, unit int64) Datetime {
	if ticks == infinitePos || ticks == infiniteNeg {
		return Datetime{seconds: ticks}
	}
	s := floorDiv(ticks, unit)
	return Datetime{s, (ticks - s*unit) * (1e9 / unit)}
}

// Ticks is the clock in a unit; false where digits would be lost or the count does not fit.
func (d Datetime) Ticks(unit int64) (int64, bool) {
	if d.Infinite() {
		return d.seconds, true
	}
	return ticks(d.seconds, d.nanos, unit)
}

func ticks(seconds, nanos, unit int64) (int64, bool) {
	n := 1e9 / unit
	limit := int64(math.MaxInt64)/unit - 1
	if nanos%n != 0 || seconds > limit || seconds < -limit {
		return 0, false
	}
	return seconds*unit + nanos/n, true
}

// NewInstant makes CEL's own timestamp; false for the infinite ones, which it does not have.
func NewInstant(ticks, unit int64) (types.Timestamp, bool) {
	d := NewDatetime(ticks, unit)
	if d.Infinite() {
		return types.Timestamp{}, false
	}
	return types.Timestamp{Time: time.Unix(d.seconds, d.nanos).UTC()}, true
}

// InstantTicks is a timestamp in a unit; false where digits would be lost or the count does not fit.
func InstantTicks(t types.Timestamp, unit int64) (int64, bool) {
	return ticks(t.Unix(), int64(t.Nanosecond()), unit)
}

// Infinite reports whether the clock is one of the two infinite ones.
func (d Datetime) Infinite() bool { return d.seconds == infinitePos || d.seconds == infiniteNeg }

// Date is the day.
func (d Datetime) Date() Date {
	if d.Infinite() {
		return Date(d.seconds)
	}
	return Date(floorDiv(d.seconds, daySeconds))
}

// Time is the time of day.
func (d Datetime) Time() Time {
	return Time((d.seconds-floorDiv(d.seconds, daySeconds)*daySeconds)*1e9 + d.nanos)
}

func (d Datetime) String() string {
	if text, ok := infinity(d.seconds); ok {
		return text
	}
	return d.Date().String() + " " + d.Time().String()
}

func (d Datetime) order(o Datetime) int {
	return cmp.Or(cmp.Compare(d.seconds, o.seconds), cmp.Compare(d.nanos, o.nanos))
}

// Type, Value, Equal, Compare and the conversions make values of CEL.

// Type is date.
func (d Date) Type() ref.Type { return DateType() }

// Type is time.
func (t Time) Type() ref.Type { return TimeType() }

// Type is datetime.
func (d Datetime) Type() ref.Type { return DatetimeType() }

// Value is the canonical text.
func (d Date) Value() any { return d.String() }

// Value is the canonical text.
func (t Time) Value() any { return t.String() }

// Value is the canonical text.
func (d Datetime) Value() any { return d.String() }

// Equal compares with another date.
func (d Date) Equal(o ref.Val) ref.Val { other, ok := o.(Date); return types.Bool(ok && d == other) }

// Equal compares with another time.
func (t Time) Equal(o ref.Val) ref.Val { other, ok := o.(Time); return types.Bool(ok && t == other) }

// Equal compares with another wall clock.
func (d Datetime) Equal(o ref.Val) ref.Val {
	other, ok := o.(Datetime)
	return types.Bool(ok && d == other)
}

// Compare orders dates.
func (d Date) Compare(o ref.Val) ref.Val {
	if other, ok := o.(Date); ok {
		return types.Int(cmp.Compare(d, other))
	}
	return types.MaybeNoSuchOverloadErr(o)
}

// Compare orders times.
func (t Time) Compare(o ref.Val) ref.Val {
	if other, ok := o.(Time); ok {
		return types.Int(cmp.Compare(t, other))
	}
	return types.MaybeNoSuchOverloadErr(o)
}

// Compare orders wall clocks.
func (d Datetime) Compare(o ref.Val) ref.Val {
	if other, ok := o.(Datetime); ok {
		return types.Int(d.order(other))
	}
	return types.MaybeNoSuchOverloadErr(o)
}

// ConvertToType gives the date as itself or as text.
func (d Date) ConvertToType(t ref.Type) ref.Val { return convert(d, d.String, t) }

// ConvertToType gives the time as itself or as text.
func (t Time) ConvertToType(to ref.Type) ref.Val { return convert(t, t.String, to) }

// ConvertToType gives the wall clock as itself or as text.
func (d Datetime) ConvertToType(t ref.Type) ref.Val { return convert(d, d.String, t) }

// ConvertToNative gives the date as itself or as text.
func (d Date) ConvertToNative(t reflect.Type) (any, error) { return native(d, d.String, t) }

// ConvertToNative gives the time as itself or as text.
func (t Time) ConvertToNative(to reflect.Type) (any, error) { return native(t, t.String, to) }

// ConvertToNative gives the wall clock as itself or as text.
func (d Datetime) ConvertToNative(t reflect.Type) (any, error) { return native(d, d.String, t) }
