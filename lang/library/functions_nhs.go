package library

import (
	"errors"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errNHSNumber = errors.New("the text is not of ten digits, with or without blanks and hyphens between them")

func nhsFunctions() []Function {
	str := cel.StringType
	return []Function{
		{Name: "nhs.valid", Signature: "nhs.valid(string) -> bool",
			Doc: "Whether the text is an NHS number as it is kept: ten digits and nothing else, of which the last is the check digit of modulus 11. Ten equal digits pass that test and " +
				"count as wrong. Whether the number was ever given to somebody is not looked at, and numbers from 999 on, which are kept for tests, count as right.",
			Example: "nhs.valid('9434765919')", Result: "true",
			overloads: []cel.FunctionOpt{unary("nhs_valid", str, cel.BoolType, text(func(s string) (ref.Val, error) { return types.Bool(isNHSNumber(s)), nil }))}},
		{Name: "nhs.normalise", Signature: "nhs.normalise(string) -> string",
			Doc: "An NHS number as it is kept: its ten digits, without the blanks and hyphens that people write between them. A text of other characters, or of more or fewer digits, " +
				"is an error. The check digit is not looked at; nhs.valid does that.",
			Example: "nhs.normalise('943 476 5919')", Result: "9434765919",
			overloads: []cel.FunctionOpt{unary("nhs_normalise", str, str, text(normalNHSNumber))}},
	}
}

func normalNHSNumber(s string) (ref.Val, error) {
	s = strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(s)
	if len(s) != 10 || !allDigits(s) {
		return nil, errNHSNumber
	}
	return types.String(s), nil
}

// isNHSNumber weighs the first nine digits with ten down to two; eleven less the rest of their sum is the tenth.
func isNHSNumber(s string) bool {
	if len(s) != 10 || !allDigits(s) || strings.Count(s, s[:1]) == 10 {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (10 - i)
	}
	check := (11 - sum%11) % 11
	return check != 10 && check == int(s[9]-'0')
}
