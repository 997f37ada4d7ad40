package postgres

import "strings"

// followTexts are the queries for what follows tables, in the order in which it is made again: first what is bound from
// outside, then the owner, and what belongs to the table. $1 is the tables' oids. Each row is the table, the oid of a
// materialized view or 0, kind, name, the columns it names, whether these have to keep their types, the columns that have
// to be unique, schema and name of a child table, whether it is part of the table, a statement that locks it, those that
// take it off the table or off a table that is kept, those that make it, and why it cannot be made.
func (e *endpoint) followTexts() []string {
	published := followPublications
	if e.number < 150000 {
		published = followOldPublications
	}
	texts := []string{
		followViews, followFunctions, followForeign, followStuck, followOwner, followRights, followColumnRights, followCounters,
		followPolicies, followRules, followTriggers, followStatistics, published, followLabels,
	}
	for i := range texts {
		texts[i] = strings.NewReplacer("@reads(", "ARRAY(SELECT DISTINCT y.attname::text FROM pg_catalog.pg_depend x JOIN pg_catalog.pg_attribute y "+
			"ON y.attrelid = x.refobjid AND y.attnum = x.refobjsubid WHERE x.refclassid = 'pg_class'::regclass AND x.refobjid = t.oid AND x.refobjsubid > 0 AND x.classid = ",
			"@tables", "(SELECT c.oid, c.relowner, c.relacl, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reltablespace, c.reloftype, c.relam, format('%I.%I', n.nspname, c.relname) AS name "+
				"FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY($1)) t",
			"@none", "'{}'::text[]").Replace(texts[i])
	}
	return texts
}

// A view keeps its name, rights, comments and what hangs on it when its definition is given to it once more, and so does
// a rule of another table.
const followViews = `SELECT t.oid, CASE WHEN v.relkind = 'm' AND r.rulename = '_RETURN' THEN v.oid ELSE 0 END,
	CASE WHEN r.rulename <> '_RETURN' THEN 'rule' WHEN v.relkind = 'm' THEN 'materialized view' ELSE 'view' END,
	format('%I.%I', n.nspname, v.relname) || CASE WHEN r.rulename <> '_RETURN' THEN '.' || quote_ident(r.rulename) ELSE '' END,
	@reads('pg_rewrite'::regclass AND x.objid = r.oid ORDER BY 1), true, @none, '', '', false,
	CASE WHEN v.relkind = 'm' THEN 'ALTER MATERIALIZED VIEW ' WHEN v.relkind = 'v' THEN 'ALTER VIEW ' ELSE 'ALTER TABLE ' END
		|| format('%I.%I OWNER TO %I', n.nspname, v.relname, pg_get_userbyid(v.relowner)), @none, @none,
	CASE WHEN r.rulename <> '_RETURN' THEN ARRAY['CREATE OR REPLACE' || substr(pg_get_ruledef(r.oid), 7)] WHEN v.relkind = 'm' THEN @none
	ELSE ARRAY[format('CREATE OR REPLACE VIEW %I.%I (%s)%s AS %s', n.nspname, v.relname,
		(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped),
		' WITH (' || (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(v.reloptions) o) || ')',
		rtrim(pg_get_viewdef(v.oid), ';'))] END,
	CASE WHEN v.relpersistence = 't' THEN 'it is of one session alone' ELSE '' END
FROM @tables JOIN (SELECT DISTINCT refobjid, objid FROM pg_catalog.pg_depend WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'n') d ON d.refobjid = t.oid
JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> t.oid JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
ORDER BY n.nspname, v.relname, r.rulename`

const followFunctions = `SELECT t.oid, 0::oid, 'function', f.oid::regprocedure::text, @reads('pg_proc'::regclass AND x.objid = f.oid ORDER BY 1), true, @none, '', '', false, '', @none, @none,
	ARRAY[pg_get_functiondef(f.oid)], ''
FROM @tables JOIN (SELECT DISTINCT refobjid, objid FROM pg_catalog.pg_depend WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'n') d ON d.refobjid = t.oid
JOIN pg_catalog.pg_proc f ON f.oid = d.objid ORDER BY 4`

