package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const listExtensions = `SELECT 'extension', quote_ident(x.extname), n.nspname::text,
	format('CREATE EXTENSION %I WITH SCHEMA %I CASCADE', x.extname, n.nspname), ''
FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace WHERE 'extension ' || quote_ident(x.extname) = ANY($1)`

const listMade = `SELECT 'type', y.name, n.nspname::text, CASE y.typtype
	WHEN 'e' THEN 'CREATE TYPE ' || y.name || ' AS ENUM (' ||
		coalesce((SELECT string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder) FROM pg_catalog.pg_enum l WHERE l.enumtypid = y.oid), '') || ')'
	WHEN 'd' THEN 'CREATE DOMAIN ' || y.name || ' AS ' || format_type(y.typbasetype, y.typtypmod) || coalesce((SELECT format(' COLLATE %I.%I', cn.nspname, c.collname)
			FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.collnamespace JOIN pg_catalog.pg_type b ON b.oid = y.typbasetype
			WHERE c.oid = y.typcollation AND y.typcollation <> b.typcollation), '') ||
		coalesce(' DEFAULT ' || pg_get_expr(y.typdefaultbin, 0), '') || CASE WHEN y.typnotnull THEN ' NOT NULL' ELSE '' END ||
		coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), '' ORDER BY k.conname)
			FROM pg_catalog.pg_constraint k WHERE k.contypid = y.oid AND k.contype = 'c'), '')
	WHEN 'c' THEN 'CREATE TYPE ' || y.name || ' AS (' || coalesce((SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ||
			CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format(' COLLATE %I.%I', cn.nspname, c.collname) FROM pg_catalog.pg_collation c
				JOIN pg_catalog.pg_namespace cn ON cn.oid = c.collnamespace WHERE c.oid = a.attcollation) ELSE '' END, ', ' ORDER BY a.attnum)
			FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
	ELSE (SELECT 'CREATE TYPE ' || y.name || ' AS RANGE (' || concat_ws(', ', 'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
			CASE WHEN NOT p.opcdefault THEN 'SUBTYPE_OPCLASS = ' || format('%I.%I', pn.nspname, p.opcname) END,
			CASE WHEN r.rngcollation <> s.typcollation THEN (SELECT format('COLLATION = %I.%I', cn.nspname, c.collname) FROM pg_catalog.pg_collation c
				JOIN pg_catalog.pg_namespace cn ON cn.oid = c.collnamespace WHERE c.oid = r.rngcollation) END,
			CASE WHEN r.rngcanonical <> 0 THEN 'CANONICAL = ' || r.rngcanonical::regproc END,
			CASE WHEN r.rngsubdiff <> 0 THEN 'SUBTYPE_DIFF = ' || r.rngsubdiff::regproc END,
			'MULTIRANGE_TYPE_NAME = ' || format_type((to_jsonb(r) ->> 'rngmultitypid')::oid, NULL)) || ')'
		FROM pg_catalog.pg_range r JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype JOIN pg_catalog.pg_opclass p ON p.oid = r.rngsubopc
		JOIN pg_catalog.pg_namespace pn ON pn.oid = p.opcnamespace WHERE r.rngtypid = y.oid) END,
	coalesce(format('COMMENT ON %s %s IS %L', CASE y.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, y.name, obj_description(y.oid, 'pg_type')), '')
FROM (SELECT *, t.oid AS id, format_type(t.oid, NULL) AS name FROM pg_catalog.pg_type t) y JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace
WHERE 'type ' || y.name = ANY($1) AND (y.typtype IN ('e', 'd', 'r')
	OR y.typtype = 'c' AND (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = y.typrelid) = 'c')`

const listCollations = `SELECT 'collation', i.identity, n.nspname::text, 'CREATE COLLATION ' || i.identity || ' (' || concat_ws(', ',
		'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
		CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END,
		CASE WHEN c.collprovider IN ('i', 'b') THEN 'LOCALE = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate::text))
			ELSE 'LC_COLLATE = ' || quote_literal(c.collcollate) || ', LC_CTYPE = ' || quote_literal(c.collctype) END,
		'RULES = ' || quote_literal(to_jsonb(c) ->> 'collicurules')) || ')',
	coalesce(format('COMMENT ON COLLATION %s IS %L', i.identity, obj_description(c.oid, 'pg_collation')), '')
FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
CROSS JOIN LATERAL (SELECT p.identity FROM pg_identify_object('pg_collation'::regclass, c.oid, 0) p) i
WHERE n.nspname <> 'pg_catalog' AND 'collation ' || i.identity = ANY($1)`

const listCounters = `SELECT 'sequence', q.oid::regclass::text, n.nspname::text,
	format('CREATE %sSEQUENCE %s AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', CASE WHEN q.relpersistence = 'u' THEN 'UNLOGGED ' END, q.oid::regclass, format_type(s.seqtypid, NULL),
		s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END),
	coalesce(format('COMMENT ON SEQUENCE %s IS %L', q.oid::regclass, obj_description(q.oid, 'pg_class')), '')
FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class q ON q.oid = s.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = q.relnamespace
WHERE 'sequence ' || q.oid::regclass::text = ANY($1)`

const listFunctions = `SELECT i.type, i.identity, n.nspname::text, pg_get_functiondef(p.oid), ''
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (SELECT o.type, o.identity FROM pg_identify_object('pg_proc'::regclass, p.oid, 0) o) i
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind <> 'a' AND i.type || ' ' || i.identity = ANY($1)`

// definitions reads the texts of those ids that are there. Names are written with their schemas: the transaction has an
// empty search path.
func definitions(ctx context.Context, t *tx, ids []string) ([]schema.Definition, error) {
	var out []schema.Definition
	for _, q := range []struct{ kind, sql string }{
		{"extension ", listExtensions}, {"type ", listMade}, {"collation ", listCollations}, {"sequence ", listCounters}, {"function ", listFunctions},
	} {
		if !slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, q.kind) }) {
			continue
		}
		rows, err := t.conn.Query(ctx, q.sql, ids)
		if err != nil {
			return nil, err
		}
		var d schema.Definition
		var text, comment string
		_, err = pgx.ForEachRow(rows, []any{&d.Kind, &d.Name, &d.Schema, &text, &comment}, func() error {
			found := d
			found.SQL = []string{text}
			if comment != "" {
				found.SQL = append(found.SQL, comment)
			}
			out = append(out, found)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, standings(ctx, t, out)
}
