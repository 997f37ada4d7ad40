package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Every version of a row bears the number of the transaction that wrote it (xmin), and an UPDATE makes a new version. So
// the rows that a snapshot did not see are those whose number is none of a transaction that it saw. What makes this less
// simple than it sounds:
//   - xmin has 32 bits, a snapshot 64. A number is that of the latest transaction before the reading snapshot's end that
//     ends in these bits. Of rows that were frozen more than four billion transactions ago this is wrong, and they may be
//     found again: what must not read a row twice has to count the rows that were seen.
//   - A savepoint has a number of its own, and a snapshot's list of open transactions has none of these; on a standby it
//     has none at all. So the list is not used: of the numbers from the snapshot's xmin on, those that it saw are looked up
//     in the table.
//   - A server that was promoted, or put back to an earlier day, gives numbers out again: there all rows are unseen.
//   - A server that crashes forgets numbers of its last moments: Track waits until they are written.
//   - Rows of a partition that was attached may be older than the read that did not see them.

// seen is what snapshots saw of a table.
type seen struct {
	Line    int64      `json:"line"`              // the timeline of the numbers
	Low     int64      `json:"low"`               // all transactions below are seen
	Next    int64      `json:"next"`              // none from here on is
	Between [][2]int64 `json:"between,omitempty"` // those between that are seen, first and last of each run
	Tables  []uint32   `json:"tables"`            // oids of the parts that were read
	end     int64      // the numbers that the server has given out, of a primary; of a standby as many as there may be
}

// tracks is the condition that a row of pg_class is a table whose rows have numbers that the role may read.
const tracks = `has_table_privilege(c.oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_catalog.pg_class l LEFT JOIN pg_catalog.pg_am m ON m.oid = l.relam
		WHERE l.oid IN (SELECT c.oid WHERE c.relkind <> 'p' UNION ALL SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p WHERE p.isleaf AND c.relkind = 'p')
		AND NOT (l.relkind = 'r' AND coalesce(m.amname = 'heap', false)))`

// line is the timeline that the server is on.
const line = `CASE WHEN pg_catalog.pg_is_in_recovery()
	THEN (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline) FROM pg_catalog.pg_control_checkpoint() c, pg_catalog.pg_control_recovery() r)
	ELSE ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int END::bigint`

// next is the first number that the reading snapshot does not see, and full a row's number in 64 bits.
const (
	next = `(SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint)`
	back = `((` + next + ` - t.xmin::text::bigint) & 4294967295)`
	full = `(` + next + ` - ` + back + `)`
)

// unseen is the condition that none of the reads that a text speaks of saw the row t.
func unseen(text string) (string, error) {
	var s seen
	if err := json.Unmarshal([]byte(text), &s); err != nil || s.Low <= 0 {
		return "", errors.New("what the last read saw is not written as PostgreSQL sources write it")
	}
	var first, last []int64
	for _, b := range s.Between {
		first, last = append(first, b[0]), append(last, b[1])
	}
	lost := fmt.Sprintf("(SELECT %s <> %d OR NOT pg_catalog.pg_is_in_recovery() AND %s < %d)", line, s.Line, next, s.Next)
	cond := fmt.Sprintf("t.xmin::text::bigint > 2 AND %s <= %s - %d::bigint", back, next, s.Low)
	if len(first) > 0 {
		cond += fmt.Sprintf(" AND NOT EXISTS (SELECT FROM unnest(%s, %s) AS s(a, b) WHERE %s BETWEEN s.a AND s.b)", numbers(first, "bigint"), numbers(last, "bigint"), full)
	}
	return fmt.Sprintf("(%s OR t.tableoid <> ALL (%s) OR %s)", lost, numbers(s.Tables, "oid"), cond), nil
}

func numbers[T int64 | uint32](list []T, kind string) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.FormatInt(int64(n), 10)
	}
	return "'{" + strings.Join(texts, ",") + "}'::" + kind + "[]"
}

// maxBetween is how many runs of numbers are kept. Of more, rows that were seen are found again.
const maxBetween = 2000

