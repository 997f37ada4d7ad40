package resolve

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// lookups checks the lookups that are tables of sources against their catalogs.
func (r *resolver) lookups() {
	for _, l := range r.cfg.Lookups {
		if from := r.systems[l.Source]; l.Source != "" && from != nil && from.Catalog != nil {
			r.coded(l, from.Catalog)
		}
	}
}

func (r *resolver) coded(l *lang.Lookup, c *schema.Catalog) {
	fail := func(at diag.Range, code, summary, detail string, args ...any) {
		r.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at, Object: fmt.Sprintf("lookup %q", l.Name)})
	}
	t, ok := c.Table(ParseRef(l.Table))
	if !ok {
		fail(l.TableRange, "unknown-table", "Unknown table", "%s has no table %q.%s", l.Source, l.Table, diag.Suggest(l.Table, names(c, l.Table)))
		return
	}
	for _, x := range []struct {
		name string
		at   diag.Range
	}{{l.Key, l.KeyRange}, {l.Value, l.ValueRange}} {
		column, ok := t.Column(x.name)
		switch {
		case !ok:
			fail(x.at, "unknown-column", "Unknown column", "Table %s of %s has no column %q.%s", t.Ref, l.Source, x.name, diag.Suggest(x.name, t.Names()))
		case !hasOneText(column.Type):
			fail(x.at, "lookup-type", "A column that a lookup cannot hold",
				"Column %q of table %s is %s. A lookup holds texts, and takes them from columns of text, integers, bool, date, uuid and enum, whose values have one text each. Use such a column, or a join in the from block.",
				x.name, t.Ref, column.Type)
		}
	}
}

// hasOneText reports whether equal values of a type have one text, the one that string() gives in an expression.
func hasOneText(t schema.Type) bool {
	switch t.Kind {
	case schema.String, schema.Enum, schema.UUID, schema.Bool, schema.Date:
		return true
	}
	return t.IsInteger()
}

// entry is a lookup as the definition holds it.
func (r *resolver) entry(l *lang.Lookup) plan.Lookup {
	out := plan.Lookup{Name: l.Name, Module: l.Module, Key: l.Key, Value: l.Value, Default: l.Default, Or: l.Or}
	if l.File != "" {
		out.File = relative(r.cfg.Dir, l.File)
	}
	if l.Source != "" {
		out.Source, out.Table = l.Source, &schema.Ref{}
		*out.Table = ParseRef(l.Table)
		if from := r.systems[l.Source]; from != nil && from.Catalog != nil {
			if t, ok := from.Catalog.Table(*out.Table); ok {
				*out.Table = t.Ref
			}
		}
	}
	for _, p := range l.Values {
		out.Values = append(out.Values, [2]string{p.Key, p.Value})
	}
	return out
}

// coming are the classes of the values that lookups take from tables of sources.
func (f *fielder) coming(lookups []string) []string {
	var out []string
	for _, l := range f.out.Lookups {
		from := f.r.systems[l.Source]
		if l.Source == "" || from == nil || from.Config == nil || !slices.Contains(lookups, l.Name) {
			continue
		}
		out = append(out, classesOf(from.Config.Facts(ParseRef(l.Table)), l.Value)...)
	}
	return out
}

// classesOf are the classes that a table block declares of a column.
func classesOf(facts *lang.TableFacts, column string) []string {
	if facts == nil {
		return nil
	}
	var out []string
	for _, c := range facts.Columns {
		if c.Name == column {
			out = append(out, c.Classify...)
		}
	}
	return out
}
