package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

const ends = `
source "postgres" "old" {
  url = secret("env://BANK_OLD")
}
target "postgres" "new" {
  url = secret("env://BANK_NEW")
}
`

// bank is a site that copies from one PostgreSQL database to another.
type bank struct {
	*site
	old, new string
}

func newBank(t *testing.T, mappings, source string) *bank {
	t.Helper()
	b := &bank{site: &site{t: t, dir: t.TempDir(), env: os.Environ()}, old: testserver.Postgres(t), new: testserver.Postgres(t)}
	b.env = append(b.env, "BANK_OLD="+b.old, "BANK_NEW="+b.new)
	b.configure(mappings)
	testserver.Psql(t, b.old, source)
	return b
}

func (b *bank) configure(mappings string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, "main.miq.hcl"), []byte(ends+mappings), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// table maps a table; more goes into the mapping.
func tableMapping(name, more string) string {
	return fmt.Sprintf("mapping %q {\n  from {\n    source = source.postgres.old\n    table  = %q\n  }\n  to {\n    target = target.postgres.new\n    table  = %q\n%s\n}\n", name, name, name, more)
}

func wholeTable(name string) string { return tableMapping(name, "  }") }

// kill starts an apply and kills it after so many chunks.
func (b *bank) kill(chunks int, args ...string) *child {
	b.t.Helper()
	c := b.held(append([]string{"apply", "--auto-approve", "--json"}, args...)...)
	if !c.until(event.ChunkDone, chunks) {
		b.t.Fatalf("the load ended before chunk %d\n%s", chunks, tail(c.stderr.Bytes()))
	}
	c.signal(syscall.SIGKILL)
	if code := c.end(); code != -1 {
		b.t.Fatalf("got exit code %d, want a process that was killed", code)
	}
	return c
}

// finish applies to the end, and gives the messages.
func (b *bank) finish(args ...string) string {
	b.t.Helper()
	c := b.start(append([]string{"apply", "--auto-approve", "--json"}, args...)...)
	if code := c.end(); code != 0 {
		b.t.Fatalf("apply: got exit code %d, want 0\n%s", code, tail(c.stderr.Bytes()))
	}
	var said []string
	for _, e := range c.told {
		if e.Kind == event.Message || e.Kind == event.ChunkRetry {
			said = append(said, e.Text)
		}
	}
	return strings.Join(said, "\n")
}

const accounts = `CREATE TABLE account (id bigserial PRIMARY KEY, sum bigint NOT NULL, note text); CREATE TABLE halt (n int);
INSERT INTO account (sum, note) SELECT 1000, repeat('x', 300) FROM generate_series(1, 200000); ANALYZE account`

// transfers moves money between accounts all over the table, and now and then from one that is closed to one that is
// opened. It says "moved" with every so many and ends when halt holds a row.
const transfers = `DO $$ DECLARE a bigint; b bigint; m bigint; BEGIN LOOP
	a := 1 + floor(random() * 200000); b := 1 + floor(random() * 200000); m := floor(random() * 500);
	UPDATE account SET sum = sum + CASE WHEN id = a THEN -m ELSE m END WHERE id IN (a, b) AND (SELECT count(*) = 2 FROM account WHERE id IN (a, b));
	IF random() < 0.1 THEN
		WITH gone AS (DELETE FROM account WHERE id = b RETURNING sum, note) INSERT INTO account (sum, note) SELECT sum, note FROM gone;
	END IF;
	COMMIT;
	EXIT WHEN EXISTS (SELECT FROM halt);
END LOOP; END $$`

func TestMoneyThatMovesDuringACopyIsTheSumOfOneMoment(t *testing.T) {
	b := newBank(t, wholeTable("account"), accounts)
	const total = "SELECT count(*), sum(sum), count(DISTINCT id) FROM account"
	const want = "200000|200000000|200000"
	writer := make(chan error, 1)
	go func() {
		out, err := testserver.TryPsql(b.old, transfers)
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		writer <- err
	}()
	halt := func() {
		testserver.Psql(t, b.old, "INSERT INTO halt VALUES (1)")
		if err := <-writer; err != nil {
			t.Errorf("the writer: %v", err)
		}
	}
	b.kill(2, "--parallel=4")
	if left := testserver.Psql(t, b.new, "SELECT count(*) > 0 AND count(*) < 200000 FROM account"); left != "t" {
		t.Errorf("after the first kill: all rows are there or none")
	}
	b.kill(3, "--parallel=4")
	said := b.finish("--parallel=4")
	if got := testserver.Psql(t, b.new, total); got != want {
		t.Errorf("rows, their sum and different keys in the target: got %s, want %s", got, want)
	}
	if !strings.Contains(said, "loaded again at one moment") {
		t.Errorf("the apply after a kill said\n%s\nwant that it loads the rows again at one moment", said)
	}
	halt()
	if got := testserver.Psql(t, b.old, total); got != want {
		t.Fatalf("rows, their sum and different keys in the source: got %s, want %s: the test is wrong", got, want)
	}
	if same := testserver.Psql(t, b.old, "SELECT count(*) FROM account WHERE sum = 1000 AND id <= 200000"); same == "200000" {
		t.Fatal("the writer moved nothing: the test is wrong")
	}
	b.exits(0, "verify")
	if out := b.exits(0, "verify", "--source"); !strings.Contains(out, "changed at the source since it was read") {
		t.Errorf("verify against a source that moved on: got\n%s\nwant the rows that changed since", tail([]byte(out)))
	}
}

