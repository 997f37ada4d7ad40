package library

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Interval is a span of months, days and microseconds, each with its own sign.
type Interval struct{ Months, Days, Micros int64 }

var intervalText = regexp.MustCompile(`^P(-?\d{1,18})M(-?\d{1,18})DT(-?)(\d{1,12})(?:\.(\d{1,6}))?S$`)

// NewInterval reads the canonical form P<months>M<days>DT<seconds>S.
func NewInterval(text []byte) (Interval, error) {
	m := intervalText.FindStringSubmatch(string(text))
	if m == nil {
		return Interval{}, errors.New("the text is not an interval of the form P<months>M<days>DT<seconds>S")
	}
	months, errMonths := strconv.ParseInt(m[1], 10, 64)
	count, errDays := strconv.ParseInt(m[2], 10, 64)
	seconds, errSeconds := strconv.ParseInt(m[4], 10, 64)
	micros, errMicros := strconv.ParseInt((m[5] + "000000")[:6], 10, 64)
	if err := errors.Join(errMonths, errDays, errSeconds, errMicros); err != nil {
		return Interval{}, errors.New("the interval is out of range")
	}
	micros += seconds * 1e6
	if m[3] == "-" {
		micros = -micros
	}
	return Interval{months, count, micros}, nil
}

func (i Interval) String() string {
	sign, micros := "", uint64(i.Micros)
	if i.Micros < 0 {
		sign, micros = "-", -uint64(i.Micros)
	}
	part := ""
	if micros%1e6 != 0 {
		part = strings.TrimRight(fmt.Sprintf(".%06d", micros%1e6), "0")
	}
	return fmt.Sprintf("P%dM%dDT%s%d%sS", i.Months, i.Days, sign, micros/1e6, part)
}

// IntervalOf makes an interval of CEL's duration, which may have no more digits than microseconds.
func IntervalOf(d types.Duration) (Interval, error) {
	n := d.Nanoseconds()
	if n%1000 != 0 || n == math.MinInt64 {
		return Interval{}, errors.New("the duration has more digits than an interval keeps")
	}
	return Interval{Micros: n / 1000}, nil
}

// Type is interval.
func (i Interval) Type() ref.Type { return IntervalType() }

// Value is the canonical text.
func (i Interval) Value() any { return i.String() }

// Equal compares part by part: a month is not thirty days.
func (i Interval) Equal(o ref.Val) ref.Val {
	other, ok := o.(Interval)
	return types.Bool(ok && i == other)
}

// ConvertToType gives the interval as itself or as text.
func (i Interval) ConvertToType(t ref.Type) ref.Val { return convert(i, i.String, t) }

// ConvertToNative gives the interval as itself or as text.
func (i Interval) ConvertToNative(t reflect.Type) (any, error) { return native(i, i.String, t) }
