package resolve

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// QueryRef is the name that the result of a mapping's query has in catalogs and plans: the same for the same query and key.
func QueryRef(f lang.From) schema.Ref {
	h := sha256.New()
	for _, part := range append([]string{f.Query}, f.Key...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return schema.Ref{Name: "query " + hex.EncodeToString(h.Sum(nil)[:6])}
}

// asked finds the result of a mapping's query; where it is not in the catalog that was said already.
func (r *resolver) asked(m *lang.Mapping, from, to *System) {
	t, ok := from.Catalog.Table(QueryRef(m.From))
	if !ok {
		return
	}
	for _, name := range m.From.Key {
		if _, ok := t.Column(name); !ok {
			r.fail(m, m.From.KeyRange, "unknown-column", "Unknown column", "The query has no column %q, which stands in its key.%s", name, diag.Suggest(name, t.Names()))
			return
		}
	}
	r.add(&instance{address: m.Address, config: m, from: from, to: to, source: t, table: ParseRef(m.To.Table)})
}

// joint is a table that is joined to an instance's own.
type joint struct {
	*lang.Join
	table *schema.Table
}

// joints finds the tables of the joins. It reports false where one of them, or a column, is not there.
func (r *resolver) joints(m *lang.Mapping, from *System, source *schema.Table) ([]joint, bool) {
	var out []joint
	whole := true
	fail := func(at diag.Range, code, summary, detail string, args ...any) {
		r.fail(m, at, code, summary, detail, args...)
		whole = false
	}
	for _, j := range m.From.Joins {
		t, ok := from.Catalog.Table(ParseRef(j.Table))
		if !ok {
			fail(j.TableRange, "unknown-table", "Unknown table", "%s has no table %q.%s", m.From.Source, j.Table, diag.Suggest(j.Table, names(from.Catalog, j.Table)))
			continue
		}
		for _, pair := range j.On {
			for i, side := range []*schema.Table{source, t} {
				if _, ok := side.Column(pair[i]); !ok {
					fail(j.OnRange, "unknown-column", "Unknown column", "Table %s of %s has no column %q.%s", side.Ref, m.From.Source, pair[i], diag.Suggest(pair[i], side.Names()))
				}
			}
		}
		for _, c := range t.Columns {
			if name := expr.Joined(j.Name, c.Name); hasColumn(source, name) {
				fail(j.Range, "duplicate-name", "Name used twice", "Table %s has a column %q, which is how a plan names column %q of join %q. Give the join another name.", source.Ref, name, c.Name, j.Name)
			}
		}
		out = append(out, joint{j, t})
	}
	return out, whole
}

func hasColumn(t *schema.Table, name string) bool { _, ok := t.Column(name); return ok }

// columns are the joined table's, by the names under which they are read.
func (j joint) columns() []schema.Column {
	out := slices.Clone(j.table.Columns)
	for i := range out {
		out[i].Name, out[i].Null = expr.Joined(j.Name, out[i].Name), true
		out[i].Default, out[i].Generated, out[i].Identity, out[i].Comment = "", false, false, ""
	}
	return out
}

// Widened is a table with the columns of the tables that a definition joins to it, as far as the catalog has them.
func Widened(t *schema.Table, joins []plan.Join, c *schema.Catalog) *schema.Table {
	if t == nil || len(joins) == 0 {
		return t
	}
	out := *t
	out.Columns = slices.Clone(t.Columns)
	for _, j := range joins {
		if of, ok := c.Table(j.Table); ok {
			out.Columns = append(out.Columns, joint{&lang.Join{Name: j.Name}, of}.columns()...)
		}
	}
	return &out
}

// sourceColumn finds a column of the source's table, or of one joined to it.
func (f *fielder) sourceColumn(name string) (schema.Column, bool) {
	if c, ok := f.in.source.Column(name); ok {
		return c, true
	}
	for _, j := range f.in.joints {
		for _, c := range j.columns() {
			if c.Name == name {
				return c, true
			}
		}
	}
	return schema.Column{}, false
}

// member takes the name of a joined column apart.
func (f *fielder) member(name string) (j joint, column string, ok bool) {
	if hasColumn(f.in.source, name) {
		return joint{}, "", false
	}
	for _, j := range f.in.joints {
		for _, c := range j.table.Columns {
			if expr.Joined(j.Name, c.Name) == name {
				return j, c.Name, true
			}
		}
	}
	return joint{}, "", false
}

// written is a column as an expression names it.
func (f *fielder) written(name string) string {
	if j, column, ok := f.member(name); ok {
		return fmt.Sprintf("join.%s[%q]", j.Name, column)
	}
	return fmt.Sprintf("src[%q]", name)
}

// declared are the classes that the configuration gives a column.
func (f *fielder) declared(name string) []string {
	if j, column, ok := f.member(name); ok {
		return classesOf(f.in.from.Config.Facts(j.table.Ref), column)
	}
	return classesOf(f.facts, name)
}

// Joins are a mapping's joins as a definition has them, with the names that the catalog has for their tables.
func Joins(m *lang.Mapping, c *schema.Catalog) []plan.Join {
	var out []plan.Join
	for _, j := range m.From.Joins {
		if t, ok := c.Table(ParseRef(j.Table)); ok {
			out = append(out, plan.Join{Name: j.Name, Table: t.Ref, On: slices.Clone(j.On)})
		}
	}
	return out
}

// of names the rows for messages.
func (in *instance) of() string {
	if in.config.From.Query != "" {
		return fmt.Sprintf("The query of mapping %s", in.config.Name)
	}
	return fmt.Sprintf("Table %s of %s", in.source.Ref, in.config.From.Source)
}
