package schema

import "strings"

// Part is a piece of a table in the words of its product, without the table's name. Only a system of the same product can
// take it over, and only where all that it reads is there under the same name.
type Part struct {
	Kind    string   `json:"kind"`
	Name    string   `json:"name"` // of the constraint, or of the column that it belongs to
	SQL     string   `json:"sql,omitempty"`
	Reads   []string `json:"reads,omitempty"`  // columns; "*" is the whole row
	Needs   []string `json:"needs,omitempty"`  // ids of definitions
	Behind  bool     `json:"behind,omitempty"` // made behind the rows, which it would refuse
	Comment string   `json:"comment,omitempty"`
}

// The kinds of parts. Of those that belong to a column, Name is the column's.
const (
	PartType      = "type"             // of a column, as declared
	PartCollation = "collation"        // of a column
	PartDefault   = "default"          // of a column
	PartGenerated = "generated column" // the expression of a stored one
	PartSetting   = "column setting"   // how a column is stored
	PartHeir      = "inherited column" // the table has it from what it inherits from
	PartCheck     = "check"
	PartUnlogged  = "unlogged table"
	PartOptions   = "storage options"
	PartSplit     = "partitioning" // how the table is parted
	PartBound     = "partition"    // which rows of what it inherits from belong here
	PartReplica   = "replica identity"
)

// Branch is the key of a partition that is a piece of its table's key.
type Branch struct {
	Table Ref    `json:"table"`
	Under string `json:"under"` // the name of the key that it is a piece of
	Above Ref    `json:"above"` // the table of that key
	Key   Key    `json:"key"`
}

// Sequence counts for one column.
type Sequence struct {
	Column    string `json:"column"`
	Name      Ref    `json:"name"`            // an empty name is left to the system
	Kind      string `json:"kind"`            // always or by default: an identity; owned by the column; free
	Plain     bool   `json:"plain,omitempty"` // the next number is the whole default of the column
	Type      string `json:"type,omitempty"`
	Start     int64  `json:"start"`
	Increment int64  `json:"increment"`
	Min       int64  `json:"min"`
	Max       int64  `json:"max"`
	Cache     int64  `json:"cache"`
	Cycle     bool   `json:"cycle,omitempty"`
	Unlogged  bool   `json:"unlogged,omitempty"`
	Comment   string `json:"comment,omitempty"`
	// Last is where it stands, and Called whether that number was given out; not Known where it may not be seen.
	Last   int64 `json:"-"`
	Called bool  `json:"-"`
	Known  bool  `json:"-"`
}

// The kinds of sequences.
const (
	Always    = "always"
	ByDefault = "by default"
	Owned     = "owned"
	Free      = "free"
)

// IsIdentity reports whether the sequence is part of its column.
func (s Sequence) IsIdentity() bool { return s.Kind == Always || s.Kind == ByDefault }

// Definition is something of users that tables need and that is no part of one: a type, collation, extension, sequence or
// function.
type Definition struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"` // as the system writes it, with its schema
	Schema string   `json:"schema,omitempty"`
	SQL    []string `json:"sql,omitempty"` // the first makes it; empty for one that this version cannot make
	Needs  []string `json:"needs,omitempty"`
	// Stands is where a sequence stands, nil where it may not be seen and for all else.
	Stands *Standing `json:"-"`
}

// Standing is where a sequence stands: at its last number, and whether that was given out.
type Standing struct {
	Last   int64 `json:"last"`
	Called bool  `json:"called,omitempty"`
	Down   bool  `json:"down,omitempty"` // it counts downwards
}

// Past reports whether a sequence that counts as s does is further on than another one.
func (s Standing) Past(o Standing) bool {
	if s.Last == o.Last {
		return s.Called && !o.Called
	}
	return (s.Last > o.Last) != s.Down
}

// ID tells a definition from the others of its system.
func (d Definition) ID() string { return d.Kind + " " + d.Name }