const followForeign = `SELECT t.oid, 0::oid, 'foreign key', format('%I.%I.%I', n.nspname, c.relname, k.conname), o.columns, true, o.columns, n.nspname::text, c.relname::text, false,
	'', ARRAY[format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)], @none,
	ARRAY[format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)),
		format('COMMENT ON CONSTRAINT %I ON %I.%I IS ', k.conname, n.nspname, c.relname) || quote_literal(obj_description(k.oid, 'pg_constraint'))],
	CASE WHEN c.relpersistence = 't' THEN 'it is of one session alone' ELSE '' END
FROM @tables JOIN pg_catalog.pg_constraint k ON k.confrelid = t.oid AND k.contype = 'f' AND k.conrelid <> k.confrelid AND coalesce(to_jsonb(k) ->> 'conparentid', '0') = '0'
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(num, at) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.at) AS columns) o
ORDER BY n.nspname, c.relname, k.conname`

// What this version cannot give to another table.
const followStuck = `SELECT oid, 0::oid, kind, name, @none, false, @none, '', '', false, '', @none, @none, @none, why FROM (
	SELECT t.oid, 'type use' AS kind, pg_describe_object(d.classid, d.objid, d.objsubid) AS name, 'it has the row of the table as its type' AS why FROM @tables
	JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_type y ON y.oid = c.reltype OR y.typelem = c.reltype AND c.reltype <> 0
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid = y.oid AND d.deptype = 'n'
	UNION SELECT h.inhparent, 'child table', h.inhrelid::regclass::text, 'it inherits from the table, or is a partition of it' FROM pg_catalog.pg_inherits h JOIN @tables ON t.oid = h.inhparent
	UNION SELECT h.inhrelid, 'parent table', h.inhparent::regclass::text, 'the table inherits from it, or is a partition of it' FROM pg_catalog.pg_inherits h JOIN @tables ON t.oid = h.inhrelid WHERE t.relkind = 'r'
	UNION SELECT t.oid, 'object', pg_describe_object(d.classid, d.objid, d.objsubid), 'it hangs on the table' FROM @tables
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.deptype = 'n'
		AND d.classid NOT IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass, 'pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_trigger'::regclass, 'pg_publication_rel'::regclass, 'pg_statistic_ext'::regclass)
	UNION SELECT t.oid, 'trigger', pg_describe_object(d.classid, d.objid, 0), 'it is of another table and looks at this one' FROM @tables
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.deptype = 'n' AND d.classid = 'pg_trigger'::regclass
	JOIN pg_catalog.pg_trigger g ON g.oid = d.objid AND g.tgrelid <> t.oid AND NOT g.tgisinternal
	UNION SELECT t.oid, 'default', pg_describe_object(d.classid, d.objid, 0), 'it takes its numbers from a sequence of the table' FROM @tables
	JOIN pg_catalog.pg_depend o ON o.refclassid = 'pg_class'::regclass AND o.refobjid = t.oid AND o.classid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
	JOIN pg_catalog.pg_class q ON q.oid = o.objid AND q.relkind = 'S'
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = q.oid AND d.deptype = 'n' AND d.classid = 'pg_attrdef'::regclass
	JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid AND a.adrelid <> t.oid
	UNION SELECT t.oid, 'extension', pg_describe_object(d.refclassid, d.refobjid, 0), 'the table belongs to it' FROM @tables
	JOIN pg_catalog.pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype IN ('e', 'x')
	UNION SELECT t.oid, 'subscription', s.srsubid::text, 'it writes into the table' FROM @tables JOIN pg_catalog.pg_subscription_rel s ON s.srrelid = t.oid
	UNION SELECT t.oid, 'tablespace', s.spcname::text, 'a table that is built anew is in the default one' FROM @tables JOIN pg_catalog.pg_tablespace s ON s.oid = t.reltablespace WHERE t.relkind <> 'm'
	UNION SELECT t.oid, 'table type', t.reloftype::regtype::text, 'a table that is built anew is not tied to it' FROM @tables WHERE t.reloftype <> 0
	UNION SELECT t.oid, 'access method', m.amname::text, 'a table that is built anew has the default one' FROM @tables JOIN pg_catalog.pg_am m ON m.oid = t.relam
	WHERE t.relkind IN ('r', 'm') AND m.amname <> current_setting('default_table_access_method')
	UNION SELECT t.oid, 'grant', a.privilege_type || ' to ' || CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
		'a role other than the owner has given it' FROM @tables CROSS JOIN LATERAL aclexplode(t.relacl) a WHERE a.grantor <> t.relowner
) s ORDER BY 1, 3, 4`

