package transform_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestExpressionsOverArraysAndNativeTypes(t *testing.T) {
	columns := []schema.Column{{Name: "id", Type: of(schema.Int32)}, {Name: "a", Type: array(of(schema.Int32))}, {Name: "low", Type: array(of(schema.Int32))},
		{Name: "deep", Type: array(of(schema.Int32))}, {Name: "s", Type: array(text(0))}, {Name: "ip", Type: named(of(schema.Native), "inet")},
		{Name: "ips", Type: array(named(of(schema.Native), "inet"))}, {Name: "ci", Type: named(text(0), "citext")}, {Name: "mood", Type: named(of(schema.Enum), "mood", "sad")}}
	in := rows(t, columns, []string{"1", `["1",null,"3"]`, `[-5:-4]=["8","9"]`, `[["1","2"],["3","4"]]`, `["<&>\"","null"]`, "10.0.0.1", `["::1"]`, "Aa", "sad"})
	for _, c := range []struct {
		cel  string
		typ  schema.Type
		want string // "" for a row error
	}{
		{"src.low", array(of(schema.Int32)), `[-5:-4]=["8","9"]`},
		{"src.low[0]", of(schema.Int64), "8"},
		{"src.low + [10]", array(of(schema.Int64)), `["8","9","10"]`},
		{"src.low + [10]", array(of(schema.Int16)), `["8","9","10"]`},
		{"src.deep", array(of(schema.Int32)), `[["1","2"],["3","4"]]`},
		{"src.deep[0]", of(schema.Int64), ""},
		{"src.a + src.low", array(of(schema.Int64)), `["1",null,"3","8","9"]`},
		{"[src.low, src.low]", array(of(schema.Int64)), `[["8","9"],["8","9"]]`},
		{"[[src.low], [src.low]]", array(of(schema.Int64)), `[[["8","9"]],[["8","9"]]]`},
		{"[src.low, src.a]", array(of(schema.Int64)), ""},
		{"[src.low, []]", array(of(schema.Int64)), ""},
		{"src.id == 1 ? [] : src.low", array(of(schema.Int64)), "[]"},
		{"[1.5, double('NaN'), -0.0]", array(of(schema.Float64)), `["1.5","NaN","-0"]`},
		{"[date('2024-02-29')]", array(of(schema.Date)), `["2024-02-29"]`},
		{"[decimal('1.50')]", array(of(schema.Decimal)), `["1.50"]`},
		{"src.s + ['x']", array(text(0)), `["<&>\"","null","x"]`},
		{"src.s.map(x, x)", array(text(0)), `["<&>\"","null"]`},
		{"src.ip == '10.0.0.1'", of(schema.Bool), "true"},
		{"src.ip + '/32'", text(0), "10.0.0.1/32"},
		{"text.upper(src.ip)", named(of(schema.Native), "inet"), "10.0.0.1"},
		{"src.ips[0]", text(0), "::1"},
		{"src.ci == 'aa'", of(schema.Bool), "false"},
		{"src.mood + '!'", text(0), "sad!"},
	} {
		d := definition(field("x", c.cel, c.typ))
		d.Read = columns
		r, err := compile(t, d).Run(in)
		var row *transform.RowError
		switch {
		case err != nil && (c.want != "" || !errors.As(err, &row)):
			t.Errorf("%s: %v", c.cel, err)
		case err == nil && texts(r.Out)[0][0] != c.want:
			t.Errorf("%s: got %s, want %s", c.cel, texts(r.Out)[0][0], c.want)
		}
	}
}

// Between systems of two products the plan gives a field the type without its name; the batch has it all the same.
func TestAValueWithoutItsTypesNameIsReadAsItIs(t *testing.T) {
	for _, typ := range []schema.Type{named(of(schema.Native), "inet"), named(of(schema.JSON), "jsonb"), array(named(of(schema.Native), "inet"))} {
		columns := []schema.Column{nullable("x", typ)}
		f := field("x", `src["x"]`, text(0))
		f.Plain, f.Value = "x", typ.Portable()
		d := definition(f)
		d.Read, d.SourceKey, d.Lookups = columns, nil, nil
		tr, err := transform.Compile(transform.Spec{Definition: d})
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		in := batch.New(columns, 0)
		value := "1"
		if typ.Kind == schema.Array {
			value = `["1"]`
		}
		in.Vectors[0].AppendString(value)
		r, err := tr.Run(in)
		if err != nil || texts(r.Out)[0][0] != value {
			t.Errorf("%s: got %v, %v, want %s", typ, r.Out, err, value)
		}
	}
}

func TestAParamThatIsAListGoesThroughAsOne(t *testing.T) {
	f := field("x", "param.all", array(text(0)))
	d := definition(f)
	d.Read = []schema.Column{{Name: "id", Type: of(schema.Int32)}}
	d.Params = append(d.Params, plan.Param{Name: "all", Type: array(text(0)), Text: `["a<b", "c"]`})
	r, err := compile(t, d).Run(rows(t, d.Read, []string{"1"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(r.Out)[0][0]; got != `["a<b","c"]` || strings.Contains(got, "u003c") {
		t.Errorf(`got %s, want ["a<b","c"]`, got)
	}
}
