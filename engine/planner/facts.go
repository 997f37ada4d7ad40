// Package planner makes a plan from facts. It is pure: the same facts and answers give the same plan, and nothing in it
// reaches a system.
package planner

import (
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// Facts is all that a plan is made of, but for what Questions ask. It is plain data.
type Facts struct {
	Engine   string
	Now      time.Time
	Lifetime time.Duration // how long the plan may be applied
	Inputs   plan.Inputs   // configuration, files, variables, state and rules; the planner adds systems and objects
	Config   *lang.Config
	Mappings []*resolve.Mapping
	Around   []*resolve.Mapping // those that the plan leaves out
	State    state.Snapshot
	Systems  map[string]System   // by address
	Ledger   map[string]Recorded // by mapping
	Replace  []string            // addresses of --replace
	Refresh  bool                // false: rows are not looked at
	Exact    bool                // rows that differ are counted, and not estimated from a sample
	Rollback []string            // addresses of mappings to bring back what a swap has kept of; nothing else is planned then
}

// System is one source or target as it was found.
type System struct {
	Kind     string
	Role     string
	Identity string
	Place    string // that nothing else can be at, "" where it may not be unique
	Catalog  *schema.Catalog
	Order    schema.Order          // of a target
	Meta     providers.Meta        // of a target's ledger; the zero value where there is none
	Ledger   []providers.Statement // that the first run makes the ledger with
	Upgrade  []providers.Statement // what the next run adds to a ledger of an earlier version
	KeyMap   bool                  // a target can remember which keys rows have got
	Runs     []string              // ids of the ledger's runs
	Moving   bool                  // readers do not share one moment
	// Definitions are those that a target has of what mappings into it may make.
	Definitions []schema.Definition
}

// Recorded is what a target's ledger holds of one mapping since its table was made.
type Recorded struct {
	Chunks   int
	Expected string   // digest of what the table should hold: rows:a:b; "" unknown
	Runs     []string // whose records add up to that
}

// Question is something that must be measured at an endpoint. Equal IDs are the same question.
type Question struct {
	ID      string
	Kind    Ask
	Mapping string
	System  string
	Def     *plan.Definition
	Bounds  plan.Cursor     // Count, Position
	Changes []schema.Change // Define
	// Of Compare: the definition of before, how to compare, the target's columns as they stand, and whether all rows count.
	Before   *plan.Definition
	Delta    *plan.Delta
	Standing []schema.Column // and of counts in mode history
	Exact    bool
	Chunks   []string   // Compare, Versions: hashes of the bounds of those that are looked at; nil: all
	Table    schema.Ref // KeptTable
	// Of Versions: the mapping makes rows in another way than it did.
	Redefined bool
}

// Ask is the kind of a question.
type Ask string

// What can be asked. TargetRows: rows in the target's table. SourceRows: rows of the source within Bounds. Position: the
// cursor's largest value. Digests: which recorded chunks read differently now. GoneKeys: keys of the target without a row
// in the source. UnmadeKeys: keys of the target that the mapping does not make. RefusedKeys: keys of the target whose row of
// the source is within Bounds and is left out. Compare: how many rows differ from what stands.
// SeenRows: rows at or below Bounds.After that were read and are as they were, at one moment. NewKeys: keys that the rows
// within Bounds make and the target has not. Tail: the digest of the rows in the overlap below Bounds.UpTo.
// TargetDigest: the digest of the target's table. Print: the digest of a file source's content. Statements: what Changes look like on the target.
// KeptTable: a table of the target as it is described. Versions: how many versions of rows a reading opens and closes.
const (
	TargetRows   Ask = "target_rows"
	SourceRows   Ask = "source_rows"
	Position     Ask = "position"
	Digests      Ask = "digests"
	GoneKeys     Ask = "gone_keys"
	UnmadeKeys   Ask = "unmade_keys"
	RefusedKeys  Ask = "refused_keys"
	SeenRows     Ask = "seen_rows"
	NewKeys      Ask = "new_keys"
	Tail         Ask = "tail"
	Compare      Ask = "compare"
	TargetDigest Ask = "target_digest"
	Print        Ask = "print"
	Statements   Ask = "statements"
	KeptTable    Ask = "kept_table"
	Versions     Ask = "versions"
)

// Answer belongs to the question of its ID.
type Answer struct {
	ID         string
	Count      int64
	Text       string                  // Position, Tail, Print
	From       string                  // Tail: the position that the overlap begins above
	Differs    []string                // Digests: hashes of the bounds that differ
	Rows       int64                   // Digests: rows in the chunks that differ; RefusedKeys: rows that were looked at
	All        bool                    // Digests: the whole table has to be read as one
	Statements [][]providers.Statement // by change
	Compared   *Differences            // Compare
	Found      *schema.Table           // KeptTable: nil where it is not there
	Versions   *VersionsFound          // Versions
}
