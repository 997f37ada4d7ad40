package providers

import (
	"context"
	"time"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

// ChunkRecord is what the ledger keeps of one committed chunk.
type ChunkRecord struct {
	Run, Mapping string
	Chunk        string // id: a hash of run, mapping and bounds
	N            int
	Bounds       string
	Epoch        int64
	Moment       string
	Source       batch.Digest     // of the columns read, before the transform; its Rows are the rows read
	Written      batch.Digest     // of what was written
	Replaced     batch.Digest     // of what stood at the written and deleted keys before
	Filtered     int64            // rows that `where` and the filters left out
	Counts       map[string]int64 `json:",omitempty"` // of these, by the name of a filter; nil: none
	Rejected     int64
	Bytes        int64
	Committed    time.Time // set by Commit
	// Stood is asked of Commit and not stored: what stood at the written and deleted keys must have this digest, else
	// nothing is written and Commit fails with ErrStood. Nil asks nothing; a chunk with LoadSpec.Set has to ask.
	Stood *batch.Digest `json:"-"`
}

// Meta is what a target's ledger says of itself; the zero value where it has none yet.
type Meta struct {
	Format  int
	Target  string // a random id made with the ledger's tables
	Lineage string // the state that owns it
	Secret  []byte // 32 random bytes, for hashing keys that may not be shown
	Epoch   int64  // of the fence
	Open    *Run   // the run that is not closed
}

// Run is one row of the ledger's run table.
type Run struct {
	ID         string // from the plan's digest
	Lineage    string
	PlanDigest string
	Epoch      int64
	Opened     time.Time
	Closed     time.Time // zero while open
	Outcome    string    // "", done, abandoned
}

// Owner says on whose behalf a run is opened.
type Owner struct {
	Lineage string
	Session string // names the process for the message to the next one: host, pid, user
}

// History is the read-only half of the ledger, used by plan. It gives zero values where no ledger tables exist yet.
type History interface {
	Meta(ctx context.Context) (Meta, error)
	Runs(ctx context.Context) ([]Run, error) // oldest first
	Chunks(ctx context.Context, run, mapping string) ([]Chunk, error)
	// Recorded gives committed chunks in the order of commit: of one run, or with run "" of all runs since the mapping's
	// table was last made or swapped in. Mapping "" means all mappings.
	Recorded(ctx context.Context, run, mapping string) ([]ChunkRecord, error)
	Steps(ctx context.Context, run string) ([]int, error) // done
	// Definitions are the state's own records of the mappings, as Close stored them: what `state recover` reads.
	Definitions(ctx context.Context) (map[string]string, error)
}

// Ledger is the writing half. It is in the target, in the schema _migrateiq or in tables with the prefix migrateiq_.
type Ledger interface {
	// LedgerStatements is the DDL that Open runs where the tables are absent, for the plan to show.
	LedgerStatements() []Statement
	// Open makes the tables if they are absent, raises the fence by one, ends or refuses the session that held it, and
	// inserts the run or finds it open. It fails with class Conflict where another lineage owns the ledger or another
	// run is open. It returns the new epoch.
	Open(ctx context.Context, o Owner, r Run) (int64, error)
	// Begin stores the chunk list of a mapping, or returns the one stored before.
	Begin(ctx context.Context, run, mapping string, c []Chunk) ([]Chunk, error)
	// Exec runs a step's statement and marks the step done, in one transaction where the system has them for DDL. With
	// fresh, records of the mapping from other runs no longer count: its table was made anew.
	Exec(ctx context.Context, s Step) error
	// Reset forgets the chunk list and records of a mapping in a run whose table was emptied, in the transaction of the
	// statement that empties it.
	Reset(ctx context.Context, run, mapping string, epoch int64, empty Statement) error
	// Close marks the run as done or abandoned, removes its `written` rows, and stores the definitions.
	Close(ctx context.Context, run, outcome string, definitions map[string]string) error
}

// Step is one statement of a plan at its place in a run.
type Step struct {
	Run       string
	N         int
	Epoch     int64
	Statement Statement
	Fresh     string   // a mapping whose table this step makes or swaps in, "" for none
	Runs      []string // with Fresh: the runs whose records of the mapping count from here on, of a table that was kept; nil: this one's
	Keys      bool     // with Fresh: its key map begins anew, or the staged one takes its place
}
