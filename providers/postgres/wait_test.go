package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestAStatementWaitsForAnotherOneOfItsRunLongerThanForStrangers(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE TABLE t (id int)")
	e.patience = time.Second // so long that a busy machine sees who holds the lock
	holder, err := e.pool.begin(t.Context(), readWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.run(t.Context(), "LOCK TABLE t IN SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- (ledger{e}).Exec(t.Context(), providers.Step{Run: "r", N: 7, Epoch: epoch, Statement: providers.Statement{SQL: []string{"ALTER TABLE t ADD PRIMARY KEY (id)"}, What: "key"}})
	}()
	met := map[string]bool{}
	for len(met) < 3 { // transactions that waited, one after the other
		if at := testserver.Psql(t, dsn, "SELECT xact_start FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE t%' AND datname = current_database()"); at != "" {
			met[at] = true
		}
		select {
		case err := <-done:
			t.Fatalf("the statement ended with %v while another one of its run held the table", err)
		default:
		}
	}
	holder.end()
	if err := <-done; err != nil {
		t.Errorf("the statement after the other one: %v", err)
	}
	stranger := connect(t, dsn)
	if holder, err = stranger.pool.begin(t.Context(), readWrite); err != nil {
		t.Fatal(err)
	}
	defer holder.end()
	if err := holder.run(t.Context(), "LOCK TABLE t IN SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	err = (ledger{e}).Exec(t.Context(), providers.Step{Run: "r", N: 8, Epoch: epoch, Statement: providers.Statement{SQL: []string{"ALTER TABLE t ADD x int"}, What: "column"}})
	if f := failure(err); f.Class != providers.Conflict || !strings.Contains(f.Error(), stranger.tag) {
		t.Errorf("a statement that a stranger holds up: got %v of class %q, want a conflict that names %s", err, f.Class, stranger.tag)
	}
}
