package planner

import (
	"encoding/json"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// untaken says why the source may hold changes that earlier runs read and did not take, so that no digest tells them: mode
// append without a cursor takes no change, and a cursor none below its position, though a change of the definition reads
// all rows. "" where the digests tell them.
func (w *worker) untaken(d *decision) string {
	def := d.m.Definition
	var was plan.Definition
	if def.Cursor != nil || def.Mode == "append" || d.prior.Run == d.prior.BaseRun || json.Unmarshal(d.prior.Definition, &was) != nil {
		return ""
	}
	switch {
	case was.Cursor != nil:
		return "the cursor is gone, and what it did not tell is read now"
	case was.Mode == "append":
		return "the mode was append, which takes no change of the source"
	}
	return ""
}
