// Package lang turns a folder of HCL files into a Config of plain structs. Nothing of HCL leaves it.
package lang

import (
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Config is one root folder, read and evaluated. Everything in it has a place in a file. It is complete as far as the
// files were right: Load never returns nil.
type Config struct {
	Dir       string      // the root folder
	Settings  Settings    // the `migrateiq` block
	Variables []*Variable // of the root, in source order; ephemeral ones are not among them, since nothing may keep their values
	Systems   []*System   // sources, then targets, each in source order, one for each key of a for_each; those of modules behind
	Lookups   []*Lookup
	Mappings  []*Mapping // one for each key of a for_each; not yet expanded by table globs
	Keys      []*Key
	Outputs   []*Output // of the root
	Moved     []Moved
	Removed   []Removed
	Reloads   []Reload
	Imports   []Import
	Files     []File // every file that was read, sorted by name
	// Governance is that of the root, nil where nobody declares any; mappings have their own.
	Governance *Governance
	Exemptions []*Exemption
	Digest     string // sha256 over the folder's Files and the values of variables that are not sensitive
	// NotYet are blocks, attributes and values that were checked and that this version cannot carry out. `validate` reports
	// them as warnings, `plan` as errors; both with code not-in-this-version.
	NotYet diag.List
}

// Settings is the `migrateiq` block.
type Settings struct {
	RequiredVersion string
	StatePath       string // absolute; of state "local"
	Policies        []*Policy
	Range           diag.Range
}

// Variable is a `variable` block with the value it was given.
type Variable struct {
	Name      string
	Sensitive bool
	Value     string                   // canonical JSON of the value; "" for a sensitive one
	Salted    func(salt []byte) string `json:"-"` // Argon2id of a sensitive value under a plan's own salt, base64; nil where not sensitive
	Range     diag.Range
}

// File is a file that was read, with a name relative to the root folder.
type File struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// System is a `source` or `target` block.
type System struct {
	Address  string           // source.sqlite.shop, target.postgres.scr["a"], module.x.source.csv.in
	Role     string           // source or target
	Kind     string           // the provider's name
	Name     string           // the second label
	Config   providers.Config // secrets in it are not resolved yet
	Tables   []*TableFacts
	Declared []Fact // leaves from the system on: region, operator.legal_entity
	Range    diag.Range
	// Fields are the places of the attributes, for errors that name one.
	Fields map[string]diag.Range
}

// TableFacts is a `table` block of a source or target.
type TableFacts struct {
	Name     string
	Key      []string
	Cursor   *Cursor
	Contract *Contract // of a target's table
	Columns  []*ColumnFacts
	Declared []Fact // leaves from the dataset on: owner, retention.days
	Range    diag.Range
}

// Facts finds the block of a table, by the name as the file writes it.
func (s *System) Facts(table schema.Ref) *TableFacts {
	for _, t := range s.Tables {
		if t.Name == table.String() || t.Name == table.Name {
			return t
		}
	}
	return nil
}

// Cursor tells new rows from old ones. Kind is sequence, timestamp or xmin, which needs no Column.
type Cursor struct {
	Column  string
	Kind    string
	SetBy   string // of a timestamp: database or application, "" not known
	Overlap string // how far below the last position rows are read again: a duration of a timestamp, a number of a sequence
	Range   diag.Range
}

// ColumnFacts is a `column` block.
type ColumnFacts struct {
	Name     string
	Type     *schema.Type
	Classify []string
	Declared []Fact // leaves from the field on, and unit
	Range    diag.Range
}

// Lookup is a `lookup` block: an inline map, or a CSV file or a source's table with a key and a value column.
type Lookup struct {
	Name    string
	Module  string // the address of the module instance it stands in, "" for the root; expressions there see it alone
	Address string // lookup.sex, module.x.lookup.sex
	Values  []Pair // inline, sorted by key
	File    string // absolute path, "" for inline
	Source  string // the address of the source whose Table it is, else ""
	Table   string
	Key     string // the column of a file or table; "" for a file's first
	Value   string // the column of a file or table; "" for a file's second
	Default string // error, null or value
	Or      string // with Default value: what is given for a key that is not there
	Range   diag.Range
	// TableRange, KeyRange and ValueRange are places in the block of a Source's table.
	TableRange, KeyRange, ValueRange diag.Range
}

// Pair is one line of an inline lookup.
type Pair struct{ Key, Value string }

// CEL is a literal string of CEL. At is the place of its first character inside the quotes, or of the heredoc's text;
// every further line of a heredoc begins at the same column, and only a heredoc's At ends on another line.
type CEL struct {
	Text string
	At   diag.Range
}

// Param is an HCL value handed to CEL as param.<name>.
type Param struct {
	Name string      `json:"name"`
	Type schema.Type `json:"type"`
	Text string      `json:"text"` // canonical text of the value; an array as the JSON array of its elements' texts
}

// Mapping is a `mapping` block.
type Mapping struct {
	Name      string
	Module    string // the address of the module instance it stands in, "" for the root
	Block     string // mapping.patient, module.x.mapping.patient: the address without a key of its own for_each
	Address   string // mapping.patient, mapping.patient["a"], module.x["k"].mapping.patient
	From      From
	To        To
	Params    []Param // sorted by name
	Fields    []*Field
	Refs      []*Ref      // with From.Table or From.Query
	Overrides []*Override // of single tables, with From.Tables
	Checks    []*Check
	Reconcile Reconcile
	Lifecycle Lifecycle
	Tags      []string
	Limits    Limits
	Filters   []*Filter
	Controls  []*Control
	// Governance is what the mapping and all around it declare, nil where nobody declares any.
	Governance *Governance
	DependsOn  []string   // addresses of mappings, or of modules for all in them, that are done before this one copies rows
	Range      diag.Range // of the block's header
	// DependsRange is the place of depends_on, of the mapping's own or of the module's around it.
	DependsRange diag.Range
}

// Override is an `override` block: what is different for one of many tables.
type Override struct {
	Table    string   // as the file writes it, with or without the schema
	Fields   []*Field // each takes the place of the column's of that name, is added, or with Drop takes it away
	Where    *CEL     // in place of the mapping's, nil to keep it
	Key      []string // in place of the mapping's, nil to keep it
	Range    diag.Range
	KeyRange diag.Range
}

// From is a `from` block. Table is set for one table, Tables for many, Query for the rows of a query.
type From struct {
	Source      string // the address of a source
	Table       string
	Tables      []string // globs
	Except      []string // globs
	Objects     []string // with Tables: kinds of what else is copied
	Query       string   // in the source's own language, one statement without a semicolon behind it
	Key         []string // with Query: the columns that tell its rows apart
	Joins       []*Join  // with Table
	Where       *CEL
	Declared    []Fact // what policies ask of Where: exemption
	Range       diag.Range
	SourceRange diag.Range
	TableRange  diag.Range // of the value of table, tables or query
	KeyRange    diag.Range
	ObjectRange diag.Range // of the value of objects
}

// Join is a `join` block: a table of the same source whose row is found for each row of the mapping's table.
type Join struct {
	Name       string
	Table      string
	On         [][2]string // a column of the mapping's table, and the column of Table that equals it; sorted
	Range      diag.Range  // of the block's header
	TableRange diag.Range
	OnRange    diag.Range
}

// To is a `to` block.
type To struct {
	Target      string // the address of a target
	Table       string // "" with From.Tables
	Schema      string // with From.Tables: the schema of all the tables
	Names       string // keep or snake_case
	Key         []string
	Mode        string   // "" where left out; append, upsert, mirror, replace or history
	History     *History // nil but in mode history
	Range       diag.Range
	TargetRange diag.Range
	TableRange  diag.Range
	KeyRange    diag.Range
	ModeRange   diag.Range
}

// Field is a `field` block. Exactly one of From and CEL is set, unless Drop.
type Field struct {
	Name          string
	From          string
	CEL           *CEL
	Type          *schema.Type // nil: derived
	Null          *bool        // nil: derived
	Expect        *CEL
	OnRowError    string // fail, quarantine or null
	AllowLossy    string // "" or what may be lost: round, truncate, zone
	Classify      []string
	Purpose       []string
	Justification string
	Declared      []Fact // leaves from the field on
	Drop          bool
	Range         diag.Range // of the block's header
	FromRange     diag.Range
	TypeRange     diag.Range
}

// Check is a `check` block: a condition over the whole table.
type Check struct {
	Name     string
	Expect   CEL
	Severity string // info, warn or block
	Message  string
	Range    diag.Range
}

// Reconcile is a `reconcile` block, or its default: compare counts and digests of all columns after every apply.
type Reconcile struct {
	Columns []string // nil: all
	Range   diag.Range
}

// Lifecycle is a `lifecycle` block with its defaults filled in.
type Lifecycle struct {
	MaxRejects    Share
	MaxRowDrift   Share
	OnTargetDrift string // report or ignore
	TreatAs       []TreatAs
	Strategy      string // shadow_swap, "" for in place
	Window        string // for how long a table that is swapped out is kept; "" for not at all
	Range         diag.Range
}

// Share is a limit as a number of rows or as a part of them: "10" or "0.1%".
type Share struct {
	Rows    int64 `json:"rows,omitempty"`
	PerMil  int64 `json:"per_million,omitempty"` // parts in a million, where it was written with %
	Percent bool  `json:"percent,omitempty"`
}

// Allows reports whether n of total is within the limit.
func (s Share) Allows(n, total int64) bool {
	if !s.Percent {
		return n <= s.Rows
	}
	return float64(n)*1e6 <= float64(s.PerMil)*float64(total)
}

// Output is an `output` block; its value is known after an apply.
type Output struct {
	Name        string
	Description string
	Sensitive   bool
	Range       diag.Range
	// Evaluate gives the value as JSON, from what the runs of the mappings had to say, by address.
	Evaluate func(results map[string]Result) (string, diag.List) `json:"-"`
}

// Result is what outputs see of a mapping after an apply.
type Result struct {
	RowsWritten     int64
	RowsQuarantined int64
	Rows            int64 // that the target is expected to hold
	Digest          string
}

// Moved is a `moved` block: addresses of mappings, or of modules for all in them.
type Moved struct {
	From, To string
	Range    diag.Range
}

// Removed is a `removed` block.
type Removed struct {
	Mapping string // its address, or that of a module for all in it
	Purge   bool   // its rows are deleted, too
	Range   diag.Range
}