const followOwner = `SELECT t.oid, 0::oid, 'owner', pg_get_userbyid(t.relowner)::text, @none, false, @none, '', '', true, '', @none, @none,
	ARRAY[CASE t.relkind WHEN 'm' THEN 'ALTER MATERIALIZED VIEW ' ELSE 'ALTER TABLE ' END || t.name || ' OWNER TO ' || quote_ident(pg_get_userbyid(t.relowner))], ''
FROM @tables WHERE pg_get_userbyid(t.relowner) <> current_user AND t.relkind IN ('r', 'p', 'm')`

// The rights of a table that is made anew are the default ones of the role that makes it: they go first.
const followRights = `SELECT t.oid, 0::oid, 'grant', g.name, @none, false, @none, '', '', true, '', @none, @none, g.make, '' FROM @tables CROSS JOIN LATERAL (
	SELECT 0 AS at, 'rights of the owner' AS name, ARRAY[format('DO %L', format('DECLARE r name; BEGIN FOR r IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN ''public'' ELSE pg_get_userbyid(a.grantee) END
FROM pg_catalog.pg_class c, aclexplode(coalesce(c.relacl, acldefault(''r'', c.relowner))) a WHERE c.oid = %L::regclass
LOOP EXECUTE format(''REVOKE ALL ON %s FROM %%s'', CASE r WHEN ''public'' THEN r::text ELSE quote_ident(r) END); END LOOP; END', t.name, t.name))]
		|| ARRAY(SELECT format('GRANT %s ON %s TO %I', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), t.name, pg_get_userbyid(t.relowner))
			FROM aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) a WHERE a.grantee = t.relowner HAVING count(*) > 0) AS make
	WHERE t.relacl IS NOT NULL OR EXISTS (SELECT FROM pg_catalog.pg_default_acl WHERE defaclobjtype = 'r')
	UNION ALL SELECT min(a.place)::int, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' to ' || w.who, ARRAY[format('GRANT %s ON %s TO %s%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), t.name, w.who,
		CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)]
	FROM aclexplode(t.relacl) WITH ORDINALITY a(grantor, grantee, privilege_type, is_grantable, place)
	CROSS JOIN LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS who) w
	WHERE a.grantee <> t.relowner AND a.grantor = t.relowner GROUP BY w.who, a.is_grantable) g
WHERE t.relkind IN ('r', 'p', 'm') ORDER BY t.oid, g.at, g.name`

const followColumnRights = `SELECT t.oid, 0::oid, 'grant', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' (' || quote_ident(c.attname) || ') to ' || w.who, ARRAY[c.attname::text], false, @none, '', '', true, '', @none, @none,
	ARRAY[format('GRANT %s ON %s TO %s%s', string_agg(format('%s (%I)', a.privilege_type, c.attname), ', ' ORDER BY a.privilege_type), t.name, w.who, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)],
	CASE WHEN bool_or(a.grantor <> t.relowner) THEN 'a role other than the owner has given it' ELSE '' END
FROM @tables JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND NOT c.attisdropped CROSS JOIN LATERAL aclexplode(c.attacl) a
CROSS JOIN LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS who) w
GROUP BY t.oid, t.name, c.attname, c.attnum, w.who, a.is_grantable ORDER BY t.oid, c.attnum, 4`

