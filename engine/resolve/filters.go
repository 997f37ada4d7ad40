package resolve

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// filters types the keys of the filters. A key decides, so it is text and never null.
func (f *fielder) filters() {
	for _, b := range f.in.config.Filters {
		e, diags := expr.Check(b.Key.Text, b.Key.At, f.scope())
		f.r.diags.Extend(diags)
		if e == nil || diags.HasErrors() || !f.decides(b, e) {
			continue
		}
		f.uses(e)
		f.lookup(b.Lookup)
		f.def().Filters = append(f.def().Filters, plan.Filter{Name: b.Name, Kind: b.Kind, Lookup: b.Lookup, Key: b.Key.Text, KeyCanon: e.Canonical(),
			AsOf: b.AsOf, At: place(b.Range)})
	}
}

func (f *fielder) decides(b *lang.Filter, e *expr.Expr) bool {
	ok := true
	switch e.Type().Kind {
	case schema.String, schema.Enum, schema.UUID:
	default:
		f.r.fail(f.in.config, b.Key.At, "filter-key", "The key of a filter is no text",
			"The key of filter %q is %s, and the keys of a lookup are texts. Write the text that stands in the list, as in string(...).", b.Name, e.Type())
		ok = false
	}
	if e.MayBeNull() {
		what := "it"
		if name, plain := e.Column(); plain {
			what = "src." + name
			if _, _, joined := f.member(name); joined {
				what = "join." + name
			}
		}
		f.r.fail(f.in.config, b.Key.At, "null-decides", "A null would decide",
			"The key of filter %q may be null, and whether the row leaves or stays would hang on that. Say what null means: %s.", b.Name,
			fmt.Sprintf("coalesce(%s, ''), or leave such rows out with where = \"%s != null\" and write coalesce all the same", what, what))
		ok = false
	}
	return ok
}
