package postgres

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// listBranches finds the partitions of all levels below partitioned tables, each behind what it belongs to.
const listBranches = `WITH RECURSIVE tree(root, oid, level) AS (
	SELECT c.oid, c.oid, 0 FROM pg_catalog.pg_class c WHERE c.relkind = 'p' AND c.oid = ANY($1)
	UNION ALL SELECT t.root, i.inhrelid, t.level + 1 FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
		JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition)
SELECT t.root, t.oid, n.nspname::text, c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), ''), c.relkind = 'f'
FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE t.level > 0 ORDER BY t.level, n.nspname, c.relname`

// branches adds the partitions of the tables, so that their parts are looked at too.
func (in *inspection) branches() error {
	in.listed = append(in.listed, in.oids...)
	var root, oid uint32
	var t schema.Table
	var foreign bool
	return in.each(listBranches, []any{&root, &oid, &t.Ref.Schema, &t.Ref.Name, &t.Comment, &foreign}, func() error {
		if foreign {
			in.tables[root].Unsupported = append(in.tables[root].Unsupported, schema.Object{Kind: "partition", Name: t.Ref.String(), Why: "it is a foreign table"})
			in.whole = append(in.whole, root)
			return nil
		}
		in.trees[root] = append(in.trees[root], oid)
		if in.tables[oid] == nil {
			found := t
			in.oids, in.tables[oid] = append(in.oids, oid), &found
		}
		return nil
	})
}

// grow puts the partitions into their tables. What of one is not carried over is told with its table.
func (in *inspection) grow() {
	for root, oids := range in.trees {
		t := in.tables[root]
		if slices.Contains(in.whole, root) {
			t.Native = slices.DeleteFunc(t.Native, func(p schema.Part) bool { return p.Kind == schema.PartSplit })
			t.Unsupported = append(t.Unsupported, schema.Object{Kind: "partitioning", Name: t.Ref.Name, Why: "a copy is one plain table, as a partition is a foreign table"})
			continue
		}
		for _, oid := range oids {
			b := *in.tables[oid]
			b.Rows, b.Bytes, b.Dependents = 0, 0, nil
			for _, o := range b.Unsupported {
				o.Name = b.Ref.Name + "." + o.Name
				t.Unsupported = append(t.Unsupported, o)
			}
			b.Unsupported = nil
			in.alone(&b)
			t.Partitions = append(t.Partitions, b)
		}
	}
}

// alone leaves a partition the keys that are no pieces of its table's.
func (in *inspection) alone(t *schema.Table) {
	piece := func(k schema.Key) bool {
		return slices.ContainsFunc(in.pieces, func(b schema.Branch) bool { return b.Table == t.Ref && b.Key.Name == k.Name })
	}
	if t.Primary != nil && piece(*t.Primary) {
		t.Primary = nil
	}
	t.Keys, t.Indexes = slices.DeleteFunc(slices.Clone(t.Keys), piece), slices.DeleteFunc(slices.Clone(t.Indexes), piece)
}

const listColumnParts = `SELECT a.attrelid, a.attname::text, format_type(a.atttypid, a.atttypmod),
	coalesce(CASE WHEN a.attcollation <> y.typcollation THEN (SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname) FROM pg_catalog.pg_collation l
		JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation) END, ''),
	a.attgenerated::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
	ARRAY(SELECT DISTINCT CASE WHEN r.attnum IS NULL THEN '*' ELSE r.attname::text END FROM pg_catalog.pg_depend e
		LEFT JOIN pg_catalog.pg_attribute r ON r.attrelid = e.refobjid AND r.attnum = e.refobjsubid AND e.refobjsubid > 0
		WHERE (e.classid = 'pg_attrdef'::regclass AND e.objid = d.oid OR e.classid = 'pg_class'::regclass AND e.objid = a.attrelid AND e.objsubid = a.attnum)
			AND e.refclassid = 'pg_class'::regclass AND e.refobjid = a.attrelid AND e.refobjsubid <> a.attnum ORDER BY 1),
	array_remove(ARRAY[CASE WHEN a.attstorage <> y.typstorage THEN 'SET STORAGE ' ||
			CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
		CASE WHEN coalesce(a.attstattarget, -1) >= 0 THEN 'SET STATISTICS ' || a.attstattarget END,
		CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END,
		'SET (' || (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(a.attoptions) o) || ')'], NULL),
	NOT a.attislocal
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`

