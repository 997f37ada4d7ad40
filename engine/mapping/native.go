package mapping

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// same is for two types of one kind: they differ in nothing but their own names.
func same(_, _ schema.Type, _ string) (plan.Fidelity, error) { return exact() }

// formed adds to a kind's verdict what the column's own type does to values of the kind.
func formed(f plan.Fidelity, column schema.Type) plan.Fidelity {
	why := ""
	switch form := column.Form(); {
	case column.Kind == schema.Native:
	case form.Pad > 0:
		why = fmt.Sprintf("A text of fewer than %d characters is filled up with blanks, as the type does.", form.Pad)
	case form.MaxBytes > 0:
		why = fmt.Sprintf("A text of more than %d bytes is a row error.", form.MaxBytes)
	case form.JSONB:
		why = `Kept as jsonb does: spaces, the order of keys and how numbers are written are not kept; a key twice or \u0000 is a row error.`
	case form.Decimal != nil:
		why = fmt.Sprintf("A number that %s would round or refuse is a row error.", column.Native)
	case form.Interval != nil:
		why = fmt.Sprintf("An interval of which %s would drop a part is a row error.", column.Native)
	case form.Asks:
		why = "The server checks each value; one that it refuses is a row error."
	}
	switch {
	case why == "":
	case f.Verdict == plan.Exact:
		f = plan.Fidelity{Verdict: plan.Checked, Why: why}
	default:
		f.Why += " " + why
	}
	return f
}

func toNative(_, _ schema.Type, _ string) (plan.Fidelity, error) {
	return checked("The server reads each text; one that it refuses, or that it would write in another form, is an error.")
}

// arrayToArray is by the elements, of which none may lose anything.
func arrayToArray(value, column schema.Type) (plan.Fidelity, error) {
	f, err := Judge(value, column, "")
	switch {
	case err != nil:
		return plan.Fidelity{}, fmt.Errorf("the elements of the array: there is no cast from %s to %s", value, column)
	case f.Verdict == plan.Lossy:
		return plan.Fidelity{}, fmt.Errorf("the elements of the array: a value of type %s would lose something in a column of type %s", value, column)
	case f.Verdict == plan.Checked:
		return checked("Each element is tested. %s", f.Why)
	}
	return exact()
}

func arrayToJSON(_, _ schema.Type, _ string) (plan.Fidelity, error) {
	return checked("The elements become texts in a JSON array. An array whose bounds do not start at 1 is a row error.")
}

func toArray(_, column schema.Type, _ string) (plan.Fidelity, error) {
	return checked("A value that is not a JSON array of elements of type %s is a row error.", column.Elem)
}
