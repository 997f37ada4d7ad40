package mapping

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// clockToClock is between times, timestamps or instants of different precision.
func clockToClock(value, column schema.Type, allow string) (plan.Fidelity, error) {
	if column.Precision < value.Precision {
		return fewerDigits(column, allow)
	}
	if value.Kind != schema.Time && column.Unit() > value.Unit() {
		return checked("A moment outside the years that %s reaches is a row error.", column)
	}
	return exact()
}

func fewerDigits(column schema.Type, allow string) (plan.Fidelity, error) {
	switch allow {
	case Round:
		return lossy(allow, "Digits of the second beyond %d are rounded away, half to even.", column.Precision)
	case Truncate:
		return lossy(allow, "Digits of the second beyond %d are cut off, towards the past.", column.Precision)
	}
	return checked("A value with more than %d digits of the second is a row error.", column.Precision)
}

func dateToTimestamp(value, column schema.Type, _ string) (plan.Fidelity, error) {
	if column.Unit() > 1e6 {
		return checked("A date outside the years that %s reaches is a row error.", column)
	}
	return exact()
}

func timestampToDate(_, _ schema.Type, allow string) (plan.Fidelity, error) {
	if allow == Truncate {
		return lossy(allow, "The time of day is cut off.")
	}
	return checked("A value with a time of day other than midnight is a row error.")
}

// instantToWall loses the zone, and nothing else: digits of the second that the column has no room for, or a time of day
// where it is a date, stay row errors.
func instantToWall(_, column schema.Type, allow string) (plan.Fidelity, error) {
	rest := ""
	if column.Kind == schema.Date {
		rest = " A value with a time of day other than midnight there is a row error."
	}
	if allow == Zone {
		return lossy(allow, "The zone is lost: the column gets the wall clock of UTC.%s", rest)
	}
	return lossy("", "The zone would be lost. Say which wall clock is meant, as in src.X.in_zone('Europe/London'), or take that of UTC with allow_lossy = \"zone\".")
}
