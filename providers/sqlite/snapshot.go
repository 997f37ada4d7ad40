package sqlite

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// lender lends connections for reading.
type lender interface {
	reader(ctx context.Context) (*conn, error)
	release(c *conn)
	types(ctx context.Context, c *conn, table string) (*schema.Table, error)
}

func (e *endpoint) types(ctx context.Context, c *conn, table string) (*schema.Table, error) {
	return e.table(ctx, c, table)
}

func (s *snapshot) types(ctx context.Context, c *conn, table string) (*schema.Table, error) {
	return s.e.table(ctx, c, table)
}

// snapshot is connections whose read transactions began at one moment.
type snapshot struct {
	e      *endpoint
	moment string
	free   chan *conn

	mu    sync.Mutex
	ended bool
}

var (
	_ providers.Snapshot   = (*snapshot)(nil)
	_ providers.Chunker    = (*snapshot)(nil)
	_ providers.Counter    = (*snapshot)(nil)
	_ providers.Positioner = (*snapshot)(nil)
)

// Snapshot begins the readers' transactions. With a rollback journal the first one keeps writers from committing; with
// a write-ahead log writers are kept out while the readers begin, and go on afterwards.
func (e *endpoint) Snapshot(ctx context.Context, readers int) (providers.Snapshot, error) {
	if readers < 1 || e.readers == 1 {
		readers = 1
	}
	s := &snapshot{e: e, free: make(chan *conn, readers)}
	if err := s.begin(ctx, readers); err != nil {
		return nil, errors.Join(failed("snapshot", e.path, err), s.Close())
	}
	var mark [8]byte
	if _, err := rand.Read(mark[:]); err != nil {
		return nil, errors.Join(fmt.Errorf("name the moment: %w", err), s.Close())
	}
	s.moment = fmt.Sprintf("%s-%x", time.Now().UTC().Format("20060102T150405Z"), mark)
	return s, nil
}

func (s *snapshot) begin(ctx context.Context, readers int) error {
	first, err := s.e.reader(ctx)
	if err != nil {
		return err
	}
	s.free <- first
	journal, err := first.text(ctx, "PRAGMA journal_mode")
	if err != nil {
		return err
	}
	if journal == "wal" && readers > 1 {
		gate, err := dial(s.e.path, readWrite, s.e.busy)
		if err != nil {
			return err
		}
		defer gate.close() //nolint:errcheck // nothing was written through it
		if _, err := gate.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
			return err
		}
		defer gate.rollback()
	}
	for i := range readers {
		c := first
		if i > 0 {
			if c, err = s.e.reader(ctx); err != nil {
				return err
			}
			s.free <- c
		}
		for _, sql := range []string{"BEGIN", probe} {
			if _, err := c.exec(ctx, sql); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *snapshot) Moment() string { return s.moment }

// reader waits for a connection that no other reader has.
func (s *snapshot) reader(ctx context.Context) (*conn, error) {
	select {
	case c, ok := <-s.free:
		if !ok {
			return nil, fmt.Errorf("read %s: the snapshot is closed", s.e.path)
		}
		return c, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (s *snapshot) release(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		s.e.release(c)
		return
	}
	s.free <- c
}

// Close ends the moment. Readers still open end it for themselves.
func (s *snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	s.ended = true
	close(s.free)
	for c := range s.free {
		s.e.release(c)
	}
	return nil
}

func (s *snapshot) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	return read(ctx, s, spec)
}

func (s *snapshot) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	return cut(ctx, s, t, bytes, positional)
}

func (s *snapshot) Count(ctx context.Context, spec providers.ReadSpec) (int64, error) {
	return count(ctx, s, spec)
}

func (s *snapshot) Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error) {
	return position(ctx, s, t, c)
}

func (e *endpoint) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	return read(ctx, e, spec)
}

func (e *endpoint) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	return cut(ctx, e, t, bytes, positional)
}

func (e *endpoint) Count(ctx context.Context, spec providers.ReadSpec) (int64, error) {
	return count(ctx, e, spec)
}

func (e *endpoint) Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error) {
	return position(ctx, e, t, c)
}
