package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/mapping"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func kinds() []schema.Type {
	return []schema.Type{
		{Kind: schema.Bool}, {Kind: schema.Int16}, {Kind: schema.Int32}, {Kind: schema.Int64},
		{Kind: schema.Decimal}, {Kind: schema.Decimal, Precision: 5, Scale: 2}, {Kind: schema.Float32}, {Kind: schema.Float64},
		{Kind: schema.String}, {Kind: schema.String, Length: 10}, {Kind: schema.Bytes},
		{Kind: schema.Date}, {Kind: schema.Time, Precision: 3}, {Kind: schema.Timestamp, Precision: 3},
		{Kind: schema.TimestampTZ, Precision: 6}, {Kind: schema.Interval}, {Kind: schema.UUID}, {Kind: schema.JSON},
		{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, {Kind: schema.Enum, Values: []string{"a", "b"}},
		{Kind: schema.Native, Native: "inet"}, {Kind: schema.Native, Native: "cidr"}, {Kind: schema.JSON, Native: "jsonb"},
		{Kind: schema.String, Length: 3, Native: "character(3)"}, {Kind: schema.String, Native: "name"},
		{Kind: schema.String, Native: "public.citext"}, {Kind: schema.Decimal, Native: "numeric(3,-2)"},
		{Kind: schema.Interval, Native: "interval(3)"}, {Kind: schema.Int32, Native: "public.positive"},
		{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int64}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.String}},
	}
}

// The signs: = exact, ? checked, ~ lossy and not allowed, . no cast. Columns are in the order of kinds, as the lines are.
func TestEveryPairOfTypesHasItsVerdict(t *testing.T) {
	signs := map[plan.Verdict]string{plan.Exact: "=", plan.Checked: "?", plan.Lossy: "~"}
	want := []string{
		"=.......==.............??=.....", // bool
		".====?====.............??=?.?..", // int16
		".?===??==?.............??=?.?..", // int32
		".??==???=?.............??=?.?..", // int64
		".???=???=?.............??=?.?..", // decimal
		".???==??==.............??=?.?..", // decimal(5,2)
		".?????===?.............??=?.?..", // float32
		".??????==?.............??=?.?..", // float64
		"........=?......?????????=...??", // string
		"........==......?????????=...??", // string(10)
		"..........=....................", // bytes
		"........=?.=.=.........??=.....", // date
		"........=?..=..........??=.....", // time(3)
		"........=?.?.=.........??=.....", // timestamp(3)
		"........=?.~.~=........??=.....", // timestamptz(6)
		"........=?.....=.......??=.?...", // interval
		"........=?......=......??=.....", // uuid
		"........=?.......=?...???=...??", // json
		"........=?.......?=...???=...==", // array
		"........==.........=...??=.....", // enum
		"........=?..........=..??=.....", // inet
		"........=?...........=.??=.....", // cidr
		"........=?.......=?...=??=...??", // jsonb
		"........==......???????=?=...??", // character(3)
		"........=?......????????==...??", // name
		"........=?......?????????=...??", // citext
		".???=???=?.............??==.?..", // numeric(3,-2)
		"........=?.....=.......??=.=...", // interval(3)
		".?===??==?.............??=?.=..", // a domain of int32
		"........=?.......??...???=...==", // array(int64)
		"........=?.......?....???=....=", // array(string)
	}
	for i, from := range kinds() {
		var got strings.Builder
		for _, to := range kinds() {
			f, err := mapping.Judge(from, to, "")
			switch {
			case err != nil:
				got.WriteString(".")
			default:
				got.WriteString(signs[f.Verdict])
			}
			if (f.Verdict == plan.Exact || err != nil) != (f.Why == "") {
				t.Errorf("Judge(%s, %s): verdict %s, why %q", from, to, f.Verdict, f.Why)
			}
		}
		if got.String() != want[i] {
			t.Errorf("values of %s: got %s, want %s", from, got.String(), want[i])
		}
	}
}

