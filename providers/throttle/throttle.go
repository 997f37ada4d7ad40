// Package throttle wraps a Source so that its readers, all together, let through so many rows per second.
package throttle

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// source is a Source under a limit that its readers share.
type source struct {
	providers.Source
	limit *rate.Limiter
}

// New limits a source. Rows that were not asked for in a tenth of a second do not add up: the pace is even.
func New(s providers.Source, rowsPerSecond int64) providers.Source {
	return &source{Source: s, limit: rate.NewLimiter(rate.Limit(rowsPerSecond), int(max(1, rowsPerSecond/10)))}
}

// Read gives a reader that waits before it hands rows on.
func (s *source) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	r, err := s.Source.Read(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &reader{Reader: r, limit: s.limit}, nil
}

type reader struct {
	providers.Reader
	limit *rate.Limiter
}

// Next reads a batch, and waits until all its rows may pass.
func (r *reader) Next(ctx context.Context, b *batch.Batch) error {
	if err := r.Reader.Next(ctx, b); err != nil {
		return err
	}
	for left := b.Len(); left > 0; {
		n := min(left, r.limit.Burst())
		if err := r.limit.WaitN(ctx, n); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("wait for the pace of rows: %w", err)
		}
		left -= n
	}
	return nil
}
