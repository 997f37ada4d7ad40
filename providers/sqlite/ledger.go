package sqlite

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/novumsolvo/migrateiq/providers"
)

// ledger is the endpoint's part that keeps the ledger.
type ledger struct{ e *endpoint }

var (
	_ providers.History    = ledger{}
	_ providers.Ledger     = ledger{}
	_ providers.Quarantine = ledger{}
)

// ledgerFormat is raised when the tables change.
const ledgerFormat = 2

// checkForeign starts a statement that must give no rows.
const checkForeign = "PRAGMA foreign_key_check"

var ledgerTables = []string{
	`CREATE TABLE IF NOT EXISTS migrateiq_meta (format INTEGER NOT NULL, target TEXT NOT NULL, lineage TEXT NOT NULL, secret BLOB NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS migrateiq_fence (lineage TEXT NOT NULL, epoch INTEGER NOT NULL, session TEXT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS migrateiq_run (seq INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, lineage TEXT NOT NULL, plan_digest TEXT NOT NULL, epoch INTEGER NOT NULL, opened_at TEXT NOT NULL, closed_at TEXT, outcome TEXT NOT NULL DEFAULT '')`,
	`CREATE TABLE IF NOT EXISTS migrateiq_chunk_list (run TEXT NOT NULL, mapping TEXT NOT NULL, list TEXT NOT NULL, PRIMARY KEY (run, mapping))`,
	`CREATE TABLE IF NOT EXISTS migrateiq_chunk (seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, mapping TEXT NOT NULL, chunk TEXT NOT NULL, n INTEGER NOT NULL, bounds TEXT NOT NULL, epoch INTEGER NOT NULL, moment TEXT NOT NULL, source TEXT NOT NULL, written TEXT NOT NULL, replaced TEXT NOT NULL, filtered INTEGER NOT NULL, counts TEXT NOT NULL, rejected INTEGER NOT NULL, bytes INTEGER NOT NULL, committed_at TEXT NOT NULL, stale INTEGER NOT NULL DEFAULT 0, UNIQUE (run, mapping, chunk))`,
	`CREATE TABLE IF NOT EXISTS migrateiq_step (run TEXT NOT NULL, n INTEGER NOT NULL, done_at TEXT NOT NULL, PRIMARY KEY (run, n))`,
	`CREATE TABLE IF NOT EXISTS migrateiq_reject (run TEXT NOT NULL, mapping TEXT NOT NULL, chunk TEXT NOT NULL, "key" TEXT NOT NULL, field TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS migrateiq_reject_chunk ON migrateiq_reject (run, mapping, chunk)`,
	`CREATE TABLE IF NOT EXISTS migrateiq_written (run TEXT NOT NULL, mapping TEXT NOT NULL, "key" BLOB NOT NULL, chunk TEXT NOT NULL, PRIMARY KEY (run, mapping, "key")) WITHOUT ROWID`,
	`CREATE INDEX IF NOT EXISTS migrateiq_written_chunk ON migrateiq_written (run, mapping, chunk)`,
	`CREATE TABLE IF NOT EXISTS migrateiq_definition (mapping TEXT PRIMARY KEY, definition TEXT NOT NULL)`,
}

// LedgerStatements shows what Open makes.
func (l ledger) LedgerStatements() []providers.Statement {
	return []providers.Statement{{SQL: slices.Concat(ledgerTables, keymapTables), What: "create the ledger tables migrateiq_*"}}
}

// Open takes the target for a run. Another process that still writes fails at its next commit, by the fence.
func (l ledger) Open(ctx context.Context, o providers.Owner, r providers.Run) (epoch int64, err error) {
	err = l.e.change(ctx, "open the ledger", func(c *conn) error {
		for _, sql := range slices.Concat(ledgerTables, keymapTables) {
			if _, err := c.exec(ctx, sql); err != nil {
				return err
			}
		}
		if err := c.own(ctx, o); err != nil {
			return err
		}
		if epoch, err = c.raise(ctx, o); err != nil {
			return err
		}
		return c.enter(ctx, o, r, epoch)
	})
	return epoch, err
}

// change runs work in a transaction of its own.
func (e *endpoint) change(ctx context.Context, op string, work func(*conn) error) error {
	c, err := e.write(ctx)
	if err != nil {
		return err
	}
	err = c.transaction(ctx, func() error { return work(c) })
	return errors.Join(failed(op, e.path, interrupted(ctx, err)), e.giveBack(c))
}

