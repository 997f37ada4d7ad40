package postgres

import (
	"context"
	"sync"

	"github.com/novumsolvo/migrateiq/providers"
)

// snapshot is an exported snapshot: the keeper's transaction holds it, the readers' transactions import it.
type snapshot struct {
	source
	keeper *tx
	name   string // for SET TRANSACTION SNAPSHOT
	moment string
	mu     sync.Mutex
	idle   []*tx
	closed bool
}

// Snapshot opens the keeper; readers' transactions are begun as they are needed.
func (e *endpoint) Snapshot(ctx context.Context, _ int) (providers.Snapshot, error) {
	keeper, err := e.pool.begin(ctx, readOnly)
	if err != nil {
		return nil, e.fail("hold a snapshot of", e.info.Place, err)
	}
	s := &snapshot{keeper: keeper}
	s.source = source{e: e, take: s.lend, back: s.takeBack}
	err = keeper.row(ctx, "SELECT pg_catalog.pg_export_snapshot(), pg_catalog.pg_current_snapshot()::text").Scan(&s.name, &s.moment)
	if err != nil {
		keeper.end()
		return nil, e.fail("hold a snapshot of", e.info.Place, err)
	}
	return s, nil
}

func (s *snapshot) Moment() string { return s.moment }

// lend gives a transaction that sees the moment.
func (s *snapshot) lend(ctx context.Context) (*tx, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	if n := len(s.idle); n > 0 {
		t := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return t, nil
	}
	s.mu.Unlock()
	t, err := s.e.pool.begin(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	if err := t.run(ctx, "SET TRANSACTION SNAPSHOT "+literal(s.name)); err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

func (s *snapshot) takeBack(t *tx, whole bool) {
	s.mu.Lock()
	whole = whole && !s.closed
	if whole {
		s.idle = append(s.idle, t)
	}
	s.mu.Unlock()
	if !whole {
		t.end()
	}
}

func (s *snapshot) Close() error {
	s.mu.Lock()
	idle, closed := s.idle, s.closed
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	if closed {
		return nil
	}
	for _, t := range append(idle, s.keeper) {
		t.end()
	}
	return nil
}
