package batch

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers/schema"
	"pgregory.net/rapid"
)

func typ(k schema.Kind) schema.Type { return schema.Type{Kind: k} }

func precise(k schema.Kind, digits int) schema.Type { return schema.Type{Kind: k, Precision: digits} }

func array(elem schema.Type) schema.Type { return schema.Type{Kind: schema.Array, Elem: &elem} }

func dec(p, s int) schema.Type { return schema.Type{Kind: schema.Decimal, Precision: p, Scale: s} }

const misfitting = "misfit"

func TestParseGivesTheCanonicalTextOrAMisfit(t *testing.T) {
	for _, c := range []struct {
		t        schema.Type
		in, want string
	}{
		{typ(schema.Bool), "true", "true"},
		{typ(schema.Bool), "TRUE", misfitting},
		{typ(schema.Bool), "", misfitting},
		{typ(schema.Int16), "32767", "32767"},
		{typ(schema.Int16), "32768", misfitting},
		{typ(schema.Int16), "-32768", "-32768"},
		{typ(schema.Int32), "2147483648", misfitting},
		{typ(schema.Int32), "-2147483648", "-2147483648"},
		{typ(schema.Int64), "9223372036854775807", "9223372036854775807"},
		{typ(schema.Int64), "9223372036854775808", misfitting},
		{typ(schema.Int64), "-9223372036854775808", "-9223372036854775808"},
		{typ(schema.Int64), "-9223372036854775809", misfitting},
		{typ(schema.Int64), "99999999999999999999999", misfitting},
		{typ(schema.Int64), "007", "7"},
		{typ(schema.Int64), "1 ", misfitting},
		{typ(schema.Int64), "-", misfitting},
		{typ(schema.Int64), "1.0", misfitting},
		{typ(schema.Float64), "1e400", misfitting},
		{typ(schema.Float64), "1e-400", misfitting},
		{typ(schema.Float64), "0e-400", "0"},
		{typ(schema.Float64), "-0", "-0"},
		{typ(schema.Float64), "0x10", misfitting},
		{typ(schema.Float64), "inf", misfitting},
		{typ(schema.Float64), "-Infinity", "-Infinity"},
		{typ(schema.Float64), "1_000", misfitting},
		{typ(schema.Float64), "0.1", "0.1"},
		{typ(schema.Float32), "3.4e39", misfitting},
		{typ(schema.Float32), "0.1", "0.1"},
		{typ(schema.Date), "2000-02-29", "2000-02-29"},
		{typ(schema.Date), "1900-02-29", misfitting},
		{typ(schema.Date), "0000-00-00", misfitting},
		{typ(schema.Date), "2020-00-01", misfitting},
		{typ(schema.Date), "0000-01-01", misfitting},
		{typ(schema.Date), "+0000-01-01", "+0000-01-01"},
		{typ(schema.Date), "-0044-03-15", "-0044-03-15"},
		{typ(schema.Date), "+12026-01-01", "+12026-01-01"},
		{typ(schema.Date), "12026-01-01", misfitting},
		{typ(schema.Date), "2020-1-1", misfitting},
		{typ(schema.Date), "2020-01-01 ", misfitting},
		{typ(schema.Date), "infinity", "infinity"},
		{precise(schema.Time, 0), "24:00:00", "24:00:00"},
		{precise(schema.Time, 3), "24:00:00", "24:00:00.000"},
		{precise(schema.Time, 0), "24:00:01", misfitting},
		{precise(schema.Time, 0), "23:59:60", misfitting},
		{precise(schema.Time, 0), "10:30", misfitting},
		{precise(schema.Time, 2), "10:30:00.12", "10:30:00.12"},
		{precise(schema.Time, 2), "10:30:00.120", "10:30:00.12"},
		{precise(schema.Time, 2), "10:30:00.123", misfitting},
		{precise(schema.Time, 2), "10:30:00.", misfitting},
		{precise(schema.Time, 0), "10:30:00.000000000000", "10:30:00"},
		{precise(schema.Timestamp, 6), "2026-01-02T03:04:05.000001", "2026-01-02 03:04:05.000001"},
		{precise(schema.Timestamp, 7), "0001-01-01 00:00:00.1234567", "0001-01-01 00:00:00.1234567"},
		{precise(schema.Timestamp, 8), "1969-12-31 23:59:59.99999999", "1969-12-31 23:59:59.99999999"},
		{precise(schema.Timestamp, 9), "2262-04-11 23:47:16.854775806", "2262-04-11 23:47:16.854775806"},
		{precise(schema.Timestamp, 9), "2262-04-11 23:47:16.854775807", misfitting}, // reads as infinity
		{precise(schema.Timestamp, 9), "1677-09-21 00:12:43.145224193", "1677-09-21 00:12:43.145224193"},
		{precise(schema.Timestamp, 9), "1677-09-21 00:12:43.145224192", misfitting},
		{precise(schema.Timestamp, 0), "+999999999-01-01 00:00:00", misfitting},
		{precise(schema.Timestamp, 0), "2026-01-02 24:00:00", misfitting},
		{precise(schema.Timestamp, 0), "2026-01-02 03:04:05Z", misfitting},
		{precise(schema.Timestamp, 0), "2026-01-02", misfitting},
		{precise(schema.Timestamp, 0), "-infinity", "-infinity"},
		{precise(schema.TimestampTZ, 0), "2026-01-01T00:30:00+01:30", "2025-12-31 23:00:00Z"},
		{precise(schema.TimestampTZ, 0), "2026-01-01 23:30:00-03", "2026-01-02 02:30:00Z"},
		{precise(schema.TimestampTZ, 3), "2026-01-01 00:00:00Z", "2026-01-01 00:00:00.000Z"},
		{precise(schema.TimestampTZ, 0), "2026-01-01 00:00:00", misfitting},
		{precise(schema.TimestampTZ, 0), "2026-01-01 00:00:00+16", misfitting},
		{precise(schema.TimestampTZ, 0), "2026-01-01 00:00:00+0100", misfitting},
		{dec(0, 0), "007.50", "7.50"},
		{dec(0, 0), "-0.00", "0.00"},
		{dec(0, 0), ".5", "0.5"},
		{dec(0, 0), "5.", "5"},
		{dec(0, 0), "1.50e1", "15.0"},
		{dec(0, 0), "-12e-3", "-0.012"},
		{dec(0, 0), "1e3", "1000"},
		{dec(0, 0), "0e-3", "0.000"},
		{dec(0, 0), "1e999999999", misfitting},
		{dec(0, 0), "", misfitting},
		{dec(0, 0), ".", misfitting},
		{dec(0, 0), "1.2.3", misfitting},
		{dec(0, 0), "1,5", misfitting},
		{dec(0, 0), "1e", misfitting},
		{dec(0, 0), "Infinity", "Infinity"},
		{dec(5, 2), "Infinity", misfitting},
		{dec(5, 2), "NaN", "NaN"},
		{dec(5, 2), "1", "1.00"},
		{dec(5, 2), "-0.001e1", "-0.01"},
		{dec(5, 2), "-0", "0.00"},
		{dec(5, 2), "1.230", "1.23"},
		{dec(5, 2), "1.234", misfitting},
		{dec(5, 2), "999.99", "999.99"},
		{dec(5, 2), "1000", misfitting},
		{dec(3, 5), "0.00123", "0.00123"},
		{dec(3, 5), "0.01234", misfitting},
		{dec(3, -2), "12300", "12300"},
		{dec(3, -2), "12345", misfitting},
		{dec(3, -2), "0", "0"},
		{dec(3, 0), "123", "123"},
		{schema.Type{Kind: schema.String, Length: 3}, "äöü", "äöü"},
		{schema.Type{Kind: schema.String, Length: 3}, "äöüß", misfitting},
		{typ(schema.String), "a\xffb", misfitting},
		{typ(schema.String), "a\x00b", "a\x00b"},
		{schema.Type{Kind: schema.Enum, Values: []string{"a", ""}}, "", ""},
		{schema.Type{Kind: schema.Native, Native: "tsvector"}, " 'ä':1A ", " 'ä':1A "},
		{schema.Type{Kind: schema.Native, Native: "tsvector"}, "\xff", misfitting},
		{array(typ(schema.Int32)), `[]`, `[]`},
		{array(typ(schema.Int32)), `[1, "-007",null]`, `["1","-7",null]`},
		{array(typ(schema.Int32)), `[["1","2"],["3",null]]`, `[["1","2"],["3",null]]`},
		{array(typ(schema.Int32)), `[-1:0]=["1","2"]`, `[-1:0]=["1","2"]`},
		{array(typ(schema.Int32)), `["1","x"]`, misfitting},
		{array(typ(schema.Int32)), `{"1":2}`, misfitting},
		{array(typ(schema.Int16)), `["40000"]`, misfitting},
		{array(typ(schema.Bool)), `[true,"false"]`, `["true","false"]`},
		{array(typ(schema.Float64)), `["-0", 1e2, "NaN", "1.50"]`, `["-0","100","NaN","1.5"]`},
		{array(dec(6, 2)), `["1.5", 2, 1e-2]`, `["1.50","2.00","0.01"]`},
		{array(precise(schema.TimestampTZ, 0)), `["2024-01-01T01:00:00+01"]`, `["2024-01-01 00:00:00Z"]`},
		{array(typ(schema.String)), `["a\u0022\ud83d\ude00", "null", ""]`, `["a\"😀","null",""]`},
		{array(typ(schema.String)), `["\ud83d"]`, misfitting},
		{array(typ(schema.String)), `["\ude00\ud83d"]`, misfitting},
		{array(typ(schema.String)), `["\ud83dx\ude00"]`, misfitting},
		{array(typ(schema.String)), "[\"\xff\"]", misfitting},
		{array(typ(schema.String)), `["a"] ]`, misfitting},
		{array(typ(schema.JSON)), `["{\"b\" :1}", "null", null]`, `["{\"b\" :1}","null",null]`},
		{array(typ(schema.JSON)), `["{"]`, misfitting},
		{array(schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}, Native: "few"}), `["[1, 2]",null]`, `["[\"1\",\"2\"]",null]`},
		{array(schema.Type{Kind: schema.Native, Native: "inet"}), `["1.2.3.4"]`, `["1.2.3.4"]`},
		{schema.Type{Kind: schema.Enum, Values: []string{"a"}}, "A", misfitting},
		{typ(schema.JSON), `{"a": 1.0, "a":2 }`, `{"a": 1.0, "a":2 }`},
		{typ(schema.JSON), `{'a'}`, misfitting},
		{typ(schema.JSON), "\"\xff\"", misfitting},
		{typ(schema.UUID), "6BA7B810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
		{typ(schema.UUID), "6ba7b810-9dad-11d1-80b4-00c04fd430cg", misfitting},
		{typ(schema.UUID), "6ba7b8109dad11d180b400c04fd430c8", misfitting},
		{typ(schema.Bytes), `\x00FF`, `\x00ff`},
		{typ(schema.Bytes), `\x`, `\x`},
		{typ(schema.Bytes), `\x0`, misfitting},
		{typ(schema.Bytes), `\x00zz`, misfitting},
		{typ(schema.Bytes), `00`, misfitting},
		{typ(schema.Interval), "P0M0DT0S", "P0M0DT0S"},
		{typ(schema.Interval), "P1Y-2M1W3DT-1H2M3.50S", "P10M10DT-3476.5S"},
		{typ(schema.Interval), "PT-0.5S", "P0M0DT-0.5S"},
		{typ(schema.Interval), "PT-9223372036854.775808S", "P0M0DT-9223372036854.775808S"},
		{typ(schema.Interval), "PT-9223372036854.775809S", misfitting},
		{typ(schema.Interval), "PT0.1234567S", misfitting},
		{typ(schema.Interval), "P1.5D", misfitting},
		{typ(schema.Interval), "P", misfitting},
		{typ(schema.Interval), "P1DT", misfitting},
		{typ(schema.Interval), "P1D2M", misfitting},
		{typ(schema.Interval), "P2147483648M", misfitting},
		{typ(schema.Interval), "P9223372036854775807YT1S", misfitting},
	} {
		v := NewVector(c.t)
		err := Parse(&v, c.t, []byte(c.in))
		if c.want == misfitting {
			if !errors.Is(err, ErrMisfit) {
				t.Errorf("Parse(%s, %q): got error %v, want a misfit", c.t, c.in, err)
			} else if len(c.in) > 2 && strings.Contains(strings.ReplaceAll(err.Error(), c.t.String(), ""), c.in) {
				t.Errorf("Parse(%s, %q): the error quotes the value: %v", c.t, c.in, err)
			}
			if v.Len() != 0 || len(v.Blobs) != 0 || len(v.Ints) != 0 {
				t.Errorf("Parse(%s, %q): the misfit left %d values and %d bytes in the vector", c.t, c.in, v.Len(), len(v.Blobs))
			}
			continue
		}
		if err != nil || v.Len() != 1 {
			t.Errorf("Parse(%s, %q): got %d values, error %v", c.t, c.in, v.Len(), err)
			continue
		}
		if got := string(AppendText(nil, c.t, &v, 0)); got != c.want {
			t.Errorf("Parse(%s, %q): got %q, want %q", c.t, c.in, got, c.want)
		}
	}
}

