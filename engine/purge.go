package engine

import (
	"context"

	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// purging reads what the ledgers hold of mappings whose rows are to be deleted.
func purging(ctx context.Context, snap state.Snapshot, o *opened, f planner.Facts, env *measure.Env) error {
	for _, address := range planner.Purged(snap, f.Config) {
		prior := snap.Mappings[address]
		h, ok := providers.As[providers.History](o.ends[prior.Target.Endpoint])
		if !ok {
			continue // the plan says that its target is not there
		}
		records, err := h.Recorded(ctx, "", prior.UID)
		if err != nil {
			return err
		}
		env.Prior[address] = measure.Prior{UID: prior.UID}
		f.Ledger[address] = planner.Recorded{Chunks: len(records), Expected: run.Expected(records).String()}
	}
	return nil
}