// Made reports whether a copy makes what has this id where it is not there: all but what runs code.
func Made(id string) bool {
	kind, _, _ := strings.Cut(id, " ")
	return kind == "extension" || kind == "type" || kind == "collation" || kind == "sequence"
}

// Same reports whether two definitions of one id are equal. Comments do not count.
func (d Definition) Same(o Definition) bool {
	return d.ID() == o.ID() && len(d.SQL) > 0 && len(o.SQL) > 0 && d.SQL[0] == o.SQL[0]
}

// Part finds a part by kind and name.
func (t *Table) Part(kind, name string) (Part, bool) {
	for _, p := range t.Native {
		if p.Kind == kind && p.Name == name {
			return p, true
		}
	}
	return Part{}, false
}

// Whole finds the part of a kind that a table has one of.
func (t *Table) Whole(kind string) (Part, bool) {
	for _, p := range t.Native {
		if p.Kind == kind {
			return p, true
		}
	}
	return Part{}, false
}

// Sequence finds what counts for a column.
func (t *Table) Sequence(column string) (Sequence, bool) {
	for _, s := range t.Sequences {
		if s.Column == column {
			return s, true
		}
	}
	return Sequence{}, false
}

// Lost lists what a table of another product would lack.
func (t *Table) Lost() []Object {
	out := append([]Object{}, t.Unsupported...)
	for _, p := range t.Native {
		if o, ok := p.Object(); ok {
			out = append(out, o)
		}
	}
	for _, k := range t.Indexes {
		out = append(out, k.Object())
	}
	_, bound := t.Whole(PartBound)
	for _, p := range t.Inherits {
		if bound {
			out = append(out, Object{Kind: "partition", Name: p.String(), Why: "the table is a partition of this one; a copy stands for itself"})
		} else {
			out = append(out, Object{Kind: "inheritance", Name: p.String(), Why: "the table inherits from this one; a copy does not"})
		}
	}
	for _, f := range t.Foreign {
		if f.Odd() != "" {
			out = append(out, Object{Kind: "foreign key", Name: f.Name, Why: f.Odd() + "; a copy is plain"})
		}
	}
	if t.Primary != nil && t.Primary.Deferral != "" {
		out = append(out, Object{Kind: "primary key", Name: t.Primary.Name, Why: "it can be deferred; a copy is plain"})
	}
	for _, s := range t.Sequences {
		if s.Kind == Free {
			out = append(out, Object{Kind: "sequence", Name: s.Name.String(), Why: "the default of column " + s.Column + " reads it"})
		}
	}
	return out
}

// whys say what a part is, where its text does not.
var whys = map[string]string{
	PartDefault: "the default is ", PartGenerated: "it is computed as ", PartCollation: "the column has the collation ",
	PartUnlogged: "a copy is logged", PartSplit: "a copy is one plain table; this one is parted by ", PartOptions: "a copy is stored without ",
	PartReplica: "it is ",
}

// Object is the part as a loss, false for one that another product has its own way with.
func (p Part) Object() (Object, bool) {
	if p.Kind == PartType || p.Kind == PartSetting || p.Kind == PartHeir || p.Kind == PartBound {
		return Object{}, false
	}
	return Object{Kind: p.Kind, Name: p.Name, Why: whys[p.Kind] + p.SQL}, true
}

// Object is a key of one product as a loss.
func (k Key) Object() Object {
	if strings.HasPrefix(k.Rule, "EXCLUDE ") {
		return Object{Kind: "exclusion", Name: k.Name, Why: k.Rule}
	}
	return Object{Kind: "index", Name: k.Name, Why: "not a plain index: " + k.Native}
}

// Odd says in which way a foreign key is not a plain one, "" for one that is.
func (f ForeignKey) Odd() string {
	switch {
	case f.Match != "":
		return "it matches in full"
	case f.Deferral != "":
		return "it can be deferred"
	case f.NotValid:
		return "it is not validated"
	case len(f.SetColumns) > 0:
		return "it sets some columns only"
	}
	return ""
}
