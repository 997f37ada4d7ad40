package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Chunks cuts by the primary key or another unique key without nulls: every so many rows in the order of the index, the
// server names the key it is at.
func (s source) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) (chunks []providers.Chunk, err error) {
	err = s.with(ctx, func(x *tx) error {
		rel, err := find(ctx, x, t.Ref)
		if err != nil {
			return err
		}
		m, err := measure(ctx, x, rel)
		if err != nil {
			return err
		}
		key := cutKey(&t)
		switch {
		case bytes <= 0 || m.bytes <= bytes || rel.kind == "v" || rel.kind == "f":
			chunks, err = one(m)
		case key != nil:
			chunks, err = s.byKey(ctx, x, rel, key, max(1, bytes*m.rows/m.bytes))
		case positional && (rel.kind == "r" || rel.kind == "m"):
			chunks, err = byPage(m, bytes)
		default:
			chunks, err = one(m)
		}
		return err
	})
	return chunks, s.e.fail("read", t.Ref.String(), err)
}

// size is what a table takes on disk with its large values, and an estimate of its rows that is exact where the
// server has none.
type size struct{ bytes, pages, rows int64 }

func measure(ctx context.Context, t *tx, rel *relation) (size, error) {
	var m size
	var density float64
	err := t.row(ctx, `SELECT coalesce(sum(pg_table_size(p.oid)), 0)::bigint,
			coalesce(sum(pg_relation_size(p.oid) / current_setting('block_size')::int), 0)::bigint,
			coalesce(CASE WHEN bool_or(p.reltuples <= 0 OR p.relpages = 0) THEN -1 ELSE sum(p.reltuples::float8) / sum(p.relpages) END, -1)
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL (SELECT c.oid WHERE c.relkind <> 'p'
			UNION SELECT f.relid FROM pg_catalog.pg_partition_tree(c.oid) f WHERE f.isleaf AND c.relkind = 'p') AS leaf(oid)
		JOIN pg_catalog.pg_class p ON p.oid = leaf.oid
		WHERE n.nspname = $1 AND c.relname = $2`, rel.ref.Schema, rel.ref.Name).Scan(&m.bytes, &m.pages, &density)
	if err != nil || m.bytes == 0 {
		return m, err
	}
	if density > 0 {
		m.rows = int64(density * float64(m.pages))
		return m, nil
	}
	err = t.row(ctx, "SELECT count(*) FROM "+quoteRef(rel.ref)).Scan(&m.rows)
	return m, err
}

// cutKey is the shortest key that the server keeps unique and free of nulls, the primary key first.
func cutKey(t *schema.Table) []string {
	if t.Primary != nil {
		return t.Primary.Columns
	}
	var best []string
	for _, k := range t.Keys {
		if t.IsUnique(k.Columns) && (best == nil || len(k.Columns) < len(best)) {
			best = k.Columns
		}
	}
	return best
}

func one(m size) ([]providers.Chunk, error) {
	text, err := limits{}.text()
	return []providers.Chunk{{Bounds: text, Rows: m.rows}}, err
}

func (s source) byKey(ctx context.Context, t *tx, rel *relation, key []string, step int64) ([]providers.Chunk, error) {
	from, err := s.e.rows(rel, providers.ReadSpec{})
	if err != nil {
		return nil, err
	}
	if err := rel.path(ctx, t); err != nil {
		return nil, err
	}
	texts := make([]string, len(key))
	for i, k := range key {
		f := rel.forms[k]
		if f == nil || f.ops == "" {
			return nil, &providers.Error{Op: "read", Object: rel.ref.String(), Column: k, Class: providers.Unsupported, Err: errUnordered}
		}
		texts[i] = "c." + quote(k) + "::text"
		if !f.root().plainly() {
			texts[i] = f.shown("c." + quote(k))
		}
	}
	rows, err := t.conn.Query(ctx, fmt.Sprintf(
		"SELECT ARRAY[%s] FROM (SELECT %s, row_number() OVER (ORDER BY %s) AS migrateiq_n %s) AS c WHERE c.migrateiq_n %% %d = 0 ORDER BY c.migrateiq_n",
		strings.Join(texts, ", "), quoteAll(key, "t."), quoteAll(key, "t."), from, step))
	if err != nil {
		return nil, err
	}
	cuts, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
	if err != nil {
		return nil, err
	}
	var chunks []providers.Chunk
	var after []string
	for _, upTo := range append(cuts, nil) {
		l := limits{Key: key, After: after, UpTo: upTo}
		text, err := l.text()
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, providers.Chunk{N: len(chunks), Bounds: text, Rows: step})
		after = upTo
	}
	return chunks, nil
}

// byPage cuts by physical place: the last chunk is open above.
func byPage(m size, bytes int64) ([]providers.Chunk, error) {
	step := max(1, m.pages*bytes/m.bytes)
	var chunks []providers.Chunk
	for from := int64(0); from < max(1, m.pages); from += step {
		l := limits{From: from, To: from + step}
		if l.To >= m.pages {
			l.To = 0
		}
		text, err := l.text()
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, providers.Chunk{N: len(chunks), Bounds: text, Positional: true, Rows: m.rows * step / max(1, m.pages)})
	}
	return chunks, nil
}
