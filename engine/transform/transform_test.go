package transform_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/mapping"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func of(k schema.Kind) schema.Type            { return schema.Type{Kind: k} }
func text(n int) schema.Type                  { return schema.Type{Kind: schema.String, Length: n} }
func decimal(p, s int) schema.Type            { return schema.Type{Kind: schema.Decimal, Precision: p, Scale: s} }
func moment(k schema.Kind, p int) schema.Type { return schema.Type{Kind: k, Precision: p} }

func nullable(name string, t schema.Type) schema.Column {
	return schema.Column{Name: name, Type: t, Null: true}
}

// read are the columns of the tests' source: a row is id, sex, name, score, born, paid.
func read() []schema.Column {
	return []schema.Column{
		{Name: "id", Type: of(schema.Int32)}, nullable("sex", text(0)), nullable("name", text(0)),
		nullable("score", of(schema.Int32)), nullable("born", of(schema.Date)), nullable("paid", decimal(10, 2)),
	}
}

// rows makes a batch; the text "null" is null.
func rows(t testing.TB, columns []schema.Column, all ...[]string) *batch.Batch {
	t.Helper()
	b := batch.New(columns, 0)
	for _, r := range all {
		for c, cell := range r {
			if cell == "null" {
				b.Vectors[c].AppendNull()
			} else if err := batch.Parse(&b.Vectors[c], columns[c].Type, []byte(cell)); err != nil {
				t.Fatalf("read %q as %s: %v", cell, columns[c].Type, err)
			}
		}
	}
	return b
}

func people(t testing.TB) *batch.Batch {
	return rows(t, read(),
		[]string{"1", "1", " Ada ", "10", "1815-12-10", "1.50"},
		[]string{"2", "2", "Bob", "null", "1900-01-01", "2.00"},
		[]string{"3", "null", "null", "30", "null", "null"},
		[]string{"4", "9", "Zoë", "40000", "2020-02-29", "99.99"})
}

func texts(b *batch.Batch) [][]string {
	out := make([][]string, b.Len())
	for i := range out {
		for c := range b.Vectors {
			cell := "null"
			if !b.Vectors[c].Null(i) {
				cell = string(batch.AppendText(nil, b.Columns[c].Type, &b.Vectors[c], i))
			}
			out[i] = append(out[i], cell)
		}
	}
	return out
}

func params() []plan.Param {
	return []plan.Param{{Name: "trust", Type: of(schema.String), Text: "RVH"}, {Name: "limit", Type: of(schema.Int64), Text: "20"},
		{Name: "at", Type: of(schema.Date), Text: "2021-01-01"}}
}

func lookups() []plan.Lookup {
	return []plan.Lookup{{Name: "strict", Default: "error"}, {Name: "loose", Default: "null"}, {Name: "other", Default: "value", Or: "unknown"}}
}

func contents() map[string]map[string]string {
	codes := map[string]string{"1": "male", "2": "female", "10": "ten"}
	return map[string]map[string]string{"strict": codes, "loose": codes, "other": codes}
}

func definition(fields ...plan.Field) *plan.Definition {
	return &plan.Definition{Source: "source.sqlite.shop", SourceTable: schema.Ref{Name: "person"}, SourceKey: []string{"id"}, Read: read(),
		Params: params(), Lookups: lookups(), Fields: fields, Mode: "append"}
}

// field fills in what the planner would.
func field(name, cel string, t schema.Type) plan.Field {
	return plan.Field{Name: name, CEL: cel, Column: nullable(name, t), OnRowError: "fail"}
}

