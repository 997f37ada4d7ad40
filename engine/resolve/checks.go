package resolve

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// checks settles the mapping's checks, and the columns of the source that they read beside the fields.
func (f *fielder) checks() {
	row := f.scope()
	s := expr.Scope{Object: row.Object, Place: fmt.Sprintf("Mapping %s", f.in.config.Name), Params: row.Params, Joins: row.Joins,
		Origin: &expr.Origin{Columns: row.Columns, Place: row.Place}}
	for _, p := range f.def().Fields {
		s.Columns = append(s.Columns, p.Column)
	}
	for _, c := range f.in.config.Checks {
		table, diags := expr.CheckTable(c.Expect.Text, c.Expect.At, s)
		f.r.diags.Extend(diags)
		check := plan.Check{Name: c.Name, Expect: c.Expect.Text, Severity: c.Severity, Message: c.Message, At: place(c.Range)}
		if table != nil && f.def().History != nil && (table.Over(expr.RunRows) || table.Over(expr.SrcRows)) {
			f.r.fail(f.in.config, c.Range, "not-in-this-version", "Not in this version", "A check over run.* or src.* in mode history is not in this version. Write it over out.*: the open versions are those whose %s is null.", f.def().History.To)
			continue
		}
		if table != nil {
			check.Source = table.Over(expr.SrcRows)
			f.checkReads(table.Reads())
		}
		f.def().Checks = append(f.def().Checks, check)
	}
}

// checkReads notes columns that no field reads: they are read again for the checks, and are in no digest.
func (f *fielder) checkReads(columns []string) {
	d := f.def()
	for _, name := range columns {
		has := func(c schema.Column) bool { return c.Name == name }
		if slices.ContainsFunc(d.Read, has) || slices.ContainsFunc(d.CheckRead, has) {
			continue
		}
		if c, ok := f.sourceColumn(name); ok {
			d.CheckRead = append(d.CheckRead, c)
		}
	}
}