// Rights of the sequences that belong to columns.
const followCounters = `SELECT t.oid, 0::oid, 'grant', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' on sequence ' || q.relname || ' to ' || w.who, ARRAY[c.attname::text], false, @none, '', '', true, '', @none, @none,
	ARRAY[format('GRANT %s ON SEQUENCE %I.%I TO %s%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), n.nspname, q.relname, w.who, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)],
	CASE WHEN bool_or(a.grantor <> q.relowner) THEN 'a role other than the owner has given it' ELSE '' END
FROM @tables JOIN pg_catalog.pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
JOIN pg_catalog.pg_class q ON q.oid = d.objid AND q.relkind = 'S' JOIN pg_catalog.pg_namespace n ON n.oid = q.relnamespace
JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND c.attnum = d.refobjsubid CROSS JOIN LATERAL aclexplode(q.relacl) a
CROSS JOIN LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS who) w
WHERE a.grantee <> q.relowner GROUP BY t.oid, n.nspname, q.relname, c.attname, w.who, a.is_grantable ORDER BY 1, 4`

const followPolicies = `SELECT t.oid, 0::oid, 'row security', t.name, @none, false, @none, '', '', true, '', @none, @none,
	ARRAY['ALTER TABLE ' || t.name || ' ENABLE ROW LEVEL SECURITY', CASE WHEN t.relforcerowsecurity THEN 'ALTER TABLE ' || t.name || ' FORCE ROW LEVEL SECURITY' END], ''
FROM @tables WHERE t.relrowsecurity
UNION ALL SELECT t.oid, 0::oid, 'policy', CASE WHEN o.own THEN '' ELSE o.name || '.' END || quote_ident(p.polname), @reads('pg_policy'::regclass AND x.objid = p.oid ORDER BY 1), NOT o.own, @none, '', '', o.own, '',
	@none, CASE WHEN o.own THEN ARRAY[format('DROP POLICY %I ON %s', p.polname, t.name)] ELSE @none END,
	ARRAY[format(CASE WHEN o.own THEN 'CREATE POLICY %I ON %s AS %s FOR %s TO %s' ELSE 'ALTER POLICY %I ON %s' END, p.polname, o.name, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
		CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
		(SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) r))
		|| coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
		CASE WHEN o.own THEN format('COMMENT ON POLICY %I ON %s IS ', p.polname, o.name) || quote_literal(obj_description(p.oid, 'pg_policy')) END], ''
FROM @tables JOIN pg_catalog.pg_policy p ON p.polrelid = t.oid OR EXISTS (SELECT FROM pg_catalog.pg_depend d
	WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid)
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT p.polrelid = t.oid AS own, format('%I.%I', n.nspname, c.relname) AS name) o
ORDER BY 1, 3 DESC, 4`

const followRules = `SELECT t.oid, 0::oid, 'rule', quote_ident(r.rulename), @reads('pg_rewrite'::regclass AND x.objid = r.oid ORDER BY 1), false, @none, '', '', true, '', @none,
	ARRAY[format('DROP RULE %I ON %s', r.rulename, t.name)], ARRAY[pg_get_ruledef(r.oid),
		CASE r.ev_enabled WHEN 'D' THEN format('ALTER TABLE %s DISABLE RULE %I', t.name, r.rulename) WHEN 'R' THEN format('ALTER TABLE %s ENABLE REPLICA RULE %I', t.name, r.rulename)
			WHEN 'A' THEN format('ALTER TABLE %s ENABLE ALWAYS RULE %I', t.name, r.rulename) END,
		format('COMMENT ON RULE %I ON %s IS ', r.rulename, t.name) || quote_literal(obj_description(r.oid, 'pg_rewrite'))], ''
FROM @tables JOIN pg_catalog.pg_rewrite r ON r.ev_class = t.oid AND r.rulename <> '_RETURN' ORDER BY 1, 4`

