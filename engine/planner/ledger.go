package planner

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// ledgers notes how the ledgers are made that are not there yet, and what those of earlier versions get.
func (w *worker) ledgers(p *plan.Plan) {
	for _, s := range p.Steps {
		has := func(l plan.Ledger) bool { return l.Target == s.Target }
		sys := w.f.Systems[s.Target]
		made := sys.Ledger
		if sys.Meta.Target != "" {
			made = sys.Upgrade
		}
		if len(made) == 0 || slices.ContainsFunc(p.Ledgers, has) {
			continue
		}
		p.Ledgers = append(p.Ledgers, plan.Ledger{Target: s.Target, Statements: made})
	}
	slices.SortFunc(p.Ledgers, func(a, b plan.Ledger) int { return strings.Compare(a.Target, b.Target) })
}
