package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	manyChunks = 2048      // from so many on chunks grow with the table
	mostBytes  = 256 << 20 // that a chunk grows to
	mostRows   = 1 << 20   // in a chunk of rows of even width: a loader may keep something of each
	exactPages = 4096      // the table up to which its whole index is read for the cuts
	drawn      = 24        // pages looked at for each chunk of a larger one
)

// Chunks cuts by the primary key or another unique key without nulls: the server names the key at which it is after so many
// rows in the order of the index. For a large table the rows are those of pages taken at random, so that cutting takes
// a small part of the time of reading; the chunks are then of about one size, and cover every row all the same.
func (s source) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) (chunks []providers.Chunk, err error) {
	err = s.with(ctx, func(x *tx) error {
		rel, err := find(ctx, x, t.Ref)
		if err != nil {
			return err
		}
		if err := rel.readable("read", nil); err != nil {
			return err
		}
		if rel.pieces != "" {
			chunks, err = largeChunks(ctx, x, rel.ref, bytes)
			return err
		}
		m, err := measure(ctx, x, rel)
		if err != nil {
			return err
		}
		key := cutKey(&t)
		lacks := slices.ContainsFunc(key, func(name string) bool { return slices.Contains(rel.denied, name) })
		whole := bytes <= 0 || m.bytes <= bytes || rel.kind == "v" || rel.kind == "f"
		bytes = m.chunk(bytes)
		switch {
		case whole:
			chunks, err = one(m)
		case key != nil && !lacks:
			chunks, err = s.byKey(ctx, x, rel, key, m, bytes)
		case positional && s.e.ranged() && m.heap && rel.located:
			chunks, err = byPage(m, bytes)
		default:
			chunks, err = one(m)
		}
		return err
	})
	return chunks, s.fail("read", t.Ref.String(), err)
}

// size is what a table takes on disk with its large values, and an estimate of its rows.
type size struct {
	bytes, rows int64
	pages       int64   // of all leaves
	leaves      []int64 // pages of each, in ascending order: those of the partitions, or of the table alone
	heap        bool    // rows stand on pages of the server's own
}

// chunk is the size of the table's chunks: as asked for, more where they would become too many, less where the rows are
// so narrow that too many of them fit in.
func (m size) chunk(asked int64) int64 {
	if m.bytes == 0 || asked <= 0 {
		return asked
	}
	bytes := max(asked, min(m.bytes/manyChunks, mostBytes))
	if m.rows > 0 {
		bytes = min(bytes, max(1, m.bytes/m.rows)*mostRows)
	}
	return bytes
}

func measure(ctx context.Context, t *tx, rel *relation) (size, error) {
	var m size
	var density float64
	err := t.row(ctx, `SELECT coalesce(sum(pg_table_size(p.oid)), 0)::bigint, coalesce(array_agg(l.pages ORDER BY l.pages), '{}'), coalesce(bool_and(p.heap), false),
			coalesce(CASE WHEN bool_or(l.pages > 0 AND (p.reltuples <= 0 OR p.relpages = 0)) THEN -1 ELSE sum(l.pages * p.reltuples::float8 / nullif(p.relpages, 0)) END, -1)
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL (SELECT c.oid WHERE c.relkind <> 'p'
			UNION SELECT f.relid FROM pg_catalog.pg_partition_tree(c.oid) f WHERE f.isleaf AND c.relkind = 'p') AS leaf(oid)
		JOIN LATERAL (SELECT q.*, coalesce(a.amname = 'heap', false) AS heap FROM pg_catalog.pg_class q LEFT JOIN pg_catalog.pg_am a ON a.oid = q.relam) p ON p.oid = leaf.oid
		CROSS JOIN LATERAL (SELECT coalesce(pg_relation_size(p.oid), 0) / current_setting('block_size')::int AS pages) l
		WHERE n.nspname = $1 AND c.relname = $2`, rel.ref.Schema, rel.ref.Name).Scan(&m.bytes, &m.leaves, &m.heap, &density)
	if err != nil || m.bytes == 0 {
		return m, err
	}
	for _, n := range m.leaves {
		m.pages += n
	}
	switch {
	case density > 0:
		m.rows = int64(density)
	case !m.heap || m.pages <= exactPages:
		err = t.row(ctx, "SELECT count(*) FROM "+rel.only()).Scan(&m.rows)
	default:
		var n int64
		share := m.share(exactPages / 4)
		err = t.row(ctx, fmt.Sprintf("SELECT count(*) FROM %s AS t%s", rel.only(), sample(share))).Scan(&n)
		m.rows = max(m.pages, int64(float64(n)/share*100))
	}
	return m, err
}

