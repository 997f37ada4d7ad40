package transfer

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// tries is how often a chunk is begun before its error stands.
const tries = 5

// pause waits longer after every try, by chance a little more or less.
func pause(ctx context.Context, try int) error {
	wait := 200 * time.Millisecond << try
	wait += time.Duration(rand.Int64N(int64(wait / 2)))
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Again does work, and once more as long as its errors are transient, of which it tells. Work that was half done has to
// leave nothing behind.
func Again(ctx context.Context, work func() error, tell func(error)) error {
	for try := 1; ; try++ {
		err := work()
		if err == nil || providers.ClassOf(err) != providers.Transient || try == tries {
			return err
		}
		tell(err)
		if paused := pause(ctx, try); paused != nil {
			return errors.Join(err, paused)
		}
	}
}

// flow reads ahead by one batch while the other is being written: two batches in all, whatever the size of the chunk.
func flow(ctx context.Context, source providers.Source, spec providers.ReadSpec, write func(*batch.Batch) error) error {
	reader, err := source.Read(ctx, spec)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	free, full := make(chan *batch.Batch, 2), make(chan *batch.Batch)
	for range 2 {
		free <- batch.New(spec.Columns, 0)
	}
	g.Go(func() error {
		defer close(full)
		return errors.Join(fill(gctx, reader, free, full), reader.Close())
	})
	g.Go(func() error {
		for b := range full {
			if err := write(b); err != nil {
				return err
			}
			free <- b // never blocks: there are as many places as batches
		}
		return nil
	})
	return g.Wait()
}

func fill(ctx context.Context, reader providers.Reader, free <-chan *batch.Batch, full chan<- *batch.Batch) error {
	for {
		var b *batch.Batch
		select {
		case b = <-free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		err := reader.Next(ctx, b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case full <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
