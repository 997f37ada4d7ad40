package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/novumsolvo/migrateiq/providers"
)

// snapshot is an exported snapshot: the keeper's transaction holds it, the readers' transactions import it. A reader whose
// connection broke is replaced by another one; without the keeper no other one sees the moment, so its end is the end of
// all of them.
type snapshot struct {
	source
	keeper *tx
	name   string // for SET TRANSACTION SNAPSHOT
	moment string
	end    context.CancelCauseFunc // of the moment
	unseen func()                  // ends the watch over the keeper
	watch  chan struct{}           // closed when nobody watches
	asked  sync.Once               // why the keeper is gone
	mu     sync.Mutex
	idle   []*tx
	lasts  bool // what it sees is on disk
	closed bool
}

// hold exports a snapshot and names it. On a standby the text of a snapshot does not tell which transactions it sees, and
// a server that was restarted after a crash may give a number of a transaction that it lost to another one.
const hold = `SELECT pg_catalog.pg_export_snapshot(), pg_catalog.pg_current_snapshot()::text ||
	' of ' || extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text ||
	CASE WHEN pg_catalog.pg_is_in_recovery() THEN ' standby ' || extract(epoch FROM clock_timestamp())::text ELSE '' END`

// Snapshot opens the keeper; readers' transactions are begun as they are needed.
func (e *endpoint) Snapshot(ctx context.Context, _ int) (providers.Snapshot, error) {
	keeper, err := e.pool.begin(ctx, readOnly)
	if err != nil {
		return nil, e.fail("hold a snapshot of", e.info.Place, err)
	}
	s := &snapshot{keeper: keeper, watch: make(chan struct{})}
	s.source = source{e: e, take: s.lend, back: s.takeBack}
	if err := keeper.row(ctx, hold).Scan(&s.name, &s.moment); err != nil {
		keeper.end()
		return nil, e.fail("hold a snapshot of", e.info.Place, err)
	}
	s.alive, s.end = context.WithCancelCause(context.WithoutCancel(ctx))
	watched, unseen := context.WithCancel(context.WithoutCancel(ctx))
	s.unseen = unseen
	go s.guard(watched)
	return s, nil
}

func (s *snapshot) Moment() string { return s.moment }

// quietFor is how long the keeper's connection may be silent before the server is asked whether it is still there, and
// then again how long it may take to answer. A server that ends the connection says so at once.
const quietFor = 30 * time.Second

// guard listens on the keeper's connection, on which nothing ever comes but its end.
func (s *snapshot) guard(ctx context.Context) {
	defer close(s.watch)
	conn := s.keeper.conn.PgConn()
	for ctx.Err() == nil {
		quiet, cancel := context.WithTimeout(ctx, quietFor)
		err := conn.WaitForNotification(quiet)
		cancel()
		if pgconn.Timeout(err) && ctx.Err() == nil {
			asked, cancel := context.WithTimeout(ctx, quietFor)
			err = conn.Ping(asked)
			cancel()
		}
		if err != nil && ctx.Err() == nil {
			s.lose(err)
			return
		}
	}
}

// lose ends the moment and with it all readers that are under way.
func (s *snapshot) lose(cause error) {
	s.end(s.e.lost(cause))
}

// lost is the error for a moment whose keeper's connection ended.
func (e *endpoint) lost(cause error) error {
	said := e.fail("hold a snapshot of", e.info.Place, cause)
	out := &providers.Error{
		Op: "hold a snapshot of", Object: e.info.Place, Err: fmt.Errorf("%w: the connection that held it has ended", providers.ErrMomentLost),
		Remedy: "Run the same command again: it goes on at a new moment and looks again at what it has copied.",
	}
	var known *providers.Error
	if errors.As(said, &known) {
		if state(cause) != "" {
			out.Err = fmt.Errorf("%w: %w", out.Err, known.Err)
		}
		if state(cause) != "" && known.Remedy != "" {
			out.Remedy = known.Remedy + " " + out.Remedy
		}
	}
	return out
}

// lend gives a transaction that sees the moment.
func (s *snapshot) lend(ctx context.Context) (*tx, error) {
	for {
		t, err := s.rested()
		if err != nil {
			return nil, err
		}
		if t == nil {
			return s.join(ctx)
		}
		if t.conn.PgConn().Ping(ctx) == nil {
			return t, nil
		}
		t.end()
	}
}

// rested takes a transaction that is not in use, nil where there is none.
func (s *snapshot) rested() (t *tx, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := len(s.idle); {
	case s.closed:
		return nil, errClosed
	case s.alive.Err() != nil:
		return nil, context.Cause(s.alive)
	case n > 0:
		t, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	return t, nil
}

// join begins a transaction and has it import the snapshot.
func (s *snapshot) join(ctx context.Context) (*tx, error) {
	t, err := s.e.pool.begin(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	if err := t.run(ctx, "SET TRANSACTION SNAPSHOT "+literal(s.name)); err != nil {
		t.end()
		if code := state(err); code != "" && classOf(code) != providers.Transient { // the server has no such snapshot any more
			s.asked.Do(func() { s.ask(ctx, err) })
			return nil, context.Cause(s.alive)
		}
		return nil, err
	}
	return t, nil
}

// ask ends a moment that the server does not know any more, as a reader was told. Why that is the server has told the
// keeper by then, and perhaps nobody has heard it yet.
func (s *snapshot) ask(ctx context.Context, said error) {
	s.unseen()
	<-s.watch
	soon, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := s.keeper.conn.PgConn().WaitForNotification(soon); state(err) != "" {
		said = err
	}
	s.lose(said)
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
	s.unseen()
	<-s.watch
	s.asked.Do(func() {}) // nobody asks any more
	s.end(errClosed)
	for _, t := range append(idle, s.keeper) {
		t.end()
	}
	return nil
}
