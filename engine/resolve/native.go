package resolve

import (
	"cmp"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func (s *System) product() string { return cmp.Or(s.Product, s.Config.Kind) }

// value is a type of the source as the mapping's target sees it: names of types mean nothing to another product.
func (in *instance) value(t schema.Type) schema.Type {
	if in.from.product() == in.to.product() {
		return t
	}
	return t.Portable()
}

// merges reports whether two values that the source tells apart may become one in the column.
func merges(value, column schema.Type) bool {
	if value.Kind == schema.Array && column.Kind == schema.Array {
		return merges(*value.Elem, *column.Elem)
	}
	reads := column.Kind == schema.UUID || column.Kind == schema.JSON || column.Kind == schema.Native || column.Kind == schema.Array
	return value.Kind == schema.String && reads || (column.Native != value.Native || column.Base != value.Base) && (column.Form() != schema.Form{} || !equalsAsItIs(column))
}

// equalsAsItIs reports whether a system takes two values of a type for equal only where their canonical texts are.
func equalsAsItIs(t schema.Type) bool {
	switch t.Kind {
	case schema.Native:
		return false
	case schema.JSON:
		return !t.Form().JSONB
	case schema.String:
		return t.Rule() != "citext" && !strings.HasSuffix(t.Rule(), ".citext")
	case schema.Array:
		return equalsAsItIs(*t.Elem)
	}
	return true
}

// folds is the collation by which the table that stands takes different texts of a column for equal.
func (f *fielder) folds(column string) string {
	if f.out.kept() == nil {
		return ""
	}
	c, _ := f.out.Standing.Column(column)
	return c.Folds
}

// coarse refuses an upsert by a key of which the target takes two values for one that the engine tells apart, where not
// the source itself keeps them unique in the same way: of two rows one would go, and nobody would see it.
func (f *fielder) coarse() {
	d, m := f.def(), f.in.config
	if !d.Upserts() || d.KeyIsSource {
		return
	}
	i := slices.IndexFunc(d.Fields, func(p plan.Field) bool {
		return slices.Contains(d.Key, p.Name) && (!equalsAsItIs(p.Column.Type) || f.folds(p.Name) != "")
	})
	if i < 0 {
		return
	}
	f.r.fail(m, m.To.KeyRange, "key-merges", "Keys could become one",
		"The target has its own rule for which values of type %s are equal, and the source does not keep key field %q unique by it: two rows could become one unseen. "+
			"Use a key that is the source's own in the same type, or mode append or replace.", d.Fields[i].Column.Type, d.Fields[i].Name)
}
