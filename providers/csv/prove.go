package csv

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/zeebo/xxh3"
)

// passRows is how many keys a proof keeps in memory at once. It reads a longer table several times, each time for the
// keys whose hash falls into the pass.
const passRows = 4 << 20

// keyHash stands for a key: 128 bits are too many for two keys to meet by chance.
type keyHash = xxh3.Uint128

// hashKey is false for a key with a null in it.
func hashKey(b *batch.Batch, i int, columns []int, buf []byte) (keyHash, []byte, bool) {
	buf = buf[:0]
	for _, c := range columns {
		if b.Vectors[c].Null(i) {
			return keyHash{}, buf, false
		}
		buf = batch.AppendCanonical(buf, b.Columns[c].Type, &b.Vectors[c], i)
	}
	return xxh3.Hash128(buf), buf, true
}

func firstColumns(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

func listed(columns []schema.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// proveUnique reads the columns of a table and finds two rows with the same values. A null is an error, or with nulls
// is equal to nothing.
func proveUnique(ctx context.Context, t table, columns []schema.Column, rows int64, nulls bool) error {
	at, passes := firstColumns(len(columns)), uint64(rows/passRows)+1
	for pass := range passes {
		seen := make(map[keyHash]int64, min(rows, passRows))
		var buf []byte
		r := &reader{table: t, columns: columns, fields: make([]int, len(columns)), files: t.files}
		err := r.each(ctx, func(b *batch.Batch, i int, line int64) error {
			var key keyHash
			var whole bool
			if key, buf, whole = hashKey(b, i, at, buf); !whole && !nulls {
				return &providers.Error{Op: "prove the key of", Object: t.name, Column: listed(columns), Row: lineName(line), Class: providers.BadValue,
					Err: errors.New("there is a null in the key"), Remedy: "Mend the rows, or name other columns as the key."}
			}
			if !whole || key.Hi%passes != pass {
				return nil
			}
			if first, twice := seen[key]; twice {
				return duplicate(t.name, columns, fmt.Sprintf("lines %d and %d", first, line))
			}
			seen[key] = line
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func duplicate(table string, columns []schema.Column, rows string) error {
	return &providers.Error{Op: "prove the key of", Object: table, Column: listed(columns), Row: rows, Class: providers.Conflict,
		Err: providers.ErrDuplicateKey, Remedy: "Mend the rows, or name columns as the key that tell them apart."}
}

// proveForeign finds a row of child whose columns are no key of parent. A null among them ties the row to nothing.
func (e *endpoint) proveForeign(ctx context.Context, child, parent table, columns, key []schema.Column) error {
	for i := range columns {
		if columns[i].Type.Kind != key[i].Type.Kind || columns[i].Type.Precision != key[i].Type.Precision || columns[i].Type.Scale != key[i].Type.Scale {
			return &providers.Error{Op: "prove a foreign key of", Object: child.name, Column: columns[i].Name, Class: providers.Unsupported,
				Err: fmt.Errorf("it has type %s and column %s of %s has type %s", columns[i].Type, key[i].Name, parent.name, key[i].Type)}
		}
	}
	at, passes := firstColumns(len(columns)), uint64(parent.kept.rows()/passRows)+1
	for pass := range passes {
		have := map[keyHash]struct{}{}
		var buf []byte
		var k keyHash
		var whole bool
		err := e.each(ctx, parent, key, func(b *batch.Batch, i int, _ int64) error {
			if k, buf, whole = hashKey(b, i, at, buf); whole && k.Hi%passes == pass {
				have[k] = struct{}{}
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = e.each(ctx, child, columns, func(b *batch.Batch, i int, line int64) error {
			k, buf, whole = hashKey(b, i, at, buf)
			if _, found := have[k]; found || !whole || k.Hi%passes != pass {
				return nil
			}
			return &providers.Error{Op: "prove a foreign key of", Object: child.name, Column: listed(columns), Row: lineName(line), Class: providers.BadValue,
				Err: fmt.Errorf("no row of %s has this key", parent.name), Remedy: "Load the missing rows, or mend the row."}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
