package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// follower reads a table as increments do: each time what it could not see before.
type follower struct {
	t     *testing.T
	e     *endpoint
	table schema.Ref
	mark  string
}

// step reads at a new moment and gives the first column of the rows.
func (f *follower) step(moments ...string) string {
	f.t.Helper()
	source := table(f.t, f.e, f.table.Name)
	if !source.Tracks {
		f.t.Fatalf("%s is no table whose changes can be told", source.Ref)
	}
	snap, err := f.e.Snapshot(f.t.Context(), 1)
	if err != nil {
		f.t.Fatal(err)
	}
	spec := providers.ReadSpec{Table: source.Ref, Columns: source.Columns[:1]}
	if f.mark != "" {
		spec.Cursor = &providers.CursorRange{Unseen: f.mark}
	}
	b, err := all(f.t.Context(), snap, spec)
	if err != nil {
		f.t.Fatal(err)
	}
	n, err := snap.(providers.Counter).Count(f.t.Context(), spec)
	if err != nil || n != int64(b.Len()) {
		f.t.Errorf("the server counts %d of the %d rows it gives, %v", n, b.Len(), err)
	}
	if f.mark, err = snap.(providers.Tracker).Track(f.t.Context(), source.Ref, moments, f.mark); err != nil {
		f.t.Fatal(err)
	}
	if err := snap.Close(); err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, row := range texts(b) {
		out = append(out, row[0])
	}
	return strings.Join(out, " ")
}

func (f *follower) sees(when, want string) {
	f.t.Helper()
	if got := f.step(); got != want {
		f.t.Errorf("%s: got rows %q, want %q", when, got, want)
	}
}

