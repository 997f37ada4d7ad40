package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// mostSeen is how many groups, and values in groups, of one table are held in memory.
const mostSeen = 1 << 19

// profile measures what the targets' tables hold once a run is done, where the configuration names fields that tell people
// apart when taken together: k is the size of the smallest group of rows that have all of them in common, and l the fewest
// different values of a field of a special category in any group, null being a value too. What was not measured is nil: k
// where no field is named, or one that no table has; l where no such field is beside them; both where there are more groups
// than are held. PANHits stays nil, as no values are searched for card numbers.
func (e *Engine) profile(ctx context.Context, p *plan.Plan, o *opened, in policy.Input) (policy.Profile, error) {
	var out policy.Profile
	if len(in.Anonymity.QI) == 0 {
		return out, nil
	}
	missing := slices.Clone(in.Anonymity.QI)
	all := tally{}
	for i := range p.Mappings {
		m := &p.Mappings[i]
		if m.Definition == nil {
			continue
		}
		columns, by := profiled(m, in)
		if by == 0 {
			continue
		}
		missing = slices.DeleteFunc(missing, func(name string) bool {
			return slices.ContainsFunc(columns[:by], func(c schema.Column) bool { return names(m, c.Name, name) })
		})
		source, ok := providers.As[providers.Source](o.ends[m.Definition.Target])
		if !ok {
			return policy.Profile{}, nil
		}
		g := newGroups(len(columns) - by)
		err := providers.Each(ctx, source, providers.ReadSpec{Table: m.Definition.TargetTable, Columns: columns}, func(b *batch.Batch) error {
			g.add(b, by)
			return nil
		})
		if err != nil {
			return policy.Profile{}, fmt.Errorf("measure the groups of %s: %w", m.Address, err)
		}
		all.take(g)
	}
	if len(missing) > 0 {
		return policy.Profile{}, nil
	}
	return policy.Profile{K: all.k.known(), L: all.l.known()}, nil
}

// names reports whether a name that is declared is that of a mapping's field: the field's name, or its address.
func names(m *plan.Mapping, field, declared string) bool {
	return declared == field || declared == m.Address+".field."+field
}

// profiled are the columns of a mapping's target that are read: first the by that people are told apart by, then those of
// special categories.
func profiled(m *plan.Mapping, in policy.Input) (columns []schema.Column, by int) {
	var special []schema.Column
	for _, c := range m.Definition.Columns() {
		switch {
		case slices.ContainsFunc(in.Anonymity.QI, func(name string) bool { return names(m, c.Name, name) }):
			columns = append(columns, c)
		case in.Fields[m.Address+".field."+c.Name].ClassSet["special"]:
			special = append(special, c)
		}
	}
	return append(columns, special...), len(columns)
}

// tally is the least of several tables. One that could not be told leaves the whole untold.
type tally struct{ k, l least }

func (t *tally) take(g *groups) {
	if g.over {
		t.k.lost = true
	}
	if g.special > 0 && (g.over || g.many) {
		t.l.lost = true
	}
	for _, one := range g.of {
		t.k.take(one.rows)
		for _, n := range one.values {
			t.l.take(n)
		}
	}
}

type least struct {
	n          int64
	seen, lost bool
}

func (l *least) take(n int64) {
	if !l.seen || n < l.n {
		l.n, l.seen = n, true
	}
}

func (l *least) known() *int64 {
	if !l.seen || l.lost {
		return nil
	}
	return &l.n
}

// mark stands for a value or a group of values. It is never shown.
type mark [16]byte

// groups counts the rows of a table by the values they have in common.
type groups struct {
	special    int
	of         map[mark]*crowd
	seen       map[mark]struct{} // values of special fields by group
	over, many bool              // more groups, or values, than are held
	text       []byte
}

type crowd struct {
	rows   int64
	values []int64 // different ones, by special field
}

func newGroups(special int) *groups {
	return &groups{special: special, of: map[mark]*crowd{}, seen: map[mark]struct{}{}}
}

func (g *groups) add(b *batch.Batch, by int) {
	for row := range b.Len() {
		if g.over {
			return
		}
		key := g.mark(b, row, 0, by, nil)
		one := g.of[key]
		if one == nil {
			if len(g.of) == mostSeen {
				g.over = true
				return
			}
			one = &crowd{values: make([]int64, g.special)}
			g.of[key] = one
		}
		one.rows++
		for i := range one.values {
			if g.many {
				break
			}
			value := g.mark(b, row, by+i, by+i+1, binary.BigEndian.AppendUint32(key[:], uint32(i)))
			if _, have := g.seen[value]; have {
				continue
			}
			if len(g.seen) == mostSeen {
				g.many = true
				break
			}
			g.seen[value] = struct{}{}
			one.values[i]++
		}
	}
}

// mark is a digest of the canonical texts of some columns of a row, each with its length, behind a beginning.
func (g *groups) mark(b *batch.Batch, row, from, to int, begin []byte) mark {
	g.text = append(g.text[:0], begin...)
	for i := from; i < to; i++ {
		if b.Vectors[i].Null(row) {
			g.text = append(g.text, 0)
			continue
		}
		at := len(g.text) + 9
		g.text = append(g.text, 1, 0, 0, 0, 0, 0, 0, 0, 0)
		g.text = batch.AppendText(g.text, b.Columns[i].Type, &b.Vectors[i], row)
		binary.BigEndian.PutUint64(g.text[at-8:], uint64(len(g.text)-at))
	}
	sum := sha256.Sum256(g.text)
	return mark(sum[:16])
}
