package planner

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// wholeSource refuses a check on all rows of the source where the plan reads only some of them: its totals would be of
// those, and look as if they were of all.
func (w *worker) wholeSource(d *decision) {
	def := d.m.Definition
	some := len(d.chunks) > 0 || def.Cursor.Increment()
	if d.load == "" || !some {
		return
	}
	why := fmt.Sprintf("only the chunks that differ (%d)", len(d.chunks))
	if len(d.chunks) == 0 {
		if why = "only the rows above the last position of cursor " + def.Cursor.Column; def.Cursor.Column == "" {
			why = "only the rows that came or changed since the last run"
		}
	}
	for i, c := range def.Checks {
		if !c.Source {
			continue
		}
		at := d.m.Config.Checks[i].Expect.At
		w.diags.Add(diag.Diagnostic{Code: "check-needs-all-rows", Summary: "Not all rows of the source are read", Subject: &at, Object: fmt.Sprintf("mapping %q", d.m.Config.Name),
			Detail: fmt.Sprintf("Check %q says something of all rows of the source (src.* in an aggregate without run.*), and this plan reads %s. Put run.* into that aggregate, so that it is about the rows of the run, or read all rows with --replace=%s.",
				c.Name, why, quoteAddress(d.m.Address))})
	}
}
