package verify_test

import (
	"context"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// values is a table of an id from 1 on and one value of some type, given as canonical texts.
type values struct {
	of    schema.Type
	texts []string
}

func (v values) columns() []schema.Column {
	return []schema.Column{{Name: "id", Type: schema.Type{Kind: schema.Int64}}, {Name: "x", Type: v.of}}
}

func (v values) Read(context.Context, providers.ReadSpec) (providers.Reader, error) {
	return &valueReader{values: v}, nil
}

type valueReader struct {
	values
	done bool
}

func (r *valueReader) Next(_ context.Context, b *batch.Batch) error {
	b.Reset()
	if r.done {
		return io.EOF
	}
	for i, text := range r.texts {
		b.Vectors[0].AppendInt(int64(i) + 1)
		b.Vectors[1].AppendString(text)
	}
	r.done = true
	return nil
}

func (r *valueReader) Close() error { return nil }

func (v values) side() verify.Side {
	d := &plan.Definition{Key: []string{"id"}}
	for _, c := range v.columns() {
		d.Fields = append(d.Fields, plan.Field{Name: c.Name, Column: c})
	}
	return verify.Source(v, providers.ReadSpec{Columns: v.columns()}, d, nil)
}

// What differs in an array or a native text is found however small it is, and nothing else is.
func TestArraysAndNativeTextsAreComparedByteForByte(t *testing.T) {
	floats := schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Float64}}
	for _, c := range []struct {
		of         schema.Type
		want, have string
	}{
		{floats, `["-0"]`, `["0"]`},
		{floats, `["1",null]`, `["1"]`},
		{floats, `["1"]`, `[0:0]=["1"]`},
		{floats, `["1","2"]`, `[["1","2"]]`},
		{floats, `["1","2"]`, `["2","1"]`},
		{schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.String}}, `[null]`, `["null"]`},
		{schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Decimal}}, `["1.5"]`, `["1.50"]`},
		{schema.Type{Kind: schema.Native, Native: "inet"}, "10.0.0.1", "10.0.0.1/32"},
		{schema.Type{Kind: schema.Native, Native: "xml"}, "<a/>", "<a/> "},
		{schema.Type{Kind: schema.String, Length: 3, Native: "character(3)"}, "a  ", "a"},
		{schema.Type{Kind: schema.String, Native: "public.citext"}, "a", "A"},
	} {
		want, have := values{c.of, []string{c.want, c.want, c.have}}, values{c.of, []string{c.want, c.have, c.have}}
		got, err := verify.Compare(context.Background(), want.side(), have.side(), hasher(), verify.Show{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(verify.Diff{Differs: 1, Findings: []verify.Finding{{Kind: "differs", Key: "2", Columns: []string{"x"}}}}, got); diff != "" {
			t.Errorf("%s, %s and %s (-want +got):\n%s", c.of, c.want, c.have, diff)
		}
	}
}
