package library

import (
	"errors"
	"regexp"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errPostcode = errors.New("the text is not of the form of a postcode of the United Kingdom")

// Redacted is what mask.redact puts in place of every value.
const Redacted = "[redacted]"

// shortestShown is how many characters a text needs before mask.last4 shows any.
const shortestShown = 8

func maskFunctions() []Function {
	str := cel.StringType
	return []Function{
		{Name: "mask.redact", Signature: "mask.redact(T) -> string",
			Doc:     "The text " + Redacted + " in place of any value. Nothing of the value is left but whether there is one.",
			Example: "mask.redact('4111111111111111')", Result: Redacted, Protects: &Protection{Method: "redact"},
			overloads: []cel.FunctionOpt{unary("mask_redact", cel.TypeParamType("T"), str, func(v ref.Val) ref.Val {
				if types.IsUnknownOrError(v) {
					return v
				}
				return types.String(Redacted)
			})}},
		{Name: "mask.last4", Signature: "mask.last4(string) -> string", Cost: Linear,
			Doc:     "The last four characters of a text, with an asterisk for each before them. A text of fewer than eight characters becomes asterisks as a whole, since four of it would give it away.",
			Example: "mask.last4('4111111111111111')", Result: "************1111", Protects: &Protection{Method: "truncate", KeepLast: 4},
			overloads: []cel.FunctionOpt{unary("mask_last4", str, str, text(func(s string) (ref.Val, error) { return types.String(lastFour(s)), nil }))}},
		{Name: "mask.postcode_district", Signature: "mask.postcode_district(string) -> string",
			Doc:     "The district of a postcode of the United Kingdom: what stands before its last three characters, in capitals. A text of another form is an error.",
			Example: "mask.postcode_district('sw1a 1aa')", Result: "SW1A", Protects: &Protection{Method: "generalise", Band: "postcode_district"},
			overloads: []cel.FunctionOpt{unary("mask_postcode_district", str, str, text(district))}},
	}
}

func lastFour(s string) string {
	chars := []rune(s)
	if len(chars) < shortestShown {
		return strings.Repeat("*", len(chars))
	}
	return strings.Repeat("*", len(chars)-4) + string(chars[len(chars)-4:])
}

// The six forms of the outward part, with the letters that each place allows, and GIR 0AA.
var postcode = regexp.MustCompile(`^(GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY]))[0-9][ABD-HJLNP-UW-Z]{2}$`)

func district(s string) (ref.Val, error) {
	parts := postcode.FindStringSubmatch(strings.ToUpper(strings.Join(strings.Fields(s), "")))
	if parts == nil {
		return nil, errPostcode
	}
	return types.String(parts[1]), nil
}
