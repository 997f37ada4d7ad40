package postgres

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
)

// ledger is the endpoint's part that keeps the ledger.
type ledger struct{ e *endpoint }

// format is the version of the ledger's tables.
const format = 2

// A record's number tells the order of commits; live is false for records of a table that was since made anew.
var ledgerTables = []string{
	`CREATE SCHEMA IF NOT EXISTS _migrateiq`,
	`CREATE TABLE _migrateiq.meta (one boolean PRIMARY KEY DEFAULT true CHECK (one), format integer NOT NULL, target text NOT NULL, lineage text NOT NULL, secret bytea NOT NULL)`,
	`CREATE TABLE _migrateiq.fence (one boolean PRIMARY KEY DEFAULT true CHECK (one), lineage text NOT NULL, epoch bigint NOT NULL, session text NOT NULL, application text NOT NULL)`,
	`CREATE TABLE _migrateiq.run (id text PRIMARY KEY, lineage text NOT NULL, plan_digest text NOT NULL, epoch bigint NOT NULL, opened timestamptz NOT NULL DEFAULT clock_timestamp(), closed timestamptz, outcome text NOT NULL DEFAULT '')`,
	`CREATE TABLE _migrateiq.chunk_list (run text, mapping text, n integer, bounds text NOT NULL, positional boolean NOT NULL, rows bigint NOT NULL, PRIMARY KEY (run, mapping, n))`,
	`CREATE TABLE _migrateiq.chunk (run text, mapping text, chunk text, n integer NOT NULL, bounds text NOT NULL, epoch bigint NOT NULL, moment text NOT NULL, source text NOT NULL, written text NOT NULL, replaced text NOT NULL, filtered bigint NOT NULL, counts text NOT NULL, rejected bigint NOT NULL, bytes bigint NOT NULL, committed timestamptz NOT NULL DEFAULT clock_timestamp(), number bigint GENERATED ALWAYS AS IDENTITY, live boolean NOT NULL DEFAULT true, PRIMARY KEY (run, mapping, chunk))`,
	`CREATE TABLE _migrateiq.step (run text, n integer, done timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (run, n))`,
	`CREATE TABLE _migrateiq.reject (run text, mapping text, chunk text, n bigint, key text NOT NULL, field text NOT NULL, rule text NOT NULL, reason text NOT NULL, PRIMARY KEY (run, mapping, chunk, n))`,
	`CREATE TABLE _migrateiq.written (run text, mapping text, key bytea, chunk text NOT NULL, PRIMARY KEY (run, mapping, key))`,
	`CREATE TABLE _migrateiq.definition (mapping text PRIMARY KEY, definition text NOT NULL)`,
}

// LedgerStatements is one statement, since Open runs all of it in one transaction.
func (l ledger) LedgerStatements() []providers.Statement {
	return []providers.Statement{{SQL: slices.Concat(ledgerTables, keymapTables), What: "create the ledger in schema _migrateiq"}}
}

// place names the ledger in errors.
const place = "ledger _migrateiq"

// Open raises the fence. Sessions of the holder before, known by their application name, are ended first: a chunk of
// theirs that is under way would else hold the fence until it commits.
func (l ledger) Open(ctx context.Context, o providers.Owner, r providers.Run) (epoch int64, err error) {
	err = l.e.change(ctx, "open", place, func(t *tx) error {
		if err := l.found(ctx, t, o); err != nil {
			return err
		}
		if err := l.refuse(ctx, t, o, r); err != nil {
			return err
		}
		if err := l.evict(ctx, t); err != nil {
			return err
		}
		if err := upgrade(ctx, t); err != nil {
			return err
		}
		err := t.row(ctx, `UPDATE _migrateiq.fence SET epoch = epoch + 1, lineage = $1, session = $2, application = $3 RETURNING epoch`,
			o.Lineage, o.Session, l.e.tag).Scan(&epoch)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO _migrateiq.run (id, lineage, plan_digest, epoch) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch`, r.ID, o.Lineage, r.PlanDigest, epoch)
		return err
	})
	return epoch, err
}

// change does f in a transaction that commits if f does not fail.
func (e *endpoint) change(ctx context.Context, op, object string, f func(*tx) error) error {
	t, err := e.pool.begin(ctx, readWrite)
	if err != nil {
		return e.fail(op, object, err)
	}
	defer t.end()
	if err := f(t); err != nil {
		return e.fail(op, object, err)
	}
	return e.fail(op, object, t.commit(ctx))
}

// found makes the tables if they are absent. The lock keeps two processes from making them at once.
func (l ledger) found(ctx context.Context, t *tx, o providers.Owner) error {
	if err := t.run(ctx, "SELECT pg_advisory_xact_lock(hashtext('_migrateiq'))"); err != nil {
		return err
	}
	there, err := exists(ctx, t)
	if err != nil {
		return err
	}
	if !there {
		if err := t.run(ctx, ledgerTables...); err != nil {
			return err
		}
	}
	if used, err := inUse(ctx, t); err != nil || used {
		return err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO _migrateiq.meta (format, target, lineage, secret) VALUES ($1, $2, $3, $4)`,
		format, uuid.NewString(), o.Lineage, secret); err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO _migrateiq.fence (lineage, epoch, session, application) VALUES ($1, 0, '', '')`, o.Lineage)
	return err
}

// inUse tells the tables of a target that was opened before from those that an administrator has just made, which are
// all empty.
func inUse(ctx context.Context, t *tx) (used bool, err error) {
	err = t.row(ctx, `SELECT EXISTS (SELECT FROM _migrateiq.meta) OR EXISTS (SELECT FROM _migrateiq.fence) OR EXISTS (SELECT FROM _migrateiq.run)
		OR EXISTS (SELECT FROM _migrateiq.chunk)`).Scan(&used)
	return used, err
}

func exists(ctx context.Context, t *tx) (there bool, err error) {
	err = t.row(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = '_migrateiq' AND c.relname = 'meta')`).Scan(&there)
	return there, err
}

