package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// setup fixes everything in a session that changes what values look like, which rows are seen, or how long a statement
// may take. row_security=off makes the server refuse a table whose policies would hide rows, where it would else leave
// them out unseen. Values of money are written as the locale C has them, at both ends of a migration.
const setup = `SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
SET extra_float_digits = 3; SET bytea_output = 'hex'; SET standard_conforming_strings = on; SET row_security = off;
SET client_min_messages = 'warning'; SET lc_monetary = 'C'; SET xmloption = content; SET array_nulls = on; SET quote_all_identifiers = off;
SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN ('statement_timeout', 'lock_timeout',
'idle_in_transaction_session_timeout', 'transaction_timeout', 'idle_session_timeout')`

// pool keeps connections that are not in use. It sets no limit: who opens readers and loaders does.
type pool struct {
	config *pgx.ConnConfig
	asking time.Duration // how long a statement of plan may take, 0 for no end
	mu     sync.Mutex
	idle   []*pgx.Conn
	closed bool
}

var errClosed = errors.New("the endpoint is closed")

func (p *pool) take(ctx context.Context) (*pgx.Conn, error) {
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, errClosed
		}
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			return p.dial(ctx)
		}
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		if c.PgConn().Ping(ctx) == nil {
			return c, nil
		}
		discard(c)
	}
}

func (p *pool) dial(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return nil, &connectError{err}
	}
	if _, err := c.PgConn().Exec(ctx, setup).ReadAll(); err != nil {
		discard(c)
		return nil, err
	}
	return c, nil
}

// give takes a connection back; one that is in a transaction or broken is closed.
func (p *pool) give(c *pgx.Conn) {
	p.mu.Lock()
	fit := !p.closed && !c.IsClosed() && !c.PgConn().IsBusy() && c.PgConn().TxStatus() == 'I'
	if fit {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !fit {
		discard(c)
	}
}

func (p *pool) close() error {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		discard(c)
	}
	return nil
}

// discard closes a connection in whatever state and waits until nothing of it is left. What it was doing is rolled back
// by the server, so that there is no error to report.
func discard(c *pgx.Conn) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // say goodbye only if that takes no waiting
	_ = c.Close(ctx)
	<-c.PgConn().CleanupDone()
}

// tx is a transaction on a connection of its own.
type tx struct {
	pool *pool
	conn *pgx.Conn
	done bool
	free bool // the search path is the role's own, and not pg_catalog alone
}

const (
	readOnly  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	readWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	asking    = "asking" // readOnly with the statement timeout
)

func (p *pool) begin(ctx context.Context, how string) (*tx, error) {
	if how == asking {
		if how = readOnly; p.asking > 0 {
			how += "; SET LOCAL statement_timeout = " + milliseconds(p.asking)
		}
	}
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.PgConn().Exec(ctx, how).ReadAll(); err != nil {
		p.give(c)
		return nil, err
	}
	return &tx{pool: p, conn: c, free: true}, nil
}

// run executes statements without parameters one after the other.
func (t *tx) run(ctx context.Context, sql ...string) error {
	for _, s := range sql {
		if _, err := t.conn.PgConn().Exec(ctx, s).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}

// exec executes one statement with parameters and returns the number of rows it touched.
func (t *tx) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := t.conn.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (t *tx) row(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, args...)
}

// errRolledBack says that COMMIT found the transaction failed.
var errRolledBack = errors.New("the server rolled the transaction back")

// commit ends the transaction. An error that leaves the outcome open is a *lostCommit.
func (t *tx) commit(ctx context.Context) error {
	t.done = true
	tags, err := t.conn.PgConn().Exec(ctx, "COMMIT").ReadAll()
	if err != nil && !decided(err) {
		err = &lostCommit{err}
	}
	if err == nil && (len(tags) != 1 || tags[0].CommandTag.String() != "COMMIT") {
		err = errRolledBack
	}
	t.pool.give(t.conn)
	return err
}

// end gives the connection back and rolls back what was not committed.
func (t *tx) end() {
	if t.done {
		return
	}
	t.done = true
	if !t.conn.IsClosed() && !t.conn.PgConn().IsBusy() {
		_, _ = t.conn.PgConn().Exec(context.Background(), "ROLLBACK").ReadAll() // if it fails the connection is closed
	}
	t.pool.give(t.conn)
}
