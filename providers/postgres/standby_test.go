package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// caught waits until the standby has replayed all that the primary has written.
func caught(t *testing.T, primary, standby string) {
	t.Helper()
	at := testserver.Psql(t, primary, "SELECT pg_current_wal_lsn()")
	for testserver.Psql(t, standby, "SELECT pg_last_wal_replay_lsn() >= '"+at+"'::pg_lsn") != "t" {
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAStandbyIsReadAtOneMomentUntilItHasToGiveUp(t *testing.T) {
	primary, _ := testserver.Private{}.Start(t)
	testserver.Psql(t, primary, `CREATE TABLE account (id int PRIMARY KEY, sum int, note text); INSERT INTO account SELECT i, 100, repeat('x', 500) FROM generate_series(1, 20000) i`)
	standby, _ := testserver.Private{Follows: primary, Settings: map[string]string{"max_standby_streaming_delay": "0", "hot_standby_feedback": "off"}}.Start(t)
	caught(t, primary, standby)
	e := connect(t, standby)
	source := table(t, e, "account")
	spec := providers.ReadSpec{Table: source.Ref, Columns: source.Columns}
	snap, err := e.Snapshot(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	second, err := e.Snapshot(t.Context(), 2)
	if err != nil || second.Moment() == snap.Moment() || second.Close() != nil {
		t.Errorf("a second snapshot of a standby: %v, and its moment has the name of the first: %s", err, snap.Moment())
	}
	testserver.Psql(t, primary, "UPDATE account SET sum = 1 WHERE id <= 100")
	caught(t, primary, standby)
	chunks, err := snap.(providers.Chunker).Chunks(t.Context(), source, 1<<20, true)
	if err != nil || len(chunks) < 5 {
		t.Fatalf("got %d chunks, %v, want some", len(chunks), err)
	}
	rows, sum := 0, int64(0)
	for _, c := range chunks {
		part := spec
		part.Chunk = &c
		b, err := all(t.Context(), snap, part)
		if err != nil {
			t.Fatal(err)
		}
		rows += b.Len()
		for _, x := range b.Vectors[1].Ints {
			sum += x
		}
	}
	if rows != 20000 || sum != 2_000_000 {
		t.Errorf("got %d rows with the sum %d, want 20000 with 2000000", rows, sum)
	}
	testserver.Psql(t, primary, "DELETE FROM account WHERE id % 2 = 0")
	for err == nil || !errors.Is(err, providers.ErrMomentLost) && strings.Contains(err.Error(), "40001") { // first a reader may go, and its keeper later
		testserver.Psql(t, primary, "VACUUM account") // and again: a transaction of the server's own may hold back what it removes
		_, err = all(t.Context(), snap, spec)         // to its end: a server that waits for its client to take rows hears of no conflict
	}
	ended(t, snap)
	if f := failure(err); !errors.Is(err, providers.ErrMomentLost) || !strings.Contains(f.Remedy, "hot_standby_feedback") || !strings.Contains(f.Error(), "40001") {
		t.Errorf("a read that stood in the way of recovery: got %v with the remedy %q, want the moment lost, the server's reason and hot_standby_feedback", err, f.Remedy)
	}
	if err := snap.Close(); err != nil {
		t.Error(err)
	}
	if _, err := (ledger{e}).Open(t.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: "r"}); failure(err).Class != providers.Denied {
		t.Errorf("a standby as a target: got %v of class %q, want denied", err, failure(err).Class)
	}
}
