package postgres

import "github.com/novumsolvo/migrateiq/providers/schema"

// users is the condition that a schema is one of users.
const users = `n.nspname !~ '^(pg_|_migrateiq_old_)' AND n.nspname NOT IN ('information_schema', '_migrateiq')`

func (in *inspection) schemas() error {
	in.schemata = []string{"_migrateiq"} // the run makes it before its first step
	var name string
	return in.query("SELECT n.nspname::text FROM pg_catalog.pg_namespace n WHERE "+users+" ORDER BY 1", nil, []any{&name}, func() error {
		in.schemata = append(in.schemata, name)
		return nil
	})
}

// listLoose finds what is no part of a table and is left behind. What an extension brought is the extension's; sequences
// that a column is tied to, and functions of triggers, are told with their tables.
const listLoose = `SELECT n.nspname::text AS place, c.relname::text AS name, CASE WHEN c.relkind = 'S' THEN 'sequence ' || c.oid::regclass::text ELSE '' END AS id,
	CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'sequence' END AS kind,
	CASE c.relkind WHEN 'S' THEN 'no column of a table reads it' ELSE 'only tables are copied' END AS why
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm', 'f', 'S') AND NOT c.relispartition AND ` + users + `
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
	AND (c.relkind <> 'S' OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
			AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid))
UNION ALL SELECT n.nspname::text, p.oid::regprocedure::text, '', CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, 'only tables are copied'
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ` + users + `
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
UNION ALL SELECT '', count(*)::text || ' in all', '', 'large objects', 'they are no part of a table: a column that names one keeps the number alone'
FROM pg_catalog.pg_largeobject_metadata HAVING count(*) > 0
ORDER BY kind, place, name`

// loose lists what a copy of all tables leaves behind.
func (in *inspection) loose() error {
	var l schema.Loose
	return in.query(listLoose, nil, []any{&l.Ref.Schema, &l.Ref.Name, &l.ID, &l.Object.Kind, &l.Object.Why}, func() error {
		found := l
		if found.Object.Name = found.Ref.String(); found.Ref.Schema != "" && (found.Object.Kind == "function" || found.Object.Kind == "procedure" || found.Object.Kind == "aggregate") {
			found.Object.Name = found.Ref.Name // it has the schema in it
		}
		in.objects = append(in.objects, found)
		return nil
	})
}
