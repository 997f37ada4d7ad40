// Package cli is the commands: flags in, one call of the engine, a view out, and an exit code.
package cli

import (
	"context"
	"io"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// World is all that a command may touch, so that a test can be one.
type World struct {
	Dir            string // the working folder; relative paths start there
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string // NAME=value, as os.Environ
	ReadFile       func(name string) ([]byte, error)
	Terminal       func(stream any) (width int, ok bool) // whether a stream is a terminal, and how wide
	Interrupt      <-chan struct{}                       // closed when the user asks to stop; nil: never
	Providers      providers.Set
	Rules          policy.Evaluator
	Store          func(path string) state.Store
	Now            func() time.Time
	Owner          string // who works here, for those who find a lock: user@host
	Version        string
}

// Run carries out one command line, without the program's name, and gives its exit code.
func Run(ctx context.Context, w World, args []string) int {
	c := &command{World: w}
	root := c.root()
	root.SetArgs(normalise(root, args))
	ctx, stop := c.interruptible(ctx)
	defer stop()
	return c.finish(root.ExecuteContext(ctx))
}
