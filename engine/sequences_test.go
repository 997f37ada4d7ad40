package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// withSequences is a mapping over all tables of schemas that copies sequences too.
func withSequences(schemas ...string) string {
	return strings.ReplaceAll(everySchema(schemas...), ".*\"]\n", ".*\"]\n    objects = [\"sequences\"]\n")
}

const counting = `
CREATE SCHEMA app; CREATE TABLE app.t (id serial PRIMARY KEY); INSERT INTO app.t DEFAULT VALUES; CREATE TABLE u (id int PRIMARY KEY);
CREATE SEQUENCE app.invoice AS int START 1000 INCREMENT BY 5 MINVALUE 10 MAXVALUE 99999 CACHE 7 CYCLE; COMMENT ON SEQUENCE app.invoice IS 'it''s ours';
SELECT setval('app.invoice', 1235);
CREATE SEQUENCE "Odd name"; CREATE SEQUENCE down INCREMENT BY -1; SELECT nextval('down'), nextval('down');
CREATE SEQUENCE early START 100 MINVALUE 1; SELECT setval('early', 7, false);
CREATE SEQUENCE big START -9223372036854775808 MINVALUE -9223372036854775808; SELECT setval('big', 9223372036854775807);
CREATE UNLOGGED SEQUENCE light; SELECT nextval('light');
`

func TestSequencesThatNoColumnReadsAreCopiedWhereTheyAreAskedFor(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, counting)
	f := newFolder(t, withSequences("app", "public"), "OLD="+old, "NEW="+new)
	out := said(f.exits(0, "plan"))
	holds(t, out, "CREATE SEQUENCE app.invoice AS integer START WITH 1000 INCREMENT BY 5", `move on the sequence public."Odd name"`, "6 to move on")
	if strings.Contains(out, "no column of a table reads it") {
		t.Errorf("the plan lists a sequence that it copies:\n%s", out)
	}
	f.apply()
	alike(t, old, new)
	f.settled()

	testserver.Psql(t, old, "SELECT nextval('app.invoice'), nextval('down')")
	testserver.Psql(t, new, "SELECT setval('early', 500)")
	out = f.exits(2, "plan", "--detailed-exitcode")
	holds(t, said(out), "2 to move on", "0 rows written")
	f.apply()
	if got := testserver.Psql(t, new, "SELECT nextval('app.invoice'), nextval('down'), nextval('early')"); got != "1275|-4|501" {
		t.Errorf("next numbers of the target: got %s, want 1275|-4|501", got)
	}
	f.settled()
	testserver.Psql(t, old, "SELECT setval('early', 8)")
	f.settled()
}

func TestASequenceIsReadAgainBehindTheRows(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, "CREATE TABLE t (id int PRIMARY KEY); CREATE SEQUENCE alone; SELECT setval('alone', 10)")
	f := newFolder(t, withSequences("public"), "OLD="+old, "NEW="+new)
	f.exits(0, "plan", "--out", "saved.plan")
	testserver.Psql(t, old, "SELECT setval('alone', 25)")
	f.exits(0, "apply", "saved.plan")
	if got := testserver.Psql(t, new, "SELECT last_value, is_called FROM alone"); got != "25|t" {
		t.Errorf("a sequence that went on behind the plan: got %s, want 25|t", got)
	}
	f.settled()

	testserver.Psql(t, old, "SELECT setval('alone', 40)")
	f.exits(0, "plan", "--out", "later.plan")
	testserver.Psql(t, new, "SELECT setval('alone', 90)")
	f.exits(0, "apply", "later.plan")
	if got := testserver.Psql(t, new, "SELECT last_value, is_called FROM alone"); got != "90|t" {
		t.Errorf("a sequence of the target that went on behind the plan: got %s, want 90|t", got)
	}
	f.settled()
}

func TestASequenceThatCannotBeCopiedStopsThePlan(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, "CREATE TABLE t (id int PRIMARY KEY); CREATE SEQUENCE alone")
	testserver.Psql(t, new, "CREATE SEQUENCE alone INCREMENT BY 2")
	f := newFolder(t, withSequences("public"), "OLD="+old, "NEW="+new)
	holds(t, said(f.exits(1, "plan")), "The target has another one of this name", "INCREMENT BY 1", "INCREMENT BY 2", `except = ["public.alone"]`, `objects = ["sequences"]`)
	if got := testserver.Psql(t, new, "SELECT count(*) FROM pg_class WHERE relname = 't'"); got != "0" {
		t.Errorf("tables after the refusal: got %s, want 0", got)
	}
	f.edit("main.miq.hcl", `objects = ["sequences"]`, `objects = ["sequences"]
    except = ["public.alone"]`)
	f.apply()
	f.settled()
}

func TestASequenceThatTheRoleMayNotReadStopsThePlan(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	role := newRole(t, "short_sighted", old)
	testserver.Psql(t, old, "CREATE TABLE t (id int PRIMARY KEY); CREATE SEQUENCE alone; CREATE ROLE "+role+" LOGIN; GRANT SELECT ON t TO "+role)
	f := newFolder(t, withSequences("public"), "OLD="+asRole(t, old, role), "NEW="+new)
	holds(t, said(f.exits(1, "plan")), "Permission denied", "GRANT SELECT ON SEQUENCE public.alone")
}

func TestObjectsBesideTablesAreForTwoPostgreSQLDatabases(t *testing.T) {
	old := testserver.Postgres(t)
	testserver.Psql(t, old, "CREATE TABLE t (id int PRIMARY KEY); CREATE SEQUENCE alone")
	config := strings.NewReplacer(`target "postgres" "new"`, `target "sqlite" "new"`, `url = secret("env://NEW")`, `path = "new.db"`, "target.postgres.new", "target.sqlite.new",
		"    schema = \"public\"\n", "").Replace(withSequences("public"))
	f := newFolder(t, config, "OLD="+old)
	holds(t, said(f.exits(1, "plan")), "main.miq.hcl line 13", `objects = ["sequences"] is for a copy between two PostgreSQL databases, and target.sqlite.new is of kind sqlite`, "Remove objects")
}