// Track looks up what this moment sees. A moment that is gone saw at least what its oldest open transaction is above.
func (s *snapshot) Track(ctx context.Context, t schema.Ref, moments []string, before string) (text string, err error) {
	err = s.with(ctx, func(x *tx) error {
		rel, err := find(ctx, x, t)
		if err != nil || !rel.located || rel.hidden {
			return err
		}
		now := seen{}
		var able bool
		if err := x.row(ctx, `SELECT `+tracks+`, `+line+`, CASE WHEN pg_catalog.pg_is_in_recovery() THEN 9223372036854775807 ELSE `+next+` END, pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint, `+next+`,
			ARRAY(SELECT c.oid WHERE c.relkind <> 'p' UNION ALL SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p WHERE p.isleaf AND c.relkind = 'p')
			FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
			rel.ref.Schema, rel.ref.Name).Scan(&able, &now.Line, &now.end, &now.Low, &now.Next, &now.Tables); err != nil || !able {
			return err
		}
		if err := s.lasting(ctx, x); err != nil {
			return err
		}
		own := !slices.ContainsFunc(moments, func(m string) bool { return m != s.moment })
		if own {
			err = s.between(ctx, x, rel, &now)
		} else {
			err = now.recall(moments, rel.kind == "p")
		}
		if err == nil {
			text, err = now.with(before)
		}
		return err
	})
	return text, s.fail("track", t.String(), err)
}

// between looks up which transactions the snapshot sees although older ones were open.
func (s *snapshot) between(ctx context.Context, x *tx, rel *relation, now *seen) error {
	if now.Low >= now.Next {
		return nil
	}
	rows, err := x.conn.Query(ctx, fmt.Sprintf(`SELECT min(n), max(n) FROM (SELECT n, n - row_number() OVER (ORDER BY n) AS run
		FROM (SELECT DISTINCT %s AS n FROM %s AS t WHERE t.xmin::text::bigint > 2 AND %s <= %s - $1::bigint) d) r GROUP BY run ORDER BY 1 LIMIT $2`, full, rel.only(), back, next), now.Low, maxBetween)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var b [2]int64
		if err := rows.Scan(&b[0], &b[1]); err != nil {
			return err
		}
		now.Between = append(now.Between, b)
	}
	return rows.Err()
}

// recall takes what is known of moments that are gone: the least of all. Which partitions there were is not.
func (s *seen) recall(moments []string, parted bool) error {
	for _, m := range moments {
		low, _, ok := strings.Cut(m, ":")
		n, err := strconv.ParseInt(low, 10, 64)
		if !ok || err != nil {
			return errors.New("the moment of a chunk is not written as PostgreSQL sources write it")
		}
		s.Low = min(s.Low, n)
	}
	s.Next = s.Low
	if parted {
		s.Tables = []uint32{}
	}
	return nil
}

// with adds what was seen before: on a standby that lags behind, or of a partition that is detached for now, it is more.
func (s seen) with(before string) (string, error) {
	var old seen
	if before != "" {
		if err := json.Unmarshal([]byte(before), &old); err != nil {
			return "", fmt.Errorf("read what was seen before: %w", err)
		}
	}
	if old.Line == s.Line && old.Next <= s.end {
		s.Low, s.Next = max(s.Low, old.Low), max(s.Next, old.Next)
		s.Between = append(s.Between, old.Between...)
		for _, oid := range old.Tables {
			if !slices.Contains(s.Tables, oid) {
				s.Tables = append(s.Tables, oid)
			}
		}
	}
	s.Between = slices.DeleteFunc(s.Between, func(b [2]int64) bool { return b[1] < s.Low })
	slices.SortFunc(s.Between, func(a, b [2]int64) int { return int(a[0] - b[0]) })
	s.Between = slices.Compact(s.Between)
	if len(s.Between) > maxBetween {
		s.Between = s.Between[:maxBetween]
	}
	text, err := json.Marshal(s)
	return string(text), err
}

// lasting waits until the ends of all transactions that the snapshot sees are on disk. The server writes those that did not
// wait for it themselves within three rounds of its writer; what is still not written then is no end of a transaction.
func (s *snapshot) lasting(ctx context.Context, x *tx) error {
	s.mu.Lock()
	lasts := s.lasts
	s.mu.Unlock()
	if lasts {
		return nil
	}
	var standby bool
	var rounds float64
	if err := x.row(ctx, `SELECT pg_catalog.pg_is_in_recovery(), 3.5 * extract(epoch FROM current_setting('wal_writer_delay')::interval)`).Scan(&standby, &rounds); err != nil {
		return err
	}
	if standby { // it replays what is written
		return nil
	}
	var end string
	if err := x.row(ctx, `SELECT pg_catalog.pg_current_wal_insert_lsn()::text`).Scan(&end); err != nil {
		return err
	}
	limit := time.NewTimer(time.Duration(rounds * float64(time.Second)))
	defer limit.Stop()
	for done := false; !done; {
		if err := x.row(ctx, `SELECT pg_catalog.pg_current_wal_flush_lsn() >= $1::text::pg_lsn`, end).Scan(&done); err != nil {
			return err
		}
		if done {
			break
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-limit.C:
			done = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	s.mu.Lock()
	s.lasts = true
	s.mu.Unlock()
	return nil
}

var _ providers.Tracker = (*snapshot)(nil)
