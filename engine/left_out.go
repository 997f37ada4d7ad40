package engine

import (
	"context"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// leftOut puts the mappings that a part of a plan leaves out into its subset, as the configuration has them, so that rules
// judge the part by what the whole is. A lookup or key that cannot be read is no error here, as no row goes by it: its
// digest stays unknown, and rules that need it cannot decide.
func (e *Engine) leftOut(ctx context.Context, cfg *lang.Config, o *opened, all []*resolve.Mapping, subset *plan.Subset) {
	if subset == nil {
		return
	}
	others := slices.DeleteFunc(slices.Clone(all), func(m *resolve.Mapping) bool { return !slices.Contains(subset.Left, m.Address) })
	if _, found := e.lookups(ctx, o, others); found.HasErrors() {
		for _, m := range others {
			for i := range m.Definition.Lookups {
				m.Definition.Lookups[i].Digest = ""
			}
		}
	}
	e.keys(cfg, others)
	for _, m := range others {
		subset.Mappings = append(subset.Mappings, plan.Mapping{Address: m.Address, Tags: slices.Clone(m.Config.Tags), Actions: []plan.Action{},
			At: plan.Place{File: m.Config.Range.File, Line: m.Config.Range.Start.Line}, Definition: m.Definition,
			Hashes:    planner.Fingerprints(m, identity(o, m.Definition.Source), identity(o, m.Definition.Target)),
			NotMapped: []string{}, Unsupported: []schema.Object{}, Notes: []string{}})
	}
}

// identity is what a system says it is, "" where it is not open.
func identity(o *opened, address string) string {
	if end := o.ends[address]; end != nil {
		return end.Info().Identity
	}
	return ""
}
