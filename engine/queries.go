package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// queries puts the results of the mappings' queries into a source's catalog. The columns of a query's key hold no null: the
// configuration says so, and reading holds it to its word.
func queries(ctx context.Context, cfg *lang.Config, system *resolve.System, end providers.Endpoint) diag.List {
	var diags diag.List
	for _, m := range cfg.Mappings {
		ref := resolve.QueryRef(m.From)
		if _, known := system.Catalog.Table(ref); m.From.Query == "" || m.From.Source != system.Config.Address || known {
			continue
		}
		fail := func(code, summary, detail string) {
			at := m.From.TableRange
			diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: detail, Subject: &at, Object: fmt.Sprintf("mapping %q", m.Name)})
		}
		d, ok := providers.As[providers.Describer](end)
		if !ok {
			fail("query-not-possible", "The source has no queries", fmt.Sprintf("A %s source cannot be asked with a query. Name a table of it, and compute in the fields.", system.Config.Kind))
			continue
		}
		t, err := d.Describe(ctx, m.From.Query)
		if err != nil {
			fail("query", "The query cannot be used", text(err))
			continue
		}
		t.Ref, t.Query = ref, m.From.Query
		for i := range t.Columns {
			if slices.Contains(m.From.Key, t.Columns[i].Name) {
				t.Columns[i].Null = false
			}
		}
		tables := append(slices.Clone(system.Catalog.Tables), t)
		slices.SortFunc(tables, func(a, b schema.Table) int {
			return cmp.Or(strings.Compare(a.Ref.Schema, b.Ref.Schema), strings.Compare(a.Ref.Name, b.Ref.Name))
		})
		system.Catalog.Tables = tables
	}
	return diags
}

// notLocked names the mappings of a source whose queries the lock does not have.
func notLocked(cfg *lang.Config, s *lang.System, c *schema.Catalog) []string {
	var out []string
	for _, m := range cfg.Mappings {
		if _, ok := c.Table(resolve.QueryRef(m.From)); m.From.Query != "" && m.From.Source == s.Address && !ok {
			out = append(out, "the query of "+m.Address)
		}
	}
	return out
}

// joins asks the sources how they compare the columns of joins, and notes it for the reader of the plan.
func joins(ctx context.Context, o *opened, mappings []*resolve.Mapping) diag.List {
	var diags diag.List
	for _, m := range mappings {
		for i, j := range m.Definition.Joins {
			at := m.Config.From.Joins[i].Range
			fail := func(code, summary, detail string) {
				diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: detail, Subject: &at, Object: fmt.Sprintf("mapping %q", m.Config.Name)})
			}
			joiner, ok := providers.As[providers.Joiner](o.ends[m.Definition.Source])
			if !ok {
				fail("join-not-possible", "The source has no joins", fmt.Sprintf("%s cannot join its tables. Use a lookup.", m.Definition.Source))
				continue
			}
			collations, err := joiner.Equality(ctx, m.Definition.SourceTable, j.Spec())
			if err != nil {
				fail("join", "The join cannot be used", text(err))
				continue
			}
			m.Notes = append(m.Notes, equality(j.Name, j.On, collations))
		}
	}
	return diags
}

// equality says in a sentence what equal means in a join.
func equality(name string, on [][2]string, collations []string) string {
	parts := make([]string, len(on))
	for i, pair := range on {
		parts[i] = pair[0] + " = " + pair[1]
		if i < len(collations) && collations[i] != "" {
			parts[i] += " by collation " + collations[i]
		}
	}
	return fmt.Sprintf("The join %s is the source's own: %s.", name, strings.Join(parts, ", "))
}
