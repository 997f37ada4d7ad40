package plan

import (
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Delta is how a Copy step carries out a change row by row: the rows of the source are taken through the mapping as it is
// and as it was, and held against the rows of the target by key.
type Delta struct {
	// Set is the fields that may be written in rows that stand, as far as the source has not changed; Every says that all may.
	Set   []string `json:"set"`
	Every bool     `json:"every,omitempty"`
	// Proof says that what the mapping made before cannot be worked out again. The target's digest has then to be the one
	// that the runs left, so that nothing in it is anybody else's.
	Proof bool `json:"proof,omitempty"`
	// Moved is the hashes of the recorded bounds whose rows read differently at the source now, All of them where All. What
	// the source says there is written into all fields.
	Moved []string `json:"moved,omitempty"`
	All   bool     `json:"all,omitempty"`
	// Claim writes over what somebody else has changed.
	Claim bool `json:"claim,omitempty"`
	// Where narrows the rows that are compared, as a reload block says; "" for none. It is CEL over the source's row.
	Where string          `json:"where,omitempty"`
	Reads []schema.Column `json:"reads,omitempty"` // columns of the source that Where reads
	// Again says that a reload block makes rows again. A chunk that reads differently than when it was recorded is then
	// written as one of Moved, so that no change of the source is lost in the rows that are not chosen.
	Again bool `json:"again,omitempty"`
	// Stands is the digest of the table as it was at plan, where it was not what the runs left: what somebody else changed
	// in rows that are not made again is still there afterwards.
	Stands string `json:"stands,omitempty"`
	// Adopt takes over rows that no run wrote. Each has to stand as the mapping makes it; with Claim, what differs is written.
	Adopt bool `json:"adopt,omitempty"`
}

// Fields are those that may be written, nil for all.
func (d *Delta) Fields() []string {
	if d.Every {
		return nil
	}
	return append([]string{}, d.Set...)
}

// Standing is the bounds of a chunk of all rows that earlier runs read: those up to the cursor's last position.
const Standing = "<"

// Bounds of records that are no chunks of the source: the digest of the rows that a run found, and keys that were removed,
// behind which stands a number.
const (
	Base  = "base"
	Swept = "swept "
)

// Of the rows that a chunk read, those that stood as they should and those that somebody else changed: names of counts
// beside those of filters.
const (
	Unchanged = "= unchanged"
	Conflicts = "! conflicts"
	// Corrected are rows that were written but for the fields that somebody else changed.
	Corrected = "! corrected"
	// Added are rows that were lacking; of a comparison, the others written took the place of rows that stood.
	Added = "+ added"
	// Removed are rows that went because their source row is left out now, where no comparison tells them.
	Removed = "- removed"
	// Nulled are values, not rows: those that on_row_error = "null" made null.
	Nulled = "~ nulled"
)

// What a Sweep removes: keys that the source makes no more, keys that it makes and that the mapping refuses now, or all
// rows of the mapping.
const (
	SweepGone    = "gone"
	SweepRefused = "refused"
	SweepOurs    = "ours"
)

// ReadSpec says how a chunk of the transfer is read at the source. A delta goes over the rows up to the cursor's last
// position by key and over those above it in one chunk, Everything.
func (t *Transfer) ReadSpec(d *Definition, c providers.Chunk) providers.ReadSpec {
	if t == nil || t.Delta == nil || d.Cursor == nil || c.Bounds == Everything {
		return d.ReadSpec(c)
	}
	s := d.Reading()
	s.Cursor = d.Standing()
	if c.Bounds != Standing {
		s.Chunk = &c
	}
	return s
}
