package view

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// versions says how many versions of rows are opened and closed.
func versions(opened, closed int64, classified bool) string {
	text := shielded(opened, classified) + " version"
	if opened != 1 {
		text += "s"
	}
	return text + " opened, " + shielded(closed, classified) + " closed"
}

// increased says what an action takes: rows, or in mode history what becomes of their versions.
func increased(m *plan.Mapping, a *plan.Action) string {
	if m.Definition.History == nil || !a.Exact {
		return "rows  " + increment(m, a)
	}
	return fmt.Sprintf("versions  %s opened, %s closed", shielded(a.Opened, classified(m)), shielded(a.Closed, classified(m)))
}
