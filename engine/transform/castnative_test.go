package transform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

func named(t schema.Type, name string, values ...string) schema.Type {
	t.Native, t.Values = name, values
	return t
}

func array(elem schema.Type) schema.Type { return schema.Type{Kind: schema.Array, Elem: &elem} }

func character(n int) schema.Type { return named(text(n), fmt.Sprintf("character(%d)", n)) }

func TestCastsDoWhatTheColumnsOwnTypeDoes(t *testing.T) {
	integers, interval := array(of(schema.Int32)), of(schema.Interval)
	jsonb, numeric := named(of(schema.JSON), "jsonb"), func(name string) schema.Type { return named(of(schema.Decimal), name) }
	for _, c := range []castCase{
		{text(0), "ä", character(3), "", "ä  "},
		{text(0), "äöü", character(3), "", "äöü"},
		{text(0), "äöü ", character(3), "", ""},
		{text(0), "äöüß", character(3), "truncate", "äöü"},
		{text(0), "", character(3), "", "   "},
		{of(schema.Int32), "12", character(3), "", "12 "},
		{character(3), "a  ", text(0), "", "a  "},
		{character(3), "a  ", character(5), "", "a    "},
		{text(0), strings.Repeat("ü", 31), named(text(0), "name"), "", strings.Repeat("ü", 31)},
		{text(0), strings.Repeat("ü", 32), named(text(0), "name"), "", ""},
		{text(0), "Any Text ", named(text(0), "public.citext"), "", "Any Text "},
		{text(0), "not-an-address", named(of(schema.Native), "inet"), "", "not-an-address"}, // the server's to judge
		{named(of(schema.Native), "inet"), "10.0.0.1", text(0), "", "10.0.0.1"},
		{named(of(schema.Native), "inet"), "10.0.0.1", text(7), "", ""},
		{named(of(schema.Native), "inet"), "10.0.0.1", character(10), "", "10.0.0.1  "},
		{of(schema.JSON), `{"bb":1e2,"a":[ ]}`, jsonb, "", `{"a": [], "bb": 100}`},
		{text(0), `{"bb":1e2,"a":[ ]}`, jsonb, "", `{"a": [], "bb": 100}`},
		{of(schema.JSON), `{"a":1,"a":1}`, jsonb, "", ""},
		{of(schema.JSON), `"\u0000"`, jsonb, "", ""},
		{text(0), `{`, jsonb, "", ""},
		{jsonb, `{"a": 1}`, of(schema.JSON), "", `{"a": 1}`},
		{of(schema.Decimal), "12300", numeric("numeric(3,-2)"), "", "12300"},
		{of(schema.Decimal), "12300.00", numeric("numeric(3,-2)"), "", "12300.00"},
		{of(schema.Decimal), "-99900", numeric("numeric(3,-2)"), "", "-99900"},
		{of(schema.Decimal), "100000", numeric("numeric(3,-2)"), "", ""},
		{of(schema.Decimal), "12310", numeric("numeric(3,-2)"), "", ""},
		{of(schema.Decimal), "0.5", numeric("numeric(3,-2)"), "", ""},
		{of(schema.Decimal), "0.00", numeric("numeric(3,-2)"), "", "0.00"},
		{of(schema.Decimal), "NaN", numeric("numeric(3,-2)"), "", "NaN"},
		{of(schema.Decimal), "-Infinity", numeric("numeric(3,-2)"), "", ""},
		{of(schema.Int32), "700", numeric("numeric(3,-2)"), "", "700"},
		{of(schema.Int32), "70", numeric("numeric(3,-2)"), "", ""},
		{of(schema.Decimal), "0.00012", numeric("numeric(2,5)"), "", "0.00012"},
		{of(schema.Decimal), "0.00112", numeric("numeric(2,5)"), "", ""},
		{of(schema.Decimal), "0.000001", numeric("numeric(2,5)"), "", ""},
		{of(schema.Decimal), "1", numeric("numeric(2,5)"), "", ""},
		{numeric("numeric(3,-2)"), "12300", of(schema.Decimal), "", "12300"},
		{interval, "P1M2DT3.125S", named(interval, "interval(3)"), "", "P1M2DT3.125S"},
		{interval, "P1M2DT3.1251S", named(interval, "interval(3)"), "", ""},
		{interval, "P24M0DT0S", named(interval, "interval year"), "", "P24M0DT0S"},
		{interval, "P25M0DT0S", named(interval, "interval year"), "", ""},
		{interval, "P25M1DT0S", named(interval, "interval year to month"), "", ""},
		{interval, "P25M1DT0S", named(interval, "interval day"), "", "P25M1DT0S"},
		{interval, "P0M1DT60S", named(interval, "interval day"), "", ""},
		{interval, "P0M1DT60S", named(interval, "interval day to minute"), "", "P0M1DT60S"},
		{interval, "P0M1DT61S", named(interval, "interval day to minute"), "", ""},
		{interval, "P0M0DT0.01S", named(interval, "interval second(2)"), "", "P0M0DT0.01S"},
		{interval, "P0M0DT0.001S", named(interval, "interval second(2)"), "", ""},
		{of(schema.Date), "2024-01-01", named(of(schema.Date), "public.day"), "", "2024-01-01"},
		{integers, `[-1:0][2:2]=[["1"],[null]]`, array(of(schema.Int64)), "", `[-1:0][2:2]=[["1"],[null]]`},
		{integers, `["40000"]`, array(of(schema.Int16)), "", ""},
		{integers, `["4",null]`, array(decimal(5, 2)), "", `["4.00",null]`},
		{integers, `["4"]`, array(character(3)), "", `["4  "]`},
		{array(of(schema.JSON)), `["{\"b\":1,\"a\":2}"]`, array(jsonb), "", `["{\"a\": 2, \"b\": 1}"]`},
		{integers, `[0:0]=["4"]`, text(0), "", `[0:0]=["4"]`},
		{integers, `["4"]`, text(4), "", ""},
		{integers, `["4",null]`, of(schema.JSON), "", `["4",null]`},
		{integers, `["4",null]`, jsonb, "", `["4", null]`},
		{integers, `[["4"],["5"]]`, of(schema.JSON), "", `[["4"],["5"]]`},
		{integers, `[0:0]=["4"]`, of(schema.JSON), "", ""},
		{text(0), `[4, "5"]`, integers, "", `["4","5"]`},
		{text(0), `[0:0]=["4"]`, integers, "", `[0:0]=["4"]`},
		{text(0), `[4, "x"]`, integers, "", ""},
		{text(0), `{4,5}`, integers, "", ""},
		{text(0), `["a", "1234"]`, array(character(3)), "", ""},
		{text(0), `["a", "123"]`, array(character(3)), "", `["a  ","123"]`},
		{of(schema.JSON), `[[1],[2.0]]`, array(decimal(5, 1)), "", `[["1.0"],["2.0"]]`},
		{of(schema.JSON), `{"a":1}`, integers, "", ""},
	} {
		c.holds(t)
	}
}
