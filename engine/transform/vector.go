package transform

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/common/types"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// column is a column of the batch as it stands.
type column struct{ c int }

func (x column) owned() bool                { return false }
func (x column) eval(p *pass) *batch.Vector { return &p.in.Vectors[x.c] }

// made is the value just made, in expect.
type made struct{}

func (made) owned() bool                { return false }
func (made) eval(p *pass) *batch.Vector { return p.out }

// own is a vector that a source keeps for its results.
type own struct{ result batch.Vector }

func (o *own) owned() bool { return true }

// constant is one value for all rows.
type constant struct {
	own
	value batch.Vector // of one value
}

func (x *constant) eval(p *pass) *batch.Vector {
	if x.result.Len() != p.n {
		x.result.Reset()
		for range p.n {
			x.result.AppendFrom(&x.value, 0)
		}
	}
	return &x.result
}

// owned is false: the vector is used again for the next batch.
func (x *constant) owned() bool { return false }

// mapped makes a text of a text; null of null.
type mapped struct {
	own
	of source
	do func(dst, x []byte) []byte
}

func (x *mapped) eval(p *pass) *batch.Vector {
	in := x.of.eval(p)
	x.result.Reset()
	for i := range p.n {
		if in.Null(i) {
			x.result.AppendNull()
			continue
		}
		x.result.Blobs = x.do(x.result.Blobs, in.Blob(i))
		x.result.AppendEnd()
	}
	return &x.result
}

func appendTrimmed(dst, x []byte) []byte { return append(dst, bytes.TrimSpace(x)...) }

func appendUpper(dst, x []byte) []byte {
	if !ascii(x) {
		return append(dst, strings.ToUpper(strings.ReplaceAll(string(x), "ß", "SS"))...)
	}
	return appendUpperASCII(dst, x)
}

func appendLower(dst, x []byte) []byte {
	if !ascii(x) {
		return append(dst, strings.ToLower(string(x))...)
	}
	return appendLowerASCII(dst, x)
}

func ascii(x []byte) bool {
	for _, c := range x {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendUpperASCII(dst, x []byte) []byte {
	for _, c := range x {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendLowerASCII(dst, x []byte) []byte {
	for _, c := range x {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// joined is a concatenation; null where a part is null.
type joined struct {
	own
	a, b source
}

func (x *joined) eval(p *pass) *batch.Vector {
	a, b := x.a.eval(p), x.b.eval(p)
	x.result.Reset()
	for i := range p.n {
		if a.Null(i) || b.Null(i) {
			x.result.AppendNull()
			continue
		}
		x.result.Blobs = append(append(x.result.Blobs, a.Blob(i)...), b.Blob(i)...)
		x.result.AppendEnd()
	}
	return &x.result
}

// first is coalesce.
type first struct {
	own
	of []source
}

func (x *first) eval(p *pass) *batch.Vector {
	in := make([]*batch.Vector, len(x.of))
	for n, s := range x.of {
		in[n] = s.eval(p)
	}
	x.result.Reset()
	for i := range p.n {
		n := 0
		for n < len(in)-1 && in[n].Null(i) {
			n++
		}
		x.result.AppendFrom(in[n], i)
	}
	return &x.result
}

// coded reads a lookup.
type coded struct {
	own
	of    source
	codes *codes
}

func (x *coded) eval(p *pass) *batch.Vector {
	in := x.of.eval(p)
	x.result.Reset()
	for i := range p.n {
		if in.Null(i) || p.idle(i) {
			x.result.AppendNull()
			continue
		}
		v, ok := x.codes.content[string(in.Blob(i))]
		if !ok {
			v = x.codes.missing
		}
		switch v := v.(type) {
		case types.String:
			x.result.AppendString(string(v))
		case types.Null:
			x.result.AppendNull()
		default:
			p.fail(i, p.rule(ruleLookup), x.codes.reason)
			x.result.AppendNull()
		}
	}
	return &x.result
}

// compared compares two texts, or two numbers kept as such; null where one is null.
type compared struct {
	own
	a, b   source
	blobs  bool
	accept [3]bool // for less, equal, greater
}

func (x *compared) eval(p *pass) *batch.Vector {
	a, b := x.a.eval(p), x.b.eval(p)
	x.result.Reset()
	for i := range p.n {
		if a.Null(i) || b.Null(i) {
			x.result.AppendNull()
			continue
		}
		order := 1
		switch {
		case x.blobs:
			order += bytes.Compare(a.Blob(i), b.Blob(i))
		case a.Ints[i] < b.Ints[i]:
			order = 0
		case a.Ints[i] > b.Ints[i]:
			order = 2
		}
		x.result.AppendBool(x.accept[order])
	}
	return &x.result
}

// isNull says whether a value is null, or with not, whether it is there.
type isNull struct {
	own
	of  source
	not bool
}

func (x *isNull) eval(p *pass) *batch.Vector {
	in := x.of.eval(p)
	x.result.Reset()
	for i := range p.n {
		x.result.AppendBool(in.Null(i) != x.not)
	}
	return &x.result
}

// negated is !.
type negated struct {
	own
	of source
}

func (x *negated) eval(p *pass) *batch.Vector {
	in := x.of.eval(p)
	x.result.Reset()
	for i := range p.n {
		if in.Null(i) {
			x.result.AppendNull()
		} else {
			x.result.AppendInt(1 - in.Ints[i])
		}
	}
	return &x.result
}

// both is && and, with or, ||. What one side decides does not need the other, which may be null then.
type both struct {
	own
	a, b source
	or   bool
}

func (x *both) eval(p *pass) *batch.Vector {
	a, b := x.a.eval(p), x.b.eval(p)
	var decides int64
	if x.or {
		decides = 1
	}
	x.result.Reset()
	for i := range p.n {
		nullA, nullB := a.Null(i), b.Null(i)
		switch {
		case !nullA && a.Ints[i] == decides || !nullB && b.Ints[i] == decides:
			x.result.AppendInt(decides)
		case nullA || nullB:
			x.result.AppendNull()
		default:
			x.result.AppendInt(1 - decides)
		}
	}
	return &x.result
}

// decided refuses the rows for which a condition is null.
type decided struct{ of source }

func (x decided) owned() bool { return x.of.owned() }

func (x decided) eval(p *pass) *batch.Vector {
	v := x.of.eval(p)
	if v.HasNulls() {
		for i := range p.n {
			if v.Null(i) && !p.idle(i) {
				p.fail(i, p.rule(ruleExpression), undecided)
			}
		}
	}
	return v
}

// shape is what a vector of a source holds, as far as loops tell values apart.
type shape uint8

const (
	other shape = iota
	texts
	whole // integers
	flags // bool
	days  // dates
)

func shapeOf(t schema.Type) shape {
	switch t.Kind {
	case schema.String, schema.Enum, schema.Native:
		return texts
	case schema.Int16, schema.Int32, schema.Int64:
		return whole
	case schema.Bool:
		return flags
	case schema.Date:
		return days
	}
	return other
}

// vectorType is how a source keeps results of a shape.
func vectorType(s shape) schema.Type {
	switch s {
	case texts:
		return schema.Type{Kind: schema.String}
	case whole:
		return schema.Type{Kind: schema.Int64}
	case days:
		return schema.Type{Kind: schema.Date}
	}
	return schema.Type{Kind: schema.Bool}
}