func conflict(text, remedy string, args ...any) error {
	return &providers.Error{Op: "open", Object: place, Class: providers.Conflict, Remedy: remedy, Err: fmt.Errorf(text, args...)}
}

// refuse finds another owner, another open run, or a run that was closed already.
func (l ledger) refuse(ctx context.Context, t *tx, o providers.Owner, r providers.Run) error {
	var have int
	var lineage string
	if err := t.row(ctx, `SELECT format, lineage FROM _migrateiq.meta`).Scan(&have, &lineage); err != nil {
		return err
	}
	if have > format {
		return &providers.Error{
			Op: "open", Object: place, Class: providers.Unsupported, Remedy: "Use the newer version of migrateiq that made it.",
			Err: fmt.Errorf("its format is %d, and this version knows %d", have, format),
		}
	}
	if lineage != o.Lineage {
		return conflict("it belongs to the state with lineage %s, not %s", "Use the state that owns this target.", lineage, o.Lineage)
	}
	var open string
	var closed *time.Time
	err := t.row(ctx, `SELECT id, closed FROM _migrateiq.run WHERE closed IS NULL OR id = $1 ORDER BY id = $1, closed NULLS FIRST LIMIT 1`, r.ID).Scan(&open, &closed)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	case open != r.ID:
		return conflict("the run %s is open", "Finish that run, or abandon it.", open)
	case closed != nil:
		return conflict("the run %s was closed already", "Make a new plan.", open)
	}
	return nil
}

// evict ends the sessions of the fence's holder.
func (l ledger) evict(ctx context.Context, t *tx) error {
	var session, application string
	if err := t.row(ctx, `SELECT session, application FROM _migrateiq.fence`).Scan(&session, &application); err != nil {
		return err
	}
	if application == "" || application == l.e.tag {
		return nil
	}
	_, err := t.exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE application_name = $1 AND datname = current_database()`, application)
	if state(err) == "42501" {
		return conflict("the session %s still works on this target", "Stop that process, or let a role that may end its sessions run this.", session)
	}
	return err
}

var errFenced = errors.New("another process has taken this target over")

// fenced compares the epoch with the fence's; with a lock, nobody can raise it until the transaction ends.
func (e *endpoint) fenced(ctx context.Context, t *tx, epoch int64, lock string) error {
	var now int64
	err := t.row(ctx, `SELECT epoch FROM _migrateiq.fence`+lock).Scan(&now)
	if err == nil && now != epoch {
		return &providers.Error{Op: "write to", Object: place, Class: providers.Fenced, Err: errFenced}
	}
	return err
}

// Begin stores the list if there is none.
func (l ledger) Begin(ctx context.Context, run, mapping string, c []providers.Chunk) (stored []providers.Chunk, err error) {
	err = l.e.change(ctx, "store the chunks of", mapping, func(t *tx) error {
		// One at a time, and not by a lock of the fence: a statement that builds an index shares that for as long as it runs.
		if _, err := t.exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('_migrateiq'), hashtext($1))`, mapping); err != nil {
			return err
		}
		if stored, err = chunks(ctx, t, run, mapping); err != nil || len(stored) > 0 {
			return err
		}
		stored = c
		rows := make([][]any, len(c))
		for i, x := range c {
			rows[i] = []any{run, mapping, x.N, x.Bounds, x.Positional, x.Rows}
		}
		_, err = t.conn.CopyFrom(ctx, pgx.Identifier{"_migrateiq", "chunk_list"},
			[]string{"run", "mapping", "n", "bounds", "positional", "rows"}, pgx.CopyFromRows(rows))
		return err
	})
	return stored, err
}

