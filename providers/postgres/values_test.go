package postgres

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
	"pgregory.net/rapid"
)

// values are the edge values of every type that is moved, in SQL and in canonical text.
var values = []struct {
	kind string
	sql  []string
	want []string
}{
	{"boolean", []string{"true", "false"}, []string{"true", "false"}},
	{"smallint", []string{"'-32768'", "32767", "0"}, []string{"-32768", "32767", "0"}},
	{"integer", []string{"'-2147483648'", "2147483647"}, []string{"-2147483648", "2147483647"}},
	{"bigint", []string{"'-9223372036854775808'", "9223372036854775807"}, []string{"-9223372036854775808", "9223372036854775807"}},
	{
		"numeric", []string{"0", "0.00", "-0.5", "1e-30", "12345678901234567890.123400", "'NaN'", "1e40", "10000", "0.00010001", "-99990000.5"},
		[]string{
			"0", "0.00", "-0.5", "0.000000000000000000000000000001", "12345678901234567890.123400", "NaN",
			"10000000000000000000000000000000000000000", "10000", "0.00010001", "-99990000.5",
		},
	},
	{"numeric", []string{"'Infinity'", "'-Infinity'"}, []string{"Infinity", "-Infinity"}},
	{"numeric(12,3)", []string{"999999999.999", "-0.001", "7", "'NaN'"}, []string{"999999999.999", "-0.001", "7.000", "NaN"}},
	{"real", []string{"'NaN'", "'Infinity'", "'-Infinity'", "1e-45", "3.4028235e38", "'-0'", "0.1"}, []string{"NaN", "Infinity", "-Infinity", "1e-45", "3.4028235e+38", "-0", "0.1"}},
	{"double precision", []string{"'NaN'", "5e-324", "1.7976931348623157e308", "'-0'", "0.1"}, []string{"NaN", "5e-324", "1.7976931348623157e+308", "-0", "0.1"}},
	{"text", []string{"''", "' x '", "E'a\\nb\\t\\\\'", "'žluťoučký 🐎'", "repeat('é', 100000)"}, []string{"", " x ", "a\nb\t\\", "žluťoučký 🐎", strings.Repeat("é", 100000)}},
	{"character varying(3)", []string{"''", "'ab '", "'äöü'"}, []string{"", "ab ", "äöü"}},
	{"bytea", []string{`'\x'`, `'\x00ff5c'`}, []string{`\x`, `\x00ff5c`}},
	{
		"date", []string{"'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'1970-01-01'", "'0001-01-01'", "'0044-03-15 BC'", "'2000-02-29'"},
		[]string{"infinity", "-infinity", "-4712-01-01", "+5874897-12-31", "1970-01-01", "0001-01-01", "-0043-03-15", "2000-02-29"},
	},
	{"time(6) without time zone", []string{"'00:00'", "'24:00'", "'23:59:59.999999'"}, []string{"00:00:00.000000", "24:00:00.000000", "23:59:59.999999"}},
	{"time(0) without time zone", []string{"'12:30:01'"}, []string{"12:30:01"}},
	{
		"timestamp(6) without time zone", []string{"'infinity'", "'-infinity'", "'4713-01-01 00:00:00 BC'", "'1969-12-31 23:59:59.999999'", "'294246-12-31 23:59:59.999999'"},
		[]string{"infinity", "-infinity", "-4712-01-01 00:00:00.000000", "1969-12-31 23:59:59.999999", "+294246-12-31 23:59:59.999999"},
	},
	{"timestamp(3) without time zone", []string{"'2026-01-02 03:04:05.678'"}, []string{"2026-01-02 03:04:05.678"}},
	{
		"timestamp(6) with time zone", []string{"'infinity'", "'2026-03-29 02:30:00+02'", "'0001-01-01 00:00:00+00 BC'"},
		[]string{"infinity", "2026-03-29 00:30:00.000000Z", "+0000-01-01 00:00:00.000000Z"},
	},
	{
		"interval", []string{"'1 year -2 mons 3 days -04:05:06.000007'", "'0'", "'178000000 years'", "'-1 month'"},
		[]string{"P10M3DT-14706.000007S", "P0M0DT0S", "P2136000000M0DT0S", "P-1M0DT0S"},
	},
	{"uuid", []string{"'00112233-4455-6677-8899-AABBCCDDEEFF'"}, []string{"00112233-4455-6677-8899-aabbccddeeff"}},
	{"json", []string{`'{"a":  1, "a": 1.0}'`, `'"\u0000"'`, `' null '`}, []string{`{"a":  1, "a": 1.0}`, `"\u0000"`, ` null `}},
}

