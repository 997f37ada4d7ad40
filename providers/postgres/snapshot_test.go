package postgres

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// ended waits until the snapshot has heard of the end of its keeper.
func ended(t *testing.T, s providers.Snapshot) {
	t.Helper()
	select {
	case <-s.(*snapshot).alive.Done():
	case <-t.Context().Done():
		t.Fatal("the snapshot did not hear of the end of its keeper")
	}
}

const backends = ` FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migrateiq%' AND pid <> pg_backend_pid()`

func keeper(s providers.Snapshot) string {
	return fmt.Sprint(s.(*snapshot).keeper.conn.PgConn().PID())
}

func TestASnapshotWithoutItsKeeperStopsAllItsReaders(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE wide (id int PRIMARY KEY, text text); INSERT INTO wide SELECT i, repeat('x', 1000) FROM generate_series(1, 20000) i`)
	source := table(t, e, "wide")
	spec := providers.ReadSpec{Table: source.Ref, Columns: source.Columns}
	snap, err := e.Snapshot(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := snap.Read(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	b := batch.New(source.Columns, 4096)
	if err := reader.Next(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	testserver.Psql(t, dsn, "SELECT pg_terminate_backend("+keeper(snap)+")")
	ended(t, snap)
	for err == nil {
		err = reader.Next(t.Context(), b)
	}
	want := func(what string, err error) {
		t.Helper()
		f := failure(err)
		if !errors.Is(err, providers.ErrMomentLost) || f.Class != providers.Unknown {
			t.Errorf("%s: got %v of class %q, want the moment lost, which is never tried again", what, err, f.Class)
		}
		if !strings.Contains(f.Error(), "57P01") || !strings.Contains(f.Remedy, "Run the same command again") {
			t.Errorf("%s: got %v with the remedy %q, want the server's reason and what to do", what, f, f.Remedy)
		}
	}
	want("a read under way", err)
	if err := reader.Close(); err != nil {
		t.Errorf("close the reader: %v", err)
	}
	_, err = snap.Read(t.Context(), spec)
	want("a new read", err)
	_, err = snap.(providers.Counter).Count(t.Context(), spec)
	want("a count", err)
	if err := snap.Close(); err != nil {
		t.Error(err)
	}
	for testserver.Psql(t, dsn, "SELECT count(*)"+backends+" AND state <> 'idle'") != "0" { // the server ends them on its own
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := e.Snapshot(t.Context(), 1); err != nil || again.Close() != nil {
		t.Errorf("a snapshot after one that was lost: %v", err)
	}
}

// A reader may hear that there is no such snapshot before the keeper hears why.
func TestTheReasonOfALostMomentIsTheKeepers(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int)")
	source := table(t, e, "t")
	snap, err := e.Snapshot(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	snap.(*snapshot).unseen() // nobody listens
	<-snap.(*snapshot).watch
	testserver.Psql(t, dsn, "SELECT pg_terminate_backend("+keeper(snap)+", 10000)")
	for range 2 {
		_, err = snap.Read(t.Context(), providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
		if !errors.Is(err, providers.ErrMomentLost) || !strings.Contains(err.Error(), "57P01") {
			t.Errorf("a read: got %v, want the moment lost for the reason that the server gave its keeper", err)
		}
	}
	if err := snap.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadersThatDieAreReplacedWhileTheKeeperLives(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE account (id int PRIMARY KEY, sum int); INSERT INTO account SELECT i, 100 FROM generate_series(1, 5000) i`)
	source := table(t, e, "account")
	spec := providers.ReadSpec{Table: source.Ref, Columns: source.Columns}
	snap, err := e.Snapshot(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	read := func() error {
		b, err := all(t.Context(), snap, spec)
		if err == nil && (b.Len() != 5000 || b.Vectors[1].Ints[0] != 100) {
			t.Errorf("got %d rows, the first of %d, want 5000 of 100", b.Len(), b.Vectors[1].Ints[0])
		}
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	testserver.Psql(t, dsn, "UPDATE account SET sum = 1")
	testserver.Psql(t, dsn, "SELECT pg_terminate_backend(pid, 10000)"+backends+" AND pid <> "+keeper(snap))
	if err := read(); err != nil {
		t.Errorf("a read after readers at rest have died: %v", err)
	}
	r, err := snap.Read(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	testserver.Psql(t, dsn, "SELECT pg_terminate_backend(pid, 10000)"+backends+" AND pid <> "+keeper(snap))
	b := batch.New(source.Columns, 100)
	for err == nil {
		err = r.Next(t.Context(), b)
	}
	if err != io.EOF && failure(err).Class != providers.Transient {
		t.Errorf("a read whose connection died: got %v of class %q, want a transient error", err, failure(err).Class)
	}
	if err := errors.Join(r.Close(), read(), snap.Close()); err != nil {
		t.Errorf("a read after a reader has died: %v", err)
	}
}

func TestTimeLimitsOfARoleDoNotEndASnapshot(t *testing.T) {
	_, dsn := database(t)
	testserver.Psql(t, dsn, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 60000', current_database());
		EXECUTE format('ALTER DATABASE %I SET statement_timeout = 60000', current_database()); END $$`)
	e := connect(t, dsn)
	snap, err := e.Snapshot(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var settings string
	err = snap.(*snapshot).with(t.Context(), func(x *tx) error {
		return x.row(t.Context(), `SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
			WHERE name IN ('idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout', 'row_security')`).Scan(&settings)
	})
	if want := "idle_in_transaction_session_timeout=0 lock_timeout=0 row_security=off statement_timeout=0"; err != nil || settings != want {
		t.Errorf("settings of a reader: got %s, %v, want %s", settings, err, want)
	}
	if err := snap.Close(); err != nil {
		t.Error(err)
	}
}
