package library

import (
	"errors"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// locale is how digits are written somewhere.
type locale struct {
	point  rune
	groups []rune // what may stand between groups; the first is what is written
	first  int    // digits of the group before the point
	others int    // digits of the groups before it
}

var (
	errLocale    = errors.New("the locale is not one of " + strings.Join(localeNames(), ", "))
	errNotNumber = errors.New("the text is not a number as the locale writes it")
)

func localeNames() []string {
	return strings.Fields("en de es it nl da tr pt_br fr sv nb fi pl cs ch in")
}

func localeOf(name string) (locale, bool) {
	switch {
	case !slices.Contains(localeNames(), name):
		return locale{}, false
	case name == "en":
		return locale{'.', []rune{','}, 3, 3}, true
	case name == "in":
		return locale{'.', []rune{','}, 3, 2}, true
	case name == "ch":
		return locale{'.', []rune{'’', '\''}, 3, 3}, true
	case slices.Contains(strings.Fields("fr sv nb fi pl cs"), name):
		return locale{',', []rune{'\u00a0', '\u202f', ' '}, 3, 3}, true
	}
	return locale{',', []rune{'.'}, 3, 3}, true
}

func checkLocale(name string) error {
	if _, ok := localeOf(name); !ok {
		return errLocale
	}
	return nil
}

func numberFunctions() []Function {
	str, decimal := cel.StringType, DecimalType()
	locales := each(map[int]func(string) error{1: checkLocale})
	return []Function{
		{Name: "number.parse", Signature: "number.parse(text string, locale string) -> decimal", Cost: Linear, Check: locales,
			Doc: "The exact number that a text writes as a locale does: en 1,234.56; de, es, it, nl, da, tr, pt_br 1.234,56; fr, sv, nb, fi, pl, cs 1 234,56 with any kind of " +
				"blank; ch 1'234.56 with either apostrophe; in 12,34,567.89. The groups may be left out, but not be of another length. A sign stands in front. White space at the ends, " +
				"an exponent, a currency and everything else is an error, so that 1.234 is never both.",
			Example: "string(number.parse('1.234,56', 'de'))", Result: "1234.56",
			overloads: []cel.FunctionOpt{binary("number_parse", str, str, decimal, on2(func(s, name types.String) (ref.Val, error) {
				return wrapDecimal(parseNumber(string(s), string(name)))
			}))}},
		{Name: "number.valid", Signature: "number.valid(text string, locale string) -> bool", Cost: Linear, Check: locales,
			Doc:     "Whether number.parse can read the text.",
			Example: "number.valid('1.234,5', 'en')", Result: "false",
			overloads: []cel.FunctionOpt{binary("number_valid", str, str, cel.BoolType, on2(func(s, name types.String) (ref.Val, error) {
				_, err := parseNumber(string(s), string(name))
				if errors.Is(err, errLocale) {
					return nil, err
				}
				return types.Bool(err == nil), nil
			}))}},
		{Name: "number.format", Signature: "number.format(x decimal, locale string) -> string", Cost: Linear, Check: locales,
			Doc:     "The number as a locale of number.parse writes it, with groups, and with the digits behind the point that it has: decimal.round gives it others.",
			Example: "number.format(decimal('1234567.50'), 'en')", Result: "1,234,567.50",
			overloads: []cel.FunctionOpt{binary("number_format", decimal, str, str, on2(func(d Decimal, name types.String) (ref.Val, error) {
				l, ok := localeOf(string(name))
				if !ok {
					return nil, errLocale
				}
				if d.number.Form != apd.Finite {
					return nil, errNotFinite
				}
				return types.String(l.format(d.String())), nil
			}))}},
	}
}

func parseNumber(s, name string) (Decimal, error) {
	l, ok := localeOf(name)
	if !ok {
		return Decimal{}, errLocale
	}
	sign := ""
	for _, minus := range []string{"-", "\u2212"} {
		if after, ok := strings.CutPrefix(s, minus); ok {
			s, sign = after, "-"
			break
		}
	}
	if sign == "" {
		s = strings.TrimPrefix(s, "+")
	}
	whole, decimals, pointed := strings.Cut(s, string(l.point))
	digits, ok := l.ungroup(whole)
	if !ok || !allDigits(digits) || pointed && !allDigits(decimals) {
		return Decimal{}, errNotNumber
	}
	text := sign + digits
	if pointed {
		text += "." + decimals
	}
	d, err := NewDecimal([]byte(text))
	if err != nil {
		return Decimal{}, errNotNumber
	}
	return d, nil
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// ungroup takes the separators out where all groups have their length and all separators are one.
func (l locale) ungroup(s string) (digits string, ok bool) {
	at := strings.IndexFunc(s, func(c rune) bool { return slices.Contains(l.groups, c) })
	if at < 0 {
		return s, true
	}
	var separator rune
	for _, c := range s[at:] {
		separator = c
		break
	}
	parts := strings.Split(s, string(separator))
	for i, p := range parts {
		want := l.others
		if i == len(parts)-1 {
			want = l.first
		}
		if len(p) != want && (i > 0 || len(p) > want) || p == "" {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func (l locale) format(plain string) string {
	sign := ""
	if after, negative := strings.CutPrefix(plain, "-"); negative {
		plain, sign = after, "-"
	}
	whole, decimals, pointed := strings.Cut(plain, ".")
	var parts []string
	for size := l.first; len(whole) > size; size = l.others {
		parts = append(parts, whole[len(whole)-size:])
		whole = whole[:len(whole)-size]
	}
	parts = append(parts, whole)
	slices.Reverse(parts)
	out := sign + strings.Join(parts, string(l.groups[0]))
	if pointed {
		out += string(l.point) + decimals
	}
	return out
}
