package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const keymap = "_migrateiq.keymap"

// keymapTables are those that a ledger of format 1 lacks. Keys are compared by their bytes.
var keymapTables = []string{
	`CREATE TABLE _migrateiq.keymap (mapping text, old text COLLATE "C", new text COLLATE "C" NOT NULL, run text NOT NULL, chunk text NOT NULL, PRIMARY KEY (mapping, old))`,
	`CREATE INDEX keymap_new ON _migrateiq.keymap (mapping, new)`,
}

var (
	_ providers.KeyMap    = ledger{}
	_ providers.Upgrader  = ledger{}
	_ providers.KeyMapper = (*loader)(nil)
)

// Upgrade shows what Open makes where the tables are those of format 1.
func (l ledger) Upgrade(from providers.Meta) []providers.Statement {
	if from.Format == 0 || from.Format >= format {
		return nil
	}
	return []providers.Statement{{SQL: keymapTables, What: "add the key map to the ledger in schema _migrateiq"}}
}

func hasKeymap(ctx context.Context, t *tx) (there bool, err error) {
	err = t.row(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = '_migrateiq' AND c.relname = 'keymap')`).Scan(&there)
	return there, err
}

// upgrade makes the tables that a ledger of an earlier format lacks.
func upgrade(ctx context.Context, t *tx) error {
	there, err := hasKeymap(ctx, t)
	if err != nil {
		return err
	}
	if !there {
		if err := t.run(ctx, keymapTables...); err != nil {
			return err
		}
	}
	_, err = t.exec(ctx, `UPDATE _migrateiq.meta SET format = $1 WHERE format < $1`, format)
	return err
}

// Look finds entries. A ledger without the table has none.
func (l ledger) Look(ctx context.Context, name string, old []string) (map[string]string, error) {
	found := make(map[string]string, len(old))
	err := l.look(ctx, func(t *tx) error {
		if there, err := hasKeymap(ctx, t); err != nil || !there {
			return err
		}
		rows, err := t.conn.Query(ctx, `SELECT k.old, k.new FROM _migrateiq.keymap k JOIN unnest($2::text[]) AS u(old) ON u.old = k.old WHERE k.mapping = $1`, name, old)
		if err != nil {
			return err
		}
		var from, to string
		_, err = pgx.ForEachRow(rows, []any{&from, &to}, func() error { found[from] = to; return nil })
		return err
	})
	return found, err
}

// Fill writes entries in a transaction of its own.
func (l ledger) Fill(ctx context.Context, f providers.KeyFill) error {
	return l.e.change(ctx, "fill", keymap, func(t *tx) error {
		if err := l.e.fenced(ctx, t, f.Epoch, " FOR SHARE"); err != nil {
			return err
		}
		if f.First {
			if _, err := t.exec(ctx, `DELETE FROM _migrateiq.keymap WHERE mapping = $1`, f.Name); err != nil {
				return err
			}
		}
		return mapKeys(ctx, t, providers.LoadSpec{Keys: f.Name, Run: f.Run}, "", f.Pairs)
	})
}

// Map keeps entries until the chunk's rows are sent, or until they are many.
func (l *loader) Map(ctx context.Context, pairs []providers.KeyPair) error {
	if l.failed != nil {
		return l.failed
	}
	l.pairs = append(l.pairs, pairs...)
	if len(l.pairs) < 100_000 {
		return nil
	}
	if err := l.settle(ctx); err != nil {
		l.failed = l.e.fail("load", l.object, err)
		return l.failed
	}
	if err := l.keepKeys(ctx); err != nil {
		l.failed = l.e.fail("load", keymap, err)
	}
	return l.failed
}

// keepKeys writes the entries that were noted.
func (l *loader) keepKeys(ctx context.Context) error {
	if l.spec.Keys == "" {
		return nil
	}
	if l.try == "" {
		l.try = uuid.NewString()[:8]
	}
	err := mapKeys(ctx, l.tx, l.spec, l.try, l.pairs)
	l.pairs = l.pairs[:0]
	return err
}

// mapKeys writes entries in the order of their keys, so that two transactions cannot wait for each other. A chunk that is done
// again may give its rows other keys than an earlier try at it did: each try has a mark of its own behind the chunk.
func mapKeys(ctx context.Context, t *tx, s providers.LoadSpec, try string, pairs []providers.KeyPair) error {
	sorted := slices.Clone(pairs)
	slices.SortFunc(sorted, func(a, b providers.KeyPair) int { return cmp.Or(cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New)) })
	sorted = slices.Compact(sorted)
	from, to := make([]string, len(sorted)), make([]string, len(sorted))
	for i, p := range sorted {
		if i > 0 && p.Old == sorted[i-1].Old {
			return providers.OldKeyTwice(keymap)
		}
		from[i], to[i] = p.Old, p.New
	}
	if _, err := t.exec(ctx, `DELETE FROM _migrateiq.keymap k USING unnest($2::text[], $3::text[]) AS u(old, new)
		WHERE k.mapping = $1 AND k.new = u.new AND k.old <> u.old`, s.Keys, from, to); err != nil {
		return err
	}
	n, err := t.exec(ctx, `INSERT INTO _migrateiq.keymap AS k (mapping, old, new, run, chunk)
		SELECT $1, u.old, u.new, $2, $3 FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS u(old, new, n) ORDER BY n
		ON CONFLICT (mapping, old) DO UPDATE SET new = excluded.new, run = excluded.run, chunk = excluded.chunk
		WHERE k.run <> excluded.run OR k.new = excluded.new OR k.chunk <> excluded.chunk AND left(k.chunk, length($6)) = $6`, s.Keys, s.Run, s.ChunkID+"/"+try, from, to, s.ChunkID+"/")
	if err == nil && n != int64(len(from)) {
		err = providers.OldKeyTwice(keymap)
	}
	return err
}

// forgetKeys takes rows that are removed out of the map.
func (l *loader) forgetKeys(ctx context.Context, keys *batch.Batch) error {
	if l.spec.Keys == "" {
		return nil
	}
	var types []schema.Type
	var of []*batch.Vector
	for _, name := range l.spec.Key {
		i := slices.IndexFunc(keys.Columns, func(c schema.Column) bool { return c.Name == name })
		types, of = append(types, keys.Columns[i].Type), append(of, &keys.Vectors[i])
	}
	var gone []string
	for i := range keys.Len() {
		if text, ok := providers.KeyText(types, of, i); ok {
			gone = append(gone, text)
		}
	}
	_, err := l.tx.exec(ctx, `DELETE FROM _migrateiq.keymap WHERE mapping = $1 AND new = ANY($2::text[])`, l.spec.Keys, gone)
	return err
}

// swapKeys makes the map of a table that takes another's place the mapping's; entries of rows that are no more go.
func swapKeys(ctx context.Context, t *tx, run, mapping string) error {
	if _, err := t.exec(ctx, `DELETE FROM _migrateiq.keymap WHERE mapping = $1 AND run <> $2`, mapping, run); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE _migrateiq.keymap SET mapping = $1 WHERE mapping = $2`, mapping, providers.Staged(mapping))
	return err
}

// resetKeys forgets what a run has put into the map of a table that is emptied.
func resetKeys(ctx context.Context, t *tx, run, mapping string) error {
	_, err := t.exec(ctx, `DELETE FROM _migrateiq.keymap WHERE mapping = $1 AND run = $2 OR mapping = $3`, mapping, run, providers.Staged(mapping))
	return err
}
