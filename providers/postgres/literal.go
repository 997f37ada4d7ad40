package postgres

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// quote makes an identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteAll(names []string, prefix string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = prefix + quote(n)
	}
	return strings.Join(quoted, ", ")
}

// literal makes a string constant; standard_conforming_strings is on.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// home is the table with its schema; a table named without one is in public.
func home(r schema.Ref) schema.Ref {
	if r.Schema == "" {
		r.Schema = "public"
	}
	return r
}

func quoteRef(r schema.Ref) string {
	r = home(r)
	return quote(r.Schema) + "." + quote(r.Name)
}

// input appends a value as the server's input functions read it. It differs from the canonical text in years beyond
// four digits and before 1, which PostgreSQL writes as BC.
func input(dst []byte, t schema.Type, v *batch.Vector, i int) []byte {
	switch {
	case t.Kind == schema.Bytes:
		return hex.AppendEncode(append(dst, `\x`...), v.Blob(i))
	case t.Kind == schema.Date && v.Ints[i] != batch.NegInf && v.Ints[i] != batch.PosInf:
		return appendDay(dst, v.Ints[i], "")
	case t.Kind != schema.Timestamp && t.Kind != schema.TimestampTZ || v.Ints[i] == batch.NegInf || v.Ints[i] == batch.PosInf:
		return batch.AppendText(dst, t, v, i)
	}
	day := 86400 * t.Unit()
	days, ticks := v.Ints[i]/day, v.Ints[i]%day
	if ticks < 0 {
		days, ticks = days-1, ticks+day
	}
	seconds := ticks / t.Unit()
	clock := fmt.Sprintf(" %02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	if rest := ticks % t.Unit(); rest != 0 {
		width := len(strconv.FormatInt(t.Unit(), 10)) - 1
		clock += fmt.Sprintf(".%0*d", width, rest)
	}
	if t.Kind == schema.TimestampTZ {
		clock += "+00"
	}
	return appendDay(dst, days, clock)
}

func appendDay(dst []byte, days int64, clock string) []byte {
	year, month, day := batch.Civil(days)
	era := ""
	if year < 1 {
		year, era = 1-year, " BC"
	}
	return fmt.Appendf(dst, "%04d-%02d-%02d%s%s", year, month, day, clock, era)
}

// constant is the literal of a canonical text, untyped: the server takes it for the type of the column beside it.
func constant(t schema.Type, text string) (string, error) {
	v := batch.NewVector(t)
	if err := batch.Parse(&v, t, []byte(text)); err != nil {
		return "", err
	}
	return literal(string(input(nil, t, &v, 0))), nil
}

// array is a typed array of the values of a column of a batch.
func array(t schema.Type, v *batch.Vector) (string, error) {
	if t.Kind != schema.Decimal && t.Precision > 6 {
		return "", fmt.Errorf("PostgreSQL has no %s", t)
	}
	whole := schema.Type{Kind: t.Kind}
	if t.Kind != schema.Decimal {
		whole.Precision = t.Precision
	}
	kind, err := declared(whole)
	if err != nil {
		return "", err
	}
	text := []byte{'{'}
	for i := range v.Len() {
		if i > 0 {
			text = append(text, ',')
		}
		if v.Null(i) {
			text = append(text, "NULL"...)
			continue
		}
		text = append(text, '"')
		for _, c := range input(nil, t, v, i) {
			if c == '"' || c == '\\' {
				text = append(text, '\\')
			}
			text = append(text, c)
		}
		text = append(text, '"')
	}
	return literal(string(append(text, '}'))) + "::" + kind + "[]", nil
}