// multiset is the number of rows and the sum of their digests, which does not depend on their order.
const multiset = "SELECT count(*), sum(('x' || substr(md5(e::text), 1, 16))::bit(64)::bigint::numeric), sum(('x' || substr(md5(e::text), 17))::bit(64)::bigint::numeric) FROM event e"

func TestATableWithoutAKeyIsReadByPositionEachRowOnce(t *testing.T) {
	rows := 1_000_000
	if os.Getenv("MIGRATEIQ_TEST_LONG") != "" {
		rows = 5_000_000
	}
	b := newBank(t, tableMapping("event", "    mode = \"append\"\n  }"), fmt.Sprintf(`CREATE UNLOGGED TABLE event (n int, v bigint, at timestamptz, text text);
INSERT INTO event SELECT i %% 1000, i / 3, 'epoch'::timestamptz + i / 2 * interval '1 s', 'event ' || i %% 7 FROM generate_series(1, %d) i`, rows))
	want := testserver.Psql(t, b.old, multiset)
	b.kill(4, "--parallel=4")
	said := b.finish("--parallel=4")
	if got := testserver.Psql(t, b.new, multiset); got != want {
		t.Errorf("rows and digests of the target:\n got %s\nwant %s", got, want)
	}
	if !strings.Contains(said, "loaded again at one moment") {
		t.Errorf("the apply after the kill said\n%s\nwant that it empties the table and loads it again", said)
	}
	ledger := testserver.Psql(t, b.new, `SELECT count(*) > 5, bool_and(positional), count(*) = (SELECT count(DISTINCT chunk) FROM _migrateiq.chunk),
		(SELECT count(DISTINCT moment) FROM _migrateiq.chunk) FROM _migrateiq.chunk_list`)
	if ledger != "t|t|t|1" {
		t.Errorf("more than five chunks, all by position, each with a record, and their moments: got %s, want t|t|t|1", ledger)
	}
	b.exits(0, "verify")
	b.exits(0, "verify", "--source")
}

func TestARunWhoseMomentIsLostStopsAndGoesOnAtANewOne(t *testing.T) {
	b := newBank(t, wholeTable("account")+wholeTable("note"), accounts+`; CREATE TABLE note (id int PRIMARY KEY, account bigint REFERENCES account, text text);
INSERT INTO note SELECT i, i, repeat('y', 200) FROM generate_series(1, 100000) i`)
	c := b.held("apply", "--auto-approve", "--json", "--parallel=1")
	if !c.until(event.ChunkDone, 2) {
		t.Fatalf("the load ended before its second chunk\n%s", tail(c.stderr.Bytes()))
	}
	killed := testserver.Psql(t, b.old, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_export_snapshot%' AND pid <> pg_backend_pid()`)
	if killed != "1" {
		t.Fatalf("got %s connections that hold a snapshot, want 1", killed)
	}
	if code := c.end(); code != 1 {
		t.Errorf("got exit code %d, want 1\n%s", code, tail(c.stderr.Bytes()))
	}
	said := c.stderr.String()
	for _, want := range []string{"the moment that all readers share is lost", "57P01", "Run the same command again"} {
		if !strings.Contains(said, want) {
			t.Errorf("the apply said\n%s\nwant %q in it", said, want)
		}
	}
	for _, e := range c.told {
		if e.Kind == event.ChunkRetry || e.Kind == event.Verified {
			t.Errorf("after the moment was lost: %s %s %s, want that nothing is tried again or proved", e.Kind, e.Mapping, e.Text)
		}
	}
	testserver.Psql(t, b.old, "INSERT INTO account (id, sum) VALUES (900000, 1); INSERT INTO note VALUES (900000, 900000, 'new')")
	b.finish()
	if got := testserver.Psql(t, b.new, "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM note), (SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated)"); got != "200001|100001|1" {
		t.Errorf("accounts, notes and foreign keys: got %s, want 200001|100001|1", got)
	}
	b.exits(0, "verify", "--source")
}

func TestAReaderThatDiesIsReplacedInTheSameRun(t *testing.T) {
	b := newBank(t, wholeTable("account"), accounts)
	c := b.held("apply", "--auto-approve", "--json", "--parallel=2")
	if !c.until(event.ChunkDone, 1) {
		t.Fatalf("the load ended before its first chunk\n%s", tail(c.stderr.Bytes()))
	}
	testserver.Psql(t, b.old, `UPDATE account SET sum = 5;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migrateiq%' AND query NOT LIKE '%pg_export_snapshot%'`)
	if code := c.end(); code != 0 {
		t.Fatalf("got exit code %d, want 0\n%s", code, tail(c.stderr.Bytes()))
	}
	if got := testserver.Psql(t, b.new, "SELECT count(*), sum(sum) FROM account"); got != "200000|200000000" {
		t.Errorf("rows and sum: got %s, want those of the moment before, 200000|200000000", got)
	}
}
