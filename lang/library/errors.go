package library

import (
	"errors"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// rowError is an error whose text may be shown: it holds no value of a row.
type rowError struct{ err error }

func (e rowError) Error() string { return e.err.Error() }
func (e rowError) Unwrap() error { return e.err }

func fail(err error) ref.Val { return types.WrapErr(rowError{err}) }

// Fail is an error of an expression whose text Safe shows. The text must hold no value of a row.
func Fail(text string) ref.Val { return fail(errors.New(text)) }

// Safe says why an expression failed for a row, without the row's values, which CEL's own errors quote.
func Safe(err error) string {
	var own rowError
	if errors.As(err, &own) {
		return own.Error()
	}
	var number *strconv.NumError
	if errors.As(err, &number) {
		if errors.Is(number.Err, strconv.ErrRange) {
			return "a number is out of range"
		}
		return "a text cannot be read as the type it is converted to"
	}
	message := err.Error()
	for _, known := range [][2]string{
		{"no such overload", "an operator or function met a value of a type that it does not take"},
		{"overflow", "a number or time is out of range"},
		{"range error", "a number or time is out of range"},
		{"by zero", "division by zero"},
		{"no such key", "a map has no such key"},
		{"no such field", "a map has no such key"},
		{"no such attribute", "a name has no value"},
		{"index out of bounds", "an index is out of range"},
		{"out of range", "an index or number is out of range"},
		{"NaN values cannot be ordered", "NaN cannot be compared"},
		{"invalid UTF-8", "bytes are not UTF-8"},
		{"RFC 3339", "a text is not a timestamp such as 2020-01-31T10:00:00Z"},
		{"optional.none()", "an optional value is absent"},
		{"unknown time zone", "the time zone is not known"},
		{"error parsing regexp", "a regular expression cannot be read"},
		{"conversion error", "a value cannot be converted to the type"},
		{"invalid duration", "a text is not a duration such as 1h30m"},
		{"unsupported comprehension range", "a value is neither a list nor a map"},
	} {
		if strings.Contains(message, known[0]) {
			return known[1]
		}
	}
	return "the expression cannot be computed for this row"
}
