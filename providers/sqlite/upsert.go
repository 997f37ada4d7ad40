package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// standing looks at the row that stands at a key before it is replaced or removed.
type standing struct {
	l        *loader
	look     *stmt
	update   *stmt
	remove   *stmt
	decoders []decoder
	row      *batch.Batch
	a, b     []byte
}

func (l *loader) newStanding(s *shape) (*standing, error) {
	if len(l.key) == 0 {
		return nil, errors.New("a row cannot be found without a key")
	}
	if l.spec.Hasher == nil {
		return nil, errors.New("what is replaced cannot be digested without a hasher")
	}
	st := &standing{l: l, row: batch.New(l.spec.Columns, 0)}
	names := make([]string, len(l.spec.Columns))
	for i, c := range l.spec.Columns {
		names[i] = c.Name
		at, _ := s.column(c.Name)
		c.Null = c.Null || s.holdsNull(at)
		d, err := decoderFor(c)
		if err != nil {
			return nil, unsupported("load", l.table, "%w", err)
		}
		st.decoders = append(st.decoders, d)
	}
	keys := make([]string, len(l.key))
	for i, c := range l.key {
		keys[i] = quote(names[c]) + " = ?"
	}
	where := " WHERE " + strings.Join(keys, " AND ")
	update := ""
	if l.spec.Mode == providers.Upsert && len(l.sets) > 0 {
		sets := make([]string, len(l.sets))
		for n, c := range l.sets {
			sets[n] = quote(names[c]) + " = ?"
		}
		update = "UPDATE " + quote(l.table) + " SET " + strings.Join(sets, ", ") + where
	}
	for _, p := range []struct {
		to  **stmt
		sql string
	}{
		{&st.look, "SELECT " + quoted(names) + " FROM " + quote(l.table) + where},
		{&st.update, update},
		{&st.remove, "DELETE FROM " + quote(l.table) + where},
	} {
		if p.sql == "" {
			continue
		}
		var err error
		if *p.to, err = l.c.prepare(p.sql); err != nil {
			st.close()
			return nil, err
		}
	}
	return st, nil
}

// update gives the row that stands at the key of row i its columns to set.
func (l *loader) update(b *batch.Batch, i int) error {
	to := l.stand.update
	if to == nil {
		return nil
	}
	for n, c := range l.sets {
		if err := l.bind(to, n, b, i, c); err != nil {
			return err
		}
	}
	for k, c := range l.key {
		if err := l.bind(to, len(l.sets)+k, b, i, c); err != nil {
			return err
		}
	}
	return to.run()
}

func (st *standing) close() {
	for _, s := range []*stmt{st.look, st.update, st.remove} {
		if s != nil {
			s.close()
		}
	}
}

// find digests the row that stands at the key of row i into the chunk's Replaced, and says how many there are: 0 or 1.
// keys are the key's places in b, in the order of the key. A row that SQLite finds equal although its key is another
// one, as under a collation that ignores case, is not replaced but refused.
func (st *standing) find(b *batch.Batch, i int, keys []int) (int, error) {
	l := st.l
	defer st.look.reset()
	for k, c := range keys {
		if err := l.bindKey(st.look, k, b, i, c, l.key[k]); err != nil {
			return 0, err
		}
	}
	n := 0
	for {
		more, err := st.look.step()
		if err != nil || !more {
			return n, err
		}
		if n++; n > 1 {
			return n, &providers.Error{Op: "load", Object: l.table, Class: providers.Conflict, Err: providers.ErrDuplicateKey,
				Remedy: "Two rows of the target stand at one key; name a key that the target keeps unique."}
		}
		st.row.Reset()
		for c, d := range st.decoders {
			if err := d(st.look, c, &st.row.Vectors[c]); err != nil {
				return n, &providers.Error{Op: "load", Object: l.table, Column: l.spec.Columns[c].Name, Class: providers.BadValue,
					Err: fmt.Errorf("the row that stands at the key cannot be read: %w", err)}
			}
		}
		if !st.same(b, i, keys) {
			return n, &providers.Error{Op: "load", Object: l.table, Class: providers.Conflict, Err: providers.ErrDuplicateKey,
				Remedy: "The target's collation takes two different keys for one; give its key columns the collation BINARY."}
		}
		l.replaced = l.replaced.Plus(l.spec.Hasher.Row(st.row, 0, nil))
	}
}

// same compares the keys by their canonical bytes.
func (st *standing) same(b *batch.Batch, i int, keys []int) bool {
	st.a, st.b = st.a[:0], st.b[:0]
	for k, c := range keys {
		own := st.l.key[k]
		st.a = batch.AppendCanonical(st.a, b.Columns[c].Type, &b.Vectors[c], i)
		st.b = batch.AppendCanonical(st.b, st.row.Columns[own].Type, &st.row.Vectors[own], 0)
	}
	return bytes.Equal(st.a, st.b)
}

// bindKey is bind for a batch whose columns are not the loader's: from is the place in b, to the loader's column.
func (l *loader) bindKey(s *stmt, p int, b *batch.Batch, i, from, to int) error {
	v := &b.Vectors[from]
	if v.Null(i) {
		return &providers.Error{Op: "load", Object: l.table, Column: l.spec.Columns[to].Name, Class: providers.BadValue, Err: errors.New("a null is in a key")}
	}
	return l.encoded(l.encoders[to](s, p, v, i), to)
}

// Delete removes rows by key and adds them to what the chunk replaced.
func (l *loader) Delete(ctx context.Context, keys *batch.Batch) error {
	if l.failed != nil {
		return l.failed
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := l.delete(ctx, keys); err != nil {
		l.failed = failed("delete", l.table, interrupted(ctx, err))
	}
	return l.failed
}

func (l *loader) delete(ctx context.Context, keys *batch.Batch) error {
	if l.stand == nil {
		s, err := l.c.describe(ctx, l.table)
		if err != nil {
			return err
		}
		st, err := l.newStanding(s)
		if err != nil {
			return err
		}
		defer st.close()
		return l.deleteBy(ctx, st, keys)
	}
	return l.deleteBy(ctx, l.stand, keys)
}

func (l *loader) deleteBy(ctx context.Context, st *standing, keys *batch.Batch) error {
	places := make([]int, len(l.key))
	for k, name := range l.spec.Key {
		places[k] = columnAt(keys.Columns, name)
		if places[k] < 0 || len(keys.Columns) != len(l.key) {
			return fmt.Errorf("the keys to delete have other columns than the key")
		}
	}
	defer l.c.watch(ctx)()
	for i := range keys.Len() {
		n, err := st.find(keys, i, places)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		for k, c := range places {
			if err := l.bindKey(st.remove, k, keys, i, c, l.key[k]); err != nil {
				return err
			}
		}
		if err := st.remove.run(); err != nil {
			return err
		}
	}
	return l.forgetKeys(ctx, keys, places)
}

func columnAt(columns []schema.Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
