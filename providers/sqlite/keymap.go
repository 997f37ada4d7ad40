package sqlite

import (
	"context"

	"github.com/google/uuid"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const keymap = "migrateiq_keymap"

// keymapTables are those that a ledger of format 1 lacks.
var keymapTables = []string{
	`CREATE TABLE IF NOT EXISTS migrateiq_keymap (mapping TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, run TEXT NOT NULL, chunk TEXT NOT NULL, PRIMARY KEY (mapping, old)) WITHOUT ROWID`,
	`CREATE INDEX IF NOT EXISTS migrateiq_keymap_new ON migrateiq_keymap (mapping, new)`,
}

var (
	_ providers.KeyMap    = ledger{}
	_ providers.Upgrader  = ledger{}
	_ providers.KeyMapper = (*loader)(nil)
)

// Upgrade shows what Open makes where the tables are those of format 1.
func (l ledger) Upgrade(from providers.Meta) []providers.Statement {
	if from.Format == 0 || from.Format >= ledgerFormat {
		return nil
	}
	return []providers.Statement{{SQL: keymapTables, What: "add the key map to the ledger tables migrateiq_*"}}
}

// upgrade notes that the ledger has all tables of this version.
func (c *conn) upgrade(ctx context.Context, from int) error {
	if from == 0 || from >= ledgerFormat {
		return nil
	}
	_, err := c.exec(ctx, "UPDATE migrateiq_meta SET format = ?", ledgerFormat)
	return err
}

// Look finds entries. A ledger without the table has none.
func (l ledger) Look(ctx context.Context, name string, old []string) (found map[string]string, err error) {
	err = l.past(ctx, func(c *conn) error {
		n, err := c.number(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", keymap)
		if err == nil && n > 0 {
			found, err = c.mapped(ctx, name, old)
		}
		return err
	})
	return found, err
}

// Look is the ledger's, as this transaction sees it: another reader may be locked out while it writes.
func (l *loader) Look(ctx context.Context, name string, old []string) (map[string]string, error) {
	if l.failed != nil {
		return nil, l.failed
	}
	found, err := l.c.mapped(ctx, name, old)
	return found, failed("look into", keymap, interrupted(ctx, err))
}

func (c *conn) mapped(ctx context.Context, name string, old []string) (map[string]string, error) {
	find, err := c.prepare("SELECT new FROM migrateiq_keymap WHERE mapping = ? AND old = ?")
	if err != nil {
		return nil, err
	}
	defer find.close()
	defer c.watch(ctx)()
	found := make(map[string]string, len(old))
	for _, key := range old {
		if err := find.bind(name, key); err != nil {
			return nil, err
		}
		more, err := find.step()
		if err != nil {
			return nil, err
		}
		if more {
			found[key] = find.text(0)
		}
		find.reset()
	}
	return found, nil
}

// Fill writes entries in a transaction of its own.
func (l ledger) Fill(ctx context.Context, f providers.KeyFill) error {
	return l.e.change(ctx, "fill the key map of "+f.Name, func(c *conn) error {
		if err := c.checkEpoch(ctx, f.Epoch); err != nil {
			return err
		}
		if f.First {
			if _, err := c.exec(ctx, "DELETE FROM migrateiq_keymap WHERE mapping = ?", f.Name); err != nil {
				return err
			}
		}
		return c.mapKeys(ctx, providers.LoadSpec{Keys: f.Name, Run: f.Run}, "", f.Pairs)
	})
}

// Map keeps entries in the chunk's transaction.
func (l *loader) Map(ctx context.Context, pairs []providers.KeyPair) error {
	if l.failed != nil {
		return l.failed
	}
	if l.try == "" {
		l.try = uuid.NewString()[:8]
	}
	if err := l.c.mapKeys(ctx, l.spec, l.try, pairs); err != nil {
		l.failed = failed("load", keymap, interrupted(ctx, err))
	}
	return l.failed
}

// mapKeys writes entries. A chunk that is done again may give its rows other keys than an earlier try at it did: each try
// has a mark of its own behind the chunk.
func (c *conn) mapKeys(ctx context.Context, s providers.LoadSpec, try string, pairs []providers.KeyPair) error {
	mine := s.ChunkID + "/"
	var all [3]*stmt
	for i, sql := range []string{
		"SELECT 1 FROM migrateiq_keymap WHERE mapping = ? AND old = ? AND run = ? AND new <> ? AND (chunk = ? OR substr(chunk, 1, length(?)) <> ?)",
		"DELETE FROM migrateiq_keymap INDEXED BY migrateiq_keymap_new WHERE mapping = ? AND new = ? AND +old <> ?",
		"INSERT OR REPLACE INTO migrateiq_keymap (mapping, old, new, run, chunk) VALUES (?, ?, ?, ?, ?)",
	} {
		p, err := c.prepare(sql)
		if err != nil {
			return err
		}
		defer p.close()
		all[i] = p
	}
	twice, taken, insert := all[0], all[1], all[2]
	defer c.watch(ctx)()
	for _, p := range pairs {
		if err := twice.bind(s.Keys, p.Old, s.Run, p.New, mine+try, mine, mine); err != nil {
			return err
		}
		more, err := twice.step()
		twice.reset()
		if err != nil {
			return err
		}
		if more {
			return providers.OldKeyTwice(keymap)
		}
		if err := taken.bind(s.Keys, p.New, p.Old); err != nil {
			return err
		}
		if err := taken.run(); err != nil {
			return err
		}
		if err := insert.bind(s.Keys, p.Old, p.New, s.Run, mine+try); err != nil {
			return err
		}
		if err := insert.run(); err != nil {
			return err
		}
	}
	return nil
}

// forgetKeys takes rows that are removed out of the map.
func (l *loader) forgetKeys(ctx context.Context, keys *batch.Batch, places []int) error {
	if l.spec.Keys == "" {
		return nil
	}
	types, of := make([]schema.Type, len(places)), make([]*batch.Vector, len(places))
	for n, i := range places {
		types[n], of[n] = keys.Columns[i].Type, &keys.Vectors[i]
	}
	for i := range keys.Len() {
		if text, ok := providers.KeyText(types, of, i); ok {
			if _, err := l.c.exec(ctx, "DELETE FROM migrateiq_keymap INDEXED BY migrateiq_keymap_new WHERE mapping = ? AND new = ?", l.spec.Keys, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// swapKeys makes the map of a table that takes another's place the mapping's; entries of rows that are no more go.
func (c *conn) swapKeys(ctx context.Context, run, mapping string) error {
	if _, err := c.exec(ctx, "DELETE FROM migrateiq_keymap WHERE mapping = ? AND run <> ?", mapping, run); err != nil {
		return err
	}
	_, err := c.exec(ctx, "UPDATE migrateiq_keymap SET mapping = ? WHERE mapping = ?", mapping, providers.Staged(mapping))
	return err
}

// resetKeys forgets what a run has put into the map of a table that is emptied.
func (c *conn) resetKeys(ctx context.Context, run, mapping string) error {
	_, err := c.exec(ctx, "DELETE FROM migrateiq_keymap WHERE mapping = ? AND run = ? OR mapping = ?", mapping, run, providers.Staged(mapping))
	return err
}
