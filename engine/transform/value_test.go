package transform_test

import (
	"errors"
	"regexp"
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
	"pgregory.net/rapid"
)

func TestAValueGoesThroughAnExpressionUnchanged(t *testing.T) {
	const cel = "src.id == 0 ? src.x : src.x"
	for _, typ := range castTypes() {
		columns := []schema.Column{{Name: "id", Type: of(schema.Int32)}, nullable("x", typ)}
		e, found := expr.Check(cel, diag.Range{}, expr.Scope{Columns: columns})
		if found.HasErrors() {
			t.Fatalf("%s: %v", typ, found.Err())
		}
		to := typ
		if _, err := mapping.Judge(e.Type(), typ, ""); err != nil {
			to = e.Type()
		}
		d := definition(field("x", cel, to))
		d.Read = columns
		tr := compile(t, d)
		rapid.Check(t, func(r *rapid.T) {
			in := batch.New(columns, 0)
			in.Vectors[1] = rapid.Custom(func(r *rapid.T) batch.Vector { return randomValue(r, typ) }).Filter(listed).Draw(r, "value")
			in.Vectors[1].AppendNull()
			in.Vectors[0].AppendInt(1)
			in.Vectors[0].AppendInt(0)
			got, err := tr.Run(in)
			if err != nil {
				r.Fatalf("%s: %v", typ, err)
			}
			a, b := texts(in), texts(got.Out)
			if typ.Kind == schema.JSON && typ.Native == "" {
				a[0][1] = strings.ReplaceAll(a[0][1], " ", "")
			}
			if a[0][1] != b[0][0] || b[1][0] != "null" {
				r.Fatalf("%s: got %s and %s, want %s and null", typ, b[0][0], b[1][0], a[0][1])
			}
		})
	}
}

// listed reports whether a value is no array, or one that an expression sees whole: of one dimension from 1 on.
func listed(v batch.Vector) bool {
	return v.Storage() != schema.Blobs || !strings.HasPrefix(string(v.Blob(0)), "[[") && !strings.HasPrefix(string(v.Blob(0)), "[0:")
}

