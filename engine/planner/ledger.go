package planner

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// ledgers notes how the ledgers are made that are not there yet.
func (w *worker) ledgers(p *plan.Plan) {
	for _, s := range p.Steps {
		has := func(l plan.Ledger) bool { return l.Target == s.Target }
		sys := w.f.Systems[s.Target]
		if sys.Meta.Target != "" || len(sys.Ledger) == 0 || slices.ContainsFunc(p.Ledgers, has) {
			continue
		}
		p.Ledgers = append(p.Ledgers, plan.Ledger{Target: s.Target, Statements: sys.Ledger})
	}
	slices.SortFunc(p.Ledgers, func(a, b plan.Ledger) int { return strings.Compare(a.Target, b.Target) })
}