func conflict(object, format string, args ...any) error {
	return &providers.Error{Op: "open the ledger", Object: object, Class: providers.Conflict, Err: fmt.Errorf(format, args...)}
}

// own makes the target the lineage's, or finds it so.
func (c *conn) own(ctx context.Context, o providers.Owner) error {
	m, err := c.meta(ctx)
	switch {
	case err != nil:
		return err
	case m.Format > ledgerFormat:
		return unsupported("open the ledger", "migrateiq_meta", "the ledger has format %d, made by a newer version; this version knows %d", m.Format, ledgerFormat)
	case m.Format > 0 && m.Lineage != o.Lineage:
		return conflict("migrateiq_meta", "the target belongs to another state, of lineage %s", m.Lineage)
	case m.Format > 0:
		return c.upgrade(ctx, m.Format)
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return fmt.Errorf("make the ledger's secret: %w", err)
	}
	_, err = c.exec(ctx, "INSERT INTO migrateiq_meta (format, target, lineage, secret) VALUES (?, ?, ?, ?)", ledgerFormat, uuid.NewString(), o.Lineage, secret[:])
	if err != nil {
		return err
	}
	_, err = c.exec(ctx, "INSERT INTO migrateiq_fence (lineage, epoch, session) VALUES (?, 0, '')", o.Lineage)
	return err
}

// raise makes this session the holder of the fence.
func (c *conn) raise(ctx context.Context, o providers.Owner) (int64, error) {
	old, err := c.number(ctx, "SELECT epoch FROM migrateiq_fence")
	if err != nil {
		return 0, err
	}
	_, err = c.exec(ctx, "UPDATE migrateiq_fence SET epoch = epoch + 1, session = ? WHERE epoch = ?", o.Session, old)
	return old + 1, err
}

// enter inserts the run or finds it open. A plan is applied once.
func (c *conn) enter(ctx context.Context, o providers.Owner, r providers.Run, epoch int64) error {
	runs, err := c.runs(ctx)
	if err != nil {
		return err
	}
	known := false
	for _, x := range runs {
		switch {
		case x.Closed.IsZero() && x.ID != r.ID:
			return conflict("migrateiq_run", "run %s is still open", x.ID)
		case !x.Closed.IsZero() && x.ID == r.ID:
			return conflict("migrateiq_run", "run %s is already closed as %s", x.ID, x.Outcome)
		case x.ID == r.ID:
			known = true
		}
	}
	if known {
		_, err = c.exec(ctx, "UPDATE migrateiq_run SET epoch = ? WHERE run = ?", epoch, r.ID)
		return err
	}
	_, err = c.exec(ctx, "INSERT INTO migrateiq_run (run, lineage, plan_digest, epoch, opened_at) VALUES (?, ?, ?, ?, ?)",
		r.ID, o.Lineage, r.PlanDigest, epoch, stamp(time.Now()))
	return err
}

// checkEpoch fails where a newer holder has raised the fence.
func (c *conn) checkEpoch(ctx context.Context, epoch int64) error {
	now, err := c.number(ctx, "SELECT epoch FROM migrateiq_fence")
	if err != nil {
		return err
	}
	if now != epoch {
		return &providers.Error{Op: "write", Object: "migrateiq_fence", Class: providers.Fenced,
			Err:    fmt.Errorf("another process has taken the target over: the fence is at %d, this process holds %d", now, epoch),
			Remedy: "Let the other process finish; then run the command again."}
	}
	return nil
}

// Begin stores a chunk list once.
func (l ledger) Begin(ctx context.Context, run, mapping string, chunks []providers.Chunk) (stored []providers.Chunk, err error) {
	err = l.e.change(ctx, "begin "+mapping, func(c *conn) error {
		text, err := json.Marshal(chunks)
		if err != nil {
			return err
		}
		if _, err := c.exec(ctx, "INSERT INTO migrateiq_chunk_list (run, mapping, list) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", run, mapping, string(text)); err != nil {
			return err
		}
		stored, err = c.chunkList(ctx, run, mapping)
		return err
	})
	return stored, err
}

