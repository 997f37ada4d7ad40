package cli

import (
	"context"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine"
)

// interruptible gives a context that ends with engine.ErrInterrupt when the user asks to stop: the chunk in hand is
// finished, no other begins. It has ended before the user is told so, since a terminal may hold up what is written to it.
// The second call ends the watch; it returns when nothing of it runs any more.
func (c *command) interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-c.Interrupt:
			cancel(engine.ErrInterrupt)
			fmt.Fprintln(c.Stderr, "\nStopping after the chunk in hand. Once more stops at once; what is committed stays committed.")
		case <-done:
		}
	}()
	return ctx, func() {
		close(done)
		<-ended
		cancel(nil)
	}
}