func complete(t testing.TB, d *plan.Definition) {
	t.Helper()
	scope := expr.Scope{Columns: d.Read, Lookups: []expr.Lookup{}}
	for _, p := range d.Params {
		scope.Params = append(scope.Params, expr.Param{Name: p.Name, Type: p.Type})
	}
	for _, l := range d.Lookups {
		scope.Lookups = append(scope.Lookups, expr.Lookup{Name: l.Name, Key: text(0), Value: text(0), Null: l.Default == "null"})
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		e, found := expr.Check(f.CEL, diag.Range{}, scope)
		if found.HasErrors() {
			t.Fatalf("%s: %v", f.CEL, found.Err())
		}
		f.Value, f.Sources = e.Type(), e.Columns()
		f.Plain, _ = e.Column()
		fidelity, err := mapping.Judge(f.Value, f.Column.Type, f.Fidelity.Allow)
		if err != nil {
			t.Fatalf("%s into %s: %v", f.CEL, f.Column.Type, err)
		}
		f.Fidelity = fidelity
	}
}

func compile(t testing.TB, d *plan.Definition) *transform.Transformer {
	t.Helper()
	complete(t, d)
	tr, err := transform.Compile(transform.Spec{Definition: d, Lookups: contents(), SecretKey: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestExpressionsGiveTheTargetsRows(t *testing.T) {
	for _, c := range []struct {
		cel  string
		typ  schema.Type
		want [4]string
	}{
		{"src.id", of(schema.Int32), [4]string{"1", "2", "3", "4"}},
		{`src["id"]`, of(schema.Int64), [4]string{"1", "2", "3", "4"}},
		{"src.name", text(0), [4]string{" Ada ", "Bob", "null", "Zoë"}},
		{"'x'", text(1), [4]string{"x", "x", "x", "x"}},
		{"param.trust", text(0), [4]string{"RVH", "RVH", "RVH", "RVH"}},
		{"param.limit * 2", of(schema.Int64), [4]string{"40", "40", "40", "40"}},
		{"text.trim(src.name)", text(0), [4]string{"Ada", "Bob", "null", "Zoë"}},
		{"text.upper(src.name)", text(0), [4]string{" ADA ", "BOB", "null", "ZOË"}},
		{"src.name.lowerAscii()", text(0), [4]string{" ada ", "bob", "null", "zoë"}},
		{"src.name + '/' + param.trust", text(0), [4]string{" Ada /RVH", "Bob/RVH", "null", "Zoë/RVH"}},
		{"coalesce(src.name, 'none')", text(0), [4]string{" Ada ", "Bob", "none", "Zoë"}},
		{"coalesce(src.score, 7)", of(schema.Int64), [4]string{"10", "7", "30", "40000"}},
		{"lookup.loose[src.sex]", text(0), [4]string{"male", "female", "null", "null"}},
		{"lookup.other[src.sex]", text(0), [4]string{"male", "female", "null", "unknown"}},
		{"lookup.strict[string(src.id * 0 + 1)]", text(0), [4]string{"male", "male", "male", "male"}},
		{"coalesce(src.sex, '') in lookup.strict", of(schema.Bool), [4]string{"true", "true", "false", "false"}},
		{"src.score * 2 + 1", of(schema.Int64), [4]string{"21", "null", "61", "80001"}},
		{"src.score == null ? 'none' : (src.score > param.limit ? 'high' : 'low')", text(0), [4]string{"low", "none", "high", "high"}},
		{"src.paid + src.paid", decimal(12, 2), [4]string{"3.00", "4.00", "null", "199.98"}},
		{"src.paid * 2", of(schema.Decimal), [4]string{"3.00", "4.00", "null", "199.98"}},
		{"date.add_days(src.born, 1)", of(schema.Date), [4]string{"1815-12-11", "1900-01-02", "null", "2020-03-01"}},
		{"datetime(src.born)", moment(schema.Timestamp, 3), [4]string{"1815-12-10 00:00:00.000", "1900-01-01 00:00:00.000", "null", "2020-02-29 00:00:00.000"}},
		{"timestamp('2020-01-01T10:00:00Z')", moment(schema.TimestampTZ, 6), [4]string{"2020-01-01 10:00:00.000000Z", "2020-01-01 10:00:00.000000Z", "2020-01-01 10:00:00.000000Z", "2020-01-01 10:00:00.000000Z"}},
		{"uuid5('person', string(src.id * 0))", of(schema.UUID), [4]string{"", "", "", ""}},
		{"src.id > 2 && src.id < 4", of(schema.Bool), [4]string{"false", "false", "true", "false"}},
		{"bytes(param.trust)", of(schema.Bytes), [4]string{`\x525648`, `\x525648`, `\x525648`, `\x525648`}},
	} {
		tr := compile(t, definition(field("out", c.cel, c.typ)))
		r, err := tr.Run(people(t))
		if err != nil {
			t.Errorf("%s: %v", c.cel, err)
			continue
		}
		got := texts(r.Out)
		for i := range got {
			if c.want[i] != "" && got[i][0] != c.want[i] {
				t.Errorf("%s, row %d: got %s, want %s", c.cel, i, got[i][0], c.want[i])
			}
		}
		if len(got) != 4 || r.Filtered != 0 || r.Rejects != nil || r.Nulled != 0 {
			t.Errorf("%s: got %d rows, %d filtered, %d rejected, %d nulled", c.cel, len(got), r.Filtered, len(r.Rejects), r.Nulled)
		}
	}
}

func TestALookupMayBeAskedForAKeyThatItDoesNotHave(t *testing.T) {
	for _, table := range []string{"strict", "loose", "other"} {
		cel := "lookup." + table + "[?coalesce(src.sex, '')].orValue('x')"
		r, err := compile(t, definition(field("out", cel, text(0)))).Run(people(t))
		if err != nil {
			t.Fatalf("%s: %v", cel, err)
		}
		if got, want := firsts(r.Out), []string{"male", "female", "x", "x"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", cel, got, want)
		}
	}
}

func TestWhereLeavesRowsOutAndGivesTheirKeys(t *testing.T) {
	for _, c := range []struct {
		where   string
		want    []string
		refused []string
	}{
		{"src.id > 2", []string{"3", "4"}, []string{"1", "2"}},
		{"src.score != null && src.score > param.limit", []string{"3", "4"}, []string{"1", "2"}},
		{"src.score == null || src.score < 20", []string{"1", "2"}, []string{"3", "4"}},
		{"has_value(src.born) && src.born >= date('1900-01-01')", []string{"2", "4"}, []string{"1", "3"}},
		{"coalesce(src.sex, '') in ['1', '2']", []string{"1", "2"}, []string{"3", "4"}},
		{"src.id > 9", nil, []string{"1", "2", "3", "4"}},
		{"true", []string{"1", "2", "3", "4"}, nil},
	} {
		d := definition(field("key", "src.id", of(schema.Int64)), field("name", "src.name", text(0)))
		d.Where, d.Key, d.Mode = c.where, []string{"key"}, "upsert"
		tr := compile(t, d)
		for range 2 { // the second run finds what the first left behind
			r, err := tr.Run(people(t))
			if err != nil {
				t.Fatalf("%s: %v", c.where, err)
			}
			if got := firsts(r.Out); !slices.Equal(got, c.want) {
				t.Errorf("%s: got rows %v, want %v", c.where, got, c.want)
			}
			if got := firsts(r.Refused); !slices.Equal(got, c.refused) || r.Filtered != int64(len(c.refused)) {
				t.Errorf("%s: got refused keys %v of %d, want %v", c.where, got, r.Filtered, c.refused)
			}
		}
	}
}

func firsts(b *batch.Batch) []string {
	if b == nil {
		return nil
	}
	var out []string
	for _, r := range texts(b) {
		out = append(out, r[0])
	}
	return out
}

func TestKeysOfRowsLeftOutAreGivenOnlyWhereTheyCanBeComputedAndForUpsert(t *testing.T) {
	d := definition(field("key", "lookup.strict[src.sex]", text(0)))
	d.Where, d.Key, d.Mode = "src.id == 0", []string{"key"}, "upsert"
	r, err := compile(t, d).Run(people(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := firsts(r.Refused), []string{"male", "female"}; !slices.Equal(got, want) || r.Filtered != 4 || r.Rejects != nil {
		t.Errorf("got keys %v, %d filtered, %v, want keys %v of 4", got, r.Filtered, r.Rejects, want)
	}
	d.Mode = "append"
	if r, err = compile(t, d).Run(people(t)); err != nil || r.Refused != nil {
		t.Errorf("in append: got %v, %v, want no keys", r.Refused, err)
	}
}

func TestARowThatFailsIsDealtWithAsTheFieldSays(t *testing.T) {
	small := field("score", "src.score", of(schema.Int16))
	for _, c := range []struct {
		name    string
		field   plan.Field
		mode    string
		out     []string
		rule    string
		row     int
		outcome string
	}{
		{"a misfit stops the run", small, "fail", nil, "type", 3, "4"},
		{"a misfit is put aside", small, "quarantine", []string{"10", "null", "30"}, "type", 0, "4"},
		{"a misfit becomes null", small, "null", []string{"10", "null", "30", "null"}, "", 0, ""},
		{"a missing key stops the run", field("sex", "lookup.strict[src.sex]", text(0)), "fail", nil, "lookup", 3, "4"},
		{"a missing key is put aside", field("sex", "lookup.strict[src.sex]", text(0)), "quarantine", []string{"male", "female", "null"}, "lookup", 0, "4"},
		{"a missing key in the interpreter", field("sex", "lookup.strict[coalesce(src.sex, '1') + '']", text(0)), "quarantine", []string{"male", "female", "male"}, "lookup", 0, "4"},
		{"an error of the expression", field("x", "100 / (src.id - 2)", of(schema.Int64)), "quarantine", []string{"-100", "100", "50"}, "expression", 0, "2"},
		{"an error becomes null", field("x", "100 / (src.id - 2)", of(schema.Int64)), "null", []string{"-100", "null", "100", "50"}, "", 0, ""},
	} {
		f := c.field
		f.OnRowError = c.mode
		f.At = plan.Place{File: "main.miq.hcl", Line: 7}
		tr := compile(t, definition(f))
		r, err := tr.Run(people(t))
		var row *transform.RowError
		if c.mode == "fail" {
			if !errors.As(err, &row) || row.Row != c.row || row.Rule != c.rule || row.Key != c.outcome || row.Field != f.Name || row.At.Line != 7 {
				t.Errorf("%s: got %+v (%v), want row %d, rule %s, key %s", c.name, row, err, c.row, c.rule, c.outcome)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := firsts(r.Out); !slices.Equal(got, c.out) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.out)
		}
		if c.mode == "null" && (r.Nulled != 1 || r.Rejects != nil) {
			t.Errorf("%s: got %d nulled and rejects %v, want 1 and none", c.name, r.Nulled, r.Rejects)
		}
		if c.mode == "quarantine" && (len(r.Rejects) != 1 || r.Rejects[0].Rule != c.rule || r.Rejects[0].Key != c.outcome || r.Rejects[0].Field != f.Name) {
			t.Errorf("%s: got rejects %+v, want key %s by rule %s", c.name, r.Rejects, c.outcome, c.rule)
		}
	}
}

func TestExpectTestsTheValueThatIsWritten(t *testing.T) {
	for _, c := range []struct {
		expect, mode string
		want         []string
		rejected     int
		nulled       int64
	}{
		{"out == null || out < 50", "quarantine", []string{"10", "null", "30"}, 1, 0},
		{"out == null || out < 50", "null", []string{"10", "null", "30", "null"}, 0, 1},
		{"out == null || 100 / (out - 30) != 7", "quarantine", []string{"10", "null", "40000"}, 1, 0},
		{"out == null || string(out).size() == 2", "null", []string{"10", "null", "30", "null"}, 0, 1},
		{"has_value(out) && src.id != 4", "quarantine", []string{"10", "30"}, 2, 0},
	} {
		f := field("score", "src.score", of(schema.Int64))
		f.Expect, f.OnRowError = c.expect, c.mode
		r, err := compile(t, definition(f)).Run(people(t))
		if err != nil {
			t.Errorf("%s: %v", c.expect, err)
			continue
		}
		if got := firsts(r.Out); !slices.Equal(got, c.want) || len(r.Rejects) != c.rejected || r.Nulled != c.nulled {
			t.Errorf("%s, %s: got %v, rejects %v, %d nulled, want %v, %d, %d", c.expect, c.mode, got, r.Rejects, r.Nulled, c.want, c.rejected, c.nulled)
		}
		for _, reject := range r.Rejects {
			if reject.Rule != "expect" {
				t.Errorf("%s: got rule %s, want expect", c.expect, reject.Rule)
			}
		}
	}
}

func TestANullIntoAColumnOrKeyThatTakesNoneIsARowError(t *testing.T) {
	for _, c := range []struct {
		key  []string
		rule string
	}{{nil, "not null"}, {[]string{"name"}, "null key"}} {
		f := field("name", "src.name", text(0))
		f.Column.Null = c.key != nil
		d := definition(f)
		d.Key = c.key
		_, err := compile(t, d).Run(people(t))
		var row *transform.RowError
		if !errors.As(err, &row) || row.Rule != c.rule || row.Row != 2 || row.Key != "3" {
			t.Errorf("key %v: got %+v (%v), want row 2 by rule %s", c.key, row, err, c.rule)
		}
	}
}

func TestTheFirstRowThatFailsStopsTheRunWhateverItsField(t *testing.T) {
	late, early := field("late", "lookup.strict[src.sex]", text(0)), field("early", "100 / (src.id - 2)", of(schema.Int64))
	for _, fields := range [][]plan.Field{{late, early}, {early, late}} {
		d := definition(fields...)
		d.Where = "src.id != 1"
		_, err := compile(t, d).Run(people(t))
		var row *transform.RowError
		if !errors.As(err, &row) || row.Row != 1 || row.Key != "2" || row.Field != "early" {
			t.Errorf("got %+v (%v), want row 1 with key 2 in field early", row, err)
		}
	}
}

func TestAValueMadeNullLeavesTheOtherFieldsAlone(t *testing.T) {
	a, b := field("a", "100 / (src.id - 2)", of(schema.Int64)), field("b", "src.id + 1", of(schema.Int64))
	a.OnRowError, b.OnRowError = "null", "null"
	r, err := compile(t, definition(a, b)).Run(people(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := texts(r.Out)[1], []string{"null", "3"}; !slices.Equal(got, want) || r.Nulled != 1 {
		t.Errorf("got %v and %d nulled, want %v and 1", got, r.Nulled, want)
	}
}

func TestARowFailsOnceAndInTheOrderOfRows(t *testing.T) {
	a, b := field("a", "100 / (src.id - 3)", of(schema.Int64)), field("b", "100 / (src.id * (src.id - 3) * (src.id - 1))", of(schema.Int64))
	a.OnRowError, b.OnRowError = "quarantine", "quarantine"
	r, err := compile(t, definition(a, b)).Run(people(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range r.Rejects {
		got = append(got, x.Key+x.Field)
	}
	if want := []string{"1b", "3a"}; !slices.Equal(got, want) || r.Out.Len() != 2 {
		t.Errorf("got rejects %v and %d rows, want %v and 2", got, r.Out.Len(), want)
	}
}

func TestASourceThatBreaksItsWordOnNullsIsStopped(t *testing.T) {
	in := batch.New(read(), 0)
	for c := range in.Vectors {
		in.Vectors[c].AppendNull()
	}
	_, err := compile(t, definition(field("id", "src.id", of(schema.Int32)))).Run(in)
	var row *transform.RowError
	if !errors.As(err, &row) || row.Rule != "not null" || !strings.Contains(row.Error(), "column id") {
		t.Errorf("got %v, want a row error that names column id", err)
	}
}

func TestNoErrorHoldsAValue(t *testing.T) {
	const value = "s3cr3t-value"
	columns := []schema.Column{{Name: "id", Type: of(schema.Int32)}, {Name: "x", Type: text(0)}}
	for _, f := range []plan.Field{
		field("x", "int(src.x)", of(schema.Int64)), field("x", "date(src.x)", of(schema.Date)), field("x", "decimal(src.x)", of(schema.Decimal)),
		field("x", "timestamp(src.x)", moment(schema.TimestampTZ, 6)), field("x", "double(src.x)", of(schema.Float64)),
		field("x", "bool(src.x)", of(schema.Bool)), field("x", "lookup.strict[src.x]", text(0)), field("x", "lookup.strict[src.x + '']", text(0)),
		field("x", "{'a': 'b'}[src.x]", text(0)), field("x", "duration(src.x)", of(schema.Interval)),
		field("x", "src.x", of(schema.UUID)), field("x", "src.x", of(schema.JSON)), field("x", "src.x", text(3)),
		field("x", "src.x", schema.Type{Kind: schema.Enum, Values: []string{"a"}}),
		field("x", "time(src.x)", moment(schema.Time, 0)), field("x", "interval(src.x)", of(schema.Interval)),
		field("x", "text.pad_left('a', 3, src.x)", text(0)),
	} {
		d := definition(f)
		d.Read = columns
		_, err := compile(t, d).Run(rows(t, columns, []string{"1", value}))
		var row *transform.RowError
		if !errors.As(err, &row) || row.Reason == "" {
			t.Errorf("%s into %s: got %v, want a row error", f.CEL, f.Column.Type, err)
		} else if text := fmt.Sprintf("%v %+v", err, *row); strings.Contains(text, "s3cr3t") {
			t.Errorf("%s into %s: the error holds the value: %s", f.CEL, f.Column.Type, text)
		}
	}
}

func TestCompileRefusesWhatCannotRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(d *plan.Definition)
		want   string
	}{
		{"an unknown column", func(d *plan.Definition) { d.Fields[0].CEL = "src.nothing" }, "nothing"},
		{"no cast", func(d *plan.Definition) { d.Fields[0].Column.Type = of(schema.Bytes) }, "no cast"},
		{"another type than planned", func(d *plan.Definition) { d.Fields[0].Value = of(schema.Int64) }, "the plan says"},
		{"a lookup without content", func(d *plan.Definition) { d.Lookups = append(d.Lookups, plan.Lookup{Name: "gone"}) }, "gone"},
		{"a damaged param", func(d *plan.Definition) { d.Params[1].Text = "many" }, "limit"},
		{"a key that no field makes", func(d *plan.Definition) { d.Key = []string{"k"} }, "k"},
		{"null where the column takes none", func(d *plan.Definition) { d.Fields[0].OnRowError = "null"; d.Fields[0].Column.Null = false }, "may be null"},
		{"an unknown on_row_error", func(d *plan.Definition) { d.Fields[0].OnRowError = "ignore" }, "ignore"},
		{"a where that may be null", func(d *plan.Definition) { d.Where = "src.score > 1" }, "null"},
		{"no fields", func(d *plan.Definition) { d.Fields = nil }, "no fields"},
	} {
		d := definition(field("name", "src.name", text(0)))
		complete(t, d)
		c.change(d)
		_, err := transform.Compile(transform.Spec{Definition: d, Lookups: contents()})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error that holds %q", c.name, err, c.want)
		}
	}
}
