package run

import (
	"context"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// present is a step's statement as it has to be now. A sequence moves on to where the source's stands behind the copied
// rows, which the numbers that it gave out since the plan may be in; never less far than the plan says.
func (r *Run) present(ctx context.Context, s plan.Step) (providers.Statement, error) {
	if s.Change == nil || s.Change.Advance == nil {
		return *s.Statement, nil
	}
	a := *s.Change.Advance
	library, reads := providers.As[providers.Library](r.Ends[a.Source])
	definer, writes := providers.As[providers.Definer](r.Ends[s.Target])
	if !reads || !writes {
		return *s.Statement, nil
	}
	found, err := library.Definitions(ctx, []string{"sequence " + a.Sequence})
	if err != nil {
		return *s.Statement, err
	}
	if len(found) != 1 || found[0].Stands == nil || !found[0].Stands.Past(a.To) {
		return *s.Statement, nil
	}
	a.To = *found[0].Stands
	all, err := definer.Define(schema.Change{Advance: &a})
	if err != nil || len(all) != 1 {
		return *s.Statement, err
	}
	return all[0], nil
}
