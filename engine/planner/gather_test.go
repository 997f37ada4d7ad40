package planner_test

import (
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
)

// change is a configuration that was applied, and the one of now.
type change struct {
	before, now *world
	applied     string // what the runs left; "" for no runs
	replace     []string
}

// gathered is what the planner gets of a change.
func gathered(t *testing.T, c change) (planner.Facts, diag.List) {
	t.Helper()
	now := c.now
	now.replace = c.replace
	f := planner.Facts{Engine: "1.0.0", Now: time.Unix(1_700_000_000, 0).UTC(), Lifetime: 7 * 24 * time.Hour, Config: now.cfg, Refresh: now.refresh, Replace: c.replace,
		Inputs: plan.Inputs{Config: "sha256:config", Files: []plan.File{}, Variables: []plan.Variable{}, Rules: "sha256:rules"}, Ledger: map[string]planner.Recorded{}}
	meta := providers.Meta{}
	if c.applied != "" {
		f.State = applied(t, c.before, now, c.applied)
		for _, m := range now.addresses(t) {
			if planner.Ours(f.State, now.cfg.Moved, m) {
				now.ours = append(now.ours, m)
			}
		}
		meta = providers.Meta{Target: "t1", Lineage: f.State.Lineage, Epoch: 2}
		f.Inputs.State = plan.StateInput{Lineage: f.State.Lineage, Serial: f.State.Serial}
	}
	if now.lineage != "" {
		meta = providers.Meta{Target: "t1", Lineage: now.lineage}
	}
	from, to := now.cfg.Systems[0].Address, now.cfg.Systems[1].Address
	f.Systems = map[string]planner.System{
		from: {Kind: "sqlite", Role: "source", Identity: now.sourceID, Catalog: &now.from, Moving: now.moving},
		to:   {Kind: "postgres", Role: "target", Identity: "new-1", Catalog: &now.to, Order: now.order, Meta: meta},
	}
	var diags diag.List
	f.Mappings, diags = now.resolve()
	for _, m := range f.Mappings {
		f.Ledger[m.Address] = planner.Recorded{Chunks: 4, Expected: now.expected}
	}
	return f, diags
}
