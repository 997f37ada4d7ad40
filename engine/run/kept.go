package run

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// kept notes the table that this run swapped out and kept, with all that bringing it back takes; or that there is none any
// more.
func (r *Run) kept(m *plan.Mapping, out *state.Mapping) error {
	s, held := r.swapOf(m.Address)
	if s == nil || out.Kept != nil && out.Kept.Run == r.id {
		return nil
	}
	was := r.prior(m)
	was.Kept, out.Kept = nil, nil
	if s.Keep == nil {
		return nil
	}
	window, err := time.ParseDuration(m.Definition.RollbackWindow)
	if err != nil {
		return fmt.Errorf("read how long the old table of %s is kept: %w", m.Address, err)
	}
	before, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("write the record of %s: %w", m.Address, err)
	}
	foreign, err := json.Marshal(s.Strip)
	if err != nil {
		return fmt.Errorf("write the foreign keys of %s: %w", m.Address, err)
	}
	out.Kept = &state.Kept{Table: s.Keep.String(), Run: r.id, At: r.Now().UTC(), Until: r.Now().UTC().Add(window), Before: before, Foreign: foreign, Runs: held}
	return nil
}

// swapOf is the swap of a mapping's table, with the runs whose records add up to the old one.
func (r *Run) swapOf(mapping string) (swap *schema.TableSwap, held []string) {
	for _, s := range r.Plan.Steps {
		if s.Mapping == mapping && s.Change != nil && s.Change.Swap != nil {
			return s.Change.Swap, s.Held
		}
	}
	return nil, nil
}

// restored is the mapping as it was recorded before the table was swapped that is there again. Its next plan sees what
// differs from then.
func (r *Run) restored(_ context.Context, m *plan.Mapping, report *MappingReport) (state.Mapping, error) {
	now := r.prior(m)
	if now.Kept == nil {
		return now, nil // an earlier process has come so far
	}
	var was state.Mapping
	if err := json.Unmarshal(now.Kept.Before, &was); err != nil {
		return now, fmt.Errorf("read the record of %s before it was swapped: %w", m.Address, err)
	}
	was.UID, was.Address = now.UID, m.Address
	report.Rows, report.Digest = was.Rows, was.Digest
	return was, nil
}
