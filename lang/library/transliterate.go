package library

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var errNoASCII = errors.New("a character has no form in ASCII; text.transliterate(text, '?') says what to write for it")

// letters is the whole table of characters that an accent alone does not explain. It is part of the reference.
var letters = []struct {
	from rune
	to   string
}{
	{'ß', "ss"}, {'ẞ', "SS"}, {'æ', "ae"}, {'Æ', "AE"}, {'œ', "oe"}, {'Œ', "OE"}, {'ø', "o"}, {'Ø', "O"}, {'đ', "d"}, {'Đ', "D"},
	{'ð', "d"}, {'Ð', "D"}, {'þ', "th"}, {'Þ', "TH"}, {'ł', "l"}, {'Ł', "L"}, {'ħ', "h"}, {'Ħ', "H"}, {'ı', "i"}, {'ŧ', "t"}, {'Ŧ', "T"},
	{'ŋ', "ng"}, {'Ŋ', "NG"}, {'ĳ', "ij"}, {'Ĳ', "IJ"}, {'‘', "'"}, {'’', "'"}, {'‚', ","}, {'“', "\""}, {'”', "\""}, {'„', "\""},
	{'«', "\""}, {'»', "\""}, {'‹', "'"}, {'›', "'"}, {'‐', "-"}, {'‑', "-"}, {'–', "-"}, {'—', "-"}, {'…', "..."},
	{'\u00a0', " "}, {'\u2009', " "}, {'\u202f', " "},
}

// tableText is the table as the reference prints it.
func tableText() string {
	var all []string
	for _, l := range letters {
		switch l.from {
		case '\u00a0', '\u2009', '\u202f', '‐', '‑':
			continue
		}
		all = append(all, string(l.from)+" is "+l.to)
	}
	return strings.Join(all, ", ") + ", other hyphens are - and spaces that do not break or are thin are blanks"
}

// transliterate writes s in ASCII. What has no form there becomes other, or is an error where other is nil.
func transliterate(s string, other *string) (string, error) {
	var out strings.Builder
	base := false // there is a character that accents can fall away from
	for _, c := range norm.NFD.String(s) {
		form, ok := asciiForm(c)
		switch {
		case ok:
			out.WriteString(form)
			base = true
		case c >= 0x300 && c <= 0x36f && base:
		case other == nil:
			return "", errNoASCII
		default:
			out.WriteString(*other)
			base = true
		}
	}
	return out.String(), nil
}

func asciiForm(c rune) (string, bool) {
	if c < utf8.RuneSelf {
		return string(c), true
	}
	for _, l := range letters {
		if l.from == c {
			return l.to, true
		}
	}
	return "", false
}
