package csv_test

import (
	"path/filepath"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/conformance"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestConformance(t *testing.T) {
	paths := map[providers.Endpoint]string{}
	open := func(t *testing.T, path string) providers.Endpoint {
		e, err := csv.New().Open(t.Context(), &csv.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		paths[e] = path
		return e
	}
	conformance.Run(t, conformance.Suite{
		Open: func(t *testing.T) providers.Endpoint { return open(t, filepath.Join(t.TempDir(), "data")) },
		Reopen: func(t *testing.T, e providers.Endpoint) providers.Endpoint {
			return open(t, paths[e])
		},
		Types: []schema.Type{{Kind: schema.Bool}, {Kind: schema.Int16}, {Kind: schema.Int32}, {Kind: schema.Int64}, {Kind: schema.Decimal},
			{Kind: schema.Decimal, Precision: 12, Scale: 2}, {Kind: schema.Float32}, {Kind: schema.Float64}, {Kind: schema.String},
			{Kind: schema.String, Length: 5}, {Kind: schema.Bytes}, {Kind: schema.Date}, {Kind: schema.Time, Precision: 6}, {Kind: schema.Timestamp, Precision: 6},
			{Kind: schema.Timestamp, Precision: 7}, {Kind: schema.TimestampTZ, Precision: 3}, {Kind: schema.Interval}, {Kind: schema.UUID},
			{Kind: schema.JSON}, {Kind: schema.Enum, Values: []string{"a", "", "b c"}},
			{Kind: schema.Enum, Values: []string{"sad", "", "it's"}, Native: "public.mood"}, {Kind: schema.Native, Native: "inet"},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.String}},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Float64}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.Decimal}},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.TimestampTZ, Precision: 6}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.Native, Native: "inet"}}},
	})
}