func TestVerdictsByDigitsLengthsAndAllowance(t *testing.T) {
	dec := func(p, s int) schema.Type { return schema.Type{Kind: schema.Decimal, Precision: p, Scale: s} }
	str := func(n int) schema.Type { return schema.Type{Kind: schema.String, Length: n} }
	clock := func(k schema.Kind, p int) schema.Type { return schema.Type{Kind: k, Precision: p} }
	of := func(k schema.Kind) schema.Type { return schema.Type{Kind: k} }
	enum := func(v ...string) schema.Type { return schema.Type{Kind: schema.Enum, Values: v} }
	for _, c := range []struct {
		from, to schema.Type
		allow    string
		want     plan.Verdict
		repeated string
	}{
		{of(schema.Int32), dec(12, 2), "", plan.Exact, ""},
		{of(schema.Int32), dec(11, 2), "", plan.Checked, ""},
		{of(schema.Int64), of(schema.Int32), "round", plan.Checked, ""},
		{of(schema.Int64), of(schema.Float64), "round", plan.Lossy, "round"},
		{dec(10, 2), dec(12, 4), "", plan.Exact, ""},
		{dec(10, 2), dec(11, 4), "round", plan.Checked, ""},
		{dec(10, 4), dec(12, 2), "", plan.Checked, ""},
		{dec(10, 4), dec(12, 2), "round", plan.Lossy, "round"},
		{dec(10, 4), dec(12, 2), "truncate", plan.Lossy, "truncate"},
		{dec(0, 0), dec(38, 9), "round", plan.Lossy, "round"},
		{dec(4, 0), of(schema.Int16), "", plan.Checked, ""}, // it may be NaN
		{dec(4, 1), of(schema.Int16), "truncate", plan.Lossy, "truncate"},
		{dec(4, 1), of(schema.Float64), "round", plan.Lossy, "round"},
		{of(schema.Float64), of(schema.Float32), "round", plan.Lossy, "round"},
		{of(schema.Float64), dec(5, 2), "round", plan.Lossy, "round"},
		{of(schema.Float64), dec(0, 0), "round", plan.Checked, ""},
		{of(schema.Float32), of(schema.Int32), "truncate", plan.Lossy, "truncate"},
		{str(10), str(20), "", plan.Exact, ""},
		{str(20), str(10), "", plan.Checked, ""},
		{str(20), str(10), "truncate", plan.Lossy, "truncate"},
		{str(20), str(10), "round", plan.Checked, ""},
		{str(5), str(10), "truncate", plan.Exact, ""},
		{of(schema.UUID), str(36), "", plan.Exact, ""},
		{of(schema.UUID), str(35), "truncate", plan.Checked, ""},
		{clock(schema.Time, 6), clock(schema.Time, 0), "", plan.Checked, ""},
		{clock(schema.Time, 6), clock(schema.Time, 0), "round", plan.Lossy, "round"},
		{clock(schema.Time, 6), clock(schema.Time, 9), "", plan.Exact, ""},
		{clock(schema.Timestamp, 3), clock(schema.Timestamp, 6), "", plan.Exact, ""},
		{clock(schema.Timestamp, 6), clock(schema.Timestamp, 9), "", plan.Checked, ""}, // nanoseconds end in 2262
		{clock(schema.Timestamp, 7), clock(schema.Timestamp, 6), "truncate", plan.Lossy, "truncate"},
		{clock(schema.TimestampTZ, 7), clock(schema.TimestampTZ, 6), "", plan.Checked, ""},
		{clock(schema.Timestamp, 6), of(schema.Date), "truncate", plan.Lossy, "truncate"},
		{clock(schema.Timestamp, 6), of(schema.Date), "round", plan.Checked, ""},
		{clock(schema.TimestampTZ, 6), clock(schema.Timestamp, 6), "zone", plan.Lossy, "zone"},
		{clock(schema.TimestampTZ, 6), clock(schema.Timestamp, 6), "round", plan.Lossy, ""},
		{clock(schema.TimestampTZ, 6), of(schema.Date), "zone", plan.Lossy, "zone"},
		{of(schema.Date), clock(schema.Timestamp, 9), "", plan.Checked, ""},
		{enum("a"), enum("a", "b"), "", plan.Exact, ""},
		{enum("a", "c"), enum("a", "b"), "", plan.Checked, ""},
		{enum("a", "bcd"), str(3), "", plan.Exact, ""},
		{enum("a", "bcd"), str(2), "", plan.Checked, ""},
		{named(schema.Enum, "mood", "a"), named(schema.Enum, "other.mood", "b", "a"), "", plan.Exact, ""},
		{named(schema.Enum, "mood", "a"), named(schema.Enum, "mood", "b"), "", plan.Checked, ""},
		{str(2), char(3), "", plan.Checked, ""},
		{str(5), char(3), "truncate", plan.Lossy, "truncate"},
		{char(3), char(5), "", plan.Checked, ""},
		{char(3), str(3), "", plan.Exact, ""},
		{named(schema.Array, "d"), array(of(schema.Int32)), "", plan.Exact, ""},
		{array(of(schema.Int32)), named(schema.Array, "d"), "", plan.Checked, ""},
		{array(of(schema.Int32)), array(of(schema.Int64)), "", plan.Exact, ""},
		{array(of(schema.Int64)), array(of(schema.Int32)), "round", plan.Checked, ""},
		{array(named(schema.JSON, "")), array(named(schema.JSON, "jsonb")), "", plan.Checked, ""},
		{array(of(schema.Int64)), array(of(schema.Float32)), "round", plan.Checked, ""},
		{named(schema.Date, "public.day"), of(schema.Date), "", plan.Exact, ""},
		{of(schema.Date), named(schema.Date, "public.day"), "", plan.Checked, ""},
		{of(schema.Decimal), named(schema.Decimal, "numeric(3,-2)"), "", plan.Checked, ""},
		{named(schema.Decimal, "numeric(3,-2)"), of(schema.Decimal), "", plan.Exact, ""},
		{named(schema.Interval, "interval(3)"), of(schema.Interval), "", plan.Exact, ""},
	} {
		got, err := mapping.Judge(c.from, c.to, c.allow)
		if err != nil || got.Verdict != c.want || got.Allow != c.repeated {
			t.Errorf("Judge(%s, %s, %q): got %s allowing %q, %v, want %s allowing %q",
				c.from, c.to, c.allow, got.Verdict, got.Allow, err, c.want, c.repeated)
		}
	}
}

