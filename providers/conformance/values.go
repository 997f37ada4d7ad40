package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Values are a type's edge values in canonical text.
func Values(t schema.Type) []string {
	switch t.Kind {
	case schema.Bool:
		return []string{"true", "false"}
	case schema.Int16:
		return []string{"0", "-1", "-32768", "32767"}
	case schema.Int32:
		return []string{"0", "-1", "-2147483648", "2147483647"}
	case schema.Int64:
		return []string{"0", "-1", "-9223372036854775808", "9223372036854775807", "9007199254740993"}
	case schema.Float32:
		return []string{"0", "-0", "1.5", "0.1", "3.4028235e+38", "1e-45", "NaN", "Infinity", "-Infinity"}
	case schema.Float64:
		return []string{"0", "-0", "1.5", "0.1", "100", "9007199254740993", "1.7976931348623157e+308", "5e-324", "2.2250738585072014e-308", "NaN", "Infinity", "-Infinity"}
	case schema.Decimal:
		return decimals(t)
	case schema.String:
		return strs(t)
	case schema.Enum:
		return t.Values
	case schema.Array:
		return arrays(*t.Elem)
	case schema.Native:
		return natives(t.Native)
	case schema.Bytes:
		return []string{`\x`, `\x00`, `\xff00fe`, `\x` + strings.Repeat("00ff", 5000)}
	case schema.Date:
		return []string{"1970-01-01", "0001-01-01", "9999-12-31", "2000-02-29", "1582-10-10", "-0044-03-15", "+12026-01-01", "infinity", "-infinity"}
	case schema.Time:
		return fractions(t, "00:00:00", "23:59:59", "12:34:56")
	case schema.Timestamp, schema.TimestampTZ:
		return instants(t)
	case schema.Interval:
		if t.Native != "" {
			return []string{"P0M0DT0S", "P-12M0DT0S", "P24M0DT0S"}
		}
		return []string{"P0M0DT0S", "P-1M2DT-3.5S", "P14M0DT0.000001S"}
	case schema.UUID:
		return []string{"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "12345678-1234-1234-1234-123456789012"}
	case schema.JSON:
		if t.Native == "jsonb" {
			return []string{"null", "5", "5.0", `""`, `{"a": [1, 2.50, {"x": null}], "b": 2}`, `[]`, `{"": {}, "é": "A"}`}
		}
		return []string{"null", "5", "5.0", `""`, `"a"`, `{"b": 1, "a":[1,2.50, {"x":null}], "b": 2}`, `[]`, ` {"é" : "\u0041"} `}
	}
	return nil
}

// arrays are the edge values of the elements in one array and each alone, beside the shapes an array can have.
func arrays(elem schema.Type) []string {
	var all []string
	quote := func(x string) string { return string(batch.AppendJSONString(nil, []byte(x))) }
	out := []string{"[]", "[null]", "[[null,null],[null,null]]"}
	for _, x := range Values(elem) {
		all = append(all, quote(x))
		out = append(out, "["+quote(x)+"]")
	}
	list, first := strings.Join(all, ","), all[0]
	return append(out, "["+list+",null]", "[["+list+"],["+list+"]]", "[[["+first+"]]]", "[0:1]=["+first+",null]", "[-2:-2][3:4]=[["+first+","+first+"]]")
}

// natives are texts as the product writes them. Types without a line here have none that every one of their kind has.
func natives(name string) []string {
	switch name {
	case "inet":
		return []string{"10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"}
	case "point":
		return []string{"(0,-0)", "(1.5,NaN)", "(1e+300,-Infinity)"}
	case "int4range":
		return []string{"empty", "(,)", "[1,10)", "(,5)"}
	case "tsvector":
		return []string{"", "'a':1A,3 'it''s':2 'ü'"}
	}
	return []string{"", "a", "ä b"}
}

// instants stay inside what 64 bits hold at the type's precision.
func instants(t schema.Type) []string {
	bases := []string{"1970-01-01 00:00:00", "1969-12-31 23:59:59", "2016-12-31 23:59:59", "2024-03-31 01:30:00"}
	if t.Precision <= 6 {
		bases = append(bases, "0001-01-01 00:00:00", "9999-12-31 23:59:59", "-0044-03-15 12:00:00")
	}
	out := fractions(t, bases...)
	if t.Kind == schema.TimestampTZ {
		for i := range out {
			out[i] += "Z"
		}
	}
	return append(out, "infinity", "-infinity")
}

func decimals(t schema.Type) []string {
	if t.Native != "" {
		return []string{"0", "-100", "99900", "NaN"}
	}
	if t.Precision == 0 {
		return []string{"0", "-1", "0.1", "12345678901234567890123456789012345678.901234567890123456789", "-0.00000000000000000001", "NaN", "1.50"}
	}
	whole := strings.Repeat("9", max(1, t.Precision-t.Scale))
	if t.Scale == t.Precision {
		whole = "0"
	}
	if t.Scale == 0 {
		return []string{"0", "1", "-" + whole, whole}
	}
	zeros := strings.Repeat("0", t.Scale-1)
	return []string{"0." + zeros + "0", "0." + zeros + "1", "-0." + zeros + "1", whole + "." + strings.Repeat("9", t.Scale), "-" + whole + "." + strings.Repeat("9", t.Scale)}
}

func strs(t schema.Type) []string {
	all := []string{"", " ", "a", "ä", "007", "1e5", "NULL", "null", `\N`, "'", `"`, "a,b", "a\nb", "a\r\nb", "tab\there", `back\slash`, "trailing ", "日本語", "👩‍🚀", "e\u0301", "\u200b", "\uffff"}
	if t.Length == 0 {
		return append(all, strings.Repeat("long ü ", 3000))
	}
	var out []string
	for _, x := range all {
		if len([]rune(x)) <= t.Length {
			out = append(out, x)
		}
	}
	return append(out, strings.Repeat("ü", t.Length))
}

// fractions adds the smallest and largest fractions of a second that the type has.
func fractions(t schema.Type, bases ...string) []string {
	var out []string
	for _, b := range bases {
		if t.Precision == 0 {
			out = append(out, b)
			continue
		}
		z := strings.Repeat("0", t.Precision-1)
		out = append(out, b+"."+z+"0", b+"."+z+"1", b+"."+strings.Repeat("9", t.Precision), b+".5"+z)
	}
	return out
}

// edgeValues: what Place promises, the table has; and every edge value comes back as it was, or is refused.
func edgeValues(t *testing.T, s Suite) {
	for n, typ := range s.Types {
		t.Run(typ.String(), func(t *testing.T) {
			sys := target(t, s)
			placed, err := need[providers.Placer](t, sys.e).Place(typ)
			check(t, "place", err)
			table := sys.simple(fmt.Sprintf("edge_%d", n))
			table.Columns[1].Type = placed
			made := sys.table(table)
			if got := made.Columns[1].Type; !got.Equal(placed) {
				t.Fatalf("the column has the type %s, Place said %s", got, placed)
			}
			want, held := rows{}, 0
			for i, x := range append(Values(typ), "") {
				one := batch.New(made.Columns, 0)
				one.Vectors[0].AppendInt(int64(i))
				if null := i == len(Values(typ)); null {
					one.Vectors[1].AppendNull()
				} else if err := batch.Parse(&one.Vectors[1], placed, []byte(x)); err != nil {
					t.Fatalf("edge value %q is no %s: %v", x, placed, err)
				}
				if _, err := sys.load(sys.spec(made, i), one); err != nil {
					wantClass(t, fmt.Sprintf("a refused edge value %q", x), err, providers.BadValue)
					t.Logf("refused: %q: %v", x, err)
					continue
				}
				held++
				want.add(one, 0)
			}
			if held < 2 {
				t.Errorf("of %d edge values %d are held", len(Values(typ))+1, held)
			}
			same(t, "the edge values", sys.whole(made), want)
		})
	}
}
