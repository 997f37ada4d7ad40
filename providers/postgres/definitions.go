package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// identified gives what a dependency points to as kind and name. What an extension brought is the extension; the type of an
// array or multirange is that of its elements. What came
// with the server has a number below 16384, and is everywhere.
const identified = `CROSS JOIN LATERAL (SELECT CASE WHEN e.refclassid <> 'pg_type'::regclass THEN e.refobjid ELSE
		coalesce((SELECT y.typelem FROM pg_catalog.pg_type y WHERE y.oid = e.refobjid AND y.typcategory = 'A' AND y.typelem <> 0),
			(SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE (to_jsonb(r) ->> 'rngmultitypid')::oid = e.refobjid), e.refobjid) END AS oid) o
LEFT JOIN pg_catalog.pg_depend m ON m.classid = e.refclassid AND m.objid = o.oid AND m.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension x ON x.oid = m.refobjid
CROSS JOIN LATERAL (SELECT i.type, i.identity FROM pg_identify_object(e.refclassid, o.oid, 0) i) i
CROSS JOIN LATERAL (SELECT CASE WHEN x.oid IS NOT NULL THEN 'extension ' || quote_ident(x.extname)
	WHEN i.type = 'composite type' THEN 'type ' || i.identity ELSE i.type || ' ' || i.identity END AS id) w `

// listNeeds finds what columns, defaults, constraints and indexes of tables need of what users have made.
const listNeeds = `SELECT DISTINCT d.rel, d.what, d.name, w.id, e.refclassid, o.oid, x.oid IS NOT NULL
FROM (SELECT a.attrelid AS rel, 'column' AS what, a.attname::text AS name, 'pg_class'::regclass::oid AS class, a.attrelid AS obj, a.attnum::int AS sub
		FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL SELECT f.adrelid, 'default', a.attname::text, 'pg_attrdef'::regclass, f.oid, 0 FROM pg_catalog.pg_attrdef f
		JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum WHERE f.adrelid = ANY($1)
	UNION ALL SELECT c.conrelid, 'constraint', c.conname::text, 'pg_constraint'::regclass, c.oid, 0 FROM pg_catalog.pg_constraint c WHERE c.conrelid = ANY($1)
	UNION ALL SELECT i.indrelid, 'index', n.relname::text, 'pg_class'::regclass, i.indexrelid, 0 FROM pg_catalog.pg_index i
		JOIN pg_catalog.pg_class n ON n.oid = i.indexrelid WHERE i.indrelid = ANY($1)
	UNION ALL SELECT t, 'table', '', 'pg_class'::regclass, t, 0 FROM unnest($1::oid[]) t) d
JOIN pg_catalog.pg_depend e ON e.classid = d.class AND e.objid = d.obj AND e.objsubid = d.sub AND e.deptype IN ('n', 'a')
	AND (e.refclassid IN ('pg_type'::regclass, 'pg_proc'::regclass, 'pg_collation'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
			'pg_opfamily'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass)
		OR e.refclassid = 'pg_class'::regclass AND e.refobjid <> d.rel AND EXISTS (SELECT FROM pg_catalog.pg_class q WHERE q.oid = e.refobjid AND q.relkind = 'S')) ` +
	identified + `WHERE o.oid >= 16384 AND (d.what <> 'table' OR e.refclassid <> 'pg_type'::regclass) ORDER BY 1, 2, 3, 4`

// needs notes with each part what it needs, and gathers the definitions.
func (in *inspection) needs() error {
	var table, class, oid uint32
	var what, name, id string
	var brought bool
	roots := map[string]thing{}
	err := in.each(listNeeds, []any{&table, &what, &name, &id, &class, &oid, &brought}, func() error {
		if in.owned(table, what, id) {
			return nil
		}
		in.note(in.tables[table], what, name, id)
		roots[id] = thing{class, oid, brought}
		return nil
	})
	if err != nil {
		return err
	}
	return in.gather(roots)
}

// owned reports whether a need is a sequence that is made with its column.
func (in *inspection) owned(table uint32, what, id string) bool {
	if !strings.HasPrefix(id, "sequence ") {
		return false
	}
	return slices.ContainsFunc(in.tables[table].Sequences, func(s schema.Sequence) bool { return s.Kind != schema.Free && id == "sequence "+in.written[s.Name] })
}

