package postgres_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/conformance"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestConformance(t *testing.T) {
	dsns := map[providers.Endpoint]string{}
	open := func(t *testing.T, dsn string) providers.Endpoint {
		e, err := postgres.New().Open(t.Context(), &postgres.Config{URL: secret.Literal(dsn)})
		if err != nil {
			t.Fatal(err)
		}
		dsns[e] = dsn
		return e
	}
	types := []schema.Type{
		{Kind: schema.Decimal, Precision: 12, Scale: 3}, {Kind: schema.Decimal}, {Kind: schema.String, Length: 5},
		{Kind: schema.Time, Precision: 6}, {Kind: schema.Time}, {Kind: schema.Timestamp, Precision: 6}, {Kind: schema.Timestamp, Precision: 3},
		{Kind: schema.TimestampTZ, Precision: 6}, {Kind: schema.TimestampTZ},
	}
	for _, kind := range []schema.Kind{
		schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Float32, schema.Float64, schema.String, schema.Bytes, schema.Date,
		schema.Interval, schema.UUID, schema.JSON,
	} {
		types = append(types, schema.Type{Kind: kind})
	}
	conformance.Run(t, conformance.Suite{
		Open:   func(t *testing.T) providers.Endpoint { return open(t, testserver.Postgres(t)) },
		Reopen: func(t *testing.T, e providers.Endpoint) providers.Endpoint { return open(t, dsns[e]) },
		Types:  types,
		Schema: "public",
	})
}
