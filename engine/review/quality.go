package review

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// quality is the most that any mapping lets be refused. What is kept of a refused row is its key and the reason, in the
// target's ledger; the key of a classified column as a keyed hash.
func quality(p *plan.Plan) policy.Quality {
	out := policy.Quality{OnBreach: "abort"}
	for _, m := range p.All() {
		d := m.Definition
		if d == nil {
			continue
		}
		if d.MaxRejects.Percent {
			out.MaxRejectRatio = max(out.MaxRejectRatio, float64(d.MaxRejects.PerMillion)/1e6)
		} else {
			out.MaxRejectRows = max(out.MaxRejectRows, d.MaxRejects.Rows)
		}
		if out.Quarantine.System == nil && slices.ContainsFunc(d.Fields, func(f plan.Field) bool { return f.OnRowError == "quarantine" }) {
			masked := true
			out.Quarantine.System, out.Quarantine.Masked = &d.Target, &masked
		}
	}
	return out
}

// backups puts what is declared of copies to the destructive actions of the mapping that does them.
func (b *builder) backups() error {
	for i := range b.in.Actions {
		a := &b.in.Actions[i]
		if !a.Destructive {
			continue
		}
		if err := fill(a, b.facts.Backups[b.mappingOf(a)]); err != nil {
			return err
		}
	}
	return nil
}

// mappingOf is the mapping that an action is of, or that writes its table, "" where none does or it is gone.
func (b *builder) mappingOf(a *policy.Action) string {
	for i := range b.plan.Mappings {
		m := &b.plan.Mappings[i]
		if m.Definition != nil && (a.Mapping != nil && m.Address == *a.Mapping || a.Mapping == nil && dataset(m.Definition.Target, m.Definition.TargetTable) == a.Dataset) {
			return m.Address
		}
	}
	return ""
}
