package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/conformance"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

func TestConformance(t *testing.T) {
	paths := map[providers.Endpoint]string{}
	at := func(t *testing.T, path string) providers.Endpoint {
		t.Helper()
		p := sqlite.New()
		cfg := p.NewConfig().(*sqlite.Config)
		cfg.Path, cfg.BusyTimeout = path, 20
		e, err := p.Open(t.Context(), cfg)
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		paths[e] = path
		return e
	}
	conformance.Run(t, conformance.Suite{
		Open:   func(t *testing.T) providers.Endpoint { return at(t, filepath.Join(t.TempDir(), "test.db")) },
		Reopen: func(t *testing.T, e providers.Endpoint) providers.Endpoint { return at(t, paths[e]) },
		Types: []schema.Type{
			{Kind: schema.Bool}, {Kind: schema.Int16}, {Kind: schema.Int32}, {Kind: schema.Int64}, {Kind: schema.Float32}, {Kind: schema.Float64},
			{Kind: schema.Decimal}, {Kind: schema.Decimal, Precision: 10, Scale: 2}, {Kind: schema.Decimal, Precision: 15, Scale: 15},
			{Kind: schema.Decimal, Precision: 15}, {Kind: schema.Decimal, Precision: 38, Scale: 10}, {Kind: schema.String},
			{Kind: schema.String, Length: 20}, {Kind: schema.Bytes}, {Kind: schema.Date}, {Kind: schema.Time}, {Kind: schema.Time, Precision: 6},
			{Kind: schema.Timestamp}, {Kind: schema.Timestamp, Precision: 3}, {Kind: schema.Timestamp, Precision: 6},
			{Kind: schema.TimestampTZ, Precision: 6}, {Kind: schema.TimestampTZ, Precision: 9}, {Kind: schema.UUID}, {Kind: schema.JSON},
			{Kind: schema.Interval}, {Kind: schema.Enum, Values: []string{"a", "b c", "ü"}},
			{Kind: schema.Enum, Values: []string{"sad", "", "it's"}, Native: "public.mood"}, {Kind: schema.Native, Native: "inet"},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.String}},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Float64}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.Decimal}},
			{Kind: schema.Array, Elem: &schema.Type{Kind: schema.TimestampTZ, Precision: 6}}, {Kind: schema.Array, Elem: &schema.Type{Kind: schema.Native, Native: "inet"}},
		},
	})
}
