package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Inspect describes tables, and views that are asked for by name. Schemas of the system and the ledger's own are left
// out, as are partitions unless they are asked for: their rows are read through the parent.
func (e *endpoint) Inspect(ctx context.Context, only []schema.Ref) (*schema.Catalog, error) {
	t, err := e.pool.begin(ctx, asking)
	if err != nil {
		return nil, e.fail("inspect", e.info.Place, err)
	}
	defer t.end()
	in := &inspection{ctx: ctx, tx: t, tables: map[uint32]*schema.Table{}, kinds: map[uint32][]kindred{},
		trees: map[uint32][]uint32{}, written: map[schema.Ref]string{}}
	steps := []func() error{
		func() error { return in.list(only) }, in.branches, in.columns, in.types, in.foreign, in.unsupported, in.qualified, func() error { return in.followers(e) },
		in.columnParts, in.tableParts, in.checks, in.sequences, in.keys, in.needs, in.schemas,
	}
	if only == nil {
		steps = append(steps, in.loose, in.free)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, e.fail("inspect", e.info.Place, err)
		}
	}
	in.graft()
	in.grow()
	if err := in.largeTables(only); err != nil {
		return nil, e.fail("inspect", e.info.Place, err)
	}
	return in.catalog(e.info.Identity), nil
}

// qualified has the server write names of users with their schema from here on, as text that any session reads alike.
func (in *inspection) qualified() error { return in.tx.run(in.ctx, "SET LOCAL search_path TO ''") }

// inspection fills tables by their oid, one query for each kind of part.
type inspection struct {
	ctx    context.Context
	tx     *tx
	oids   []uint32
	tables map[uint32]*schema.Table
	kinds  map[uint32][]kindred // of the tables' columns

	listed   []uint32            // the tables asked for, without partitions that were found below them
	trees    map[uint32][]uint32 // partitions, by the table that they are in
	whole    []uint32            // tables that can only be copied as one
	pieces   []schema.Branch     // keys of partitions, under those of what they belong to
	needed   []schema.Definition
	objects  []schema.Loose
	schemata []string
	large    []schema.Table
	written  map[schema.Ref]string // names of sequences as the server writes them
}

// each runs a query with the tables' oids as $1 and calls f for every row.
func (in *inspection) each(sql string, into []any, f func() error) error {
	rows, err := in.tx.conn.Query(in.ctx, sql, in.oids)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, f)
	return err
}

const listTables = `SELECT c.oid, n.nspname::text, c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), ''),
	CASE WHEN c.reltuples < 0 OR c.relkind NOT IN ('r', 'm') THEN -1 ELSE c.reltuples::bigint END,
	coalesce(CASE WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) END, -1),
	` + tracks + `
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '_migrateiq') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
	AND CASE WHEN $1 THEN (n.nspname, c.relname) IN (SELECT * FROM unnest($2::text[], $3::text[]))
		ELSE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^_migrateiq_old_' END`

func (in *inspection) list(only []schema.Ref) error {
	var schemas, names []string
	for _, r := range only {
		r = home(r)
		schemas, names = append(schemas, r.Schema), append(names, r.Name)
	}
	rows, err := in.tx.conn.Query(in.ctx, listTables, only != nil, schemas, names)
	if err != nil {
		return err
	}
	var oid uint32
	var t schema.Table
	_, err = pgx.ForEachRow(rows, []any{&oid, &t.Ref.Schema, &t.Ref.Name, &t.Comment, &t.Rows, &t.Bytes, &t.Tracks}, func() error {
		found := t
		in.oids = append(in.oids, oid)
		in.tables[oid] = &found
		return nil
	})
	return err
}

// A column is numbered by the system if it is an identity, or has a default of its own sequence (serial).
const listColumns = `SELECT a.attrelid, a.attname::text, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
	a.attgenerated <> '', a.attidentity <> '' OR s.serial, coalesce(CASE WHEN a.attgenerated = '' AND NOT s.serial THEN pg_get_expr(d.adbin, d.adrelid) END, ''),
	coalesce(col_description(a.attrelid, a.attnum), ''),
	coalesce((SELECT format('%I.%I', n.nspname, l.collname) FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
		WHERE l.oid = a.attcollation AND NOT l.collisdeterministic), '')
FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
CROSS JOIN LATERAL (SELECT d.oid IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_depend u ON u.refobjid = o.objid
	WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype = 'a'
	AND u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid AND u.refclassid = 'pg_class'::regclass) AS serial) s
WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`

func (in *inspection) columns() error {
	var table, oid uint32
	var mod int32
	var c schema.Column
	return in.each(listColumns, []any{&table, &c.Name, &oid, &mod, &c.Declared, &c.Null, &c.Generated, &c.Identity, &c.Default, &c.Comment, &c.Folds}, func() error {
		in.kinds[table] = append(in.kinds[table], kindred{oid, mod})
		t := in.tables[table]
		t.Columns = append(t.Columns, c)
		return nil
	})
}

// catalog sorts what was found.
func (in *inspection) catalog(identity string) *schema.Catalog {
	c := &schema.Catalog{Identity: identity, Definitions: in.needed, Objects: in.objects, Schemas: in.schemata, Large: in.large}
	for _, oid := range in.listed {
		t := in.tables[oid]
		sortObjects(t.Unsupported)
		sortObjects(t.Dependents)
		c.Tables = append(c.Tables, *t)
	}
	slices.SortFunc(c.Tables, func(a, b schema.Table) int {
		if n := strings.Compare(a.Ref.Schema, b.Ref.Schema); n != 0 {
			return n
		}
		return strings.Compare(a.Ref.Name, b.Ref.Name)
	})
	return c
}

func sortObjects(o []schema.Object) {
	slices.SortFunc(o, func(a, b schema.Object) int {
		if n := strings.Compare(a.Kind, b.Kind); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
}
