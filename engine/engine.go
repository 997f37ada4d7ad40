// Package engine is the facade: Validate, Lock, Plan, Review, Apply, Verify, Recover, and what a command needs to show
// state and runs. It brings the parts together and holds no logic of its own about plans or rows.
package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/state"
)

// Engine is made by main with everything it may use. It is safe for one command at a time.
type Engine struct {
	Providers providers.Set
	Secrets   secret.Resolver
	Rules     policy.Evaluator
	Bundles   []policy.Bundle // that Rules are made of; nil: the one rule of the program
	Store     func(path string) state.Store
	Log       func(statePath string) (*evidence.Log, evidence.Records) // for auditors; nil: nothing is written down
	Tell      event.Sink                                               // may be nil
	Change    Change                                                   // what the outside says about the change
	Version   string
	Owner     string        // who holds the lock, for the message to others
	Parallel  int           // chunks and tables at once; 0: 4
	LockWait  time.Duration // how long to wait for the state's lock
	Now       func() time.Time
}

// Lifetime is how long a saved plan may be applied.
const Lifetime = 7 * 24 * time.Hour

// ErrInterrupt is the cause of a context that asks for a clean stop: the chunks in hand are finished.
var ErrInterrupt = errors.New("interrupted")

// ErrDenied says that the policies deny the plan.
var ErrDenied = errors.New("the policies deny this plan")

// ErrNoPermit says that Apply was called without a Permit for exactly this plan.
var ErrNoPermit = errors.New("there is no permit for this plan")

// Stale says why a saved plan may not be applied any more.
type Stale struct{ Reasons []StaleReason }

// StaleReason is a code of docs/reference/errors.md with a sentence. Mapping is whose source or target it is about, "" where the plan as a whole is stale.
type StaleReason struct{ Code, Text, Mapping string }

func (e *Stale) Error() string {
	text := "the plan is stale:"
	for _, r := range e.Reasons {
		text += "\n  " + r.Code + "  " + r.Text
	}
	return text + "\nMake a new plan."
}

// ErrOpenRun says that an unfinished run is in the way. It is wrapped in an *OtherRun.
var ErrOpenRun = errors.New("a run is not finished")

// OtherRun says which run is in the way, and what to do.
type OtherRun struct {
	ID     string
	Opened time.Time
	Why    string // a whole sentence
}

func (e *OtherRun) Error() string {
	return fmt.Sprintf("run %s, opened %s, is not finished. %s", e.ID, e.Opened.UTC().Format("2006-01-02 15:04:05 UTC"), e.Why)
}

func (e *OtherRun) Unwrap() error { return ErrOpenRun }

// Partly says that a run stopped with work left. The same command goes on with it.
type Partly struct{ Report *Report }

func (e *Partly) Error() string {
	return fmt.Sprintf("run %s is not finished; left to do: %s", e.Report.Run, plan.Count(int64(e.Report.Left), "step"))
}

// CheckFailed says that a check, the reconciliation or a control of the policies failed. The rows stand.
type CheckFailed struct{ Report *Report }

func (e *CheckFailed) Error() string {
	if e.Report.Verdicts.Tally().Deny > 0 {
		return "a control of the policies failed after the run; the rows stand"
	}
	return "a check or the reconciliation failed; the rows stand"
}

// Interrupted says that the run stopped cleanly because it was asked to.
type Interrupted struct{ Report *Report }

func (e *Interrupted) Error() string {
	return fmt.Sprintf("interrupted after a whole chunk; the same command goes on with run %s", e.Report.Run)
}

// Drifted says that verify found a difference.
type Drifted struct{ Report *VerifyReport }

func (e *Drifted) Error() string { return "a target does not hold what was written" }

func (e *Engine) workers() int {
	if e.Parallel > 0 {
		return e.Parallel
	}
	return 4
}

// locked runs work under the state's lock, with the state as it is then. Work's context ends when the lock is lost, and
// when ctx ends for another cause than ErrInterrupt.
func (e *Engine) locked(ctx context.Context, cfg *lang.Config, work func(ctx context.Context, store state.Store, snap state.Snapshot) error) (err error) {
	store := e.store(cfg)
	wait := ctx
	if e.LockWait > 0 {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeout(ctx, e.LockWait)
		defer cancel()
	}
	lease, err := store.Lock(wait, e.Owner)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lease.Unlock()) }()
	under, cancel := context.WithCancelCause(lease.Context())
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); !errors.Is(cause, ErrInterrupt) {
			cancel(cause)
		}
	})
	defer stop()
	snap, err := store.Load(under)
	if err != nil {
		return err
	}
	return work(under, store, snap)
}
