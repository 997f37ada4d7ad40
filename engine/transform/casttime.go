package transform

import (
	"fmt"
	"math"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const secondsPerDay = 86400

func castToMoment(from, to schema.Type, allow string) (cast, bool) {
	moments := from.Kind == schema.Timestamp || from.Kind == schema.TimestampTZ
	switch {
	case from.Kind == to.Kind && to.Kind != schema.Date:
		return ticksToTicks(from, to, allow), true
	case from.Kind == schema.TimestampTZ && to.Kind == schema.Timestamp && allow == zone:
		return ticksToTicks(from, to, ""), true
	case from.Kind == schema.Date && to.Kind == schema.Timestamp:
		return daysToTicks(to), true
	case moments && to.Kind == schema.Date && (from.Kind == schema.Timestamp || allow == zone):
		return ticksToDays(from, allow), true
	}
	return cast{}, false
}

func infinite(x int64) bool { return x == batch.PosInf || x == batch.NegInf }

// ticksToTicks changes unit and precision.
func ticksToTicks(from, to schema.Type, allow string) cast {
	if from.Precision <= to.Precision && from.Unit() == to.Unit() {
		return cast{whole: true}
	}
	outside := fmt.Sprintf("the moment is outside the years that %s reaches", to)
	if up := to.Unit() / from.Unit(); up > 1 {
		return cast{one: func(dst, src *batch.Vector, i int) string {
			x := src.Ints[i]
			if !infinite(x) {
				product, ok := times(x, up)
				if !ok {
					return outside
				}
				x = product
			}
			dst.AppendInt(x)
			return ""
		}}
	}
	grain := from.Unit() / power(to.Precision)
	down := from.Unit() / to.Unit()
	digits := fmt.Sprintf("the value has more than %d digits of the second", to.Precision)
	return cast{one: func(dst, src *batch.Vector, i int) string {
		x := src.Ints[i]
		if from.Kind != schema.Time && infinite(x) {
			dst.AppendInt(x)
			return ""
		}
		coarse, ok := coarsen(x, grain, allow)
		if !ok {
			return digits
		}
		dst.AppendInt(coarse / down)
		return ""
	}}
}

// coarsen gives the multiple of grain that x is, or that allow makes of it.
func coarsen(x, grain int64, allow string) (int64, bool) {
	q := floorDiv(x, grain)
	rest := x - q*grain
	switch {
	case rest == 0 || allow == truncate:
	case allow != round:
		return 0, false
	case rest*2 > grain || rest*2 == grain && q&1 != 0:
		q++
	}
	return times(q, grain)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func power(digits int) int64 {
	p := int64(1)
	for range digits {
		p *= 10
	}
	return p
}

// times multiplies; false where that overflows or would read as an infinity.
func times(x, by int64) (int64, bool) {
	if x > (math.MaxInt64-1)/by || x < (math.MinInt64+1)/by {
		return 0, false
	}
	return x * by, true
}

func daysToTicks(to schema.Type) cast {
	perDay := secondsPerDay * to.Unit()
	outside := fmt.Sprintf("the date is outside the years that %s reaches", to)
	return cast{one: func(dst, src *batch.Vector, i int) string {
		x := src.Ints[i]
		if !infinite(x) {
			product, ok := times(x, perDay)
			if !ok {
				return outside
			}
			x = product
		}
		dst.AppendInt(x)
		return ""
	}}
}

func ticksToDays(from schema.Type, allow string) cast {
	perDay := secondsPerDay * from.Unit()
	return cast{one: func(dst, src *batch.Vector, i int) string {
		x := src.Ints[i]
		if !infinite(x) {
			days := floorDiv(x, perDay)
			if x != days*perDay && allow != truncate {
				return "the value has a time of day other than midnight"
			}
			x = days
		}
		dst.AppendInt(x)
		return ""
	}}
}
