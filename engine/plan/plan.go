// Package plan is the plan document: what would be done, to which rows, and from what it was worked out. It makes no
// plan and runs none.
package plan

import (
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Format is the version of the document that this program writes.
const Format = 1

// Plan is complete and never changed once built. It holds no secret and no row value.
type Plan struct {
	Format   int       `json:"format"`
	Engine   string    `json:"engine"` // the version that made it
	Created  time.Time `json:"created_at"`
	Expires  time.Time `json:"expires_at"`
	Inputs   Inputs    `json:"inputs"`
	Ledgers  []Ledger  `json:"ledgers,omitempty"` // of targets that the plan writes to and that have none yet
	Mappings []Mapping `json:"mappings"`          // in the order of their addresses
	Steps    []Step    `json:"steps"`             // numbered from 0; a step needs only earlier ones
	Warnings []string  `json:"warnings"`          // whole sentences for the reviewer
	Left     []Left    `json:"left_behind,omitempty"`
	Reviewed *Reviewed `json:"reviewed,omitempty"` // no part of the plan's digest, and never trusted
}

// Reviewed is what the policies decided when the plan was made. A later review is held against it to tell what got worse.
type Reviewed struct {
	Denied []Decision `json:"denied"`
	Waived []Decision `json:"waived"`
}

// Decision is about one control and subject. Waiver is the exemption that accepted the failure.
type Decision struct {
	Control string `json:"control"`
	Subject string `json:"subject"`
	Waiver  string `json:"waiver,omitempty"`
}

// Left is what a source has beside the tables that a mapping over many of them reads.
type Left struct {
	Source  string          `json:"source"` // address of the system
	Objects []schema.Object `json:"objects"`
}

// Inputs is what the plan was worked out from; a difference at apply makes it stale.
type Inputs struct {
	Config    string     `json:"config_digest"`
	Files     []File     `json:"files"`
	Variables []Variable `json:"variables"`
	State     StateInput `json:"state"`
	Systems   []System   `json:"systems"`
	Objects   []Object   `json:"objects"`
	Rules     string     `json:"rules_digest"`           // of the policies asked at plan
	Facts     string     `json:"facts_digest,omitempty"` // of all that is declared for policies
	Refreshed bool       `json:"refreshed"`              // false: rows were not looked at
	Subset    *Subset    `json:"subset,omitempty"`       // nil: the plan is about all mappings
}

// File is one file of the root folder, by name and digest.
type File struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// Variable is a variable's value as JSON, or for a sensitive one a salt and its Argon2id.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	Salt  string `json:"salt,omitempty"`
	Hash  string `json:"hash,omitempty"`
}

// StateInput names the state the plan was made on.
type StateInput struct {
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	Digest  string `json:"digest,omitempty"`
}

// System is one source or target as it was at plan.
type System struct {
	Address  string `json:"address"`
	Kind     string `json:"kind"`
	Role     string `json:"role"` // source or target
	Identity string `json:"identity"`
	Ledger   string `json:"ledger,omitempty"` // the target's id, "" before its first run
	Epoch    int64  `json:"epoch,omitempty"`
}

// Ledger is how opening the run makes a target's ledger, before the first step.
type Ledger struct {
	Target     string                `json:"target"` // address of the system
	Statements []providers.Statement `json:"statements"`
}

// Object is one table as it was at plan. Schema is the digest of the columns in use, "" where the table is not there.
type Object struct {
	System  string     `json:"system"`
	Mapping string     `json:"mapping,omitempty"` // whose source or target it is
	Table   schema.Ref `json:"table"`
	Schema  string     `json:"schema"`
	Columns []string   `json:"columns,omitempty"` // all that the table has, used or not: name and type
	Rows    *int64     `json:"rows,omitempty"`    // counted at plan, where it matters for staleness
	Print   string     `json:"content,omitempty"` // the digest of a file's content
}

// Place is a line of the configuration.
type Place struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Kind of an action.
type Kind string

