package cli

import (
	"context"
	"slices"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/state"
)

// The exit codes, as docs/reference/exit-codes.md lists them.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2
	exitFormat      = 3
	exitDenied      = 4
	exitApproval    = 5
	exitStale       = 6
	exitLocked      = 7
	exitCheck       = 8
	exitDrift       = 9
	exitPartly      = 10
	exitInterrupted = 130
)

// precedence says which of several codes wins: the first of this list. fmt has its own and stands alone.
func precedence() []int {
	return []int{exitInterrupted, exitError, exitLocked, exitStale, exitDenied, exitApproval, exitPartly, exitCheck, exitDrift, exitChanges, exitFormat, exitDone}
}

// exit is an outcome with a code of its own. A nil err means that everything was said already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// exitCode is the code of an error, the gravest where it joins several.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	have := codes(err)
	for _, c := range precedence() {
		if slices.Contains(have, c) {
			return c
		}
	}
	return exitError
}

// codes collects what each part of an error stands for. A part that is none of the known ones is a plain error.
func codes(err error) []int {
	if code, ok := codeOf(err); ok {
		return []int{code}
	}
	switch u := err.(type) {
	case interface{ Unwrap() []error }:
		var all []int
		for _, e := range u.Unwrap() {
			all = append(all, codes(e)...)
		}
		return all
	case interface{ Unwrap() error }:
		if inner := u.Unwrap(); inner != nil {
			return codes(inner)
		}
	}
	return []int{exitError}
}

func codeOf(err error) (int, bool) {
	switch e := err.(type) {
	case *exit:
		return e.code, true
	case *engine.Stale, *engine.StaleSkipped:
		return exitStale, true
	case *engine.Partly, *engine.OtherRun:
		return exitPartly, true
	case *engine.CheckFailed:
		return exitCheck, true
	case *engine.Untouched, *engine.Diagnosed:
		return exitError, true
	case *engine.Drifted, *engine.DriftFound:
		return exitDrift, true
	case *engine.Interrupted:
		return exitInterrupted, true
	case *state.LockedError:
		return exitLocked, true
	}
	switch err {
	case state.ErrLocked:
		return exitLocked, true
	case engine.ErrDenied:
		return exitDenied, true
	case engine.ErrInterrupt, context.Canceled:
		return exitInterrupted, true
	}
	return 0, false
}
