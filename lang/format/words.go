package format

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a word of CEL is.
type kind uint8

const (
	name    kind = iota // also numbers: whatever is made of letters and digits
	text                // a literal in quotes
	sign                // an operator or a bracket
	comment             // from // to the end
)

type word struct {
	kind kind
	text string
}

// signs are those of two characters; all others are of one.
var signs = []string{"&&", "||", "==", "!=", "<=", ">="}

// scan cuts an expression of one line into its words. It reports false for what is no CEL, or of several lines.
func scan(src string) ([]word, bool) {
	if !utf8.ValidString(src) || strings.ContainsAny(src, "\r\n\f") {
		return nil, false
	}
	var words []word
	for i := 0; i < len(src); {
		rest := src[i:]
		if c := rest[0]; c == ' ' || c == '\t' {
			i++
			continue
		}
		w, ok := next(rest)
		if !ok {
			return nil, false
		}
		words = append(words, w)
		i += len(w.text)
	}
	return words, true
}

func next(rest string) (word, bool) {
	if strings.HasPrefix(rest, "//") {
		return word{comment, rest}, true
	}
	if n, ok := literal(rest); n > 0 || !ok {
		return word{text, rest[:n]}, ok
	}
	if rest[0] == '`' {
		n := strings.IndexByte(rest[1:], '`')
		if n < 0 {
			return word{}, false
		}
		return word{name, rest[:n+2]}, true
	}
	if n := number(rest); n > 0 {
		return word{name, rest[:n]}, true
	}
	if n := strings.IndexFunc(rest, func(c rune) bool { return !letter(c) }); n != 0 {
		if n < 0 {
			n = len(rest)
		}
		return word{name, rest[:n]}, true
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			return word{sign, s}, true
		}
	}
	if strings.ContainsRune("+-*/%<>!?:.,()[]{}", rune(rest[0])) {
		return word{sign, rest[:1]}, true
	}
	return word{}, false
}

func letter(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

// literal is the length of a text in quotes at the beginning, with its prefix; 0 where there is none. It reports false for
// one that does not end.
func literal(s string) (int, bool) {
	start := 0
	for start < 2 && start < len(s) && strings.IndexByte("rRbB", s[start]) >= 0 {
		start++
	}
	if start == len(s) || s[start] != '"' && s[start] != '\'' {
		return 0, true
	}
	raw := strings.ContainsAny(s[:start], "rR")
	quote := s[start : start+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s[start:], triple) {
		quote = triple
	}
	for i := start + len(quote); i < len(s); i++ {
		switch {
		case s[i] == '\\' && !raw:
			i++
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote), true
		}
	}
	return len(s), false
}

// number is the length of a number at the beginning, 0 where there is none: the sign of an exponent is part of it.
func number(s string) int {
	i := digits(s)
	point := strings.HasPrefix(s[i:], ".") && digits(s[i+1:]) > 0
	if i == 0 && !point {
		return 0
	}
	if point {
		i += 1 + digits(s[i+1:])
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if n := digits(s[j:]); n > 0 {
			return j + n
		}
	}
	for i < len(s) && letter(rune(s[i])) && s[i] < utf8.RuneSelf { // 0x1f, 10u
		i++
	}
	return i
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// spaced writes words in the standard layout.
func spaced(words []word) string {
	l := layout{depth: []level{{}}}
	for i, w := range words {
		if i > 0 && l.blank(words[i-1], w) {
			l.out.WriteByte(' ')
		}
		l.out.WriteString(w.text)
		l.take(w)
	}
	return l.out.String()
}

// layout is where the writing stands.
type layout struct {
	out    strings.Builder
	depth  []level
	prefix bool // the last word is a sign before its operand: ! or - or the ? of an optional part
}

// level is one pair of brackets.
type level struct {
	open      string
	questions int  // ? of conditions whose : has not come yet
	operand   bool // the last word ends an operand
}

func (l *layout) top() *level { return &l.depth[len(l.depth)-1] }

// blank says whether a blank stands between two words.
func (l *layout) blank(last, w word) bool {
	switch {
	case w.kind == comment:
		return true
	case l.prefix, last.text == "." && last.kind == sign:
		return false
	case last.kind == sign && slices.Contains([]string{"(", "[", "{"}, last.text):
		return false
	case w.kind != sign:
		return true
	}
	switch w.text {
	case ")", "]", "}", ",":
		return false
	case ".":
		return !l.top().operand
	case "(", "[", "{":
		return !l.top().operand || keyword(last)
	case ":":
		return l.top().questions > 0
	case "?":
		return !l.optional(last)
	}
	return true
}

// keyword: `in` is written as a name and is an operator.
func keyword(w word) bool { return w.kind == name && w.text == "in" }

// optional reports whether a ? behind this word marks a part that may be missing, and no condition.
func (l *layout) optional(last word) bool { return last.text == "." || !l.top().operand }

// take notes a word that was written.
func (l *layout) take(w word) {
	top := l.top()
	was := top.operand
	l.prefix = false
	if w.kind != sign {
		top.operand = w.kind != comment && !keyword(w)
		return
	}
	top.operand = false
	switch w.text {
	case "(", "[", "{":
		l.depth = append(l.depth, level{open: w.text})
	case ")", "]", "}":
		if len(l.depth) > 1 {
			l.depth = l.depth[:len(l.depth)-1]
		}
		l.top().operand = true
	case "!":
		l.prefix = true
	case "-":
		l.prefix = !was
	case "?":
		if was {
			top.questions++
		} else {
			l.prefix = true
		}
	case ":":
		if top.questions > 0 {
			top.questions--
		}
	}
}