// The actions of this version. Backfill adds rows that a wider filter lets in, Remap writes fields whose definition
// changed, Prune removes rows, Alter changes the table's columns, Repair puts rows back that somebody else changed, Adopt
// takes over rows that stand. Forget drops a mapping from the state and leaves the rows, Delete removes them, too; Move
// renames it in the state.
const (
	Create   Kind = "create"
	Append   Kind = "append"
	Upsert   Kind = "upsert"
	Backfill Kind = "backfill"
	Remap    Kind = "remap"
	Alter    Kind = "alter"
	Reload   Kind = "reload"
	Prune    Kind = "prune"
	Repair   Kind = "repair"
	Adopt    Kind = "adopt"
	Govern   Kind = "govern"
	MapKeys  Kind = "map_keys" // the key map of rows that stand is filled
	Move     Kind = "move"
	Forget   Kind = "forget"
	Delete   Kind = "delete"
	Keep     Kind = "no_change"
	// Discard drops a table that was kept by a swap; Rollback brings it back.
	Discard  Kind = "discard"
	Rollback Kind = "rollback"
)

// Mapping is one mapping instance and what will be done for it.
type Mapping struct {
	Address     string          `json:"address"`
	UID         string          `json:"uid"` // survives moves
	At          Place           `json:"at"`
	MovedFrom   string          `json:"moved_from,omitempty"`
	Tags        []string        `json:"tags,omitempty"` // words to find mappings by
	Actions     []Action        `json:"actions"`
	Definition  *Definition     `json:"definition,omitempty"` // nil for Forget
	Before      *Definition     `json:"before,omitempty"`     // as it was applied, where the change is carried out row by row
	Generation  int64           `json:"generation,omitempty"` // of the reload block that is carried out, or needs not be
	Hashes      Fingerprints    `json:"fingerprints"`
	NotMapped   []string        `json:"not_mapped"`         // columns of the source that no field reads
	Unsupported []schema.Object `json:"unsupported"`        // parts of the source table that the target will lack
	Contract    int             `json:"contract,omitempty"` // the version of the target table's contract; 0: none
	Notes       []string        `json:"notes"`              // whole sentences: an overlap, a moving source, a trigger that fires
}

// Action is one thing to do for a mapping, with why and how much.
type Action struct {
	Kind     Kind     `json:"kind"`
	Category string   `json:"category"` // metadata, additive, corrective, breaking
	Reasons  []Reason `json:"reasons"`
	Rows     int64    `json:"rows"`  // to be written; exact where Exact
	Exact    bool     `json:"exact"` // Rows was counted, not estimated
	Bytes    int64    `json:"bytes"` // about; 0 unknown
	Removes  int64    `json:"removes"`
	Gone     int64    `json:"gone"`                // keys of the target whose row is gone at the source; they stay
	Left     int64    `json:"conflicts,omitempty"` // rows that somebody else changed and that stay as they are
	Lane     string   `json:"lane,omitempty"`
	Opened   int64    `json:"versions_opened,omitempty"` // in mode history; of Rows
	Closed   int64    `json:"versions_closed,omitempty"`
	Changed  []Change `json:"changed"` // what differs in the definition

	Irreversible bool      `json:"irreversible,omitempty"` // something that stood in the target is gone afterwards
	Exposure     bool      `json:"exposure,omitempty"`     // data come where they are less protected
	Treated      []Treated `json:"treated_as,omitempty"`   // reasons that the author takes for another category
}

// Reason is why, with a stable code.
type Reason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Change is one part of a definition, before and after.
type Change struct {
	What   string `json:"what"` // field sex, where, key
	Before string `json:"before"`
	After  string `json:"after"`
	At     Place  `json:"at"`
}

// Fingerprints are SHA-256 digests over canonical content, as docs/ARCHITECTURE.md lists them.
type Fingerprints struct {
	Fields map[string]string `json:"fields"`
	Rows   string            `json:"rows"`
	Mode   string            `json:"mode"`
	Key    string            `json:"key"`
	Shape  string            `json:"shape"`
	Govern string            `json:"govern"`
	Exec   string            `json:"exec"`
}

