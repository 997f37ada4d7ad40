// Package state is what was done: the record of every mapping as it was last applied, kept between runs by a Store.
// The ledger of committed chunks is in the target; the state holds what a plan has to be compared with.
package state

import (
	"encoding/json"
	"time"
)

// Format is the format that this version writes. It is raised with every new field: a reader refuses what it does not
// know, because it would lose it at the next save.
const Format = 3

// Snapshot is the whole state at one serial. The zero value is the state before the first run.
type Snapshot struct {
	Format   int                `json:"format"`   // set by Encode
	Lineage  string             `json:"lineage"`  // a random id made with the first save; it never changes
	Serial   uint64             `json:"serial"`   // counts saves
	Previous string             `json:"previous"` // digest of the state before this one, "" for the first
	Engine   string             `json:"engine"`   // version that saved it
	Mappings map[string]Mapping `json:"mappings"` // by address
	Removed  map[string]Removed `json:"removed,omitempty"`
	Outputs  map[string]Output  `json:"outputs,omitempty"`
	OpenRun  *OpenRun           `json:"open_run,omitempty"` // the run that was begun and is not closed
	Audit    *AuditHead         `json:"audit,omitempty"`    // where the audit log ended when this was saved; since format 2
}

// AuditHead is the number and digest of a line of the audit log. A log that does not hold that line was cut or exchanged.
type AuditHead struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
}

// Mapping is one mapping instance as it was last applied.
type Mapping struct {
	UID        string          `json:"uid"` // survives moves
	Address    string          `json:"address"`
	Hashes     Fingerprints    `json:"hashes"`
	Definition json.RawMessage `json:"definition,omitempty"` // normalised, as the plan had it
	Source     End             `json:"source"`
	Target     End             `json:"target"`
	Cursor     *Cursor         `json:"cursor,omitempty"`

	Digest      string `json:"digest"`          // expected of the target: rows:a:b
	Rows        int64  `json:"rows"`            // expected in the target
	Drift       string `json:"drift,omitempty"` // digest of what the target held beyond Digest when a run left others' changes alone
	SourceCount int64  `json:"source_count"`    // rows the source held, at or under the cursor's position where there is one

	Run       string    `json:"run"`                // that wrote last
	BaseRun   string    `json:"base_run,omitempty"` // whose rows the later runs added to
	ListRun   string    `json:"list_run,omitempty"` // whose chunk list covers the whole source
	AppliedAt time.Time `json:"applied_at"`
	Contract  int       `json:"contract,omitempty"` // the version of the target table's contract; 0: none
	Partial   string    `json:"partial,omitempty"`  // an abandoned run left it half loaded: PartialOwn, PartialShared
	Reports   []Report  `json:"reports,omitempty"`
	Policy    Policy    `json:"policy"`
	// Generation is of the last reload block that was carried out; since format 3.
	Generation int64 `json:"generation,omitempty"`
	Kept       *Kept `json:"kept,omitempty"` // the table that was swapped out last, while it is kept
}

// Kept is a table that another one has taken the place of, and that can be brought back.
type Kept struct {
	Table   string          `json:"table"` // in the target, out of the way
	Run     string          `json:"run"`   // that swapped it out
	At      time.Time       `json:"at"`
	Until   time.Time       `json:"until"`             // the first plan after that drops it
	Before  json.RawMessage `json:"before"`            // the mapping as it was recorded then
	Foreign json.RawMessage `json:"foreign,omitempty"` // foreign keys that it gets back
	// Runs are those whose records add up to what it holds; nil where an older version kept it.
	Runs []string `json:"runs,omitempty"`
}

// Partial of a mapping whose run was abandoned: the run made the table or found it empty, or rows of others stand in it.
const (
	PartialOwn    = "own"
	PartialShared = "shared"
)

// Fingerprints are SHA-256 digests of the parts of a definition. Which part changed decides what a plan does.
type Fingerprints struct {
	Fields map[string]string `json:"fields"` // by target field
	Rows   string            `json:"rows"`
	Mode   string            `json:"mode"`
	Key    string            `json:"key"`
	Shape  string            `json:"shape"`
	Govern string            `json:"govern"`
	Exec   string            `json:"exec"`
}

// End is one side of a mapping. It holds no host, no path and no secret.
type End struct {
	Endpoint string            `json:"endpoint"`     // address of the block: source.sqlite.shop
	Identity string            `json:"identity"`     // the system's own identity
	ID       string            `json:"id,omitempty"` // of a target: the random id of its ledger
	Table    string            `json:"table"`
	Schemas  map[string]string `json:"schemas"`           // digest of the used part of each object's schema, by object
	Columns  []string          `json:"columns,omitempty"` // that the table had when the last run was planned: name and type; nil: not known
}

// Cursor is how far the source was read.
type Cursor struct {
	Column   string `json:"column"`
	Position string `json:"position"` // canonical text; rows up to and with it were read
	Moment   string `json:"moment,omitempty"`
	Seen     string `json:"seen,omitempty"` // what the source said of the rows that were read, as only it understands it
	Tail     string `json:"tail,omitempty"` // of a cursor with an overlap: the overlap and the digest of the rows in it
}

// Report is the result of one check or reconcile of the last run.
type Report struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"` // check, control, reconcile, verify
	Passed   bool      `json:"passed"`
	Severity string    `json:"severity,omitempty"`
	Message  string    `json:"message,omitempty"` // holds no value of a row
	Run      string    `json:"run,omitempty"`
	At       time.Time `json:"at"`
}

// Policy is what the policies said when the mapping was applied.
type Policy struct {
	Rules      string            `json:"rules"`     // digest of the rules that decided
	Decisions  map[string]string `json:"decisions"` // verdict by control
	Exemptions []string          `json:"exemptions,omitempty"`
}

// Removed is a mapping that was forgotten while its rows stayed. It is kept by UID.
type Removed struct {
	Address string    `json:"address"`
	Target  End       `json:"target"`
	Run     string    `json:"run"`
	At      time.Time `json:"at"`
}

// Output is the value of an output block after the last run.
type Output struct {
	Value     json.RawMessage `json:"value"`
	Sensitive bool            `json:"sensitive"`
}

// OpenRun is a run with the plan it carries out, so that the same command can go on with it after a crash.
type OpenRun struct {
	ID           string            `json:"id"`
	PlanDigest   string            `json:"plan_digest"`
	IntentDigest string            `json:"intent_digest"`
	ConfigDigest string            `json:"config_digest"`
	Plan         json.RawMessage   `json:"plan"`
	OpenedAt     time.Time         `json:"opened_at"`
	Epoch        int64             `json:"epoch"`
	Targets      map[string]string `json:"targets"`           // id of each target's ledger, by address of the block
	Skipped      map[string]string `json:"skipped,omitempty"` // mappings that the run leaves out, with the reason
	// Withheld are mappings whose new tables are not swapped in, with why: what was built for them is dropped.
	Withheld map[string][]string `json:"withheld,omitempty"`
}
