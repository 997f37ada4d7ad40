package engine_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// withLargeObjects is a mapping over all tables of the schema public that copies large objects too.
func withLargeObjects() string {
	return strings.ReplaceAll(everySchema("public"), ".*\"]\n", ".*\"]\n    objects = [\"large_objects\"]\n")
}

// documents are objects of all lengths at which something begins: none, one byte, around the end of a piece, with holes.
const documents = `
CREATE TABLE document (id int PRIMARY KEY, content oid);
INSERT INTO document SELECT i, lo_from_bytea(0, convert_to(repeat('ab' || i, i), 'UTF8')) FROM generate_series(1, 300) i;
SELECT lo_create(4000001), lo_from_bytea(4000002, '\x00'), lo_from_bytea(4000003, decode(repeat('0123456789abcdef', 65536), 'hex') || decode(repeat('0123456789abcdef', 65536), 'hex'));
SELECT lo_from_bytea(4000004, lo_get(4000003) || '\x07'), lo_from_bytea(4000005, substr(lo_get(4000003), 2));
SELECT lo_create(4000006), lo_put(4000006, 5000000, '\x01'); SELECT lo_create(4000007), lo_put(4000007, 3145727, '\x00');
SELECT lo_from_bytea(4294967295, 'the last number');
`

// objectsIn are the numbers, lengths and sums of all large objects of a database.
func objectsIn(t *testing.T, dsn string) string {
	t.Helper()
	return testserver.Psql(t, dsn, "SELECT oid, length(lo_get(oid)), md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY oid")
}

func TestLargeObjectsAreCopiedUnderTheirNumbersWhereTheyAreAskedFor(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, documents+"COMMENT ON LARGE OBJECT 4000001 IS 'nothing in it'; GRANT SELECT ON LARGE OBJECT 4000002 TO PUBLIC")
	testserver.Psql(t, new, "SELECT lo_from_bytea(77, 'not ours')")
	f := newFolder(t, withLargeObjects(), "OLD="+old, "NEW="+new)
	out := said(f.exits(0, "plan"))
	holds(t, out, "308 in all", "make the list of large objects", "comment on large objects, 1 in all", "grant on large objects, 1 in all")
	if strings.Contains(out, "they are no part of a table") {
		t.Errorf("the plan lists what it copies:\n%s", out)
	}
	f.apply()
	if got, want := objectsIn(t, new), "77|8|"+testserver.Psql(t, new, "SELECT md5('not ours')")+"\n"+objectsIn(t, old); got != want {
		t.Errorf("large objects: got\n%s\nwant\n%s", got, want)
	}
	if got := testserver.Psql(t, new, "SELECT count(*) FROM document WHERE convert_from(lo_get(content), 'UTF8') = repeat('ab' || id, id)"); got != "300" {
		t.Errorf("documents whose content is found by its number: got %s, want 300", got)
	}
	f.settled()

	testserver.Psql(t, new, "SELECT lo_put(4000003, 1048570, '\\x00')")
	holds(t, f.exits(9, "verify"), "the digests differ", "4000003")
	testserver.Psql(t, new, "SELECT lo_put(4000003, 1048570, substr(lo_get(4000005), 1048570, 1)), lo_unlink(4000001)")
	holds(t, f.exits(9, "verify"), "1 missing", "4000001")
	testserver.Psql(t, new, "SELECT lo_create(4000001)")
	f.settled()

	testserver.Psql(t, old, "SELECT lo_from_bytea(4000100, 'later')")
	holds(t, said(f.exits(0, "plan", "--detailed-exitcode")), "The source has changed since it was read", "No changes.")
}

func TestANumberThatIsTakenInTheTargetIsLeftAlone(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, documents)
	testserver.Psql(t, new, "SELECT lo_from_bytea(4000002, 'somebody else''s')")
	f := newFolder(t, withLargeObjects(), "OLD="+old, "NEW="+new)
	code, out := f.run("apply", "--auto-approve")
	if code == 0 {
		t.Fatalf("a number that is taken: got exit code 0\n%s", out)
	}
	holds(t, said(out), "the target has a large object 4000002 already", "SELECT lo_unlink(4000002)")
	if got := testserver.Psql(t, new, "SELECT convert_from(lo_get(4000002), 'UTF8')"); got != "somebody else's" {
		t.Errorf("the target's own object: got %q", got)
	}
	testserver.Psql(t, new, "SELECT lo_unlink(4000002)")
	f.apply()
	if got, want := objectsIn(t, new), objectsIn(t, old); got != want {
		t.Errorf("large objects: got\n%s\nwant\n%s", got, want)
	}
	f.settled()
}

func TestALargeObjectThatTheRoleMayNotReadStopsThePlan(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	role := newRole(t, "no_reader", old)
	testserver.Psql(t, old, documents+"CREATE ROLE "+role+" LOGIN; GRANT SELECT ON document TO "+role)
	f := newFolder(t, withLargeObjects(), "OLD="+asRole(t, old, role), "NEW="+new)
	holds(t, said(f.exits(1, "plan")), "Permission denied", "permission denied for large object", "GRANT SELECT ON LARGE OBJECT")
	holds(t, f.exits(1, "check"), "SELECT on every large object")
	script := f.exits(0, "grants", "source.postgres.old", "--role", role)
	holds(t, script, "GRANT SELECT ON LARGE OBJECT")
	testserver.Psql(t, old, script)
	f.exits(0, "check")
	f.apply()
	f.settled()
}

func TestALoadOfLargeObjectsThatIsKilledGoesOn(t *testing.T) {
	old, new := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, "CREATE TABLE t (id int PRIMARY KEY); SELECT lo_from_bytea(0, decode(repeat(md5(i::text), 62500), 'hex')) FROM generate_series(1, 250) i")
	for _, chunks := range []int{1, 2} {
		f := newSite(t, "unused", "sqlite", "\"sqlite\" \"new\" {\n  path = \"out.db\"\n}")
		if err := os.WriteFile(f.path("main.miq.hcl"), []byte(withLargeObjects()), 0o600); err != nil {
			t.Fatal(err)
		}
		f.env = append(f.env, "OLD="+old, "NEW="+new)
		c := f.held("apply", "--auto-approve", "--json")
		if !c.until(event.ChunkDone, chunks) {
			t.Fatalf("the load ended before chunk %d\n%s", chunks, tail(c.stderr.Bytes()))
		}
		c.signal(syscall.SIGKILL)
		if code := c.end(); code != -1 {
			t.Fatalf("got exit code %d, want a process that was killed", code)
		}
		if chunks == 2 {
			testserver.Psql(t, old, "SELECT lo_put(min(oid), 3, 'changed') FROM pg_largeobject_metadata")
		}
		f.exits(0, "apply", "--auto-approve")
		if got, want := objectsIn(t, new), objectsIn(t, old); got != want {
			t.Errorf("large objects after a kill: got\n%s\nwant\n%s", got, want)
		}
		if got := testserver.Psql(t, new, "SELECT count(*) > 3, count(DISTINCT chunk) = count(*) FROM _migrateiq.chunk WHERE mapping LIKE '%largeobject%'"); got != "t|t" {
			t.Errorf("records of several chunks, one each: got %s", got)
		}
		f.exits(0, "verify", "--source")
		holds(t, f.exits(0, "plan", "--detailed-exitcode"), "No changes.")
		testserver.Psql(t, new, "SELECT count(lo_unlink(oid)) FROM _migrateiq.large_object; DROP SCHEMA _migrateiq CASCADE; DROP TABLE t")
	}
}