func (in *inspection) columnParts() error {
	var table uint32
	var name, declared, collation, generated, expression string
	var reads, settings []string
	var heir bool
	return in.each(listColumnParts, []any{&table, &name, &declared, &collation, &generated, &expression, &reads, &settings, &heir}, func() error {
		t := in.tables[table]
		add := func(kind, sql string, reads []string) {
			t.Native = append(t.Native, schema.Part{Kind: kind, Name: name, SQL: sql, Reads: reads})
		}
		add(schema.PartType, declared, []string{name})
		if collation != "" {
			add(schema.PartCollation, collation, []string{name})
		}
		switch {
		case generated != "":
			add(schema.PartGenerated, expression, slices.Clone(reads))
		case expression != "":
			add(schema.PartDefault, expression, []string{name})
		}
		for _, s := range settings {
			add(schema.PartSetting, s, []string{name})
		}
		if heir {
			add(schema.PartHeir, "", nil)
		}
		return nil
	})
}

const listTableParts = `SELECT c.oid, c.relname::text, c.relpersistence = 'u', concat_ws(', ',
		(SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(c.reloptions) o),
		(SELECT string_agg('toast.' || quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(x.reloptions) o)),
	CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) ELSE '' END, coalesce(pg_get_expr(c.relpartbound, c.oid), ''),
	CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE '' END,
	ARRAY(SELECT n.nspname::text FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
		JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace WHERE h.inhrelid = c.oid ORDER BY h.inhseqno),
	ARRAY(SELECT p.relname::text FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent WHERE h.inhrelid = c.oid ORDER BY h.inhseqno)
FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class x ON x.oid = c.reltoastrelid WHERE c.oid = ANY($1) AND c.relkind IN ('r', 'p')`

func (in *inspection) tableParts() error {
	var table uint32
	var name, with, split, bound, replica string
	var unlogged bool
	var schemas, parents []string
	return in.each(listTableParts, []any{&table, &name, &unlogged, &with, &split, &bound, &replica, &schemas, &parents}, func() error {
		t := in.tables[table]
		add := func(kind, sql string, reads ...string) {
			if sql != "" {
				t.Native = append(t.Native, schema.Part{Kind: kind, Name: name, SQL: sql, Reads: reads})
			}
		}
		if unlogged {
			t.Native = append(t.Native, schema.Part{Kind: schema.PartUnlogged, Name: name})
		}
		add(schema.PartOptions, with)
		add(schema.PartSplit, split, "*")
		add(schema.PartBound, bound)
		add(schema.PartReplica, replica)
		for i := range parents {
			t.Inherits = append(t.Inherits, schema.Ref{Schema: schemas[i], Name: parents[i]})
		}
		return nil
	})
}

// A table has checks of its own; those that it has from what it inherits from come with that. A partition has them all.
const listChecks = `SELECT c.conrelid, c.conname::text, pg_get_constraintdef(c.oid), NOT c.convalidated, coalesce(obj_description(c.oid, 'pg_constraint'), ''),
	ARRAY(SELECT CASE WHEN a.attnum IS NULL THEN '*' ELSE a.attname::text END FROM unnest(c.conkey) k
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k AND k > 0 ORDER BY 1)
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'c' AND c.conrelid = ANY($1) AND (c.conislocal OR t.relispartition) ORDER BY c.conname`

