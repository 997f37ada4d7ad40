package csv

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// addForeign proves a foreign key by reading both tables, and keeps it: later loads refuse rows that break it.
func (e *endpoint) addForeign(ctx context.Context, d *document, c schema.ForeignAdd) error {
	child, err := d.table(c.Table)
	if err != nil {
		return err
	}
	if err := e.provenForeign(ctx, d, child, c.Foreign); err != nil {
		return err
	}
	child.Foreign = append(child.Foreign, c.Foreign)
	return nil
}

func (e *endpoint) provenForeign(ctx context.Context, d *document, child *kept, f schema.ForeignKey) error {
	parent, err := d.table(f.Parent)
	if err != nil {
		return err
	}
	from, err := e.tableOf(child)
	if err != nil {
		return err
	}
	to, err := e.tableOf(parent)
	if err != nil {
		return err
	}
	columns, err := columnsOf(from, child.Columns, f.Columns)
	if err != nil {
		return err
	}
	key, err := columnsOf(to, parent.Columns, f.Key)
	if err != nil {
		return err
	}
	return e.proveForeign(ctx, from, to, columns, key)
}

// unneeded refuses to take rows away that foreign keys of other tables lead to.
func (d *document) unneeded(parent *kept) error {
	for _, name := range slices.Sorted(maps.Keys(d.Tables)) {
		child := d.Tables[name]
		for _, f := range child.Foreign {
			if child != parent && f.Parent.Name == parent.Name && child.rows() > 0 {
				return failure("empty", parent.Name, providers.Conflict, fmt.Sprintf("rows of %s lead to it by a foreign key", child.Name))
			}
		}
	}
	return nil
}

// swapProven proves the foreign keys of others again, against the rows that take the place.
func (e *endpoint) swapProven(ctx context.Context, d *document, s schema.TableSwap) error {
	fresh, err := d.table(s.New.Ref)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.Tables)) {
		child := d.Tables[name]
		for _, f := range child.Foreign {
			if name == s.Old.Name || name == fresh.Name || f.Parent.Name != s.Old.Name {
				continue
			}
			f.Parent = s.New.Ref
			if err := e.provenForeign(ctx, d, child, f); err != nil {
				return err
			}
		}
	}
	if err := d.swap(s); err != nil {
		return err
	}
	for _, t := range d.Tables { // a key into itself follows the name, and so does one of a table that was built with it
		for i := range t.Foreign {
			if t.Foreign[i].Parent.Name == s.New.Ref.Name {
				t.Foreign[i].Parent = s.Old
			}
		}
	}
	return nil
}

// tie collects the keys that a chunk's rows lead to, and its own keys where they lead to the same table.
type tie struct {
	foreign schema.ForeignKey
	at      []int // in the batch
	own     []int // the key's columns in the batch, nil where another table has it
	wants   map[keyHash]int64
	has     map[keyHash]struct{}
	buf     []byte
}

func (l *loader) tie(f schema.ForeignKey) {
	x := &tie{foreign: f, wants: map[keyHash]int64{}, has: map[keyHash]struct{}{}}
	if x.at = l.places(f.Columns); x.at == nil {
		return // nulls are written, and they lead nowhere
	}
	if f.Parent.Name == l.spec.Table.Name {
		x.own = l.places(f.Key)
	}
	l.ties = append(l.ties, x)
}

// places finds columns in the batch, nil where one is not written.
func (l *loader) places(names []string) []int {
	var at []int
	for _, name := range names {
		i := slices.IndexFunc(l.spec.Columns, func(c schema.Column) bool { return c.Name == name })
		if i < 0 {
			return nil
		}
		at = append(at, i)
	}
	return at
}

func (x *tie) watch(b *batch.Batch, i int, row int64) {
	var key keyHash
	var whole bool
	if key, x.buf, whole = hashKey(b, i, x.at, x.buf); whole {
		x.wants[key] = row
	}
	if x.own == nil {
		return
	}
	if key, x.buf, whole = hashKey(b, i, x.own, x.buf); whole {
		x.has[key] = struct{}{}
	}
}

// tied reads the parent's keys and finds a row that leads to none of them.
func (l *loader) tied(ctx context.Context, x *tie, d *document) error {
	parent, err := d.table(x.foreign.Parent)
	if err != nil {
		return err
	}
	to, err := l.endpoint.tableOf(parent)
	if err != nil {
		return err
	}
	key, err := columnsOf(to, parent.Columns, x.foreign.Key)
	if err != nil {
		return err
	}
	missing, at := maps.Clone(x.wants), firstColumns(len(key))
	maps.DeleteFunc(missing, func(k keyHash, _ int64) bool { _, own := x.has[k]; return own })
	err = l.endpoint.each(ctx, to, key, func(b *batch.Batch, i int, _ int64) error {
		var k keyHash
		var whole bool
		if k, x.buf, whole = hashKey(b, i, at, x.buf); whole {
			delete(missing, k)
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	row := slices.Min(slices.Collect(maps.Values(missing)))
	return &providers.Error{Op: "write", Object: l.spec.Table.Name, Row: fmt.Sprintf("row %d of the chunk", row), Class: providers.BadValue,
		Err: errors.New("no row of " + parent.Name + " has its foreign key"), Remedy: "Load the missing rows first, or mend the row."}
}
