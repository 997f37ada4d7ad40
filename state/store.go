package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Store keeps a state between runs. It is safe for concurrent use.
type Store interface {
	// Load gives the stored state: the zero Snapshot where there is none yet.
	Load(ctx context.Context) (Snapshot, error)
	// Save stores s if the stored serial is s.Serial and the lineage is the same, else it fails with ErrConflict and
	// stores nothing. It sets Serial and Previous of what it stores and returns the new serial. It needs no lease, but
	// fails with ErrLocked while somebody else has one.
	Save(ctx context.Context, s Snapshot) (uint64, error)
	// Lock keeps everybody else from saving, until Unlock or the end of the process. Where somebody holds the lock it
	// waits until the context's deadline, not at all without one, and fails with ErrLocked. Owner is a few words for
	// the message that others get: the command, the user.
	Lock(ctx context.Context, owner string) (Lease, error)
}

// Lease is a lock that is held.
type Lease interface {
	// Context ends when the lock is lost or given back. It has the values of Lock's context, but neither its deadline
	// nor its cancellation.
	Context() context.Context
	// Epoch rises with every lease of the store; 0 for a store that does not count, where the target's fence does.
	Epoch() int64
	// Unlock gives the lock back. A second call does nothing.
	Unlock() error
}

// ErrConflict says that the stored state is not the one that was loaded.
var ErrConflict = errors.New("the state was changed since it was read")

// ErrLocked is wrapped in a *LockedError.
var ErrLocked = errors.New("the state is locked")

// ErrDamaged is wrapped in a *DamagedError.
var ErrDamaged = errors.New("the state is damaged")

// Holder says who has a lock.
type Holder struct {
	Owner string    `json:"owner"`
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// LockedError names the holder of a lock; the zero Holder where it did not say who it is.
type LockedError struct {
	Object string
	Holder Holder
}

func (e *LockedError) Error() string {
	if e.Holder == (Holder{}) {
		return fmt.Sprintf("%s is locked by another process, which did not leave its name", e.Object)
	}
	h := e.Holder
	return fmt.Sprintf("%s is locked by %s (process %d on %s) since %s", e.Object, h.Owner, h.PID, h.Host,
		h.Since.UTC().Format("2006-01-02 15:04:05 UTC"))
}

func (e *LockedError) Unwrap() error { return ErrLocked }

// DamagedError says what is wrong with a stored state. Remedy is in whole sentences.
type DamagedError struct {
	Object string
	Found  string
	Remedy string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the state in %s is damaged: %s. %s", e.Object, e.Found, e.Remedy)
}

func (e *DamagedError) Unwrap() error { return ErrDamaged }
