package memory_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/conformance"
	"github.com/novumsolvo/migrateiq/providers/memory"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestConformance(t *testing.T) {
	var current providers.Provider
	open := func(t *testing.T) providers.Endpoint {
		t.Helper()
		e, err := current.Open(t.Context(), current.NewConfig())
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return e
	}
	conformance.Run(t, conformance.Suite{
		Open: func(t *testing.T) providers.Endpoint {
			current = memory.New()
			return open(t)
		},
		Reopen: func(t *testing.T, _ providers.Endpoint) providers.Endpoint { return open(t) },
		Types: []schema.Type{
			{Kind: schema.Bool}, {Kind: schema.Int16}, {Kind: schema.Int32}, {Kind: schema.Int64}, {Kind: schema.Float32}, {Kind: schema.Float64},
			{Kind: schema.Decimal}, {Kind: schema.Decimal, Precision: 38, Scale: 10}, {Kind: schema.String}, {Kind: schema.String, Length: 20},
			{Kind: schema.Bytes}, {Kind: schema.Date}, {Kind: schema.Time, Precision: 6}, {Kind: schema.Timestamp, Precision: 6},
			{Kind: schema.TimestampTZ, Precision: 9}, {Kind: schema.UUID}, {Kind: schema.JSON}, {Kind: schema.Interval},
			{Kind: schema.Enum, Values: []string{"a", "b c", "ü"}},
			{Kind: schema.Enum, Values: []string{"sad", "", "it's"}, Native: "public.mood"}, {Kind: schema.Native, Native: "inet"},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.String}},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Float64}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.Decimal}},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.TimestampTZ, Precision: 6}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.Native, Native: "inet"}},
			{Kind: schema.JSON, Native: "jsonb"}, {Kind: schema.String, Length: 4, Native: "character(4)"}, {Kind: schema.String, Native: "public.citext"},
			{Kind: schema.Decimal, Native: "numeric(3,-2)"}, {Kind: schema.Interval, Native: "interval(3)"},
		},
	})
}
