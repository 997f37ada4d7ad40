package lineage

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
)

// referred adds what the key is made of that a field takes over, and the columns that found it: what the value is depends
// on them, and tells as much of them as the key tells of its own row.
func (f *Field) referred(d *plan.Definition, ref *plan.Ref, declared Declared) {
	if ref == nil {
		return
	}
	weakest := Protection{Method: "none"}
	for i, r := range ref.Reaches {
		by := Protection{Method: r.Method, Keyed: r.Keyed, Key: r.Key, KeepLast: r.KeepLast, Band: r.Band}
		if by.Method == "" {
			by.Method = "none"
		}
		if i == 0 || strength(by.Method) < strength(weakest.Method) {
			weakest = by
		}
		f.from(Source{Column: Column{r.System, r.Table, r.Column}, By: by}, declared)
	}
	for _, on := range ref.On {
		e, found := expr.Check(on.CEL, plan.Place{}.Range(), d.Scope())
		if e == nil || found.HasErrors() {
			f.Opaque = true
			continue
		}
		for _, name := range e.Columns() {
			table, column := d.Origin(name)
			f.from(Source{Column: Column{d.Source, table, column}, Type: typeOf(d, name), By: weakest}, declared)
		}
	}
}