func TestTypesThisVersionDoesNotKnowAreRefused(t *testing.T) {
	nested := array(typ(schema.Int32))
	for _, ty := range []schema.Type{{Kind: schema.Array}, array(nested), {}} {
		v := NewVector(ty)
		if err := Parse(&v, ty, []byte("x")); err == nil || !strings.Contains(err.Error(), "not known to this version") {
			t.Errorf("Parse(%v): got error %v, want one that says the type is not known", ty, err)
		}
	}
}

func TestDaysAgreeWithTheStandardLibrary(t *testing.T) {
	for d := int64(-800_000); d < 3_000_000; d += 13 {
		want := time.Unix(d*86400, 0).UTC()
		y, m, day := Civil(d)
		if y != want.Year() || m != int(want.Month()) || day != want.Day() {
			t.Fatalf("Civil(%d): got %d-%d-%d, want %s", d, y, m, day, want)
		}
		if got, ok := Days(y, m, day); !ok || got != d {
			t.Fatalf("Days(%d,%d,%d): got %d %t, want %d", y, m, day, got, ok, d)
		}
	}
	for _, d := range []int64{math.MaxInt64, math.MinInt64} {
		if y, m, day := Civil(d); m < 1 || m > 12 || day < 1 || day > 31 || (y > 0) != (d > 0) {
			t.Errorf("Civil(%d): got %d-%d-%d", d, y, m, day)
		}
	}
}

