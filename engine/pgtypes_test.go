package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// pgTypes are made in both databases, in the target under other numbers.
const pgTypes = `CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TYPE mood AS ENUM ('sad', 'ha"p,py', ''); CREATE DOMAIN cents AS numeric(6,2) CHECK (VALUE >= 0);
CREATE TYPE spot AS (x int, "Y y" text);`

// pgRows are tables of types that are no kind of their own: one that goes by binary COPY, one by text, and some whose keys
// are of such types.
const pgRows = `
CREATE TABLE plain (id int PRIMARY KEY, j jsonb, c character(4), n name, ci citext, m mood, d cents, o oid, ia int[], ta text[], ma mood[], num numeric(3,-2), iv interval(2), b "char");
INSERT INTO plain VALUES (1, '{"b": 1.10, "a": [null, "é\n"]}', 'ab', 'x', 'AbC', 'ha"p,py', 1.5, 4294967295, '[0:1]={1,NULL}', '{"NULL",NULL,"a\"b\\",""}', '{{sad},{""}}', 12300, '1 mon 0.12 s', 'x'),
	(2, 'null', '', '', '', '', 0, 0, '{}', '{{{a}}}', '{}', 'NaN', '-1 day', '');
INSERT INTO plain (id) VALUES (3);
CREATE TABLE texts (id int PRIMARY KEY, i inet, r tstzrange, mr int4multirange, p spot, ps spot[], h hstore, x xml, v tsvector, bi bit(3), vb varbit, mo money, pt point, bo box[], tz timetz, l pg_lsn, jp jsonpath, rc regclass, raw bytea, t text, f float8, ts timestamptz, da date, iv interval, ba bytea[]);
INSERT INTO texts VALUES (1, '10.0.0.1/8', '["2020-01-01 00:00:00+02",)', '{[1,3),[5,)}', '(1,"a""b\\c")', '{"(1,x)",NULL}', 'a=>NULL,b=>"x\"y"', '<a>é</a>', '''a'':1A', '101', '', '-12.34', '(0.1,-0)', '{(1,1),(0,0);NULL}', '12:00:00.5+05:45', '16/B374D848', '$."a"[*]', 'plain', '\x00ff5c', E'a\tb\\n\nc', '-0', '0044-03-15 BC', 'infinity', '1 mon -1 day 00:00:00.000001', '{"\\x00",NULL}');
INSERT INTO texts (id) VALUES (2);
CREATE TABLE soft (k citext PRIMARY KEY, v int[]); INSERT INTO soft SELECT 'K' || n, ARRAY[n] FROM generate_series(1, 500) n;
CREATE TABLE felt (m mood, a inet, v text, PRIMARY KEY (m, a)); INSERT INTO felt SELECT 'sad', '10.0.0.0'::inet + n, n FROM generate_series(1, 500) n;`

func pgDump(t *testing.T, dsn string) string {
	t.Helper()
	var all []string
	for _, table := range []string{"plain", "texts", "soft", "felt"} {
		order := map[string]string{"soft": "k", "felt": "m, a"}[table]
		if order == "" {
			order = "id"
		}
		all = append(all, testserver.Psql(t, dsn, fmt.Sprintf("COPY (SELECT * FROM %s ORDER BY %s) TO STDOUT", table, order)))
	}
	return strings.Join(all, "\n")
}

func TestEveryTypeOfPostgreSQLIsPlannedCopiedAndVerified(t *testing.T) {
	o := newOneTable(t, "postgres", "postgres")
	o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n  to", "    tables = [\"*\"]\n  }\n  to")
	o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "  }\n}")
	testserver.Psql(t, o.target, "CREATE TYPE first AS ENUM ('x', 'y')")
	testserver.Psql(t, o.target, pgTypes)
	o.at(pgTypes + pgRows)
	o.apply()
	if got, want := pgDump(t, o.target), pgDump(t, o.source); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	o.settled()
	o.at(`UPDATE plain SET j = '{"z": 2}', ia = '{{7}}', m = 'sad' WHERE id = 2; UPDATE texts SET h = '', p = NULL, i = '::1' WHERE id = 1;
		INSERT INTO soft VALUES ('new', NULL); UPDATE felt SET v = 'other' WHERE a = '10.0.0.9'; INSERT INTO felt VALUES ('', '::1', '')`)
	o.apply()
	if got, want := pgDump(t, o.target), pgDump(t, o.source); got != want {
		t.Errorf("after an upsert: got\n%s\nwant\n%s", got, want)
	}
	o.settled()
	testserver.Psql(t, o.target, "UPDATE texts SET mo = '-12.35' WHERE id = 1")
	if code, out := o.run("verify"); code == 0 {
		t.Errorf("a changed value of money: verify found nothing\n%s", out)
	}
}