func named(k schema.Kind, name string, values ...string) schema.Type {
	t := schema.Type{Kind: k, Native: name, Values: values}
	if k == schema.Array {
		t.Elem = &schema.Type{Kind: schema.Int32}
	}
	return t
}

func char(n int) schema.Type {
	return schema.Type{Kind: schema.String, Length: n, Native: fmt.Sprintf("character(%d)", n)}
}

func array(elem schema.Type) schema.Type { return schema.Type{Kind: schema.Array, Elem: &elem} }

func TestWhatATypeDoesByItsNameIsSaid(t *testing.T) {
	text := schema.Type{Kind: schema.String}
	for _, c := range []struct {
		from, to schema.Type
		want     string
	}{
		{schema.Type{Kind: schema.JSON}, named(schema.JSON, "jsonb"), "a key twice or \\u0000 is a row error"},
		{text, char(3), "A text of more than 3 characters is a row error. A text of fewer than 3 characters is filled up with blanks"},
		{text, named(schema.String, "name"), "more than 63 bytes"},
		{text, named(schema.String, "public.postcode"), "The server checks each value"},
		{text, named(schema.Native, "inet"), "or that it would write in another form"},
		{schema.Type{Kind: schema.Decimal}, named(schema.Decimal, "numeric(3,-2)"), "numeric(3,-2) would round"},
		{schema.Type{Kind: schema.Interval}, named(schema.Interval, "interval year to month"), "interval year to month would drop"},
		{array(text), array(char(3)), "Each element is tested. A text of more than 3"},
		{array(text), schema.Type{Kind: schema.JSON}, "bounds do not start at 1"},
		{text, array(schema.Type{Kind: schema.Int16}), "elements of type int16"},
	} {
		got, err := mapping.Judge(c.from, c.to, "")
		if err != nil || !strings.Contains(got.Why, c.want) {
			t.Errorf("Judge(%s, %s): got %q, %v, want a reason that holds %q", c.from, c.to, got.Why, err, c.want)
		}
	}
}

func TestAMissingCastNamesTheExpressionToWrite(t *testing.T) {
	of := func(k schema.Kind) schema.Type { return schema.Type{Kind: k} }
	clock := func(k schema.Kind, p int) schema.Type { return schema.Type{Kind: k, Precision: p} }
	for _, c := range []struct {
		from, to schema.Type
		want     string
	}{
		{of(schema.String), of(schema.Date), "date(src.X)"},
		{of(schema.String), of(schema.Int32), "int(src.X)"},
		{of(schema.String), of(schema.Decimal), "decimal(src.X)"},
		{of(schema.String), of(schema.Float32), "double(src.X)"},
		{of(schema.String), of(schema.Bool), "src.X == 'Y'"},
		{of(schema.String), of(schema.Bytes), "bytes(src.X)"},
		{of(schema.Enum), of(schema.UUID), "string(src.X)"},
		{of(schema.Bool), of(schema.Int16), "src.X ? 1 : 0"},
		{of(schema.Int16), of(schema.Bool), "src.X != 0"},
		{of(schema.Timestamp), of(schema.TimestampTZ), "at_zone"},
		{of(schema.Date), of(schema.TimestampTZ), "at_zone"},
		{of(schema.Bytes), of(schema.String), "string(src.X)"},
		{of(schema.JSON), of(schema.Int32), "int(src.X.name)"},
		{of(schema.Bytes), of(schema.Date), "there is no cast from bytes to date"},
		{of(schema.Unknown), of(schema.String), "unknown"},
		{of(schema.Int32), named(schema.Native, "money"), "string(src.X)"},
		{named(schema.Native, "inet"), named(schema.Native, "cidr"), "write string(src.X), whose text the server then reads"},
		{named(schema.Native, "money"), of(schema.Decimal), "decimal(src.X)"},
		{array(of(schema.String)), array(of(schema.Int32)), "the elements of the array: there is no cast from string to int32"},
		{array(clock(schema.TimestampTZ, 6)), array(clock(schema.Timestamp, 6)), "would lose"},
		{array(of(schema.Int16)), of(schema.Int32), "an array goes into an array, a string or json"},
		{of(schema.Int16), array(of(schema.Int32)), "as in [src.X]"},
		{array(of(schema.Unknown)), of(schema.String), "array"},
	} {
		_, err := mapping.Judge(c.from, c.to, "")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Judge(%s, %s): got %v, want an error that holds %q", c.from, c.to, err, c.want)
		}
	}
}

func TestAnUnknownAllowanceIsRefused(t *testing.T) {
	if _, err := mapping.Judge(schema.Type{Kind: schema.Bool}, schema.Type{Kind: schema.Bool}, "anything"); err == nil {
		t.Error("Judge with allow_lossy = anything: got no error")
	}
}
