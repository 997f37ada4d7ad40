package mapping

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// bits and digits of the largest number of an integer kind.
func width(k schema.Kind) (bits, digits int) {
	switch k {
	case schema.Int16:
		return 15, 5
	case schema.Int32:
		return 31, 10
	}
	return 63, 19
}

func intToInt(value, column schema.Type, _ string) (plan.Fidelity, error) {
	from, _ := width(value.Kind)
	to, _ := width(column.Kind)
	if from <= to {
		return exact()
	}
	return checked("A number outside the range of %s is a row error.", column)
}

func intToDecimal(value, column schema.Type, _ string) (plan.Fidelity, error) {
	_, digits := width(value.Kind)
	if column.Precision == 0 || column.Precision-column.Scale >= digits {
		return exact()
	}
	return checked("A number of more than %d digits before the point is a row error.", column.Precision-column.Scale)
}

func intToFloat(value, column schema.Type, allow string) (plan.Fidelity, error) {
	from, _ := width(value.Kind)
	if from <= mantissa(column.Kind) {
		return exact()
	}
	if allow == Round {
		return lossy(allow, "A number that %s cannot keep becomes the nearest one that it can.", column)
	}
	return checked("A number that %s cannot keep to the last digit is a row error.", column)
}

func mantissa(k schema.Kind) int {
	if k == schema.Float32 {
		return 24
	}
	return 53
}

func fractionToInt(_, column schema.Type, allow string) (plan.Fidelity, error) {
	switch allow {
	case Round:
		return lossy(allow, "A fraction is rounded to a whole number, half to even; one outside the range of %s is a row error.", column)
	case Truncate:
		return lossy(allow, "A fraction is cut off; a number outside the range of %s is a row error.", column)
	}
	return checked("A number that is not whole or is outside the range of %s is a row error.", column)
}

func decimalToDecimal(value, column schema.Type, allow string) (plan.Fidelity, error) {
	if column.Precision == 0 {
		return exact()
	}
	whole := column.Precision - column.Scale
	keepsScale := value.Precision > 0 && value.Scale <= column.Scale
	if keepsScale && value.Precision-value.Scale <= whole {
		return exact()
	}
	if keepsScale {
		return checked("A number of more than %d digits before the point is a row error.", whole)
	}
	return toDecimal(column, allow)
}

func floatToDecimal(_, column schema.Type, allow string) (plan.Fidelity, error) {
	if column.Precision == 0 {
		return checked("The shortest digits that give the same number are kept.")
	}
	return toDecimal(column, allow)
}

// toDecimal is the verdict where the fraction may be longer than the column's scale.
func toDecimal(column schema.Type, allow string) (plan.Fidelity, error) {
	switch allow {
	case Round:
		return lossy(allow, "Digits behind the point beyond %d are rounded away, half to even.", column.Scale)
	case Truncate:
		return lossy(allow, "Digits behind the point beyond %d are cut off.", column.Scale)
	}
	return checked("A number whose digits do not fit %s is a row error.", column)
}

func decimalToFloat(_, column schema.Type, allow string) (plan.Fidelity, error) {
	if allow == Round {
		return lossy(allow, "A number that %s cannot keep becomes the nearest one that it can.", column)
	}
	return checked("A number whose digits %s does not give back is a row error.", column)
}

func floatToFloat(value, column schema.Type, allow string) (plan.Fidelity, error) {
	if value.Kind == column.Kind || value.Kind == schema.Float32 {
		return exact()
	}
	if allow == Round {
		return lossy(allow, "A number that float32 cannot keep becomes the nearest one that it can.")
	}
	return checked("A number that float32 cannot keep is a row error.")
}