// EveryType draws a type of every kind that has a text form.
func everyType() *rapid.Generator[schema.Type] {
	return rapid.Custom(func(r *rapid.T) schema.Type {
		t := scalarType().Draw(r, "type")
		if rapid.IntRange(0, 9).Draw(r, "array") == 0 {
			return array(t)
		}
		return t
	})
}

func scalarType() *rapid.Generator[schema.Type] {
	return rapid.Custom(func(r *rapid.T) schema.Type {
		switch k := rapid.SampledFrom([]schema.Kind{
			schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Decimal, schema.Float32, schema.Float64, schema.String,
			schema.Bytes, schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ, schema.Interval, schema.UUID,
			schema.JSON, schema.Enum, schema.Native}).Draw(r, "kind"); k {
		case schema.Decimal:
			p := rapid.IntRange(0, 40).Draw(r, "precision")
			if p == 0 {
				return typ(k)
			}
			return dec(p, rapid.IntRange(-3, p+3).Draw(r, "scale"))
		case schema.String:
			return schema.Type{Kind: k, Length: rapid.IntRange(0, 20).Draw(r, "length")}
		case schema.Time, schema.Timestamp, schema.TimestampTZ:
			return precise(k, rapid.IntRange(0, 9).Draw(r, "precision"))
		case schema.Enum:
			return schema.Type{Kind: k, Values: []string{"a", "", "ä b", `"`}}
		default:
			return typ(k)
		}
	})
}