const followTriggers = `SELECT t.oid, 0::oid, 'trigger', quote_ident(g.tgname), @reads('pg_trigger'::regclass AND x.objid = g.oid ORDER BY 1), false, @none, '', '', true, '', @none,
	ARRAY[format('DROP TRIGGER %I ON %s', g.tgname, t.name)], ARRAY[pg_get_triggerdef(g.oid),
		CASE g.tgenabled WHEN 'D' THEN format('ALTER TABLE %s DISABLE TRIGGER %I', t.name, g.tgname) WHEN 'R' THEN format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I', t.name, g.tgname)
			WHEN 'A' THEN format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.name, g.tgname) END,
		format('COMMENT ON TRIGGER %I ON %s IS ', g.tgname, t.name) || quote_literal(obj_description(g.oid, 'pg_trigger'))],
	CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.deptype = 'x') THEN 'it depends on an extension' ELSE '' END
FROM @tables JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal AND coalesce(to_jsonb(g) ->> 'tgparentid', '0') = '0' ORDER BY 1, 4`

const followStatistics = `SELECT t.oid, 0::oid, 'statistics', s.stxname::text, @reads('pg_statistic_ext'::regclass AND x.objid = s.oid ORDER BY 1), false, @none, '', '', true, '',
	ARRAY[format('DROP STATISTICS %I.%I', n.nspname, s.stxname)], @none, ARRAY[pg_get_statisticsobjdef(s.oid),
		CASE WHEN pg_get_userbyid(s.stxowner) <> current_user THEN format('ALTER STATISTICS %I.%I OWNER TO %I', n.nspname, s.stxname, pg_get_userbyid(s.stxowner)) END,
		CASE WHEN (to_jsonb(s) ->> 'stxstattarget')::int >= 0 THEN format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, to_jsonb(s) ->> 'stxstattarget') END,
		format('COMMENT ON STATISTICS %I.%I IS ', n.nspname, s.stxname) || quote_literal(obj_description(s.oid, 'pg_statistic_ext'))], ''
FROM @tables JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace ORDER BY 1, 4`

const followPublications = `SELECT t.oid, 0::oid, 'publication', b.pubname::text, @reads('pg_publication_rel'::regclass AND x.objid = p.oid ORDER BY 1), false, @none, '', '', true, '', @none,
	ARRAY[format('ALTER PUBLICATION %I DROP TABLE ONLY %s', b.pubname, t.name)], ARRAY[format('ALTER PUBLICATION %I ADD TABLE ONLY %s%s%s', b.pubname, t.name,
		' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM unnest(p.prattrs) u(num) JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.num) || ')',
		' WHERE (' || pg_get_expr(p.prqual, p.prrelid) || ')')], ''
FROM @tables JOIN pg_catalog.pg_publication_rel p ON p.prrelid = t.oid JOIN pg_catalog.pg_publication b ON b.oid = p.prpubid ORDER BY 1, 4`

const followOldPublications = `SELECT t.oid, 0::oid, 'publication', b.pubname::text, @none, false, @none, '', '', true, '', @none,
	ARRAY[format('ALTER PUBLICATION %I DROP TABLE ONLY %s', b.pubname, t.name)], ARRAY[format('ALTER PUBLICATION %I ADD TABLE ONLY %s', b.pubname, t.name)], ''
FROM @tables JOIN pg_catalog.pg_publication_rel p ON p.prrelid = t.oid JOIN pg_catalog.pg_publication b ON b.oid = p.prpubid ORDER BY 1, 4`

const followLabels = `SELECT t.oid, 0::oid, 'security label', l.provider || coalesce(' of ' || a.attname, ''), CASE WHEN a.attname IS NULL THEN @none ELSE ARRAY[a.attname::text] END, false, @none, '', '', true, '', @none, @none,
	ARRAY[format('SECURITY LABEL FOR %I ON %s %s IS %L', l.provider, CASE WHEN a.attname IS NULL THEN 'TABLE' ELSE 'COLUMN' END, t.name || coalesce('.' || quote_ident(a.attname), ''), l.label)], ''
FROM @tables JOIN pg_catalog.pg_seclabel l ON l.classoid = 'pg_class'::regclass AND l.objoid = t.oid LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = l.objsubid AND l.objsubid > 0
ORDER BY 1, 4`
