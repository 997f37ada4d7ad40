package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
)

// alter runs a statement that changes tables. It waits for locks as long as lock_timeout says: what waits for a table's
// lock also holds up everybody who comes after it. Who stands in the way is asked for while it waits, on a connection of
// its own, since afterwards it can no longer be known.
func (e *endpoint) alter(ctx context.Context, t *tx, s providers.Statement) error {
	if there, err := madeAlready(ctx, t, s.SQL); err != nil || there {
		return err
	}
	if s.Guard != nil {
		return e.exchange(ctx, t, s)
	}
	if e.patience == 0 {
		return t.run(ctx, s.SQL...)
	}
	if err := t.run(ctx, "SET LOCAL lock_timeout = "+milliseconds(e.patience)); err != nil {
		return err
	}
	pid, err := backend(ctx, t.conn)
	if err != nil {
		return err
	}
	watch, stop := context.WithCancel(ctx)
	said := make(chan string, 1)
	go func() { said <- e.blockers(watch, pid, e.patience/4) }()
	err = t.run(ctx, s.SQL...)
	stop()
	who := <-said
	if state(err) == "55P03" {
		if who != "" && strings.Count(who, "session ") == strings.Count(who, e.tag) {
			return errOurs
		}
		if who == "" {
			who = "another session"
		}
		return &providers.Error{
			Op: "carry out", Object: s.What, Class: providers.Conflict,
			Err:    fmt.Errorf("%s held what it needs for longer than lock_timeout, which is %s", who, e.patience),
			Remedy: "Let that session end its transaction, or end it with pg_terminate_backend, and run the command again: it goes on here. A larger lock_timeout waits longer.",
		}
	}
	if err != nil {
		return err
	}
	return t.run(ctx, "SET LOCAL lock_timeout = 0")
}

// errOurs says that a statement gave way to another one of this endpoint: of two that are carried out at once, one may need
// a lock for as long as the other one runs.
var errOurs = errors.New("another statement of this run held what it needs")

// madeAlready reports whether all that is to be made is a schema that is there: the server demands the right to make one
// even then.
func madeAlready(ctx context.Context, t *tx, sql []string) (there bool, err error) {
	if len(sql) != 1 || !strings.HasPrefix(sql[0], makeSchema) {
		return false, nil
	}
	err = t.row(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE quote_ident(nspname) = $1 OR '"' || replace(nspname, '"', '""') || '"' = $1)`,
		strings.TrimPrefix(sql[0], makeSchema)).Scan(&there)
	return there, err
}

// makeSchema begins the statement that Define writes for a schema.
const makeSchema = "CREATE SCHEMA IF NOT EXISTS "

// blockers asks again and again until ctx ends which sessions a session waits for, each time after a while, and names those
// that it heard of last. It returns "" when ctx ends before the first answer, or when they cannot be known.
func (e *endpoint) blockers(ctx context.Context, pid uint32, while time.Duration) (who string) {
	again := time.NewTicker(max(while, 10*time.Millisecond))
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return who
		}
		if now := e.blocking(ctx, pid); now != "" {
			who = now
		}
	}
}

// blocking names the sessions that a session waits for now, "" where it waits for none or they cannot be known.
func (e *endpoint) blocking(ctx context.Context, pid uint32) string {
	c, err := e.pool.take(ctx)
	if err != nil {
		return ""
	}
	defer e.pool.give(c)
	rows, err := c.Query(ctx, `SELECT format('session %s of role %s (%s), in a transaction since %s', a.pid, coalesce(a.usename, '?'),
		coalesce(nullif(a.application_name, ''), 'unnamed'), coalesce(to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS "UTC"'), '?'))
		FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY a.pid`, int32(pid))
	if err != nil {
		return ""
	}
	who, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return ""
	}
	return strings.Join(who, " and ")
}
