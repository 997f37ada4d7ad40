package engine_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

const family = `CREATE TABLE parent (id int PRIMARY KEY, v int NOT NULL); INSERT INTO parent SELECT i, i FROM generate_series(1, 1000) i;
CREATE TABLE kid (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent, v int NOT NULL); INSERT INTO kid SELECT i, 1 + i % 1000, i FROM generate_series(1, 3000) i;
CREATE TABLE other (id int PRIMARY KEY, v int NOT NULL); INSERT INTO other SELECT i, i FROM generate_series(1, 1000) i;
CREATE INDEX other_v ON other (v); CREATE INDEX kid_v ON kid (v); CREATE INDEX kid_parent_v ON kid (parent, v)`

// positive maps a table whose v must not be below 0, which fails the copy.
func positive(name string) string {
	return tableMapping(name, "  }\n  field \"id\" { from = \"id\" }\n  field \"v\" {\n    cel    = \"src.v\"\n    expect = \"out >= 0\"\n  }"+map[string]string{"kid": "\n  field \"parent\" { from = \"parent\" }"}[name])
}

// A table that is done stays open as long as one that foreign keys tie to it has failed: the rows of the failed one will
// be of a later moment, at which they may point to rows that are not there yet.
func TestTablesTiedToOneThatFailedFollowItToItsMoment(t *testing.T) {
	for _, c := range []struct{ name, poisoned, spread string }{
		{"the table that points", "kid", "kid"},
		{"the table pointed to", "parent", "parent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBank(t, positive("parent")+positive("kid")+wholeTable("other"), family)
			testserver.Psql(t, b.old, "UPDATE "+c.poisoned+" SET v = -1 WHERE id = 500")
			out := b.exits(10, "apply", "--auto-approve")
			if !strings.Contains(out, "mapping."+c.poisoned) {
				t.Errorf("apply: got\n%s\nwant it to name mapping.%s", out, c.poisoned)
			}
			const proved = "SELECT (SELECT count(*) FROM other), (SELECT count(*) FROM pg_indexes WHERE tablename = 'other'), (SELECT count(*) FROM pg_constraint WHERE contype = 'f')"
			if got := testserver.Psql(t, b.new, proved); got != "1000|2|0" {
				t.Errorf("rows and indexes of the table beside them, and foreign keys: got %s, want 1000|2|0", got)
			}
			// The source moves on: a new pair of rows, and a pair that is gone.
			testserver.Psql(t, b.old, "UPDATE "+c.poisoned+` SET v = 1 WHERE id = 500; INSERT INTO parent VALUES (5000, 1); INSERT INTO kid VALUES (5000, 5000, 1);
				DELETE FROM kid WHERE parent = 7; DELETE FROM parent WHERE id = 7`)
			b.exits(0, "apply", "--auto-approve")
			const all = "SELECT (SELECT md5(string_agg(p::text, ' ' ORDER BY id)) FROM parent p), (SELECT md5(string_agg(concat_ws(',', id, parent, v), ' ' ORDER BY id)) FROM kid k)"
			if got, want := testserver.Psql(t, b.new, all), testserver.Psql(t, b.old, all); got != want {
				t.Errorf("digests of parent and kid: got %s, want those of the source at one moment, %s", got, want)
			}
			if got := testserver.Psql(t, b.new, "SELECT count(*), bool_and(convalidated) FROM pg_constraint WHERE contype = 'f'"); got != "1|t" {
				t.Errorf("foreign keys and whether they hold: got %s, want 1|t", got)
			}
			b.exits(0, "verify")
		})
	}
}

// tripwire makes a function run at the end of every CREATE INDEX in the target.
func (b *bank) tripwire(body string) {
	b.t.Helper()
	testserver.Psql(b.t, b.new, `CREATE FUNCTION public.trip() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE name text := (SELECT object_identity FROM pg_event_trigger_ddl_commands() LIMIT 1);
n int := 0; BEGIN `+body+` END $$; CREATE EVENT TRIGGER trip ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.trip()`)
}

func (b *bank) indexes() string {
	b.t.Helper()
	return testserver.Psql(b.t, b.new, `SELECT string_agg(i, ' ' ORDER BY i) FROM (SELECT regexp_replace(indexdef, '.* ON public\.(\w+) USING btree ', '\1') FROM pg_indexes WHERE schemaname = 'public') AS x(i)`)
}

const allIndexes = "kid(id) kid(parent, v) kid(v) other(id) other(v) parent(id)"

func TestAnIndexThatFailsLeavesTheOthersDone(t *testing.T) {
	b := newBank(t, wholeTable("parent")+wholeTable("kid")+wholeTable("other"), family)
	b.tripwire(`IF name LIKE 'public.kid_parent_v%' THEN RAISE 'no space' USING ERRCODE = 'program_limit_exceeded'; END IF;`)
	c := b.start("apply", "--auto-approve", "--json")
	if code := c.end(); code != 10 {
		t.Fatalf("got exit code %d, want 10\n%s", code, tail(c.stderr.Bytes()))
	}
	if want := strings.Replace(allIndexes, "kid(parent, v) ", "", 1); b.indexes() != want {
		t.Errorf("indexes: got %s, want all but one, %s", b.indexes(), want)
	}
	verified := 0
	for _, e := range c.told {
		if e.Kind == event.Verified {
			verified++
		}
	}
	if verified != 2 {
		t.Errorf("got %d tables proved, want the two without the index", verified)
	}
	testserver.Psql(t, b.new, "DROP EVENT TRIGGER trip")
	c = b.start("apply", "--auto-approve", "--json")
	if code := c.end(); code != 0 {
		t.Fatalf("the second apply: got exit code %d, want 0\n%s", code, tail(c.stderr.Bytes()))
	}
	for _, e := range c.told {
		if e.Kind == event.CopyStarted || e.Kind == event.StepStarted && strings.Contains(e.Text, "kid_v ") {
			t.Errorf("the second apply did again: %s %s", e.Kind, e.Text)
		}
	}
	if b.indexes() != allIndexes {
		t.Errorf("indexes: got %s, want %s", b.indexes(), allIndexes)
	}
	b.exits(0, "verify")
}

