package expr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func kind(k schema.Kind) schema.Type { return schema.Type{Kind: k} }

// columns has one column of each kind that is never null, and one of the same name with N that may be.
func columns() []schema.Column {
	elem := kind(schema.String)
	types := []schema.Type{kind(schema.Bool), kind(schema.Int16), kind(schema.Int32), kind(schema.Int64),
		{Kind: schema.Decimal, Precision: 12, Scale: 2}, kind(schema.Float32), kind(schema.Float64), {Kind: schema.String, Length: 10},
		kind(schema.Bytes), kind(schema.Date), {Kind: schema.Time, Precision: 3}, {Kind: schema.Timestamp, Precision: 3},
		{Kind: schema.TimestampTZ, Precision: 9}, kind(schema.Interval), kind(schema.UUID), kind(schema.JSON), {Kind: schema.Array, Elem: &elem},
		{Kind: schema.Enum, Values: []string{"a", "b"}}}
	var all []schema.Column
	for _, t := range types {
		all = append(all, schema.Column{Name: string(t.Kind), Type: t}, schema.Column{Name: string(t.Kind) + "N", Type: t, Null: true})
	}
	return append(all, schema.Column{Name: "odd name", Type: kind(schema.String)}, schema.Column{Name: "geo", Declared: "geometry"},
		schema.Column{Name: "SURNAME", Type: kind(schema.String)})
}

func scope() expr.Scope {
	list := kind(schema.Int64)
	return expr.Scope{Columns: columns(), Keys: []string{"people"}, Object: `mapping "patient"`, Place: "Table dbo.PATIENT of source.sqlserver.pas",
		Params: []expr.Param{{Name: "trust", Type: kind(schema.String)}, {Name: "ages", Type: schema.Type{Kind: schema.Array, Elem: &list}}},
		Lookups: []expr.Lookup{{Name: "sex", Key: kind(schema.String), Value: kind(schema.String)},
			{Name: "maybe", Key: kind(schema.String), Value: kind(schema.String), Null: true}}}
}

func at() diag.Range {
	return diag.Range{File: "main.miq.hcl", Start: diag.Pos{Line: 41, Column: 10, Byte: 400}, End: diag.Pos{Line: 41, Column: 200, Byte: 600}}
}

func codes(list diag.List) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code)
	}
	return strings.Join(out, " ")
}

func details(list diag.List) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code+": "+d.Detail)
	}
	return strings.Join(out, "\n")
}

// row gives each column a value, null to those whose name ends with N.
func row(t *testing.T) map[string]any {
	t.Helper()
	decimal, err := library.NewDecimal([]byte("12.50"))
	if err != nil {
		t.Fatal(err)
	}
	span, err := library.NewInterval([]byte("P1M2DT3S"))
	if err != nil {
		t.Fatal(err)
	}
	instant, _ := library.NewInstant(1580428800, 1)
	r := map[string]any{"bool": types.True, "int16": types.Int(3), "int32": types.Int(3), "int64": types.Int(3), "decimal": decimal,
		"float32": types.Double(1.5), "float64": types.Double(1.5), "string": types.String("ab"), "bytes": types.Bytes("ab"),
		"date": library.Date(18292), "time": library.NewTime(36000, 1), "timestamp": library.NewDatetime(1580428800, 1),
		"timestamptz": instant, "interval": span, "uuid": types.String("u"), "array": []string{"x", "y"}, "enum": types.String("a"),
		"json":     map[string]any{"a": map[string]any{"b": 1}, "n": nil, "s": "text"},
		"odd name": types.String("odd"), "SURNAME": types.String("O'NEILL")}
	for name := range r {
		r[name+"N"] = types.NullValue
	}
	return r
}

func run(t *testing.T, e *expr.Expr) (ref.Val, error) {
	t.Helper()
	program, err := e.Program()
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := program.Eval(map[string]any{"src": row(t), "param": map[string]any{"trust": "RVH", "ages": []int64{1, 2}},
		"lookup": map[string]any{"sex": map[string]string{"1": "male"}, "maybe": map[string]any{"1": nil, "ab": "x"}},
		"@key":   map[string]any{"people": library.NewKey([]byte("Jefe"))}})
	return v, err
}

// value is how tests write a result.
func value(v ref.Val) string {
	if v == types.NullValue {
		return "null"
	}
	return fmt.Sprint(v.Value())
}