// Definition is everything that moving and verifying a mapping's rows needs.
type Definition struct {
	Source      string          `json:"source"` // address of the system
	SourceTable schema.Ref      `json:"source_table"`
	Query       string          `json:"query,omitempty"` // the rows are its; SourceTable is a name made of it
	Joins       []Join          `json:"joins,omitempty"`
	SourceKey   []string        `json:"source_key"`           // the source's unique key, if any
	Read        []schema.Column `json:"read"`                 // the columns read, in table order
	Shy         []string        `json:"classified,omitempty"` // of Read, the columns that the configuration gives a class
	Where       string          `json:"where,omitempty"`
	WhereCanon  string          `json:"where_canonical,omitempty"`
	Params      []Param         `json:"params"`
	Lookups     []Lookup        `json:"lookups"`
	Keys        []Key           `json:"keys,omitempty"` // of protecting functions
	Target      string          `json:"target"`
	TargetTable schema.Ref      `json:"target_table"`
	Fields      []Field         `json:"fields"`           // in the order of the target's columns
	Former      []Former        `json:"former,omitempty"` // fields that are gone and whose columns stay
	Key         []string        `json:"key"`              // of the target; empty for none
	KeyIsSource bool            `json:"key_is_source"`    // the key is the source's unique key, unchanged
	Mode        string          `json:"mode"`             // append, upsert, mirror, replace, history
	History     *History        `json:"history,omitempty"`
	Cursor      *Cursor         `json:"cursor,omitempty"`
	Checks      []Check         `json:"checks"`
	CheckRead   []schema.Column `json:"check_read,omitempty"` // columns of the source that only checks read
	Reconcile   []string        `json:"reconcile"`            // target columns; empty: all
	MaxRejects  Share           `json:"max_rejects"`
	MaxRowDrift Share           `json:"max_row_drift"`
	OnDrift     string          `json:"on_target_drift"`
	Strategy    string          `json:"strategy,omitempty"` // shadow_swap, "" for in place
	// RollbackWindow is for how long a table that is swapped out is kept, such as 72h; "" is not at all.
	RollbackWindow string    `json:"rollback_window,omitempty"`
	Limits         *Limits   `json:"limits,omitempty"` // nil: none
	Filters        []Filter  `json:"filters,omitempty"`
	Controls       []Control `json:"controls,omitempty"`
	KeyMap         bool      `json:"key_map,omitempty"` // other mappings refer to its rows: the target remembers their keys
}

// Join is a table of the source whose row is found for each row of SourceTable. Its columns are NAME.COLUMN in Read.
type Join struct {
	Name  string      `json:"name"`
	Table schema.Ref  `json:"table"`
	On    [][2]string `json:"on"` // a column of SourceTable, and the column of Table that equals it
}

// Field is one target column and how its value is made.
type Field struct {
	Name        string        `json:"name"`
	CEL         string        `json:"cel"`       // as written, or src["X"] for a plain column
	Canonical   string        `json:"canonical"` // independent of layout
	Column      schema.Column `json:"column"`    // of the target
	Value       schema.Type   `json:"value"`     // of the expression, before the cast
	MayBeNull   bool          `json:"may_be_null"`
	Plain       string        `json:"plain,omitempty"` // the source column, where the expression is just that
	Sources     []string      `json:"sources"`         // columns it reads
	Functions   []string      `json:"functions"`
	Lookups     []string      `json:"lookups"`
	Params      []string      `json:"params"`
	Keys        []string      `json:"keys,omitempty"` // of protecting functions
	Ref         *Ref          `json:"ref,omitempty"`  // the value is a key that a mapping gave, and CEL is for people
	Fidelity    Fidelity      `json:"fidelity"`
	Expect      string        `json:"expect,omitempty"`
	ExpectCanon string        `json:"expect_canonical,omitempty"`
	OnRowError  string        `json:"on_row_error"`
	Classes     []string      `json:"classes"` // declared on the field, or of the columns it reads
	Purpose     []string      `json:"purpose"`
	At          Place         `json:"at"`
}

// Verdict says what becomes of a field's values.
type Verdict string

// Exact keeps every value. Checked tests each value, a misfit is a row error. Lossy changes values, and is refused
// unless the field allows it.
const (
	Exact   Verdict = "exact"
	Checked Verdict = "checked"
	Lossy   Verdict = "lossy"
)

// Fidelity is a verdict with its reason and the cast that carries it out.
type Fidelity struct {
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"`   // a whole sentence, "" for exact
	Allow   string  `json:"allow,omitempty"` // what allow_lossy of the field says
}

// Param is a value from the configuration, in canonical text.
type Param struct {
	Name string      `json:"name"`
	Type schema.Type `json:"type"`
	Text string      `json:"text"`
}

