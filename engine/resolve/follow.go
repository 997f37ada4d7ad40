package resolve

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// follows reports whether the column of a table of ours is to become what the field says: it is not there, or the field
// names another type or says otherwise whether it may be null. A type that is only derived changes no column.
func (f *fielder) follows(b *lang.Field) bool {
	if !f.out.Ours {
		return false
	}
	c, ok := f.out.Standing.Column(b.Name)
	return !ok || b.Type != nil && !f.same(*b.Type, c.Type) || b.Null != nil && *b.Null != c.Null && !f.isKey(b.Name)
}

// stands is the column of a table of ours as it is now.
func (f *fielder) stands(name string) (schema.Column, bool) {
	if !f.out.Ours || f.out.kept() == nil {
		return schema.Column{}, false
	}
	return f.out.Standing.Column(name)
}

// inOrder puts the fields in the order of the columns that stand, and behind them those that have none yet: the digest of
// a row goes by that order, whatever the order of the blocks.
func (f *fielder) inOrder() {
	t := f.out.kept()
	if t == nil {
		return
	}
	at := func(p plan.Field) int {
		i := slices.IndexFunc(t.Columns, func(c schema.Column) bool { return c.Name == p.Name })
		if i < 0 {
			return len(t.Columns)
		}
		return i
	}
	slices.SortStableFunc(f.def().Fields, func(a, b plan.Field) int { return at(a) - at(b) })
}