// Exec does a step once.
func (l ledger) Exec(ctx context.Context, s providers.Step) error {
	return l.e.change(ctx, s.Statement.What, func(c *conn) error {
		if err := c.checkEpoch(ctx, s.Epoch); err != nil {
			return err
		}
		done, err := c.number(ctx, "SELECT count(*) FROM migrateiq_step WHERE run = ? AND n = ?", s.Run, s.N)
		if err != nil || done > 0 {
			return err
		}
		if err := c.statement(ctx, s.Statement); err != nil {
			return err
		}
		if s.Fresh != "" && s.Runs != nil {
			if _, err := c.exec(ctx, "UPDATE migrateiq_chunk SET stale = run NOT IN (SELECT value FROM json_each(?)) WHERE mapping = ?", jsonOf(s.Runs), s.Fresh); err != nil {
				return err
			}
		} else if s.Fresh != "" {
			if _, err := c.exec(ctx, "UPDATE migrateiq_chunk SET stale = 1 WHERE mapping = ? AND run <> ?", s.Fresh, s.Run); err != nil {
				return err
			}
			if s.Keys {
				if err := c.swapKeys(ctx, s.Run, s.Fresh); err != nil {
					return err
				}
			}
		}
		_, err = c.exec(ctx, "INSERT INTO migrateiq_step (run, n, done_at) VALUES (?, ?, ?)", s.Run, s.N, stamp(time.Now()))
		return err
	})
}

// statement runs the texts of one statement. A check of foreign keys that gives rows is an error.
func (c *conn) statement(ctx context.Context, s providers.Statement) error {
	if s.Guard != nil {
		if err := c.guarded(ctx, s.Guard, s.What); err != nil {
			return err
		}
	}
	for _, sql := range s.SQL {
		if strings.HasPrefix(sql, checkForeign) {
			if err := c.foreignKeys(ctx, sql); err != nil {
				return err
			}
			continue
		}
		if _, err := c.exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) foreignKeys(ctx context.Context, sql string) error {
	table, count := "", map[string]int{}
	var parents []string
	err := c.each(ctx, sql, func(s *stmt) error {
		table = s.text(0)
		parent := s.text(2)
		if count[parent]++; count[parent] == 1 {
			parents = append(parents, parent)
		}
		return nil
	})
	if err != nil || len(parents) == 0 {
		return err
	}
	var parts []string
	for _, p := range parents {
		parts = append(parts, orphans(int64(count[p]), p))
	}
	return &providers.Error{Op: "check foreign keys", Object: table, Class: providers.Conflict, Err: errors.New(strings.Join(parts, "; "))}
}

// Reset empties a mapping's table and forgets what the run did for it.
func (l ledger) Reset(ctx context.Context, run, mapping string, epoch int64, empty providers.Statement) error {
	return l.e.change(ctx, "reset "+mapping, func(c *conn) error {
		if err := c.checkEpoch(ctx, epoch); err != nil {
			return err
		}
		if err := c.statement(ctx, empty); err != nil {
			return err
		}
		for _, table := range []string{"chunk_list", "chunk", "reject", "written"} {
			if _, err := c.exec(ctx, "DELETE FROM migrateiq_"+table+" WHERE run = ? AND mapping = ?", run, mapping); err != nil {
				return err
			}
		}
		return c.resetKeys(ctx, run, mapping)
	})
}

// Close ends a run. Without definitions those stored before stay.
func (l ledger) Close(ctx context.Context, run, outcome string, definitions map[string]string) error {
	return l.e.change(ctx, "close run "+run, func(c *conn) error {
		found, err := c.number(ctx, "SELECT count(*) FROM migrateiq_run WHERE run = ?", run)
		if err != nil {
			return err
		}
		if found == 0 {
			return notFound("close", "run "+run)
		}
		_, err = c.exec(ctx, "UPDATE migrateiq_run SET closed_at = ?, outcome = ? WHERE run = ?", stamp(time.Now()), outcome, run)
		if err != nil {
			return err
		}
		if _, err := c.exec(ctx, "DELETE FROM migrateiq_written WHERE run = ?", run); err != nil || definitions == nil {
			return err
		}
		if _, err := c.exec(ctx, "DELETE FROM migrateiq_definition"); err != nil {
			return err
		}
		for m, d := range definitions {
			if _, err := c.exec(ctx, "INSERT INTO migrateiq_definition (mapping, definition) VALUES (?, ?)", m, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func orphans(rows int64, parent string) string {
	if rows == 1 {
		return "1 row has no parent in " + parent
	}
	return fmt.Sprintf("%d rows have no parent in %s", rows, parent)
}

// jsonOf is a list of names as a statement's parameter.
func jsonOf(names []string) string {
	text, err := json.Marshal(names)
	if err != nil {
		panic("sqlite: marshal names: " + err.Error()) // plain data always marshals
	}
	return string(text)
}