func TestTypesAndValues(t *testing.T) {
	for _, c := range []struct{ text, typ, want string }{
		{"src.bool", "bool", "true"},
		{"!src.bool", "bool", "false"},
		{"src.int16", "int16", "3"},
		{"src.int32", "int32", "3"},
		{"src.int16 + src.int64", "int64", "6"},
		{"src.decimal", "decimal(12,2)", "12.50"},
		{"src.decimal * src.decimal", "decimal", "156.2500"},
		{"src.decimal / decimal('4')", "decimal", "3.125"},
		{"src.float32", "float32", "1.5"},
		{"src.float64 * 2.0", "float64", "3"},
		{"src.string", "string(10)", "ab"},
		{"src.string + 'c'", "string", "abc"},
		{"src.bytes", "bytes", "[97 98]"},
		{"src.date", "date", "2020-01-31"},
		{"date.add_days(src.date, 1)", "date", "2020-02-01"},
		{"src.time", "time(3)", "10:00:00"},
		{"src.timestamp", "timestamp(3)", "2020-01-31 00:00:00"},
		{"datetime(src.date)", "timestamp(6)", "2020-01-31 00:00:00"},
		{"string(src.timestamp.at_zone('Europe/London'))", "string", "2020-01-31T00:00:00Z"},
		{"string(src.timestamptz)", "string", "2020-01-31T00:00:00Z"},
		{"src.timestamptz.in_zone('UTC')", "timestamp(9)", "2020-01-31 00:00:00"},
		{"src.interval", "interval", "P1M2DT3S"},
		{"src.uuid", "uuid", "u"},
		{"src.uuid + 'x'", "string", "ux"},
		{"src.enum + 'x'", "string", "ax"},
		{"src.json.a.b", "json", "1"},
		{"src.json.n.x", "json", "null"},
		{"src.array[1]", "string", "y"},
		{"src.array.map(x, coalesce(x, '') + '!')[0]", "string", "x!"},
		{"src['odd name']", "string", "odd"},
		{"src.`odd name`", "string", "odd"},
		{"1u", "decimal(20,0)", "1"},
		{"lookup.sex['1']", "string", "male"},
		{"'1' in lookup.sex", "bool", "true"},
		{"lookup.sex[?'2'].orValue('none')", "string", "none"},
		{"lookup.sex[?coalesce(src.stringN, '1')].orValue('none')", "string", "male"},
		{"param.trust + '!'", "string", "RVH!"},
		{"param.ages", "array(int64)", "[1 2]"},
		{"src.int32 > 2 ? null : 'x'", "string", "null"},
		{"uuid5('pas', param.trust, string(src.int32))", "string", library.UUID5("pas", "RVH", "3")},
		{"text.title(src.SURNAME)", "string", "O'Neill"},
		{"coalesce(src.stringN, 'none')", "string", "none"},
		{"coalesce(src.string, string(1 / (src.int32 - 3)))", "string", "ab"},
		{"has_value(src.stringN)", "bool", "false"},
		{"src.stringN == null", "bool", "true"},
		{"null != src.string", "bool", "true"},
		{"text.upper(src.stringN)", "string", "null"},
		{"src.int32N + 1", "int64", "null"},
		{"1 + src.int32N * 2", "int64", "null"},
		{"-src.decimalN", "decimal", "null"},
		{"src.decimalN + 1", "decimal", "null"},
		{"src.stringN + 'x'", "string", "null"},
		{"src.stringN.size()", "int64", "null"},
		{"string(src.dateN)", "string", "null"},
		{"src.stringN.startsWith('a')", "bool", "null"},
		{"src.timestampN.at_zone('UTC')", "timestamptz(6)", "null"},
		{"lookup.sex[src.stringN]", "string", "null"},
		{"lookup.maybe['1']", "string", "null"},
		{"src.jsonN.a", "json", "null"},
		{"src.arrayN[0]", "string", "null"},
		{"has(src.json.a.b)", "bool", "true"},
		{"has(src.jsonN.a)", "bool", "false"},
		{"src.jsonN.?a.orValue('none')", "json", "none"},
		{"coalesce(src.json.s, 'x') == 'text'", "bool", "true"},
	} {
		e, diags := expr.Check(c.text, at(), scope())
		if diags.HasErrors() {
			t.Errorf("%s: %s", c.text, details(diags))
			continue
		}
		if got := e.Type().String(); got != c.typ {
			t.Errorf("%s: got type %s, want %s", c.text, got, c.typ)
		}
		v, err := run(t, e)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := value(v); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
		if v == types.NullValue && !e.MayBeNull() {
			t.Errorf("%s: it gave null and was said never to", c.text)
		}
	}
}
