package postgres

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Only plain indexes are keys: b-tree, of whole columns in ascending order, valid, over all rows, without more columns
// stored, checked at once, and with nulls that are distinct. The rest only another PostgreSQL can make.
const listKeys = `SELECT i.indrelid, x.relname::text, i.indisprimary, i.indisunique,
	m.amname = 'btree' AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid AND i.indnkeyatts = i.indnatts AND i.indimmediate
		AND coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') = 'false' AND NOT EXISTS (SELECT FROM unnest(i.indoption::int2[]) o WHERE o <> 0)
		AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) k JOIN pg_catalog.pg_opclass p ON p.oid = k WHERE NOT p.opcdefault)
		AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) AS k(num, coll)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num WHERE a.attcollation <> k.coll),
	ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, pos)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num WHERE k.pos <= i.indnkeyatts ORDER BY k.pos),
	substr(pg_get_indexdef(i.indexrelid), length(concat('CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ', quote_ident(x.relname), ' ON ',
		CASE WHEN x.relkind = 'I' THEN 'ONLY ' END, quote_ident(tn.nspname), '.', quote_ident(t.relname))) + 2),
	c.oid IS NOT NULL, coalesce(pg_get_constraintdef(c.oid), ''),
	CASE WHEN c.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED' WHEN c.condeferrable THEN 'DEFERRABLE' ELSE '' END,
	ARRAY(SELECT DISTINCT CASE WHEN a.attnum IS NULL THEN '*' ELSE a.attname::text END
		FROM (SELECT num FROM unnest(i.indkey::int2[]) num WHERE num <> 0
			UNION SELECT e.refobjsubid FROM pg_catalog.pg_depend e WHERE (e.classid = 'pg_class'::regclass AND e.objid = i.indexrelid
				OR e.classid = 'pg_constraint'::regclass AND e.objid = c.oid) AND e.refclassid = 'pg_class'::regclass AND e.refobjid = i.indrelid) r
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = r.num AND r.num > 0 ORDER BY 1),
	array_remove(ARRAY[CASE WHEN i.indisclustered THEN 'CLUSTER ON' END, CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY USING INDEX' END], NULL),
	coalesce(obj_description(CASE WHEN c.oid IS NULL THEN x.oid ELSE c.oid END, CASE WHEN c.oid IS NULL THEN 'pg_class' ELSE 'pg_constraint' END), ''),
	coalesce(CASE WHEN c.oid IS NOT NULL THEN obj_description(x.oid, 'pg_class') END, ''),
	coalesce(pn.nspname::text, ''), coalesce(pt.relname::text, ''), coalesce(px.relname::text, ''), x.relkind = 'I',
	CASE WHEN NOT i.indisvalid THEN 'it is not valid' WHEN x.reltablespace <> 0 THEN 'it is in a tablespace of its own'
		WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = x.oid AND coalesce(a.attstattarget, -1) >= 0) THEN 'its statistics are set' ELSE '' END
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid LEFT JOIN pg_catalog.pg_class px ON px.oid = h.inhparent
LEFT JOIN pg_catalog.pg_index pi ON pi.indexrelid = px.oid LEFT JOIN pg_catalog.pg_class pt ON pt.oid = pi.indrelid
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = pt.relnamespace
WHERE i.indrelid = ANY($1) AND i.indislive ORDER BY x.relname`

func (in *inspection) keys() error {
	var table uint32
	var k schema.Key
	var b schema.Branch
	var primary, plain bool
	var odd string
	return in.each(listKeys, []any{
		&table, &k.Name, &primary, &k.Unique, &plain, &k.Columns, &k.Native, &k.Constraint, &k.Rule, &k.Deferral, &k.Reads, &k.Uses, &k.Comment, &k.Remark,
		&b.Above.Schema, &b.Above.Name, &b.Under, &k.Split, &odd,
	}, func() error {
		t := in.tables[table]
		found := k
		found.Columns, found.Reads, found.Uses = slices.Clone(k.Columns), slices.Clone(k.Reads), slices.Clone(k.Uses)
		if b.Under != "" {
			branch := b
			branch.Table, branch.Key = t.Ref, found
			in.pieces = append(in.pieces, branch)
		}
		switch {
		case primary:
			t.Primary = &found
			t.Primary.Unique = true
		case plain && !strings.HasPrefix(k.Rule, "EXCLUDE "):
			t.Keys = append(t.Keys, found)
		case odd == "it is not valid":
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "index", Name: k.Name, Why: odd + ": " + k.Native})
			return nil
		default:
			t.Indexes = append(t.Indexes, found)
		}
		if odd != "" {
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "index", Name: k.Name, Why: odd + "; a copy is made without that"})
		}
		return nil
	})
}

// graft hangs the keys of partitions under the keys that they are pieces of, the lowest first.
func (in *inspection) graft() {
	var below func(table schema.Ref, name string) []schema.Branch
	below = func(table schema.Ref, name string) []schema.Branch {
		var out []schema.Branch
		for _, b := range in.pieces {
			if b.Above == table && b.Under == name {
				out = append(append(out, below(b.Table, b.Key.Name)...), b)
			}
		}
		return out
	}
	if len(in.pieces) == 0 {
		return
	}
	for _, t := range in.tables {
		if t.Primary != nil {
			t.Primary.Branches = below(t.Ref, t.Primary.Name)
		}
		for i := range t.Keys {
			t.Keys[i].Branches = below(t.Ref, t.Keys[i].Name)
		}
		for i := range t.Indexes {
			t.Indexes[i].Branches = below(t.Ref, t.Indexes[i].Name)
		}
	}
}

const listForeign = `SELECT c.conrelid, c.conname::text, pn.nspname::text, p.relname::text, c.confdeltype::text, c.confupdtype::text,
	ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(num, pos)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num ORDER BY k.pos),
	ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(num, pos)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num ORDER BY k.pos),
	CASE c.confmatchtype WHEN 'f' THEN 'full' ELSE '' END,
	CASE WHEN c.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED' WHEN c.condeferrable THEN 'DEFERRABLE' ELSE '' END, NOT c.convalidated,
	ARRAY(SELECT a.attname::text FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(to_jsonb(c) -> 'confdelsetcols') = 'array' THEN to_jsonb(c) -> 'confdelsetcols' ELSE '[]' END) k
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k::int2 ORDER BY a.attnum),
	coalesce(obj_description(c.oid, 'pg_constraint'), '')
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class p ON p.oid = c.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = ANY($1) ORDER BY c.conname`

// actions are the codes of pg_constraint for what a foreign key does.
var actions = map[string]string{"a": "", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}

func (in *inspection) foreign() error {
	var table uint32
	var f schema.ForeignKey
	var onDelete, onUpdate string
	return in.each(listForeign, []any{
		&table, &f.Name, &f.Parent.Schema, &f.Parent.Name, &onDelete, &onUpdate, &f.Columns, &f.Key, &f.Match, &f.Deferral, &f.NotValid, &f.SetColumns, &f.Comment,
	}, func() error {
		t := in.tables[table]
		found := f
		found.OnDelete, found.OnUpdate = actions[onDelete], actions[onUpdate]
		found.Columns, found.Key, found.SetColumns = slices.Clone(f.Columns), slices.Clone(f.Key), slices.Clone(f.SetColumns)
		t.Foreign = append(t.Foreign, found)
		return nil
	})
}
