package library

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

func textFunctions() []Function {
	simple := func(name, doc, example, want string, f func(string) string) Function {
		return Function{Name: "text." + name, Signature: "text." + name + "(string) -> string", Doc: doc, Example: example, Result: want, Cost: Linear,
			overloads: []cel.FunctionOpt{unary("text_"+name, cel.StringType, cel.StringType,
				text(func(s string) (ref.Val, error) { return types.String(f(s)), nil }))}}
	}
	pad := func(name, doc, example, want string, join func(fill, s string) string) Function {
		return Function{Name: "text." + name, Signature: "text." + name + "(text string, width int, fill string) -> string", Doc: doc,
			Example: example, Result: want, Cost: Linear,
			overloads: []cel.FunctionOpt{variadic("text_"+name, []*cel.Type{cel.StringType, cel.IntType, cel.StringType}, cel.StringType,
				func(args ...ref.Val) ref.Val {
					s, okText := args[0].(types.String)
					width, okWidth := args[1].(types.Int)
					fill, okFill := args[2].(types.String)
					if !okText || !okWidth || !okFill {
						return types.NoSuchOverloadErr()
					}
					more, err := filling(string(s), int64(width), string(fill))
					return result(types.String(join(more, string(s))), err)
				})}}
	}
	return []Function{
		simple("trim", "The text without white space at its ends.", "text.trim(' a b ')", "a b", strings.TrimSpace),
		simple("upper", "The text in capital letters, of any script.", "text.upper('straße')", "STRASSE", upper),
		simple("lower", "The text in small letters, of any script.", "text.lower('ÉCOLE')", "école", strings.ToLower),
		simple("title", "Each word with a capital first letter and small ones after it; an apostrophe after a single letter begins a word.",
			"text.title(\"MARY O'NEILL-SMITH\")", "Mary O'Neill-Smith", title),
		simple("squish", "The text with white space at its ends removed and each run of it inside as one blank.",
			"text.squish('  a \\n b ')", "a b", func(s string) string { return strings.Join(strings.Fields(s), " ") }),
		pad("pad_left", "The text with a character put before it until it is so many characters long; a longer text stays as it is.",
			"text.pad_left('7', 3, '0')", "007", func(fill, s string) string { return fill + s }),
		pad("pad_right", "The text with a character put after it until it is so many characters long; a longer text stays as it is.",
			"text.pad_right('7', 3, '.')", "7..", func(fill, s string) string { return s + fill }),
		{Name: "text.substr", Signature: "text.substr(text string, start int, length int) -> string",
			Doc:     "So many characters of the text from a place counted from 0; fewer where it ends before.",
			Example: "text.substr('abcdef', 2, 3)", Result: "cde", Cost: Linear,
			overloads: []cel.FunctionOpt{variadic("text_substr", []*cel.Type{cel.StringType, cel.IntType, cel.IntType}, cel.StringType, substr)}},
	}
}

func upper(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "ß", "SS")) }

// title knows O'Neill and D'Arcy from James's and don't by the one letter before the apostrophe.
func title(s string) string {
	var out strings.Builder
	word := 0 // letters and digits of the word so far
	for _, c := range s {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c):
			if word == 0 {
				out.WriteRune(unicode.ToTitle(c))
			} else {
				out.WriteRune(unicode.ToLower(c))
			}
			word++
			continue
		case (c == '\'' || c == '’') && word > 1:
		default:
			word = 0
		}
		out.WriteRune(c)
	}
	return out.String()
}

func filling(s string, width int64, fill string) (string, error) {
	if utf8.RuneCountInString(fill) != 1 {
		return "", errors.New("the text to fill with is not a single character")
	}
	if width < 0 || width > 1e6 {
		return "", errors.New("the width is not between 0 and 1000000")
	}
	return strings.Repeat(fill, max(0, int(width)-utf8.RuneCountInString(s))), nil
}

func substr(args ...ref.Val) ref.Val {
	s, okText := args[0].(types.String)
	start, okStart := args[1].(types.Int)
	length, okLength := args[2].(types.Int)
	if !okText || !okStart || !okLength {
		return types.NoSuchOverloadErr()
	}
	if start < 0 || length < 0 {
		return Fail("text.substr met a negative start or length")
	}
	chars := []rune(string(s))
	from := min(int(start), len(chars))
	return types.String(chars[from:min(from+min(int(length), len(chars)), len(chars))])
}
