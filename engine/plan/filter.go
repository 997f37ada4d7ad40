package plan

// Filter leaves out the rows whose key is a key of a lookup, and counts them apart.
type Filter struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Lookup   string `json:"lookup"`
	Key      string `json:"key"` // CEL
	KeyCanon string `json:"key_canonical"`
	AsOf     string `json:"as_of,omitempty"`
	At       Place  `json:"at"`
}

// Condition is the expression that is true for a row that the filter leaves out.
func (f Filter) Condition() string {
	return "(" + f.Key + "\n) in lookup." + f.Lookup // the line break ends a comment of the key
}

// Upserts reports whether a row of the source takes the place of the one that has its key.
func (d *Definition) Upserts() bool {
	return d.Mode == "upsert" || d.Mode == "mirror" || d.Mode == "history"
}

// Narrowed reports whether rows of the source are left out.
func (d *Definition) Narrowed() bool { return d.Where != "" || len(d.Filters) > 0 }
