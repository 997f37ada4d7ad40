package providers

import (
	"errors"
	"fmt"
)

// Class says what the engine may do about an error. It comes from SQLSTATE or errno, never from text.
type Class string

// Unknown is never retried. Transient: the whole chunk again. Ambiguous: look at the ledger, then decide. Conflict: a
// key, a lock or an owner is in the way. BadValue: a row's value is at fault. Denied: a missing right.
const (
	Unknown     Class = ""
	Transient   Class = "transient"
	Ambiguous   Class = "ambiguous"
	Conflict    Class = "conflict"
	BadValue    Class = "bad_value"
	Denied      Class = "denied"
	NotFound    Class = "not_found"
	Unsupported Class = "unsupported"
	Unreachable Class = "unreachable" // nothing answers at the address, or it refuses the login
	Fenced      Class = "fenced"      // a newer holder has raised the fence; this process must stop
)

// Error is an endpoint's error. Op is a verb (read, load, inspect); Object a table or file. Column and Row narrow it
// down where the system told; Row is a position in the input, such as "line 12", never a value. Remedy, if any, is a
// whole sentence.
type Error struct {
	Op, Object string
	Column     string
	Row        string
	Nth        int64 // of a row that was written: its place among those of the chunk, from 1; 0 unknown
	Remedy     string
	Class      Class
	Err        error
}

func (e *Error) Error() string {
	place := e.Object
	if e.Column != "" {
		place += " column " + e.Column
	}
	if e.Row != "" {
		place += " " + e.Row
	}
	return fmt.Sprintf("%s %s: %v", e.Op, place, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// ClassOf finds the class of the first Error in the chain.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return Unknown
}

// ErrCommitted says that the ledger has a record of the chunk that this try does not know of: the answer to an earlier
// COMMIT was lost, and what it did shows by now. It is wrapped in an Error of class Ambiguous.
var ErrCommitted = errors.New("the chunk is committed already")

// ErrDuplicateKey says that two rows have one key where a key must be unique. It is wrapped in an Error of class
// Conflict.
var ErrDuplicateKey = errors.New("two rows have the same key")

// ErrStood says that what stood at a chunk's keys is not what ChunkRecord.Stood says: somebody changed rows since they were
// read. It is wrapped in an Error of class Transient. Nothing of the chunk was written; it has to be made anew.
var ErrStood = errors.New("rows of the target were changed by somebody else since they were read")

// ErrMomentLost says that a Snapshot cannot be read any more: what held its moment is gone. It is wrapped in an Error.
// Nothing brings the moment back, so a run has to stop, and to go on at another one.
var ErrMomentLost = errors.New("the moment that all readers share is lost")
