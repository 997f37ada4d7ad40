package plan

import "github.com/novumsolvo/migrateiq/providers/schema"

// What a ref does where no row of its key was moved. Defer looks again when all rows are there.
const (
	MissingError      = "error"
	MissingNull       = "null"
	MissingQuarantine = "quarantine"
	MissingDefer      = "defer"
)

// Ref says which mapping's rows a field refers to: its value is the key that the mapping gave to the row whose old key the
// expressions of On make.
type Ref struct {
	Mapping string     `json:"mapping"`           // its address
	UID     string     `json:"uid"`               // its name in the ledger
	KeyHash string     `json:"key_hash"`          // the fingerprint of its key: where that changes, so do the values
	On      []RefOn    `json:"on"`                // one for each column of its source's key
	Missing string     `json:"missing"`           // error, null, quarantine or defer
	Reaches []RefReach `json:"reaches,omitempty"` // what its key is made of
}

// RefOn is one part of an old key.
type RefOn struct {
	CEL       string      `json:"cel"`
	Canonical string      `json:"canonical"`
	Value     schema.Type `json:"value"` // of the expression
	Key       schema.Type `json:"key"`   // of the source's column
}

// RefReach is a column that the referred key is made of, and what hides it there.
type RefReach struct {
	System   string     `json:"system"`
	Table    schema.Ref `json:"table"`
	Column   string     `json:"column"`
	Method   string     `json:"method,omitempty"`
	Keyed    bool       `json:"keyed,omitempty"`
	Key      string     `json:"key,omitempty"`
	KeepLast int        `json:"keep_last,omitempty"`
	Band     string     `json:"band,omitempty"`
}

// Refs are the fields that refer to rows of a mapping.
func (d *Definition) Refs() []Field {
	var out []Field
	for _, f := range d.Fields {
		if f.Ref != nil {
			out = append(out, f)
		}
	}
	return out
}

// Deferred are the names of the fields whose refs are written when all rows are there.
func (d *Definition) Deferred() []string {
	var out []string
	for _, f := range d.Refs() {
		if f.Ref.Missing == MissingDefer {
			out = append(out, f.Name)
		}
	}
	return out
}

// intended is the ref without names that are made anew for a mapping that was never applied.
func (r *Ref) intended() *Ref {
	if r == nil {
		return nil
	}
	out := *r
	out.UID = ""
	return &out
}