// appendAny puts a drawn value of t into v, at times a null.
func appendAny(r *rapid.T, t schema.Type, v *Vector) {
	if rapid.IntRange(0, 9).Draw(r, "null") == 0 {
		v.AppendNull()
		return
	}
	bounded := func(low, high int64) { v.AppendInt(rapid.Int64Range(low, high).Draw(r, "int")) }
	grain := t.Unit()
	for range t.Precision {
		grain /= 10
	}
	switch t.Kind {
	case schema.Bool:
		bounded(0, 1)
	case schema.Int16:
		bounded(math.MinInt16, math.MaxInt16)
	case schema.Int32:
		bounded(math.MinInt32, math.MaxInt32)
	case schema.Int64:
		bounded(math.MinInt64, math.MaxInt64)
	case schema.Date:
		v.AppendInt(rapid.OneOf(rapid.Int64Range(-360e9, 360e9), rapid.Int64Range(-1e6, 4e6), rapid.Just(int64(PosInf)), rapid.Just(int64(NegInf))).Draw(r, "days"))
	case schema.Time:
		bounded(0, 86400*t.Unit()/max(grain, 1))
		v.Ints[len(v.Ints)-1] *= max(grain, 1)
	case schema.Timestamp, schema.TimestampTZ:
		x := rapid.OneOf(rapid.Int64(), rapid.Just(int64(PosInf)), rapid.Just(int64(NegInf))).Draw(r, "ticks")
		if x != PosInf && x != NegInf {
			x -= x % max(grain, 1)
		}
		v.AppendInt(x)
	case schema.Float32:
		v.AppendFloat(float64(rapid.OneOf(rapid.Float32(), rapid.Just(float32(math.Inf(1)))).Draw(r, "float32")))
	case schema.Float64:
		v.AppendFloat(rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(-1))).Draw(r, "float64"))
	default:
		appendAnyBlob(r, t, v)
	}
}

