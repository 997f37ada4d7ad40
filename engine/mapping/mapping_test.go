package mapping_test

import (
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
	}
}

// The signs: = exact, ? checked, ~ lossy and not allowed, . no cast. Columns are in the order of kinds, as the lines are.
func TestEveryPairOfTypesHasItsVerdict(t *testing.T) {
	signs := map[plan.Verdict]string{plan.Exact: "=", plan.Checked: "?", plan.Lossy: "~"}
	want := []string{
		"=.......==..........", // bool
		".====?====..........", // int16
		".?===??==?..........", // int32
		".??==???=?..........", // int64
		".???=???=?..........", // decimal
		".???==??==..........", // decimal(5,2)
		".?????===?..........", // float32
		".??????==?..........", // float64
		"........=?......??.?", // string
		"........==......??.?", // string(10)
		"..........=.........", // bytes
		"........=?.=.=......", // date
		"........=?..=.......", // time(3)
		"........=?.?.=......", // timestamp(3)
		"........=?.~.~=.....", // timestamptz(6)
		"........=?.....=....", // interval
		"........=?......=...", // uuid
		"........=?.......=..", // json
		"..................=.", // array
		"........==.........=", // enum
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
	} {
		got, err := mapping.Judge(c.from, c.to, c.allow)
		if err != nil || got.Verdict != c.want || got.Allow != c.repeated {
			t.Errorf("Judge(%s, %s, %q): got %s allowing %q, %v, want %s allowing %q",
				c.from, c.to, c.allow, got.Verdict, got.Allow, err, c.want, c.repeated)
		}
	}
}

func TestAMissingCastNamesTheExpressionToWrite(t *testing.T) {
	of := func(k schema.Kind) schema.Type { return schema.Type{Kind: k} }
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
		{of(schema.String), schema.Type{Kind: schema.Native, Native: "citext"}, "citext"},
		{schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int16}}, schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, "unchanged"},
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
