package schema

import "slices"

// Ref names a table in its system. Schema is empty where the system has none.
type Ref struct {
	Schema string `json:"schema,omitempty"`
	Name   string `json:"name"`
}

func (r Ref) String() string {
	if r.Schema == "" {
		return r.Name
	}
	return r.Schema + "." + r.Name
}

// Column is one column of a table, or of a batch.
type Column struct {
	Name      string `json:"name"`
	Type      Type   `json:"type"`
	Declared  string `json:"declared,omitempty"`  // the type as the system writes it
	Null      bool   `json:"null"`                // may hold null
	Default   string `json:"default,omitempty"`   // the system's own expression
	Generated bool   `json:"generated,omitempty"` // computed by the system; cannot be written
	Identity  bool   `json:"identity,omitempty"`  // numbered by the system when left out
	Comment   string `json:"comment,omitempty"`
	Folds     string `json:"folds,omitempty"` // the collation by which different texts are equal here, in the product's words
}

// Key is a primary key, a unique constraint or an index; Name may be empty for one that is still to be made.
type Key struct {
	Name    string   `json:"name,omitempty"`
	Columns []string `json:"columns"`
	Unique  bool     `json:"unique,omitempty"`
	While   string   `json:"while,omitempty"` // only of rows in which this column is null; "" for all
	// Constraint is a unique key that is a constraint and not only an index. What follows means something only between
	// systems of one product.
	Constraint bool     `json:"constraint,omitempty"`
	Native     string   `json:"native,omitempty"`   // the index in the product's words, behind the name of the table
	Rule       string   `json:"rule,omitempty"`     // the constraint in them
	Deferral   string   `json:"deferral,omitempty"` // whether and how it can be deferred, in them
	Reads      []string `json:"reads,omitempty"`    // all columns that it names; "*" is the whole row
	Needs      []string `json:"needs,omitempty"`    // ids of definitions
	Uses       []string `json:"uses,omitempty"`     // what the table has chosen it for, in the product's words
	Comment    string   `json:"comment,omitempty"`
	Remark     string   `json:"remark,omitempty"`   // the comment of the index under a constraint
	Split      bool     `json:"split,omitempty"`    // the table is parted, and the key is made of those of its partitions
	Branches   []Branch `json:"branches,omitempty"` // its pieces in partitions, the lowest first
}

// ForeignKey ties Columns to Key columns of Parent.
type ForeignKey struct {
	Name     string   `json:"name,omitempty"`
	Columns  []string `json:"columns"`
	Parent   Ref      `json:"parent"`
	Key      []string `json:"key"`
	OnDelete string   `json:"on_delete,omitempty"` // "" (no action), cascade, set null, set default, restrict
	OnUpdate string   `json:"on_update,omitempty"`
	// What follows is carried between systems of one product.
	Match      string   `json:"match,omitempty"`    // "" or full
	Deferral   string   `json:"deferral,omitempty"` // whether and how it can be deferred, in the product's words
	NotValid   bool     `json:"not_valid,omitempty"`
	SetColumns []string `json:"set_columns,omitempty"` // those that OnDelete sets, if not all
	Comment    string   `json:"comment,omitempty"`
}

// Object is something that hangs on a table and is not carried over, or stands in the way of a swap: a view, trigger,
// grant, policy, inbound foreign key, check, expression index, partition.
type Object struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Why  string `json:"why,omitempty"` // what this version cannot do with it
}

// Table is a table as its system describes it.
type Table struct {
	Ref         Ref          `json:"ref"`
	Query       string       `json:"query,omitempty"` // the table is the result of it, and Ref a name that was made for it
	Columns     []Column     `json:"columns"`
	Primary     *Key         `json:"primary,omitempty"`
	Keys        []Key        `json:"keys,omitempty"` // unique constraints and indexes, by name
	Foreign     []ForeignKey `json:"foreign,omitempty"`
	Comment     string       `json:"comment,omitempty"`
	Unsupported []Object     `json:"unsupported,omitempty"` // parts of the table that a copy of it would lack
	Dependents  []Object     `json:"dependents,omitempty"`  // what would be lost when the table is swapped: it cannot be given to another one
	Followers   []Follower   `json:"-"`                     // what follows the table, not its name, and can be given to the one that has the name then
	// What follows means something only between systems of one product.
	Native     []Part     `json:"native,omitempty"`
	Indexes    []Key      `json:"indexes,omitempty"` // and exclusion constraints: those that are no plain keys
	Sequences  []Sequence `json:"sequences,omitempty"`
	Inherits   []Ref      `json:"inherits,omitempty"`   // also what a partition belongs to
	Partitions []Table    `json:"partitions,omitempty"` // of all levels, each behind what it belongs to

	Tracks bool `json:"-"` // the system can say which rows came or changed since the table was read

	Rows  int64 `json:"-"` // an estimate; -1 where the system has none
	Bytes int64 `json:"-"` // an estimate; -1 where the system has none
}

// Column finds a column by its exact name.
func (t *Table) Column(name string) (Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return t.Columns[i], true
}

// Names lists the columns in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// IsUnique reports whether the system keeps these columns, in any order, unique and free of nulls.
func (t *Table) IsUnique(columns []string) bool {
	if t.Primary != nil && sameSet(t.Primary.Columns, columns) {
		return true
	}
	for _, k := range t.Keys {
		if k.Unique && k.While == "" && sameSet(k.Columns, columns) && !slices.ContainsFunc(columns, t.mayBeNull) {
			return true
		}
	}
	return false
}

func (t *Table) mayBeNull(name string) bool {
	c, ok := t.Column(name)
	return !ok || c.Null
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// Catalog is what one endpoint holds, or the part of it that was asked for. Tables are sorted by Ref.
type Catalog struct {
	Identity string  `json:"identity"` // the system's own identity: never a host or an address
	Tables   []Table `json:"tables"`
	// Definitions are what its tables need, each behind those that it needs itself, and those of Objects that have an ID.
	// Objects are no part of any table, and are carried over only where a mapping asks for them. Schemas are all there are, nil where that is not known.
	Definitions []Definition `json:"-"`
	Objects     []Loose      `json:"-"`
	Schemas     []string     `json:"-"`
	Large       []Table      `json:"-"` // the system's large objects, by pieces: tables that no pattern fits
}

// Loose is an object that is no part of any table. Its name in Ref is empty for what has none.
type Loose struct {
	Ref    Ref
	Object Object
	ID     string // of the definition of one that a copy can make, "" for others
}

// Table finds a table by its exact name; the schema may be left out where only one table has the name.
func (c *Catalog) Table(r Ref) (*Table, bool) {
	found := -1
	for i := range c.Tables {
		t := c.Tables[i].Ref
		if t == r {
			return &c.Tables[i], true
		}
		if r.Schema == "" && t.Name == r.Name {
			if found >= 0 {
				return nil, false
			}
			found = i
		}
	}
	for i := range c.Large {
		if c.Large[i].Ref == r {
			return &c.Large[i], true
		}
	}
	if found < 0 {
		return nil, false
	}
	return &c.Tables[found], true
}
