package library

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	errCountry     = errors.New("the default country is not one that phone.e164 knows; its reference lists them")
	errPhone       = errors.New("the text is not a telephone number that can be judged")
	errPhoneAbroad = errors.New("the telephone number's country code is not one that phone.e164 knows; its reference lists them")
	errPhoneLength = errors.New("the telephone number does not have the length or first digits of its country")
	errPhoneTrunk  = errors.New("the telephone number lacks the 0 in front that its country writes, so that it cannot be judged")
)

// The country code or an area in brackets, and the (0) that is not dialled from abroad.
var (
	leadingCode = regexp.MustCompile(`^\(\+(\d{1,3})\)`)
	brackets    = regexp.MustCompile(`\((\d+)\)`)
)

func phoneFunctions() []Function {
	book := newPhoneBook()
	str := cel.StringType
	countries := each(map[int]func(string) error{1: book.checkCountry})
	return []Function{
		{Name: "phone.e164", Signature: "phone.e164(text string, default_country string) -> string", Cost: Linear, Check: countries,
			Doc: "The telephone number as +, country code and number. A text that begins with + or with what the default country dials for abroad says its country itself, any other is read as the default country writes it; " +
				"blanks, hyphens, points, slashes, brackets and a (0) behind the country code fall away. What cannot be judged is an error: letters and extensions, numbers without the 0 that their " +
				"country puts in front, other lengths or first digits, other countries. Whether a number is in use is not looked at, and where a country has numbers of several lengths a missing digit may go unseen. The countries and the digits behind their codes are: " + book.text() + ".",
			Example: "phone.e164('020 7946 0958', 'GB')", Result: "+442079460958",
			overloads: []cel.FunctionOpt{binary("phone_e164", str, str, str, on2(func(s, country types.String) (ref.Val, error) {
				return wrapText(book.e164(string(s), string(country)))
			}))}},
		{Name: "phone.valid", Signature: "phone.valid(text string, default_country string) -> bool", Cost: Linear, Check: countries,
			Doc:     "Whether phone.e164 can judge the text and finds it right. A country that it does not know is an error.",
			Example: "phone.valid('7946 0958', 'GB')", Result: "false",
			overloads: []cel.FunctionOpt{binary("phone_valid", str, str, cel.BoolType, on2(func(s, country types.String) (ref.Val, error) {
				_, err := book.e164(string(s), string(country))
				if errors.Is(err, errCountry) {
					return nil, err
				}
				return types.Bool(err == nil), nil
			}))}},
	}
}

func (b *phoneBook) checkCountry(name string) error {
	if _, ok := b.countries[name]; !ok {
		return errCountry
	}
	return nil
}

// text is the table as the reference prints it.
func (b *phoneBook) text() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(b.countries)) {
		n := b.countries[name]
		all = append(all, fmt.Sprintf("%s +%s %s", name, n.code, n.note))
	}
	return strings.Join(all, "; ")
}

func (b *phoneBook) e164(text, country string) (string, error) {
	home, ok := b.countries[country]
	if !ok {
		return "", errCountry
	}
	s := filtered(strings.TrimSpace(text), func(c rune) bool { return !strings.ContainsRune(" \u00a0\u202f-\u2010\u2011\u2012\u2013./", c) })
	s = leadingCode.ReplaceAllString(s, "+$1")
	abroad, international := strings.CutPrefix(s, "+")
	if !international {
		abroad, international = strings.CutPrefix(s, home.abroad)
	}
	if international {
		return b.international(abroad)
	}
	digits := brackets.ReplaceAllString(s, "$1")
	national, trunk := strings.CutPrefix(digits, home.trunk)
	switch {
	case !allDigits(digits):
		return "", errPhone
	case !trunk && !home.optional:
		return "", errPhoneTrunk
	}
	return b.judged(home.code, national)
}

func (b *phoneBook) international(s string) (string, error) {
	code := ""
	for length := 1; length <= min(3, len(s)); length++ {
		if _, ok := b.national[s[:length]]; ok {
			code = s[:length]
		}
	}
	if code == "" {
		if !allDigits(brackets.ReplaceAllString(s, "$1")) {
			return "", errPhone
		}
		return "", errPhoneAbroad
	}
	rest := s[len(code):]
	if b.trunk[code] == "0" {
		rest = strings.TrimPrefix(rest, "(0)")
	}
	return b.judged(code, brackets.ReplaceAllString(rest, "$1"))
}

func (b *phoneBook) judged(code, national string) (string, error) {
	switch {
	case !allDigits(national):
		return "", errPhone
	case !b.national[code].MatchString(national):
		return "", errPhoneLength
	}
	return "+" + code + national, nil
}
