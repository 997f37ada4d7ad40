package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Follower is something that stays with a table when its name goes to another one, and that its system can give to the
// table which has the name then: a view, a foreign key of another table, a trigger, a grant. All statements name the table
// as it is named now.
type Follower struct {
	Kind  string   `json:"kind"`
	Name  string   `json:"name"`
	Reads []string `json:"reads,omitempty"` // columns of the table that it names
	Typed bool     `json:"typed,omitempty"` // these have to keep their types, too
	Key   []string `json:"key,omitempty"`   // columns of the table that have to be unique for it
	Child *Ref     `json:"child,omitempty"` // of a foreign key: the table that points here
	Own   bool     `json:"own,omitempty"`   // it is part of the table, and gone with it
	Lock  string   `json:"lock,omitempty"`  // locks it, and changes nothing
	Free  []string `json:"free,omitempty"`  // takes it off the table, which could not be dropped else
	Strip []string `json:"strip,omitempty"` // takes it off a table that is kept
	Make  []string `json:"make,omitempty"`  // gives it to the table of the name
	Lost  bool     `json:"lost,omitempty"`  // the new table cannot have it, which the plan says
}

// FollowDigest names what follows a table. Foreign keys of the tables in but do not count.
func FollowDigest(all []Follower, but ...Ref) string {
	h := sha256.New()
	for _, f := range all {
		if f.IsOf(but) {
			continue
		}
		text, err := json.Marshal([]any{f.Kind, f.Name, f.Make})
		if err != nil {
			panic("schema: marshal texts: " + err.Error()) // plain data always marshals
		}
		h.Write(append(text, '\n'))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// IsOf reports whether it is a foreign key of one of these tables.
func (f Follower) IsOf(tables []Ref) bool {
	for _, t := range tables {
		if f.Child != nil && *f.Child == t {
			return true
		}
	}
	return false
}
