package expr

import (
	"strings"
	"unicode"

	celast "github.com/google/cel-go/common/ast"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// source maps places of an expression's text, counted in characters, to places of its file.
type source struct {
	chars  []rune
	at     diag.Range
	object string
	info   *celast.SourceInfo
}

func newSource(text string, at diag.Range, object string) *source {
	return &source{chars: []rune(text), at: at, object: object}
}

// pos is the place of a character. The lines of a heredoc start at the column where its text starts; in a quoted string
// on one line an escaped character is two characters of the file.
func (s *source) pos(offset int) diag.Pos {
	offset = max(0, min(offset, len(s.chars)))
	p := s.at.Start
	indent := max(0, p.Column-1)
	heredoc := s.at.End.Line > s.at.Start.Line
	for _, c := range s.chars[:offset] {
		switch {
		case c == '\n' && heredoc:
			p.Line++
			p.Column = indent + 1
			p.Byte += 1 + indent
			continue
		case !heredoc && strings.ContainsRune("\"\\\n\r\t", c):
			p.Column += 2
			p.Byte += 2
			continue
		}
		p.Column++
		p.Byte += len(string(c))
	}
	return p
}

func (s *source) rangeOf(start, end int) diag.Range {
	if end <= start {
		end = start + 1
	}
	return diag.Range{File: s.at.File, Start: s.pos(start), End: s.pos(end)}
}

func (s *source) diagnose(code, summary, detail string, start, end int) diag.Diagnostic {
	r := s.rangeOf(start, end)
	return diag.Diagnostic{Code: code, Summary: summary, Detail: detail, Subject: &r, Object: s.object}
}

// span of an expression: from its first character behind its last one.
func (s *source) span(e celast.Expr) (start, end int) {
	start, end = len(s.chars)+1, -1
	celast.PostOrderVisit(e, celast.NewExprVisitor(func(e celast.Expr) {
		from, to, ok := s.own(e, end)
		if ok {
			start, end = min(start, from), max(end, to)
		}
	}))
	start, end = max(0, start), min(end, len(s.chars))
	if start >= end {
		return 0, len(s.chars)
	}
	return start, end
}

// own is the stretch of a node's own signs: an operator, a name with its brackets, a literal.
func (s *source) own(e celast.Expr, inner int) (from, to int, ok bool) {
	r, ok := s.info.GetOffsetRange(e.ID())
	if !ok || int(r.Start) > len(s.chars) {
		return 0, 0, false
	}
	from = int(r.Start)
	to = s.token(from, int(r.Stop-r.Start))
	switch e.Kind() {
	case celast.SelectKind:
		return from, s.field(from), true
	case celast.CallKind, celast.ListKind, celast.MapKind, celast.ComprehensionKind:
		if from >= len(s.chars) {
			return from, to, true
		}
		if s.chars[from] == '(' {
			from, _ = s.name(from)
			if e.Kind() == celast.CallKind && !e.AsCall().IsMemberFunction() {
				from = s.qualified(from, strings.Count(e.AsCall().FunctionName(), "."))
			}
		}
		return from, s.closing(int(r.Start), max(inner, to)), true
	}
	return from, to, true
}

// token is the end of so many bytes from start.
func (s *source) token(start, bytes int) int {
	end := start
	for end < len(s.chars) && bytes > 0 {
		bytes -= len(string(s.chars[end]))
		end++
	}
	return end
}

// field is the end of the name behind a dot.
func (s *source) field(dot int) int {
	i := s.skip(dot + 1)
	if dot < len(s.chars) && s.chars[dot] == '[' { // a column named by src["x"]
		for i < len(s.chars) && s.chars[i] != ']' {
			i++
		}
		return min(i+1, len(s.chars))
	}
	if i < len(s.chars) && s.chars[i] == '`' {
		for i++; i < len(s.chars) && s.chars[i] != '`'; {
			i++
		}
		return min(i+1, len(s.chars))
	}
	for i < len(s.chars) && isName(s.chars[i]) {
		i++
	}
	return i
}

// name is the stretch of the name before an opening bracket, without what stands before its last dot.
func (s *source) name(bracket int) (from, to int) {
	to = min(bracket, len(s.chars))
	for to > 0 && unicode.IsSpace(s.chars[to-1]) {
		to--
	}
	from = to
	for from > 0 && isName(s.chars[from-1]) {
		from--
	}
	return from, to
}

// qualified is the start of a name of so many dots, of which the last part starts at from.
func (s *source) qualified(from, dots int) int {
	for ; dots > 0; dots-- {
		at := from
		for at > 0 && (unicode.IsSpace(s.chars[at-1]) || s.chars[at-1] == '.') {
			at--
		}
		if at == from {
			break
		}
		from, _ = s.name(at)
	}
	return from
}

func isName(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

func (s *source) skip(i int) int {
	for i < len(s.chars) && unicode.IsSpace(s.chars[i]) {
		i++
	}
	return i
}

// closing is behind the bracket that closes the one at open, where nothing else stands between inner and it.
func (s *source) closing(open, inner int) int {
	pairs := map[rune]rune{'(': ')', '[': ']', '{': '}'}
	want, ok := pairs[s.chars[open]]
	i := s.skip(inner)
	if !ok || i >= len(s.chars) || s.chars[i] != want {
		return inner
	}
	return i + 1
}
