package library

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"golang.org/x/text/unicode/norm"
)

// characterFunctions change or choose single characters.
func characterFunctions() []Function {
	str := cel.StringType
	classes := newMemo(readClasses)
	chosen := func(name, doc, example, want string, keep bool) Function {
		return Function{Name: "text." + name, Signature: "text." + name + "(text string, classes string) -> string", Cost: Linear,
			Doc: doc + " Classes are one or more of letters, digits (0 to 9), spaces, punctuation, symbols, marks, control, format and ascii, with blanks between them: " +
				"those of Unicode but for digits and ascii. They are a literal.",
			Example: example, Result: want, Literals: []int{1}, Check: each(map[int]func(string) error{1: classes.check}),
			overloads: []cel.FunctionOpt{binary("text_"+name, str, str, str, on2(func(s, names types.String) (ref.Val, error) {
				in, err := classes.of(string(names))
				if err != nil {
					return nil, err
				}
				return types.String(filtered(string(s), func(c rune) bool { return in(c) == keep })), nil
			}))}}
	}
	return []Function{
		chosen("keep", "The characters of the text that are in a class.", "text.keep('AB 12-34', 'digits')", "1234", true),
		chosen("remove", "The text without the characters that are in a class.", "text.remove('a.b, c!', 'punctuation spaces')", "abc", false),
		{Name: "text.without", Signature: "text.without(text string, characters string) -> string", Cost: Linear,
			Doc:     "The text without any of the characters of another text.",
			Example: "text.without('12-34/56', '-/')", Result: "123456",
			overloads: []cel.FunctionOpt{binary("text_without", str, str, str, on2(func(s, chars types.String) (ref.Val, error) {
				return types.String(filtered(string(s), func(c rune) bool { return !strings.ContainsRune(string(chars), c) })), nil
			}))}},
		{Name: "text.normalise", Signature: "text.normalise(text string, form string) -> string", Cost: Linear,
			Doc: "The text in a normal form of Unicode: nfc (é as one character), nfd (e and an accent), or nfkc and nfkd, which also write " +
				"look-alikes such as ﬁ and ² as plain characters. The form is a literal.",
			Example: `text.normalise('e\u0301', 'nfc')`, Result: "é", Literals: []int{1}, Check: each(map[int]func(string) error{1: checkForm}),
			overloads: []cel.FunctionOpt{binary("text_normalise", str, str, str, on2(func(s, name types.String) (ref.Val, error) {
				form, ok := normalForm(string(name))
				if !ok {
					return nil, errNormal
				}
				return types.String(form.String(string(s))), nil
			}))}},
		{Name: "text.transliterate", Signature: "text.transliterate(text string [, other string]) -> string", Cost: Linear,
			Doc: "The text in ASCII. Accents fall away (é is e, ä is a); " + tableText() + ". A character that has no form there is an error, " +
				"or is written as the second argument.",
			Example: "text.transliterate('Łódź, Ærø, Straße')", Result: "Lodz, AEro, Strasse",
			overloads: []cel.FunctionOpt{
				unary("text_transliterate", str, str, text(func(s string) (ref.Val, error) { return wrapText(transliterate(s, nil)) })),
				binary("text_transliterate_other", str, str, str, on2(func(s, other types.String) (ref.Val, error) {
					o := string(other)
					return wrapText(transliterate(string(s), &o))
				})),
			}},
		{Name: "text.slug", Signature: "text.slug(string) -> string", Cost: Linear,
			Doc: "The text for an address or file name: as text.transliterate, in small letters, each run of other characters than a to z and 0 to 9 as one hyphen, " +
				"none at the ends.",
			Example: "text.slug('Crème brûlée & Tea!')", Result: "creme-brulee-tea",
			overloads: []cel.FunctionOpt{unary("text_slug", str, str, text(slug))}},
	}
}

func wrapText(s string, err error) (ref.Val, error) { return types.String(s), err }

func filtered(s string, keep func(rune) bool) string {
	return strings.Map(func(c rune) rune {
		if keep(c) {
			return c
		}
		return -1
	}, s)
}

var errClass = errors.New("the classes are not of letters, digits, spaces, punctuation, symbols, marks, control, format, ascii with blanks between them")

func readClasses(names string) (func(rune) bool, error) {
	var all []func(rune) bool
	for name := range strings.FieldsSeq(names) {
		in := class(name)
		if in == nil {
			return nil, errClass
		}
		all = append(all, in)
	}
	if len(all) == 0 {
		return nil, errClass
	}
	return func(c rune) bool {
		for _, in := range all {
			if in(c) {
				return true
			}
		}
		return false
	}, nil
}

func class(name string) func(rune) bool {
	switch name {
	case "letters":
		return unicode.IsLetter
	case "digits":
		return func(c rune) bool { return c >= '0' && c <= '9' }
	case "spaces":
		return unicode.IsSpace
	case "punctuation":
		return unicode.IsPunct
	case "symbols":
		return unicode.IsSymbol
	case "marks":
		return unicode.IsMark
	case "control":
		return unicode.IsControl
	case "format":
		return func(c rune) bool { return unicode.Is(unicode.Cf, c) }
	case "ascii":
		return func(c rune) bool { return c < utf8.RuneSelf }
	}
	return nil
}

var errNormal = errors.New("the normal form is not one of nfc, nfd, nfkc, nfkd")

func normalForm(name string) (norm.Form, bool) {
	switch name {
	case "nfc":
		return norm.NFC, true
	case "nfd":
		return norm.NFD, true
	case "nfkc":
		return norm.NFKC, true
	case "nfkd":
		return norm.NFKD, true
	}
	return 0, false
}

func checkForm(name string) error {
	if _, ok := normalForm(name); !ok {
		return errNormal
	}
	return nil
}

func slug(s string) (ref.Val, error) {
	ascii, err := transliterate(s, nil)
	if err != nil {
		return nil, err
	}
	words := strings.FieldsFunc(strings.ToLower(ascii), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	return types.String(strings.Join(words, "-")), nil
}
