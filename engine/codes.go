package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// A lookup from a table is held in memory whole: these are its limits.
const (
	mostCodes = 1_000_000
	mostBytes = 256 << 20
)

// readCodes reads a lookup from a source's table, in a reading of its own.
func readCodes(ctx context.Context, end providers.Endpoint, l *lang.Lookup, content map[string]string) error {
	inspector, ok := providers.As[providers.Inspector](end)
	if !ok {
		return &providers.Error{Op: "inspect", Object: l.Table, Class: providers.Unsupported, Err: errors.New("the system does not describe its tables")}
	}
	ref := resolve.ParseRef(l.Table)
	only := []schema.Ref{ref}
	if ref.Schema == "" {
		only = nil // it may stand in any schema
	}
	found, err := inspector.Inspect(ctx, only)
	if err != nil {
		return err
	}
	t, ok := found.Table(ref)
	if !ok {
		return &providers.Error{Op: "read", Object: l.Table, Class: providers.NotFound, Err: errors.New("there is no such table")}
	}
	columns := make([]schema.Column, 0, 2)
	for _, name := range []string{l.Key, l.Value} {
		c, ok := t.Column(name)
		if !ok {
			return fmt.Errorf("table %s has no column %q.%s", t.Ref, name, diag.Suggest(name, t.Names()))
		}
		c.Null = true // so that a null is found here, by the lookup's own rule
		columns = append(columns, c)
	}
	codes := codes{columns: columns, table: t.Ref, content: content, most: mostCodes, bytes: mostBytes}
	return eachBatch(ctx, end, providers.ReadSpec{Table: t.Ref, Columns: columns}, codes.take)
}

// codes fills a lookup's content from the rows of a table. A row in its errors has no number: a table has no order.
type codes struct {
	columns []schema.Column
	table   schema.Ref
	content map[string]string
	most    int
	bytes   int64
	held    int64
}

func (c *codes) take(b *batch.Batch) error {
	for i := range b.Len() {
		for k := range c.columns {
			if b.Vectors[k].Null(i) {
				return c.refuse("column %s of table %s holds a null, and a code without a meaning is none", c.columns[k].Name, c.table)
			}
		}
		key := string(batch.AppendText(nil, c.columns[0].Type, &b.Vectors[0], i))
		value := string(batch.AppendText(nil, c.columns[1].Type, &b.Vectors[1], i))
		if _, twice := c.content[key]; twice {
			return c.refuse("two rows of table %s have one value in column %s, which is the lookup's key", c.table, c.columns[0].Name)
		}
		c.content[key] = value
		if c.held += int64(len(key) + len(value)); c.held > c.bytes || len(c.content) > c.most {
			return c.refuse("table %s holds more than a lookup can: it is kept in memory, up to %d rows and %d MiB of text. Use a join in the from block instead",
				c.table, c.most, c.bytes>>20)
		}
	}
	return nil
}

func (c *codes) refuse(text string, args ...any) error {
	return &providers.Error{Op: "read", Object: c.table.String(), Class: providers.BadValue, Err: fmt.Errorf(text, args...)}
}