// Lookup is a code table. Values holds an inline one; the content of a file or of a source's table is named by its digest
// and read again at apply.
type Lookup struct {
	Name    string      `json:"name"`
	Module  string      `json:"module,omitempty"` // the module instance it stands in
	Values  [][2]string `json:"values,omitempty"`
	File    string      `json:"file,omitempty"`   // relative to the root folder
	Source  string      `json:"source,omitempty"` // address of the system that has Table
	Table   *schema.Ref `json:"table,omitempty"`
	Key     string      `json:"key,omitempty"`
	Value   string      `json:"value,omitempty"`
	Digest  string      `json:"digest"`
	Default string      `json:"default"` // error, null or value
	Or      string      `json:"or,omitempty"`
}

// ID tells lookups of one name in different modules apart.
func (l Lookup) ID() string {
	if l.Module == "" {
		return l.Name
	}
	return l.Module + "." + l.Name
}

// Check is a condition over the target's table.
type Check struct {
	Name     string `json:"name"`
	Expect   string `json:"expect"`
	Severity string `json:"severity"`
	Message  string `json:"message,omitempty"`
	Source   bool   `json:"source,omitempty"` // says something of all rows of the source, so that a run has to read them all
	At       Place  `json:"at"`
}

// Share is a limit: rows, or parts in a million where Percent.
type Share struct {
	Rows       int64 `json:"rows"`
	PerMillion int64 `json:"per_million"`
	Percent    bool  `json:"percent"`
}

// Allows reports whether n of total is within the limit.
func (s Share) Allows(n, total int64) bool {
	if !s.Percent {
		return n <= s.Rows
	}
	return float64(n)*1e6 <= float64(s.PerMillion)*float64(total)
}

// Work is the kind of a step.
type Work string

// Define runs a statement; Copy moves rows; Link writes the deferred refs of rows that were copied; FillKeys fills the key map
// of rows that stand; Verify proves rows; CheckRows evaluates the checks. Prove
// compares the table, as it was before, with what the runs left; Baseline digests the rows
// that stand, once their columns have changed; Sweep removes rows by key that the source does not make any more. Judge decides by proof and checks,
// and by what the policies say of them, whether a table that was built beside may take the old one's place.
const (
	Define    Work = "define"
	Copy      Work = "copy"
	Link      Work = "link"
	FillKeys  Work = "fill_keys"
	Verify    Work = "verify"
	CheckRows Work = "check"
	Prove     Work = "prove"
	Baseline  Work = "baseline"
	Sweep     Work = "sweep"
	Judge     Work = "judge"
)

// Step is one piece of work. It starts when the steps it needs are done; when it fails, those that need it do not start.
type Step struct {
	N         int                  `json:"n"`
	Work      Work                 `json:"work"`
	Mapping   string               `json:"mapping,omitempty"`
	Target    string               `json:"target"` // address of the system
	Needs     []int                `json:"needs"`
	Change    *schema.Change       `json:"change,omitempty"`
	Statement *providers.Statement `json:"statement,omitempty"`
	Fresh     bool                 `json:"fresh,omitempty"` // makes the mapping's table, or swaps it in
	Move      *Transfer            `json:"move,omitempty"`
	Runs      []string             `json:"runs,omitempty"` // of a rollback: those whose records count again, and no others
	Held      []string             `json:"held,omitempty"` // of a swap that keeps the old table: the runs whose records add up to it
}

// Transfer says which rows a Copy step moves, and where to.
type Transfer struct {
	Table  schema.Ref     `json:"table"` // the mapping's table, or the one built beside it
	Load   providers.Mode `json:"load"`
	Ours   bool           `json:"ours"`             // this run creates the table or found it empty
	Whole  bool           `json:"whole,omitempty"`  // one chunk, one transaction: a table that refers to itself
	Chunks []string       `json:"chunks,omitempty"` // hashes of the recorded bounds to do again; empty: the whole range
	Delta  *Delta         `json:"delta,omitempty"`  // rows are compared with what stands, and only what differs is written
	Sweep  string         `json:"sweep,omitempty"`  // of a Sweep: SweepGone, SweepRefused or SweepOurs
	Expect string         `json:"expect,omitempty"` // of a table that was kept: the digest that it was left with
}
