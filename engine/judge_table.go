package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
)

// judgeTable asks the policies, before a table is swapped in, what they would say of the run if everything that is not
// known yet comes out right. What they deny then is the doing of this table, or of one that was judged before.
func (e *Engine) judgeTable(ctx context.Context, cfg *lang.Config, p *plan.Plan, o *opened, mapping string, soFar *Report, started time.Time) ([]string, error) {
	assumed := *soFar
	assumed.Mappings = slices.Clone(soFar.Mappings)
	for i := range p.Mappings {
		if m := &p.Mappings[i]; m.Definition != nil && m.Address != mapping {
			assume(&assumed, m)
		}
	}
	r, err := e.cameTo(ctx, p, o, &assumed, started)
	if err != nil {
		return nil, err
	}
	in, err := e.document(cfg, p, policy.AtVerify, r)
	if err != nil {
		return nil, err
	}
	_, found, err := policy.Review(ctx, e.Rules, in)
	if err != nil {
		return nil, err
	}
	var why []string
	for _, v := range found {
		if v.Denies() {
			why = append(why, fmt.Sprintf("%s denies: %s", v.Control, v.Message))
		}
	}
	return why, nil
}

// assume gives a mapping that is not proved yet, or that failed by itself, a good end.
func assume(r *Report, m *plan.Mapping) {
	at := slices.IndexFunc(r.Mappings, func(x MappingReport) bool { return x.Address == m.Address })
	if at < 0 {
		at, r.Mappings = len(r.Mappings), append(r.Mappings, MappingReport{Address: m.Address})
	}
	one := r.Mappings[at]
	one.Verified, one.Mismatch, one.Checks = "assumed", false, nil
	for _, c := range m.Definition.Checks {
		one.Checks = append(one.Checks, run.CheckReport{Name: c.Name, Severity: c.Severity, Pass: true})
	}
	for _, c := range m.Definition.Controls {
		one.Checks = append(one.Checks, run.CheckReport{Name: c.Name, Kind: "control", Severity: "block", Pass: true})
	}
	r.Mappings[at] = one
}