// locked is a condition: somebody holds this advisory lock of the database.
func locked(number int) string {
	return fmt.Sprintf("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %d AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))", number)
}

// comesTrue waits for a condition, and fails where it does not come true in five minutes.
func comesTrue(condition string) string {
	return "DO $$ BEGIN FOR n IN 1..30000 LOOP IF " + condition + " THEN RETURN; END IF; PERFORM pg_sleep(0.01); END LOOP; RAISE 'it does not come true'; END $$;\n"
}

// Each statement waits until another one is at the same point, which it is only if they run at once.
func TestIndexesOfOneTableAreBuiltAtOnce(t *testing.T) {
	b := newBank(t, wholeTable("kid"), family)
	b.tripwire(`IF name LIKE '%pkey' OR name LIKE '\_migrateiq.%' THEN RETURN; END IF; PERFORM pg_advisory_xact_lock_shared(4711);
		WHILE (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711) + (SELECT count(*) FROM pg_indexes WHERE (indexname LIKE 'kid_v%' OR indexname LIKE 'kid_parent_v%')) < 3 LOOP
			PERFORM pg_sleep(0.01); n := n + 1; IF n > 6000 THEN RAISE 'alone'; END IF; END LOOP;`)
	b.exits(0, "apply", "--auto-approve", "--parallel=3")
	if want := "kid(id) kid(parent, v) kid(v)"; b.indexes() != want {
		t.Errorf("indexes: got %s, want %s", b.indexes(), want)
	}
}

func TestADeadlockOfStatementsIsTriedAgain(t *testing.T) {
	b := newBank(t, wholeTable("kid"), family)
	testserver.Psql(t, b.new, "CREATE SEQUENCE tries")
	b.tripwire(`IF name LIKE 'public.kid_v%' AND nextval('tries') < 3 THEN RAISE 'deadlock' USING ERRCODE = 'deadlock_detected'; END IF;`)
	b.exits(0, "apply", "--auto-approve")
	if want := "kid(id) kid(parent, v) kid(v)"; b.indexes() != want {
		t.Errorf("indexes: got %s, want %s", b.indexes(), want)
	}
}

// The statement in hand, which holds lock 4712, stays in hand as long as somebody holds 4713, which is until 4714 is taken.
func TestAnInterruptFinishesTheStatementInHand(t *testing.T) {
	b := newBank(t, wholeTable("kid"), family)
	b.tripwire(`IF name LIKE 'public.kid_v%' OR name LIKE 'public.kid_parent_v%' THEN PERFORM pg_advisory_xact_lock_shared(4712);
		WHILE ` + locked(4713) + ` LOOP PERFORM pg_sleep(0.01); n := n + 1; IF n > 30000 THEN RAISE 'nobody came'; END IF; END LOOP; END IF;`)
	gate := make(chan error, 1)
	go func() {
		out, err := testserver.TryPsql(b.new, "SELECT pg_advisory_lock(4713);\n"+comesTrue(locked(4714)))
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		gate <- err
	}()
	testserver.Psql(t, b.new, comesTrue(locked(4713)))
	c := b.start("apply", "--auto-approve", "--json", "--parallel=1")
	testserver.Psql(t, b.new, comesTrue(locked(4712)))
	c.interrupt()
	testserver.Psql(t, b.new, "SELECT pg_advisory_lock(4714);\n"+comesTrue("NOT "+locked(4713)))
	if err := <-gate; err != nil {
		t.Fatalf("who holds the statement up: %v", err)
	}
	if code := c.end(); code != 130 {
		t.Fatalf("got exit code %d, want 130\n%s", code, tail(c.stderr.Bytes()))
	}
	if got := b.indexes(); got != "kid(id) kid(v)" && got != "kid(id) kid(parent, v)" {
		t.Errorf("indexes after the interrupt: got %s, want the one in hand and not the next", got)
	}
	b.exits(0, "apply", "--auto-approve")
	if want := "kid(id) kid(parent, v) kid(v)"; b.indexes() != want {
		t.Errorf("indexes: got %s, want %s", b.indexes(), want)
	}
}

func TestAPlanRefusesATableOfWhichRowsAreHidden(t *testing.T) {
	b := newBank(t, wholeTable("other"), family)
	role := fmt.Sprintf("miq_hidden_%d", os.Getpid())
	testserver.Psql(t, b.old, "CREATE ROLE "+role+" LOGIN; GRANT SELECT ON other TO "+role+"; ALTER TABLE other ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON other USING (id < 10)")
	t.Cleanup(func() { testserver.Psql(t, b.old, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	u, err := url.Parse(b.old)
	if err != nil {
		t.Skip("the server's DSN is no URL")
	}
	u.User = url.User(role)
	b.env = append(b.env, "BANK_OLD="+u.String())
	if out := b.exits(1, "plan"); !strings.Contains(out, "row security would hide rows") || !strings.Contains(out, "BYPASSRLS") {
		t.Errorf("plan: got\n%s\nwant that row security hides rows, and BYPASSRLS", out)
	}
	testserver.Psql(t, b.old, "ALTER ROLE "+role+" BYPASSRLS")
	b.exits(0, "plan")
}
