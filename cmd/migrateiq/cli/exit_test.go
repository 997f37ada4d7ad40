package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/state"
)

func TestTheGravestCodeWins(t *testing.T) {
	partly, drift, check := &engine.Partly{}, &engine.Drifted{}, &engine.CheckFailed{}
	locked := fmt.Errorf("open state: %w", &state.LockedError{})
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, 0},
		{"a plain error", errors.New("x"), 1},
		{"a wrapped lock", locked, 7},
		{"a bare lock", fmt.Errorf("x: %w", state.ErrLocked), 7},
		{"stale", fmt.Errorf("x: %w", &engine.Stale{}), 6},
		{"denied", engine.ErrDenied, 4},
		{"partly before check", errors.Join(check, partly), 10},
		{"check before drift", errors.Join(drift, check), 8},
		{"denied before partly", errors.Join(partly, &exit{code: exitDenied}), 4},
		{"stale before denied", errors.Join(engine.ErrDenied, &engine.Stale{}), 6},
		{"a lock before stale", errors.Join(&engine.Stale{}, locked), 7},
		{"a plain error before a lock", errors.Join(locked, errors.New("x")), 1},
		{"an interruption before everything", errors.Join(errors.New("x"), &engine.Interrupted{}, locked), 130},
		{"drift before changes", errors.Join(&exit{code: exitChanges}, drift), 9},
		{"another run is open", fmt.Errorf("x: %w", &engine.OtherRun{}), 10},
		{"interrupted while reading", fmt.Errorf("read: %w", engine.ErrInterrupt), 130},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