func appendAnyBlob(r *rapid.T, t schema.Type, v *Vector) {
	switch t.Kind {
	case schema.Decimal:
		appendAnyDecimal(r, t, v)
	case schema.Array:
		appendAnyArray(r, *t.Elem, v)
	case schema.String, schema.Native:
		n := -1
		if t.Length > 0 {
			n = t.Length
		}
		v.AppendString(strings.ToValidUTF8(rapid.StringN(0, n, -1).Draw(r, "string"), ""))
	case schema.Bytes:
		v.AppendBlob(rapid.SliceOf(rapid.Byte()).Draw(r, "bytes"))
	case schema.UUID:
		v.AppendBlob(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "uuid"))
	case schema.JSON:
		v.AppendString(rapid.SampledFrom([]string{"null", `{"b":1, "a":[1.0]}`, "\n1e3", `"\u0000"`}).Draw(r, "json"))
	case schema.Enum:
		v.AppendString(rapid.SampledFrom(t.Values).Draw(r, "enum"))
	case schema.Interval:
		v.Blobs = AppendInterval(v.Blobs, Interval{rapid.Int32().Draw(r, "months"), rapid.Int32().Draw(r, "days"), rapid.Int64().Draw(r, "micros")})
		v.AppendEnd()
	}
}

func appendAnyArray(r *rapid.T, elem schema.Type, v *Vector) {
	var a Array
	n := rapid.IntRange(0, 1).Draw(r, "elements")
	for range rapid.IntRange(0, 3).Draw(r, "dimensions") * n {
		d := Dim{Lower: rapid.IntRange(-1, 2).Draw(r, "lower"), Length: rapid.IntRange(1, 3).Draw(r, "length")}
		a.Dims, n = append(a.Dims, d), n*d.Length
	}
	if a.Dims == nil {
		n = 0
	}
	elems := NewVector(elem)
	for i := range n {
		if appendAny(r, elem, &elems); elems.Null(i) {
			a.Elems = append(a.Elems, nil)
			continue
		}
		a.Elems = append(a.Elems, AppendText([]byte{}, elem, &elems, i))
	}
	v.Blobs = a.Append(v.Blobs)
	v.AppendEnd()
}

