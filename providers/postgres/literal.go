package postgres

import (
	"encoding/hex"
	"errors"
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
// four digits and before 1, which PostgreSQL writes as BC, and in intervals, which it writes in words.
func input(dst []byte, t schema.Type, v *batch.Vector, i int) []byte {
	switch {
	case t.Kind == schema.Bytes:
		return hex.AppendEncode(append(dst, `\x`...), v.Blob(i))
	case t.Kind == schema.Interval:
		if x, ok := batch.ParseInterval(v.Blob(i)); ok {
			return spanInput(dst, x)
		}
	case t.Kind == schema.Date && v.Ints[i] != batch.NegInf && v.Ints[i] != batch.PosInf:
		return appendDay(dst, v.Ints[i], "")
	case (t.Kind == schema.Timestamp || t.Kind == schema.TimestampTZ) && v.Ints[i] != batch.NegInf && v.Ints[i] != batch.PosInf:
		return clockInput(dst, t, v.Ints[i])
	}
	return batch.AppendText(dst, t, v, i)
}

func spanInput(dst []byte, x batch.Interval) []byte {
	sign, micros := "", uint64(x.Micros)
	if x.Micros < 0 {
		sign, micros = "-", -micros
	}
	return fmt.Appendf(dst, "%d mons %d days %s%02d:%02d:%02d.%06d", x.Months, x.Days, sign, micros/3600e6, micros/60e6%60, micros/1e6%60, micros%1e6)
}

func clockInput(dst []byte, t schema.Type, x int64) []byte {
	day := 86400 * t.Unit()
	days, ticks := x/day, x%day
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

// constant is the literal of a canonical text: untyped for a plain type, so that the server takes it for the type of the
// column beside it, else with the column's type, but without its modifier.
func (e *endpoint) constant(f *form, text string) (string, error) {
	r := f.root()
	v := batch.NewVector(r.typ)
	if r.plainly() {
		if err := batch.Parse(&v, r.typ, []byte(text)); err != nil {
			return "", err
		}
		return literal(string(input(nil, r.typ, &v, 0))), nil
	}
	if why := fill(&v, r.typ, []byte(text)); why != "" {
		return "", errors.New(why)
	}
	return e.typed(r, &v, 0)
}

// typed is the literal of value i with its type.
func (e *endpoint) typed(r *form, v *batch.Vector, i int) (string, error) {
	if v.Null(i) {
		return "NULL::" + r.sql(), nil
	}
	if r.typ.Kind == schema.Unknown {
		return "", errors.New("the column is of a type that this version cannot move")
	}
	text, why := e.asText(r)(nil, v, i)
	if why != "" {
		return "", errors.New(why)
	}
	return literal(string(text)) + "::" + r.sql(), nil
}

// tuples are the rows of a batch as a list of typed values.
func (e *endpoint) tuples(forms []*form, b *batch.Batch) (string, error) {
	rows := make([]string, b.Len())
	for i := range rows {
		cells := make([]string, len(forms))
		for c, f := range forms {
			var err error
			if cells[c], err = e.typed(f.root(), &b.Vectors[c], i); err != nil {
				return "", fmt.Errorf("column %s: %w", b.Columns[c].Name, err)
			}
		}
		rows[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	return strings.Join(rows, ", "), nil
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
		text = appendQuoted(text, input([]byte{}, t, v, i))
	}
	return literal(string(append(text, '}'))) + "::" + kind + "[]", nil
}
