package library

import (
	"regexp"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	icd10Form  = regexp.MustCompile(`^[A-Z][0-9]{2}(\.?[0-9X]([0-9][A-Z]?|[DA*])?)?[DA*+]?$`)
	opcs4Form  = regexp.MustCompile(`^[A-HJ-Z][0-9]{2}(\.?[0-9])?$`)
	statusForm = regexp.MustCompile(`^0[1-8]$`)
)

// codeFunctions look at the form of codes. Whether a code is in an edition of its system, a lookup has to tell.
func codeFunctions() []Function {
	one := func(name, signature, id, doc, example, result string, is func(string) bool) Function {
		return Function{Name: name, Signature: signature, Doc: doc, Example: example, Result: result,
			overloads: []cel.FunctionOpt{unary(id, cel.StringType, cel.BoolType, text(func(s string) (ref.Val, error) { return types.Bool(is(s)), nil }))}}
	}
	return []Function{
		one("nhs.valid_status", "nhs.valid_status(string) -> bool", "nhs_valid_status",
			"Whether the text is an NHS number status indicator code: 01 to 08, of two characters.",
			"nhs.valid_status('01')", "true", statusForm.MatchString),
		one("icd10.valid", "icd10.valid(string) -> bool", "icd10_valid",
			"Whether the text has the form of an ICD-10 code as the NHS writes it: a capital letter and two digits, then a fourth and a fifth character, with or without the point, "+
				"and a dagger, asterisk or supplementary mark. Whether the code is in an edition is not looked at.",
			"icd10.valid('J18.9')", "true", icd10Form.MatchString),
		one("opcs4.valid", "opcs4.valid(string) -> bool", "opcs4_valid",
			"Whether the text has the form of an OPCS-4 code: a capital letter, two digits, and a third with or without the point before it. Whether the code is in an edition is not looked at.",
			"opcs4.valid('H33.4')", "true", opcs4Form.MatchString),
		one("snomed.valid", "snomed.valid(string) -> bool", "snomed_valid",
			"Whether the text is a SNOMED CT identifier: 6 to 18 digits without a zero before them, a partition that there is, and the check digit of Verhoeff. Whether it is in a release is not looked at.",
			"snomed.valid('22298006')", "true", isSCTID),
	}
}

// isSCTID follows the specification of SNOMED CT identifiers: the last digit checks, and the two before it tell the kind.
func isSCTID(s string) bool {
	if len(s) < 6 || len(s) > 18 || !allDigits(s) || s[0] == '0' {
		return false
	}
	partition := s[len(s)-3 : len(s)-1]
	long := partition[0] == '1' // of an extension, whose namespace has seven digits
	if partition[0] > '1' || partition[1] > '2' || long && len(s) < 11 {
		return false
	}
	return verhoeff(s)
}

// verhoeff works in the group of the turns and mirrorings of a pentagon: every digit is permuted by its place from the
// right, and the product of all is none.
func verhoeff(s string) bool {
	permuted := [8][10]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}
	first := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	for i := 1; i < 8; i++ {
		for d := range 10 {
			permuted[i][d] = first[permuted[i-1][d]]
		}
	}
	c := 0
	for i := range len(s) {
		c = turned(c, permuted[i%8][s[len(s)-1-i]-'0'])
	}
	return c == 0
}

// turned is the product of two elements of that group: below 5 they are turns, from 5 on mirrorings.
func turned(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a-b+5)%5
	}
	return (a - b + 5) % 5
}