func TestExpressionsOverJSONArraysAndTimes(t *testing.T) {
	elem := of(schema.Int32)
	columns := []schema.Column{{Name: "id", Type: of(schema.Int32)}, {Name: "j", Type: of(schema.JSON)}, {Name: "a", Type: schema.Type{Kind: schema.Array, Elem: &elem}},
		{Name: "ts", Type: moment(schema.Timestamp, 3)}, {Name: "tz", Type: moment(schema.TimestampTZ, 7)}, {Name: "iv", Type: of(schema.Interval)},
		{Name: "x", Type: of(schema.Bytes)}, {Name: "t", Type: moment(schema.Time, 3)}}
	in := batch.New(columns, 0)
	in.Vectors[2].AppendString(`["1",null,"3"]`)
	for c, text := range map[int]string{0: "1", 1: `{"big": 9007199254740993, "f": 0.1, "exact": 0.10000000000000000555, "list": [1, "b", null, true], "o": {"z": 1, "a": 2}}`,
		3: "2020-02-29 10:20:30.500", 4: "2020-02-29 10:20:30.1234567Z", 5: "P1M2DT3S", 6: `\x00ff`, 7: "10:20:30.250"} {
		if err := batch.Parse(&in.Vectors[c], columns[c].Type, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		cel  string
		typ  schema.Type
		want string
	}{
		{"src.j.big", of(schema.JSON), "9007199254740993"},
		{"src.j.exact", of(schema.JSON), "0.10000000000000000555"},
		{"src.j.list", of(schema.JSON), `[1,"b",null,true]`},
		{"src.j.o", of(schema.JSON), `{"a":2,"z":1}`},
		{"src.j", of(schema.JSON), `{"big": 9007199254740993, "f": 0.1, "exact": 0.10000000000000000555, "list": [1, "b", null, true], "o": {"z": 1, "a": 2}}`},
		{"src.a[2] + 1", of(schema.Int64), "4"},
		{"src.a.size()", of(schema.Int64), "3"},
		{"date(src.ts)", of(schema.Date), "2020-02-29"},
		{"time(src.ts)", moment(schema.Time, 3), "10:20:30.500"},
		{"src.tz + duration('1s')", moment(schema.TimestampTZ, 7), "2020-02-29 10:20:31.1234567Z"},
		{"src.iv == interval('P1M2DT3S')", of(schema.Bool), "true"},
		{"size(src.x)", of(schema.Int64), "2"},
		{"string(src.t)", text(0), "10:20:30.25"},
		{"src.ts.at_zone('Europe/Paris')", moment(schema.TimestampTZ, 3), "2020-02-29 09:20:30.500Z"},
	} {
		d := definition(field("x", c.cel, c.typ))
		d.Read = columns
		r, err := compile(t, d).Run(in)
		if err != nil {
			t.Errorf("%s: %v", c.cel, err)
		} else if got := texts(r.Out)[0][0]; got != c.want {
			t.Errorf("%s: got %s, want %s", c.cel, got, c.want)
		}
	}
}

func TestAnInfiniteInstantHasNoValueInAnExpression(t *testing.T) {
	columns := []schema.Column{{Name: "id", Type: of(schema.Int32)}, {Name: "tz", Type: moment(schema.TimestampTZ, 6)}}
	d := definition(field("x", "src.tz + duration('1s')", moment(schema.TimestampTZ, 6)))
	d.Read = columns
	_, err := compile(t, d).Run(rows(t, columns, []string{"1", "infinity"}))
	var row *transform.RowError
	if !errors.As(err, &row) || !strings.Contains(row.Reason, "infinite") {
		t.Errorf("got %v, want a row error about an infinite moment", err)
	}
}

func TestAKeyOfLookupsIsTheCanonicalText(t *testing.T) {
	for _, c := range []struct{ key, want string }{{"string(src.id * 10 - 30)", "ten"}, {"string(src.paid)", "unknown"}} {
		r, err := compile(t, definition(field("x", "lookup.other["+c.key+"]", text(0)))).Run(rows(t, read(), []string{"4", "1", "x", "1", "null", "1.50"}))
		if err != nil || firsts(r.Out)[0] != c.want {
			t.Errorf("%s: got %v, %v, want %s", c.key, r.Out, err, c.want)
		}
	}
}

func TestKeysAreShownByTheSourcesKeyAndHashedWhereClassified(t *testing.T) {
	hash := regexp.MustCompile(`^key#[0-9a-f]{12}$`)
	for _, c := range []struct {
		name   string
		change func(d *plan.Definition, s *transform.Spec)
		want   func(key string) bool
	}{
		{"the source's key", func(*plan.Definition, *transform.Spec) {}, func(k string) bool { return k == "4" }},
		{"a key of two columns", func(d *plan.Definition, _ *transform.Spec) { d.SourceKey = []string{"id", "born"} }, func(k string) bool { return k == "4/2020-02-29" }},
		{"the target's key where the source has none", func(d *plan.Definition, _ *transform.Spec) { d.SourceKey, d.Key = nil, []string{"id"} }, func(k string) bool { return k == "4" }},
		{"no key at all", func(d *plan.Definition, _ *transform.Spec) { d.SourceKey = nil }, func(k string) bool { return k == "number 4 of its batch" }},
		{"a key that is not read", func(d *plan.Definition, _ *transform.Spec) { d.SourceKey = []string{"gone"} }, func(k string) bool { return k == "number 4 of its batch" }},
		{"a classified field", func(d *plan.Definition, _ *transform.Spec) { d.Fields[0].Classes = []string{"personal"} }, hash.MatchString},
		{"a classified column", func(_ *plan.Definition, s *transform.Spec) { s.Classified = func(c string) bool { return c == "id" } }, hash.MatchString},
		{"a column that the configuration gives a class", func(d *plan.Definition, _ *transform.Spec) { d.Shy = []string{"id"} }, hash.MatchString},
		{"a classified field that is made of the column", func(d *plan.Definition, _ *transform.Spec) {
			d.Fields[0].Plain, d.Fields[0].Sources, d.Fields[0].Classes = "", []string{"id"}, []string{"personal"}
		}, hash.MatchString},
		{"classified before there is a secret", func(d *plan.Definition, s *transform.Spec) {
			d.Fields[0].Classes, s.SecretKey = []string{"personal"}, nil
		}, func(k string) bool { return k == "key#" }},
	} {
		f := field("score", "src.score", of(schema.Int16))
		f.OnRowError = "quarantine"
		d := definition(field("id", "src.id", of(schema.Int32)), f)
		complete(t, d)
		s := transform.Spec{Definition: d, Lookups: contents(), SecretKey: []byte("secret")}
		c.change(d, &s)
		tr, err := transform.Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		r, err := tr.Run(people(t))
		if err != nil || len(r.Rejects) != 1 || !c.want(r.Rejects[0].Key) {
			t.Errorf("%s: got %+v, %v", c.name, r.Rejects, err)
		}
	}
}

func TestHashedKeysDifferByKeyAndBySecret(t *testing.T) {
	b := people(t)
	seen := map[string]bool{}
	for i := range b.Len() {
		seen[transform.ShowKey(b, i, []int{0}, []byte("a"), true)] = true
		seen[transform.ShowKey(b, i, []int{0}, []byte("b"), true)] = true
		seen[transform.ShowKey(b, i, []int{0, 1}, []byte("a"), true)] = true
	}
	if len(seen) != 3*b.Len() {
		t.Errorf("got %d hashes, want %d", len(seen), 3*b.Len())
	}
	if got := transform.ShowKey(b, 2, []int{0, 1, 5}, nil, false); got != "3/null/null" {
		t.Errorf("ShowKey: got %s, want 3/null/null", got)
	}
}

func TestABatchIsTransformedAgainAndAgainWithoutTraces(t *testing.T) {
	a, b := field("a", "lookup.strict[src.sex]", text(0)), field("b", "text.trim(src.name)", text(0))
	a.OnRowError, b.Expect, b.OnRowError = "quarantine", "out == null || out != 'Bob'", "null"
	d := definition(a, b)
	d.Where = "src.id != 3"
	tr := compile(t, d)
	var first [][]string
	for n := range 3 {
		in := people(t)
		before := texts(in)
		r, err := tr.Run(in)
		if err != nil {
			t.Fatal(err)
		}
		got := texts(r.Out)
		if n == 0 {
			first = got
		}
		want := [][]string{{"male", "Ada"}, {"female", "null"}}
		if !slices.EqualFunc(got, want, slices.Equal) || !slices.EqualFunc(got, first, slices.Equal) || len(r.Rejects) != 1 || r.Filtered != 1 || r.Nulled != 1 {
			t.Errorf("run %d: got %v, rejects %v, %d filtered, %d nulled, want %v, 1, 1, 1", n, got, r.Rejects, r.Filtered, r.Nulled, want)
		}
		if after := texts(in); !slices.EqualFunc(after, before, slices.Equal) {
			t.Errorf("run %d: the batch that was given has changed", n)
		}
	}
}