// share is the part of the table, in per cent, that so many pages are.
func (m size) share(pages int64) float64 {
	return min(100, float64(pages)/float64(max(1, m.pages))*100)
}

// sample takes pages at random, the same ones every time.
func sample(share float64) string {
	return fmt.Sprintf(" TABLESAMPLE SYSTEM (%f) REPEATABLE (1)", share)
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

// ranged: the server goes straight to a range of pages, as 14 and later do.
func (e *endpoint) ranged() bool { return e.number >= 140000 }

func one(m size) ([]providers.Chunk, error) {
	text, err := limits{}.text()
	return []providers.Chunk{{Bounds: text, Rows: m.rows}}, err
}

// byKey cuts where the server says that a chunk's rows are full: of all rows, or of those of a sample.
func (s source) byKey(ctx context.Context, t *tx, rel *relation, key []string, m size, bytes int64) ([]providers.Chunk, error) {
	parts := (m.bytes + bytes - 1) / bytes
	from, share := "FROM "+rel.only()+" AS t", 100.0
	if m.heap && m.pages > exactPages {
		share = m.share(parts * drawn)
		from += sample(share)
	}
	step := fmt.Sprint(max(1, bytes*m.rows/m.bytes))
	if share < 100 {
		step = fmt.Sprintf("greatest(1, (c.migrateiq_all + %d) / %d)", parts-1, parts)
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
	counted := ""
	if share < 100 {
		counted = ", count(*) OVER () AS migrateiq_all"
	}
	rows, err := t.conn.Query(ctx, fmt.Sprintf(
		"SELECT ARRAY[%s] FROM (SELECT %s, row_number() OVER (ORDER BY %s) AS migrateiq_n%s %s) AS c WHERE c.migrateiq_n %% %s = 0 ORDER BY c.migrateiq_n",
		strings.Join(texts, ", "), quoteAll(key, "t."), quoteAll(key, "t."), counted, from, step))
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
		chunks = append(chunks, providers.Chunk{N: len(chunks), Bounds: text, Rows: max(1, m.rows/parts)})
		after = upTo
	}
	return chunks, nil
}

// byPage cuts by physical place: the last chunk is open above. A chunk of a partitioned table is the same range of pages
// of every partition, wide where few of them are that long.
func byPage(m size, bytes int64) ([]providers.Chunk, error) {
	budget := max(1, m.pages*bytes/m.bytes)
	var chunks []providers.Chunk
	leaves := m.leaves // those that are longer than what is cut
	for from := int64(0); chunks == nil || len(leaves) > 0; {
		to, pages := from, int64(0)
		for pages < budget && len(leaves) > 0 {
			if leaves[0] <= to {
				leaves = leaves[1:]
				continue
			}
			n := min(leaves[0]-to, max(1, (budget-pages)/int64(len(leaves))))
			to, pages = to+n, pages+n*int64(len(leaves))
		}
		for len(leaves) > 0 && leaves[0] <= to {
			leaves = leaves[1:]
		}
		l := limits{From: from, To: to}
		if len(leaves) == 0 {
			l.To = 0
		}
		text, err := l.text()
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, providers.Chunk{N: len(chunks), Bounds: text, Positional: true, Rows: m.rows * pages / max(1, m.pages)})
		from = to
	}
	return chunks, nil
}
