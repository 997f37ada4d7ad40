package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// past reads the ledger, if there is one.
func (l ledger) past(ctx context.Context, read func(*conn) error) error {
	if l.e.missing() {
		return nil
	}
	c, err := l.e.reader(ctx)
	if err != nil {
		return err
	}
	defer l.e.release(c)
	n, err := c.number(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrateiq_meta'")
	if err == nil && n > 0 {
		err = read(c)
	}
	return failed("read the ledger of", l.e.path, interrupted(ctx, err))
}

// Meta is what the ledger says of the target.
func (l ledger) Meta(ctx context.Context) (m providers.Meta, err error) {
	err = l.past(ctx, func(c *conn) (err error) { m, err = c.meta(ctx); return err })
	return m, err
}

func (c *conn) meta(ctx context.Context) (providers.Meta, error) {
	var m providers.Meta
	_, err := c.one(ctx, "SELECT m.format, m.target, m.lineage, m.secret, f.epoch FROM migrateiq_meta m, migrateiq_fence f", func(s *stmt) {
		m.Format, m.Target, m.Lineage, m.Epoch = int(s.int(0)), s.text(1), s.text(2), s.int(4)
		m.Secret = append([]byte{}, s.bytes(3)...)
	})
	if err != nil {
		return m, err
	}
	runs, err := c.runs(ctx)
	for i, r := range runs {
		if r.Closed.IsZero() {
			m.Open = &runs[i]
		}
	}
	return m, err
}

// Runs are all runs, the oldest first.
func (l ledger) Runs(ctx context.Context) (runs []providers.Run, err error) {
	err = l.past(ctx, func(c *conn) (err error) { runs, err = c.runs(ctx); return err })
	return runs, err
}

func (c *conn) runs(ctx context.Context) ([]providers.Run, error) {
	var runs []providers.Run
	err := c.each(ctx, "SELECT run, lineage, plan_digest, epoch, opened_at, closed_at, outcome FROM migrateiq_run ORDER BY seq", func(s *stmt) error {
		opened, err := when(s.text(4))
		if err != nil {
			return err
		}
		r := providers.Run{ID: s.text(0), Lineage: s.text(1), PlanDigest: s.text(2), Epoch: s.int(3), Opened: opened, Outcome: s.text(6)}
		if !s.null(5) {
			if r.Closed, err = when(s.text(5)); err != nil {
				return err
			}
		}
		runs = append(runs, r)
		return nil
	})
	return runs, err
}

func when(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, fmt.Errorf("read a time of the ledger: %w", err)
	}
	return t, nil
}

// Chunks is the stored chunk list.
func (l ledger) Chunks(ctx context.Context, run, mapping string) (chunks []providers.Chunk, err error) {
	err = l.past(ctx, func(c *conn) (err error) { chunks, err = c.chunkList(ctx, run, mapping); return err })
	return chunks, err
}

func (c *conn) chunkList(ctx context.Context, run, mapping string) ([]providers.Chunk, error) {
	text, err := c.text(ctx, "SELECT list FROM migrateiq_chunk_list WHERE run = ? AND mapping = ?", run, mapping)
	if err != nil || text == "" {
		return nil, err
	}
	var chunks []providers.Chunk
	if err := json.Unmarshal([]byte(text), &chunks); err != nil {
		return nil, fmt.Errorf("read the chunk list: %w", err)
	}
	return chunks, nil
}

const recordColumns = "run, mapping, chunk, n, bounds, epoch, moment, source, written, replaced, filtered, rejected, bytes, committed_at, counts"

// record stores a chunk's record in the place of an earlier one of the same chunk, as the newest.
func (c *conn) record(ctx context.Context, r providers.ChunkRecord) error {
	counts, err := json.Marshal(r.Counts)
	if err != nil {
		return fmt.Errorf("write the counts of a chunk: %w", err)
	}
	_, err = c.exec(ctx, "INSERT OR REPLACE INTO migrateiq_chunk ("+recordColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.Run, r.Mapping, r.Chunk, r.N, r.Bounds, r.Epoch, r.Moment, r.Source.String(), r.Written.String(), r.Replaced.String(),
		r.Filtered, r.Rejected, r.Bytes, stamp(r.Committed), string(counts))
	return err
}

// Recorded are committed chunks in the order of their commits.
func (l ledger) Recorded(ctx context.Context, run, mapping string) (records []providers.ChunkRecord, err error) {
	err = l.past(ctx, func(c *conn) error {
		sql, args := "SELECT "+recordColumns+" FROM migrateiq_chunk WHERE stale = 0", []any(nil)
		if run != "" {
			sql, args = "SELECT "+recordColumns+" FROM migrateiq_chunk WHERE run = ?", []any{run}
		}
		if mapping != "" {
			sql, args = sql+" AND mapping = ?", append(args, mapping)
		}
		return c.each(ctx, sql+" ORDER BY seq", func(s *stmt) error {
			r, err := readRecord(s)
			records = append(records, r)
			return err
		}, args...)
	})
	return records, err
}

func readRecord(s *stmt) (r providers.ChunkRecord, err error) {
	r = providers.ChunkRecord{
		Run: s.text(0), Mapping: s.text(1), Chunk: s.text(2), N: int(s.int(3)), Bounds: s.text(4), Epoch: s.int(5), Moment: s.text(6),
		Filtered: s.int(10), Rejected: s.int(11), Bytes: s.int(12),
	}
	for i, d := range []*batch.Digest{&r.Source, &r.Written, &r.Replaced} {
		err = errors.Join(err, d.UnmarshalText([]byte(s.text(7+i))))
	}
	var late error
	r.Committed, late = when(s.text(13))
	return r, errors.Join(err, late, json.Unmarshal([]byte(s.text(14)), &r.Counts))
}

// Steps are the steps done.
func (l ledger) Steps(ctx context.Context, run string) (steps []int, err error) {
	err = l.past(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT n FROM migrateiq_step WHERE run = ? ORDER BY n", func(s *stmt) error {
			steps = append(steps, int(s.int(0)))
			return nil
		}, run)
	})
	return steps, err
}

// Definitions are what Close stored.
func (l ledger) Definitions(ctx context.Context) (d map[string]string, err error) {
	err = l.past(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT mapping, definition FROM migrateiq_definition", func(s *stmt) error {
			if d == nil {
				d = map[string]string{}
			}
			d[s.text(0)] = s.text(1)
			return nil
		})
	})
	return d, err
}

// Rejects are the rows that did not pass.
func (l ledger) Rejects(ctx context.Context, run, mapping string, visit func(providers.Rejected) error) error {
	return l.past(ctx, func(c *conn) error {
		return c.each(ctx, `SELECT r.run, r.mapping, r."key", r.field, r.rule, r.reason FROM migrateiq_reject r
			LEFT JOIN migrateiq_chunk c ON c.run = r.run AND c.mapping = r.mapping AND c.chunk = r.chunk
			WHERE ? IN ('', r.run) AND ? IN ('', r.mapping) ORDER BY c.seq, r.rowid`, func(s *stmt) error {
			return visit(providers.Rejected{Run: s.text(0), Mapping: s.text(1),
				Reject: providers.Reject{Key: s.text(2), Field: s.text(3), Rule: s.text(4), Reason: s.text(5)}})
		}, run, mapping)
	})
}
