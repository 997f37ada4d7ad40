package planner

import "github.com/novumsolvo/migrateiq/engine/plan"

// strict refuses to make a column take no null where rows stand that no row of the source makes any more: what is new
// would be null in them, and the run would stop behind its rows. In mode mirror they are removed.
func (w *worker) strict(d *decision) bool {
	def := d.m.Definition
	if len(d.behind) == 0 || def.Mode == "mirror" || !w.f.Refresh {
		return true
	}
	gone, known := w.count(GoneKeys, d, plan.Cursor{})
	if !known || gone == 0 {
		return known
	}
	column := d.behind[0].AlterColumn.After.Name
	w.fail(d, "null-in-rows-gone", "A row that is gone at the source has no value for a field",
		"Column %s of table %s would take no null, and the table holds %s that no row of the source makes any more: nothing gives them a value. Let the field be null (null = true), or take mode mirror, which removes them.",
		column, def.TargetTable, plan.Rows(gone))
	return false
}
