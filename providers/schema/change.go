package schema

// Change is one thing to be done to a target's tables. Exactly one field is set.
type Change struct {
	CreateSchema *string       `json:"create_schema,omitempty"`
	Make         *Definition   `json:"make,omitempty"`
	CreateTable  *Table        `json:"create_table,omitempty"` // with its keys and foreign keys only as far as the target's Order says
	AddPrimary   *KeyChange    `json:"add_primary,omitempty"`
	AddKey       *KeyChange    `json:"add_key,omitempty"`
	AddForeign   *ForeignAdd   `json:"add_foreign,omitempty"` // checked against the rows that are there
	AddPart      *PartAdd      `json:"add_part,omitempty"`
	Analyze      *Ref          `json:"analyze,omitempty"`
	Advance      *Advance      `json:"advance,omitempty"`
	Sequences    *Table        `json:"sequences,omitempty"` // move identities and owned sequences past the largest value
	Comments     *Table        `json:"comments,omitempty"`
	Empty        *Ref          `json:"empty,omitempty"` // remove all rows of a table that this run made
	Drop         *Ref          `json:"drop,omitempty"`
	AddColumn    *ColumnAdd    `json:"add_column,omitempty"`
	RenameColumn *ColumnRename `json:"rename_column,omitempty"`
	AlterColumn  *ColumnAlter  `json:"alter_column,omitempty"`
	Swap         *TableSwap    `json:"swap,omitempty"`
	CheckForeign *Ref          `json:"check_foreign,omitempty"` // prove the foreign keys that were off while loading
}

// Advance moves a sequence that belongs to no table on to where the source's stands, never back. The run asks the source
// again, behind the rows, and moves it further where the source's has gone on.
type Advance struct {
	Source   string   `json:"source"`   // address of the system
	Sequence string   `json:"sequence"` // as the systems write it, with its schema
	To       Standing `json:"to"`
	Made     bool     `json:"made,omitempty"` // by the same run: it may begin before its start
}

// KeyChange is a key for one table.
type KeyChange struct {
	Table Ref `json:"table"`
	Key   Key `json:"key"`
}

// ForeignAdd is a foreign key for one table.
type ForeignAdd struct {
	Table   Ref        `json:"table"`
	Foreign ForeignKey `json:"foreign"`
	AtOnce  bool       `json:"at_once,omitempty"` // the table is parted: its rows are checked in the same statement
}

// PartAdd is a part for one table, made behind its rows.
type PartAdd struct {
	Table Ref  `json:"table"`
	Part  Part `json:"part"`
}

// ColumnAdd adds a column behind the others. Rows that stand get its default where that is a constant, else null: a
// column that takes no null and has no such default is added as one that takes it where the Order has Alters, and is
// to be altered behind its values. Elsewhere it is refused.
type ColumnAdd struct {
	Table  Ref    `json:"table"`
	Column Column `json:"column"`
}

// ColumnRename gives a column another name. No row is touched.
type ColumnRename struct {
	Table Ref    `json:"table"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// ColumnAlter makes a column another type, and lets it take null or not. Every value that stands is held by the new type
// as it is, or the statement fails and nothing has changed. It needs Order.Alters.
type ColumnAlter struct {
	Table  Ref    `json:"table"`
	Before Column `json:"before"`
	After  Column `json:"after"`
}

// TableSwap puts New in the place of Old, under Old's name, with all that followed Old, in one transaction. What stood
// there is dropped, or moved to Keep.
type TableSwap struct {
	Old     Ref          `json:"old"`
	New     Table        `json:"new"`
	Follow  []Follower   `json:"follow,omitempty"`  // of Old, in the order in which it is to be made again
	Swapped []Ref        `json:"swapped,omitempty"` // tables that the same plan has swapped before: their foreign keys point to New already
	Keep    *Ref         `json:"keep,omitempty"`    // where the old table is kept; nil: it is dropped
	Strip   []ForeignKey `json:"strip,omitempty"`   // the old table's own, which it lacks while it is kept
	Discard *Ref         `json:"discard,omitempty"` // a copy that was kept by an earlier swap: it goes
	Counts  []Sequence   `json:"counts,omitempty"`  // of Old, which those of New go on from
	Back    bool         `json:"back,omitempty"`    // New is a table that was kept: it has the names that it needs
	Check   bool         `json:"check,omitempty"`   // the foreign keys of New were off while it was loaded: they are proved under its final name
}

// Order says where a target wants its keys. The planner lays the steps by it.
type Order struct {
	KeysWithTable    bool `json:"keys_with_table"`    // keys are part of CREATE TABLE
	ForeignWithTable bool `json:"foreign_with_table"` // foreign keys too; CheckForeign proves them after the rows
	Schemas          bool `json:"schemas"`            // the target has schemas that can be made
	Analyze          bool `json:"analyze"`            // statistics want a statement after a load
	Alters           bool `json:"alters"`             // columns can be altered in place
	// A table that is swapped out can be kept: in a schema whose name begins so, or under a name that ends so. Neither: it cannot.
	KeepIn string `json:"keep_in,omitempty"`
	KeepAs string `json:"keep_as,omitempty"`
}

// Predicate is a condition a source may be asked to answer: And of comparisons of one column with one literal.
type Predicate struct {
	And []Compare `json:"and"`
}

// Compare is one comparison. Op is one of = < <= > >= null notnull. Value is the literal in the canonical text form of
// the column's type (package batch), empty for null and notnull.
type Compare struct {
	Column string `json:"column"`
	Op     string `json:"op"`
	Value  string `json:"value,omitempty"`
}