// session is a connection of its own, for transactions that stay open.
func session(t *testing.T, dsn string) func(sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRowsThatASnapshotDidNotSeeAreFoundOnce(t *testing.T) {
	dsn, _ := testserver.Private{Settings: map[string]string{"max_prepared_transactions": "2"}}.Start(t)
	e := connect(t, dsn)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1), (2)")
	f := &follower{t: t, e: e, table: public("t")}
	f.sees("at first", "1 2")
	f.sees("nothing came", "")

	open, other := session(t, dsn), session(t, dsn)
	open("BEGIN")
	open("INSERT INTO t VALUES (3)")
	open("SAVEPOINT a")
	open("INSERT INTO t VALUES (4)") // a number of its own, which no list of open transactions has
	other("INSERT INTO t VALUES (5)")
	other("BEGIN; SAVEPOINT b; INSERT INTO t VALUES (6); RELEASE b; SAVEPOINT c; INSERT INTO t VALUES (7); ROLLBACK TO c; COMMIT")
	f.sees("beside an open transaction", "5 6")
	f.sees("it is still open", "")
	testserver.Psql(t, dsn, "UPDATE t SET v = 'new' WHERE id = 1; DELETE FROM t WHERE id = 2")
	f.sees("an update and a delete", "1")
	open("COMMIT")
	f.sees("it has ended", "3 4")
	testserver.Psql(t, dsn, "SELECT id FROM t FOR UPDATE")
	f.sees("rows that were locked", "")
	testserver.Psql(t, dsn, "VACUUM FREEZE t")
	f.sees("rows that were frozen", "")
	testserver.Psql(t, dsn, "VACUUM FULL t")
	f.sees("rows that were moved", "")
	open("BEGIN; INSERT INTO t VALUES (8)")
	open("PREPARE TRANSACTION 'later'")
	f.sees("a prepared transaction", "")
	open("COMMIT PREPARED 'later'")
	f.sees("it was committed", "8")
	testserver.Psql(t, dsn, "DROP TABLE t; CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
	f.sees("another table of the name", "1")
}

func TestAMomentThatIsGoneLeavesNoRowOut(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
	open, other := session(t, dsn), session(t, dsn)
	open("BEGIN; INSERT INTO t VALUES (2)")
	other("INSERT INTO t VALUES (3)")
	snap, err := e.Snapshot(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	was := snap.Moment()
	if err := snap.Close(); err != nil {
		t.Fatal(err)
	}
	open("COMMIT")
	f := &follower{t: t, e: e, table: public("t")}
	f.step(was)
	f.sees("what came while the moment was, and what it cannot be told of", "2 3")
	f.sees("then", "")
}

func TestRowsOfAPartitionThatIsAttachedAreNew(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE t (id int, v int) PARTITION BY RANGE (id); CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10);
		CREATE TABLE high (id int, v int); INSERT INTO low VALUES (1); INSERT INTO high VALUES (11)`)
	f := &follower{t: t, e: e, table: public("t")}
	f.sees("at first", "1")
	testserver.Psql(t, dsn, "ALTER TABLE t ATTACH PARTITION high FOR VALUES FROM (10) TO (20); INSERT INTO low VALUES (2)")
	if got := f.step(); got != "2 11" && got != "11 2" {
		t.Errorf("a partition was attached: got rows %q, want 2 and 11", got)
	}
	testserver.Psql(t, dsn, "ALTER TABLE t DETACH PARTITION high")
	f.sees("it was detached", "")
	testserver.Psql(t, dsn, "ALTER TABLE t ATTACH PARTITION high FOR VALUES FROM (10) TO (20)")
	f.sees("it was attached again", "")
}

func TestWhereNumbersBeginAnewAllRowsAreUnseen(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
	f := &follower{t: t, e: e, table: public("t")}
	f.sees("at first", "1")
	for name, turn := range map[string]func(*seen){
		"another timeline":            func(s *seen) { s.Line++ },
		"a server put back to before": func(s *seen) { s.Next += 1000; s.Low += 1000 },
	} {
		var s seen
		if err := json.Unmarshal([]byte(f.mark), &s); err != nil {
			t.Fatal(err)
		}
		turn(&s)
		mark, err := s.with("") // as it is
		if err != nil {
			t.Fatal(err)
		}
		lost := &follower{t: t, e: e, table: public("t"), mark: mark}
		lost.sees(name, "1")
		lost.sees(name+", then", "")
	}
	if _, err := unseen("1:2:"); err == nil {
		t.Error("a text of another system: got no error")
	}
}

func TestANumberIsTheLatestThatEndsInItsBits(t *testing.T) {
	_, dsn := database(t)
	const turn = 1 << 32
	for _, c := range []struct{ end, row, want int64 }{
		{turn + 100, 50, turn + 50}, {turn + 100, 200, 200}, {turn + 100, turn - 6, turn - 6}, {9000, 8999, 8999}, {3 * turn, 3, 2*turn + 3},
	} {
		sql := strings.ReplaceAll(strings.ReplaceAll(full, next, fmt.Sprintf("%d::bigint", c.end)), "t.xmin::text", fmt.Sprintf("'%d'", c.row))
		if got := testserver.Psql(t, dsn, "SELECT "+sql); got != fmt.Sprint(c.want) {
			t.Errorf("a row of %d, read before %d: got %s, want %d", c.row, c.end, got, c.want)
		}
	}
}

func TestAStandbyTellsWhatItDidNotSee(t *testing.T) {
	primary, _ := testserver.Private{}.Start(t)
	testserver.Psql(t, primary, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
	standby, _ := testserver.Private{Follows: primary}.Start(t)
	f := &follower{t: t, e: connect(t, standby), table: public("t")}
	open, other := session(t, primary), session(t, primary)
	shipped := func() {
		testserver.Psql(t, primary, "SELECT pg_switch_wal()") // what is committed is written
		caught(t, primary, standby)
	}
	open("BEGIN; INSERT INTO t VALUES (2); SAVEPOINT s; INSERT INTO t VALUES (3)")
	other("INSERT INTO t VALUES (4)")
	shipped()
	f.sees("beside an open transaction", "1 4")
	open("COMMIT")
	shipped()
	f.sees("it has ended", "2 3")
	f.sees("then", "")
	other("INSERT INTO t VALUES (5)")
	ahead := &follower{t: t, e: connect(t, primary), table: public("t"), mark: f.mark}
	ahead.sees("the primary, by what the standby gave", "5")
}
