package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
)

// look does f if there is a ledger.
func (l ledger) look(ctx context.Context, f func(*tx) error) error {
	err := l.e.now().with(ctx, func(t *tx) error {
		if there, err := exists(ctx, t); err != nil || !there {
			return err
		}
		return f(t)
	})
	return l.e.fail("read", place, err)
}

// Meta is what the ledger says of itself.
func (l ledger) Meta(ctx context.Context) (m providers.Meta, err error) {
	err = l.look(ctx, func(t *tx) error {
		err := t.row(ctx, `SELECT m.format, m.target, m.lineage, m.secret, f.epoch FROM _migrateiq.meta m, _migrateiq.fence f`).
			Scan(&m.Format, &m.Target, &m.Lineage, &m.Secret, &m.Epoch)
		if errors.Is(err, pgx.ErrNoRows) {
			used, lookErr := inUse(ctx, t) // an administrator may have made the tables, and nobody opened them yet
			if lookErr != nil || !used {
				return lookErr
			}
		}
		if err != nil {
			return err
		}
		runs, err := runs(ctx, t, "WHERE closed IS NULL")
		if err == nil && len(runs) > 0 {
			m.Open = &runs[0]
		}
		return err
	})
	return m, err
}

// Runs are all runs, oldest first.
func (l ledger) Runs(ctx context.Context) (all []providers.Run, err error) {
	err = l.look(ctx, func(t *tx) error {
		all, err = runs(ctx, t, "")
		return err
	})
	return all, err
}

func runs(ctx context.Context, t *tx, where string) ([]providers.Run, error) {
	rows, err := t.conn.Query(ctx, `SELECT id, lineage, plan_digest, epoch, opened, closed, outcome FROM _migrateiq.run `+where+` ORDER BY opened, id`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r providers.Run, err error) {
		var closed *time.Time
		err = row.Scan(&r.ID, &r.Lineage, &r.PlanDigest, &r.Epoch, &r.Opened, &closed, &r.Outcome)
		if closed != nil {
			r.Closed = *closed
		}
		return r, err
	})
}

// Chunks is the stored list, nil where there is none.
func (l ledger) Chunks(ctx context.Context, run, mapping string) (list []providers.Chunk, err error) {
	err = l.look(ctx, func(t *tx) error {
		list, err = chunks(ctx, t, run, mapping)
		return err
	})
	return list, err
}

func chunks(ctx context.Context, t *tx, run, mapping string) ([]providers.Chunk, error) {
	rows, err := t.conn.Query(ctx, `SELECT n, bounds, positional, rows FROM _migrateiq.chunk_list WHERE run = $1 AND mapping = $2 ORDER BY n`, run, mapping)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c providers.Chunk, err error) {
		err = row.Scan(&c.N, &c.Bounds, &c.Positional, &c.Rows)
		return c, err
	})
}

// Recorded lists records in the order in which they were written.
func (l ledger) Recorded(ctx context.Context, run, mapping string) (all []providers.ChunkRecord, err error) {
	err = l.look(ctx, func(t *tx) error {
		rows, err := t.conn.Query(ctx, `SELECT run, mapping, chunk, n, bounds, epoch, moment, source, written, replaced, filtered, rejected, bytes, committed, counts
			FROM _migrateiq.chunk WHERE CASE WHEN $1 = '' THEN live ELSE run = $1 END AND ($2 = '' OR mapping = $2) ORDER BY number`, run, mapping)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, scanRecord)
		return err
	})
	return all, err
}

func scanRecord(row pgx.CollectableRow) (c providers.ChunkRecord, err error) {
	var source, written, replaced, counts string
	if err := row.Scan(&c.Run, &c.Mapping, &c.Chunk, &c.N, &c.Bounds, &c.Epoch, &c.Moment, &source, &written, &replaced,
		&c.Filtered, &c.Rejected, &c.Bytes, &c.Committed, &counts); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(counts), &c.Counts); err != nil {
		return c, fmt.Errorf("read the counts of a chunk: %w", err)
	}
	if err := c.Source.UnmarshalText([]byte(source)); err != nil {
		return c, err
	}
	if err := c.Written.UnmarshalText([]byte(written)); err != nil {
		return c, err
	}
	return c, c.Replaced.UnmarshalText([]byte(replaced))
}

// Steps are the numbers of the steps that are done.
func (l ledger) Steps(ctx context.Context, run string) (done []int, err error) {
	err = l.look(ctx, func(t *tx) error {
		rows, err := t.conn.Query(ctx, `SELECT n FROM _migrateiq.step WHERE run = $1 ORDER BY n`, run)
		if err != nil {
			return err
		}
		done, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	})
	return done, err
}

// Definitions are what Close stored.
func (l ledger) Definitions(ctx context.Context) (all map[string]string, err error) {
	err = l.look(ctx, func(t *tx) error {
		rows, err := t.conn.Query(ctx, `SELECT mapping, definition FROM _migrateiq.definition`)
		if err != nil {
			return err
		}
		all = map[string]string{}
		var mapping, text string
		_, err = pgx.ForEachRow(rows, []any{&mapping, &text}, func() error {
			all[mapping] = text
			return nil
		})
		return err
	})
	return all, err
}

// Rejects are the rows that did not pass.
func (l ledger) Rejects(ctx context.Context, run, mapping string, visit func(providers.Rejected) error) error {
	return l.look(ctx, func(t *tx) error {
		rows, err := t.conn.Query(ctx, `SELECT r.run, r.mapping, r.key, r.field, r.rule, r.reason FROM _migrateiq.reject r
			LEFT JOIN _migrateiq.chunk c USING (run, mapping, chunk)
			WHERE $1 IN ('', r.run) AND $2 IN ('', r.mapping) ORDER BY c.number, r.run, r.mapping, r.chunk, r.n`, run, mapping)
		if err != nil {
			return err
		}
		var r providers.Rejected
		_, err = pgx.ForEachRow(rows, []any{&r.Run, &r.Mapping, &r.Key, &r.Field, &r.Rule, &r.Reason}, func() error { return visit(r) })
		return err
	})
}