// note puts a need to the part of a table that has it.
func (in *inspection) note(t *schema.Table, what, name, id string) {
	kinds := map[string][]string{
		"column": {schema.PartType, schema.PartCollation, schema.PartGenerated}, "default": {schema.PartDefault, schema.PartGenerated},
		"constraint": {schema.PartCheck}, "table": {schema.PartSplit, schema.PartBound},
	}[what]
	for i := range t.Native {
		p := &t.Native[i]
		if !slices.Contains(kinds, p.Kind) || what != "table" && p.Name != name {
			continue
		}
		collation := strings.HasPrefix(id, "collation ")
		if what == "column" && (p.Kind == schema.PartType && collation || p.Kind == schema.PartCollation && !collation) {
			continue
		}
		p.Needs = append(p.Needs, id)
	}
	if what != "index" && what != "constraint" {
		return
	}
	add := func(k *schema.Key) {
		if k.Name == name && !slices.Contains(k.Needs, id) {
			k.Needs = append(k.Needs, id)
		}
	}
	if t.Primary != nil {
		add(t.Primary)
	}
	for i := range t.Keys {
		add(&t.Keys[i])
	}
	for i := range t.Indexes {
		add(&t.Indexes[i])
	}
}

// thing is an object of users in the server's catalogs.
type thing struct {
	class, oid uint32
	brought    bool // by an extension, which then is what is needed
}

const listBelow = `SELECT DISTINCT d.class, d.obj, w.id, e.refclassid, o.oid, x.oid IS NOT NULL
FROM (SELECT unnest($1::oid[]) AS class, unnest($2::oid[]) AS obj) d
CROSS JOIN LATERAL (SELECT d.class AS class, d.obj AS obj
	UNION ALL SELECT 'pg_class'::regclass, y.typrelid FROM pg_catalog.pg_type y WHERE d.class = 'pg_type'::regclass AND y.oid = d.obj AND y.typrelid <> 0
	UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM pg_catalog.pg_constraint c WHERE d.class = 'pg_type'::regclass AND c.contypid = d.obj) s
JOIN pg_catalog.pg_depend e ON e.classid = s.class AND e.objid = s.obj AND e.deptype IN ('n', 'a')
	AND e.refclassid IN ('pg_type'::regclass, 'pg_proc'::regclass, 'pg_collation'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass) ` +
	identified + `WHERE o.oid >= 16384 AND (e.refclassid, o.oid) <> (d.class, d.obj) ORDER BY 3`

// gather follows what things need themselves, and reads the definitions, each behind those that it needs.
func (in *inspection) gather(roots map[string]thing) error {
	all, needs := map[string]thing{}, map[string][]string{}
	for level := roots; len(level) > 0; {
		var classes, oids []uint32
		by := map[[2]uint32]string{}
		for id, th := range level {
			all[id] = th
			if !th.brought {
				classes, oids = append(classes, th.class), append(oids, th.oid)
				by[[2]uint32{th.class, th.oid}] = id
			}
		}
		next := map[string]thing{}
		var from, to thing
		var id string
		err := in.query(listBelow, []any{classes, oids}, []any{&from.class, &from.oid, &id, &to.class, &to.oid, &to.brought}, func() error {
			of := by[[2]uint32{from.class, from.oid}]
			needs[of] = append(needs[of], id)
			if _, ok := all[id]; !ok {
				next[id] = to
			}
			return nil
		})
		if err != nil {
			return err
		}
		level = next
	}
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	found, err := definitions(in.ctx, in.tx, ids)
	if err != nil {
		return err
	}
	in.needed = inOrder(ids, found, needs)
	return nil
}

// inOrder puts each definition behind those that it needs. What has no text stays, as a need that cannot be met.
func inOrder(ids []string, found []schema.Definition, needs map[string][]string) []schema.Definition {
	var out []schema.Definition
	done := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		if done[id] {
			return
		}
		done[id] = true
		below := slices.Sorted(slices.Values(needs[id]))
		for _, n := range below {
			visit(n)
		}
		i := slices.IndexFunc(found, func(d schema.Definition) bool { return d.ID() == id })
		var d schema.Definition
		if i >= 0 {
			d = found[i]
		} else {
			d.Kind, d.Name, _ = strings.Cut(id, " ")
		}
		d.Needs = slices.Compact(below)
		out = append(out, d)
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		visit(id)
	}
	return out
}

// Definitions finds those of the ids that are there, with their texts.
func (e *endpoint) Definitions(ctx context.Context, ids []string) ([]schema.Definition, error) {
	t, err := e.pool.begin(ctx, readOnly)
	if err != nil {
		return nil, e.fail("inspect", e.info.Place, err)
	}
	defer t.end()
	if err := t.run(ctx, "SET LOCAL search_path TO ''"); err != nil {
		return nil, e.fail("inspect", e.info.Place, err)
	}
	found, err := definitions(ctx, t, ids)
	if err != nil {
		return nil, e.fail("inspect", e.info.Place, err)
	}
	return found, nil
}
