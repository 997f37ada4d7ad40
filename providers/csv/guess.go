package csv

import (
	"bytes"
	"fmt"
	"math"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// guess narrows down, value by value, which types a column can have. A type stays only while every value is that type's
// own way of writing it, so that nothing is lost but the offset of an instant and zeros behind a decimal point.
type guess struct {
	left    uint8
	values  int64
	whole   int // most digits before the point
	behind  int // most digits behind the point
	digits  int // most digits of a second
	low     int // years
	high    int
	scratch [2]batch.Vector
}

const (
	asBool uint8 = 1 << iota
	asInt
	asDecimal
	asDate
	asTimestamp
	asInstant
	asUUID
	asAny = 1<<iota - 1
)

const maxDigits = 1000 // of a decimal; longer digits stay text

func newGuess() *guess {
	g := &guess{left: asAny, low: math.MaxInt, high: math.MinInt}
	g.scratch[0] = batch.NewVector(schema.Type{Kind: schema.Int64})
	g.scratch[1] = batch.NewVector(schema.Type{Kind: schema.UUID})
	return g
}

func (g *guess) add(text []byte) {
	g.values++
	if g.left == 0 {
		return
	}
	if g.left&asBool != 0 && string(text) != "true" && string(text) != "false" {
		g.left &^= asBool
	}
	if g.left&(asInt|asDecimal) != 0 {
		g.number(text)
	}
	if g.left&asDate != 0 && !(len(text) == 10 && g.fits(schema.Type{Kind: schema.Date}, text)) {
		g.left &^= asDate
	}
	if g.left&(asTimestamp|asInstant) != 0 {
		g.moment(text)
	}
	if g.left&asUUID != 0 && (bytes.ContainsAny(text, "ABCDEF") || !g.fits(schema.Type{Kind: schema.UUID}, text)) {
		g.left &^= asUUID
	}
}

func (g *guess) fits(t schema.Type, text []byte) bool {
	v := &g.scratch[0]
	if t.Storage() == schema.Blobs {
		v = &g.scratch[1]
	}
	v.Reset()
	return batch.Parse(v, t, text) == nil
}

// number looks for -?digits(.digits)? without zeros in front, and without a negative zero.
func (g *guess) number(text []byte) {
	digits := bytes.TrimPrefix(text, []byte{'-'})
	whole, behind, pointed := bytes.Cut(digits, []byte{'.'})
	ok := allDigits(whole) && (len(whole) == 1 || whole[0] != '0') && pointed == (len(behind) > 0) && (!pointed || allDigits(behind))
	if ok && len(digits) < len(text) && len(bytes.Trim(digits, "0.")) == 0 {
		ok = false
	}
	if !ok {
		g.left &^= asInt | asDecimal
		return
	}
	if whole[0] != '0' {
		g.whole = max(g.whole, len(whole))
	}
	g.behind = max(g.behind, len(behind))
	if pointed || !g.fits(schema.Type{Kind: schema.Int64}, text) {
		g.left &^= asInt
	}
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// moment looks for 2006-01-02T15:04:05.000 with or without Z or an offset.
func (g *guess) moment(text []byte) {
	if len(text) < 19 || !allDigits(text[:4]) {
		g.left &^= asTimestamp | asInstant
		return
	}
	digits, year := 0, int(text[0]-'0')*1000+int(text[1]-'0')*100+int(text[2]-'0')*10+int(text[3]-'0')
	if len(text) > 19 && text[19] == '.' {
		for digits+20 < len(text) && text[20+digits] >= '0' && text[20+digits] <= '9' {
			digits++
		}
	}
	if digits > 9 || digits > 7 && !nanosHold(year, year) {
		g.left &^= asTimestamp | asInstant
		return
	}
	g.digits, g.low, g.high = max(g.digits, digits), min(g.low, year), max(g.high, year)
	if g.left&asTimestamp != 0 && !g.fits(schema.Type{Kind: schema.Timestamp, Precision: digits}, text) {
		g.left &^= asTimestamp
	}
	if g.left&asInstant != 0 && !g.fits(schema.Type{Kind: schema.TimestampTZ, Precision: digits}, text) {
		g.left &^= asInstant
	}
}

// nanosHold reports whether 64 bits of nanoseconds reach these years.
func nanosHold(low, high int) bool { return low > 1677 && high < 2262 }

// result is the type that is certain, else string.
func (g *guess) result() schema.Type {
	text := schema.Type{Kind: schema.String}
	switch {
	case g.values == 0:
		return text
	case g.left&asBool != 0:
		return schema.Type{Kind: schema.Bool}
	case g.left&asInt != 0:
		return schema.Type{Kind: schema.Int64}
	case g.left&asDecimal != 0 && g.whole+g.behind <= maxDigits:
		return schema.Type{Kind: schema.Decimal, Precision: max(1, g.whole+g.behind), Scale: g.behind}
	case g.left&asDate != 0:
		return schema.Type{Kind: schema.Date}
	case g.left&(asTimestamp|asInstant) != 0 && g.digits > 7 && !nanosHold(g.low, g.high):
		return text
	case g.left&asTimestamp != 0:
		return schema.Type{Kind: schema.Timestamp, Precision: g.digits}
	case g.left&asInstant != 0:
		return schema.Type{Kind: schema.TimestampTZ, Precision: g.digits}
	case g.left&asUUID != 0:
		return schema.Type{Kind: schema.UUID}
	}
	return text
}

func guessedFrom(n int64) string {
	if n == 1 {
		return "guessed from 1 row"
	}
	return fmt.Sprintf("guessed from %d rows", n)
}
