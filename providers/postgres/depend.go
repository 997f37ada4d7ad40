package postgres

import "github.com/novumsolvo/migrateiq/providers/schema"

// listUnsupported finds the parts of a table that every copy of it lacks.
const listUnsupported = `
SELECT g.tgrelid, 'trigger', g.tgname::text, 'triggers are not carried over' FROM pg_catalog.pg_trigger g
WHERE NOT g.tgisinternal AND coalesce(to_jsonb(g) ->> 'tgparentid', '0') = '0' AND g.tgrelid = ANY($1)
UNION ALL SELECT p.polrelid, 'policy', p.polname::text, 'row security is not carried over' FROM pg_catalog.pg_policy p WHERE p.polrelid = ANY($1)
UNION ALL SELECT r.ev_class, 'rule', r.rulename::text, 'rules are not carried over' FROM pg_catalog.pg_rewrite r
WHERE r.rulename <> '_RETURN' AND r.ev_class = ANY($1)
UNION ALL SELECT c.oid, 'view', c.relname::text, 'a copy is a table' || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) o
	WHERE o.option_name IN ('security_barrier', 'security_invoker') AND o.option_value::boolean) THEN ' of the rows that the view shows to the role that reads it' ELSE '' END FROM pg_catalog.pg_class c WHERE c.relkind IN ('v', 'm') AND c.oid = ANY($1)
UNION ALL SELECT c.oid, 'row security', c.relname::text, 'row security is not carried over' FROM pg_catalog.pg_class c
WHERE c.relrowsecurity AND c.oid = ANY($1)
UNION ALL SELECT s.stxrelid, 'statistics', s.stxname::text, 'extended statistics are not carried over' FROM pg_catalog.pg_statistic_ext s
WHERE s.stxrelid = ANY($1)
UNION ALL SELECT c.oid, 'grant', a.privilege_type || ' to ' || CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
	'grants are not carried over' FROM pg_catalog.pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE c.oid = ANY($1) AND a.grantee <> c.relowner
UNION ALL SELECT c.oid, 'grant', x.privilege_type || ' (' || quote_ident(a.attname) || ') to ' ||
	CASE x.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(x.grantee)) END, 'grants are not carried over'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) x
WHERE c.oid = ANY($1) AND x.grantee <> c.relowner
UNION ALL SELECT p.prrelid, 'publication', b.pubname::text, 'publications are not carried over' FROM pg_catalog.pg_publication_rel p
JOIN pg_catalog.pg_publication b ON b.oid = p.prpubid WHERE p.prrelid = ANY($1)
UNION ALL SELECT l.objoid, 'security label', l.provider, 'security labels are not carried over' FROM pg_catalog.pg_seclabel l
WHERE l.classoid = 'pg_class'::regclass AND l.objoid = ANY($1)
UNION ALL SELECT c.oid, 'tablespace', s.spcname::text, 'a copy is in the default tablespace' FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace WHERE c.oid = ANY($1)
UNION ALL SELECT c.oid, 'table type', c.reloftype::regtype::text, 'a copy is not tied to the type' FROM pg_catalog.pg_class c
WHERE c.reloftype <> 0 AND c.oid = ANY($1)
UNION ALL SELECT c.oid, 'access method', m.amname::text, 'a copy has the default one' FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_am m ON m.oid = c.relam WHERE c.relkind = 'r' AND m.amname <> current_setting('default_table_access_method') AND c.oid = ANY($1)`

func (in *inspection) unsupported() error {
	var table uint32
	var o schema.Object
	return in.each(listUnsupported, []any{&table, &o.Kind, &o.Name, &o.Why}, func() error {
		t := in.tables[table]
		t.Unsupported = append(t.Unsupported, o)
		return nil
	})
}
