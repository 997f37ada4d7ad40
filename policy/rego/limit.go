package rego

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/open-policy-agent/opa/v1/topdown"
)

// ErrTooLong is in the chain of the error of a review that came to its limit of steps.
var ErrTooLong = errors.New("the rules take more steps than they may")

// budget ends an evaluation after so many steps, or when it is cancelled. OPA asks it before every expression.
type budget struct {
	left    atomic.Int64
	stopped atomic.Bool
}

var _ topdown.Cancel = (*budget)(nil)

func newBudget(steps int64) *budget {
	b := new(budget)
	b.left.Store(steps)
	return b
}

func (b *budget) Cancel() { b.stopped.Store(true) }

func (b *budget) Cancelled() bool { return b.stopped.Load() || b.left.Add(-1) < 0 }

// cause says why an evaluation ended that the budget ended, nil where it did not.
func (b *budget) cause(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case b.left.Load() < 0:
		return ErrTooLong
	}
	return nil
}
