package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// said is a command's output on one line, however wide the terminal is.
func said(out string) string { return strings.Join(strings.Fields(out), " ") }

func TestWhatACopyOfTablesLeavesBehindIsListed(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, `CREATE FUNCTION even(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1 % 2 = 0';
		CREATE FUNCTION noticed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TABLE t (id int PRIMARY KEY, a int CHECK (even(a)), b bool DEFAULT even(2), c int CHECK (c > 0)); CREATE INDEX called ON t (even(a));
		CREATE TRIGGER seen BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noticed(); CREATE POLICY p ON t USING (true); GRANT SELECT ON t TO PUBLIC;
		CREATE STATISTICS st ON a, c FROM t; CREATE PUBLICATION pub FOR TABLE t; CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
		CREATE VIEW v AS SELECT 1 AS x; CREATE MATERIALIZED VIEW m AS SELECT 1 AS x; CREATE SEQUENCE alone; SELECT lo_create(0); INSERT INTO t VALUES (1, 2, true, 3)`)
	f := newFolder(t, everySchema("public"), "OLD="+old, "NEW="+new)
	out := said(f.exits(0, "plan"))
	holds(t, out, "check t_a_check: it needs function public.even(integer), which is not carried over", "default b: it needs function public.even(integer)",
		"index called: it needs function", "trigger seen", "policy p", "grant SELECT to public", "statistics st", "publication pub", "rule r",
		"Not copied from source.postgres.old:", "view public.v", "materialized view public.m", "sequence public.alone: no column of a table reads it", "function public.even(integer)",
		"large objects 1 in all")
	f.apply()
	if got := testserver.Psql(t, new, "SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint WHERE conrelid = 't'::regclass"); got != "t_c_check,t_pkey" {
		t.Errorf("constraints of the copy: got %s, want t_c_check and t_pkey", got)
	}
	f.settled()

	there := testserver.Postgres(t)
	testserver.Psql(t, there, "CREATE FUNCTION even(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1 % 2 = 0'")
	g := newFolder(t, everySchema("public"), "OLD="+old, "NEW="+there)
	if out := said(g.exits(0, "plan")); strings.Contains(out, "it needs function") {
		t.Errorf("a target that has the function: got\n%s", out)
	}
	g.apply()
	if got := testserver.Psql(t, there, "SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint WHERE conrelid = 't'::regclass"); got != "t_a_check,t_c_check,t_pkey" {
		t.Errorf("constraints of the second copy: got %s", got)
	}
}

func TestATypeOfTheSameNameAndAnotherTextStopsThePlan(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (m mood)")
	testserver.Psql(t, new, "CREATE TYPE mood AS ENUM ('ok', 'sad')")
	f := newFolder(t, everySchema("public"), "OLD="+old, "NEW="+new)
	holds(t, f.exits(1, "plan"), "The target has another one of this name", "CREATE TYPE public.mood AS ENUM ('sad', 'ok')", "CREATE TYPE public.mood AS ENUM ('ok', 'sad')")
	testserver.Psql(t, new, "DROP TYPE mood; CREATE TYPE mood AS ENUM ('sad', 'ok')")
	f.apply()
	f.settled()
}

func TestWhatNamesARenamedColumnIsListedAndTheRestCarried(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, `CREATE TABLE t (id serial PRIMARY KEY, a int DEFAULT 5 CHECK (a > 0), b int DEFAULT 7 CHECK (b > 0), UNIQUE (a, b));
		CREATE INDEX on_b ON t (b DESC); CREATE INDEX on_a ON t (a DESC); INSERT INTO t (a) VALUES (1), (2)`)
	config := strings.Replace(everySchema("public"), `tables = ["public.*"]`, `table = "public.t"`, 1)
	config = strings.Replace(config, `schema = "public"`, `table = "public.u"`, 1)
	config = strings.TrimSuffix(strings.TrimSpace(config), "}") + `
  field "id" { from = "id" }
  field "first" { from = "a" }
  field "b" { from = "b" }
}
`
	f := newFolder(t, config, "OLD="+old, "NEW="+new)
	out := said(f.exits(0, "plan"))
	holds(t, out, "check t_a_check: column a does not pass unchanged", "default a: column a does not pass unchanged", "index on_a: column a does not pass unchanged")
	f.apply()
	f.settled()
	got := testserver.Psql(t, new, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'u'::regclass ORDER BY 1;
		SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'u'::regclass ORDER BY 1; INSERT INTO u (first) VALUES (9) RETURNING id, b`)
	holds(t, got, "CHECK ((b > 0))", "PRIMARY KEY (id)", "UNIQUE (first, b)", "(b DESC)", "3|7")
}

func TestATableOf1600ColumnsIsCopied(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, `SELECT format('CREATE TABLE wide (%s)', string_agg('"Column ' || i || '" bool DEFAULT true', ', ')) FROM generate_series(1, 1600) i \gexec
		INSERT INTO wide DEFAULT VALUES; INSERT INTO wide ("Column 7") VALUES (NULL)`)
	f := newFolder(t, everySchema("public"), "OLD="+old, "NEW="+new)
	f.apply()
	alike(t, old, new)
	f.settled()
}

func TestATableBuiltAnewIsTheSourcesAgain(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id serial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, m mood DEFAULT 'ok', r int4range,
			half int GENERATED ALWAYS AS (id / 2) STORED, CONSTRAINT none EXCLUDE USING gist (r WITH &&), CONSTRAINT later UNIQUE (n) DEFERRABLE, CHECK (id > 0));
		CREATE INDEX odd ON t (n DESC) WHERE n > 1; COMMENT ON INDEX odd IS 'x'; INSERT INTO t (r) VALUES ('[1,2)'), ('[3,4)')`)
	config := strings.Replace(everySchema("public"), `schema = "public"`, "schema = \"public\"\n    mode   = \"replace\"", 1)
	f := newFolder(t, config, "OLD="+old, "NEW="+new)
	f.apply()
	for i := range 2 {
		testserver.Psql(t, old, fmt.Sprintf("INSERT INTO t (r) VALUES ('[%d,%d)')", 10+i*5, 12+i*5))
		f.apply()
		alike(t, old, new)
		f.settled()
	}
}