func appendAnyDecimal(r *rapid.T, t schema.Type, v *Vector) {
	text := rapid.StringMatching(`-?[0-9]{1,30}(\.[0-9]{1,30})?`).Draw(r, "decimal")
	if t.Precision > 0 {
		digits := rapid.StringMatching(`[0-9]{1,40}`).Draw(r, "digits")
		text = digits[:min(len(digits), t.Precision)] + "e" + string(appendFloat(nil, float64(-t.Scale), 64))
	}
	blobs, err := AppendDecimal(v.Blobs, []byte(text), t.Precision, t.Scale)
	if err != nil {
		r.Fatalf("AppendDecimal(%q, %d, %d): %v", text, t.Precision, t.Scale, err)
	}
	v.Blobs = blobs
	v.AppendEnd()
}

func TestParseOfAppendTextIsTheValue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ty := everyType().Draw(r, "type")
		v, back := NewVector(ty), NewVector(ty)
		n := rapid.IntRange(1, 8).Draw(r, "n")
		for i := range n {
			appendAny(r, ty, &v)
			if v.Null(i) {
				back.AppendNull()
				continue
			}
			text := AppendText(nil, ty, &v, i)
			if err := Parse(&back, ty, text); err != nil {
				r.Fatalf("Parse(%s, %q): %v", ty, text, err)
			}
			if again := AppendText(nil, ty, &back, i); !bytes.Equal(again, text) {
				r.Fatalf("AppendText(Parse(%q)) of %s: got %q", text, ty, again)
			}
		}
		for i := range n {
			want, got := AppendCanonical(nil, ty, &v, i), AppendCanonical(nil, ty, &back, i)
			if !bytes.Equal(want, got) {
				r.Fatalf("%s value %d: got %x, want %x", ty, i, got, want)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "-1", "1e5", "2026-01-02T03:04:05+01:00", "P1Y2M3DT4H5M6.7S", `\xff`, "24:00:00"} {
		f.Add(s, byte(0))
	}
	kinds := []schema.Type{typ(schema.Bool), typ(schema.Int32), dec(0, 0), dec(6, 2), typ(schema.Float32), typ(schema.Date), precise(schema.Time, 3),
		precise(schema.Timestamp, 7), precise(schema.TimestampTZ, 9), typ(schema.Interval), typ(schema.UUID), typ(schema.Bytes)}
	f.Fuzz(func(t *testing.T, s string, k byte) {
		ty := kinds[int(k)%len(kinds)]
		v := NewVector(ty)
		if Parse(&v, ty, []byte(s)) != nil {
			return
		}
		text := AppendText(nil, ty, &v, 0)
		if err := Parse(&v, ty, text); err != nil || !bytes.Equal(AppendText(nil, ty, &v, 1), text) {
			t.Errorf("%s %q reads as %q, which does not read back: %v", ty, s, text, err)
		}
	})
}
