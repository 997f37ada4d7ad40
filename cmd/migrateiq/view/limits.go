package view

import (
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// limits says how fast and when a mapping's rows are copied, where that is limited.
func (p *planText) limits(m *plan.Mapping) {
	if m.Definition == nil || m.Definition.Limits == nil {
		return
	}
	l := m.Definition.Limits
	var parts []string
	if l.RowsPerSecond > 0 {
		parts = append(parts, amount(l.RowsPerSecond, "row")+" per second")
	}
	if l.Parallel > 0 {
		parts = append(parts, amount(int64(l.Parallel), "worker"))
	}
	if l.Window != nil {
		parts = append(parts, fmt.Sprintf("chunks begun %s only", l.Window))
	}
	p.line("    limits: %s", strings.Join(parts, "; "))
}