func TestEveryTypesEdgeValuesArriveAsTheyWere(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	for n, v := range values {
		t.Run(fmt.Sprintf("%s %d", v.kind, n), func(t *testing.T) {
			from, to := fmt.Sprintf("from%d", n), fmt.Sprintf("to%d", n)
			testserver.Psql(t, dsn, fmt.Sprintf("CREATE TABLE %s (n int, v %s); INSERT INTO %s SELECT row_number() OVER (), x.c::%s FROM (VALUES (%s::%s)) x(c); INSERT INTO %s VALUES (0, NULL)",
				from, v.kind, from, v.kind, strings.Join(v.sql, "::"+v.kind+"), ("), v.kind, from))
			source := table(t, e, from)
			got, err := all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
			if err != nil {
				t.Fatal(err)
			}
			want := [][]string{}
			for i, x := range v.want {
				want = append(want, []string{fmt.Sprint(i + 1), x})
			}
			want = append(want, []string{"0", "<null>"})
			if !slices.EqualFunc(texts(got), want, slices.Equal) {
				t.Fatalf("read: got %.300q, want %.300q", texts(got), want)
			}
			made := source
			made.Ref = public(to)
			define(t, e, dsn, schema.Change{CreateTable: &made})
			target := table(t, e, to)
			if !target.Columns[1].Type.Equal(source.Columns[1].Type) || target.Columns[1].Declared != source.Columns[1].Declared {
				t.Errorf("the made column is %s, %s; want %s, %s", target.Columns[1].Type, target.Columns[1].Declared, source.Columns[1].Type, source.Columns[1].Declared)
			}
			s := spec(target, epoch, providers.Insert)
			s.ChunkID = to
			if _, err := put(t.Context(), e, s, got); err != nil {
				t.Fatal(err)
			}
			differ := testserver.Psql(t, dsn, fmt.Sprintf("SET extra_float_digits = 3; SELECT a.n, a.v::text, b.v::text FROM %s a FULL JOIN %s b USING (n) WHERE a.v::text IS DISTINCT FROM b.v::text", from, to))
			if differ != "" {
				t.Errorf("psql sees differences: %.300s", differ)
			}
		})
	}
}

func TestPlaceIsWhatDefineMakesAndInspectSees(t *testing.T) {
	e, dsn := database(t)
	for n, typ := range []schema.Type{
		{Kind: schema.Timestamp, Precision: 9}, {Kind: schema.TimestampTZ, Precision: 7}, {Kind: schema.Time, Precision: 2}, {Kind: schema.String, Length: 7},
		{Kind: schema.String, Length: 20000000}, {Kind: schema.Decimal, Precision: 1000, Scale: 1000}, {Kind: schema.Decimal}, {Kind: schema.Float32},
	} {
		placed, err := e.Place(typ)
		if err != nil {
			t.Errorf("Place(%s): %v", typ, err)
			continue
		}
		name := fmt.Sprintf("p%d", n)
		define(t, e, dsn, schema.Change{CreateTable: &schema.Table{Ref: public(name), Columns: []schema.Column{{Name: "c", Type: placed, Null: true}}}})
		if got := table(t, e, name).Columns[0].Type; !got.Equal(placed) {
			t.Errorf("Place(%s) is %s, and Inspect sees %s", typ, placed, got)
		}
	}
	for _, typ := range []schema.Type{
		{}, {Kind: schema.Native}, {Kind: schema.Native, Native: "int) DEFAULT (1"}, {Kind: schema.Native, Native: "varchar(0)"}, {Kind: schema.Decimal, Precision: 1001},
		{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}}, {Kind: schema.Decimal, Precision: 3, Scale: 5},
	} {
		if got, err := e.Place(typ); err == nil {
			t.Errorf("Place(%s): got %s, want an error", typ, got)
		}
	}
}

func TestNumericsComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?`).Draw(t, "number")
		if strings.Trim(text, "-0.") == "" {
			text = strings.TrimPrefix(text, "-")
		}
		wire, why := encodeNumeric(nil, []byte(text), -1)
		if why != "" {
			t.Fatalf("encodeNumeric(%s): %s", text, why)
		}
		got, err := appendNumeric(nil, wire)
		if err != nil || string(got) != text {
			t.Fatalf("%s came back as %s, %v", text, got, err)
		}
	})
}

func TestValuesThatTheServerWouldChangeAreRefused(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (a varchar(3), b numeric(6,2), c timestamp(3), d real, e text, f smallint, g numeric)`)
	target := table(t, e, "t")
	for _, c := range []struct {
		column string
		fill   func(v *batch.Vector)
	}{
		{"a", func(v *batch.Vector) { v.AppendString("abc ") }},
		{"b", func(v *batch.Vector) { v.AppendString("1.234") }},
		{"c", func(v *batch.Vector) { v.AppendInt(1234) }},
		{"d", func(v *batch.Vector) { v.AppendFloat(0.1) }},
		{"e", func(v *batch.Vector) { v.AppendString("a\x00b") }},
		{"e", func(v *batch.Vector) { v.AppendString("a\xff") }},
		{"f", func(v *batch.Vector) { v.AppendInt(40000) }},
		{"g", func(v *batch.Vector) { v.AppendString("1e5") }},
		{"b", func(v *batch.Vector) { v.AppendString("99999.00") }},
		{"c", func(v *batch.Vector) { v.AppendInt(batch.NegInf + 5) }},
	} {
		b := rowsOf(t, target.Columns, []string{"<null>", "<null>", "<null>", "<null>", "<null>", "<null>", "<null>"})
		for i := range target.Columns {
			if target.Columns[i].Name == c.column {
				c.fill(&b.Vectors[i])
			} else {
				b.Vectors[i].AppendNull()
			}
		}
		_, err := put(t.Context(), e, spec(target, epoch, providers.Insert), b)
		bad := failure(err)
		if bad.Class != providers.BadValue || bad.Row != "row 2 of the chunk" || bad.Column != c.column && c.column != "b" {
			t.Errorf("column %s: got class %q at column %q %q (%v), want bad_value at row 2", c.column, bad.Class, bad.Column, bad.Row, err)
		}
	}
	if n := testserver.Psql(t, dsn, "SELECT count(*) FROM t"); n != "0" {
		t.Errorf("%s rows are in the table after chunks that failed", n)
	}
}
