package run_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

func named(k schema.Kind, name string) schema.Type { return schema.Type{Kind: k, Native: name} }

func list(elem schema.Type) schema.Type { return schema.Type{Kind: schema.Array, Elem: &elem} }

// thing is a table of types that have a name of their own in their system.
var thing = schema.Table{
	Ref: schema.Ref{Name: "thing"},
	Columns: []schema.Column{
		{Name: "id", Type: schema.Type{Kind: schema.Int64}},
		{Name: "ip", Type: named(schema.Native, "inet"), Null: true},
		{Name: "doc", Type: named(schema.JSON, "jsonb"), Null: true},
		{Name: "code", Type: schema.Type{Kind: schema.String, Length: 3, Native: "character(3)"}, Null: true},
		{Name: "mood", Type: schema.Type{Kind: schema.Enum, Values: []string{"sad", "it's"}, Native: "public.mood"}, Null: true},
		{Name: "hundreds", Type: named(schema.Decimal, "numeric(3,-2)"), Null: true},
		{Name: "numbers", Type: list(schema.Type{Kind: schema.Float64}), Null: true},
		{Name: "words", Type: list(schema.Type{Kind: schema.String}), Null: true},
		{Name: "ips", Type: list(named(schema.Native, "inet")), Null: true},
	},
	Primary: &schema.Key{Columns: []string{"id"}},
}

func things(l *lab) []string {
	l.change(schema.Change{CreateTable: &thing})
	l.put(thing,
		[]any{1, "10.0.0.1", `{"a": 1.50}`, "a  ", "sad", "12300", `["-0","NaN","1e+300",null]`, `["null",null,"a,\"b\\"]`, `["::1"]`},
		[]any{2, nil, nil, nil, nil, nil, nil, nil, nil},
		[]any{3, "::1", "null", "ü  ", "it's", "0", `[]`, `[["a","b"],["c",null]]`, `[0:1]=["::1",null]`})
	rows, _ := l.rows("old", "thing")
	return rows
}

const oneToOne = `
mapping "thing" {
  from {
    source = source.memory.old
    table  = "thing"
  }
  to {
    target = target.%.it
    table  = "thing"
  }
}
`

func TestATableOfNativeTypesIsCopiedAsItIs(t *testing.T) {
	l := newLab(t, strings.ReplaceAll(oneToOne, "%.it", "memory.new"))
	want := things(l)
	report, err := l.apply(faulty.Nth(0))
	l.must(err)
	got, sum := l.rows("new", "thing")
	_, was := l.rows("old", "thing")
	if !slices.Equal(got, want) || sum != was || report.Mappings[0].Written != 3 {
		t.Errorf("got %q, want %q", got, want)
	}
	l.closed()
	cfg, e := l.engine(faulty.Nth(0))
	for _, source := range []bool{false, true} {
		found, err := e.Verify(t.Context(), cfg, engine.VerifyOptions{Source: source})
		if err != nil || !found.Mappings[0].Equal || len(found.Mappings[0].Findings) > 0 {
			t.Errorf("Verify with the source %t: got %+v, %v", source, found, err)
		}
	}
}

// A system of another product keeps the texts, and of them the values come back.
func TestATableOfNativeTypesComesBackFromAFile(t *testing.T) {
	for _, kind := range []string{"sqlite", "csv"} {
		l := newLab(t, "")
		l.configure("target \"" + kind + "\" \"it\" {\n  path = \"there\"\n}\n" + strings.ReplaceAll(oneToOne, "%", kind))
		l.beside = append(l.beside, sqlite.New(), csv.New())
		want := things(l)
		_, err := l.apply(faulty.Nth(0))
		l.must(err)
		l.store = &store{}
		l.configure("source \"" + kind + "\" \"it\" {\n  path = \"there\"\n}\n" + `
mapping "thing" {
  from {
    source = source.` + kind + `.it
    table  = "thing"
  }
  to {
    target = target.memory.new
    table  = "thing"
  }
  field "id" { from = "id" }
  field "ip" {
    from = "ip"
    type = native("inet")
  }
  field "doc" { from = "doc" }
  field "code" { from = "code" }
  field "mood" {
    from = "mood"
    type = enum("sad", "it's")
  }
  field "hundreds" { from = "hundreds" }
  field "numbers" {
    from = "numbers"
    type = array(float64)
  }
  field "words" {
    from = "words"
    type = array(string)
  }
  field "ips" {
    from = "ips"
    type = array(native("inet"))
  }
}
`)
		_, err = l.apply(faulty.Nth(0))
		l.must(err)
		if got, _ := l.rows("new", "thing"); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
}

func TestTheConsoleShowsNativeValuesAndTakesThem(t *testing.T) {
	l := newLab(t, strings.ReplaceAll(oneToOne, "%.it", "memory.new"))
	things(l)
	cfg, e := l.engine(faulty.Nth(0))
	bench, found := e.Bench(t.Context(), cfg, "mapping.thing", true)
	if found.HasErrors() {
		t.Fatal(found.Err())
	}
	texts, has, err := bench.Row(t.Context())
	if err != nil || len(texts) != len(thing.Columns) || !has[1] || *texts[1] != "10.0.0.1" || *texts[8] != `["::1"]` {
		t.Errorf("Row: got %v, %v, %v, want the address and the list of addresses", texts, has, err)
	}
	inet := thing.Columns[1].Type
	if err := bench.Given([]byte(`{"ip": "::2", "numbers": [1, "2.50", null]}`)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cel, column, want string
		kind              schema.Type
	}{{"src.ip", "ip", "::2", inet}, {"src.numbers", "numbers", `["1","2.5",null]`, thing.Columns[6].Type}} {
		if got, ok, err := bench.Run(t.Context(), c.cel, c.kind, []string{c.column}, nil, nil); err != nil || !ok || got != c.want {
			t.Errorf("%s: got %s, %t, %v, want %s", c.cel, got, ok, err, c.want)
		}
	}
	for _, row := range []string{`{"ip": 5}`, `{"numbers": ["secret"]}`, `{"numbers": [[1], []]}`} {
		if err := bench.Given([]byte(row)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("Given(%s): got %v, want an error without the value", row, err)
		}
	}
}

// A run's own verification compares arrays and native values byte for byte.
func TestAnElementThatChangesBehindTheRunIsFound(t *testing.T) {
	for _, change := range []struct{ was, is string }{{`["-0","NaN"]`, `["0","NaN"]`}, {`["1"]`, `[0:0]=["1"]`}, {`[null]`, `[]`}, {`["1","2"]`, `[["1","2"]]`}} {
		a, b := digestOf(t, change.was), digestOf(t, change.is)
		if a == b {
			t.Errorf("%s and %s: got one digest", change.was, change.is)
		}
	}
	if digestOf(t, `["NaN",1e0]`) != digestOf(t, `[ "NaN", 1 ]`) {
		t.Error("two writings of one array: got two digests")
	}
}

func digestOf(t *testing.T, text string) batch.Digest {
	t.Helper()
	columns := []schema.Column{{Name: "x", Type: list(schema.Type{Kind: schema.Float64})}}
	b := batch.New(columns, 0)
	if err := batch.Parse(&b.Vectors[0], columns[0].Type, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return batch.NewHasher([16]byte{1}).Batch(b, nil)
}
