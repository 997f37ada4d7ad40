package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var _ providers.Describer = (*endpoint)(nil)

// Describe has the server prepare the query, which runs nothing.
func (e *endpoint) Describe(ctx context.Context, query string) (schema.Table, error) {
	t, err := e.pool.begin(ctx, asking)
	if err != nil {
		return schema.Table{}, e.fail("describe", "query", err)
	}
	defer t.end()
	rel, err := e.queried(ctx, t, query)
	if err != nil {
		return schema.Table{}, err
	}
	return schema.Table{Columns: rel.columns, Rows: -1, Bytes: -1}, nil
}

// queried is the result of a query as a relation. Alone it has to be one statement with a result, so that no bracket in it
// can end the one that is put around it; inside of one it can only be a SELECT, whose parts change nothing.
func (e *endpoint) queried(ctx context.Context, t *tx, query string) (*relation, error) {
	query = strings.TrimSuffix(strings.TrimSpace(query), ";")
	refuse := func(column, why string) error {
		return &providers.Error{Op: "describe", Object: "query", Column: column, Class: providers.Unsupported, Err: errors.New(why)}
	}
	if strings.ContainsRune(query, 0) {
		return nil, refuse("", "it holds the character U+0000")
	}
	if err := t.unpin(ctx); err != nil {
		return nil, e.fail("describe", "query", err)
	}
	alone, err := t.conn.PgConn().Prepare(ctx, "", query, nil)
	if err != nil {
		return nil, e.misread(query, err)
	}
	if len(alone.Fields) == 0 {
		return nil, refuse("", "it is no SELECT, and has no result")
	}
	if len(alone.ParamOIDs) > 0 {
		return nil, refuse("", "it has parameters, and nothing gives them values")
	}
	inside, err := t.conn.PgConn().Prepare(ctx, "", "SELECT * FROM (\n"+query+"\n) AS t", nil)
	if err != nil {
		var said *pgconn.PgError
		if errors.As(err, &said) {
			return nil, refuse("", "it is no single SELECT that only reads; a SELECT stands in brackets, FROM (query), when it is read")
		}
		return nil, e.fail("describe", "query", err)
	}
	rel := &relation{ref: schema.Ref{Name: "query"}, query: query}
	found := map[string]kindred{}
	for i, f := range inside.Fields {
		_, twice := found[f.Name]
		switch {
		case f.Name == "" || f.Name == "?column?":
			return nil, refuse(fmt.Sprint(i+1), "the column has no name; give it one with AS")
		case twice:
			return nil, refuse(f.Name, "two columns have this name; give one of them another with AS")
		}
		found[f.Name] = kindred{f.DataTypeOID, f.TypeModifier}
	}
	if err := rel.understand(ctx, t, found); err != nil {
		return nil, e.fail("describe", "query", err)
	}
	for _, f := range inside.Fields {
		rel.columns = append(rel.columns, schema.Column{Name: f.Name, Type: rel.types[f.Name], Null: true})
	}
	return rel, e.declare(ctx, t, rel.columns, inside.Fields)
}

// declare names the types as the server does.
func (e *endpoint) declare(ctx context.Context, t *tx, columns []schema.Column, fields []pgconn.FieldDescription) error {
	for i, f := range fields {
		if err := t.row(ctx, "SELECT pg_catalog.format_type($1, $2)", f.DataTypeOID, f.TypeModifier).Scan(&columns[i].Declared); err != nil {
			return e.fail("describe", "query", err)
		}
	}
	return nil
}

// misread adds the line at which the server stopped.
func (e *endpoint) misread(query string, err error) error {
	var said *pgconn.PgError
	var known *providers.Error
	if failed := e.fail("describe", "query", err); !errors.As(failed, &known) || !errors.As(err, &said) || said.Position < 1 {
		return failed
	}
	chars := []rune(query)
	before := string(chars[:min(int(said.Position)-1, len(chars))])
	known.Row = fmt.Sprintf("line %d", 1+strings.Count(before, "\n"))
	return known
}

// relation finds what a spec reads from.
func (e *endpoint) relation(ctx context.Context, t *tx, spec providers.ReadSpec) (*relation, error) {
	if spec.Query == "" {
		rel, err := find(ctx, t, spec.Table)
		if err != nil {
			return nil, err
		}
		return rel, e.join(ctx, t, rel, spec)
	}
	if spec.Chunk != nil || spec.Cursor != nil || len(spec.Joins) > 0 {
		return nil, &providers.Error{Op: "read", Object: "query", Class: providers.Unsupported, Err: errors.New("the result of a query has no chunks, cursors and joins")}
	}
	return e.queried(ctx, t, spec.Query)
}
