package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// types gives the columns their types, users' types included.
func (in *inspection) types() error {
	var wanted []kindred
	for _, kinds := range in.kinds {
		wanted = append(wanted, kinds...)
	}
	found, err := forms(in.ctx, in.tx, slices.Compact(wanted))
	if err != nil {
		return err
	}
	for table, kinds := range in.kinds {
		for i, k := range kinds {
			in.tables[table].Columns[i].Type = found[k].typ
		}
	}
	return nil
}

const listTypes = `SELECT t.oid, pg_catalog.pg_type_is_visible(t.oid) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND t.typtype <> 'p' AND t.typisdefined
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)`

// learn reads which types of users there are, so that a name in a configuration can be placed as the type that it is: by
// its full name, and without the schema where the role's search path leads to it.
func (e *endpoint) learn(ctx context.Context) error {
	t, err := e.pool.begin(ctx, readOnly)
	if err != nil {
		return err
	}
	defer t.end()
	rows, err := t.conn.Query(ctx, listTypes)
	if err != nil {
		return err
	}
	var k kindred
	var seen bool
	visible := map[kindred]bool{}
	k.mod = -1
	if _, err = pgx.ForEachRow(rows, []any{&k.oid, &seen}, func() error { visible[k] = seen; return nil }); err != nil {
		return err
	}
	var wanted []kindred
	for k := range visible {
		wanted = append(wanted, k)
	}
	found, err := forms(ctx, t, wanted)
	e.own = map[string]schema.Type{}
	for k, seen := range visible {
		f := found[k]
		if f == nil || f.typ.Kind == schema.Unknown {
			continue
		}
		e.own[f.name] = f.typ
		if seen {
			e.own[quoteIdent(f.plain)] = f.typ
		}
	}
	return err
}
