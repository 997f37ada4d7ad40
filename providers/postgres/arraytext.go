package postgres

import (
	"bytes"
	"strconv"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

// splitArray reads an array as array_out writes it: {a,"b c",NULL}, nested for more dimensions, with the bounds in front
// where a lower one is not 1.
func splitArray(text []byte, delim byte) (batch.Array, error) {
	p := arrayText{rest: text, delim: delim}
	if len(text) > 0 && text[0] == '[' {
		if !p.bounds() {
			return p.a, errArray
		}
	}
	given := p.a.Dims
	p.a.Dims = nil
	if !p.level(0) || len(p.rest) > 0 {
		return p.a, errArray
	}
	if len(p.a.Elems) == 0 {
		p.a.Dims = nil
	}
	if given == nil {
		return p.a, nil
	}
	if len(given) != len(p.a.Dims) {
		return p.a, errArray
	}
	for i, d := range given {
		if d.Length != p.a.Dims[i].Length {
			return p.a, errArray
		}
	}
	p.a.Dims = given
	return p.a, nil
}

type arrayText struct {
	rest  []byte
	delim byte
	a     batch.Array
}

func (p *arrayText) bounds() bool {
	front, rest, ok := bytes.Cut(p.rest, []byte("="))
	if !ok || len(front) < 2 {
		return false
	}
	for _, part := range bytes.Split(front[1:len(front)-1], []byte("][")) {
		low, high, _ := bytes.Cut(part, []byte(":"))
		from, err1 := strconv.Atoi(string(low))
		to, err2 := strconv.Atoi(string(high))
		if err1 != nil || err2 != nil {
			return false
		}
		p.a.Dims = append(p.a.Dims, batch.Dim{Lower: from, Length: to - from + 1})
	}
	p.rest = rest
	return true
}

// take moves on behind c if it is next.
func (p *arrayText) take(c byte) bool {
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// level reads one pair of braces. The first of a depth sets the length of its dimension.
func (p *arrayText) level(depth int) bool {
	if !p.take('{') {
		return false
	}
	first := depth == len(p.a.Dims)
	if first {
		p.a.Dims = append(p.a.Dims, batch.Dim{Lower: 1})
	}
	if p.take('}') {
		return first && depth == 0
	}
	count := 0
	for {
		count++
		if len(p.rest) > 0 && p.rest[0] == '{' {
			if !p.level(depth + 1) {
				return false
			}
		} else if depth != len(p.a.Dims)-1 || !p.element() {
			return false
		}
		if p.take(p.delim) {
			continue
		}
		if !p.take('}') || !first && count != p.a.Dims[depth].Length {
			return false
		}
		p.a.Dims[depth].Length = count
		return true
	}
}

func (p *arrayText) element() bool {
	if p.take('"') {
		return p.quoted()
	}
	n := 0
	for n < len(p.rest) && p.rest[n] != p.delim && p.rest[n] != '}' {
		n++
	}
	word := p.rest[:n]
	p.rest = p.rest[n:]
	if n == 0 || len(p.rest) == 0 {
		return false
	}
	if string(word) == "NULL" {
		p.a.Elems = append(p.a.Elems, nil)
		return true
	}
	p.a.Elems = append(p.a.Elems, word)
	return true
}

func (p *arrayText) quoted() bool {
	elem := []byte{}
	for i := 0; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.a.Elems, p.rest = append(p.a.Elems, elem), p.rest[i+1:]
			return true
		case c == '\\' && i+1 < len(p.rest):
			i++
			elem = append(elem, p.rest[i])
		default:
			elem = append(elem, c)
		}
	}
	return false
}

// appendArrayText writes an array as array_in reads it. Elements are quoted, so that none is taken for NULL.
func appendArrayText(dst []byte, a batch.Array, delim byte) []byte {
	for _, d := range a.Dims {
		if d.Lower != 1 {
			for _, d := range a.Dims {
				dst = strconv.AppendInt(append(dst, '['), int64(d.Lower), 10)
				dst = strconv.AppendInt(append(dst, ':'), int64(d.Lower)+int64(d.Length)-1, 10)
				dst = append(dst, ']')
			}
			dst = append(dst, '=')
			break
		}
	}
	if len(a.Dims) == 0 {
		return append(dst, "{}"...)
	}
	dst, _ = appendBraces(dst, a.Dims, a.Elems, delim)
	return dst
}

func appendBraces(dst []byte, dims []batch.Dim, elems [][]byte, delim byte) ([]byte, [][]byte) {
	dst = append(dst, '{')
	for i := range dims[0].Length {
		if i > 0 {
			dst = append(dst, delim)
		}
		if len(dims) > 1 {
			dst, elems = appendBraces(dst, dims[1:], elems, delim)
			continue
		}
		dst = appendQuoted(dst, elems[0])
		elems = elems[1:]
	}
	return append(dst, '}'), elems
}

// appendQuoted writes an element; nil is null.
func appendQuoted(dst, elem []byte) []byte {
	if elem == nil {
		return append(dst, "NULL"...)
	}
	dst = append(dst, '"')
	for _, c := range elem {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}