func (in *inspection) checks() error {
	var table uint32
	var p schema.Part
	return in.each(listChecks, []any{&table, &p.Name, &p.SQL, &p.Behind, &p.Comment, &p.Reads}, func() error {
		found := p
		found.Kind, found.Reads = schema.PartCheck, slices.Clone(p.Reads)
		in.tables[table].Native = append(in.tables[table].Native, found)
		return nil
	})
}

// A sequence counts for a column if it is its identity, belongs to it, or is read by its default.
const listSequences = `SELECT DISTINCT ON (u.rel, u.num, q.oid) u.rel, a.attname::text, n.nspname::text, q.relname::text,
	CASE WHEN u.how = 'i' THEN CASE a.attidentity WHEN 'a' THEN 'always' ELSE 'by default' END WHEN u.how = 'a' THEN 'owned' ELSE 'free' END,
	coalesce(pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', q.oid::regclass::text), false),
	format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, q.relpersistence = 'u', coalesce(obj_description(q.oid, 'pg_class'), ''),
	q.oid::regclass::text, has_sequence_privilege(q.oid, 'SELECT')
FROM (SELECT refobjid AS rel, refobjsubid AS num, objid AS seq, deptype::text AS how FROM pg_catalog.pg_depend
		WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = ANY($1) AND refobjsubid > 0 AND deptype IN ('a', 'i')
	UNION ALL SELECT d.adrelid, d.adnum, e.refobjid, 'n' FROM pg_catalog.pg_attrdef d
		JOIN pg_catalog.pg_depend e ON e.classid = 'pg_attrdef'::regclass AND e.objid = d.oid AND e.refclassid = 'pg_class'::regclass AND e.refobjid <> d.adrelid
		WHERE d.adrelid = ANY($1)) u
JOIN pg_catalog.pg_class q ON q.oid = u.seq AND q.relkind = 'S' JOIN pg_catalog.pg_sequence s ON s.seqrelid = q.oid
JOIN pg_catalog.pg_namespace n ON n.oid = q.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = u.rel AND a.attnum = u.num
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = u.rel AND d.adnum = u.num
ORDER BY u.rel, u.num, q.oid, u.how`

func (in *inspection) sequences() error {
	var table uint32
	var s schema.Sequence
	var name string
	var seen bool
	where := map[string][]counter{}
	err := in.each(listSequences, []any{
		&table, &s.Column, &s.Name.Schema, &s.Name.Name, &s.Kind, &s.Plain, &s.Type, &s.Start, &s.Increment, &s.Min, &s.Max, &s.Cache, &s.Cycle,
		&s.Unlogged, &s.Comment, &name, &seen,
	}, func() error {
		t := in.tables[table]
		in.written[s.Name] = name
		if seen {
			where[name] = append(where[name], counter{t, len(t.Sequences)})
		}
		t.Sequences = append(t.Sequences, s)
		return nil
	})
	if err != nil {
		return err
	}
	return in.positions(where)
}

// counter is a sequence of a table, by its index there.
type counter struct {
	table *schema.Table
	n     int
}

// positions reads where each sequence stands, by its name as the server writes it.
func (in *inspection) positions(where map[string][]counter) error {
	for names := range slices.Chunk(slices.Sorted(maps.Keys(where)), 200) {
		parts := make([]string, len(names))
		for i, n := range names {
			parts[i] = fmt.Sprintf("SELECT %s, last_value, is_called FROM %s", literal(n), n)
		}
		var name string
		var last int64
		var called bool
		err := in.query(strings.Join(parts, " UNION ALL "), nil, []any{&name, &last, &called}, func() error {
			for _, p := range where[name] {
				s := &p.table.Sequences[p.n]
				s.Last, s.Called, s.Known = last, called, true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// query runs without the tables' oids.
func (in *inspection) query(sql string, args []any, into []any, f func() error) error {
	rows, err := in.tx.conn.Query(in.ctx, sql, args...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, f)
	return err
}