// Exec does a step once. It waits for other steps of the same run without end.
func (l ledger) Exec(ctx context.Context, s providers.Step) error {
	for {
		if err := l.exec(ctx, s); !errors.Is(err, errOurs) {
			return err
		}
	}
}

func (l ledger) exec(ctx context.Context, s providers.Step) error {
	return l.e.change(ctx, "carry out", s.Statement.What, func(t *tx) error {
		if err := l.e.fenced(ctx, t, s.Epoch, " FOR SHARE"); err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO _migrateiq.step (run, n) VALUES ($1, $2) ON CONFLICT DO NOTHING`, s.Run, s.N)
		if err != nil || n == 0 {
			return err
		}
		if err := l.e.alter(ctx, t, s.Statement); err != nil {
			return err
		}
		if s.Fresh == "" {
			return nil
		}
		if s.Runs != nil {
			_, err = t.exec(ctx, `UPDATE _migrateiq.chunk SET live = run = ANY($2) WHERE mapping = $1`, s.Fresh, s.Runs)
			return err
		}
		if _, err := t.exec(ctx, `UPDATE _migrateiq.chunk SET live = false WHERE mapping = $1 AND run <> $2`, s.Fresh, s.Run); err != nil || !s.Keys {
			return err
		}
		return swapKeys(ctx, t, s.Run, s.Fresh)
	})
}

// Reset empties the table and forgets what stood in it.
func (l ledger) Reset(ctx context.Context, run, mapping string, epoch int64, empty providers.Statement) error {
	return l.e.change(ctx, "carry out", empty.What, func(t *tx) error {
		if err := l.e.fenced(ctx, t, epoch, " FOR SHARE"); err != nil {
			return err
		}
		for _, table := range []string{"chunk_list", "chunk", "reject", "written"} {
			if _, err := t.exec(ctx, `DELETE FROM _migrateiq.`+table+` WHERE run = $1 AND mapping = $2`, run, mapping); err != nil {
				return err
			}
		}
		if err := resetKeys(ctx, t, run, mapping); err != nil {
			return err
		}
		return l.e.alter(ctx, t, empty)
	})
}

// Close ends a run. Without definitions those stored before stay. A run that is closed stays as it was closed.
func (l ledger) Close(ctx context.Context, run, outcome string, definitions map[string]string) error {
	return l.e.change(ctx, "close", "run "+run, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE _migrateiq.run SET closed = coalesce(closed, clock_timestamp()),
			outcome = CASE WHEN closed IS NULL THEN $2 ELSE outcome END WHERE id = $1`, run, outcome)
		if err == nil && n == 0 {
			err = &providers.Error{Op: "close", Object: "run " + run, Class: providers.NotFound, Err: errors.New("the ledger does not know it")}
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM _migrateiq.written WHERE run = $1`, run); err != nil || definitions == nil {
			return err
		}
		if err := t.run(ctx, `DELETE FROM _migrateiq.definition`); err != nil {
			return err
		}
		for mapping, text := range definitions {
			if _, err := t.exec(ctx, `INSERT INTO _migrateiq.definition (mapping, definition) VALUES ($1, $2)`, mapping, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// record stores a chunk's record and gives it its time. Only a try that knows of an earlier record replaces it: without
// that its rows would count twice.
func record(ctx context.Context, t *tx, c providers.ChunkRecord, replace bool) (providers.ChunkRecord, error) {
	then := ""
	if replace {
		then = ` ON CONFLICT (run, mapping, chunk) DO UPDATE SET n = excluded.n, bounds = excluded.bounds, epoch = excluded.epoch, moment = excluded.moment,
			source = excluded.source, written = excluded.written, replaced = excluded.replaced, filtered = excluded.filtered, counts = excluded.counts, rejected = excluded.rejected,
			bytes = excluded.bytes, committed = excluded.committed, number = DEFAULT, live = true`
	}
	counts, err := json.Marshal(c.Counts)
	if err != nil {
		return c, fmt.Errorf("write the counts of a chunk: %w", err)
	}
	err = t.row(ctx, `INSERT INTO _migrateiq.chunk (run, mapping, chunk, n, bounds, epoch, moment, source, written, replaced, filtered, rejected, bytes, counts)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`+then+` RETURNING committed`,
		c.Run, c.Mapping, c.Chunk, c.N, c.Bounds, c.Epoch, c.Moment, c.Source.String(), c.Written.String(), c.Replaced.String(),
		c.Filtered, c.Rejected, c.Bytes, string(counts)).Scan(&c.Committed)
	if state(err) == "23505" {
		err = &providers.Error{
			Op: "load", Object: c.Mapping, Row: fmt.Sprintf("chunk %d", c.N), Class: providers.Ambiguous, Err: providers.ErrCommitted,
		}
	}
	return c, err
}
