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
	in := &inspection{ctx: ctx, tx: t, tables: map[uint32]*schema.Table{}, kinds: map[uint32][]kindred{}}
	for _, step := range []func() error{
		func() error { return in.list(only) }, in.columns, in.types, in.keys, in.foreign, in.unsupported, in.dependents,
	} {
		if err := step(); err != nil {
			return nil, e.fail("inspect", e.info.Place, err)
		}
	}
	return in.catalog(e.info.Identity), nil
}

// inspection fills tables by their oid, one query for each kind of part.
type inspection struct {
	ctx    context.Context
	tx     *tx
	oids   []uint32
	tables map[uint32]*schema.Table
	kinds  map[uint32][]kindred // of the tables' columns
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
	coalesce(CASE WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) END, -1)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '_migrateiq') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
	AND CASE WHEN $1 THEN (n.nspname, c.relname) IN (SELECT * FROM unnest($2::text[], $3::text[]))
		ELSE c.relkind IN ('r', 'p') AND NOT c.relispartition END`

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
	_, err = pgx.ForEachRow(rows, []any{&oid, &t.Ref.Schema, &t.Ref.Name, &t.Comment, &t.Rows, &t.Bytes}, func() error {
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
	coalesce(col_description(a.attrelid, a.attnum), '')
FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
CROSS JOIN LATERAL (SELECT d.oid IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_depend u ON u.refobjid = o.objid
	WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype = 'a'
	AND u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid AND u.refclassid = 'pg_class'::regclass) AS serial) s
WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`

func (in *inspection) columns() error {
	var table, oid uint32
	var mod int32
	var c schema.Column
	return in.each(listColumns, []any{&table, &c.Name, &oid, &mod, &c.Declared, &c.Null, &c.Generated, &c.Identity, &c.Default, &c.Comment}, func() error {
		in.kinds[table] = append(in.kinds[table], kindred{oid, mod})
		t := in.tables[table]
		t.Columns = append(t.Columns, c)
		if c.Default != "" && !isLiteral(c.Default) {
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "default", Name: c.Name, Why: "the default is an expression"})
		}
		if c.Generated {
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "generated column", Name: c.Name, Why: "its expression is not carried over"})
		}
		return nil
	})
}

// Only plain indexes are keys: b-tree, of whole columns in ascending order, valid, over all rows, without more columns
// stored, checked at once, and with nulls that are distinct. The rest is unsupported.
const listKeys = `SELECT i.indrelid, x.relname::text, i.indisprimary, i.indisunique,
	m.amname = 'btree' AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid AND i.indnkeyatts = i.indnatts AND i.indimmediate
		AND coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') = 'false' AND NOT EXISTS (SELECT FROM unnest(i.indoption::int2[]) o WHERE o <> 0)
		AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) k JOIN pg_catalog.pg_opclass p ON p.oid = k WHERE NOT p.opcdefault)
		AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) AS k(num, coll)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num WHERE a.attcollation <> k.coll),
	ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, pos)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY k.pos),
	pg_get_indexdef(i.indexrelid)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
WHERE i.indrelid = ANY($1) AND i.indislive
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint e WHERE e.conindid = i.indexrelid AND e.contype = 'x') ORDER BY x.relname`

func (in *inspection) keys() error {
	var table uint32
	var k schema.Key
	var primary, plain bool
	var definition string
	return in.each(listKeys, []any{&table, &k.Name, &primary, &k.Unique, &plain, &k.Columns, &definition}, func() error {
		t := in.tables[table]
		found := k
		found.Columns = slices.Clone(k.Columns)
		switch {
		case primary:
			t.Primary = &found
			t.Primary.Unique = true
		case plain:
			t.Keys = append(t.Keys, found)
		default:
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "index", Name: k.Name, Why: "not a plain index: " + definition[strings.Index(definition, " USING ")+1:]})
		}
		return nil
	})
}

const listForeign = `SELECT c.conrelid, c.conname::text, pn.nspname::text, p.relname::text, c.confdeltype::text, c.confupdtype::text,
	ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(num, pos)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num ORDER BY k.pos),
	ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(num, pos)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num ORDER BY k.pos),
	CASE WHEN c.confmatchtype = 'f' THEN 'it matches in full' WHEN c.condeferrable THEN 'it can be deferred'
		WHEN NOT c.convalidated THEN 'it is not validated'
		WHEN to_jsonb(c) ->> 'confdelsetcols' IS NOT NULL THEN 'it sets some columns only' ELSE '' END
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class p ON p.oid = c.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = ANY($1) ORDER BY c.conname`

// actions are the codes of pg_constraint for what a foreign key does.
var actions = map[string]string{"a": "", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}

func (in *inspection) foreign() error {
	var table uint32
	var f schema.ForeignKey
	var onDelete, onUpdate, special string
	return in.each(listForeign, []any{&table, &f.Name, &f.Parent.Schema, &f.Parent.Name, &onDelete, &onUpdate, &f.Columns, &f.Key, &special}, func() error {
		t := in.tables[table]
		found := f
		found.OnDelete, found.OnUpdate = actions[onDelete], actions[onUpdate]
		found.Columns, found.Key = slices.Clone(f.Columns), slices.Clone(f.Key)
		t.Foreign = append(t.Foreign, found)
		if special != "" {
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "foreign key", Name: f.Name, Why: special + "; a copy is plain"})
		}
		return nil
	})
}

// catalog sorts what was found.
func (in *inspection) catalog(identity string) *schema.Catalog {
	c := &schema.Catalog{Identity: identity}
	for _, t := range in.tables {
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
