// Package conformance is the tests that every provider passes: each promise of the contract, for the capabilities that
// the endpoint claims.
package conformance

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Suite is a system to test.
type Suite struct {
	// Open makes a fresh and empty system and an endpoint of it. The suite closes the endpoint; what else has to go is
	// for t.Cleanup.
	Open func(t *testing.T) providers.Endpoint
	// Reopen gives a second endpoint of the same system, as another process has it.
	Reopen func(t *testing.T, e providers.Endpoint) providers.Endpoint
	// Types are canonical types that the system must hold.
	Types []schema.Type
	// Schema is where the tables go, "" for none.
	Schema string
	// Fill makes a table with rows in a system that is no Target, and gives the endpoint that sees it. Nil for targets.
	Fill func(t *testing.T, e providers.Endpoint, table schema.Table, rows *batch.Batch) providers.Endpoint
}

// Run tests all promises.
func Run(t *testing.T, s Suite) {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	for _, c := range []struct {
		name string
		test func(*testing.T, Suite)
	}{
		{"an endpoint says what it is", identity},
		{"every type keeps its edge values", edgeValues},
		{"a described table has the shape it was made with", shapes},
		{"nothing shows before Commit and nothing stays without it", visibility},
		{"two rows with one key are an error", duplicates},
		{"a raised fence stops the old holder", fencing},
		{"a chunk is not done twice", onceOnly},
		{"the ledger has one owner and one open run", ownership},
		{"a chunk list is stored once", lists},
		{"a step is done once or not at all", steps},
		{"records and definitions come back as they were stored", records},
		{"rejects and resets belong to their chunk and mapping", resets},
		{"rejects come back as they were stored", quarantined},
		{"chunks cover every row once", chunks},
		{"keys, cursors and predicates choose exactly their rows", filters},
		{"written minus replaced is what stands, and columns that a chunk does not set stay as they are", partly},
		{"a chunk whose rows were changed by others writes nothing", stood},
		{"columns are added, renamed and altered under the rows", reshaped},
		{"a reader gives batches, then EOF", readers},
		{"a snapshot sees one moment", moments},
		{"a query gives the rows of one SELECT and does nothing else", queries},
		{"a join finds one row or none", joins},
		{"foreign keys are proved after the rows", foreign},
		{"a swap puts the new table in the place of the old", swaps},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, s) })
	}
	goleak.VerifyNone(t, leaks)
}

func identity(t *testing.T, s Suite) {
	e := s.Open(t)
	i := e.Info()
	if i.Product == "" || i.Place == "" {
		t.Errorf("Info: got %+v, want a product and a place", i)
	}
	if s.Reopen != nil {
		other := s.Reopen(t, e)
		if got := other.Info().Identity; got != i.Identity {
			t.Errorf("Identity: got %q and %q for one system", i.Identity, got)
		}
		closeTwice(t, other)
	}
	closeTwice(t, e)
}

func closeTwice(t *testing.T, e providers.Endpoint) {
	t.Helper()
	for range 2 {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}
