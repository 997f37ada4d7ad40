package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// What somebody else has changed in a table stays between the ledger's sum and the table's own, whatever a run writes: a
// record subtracts what really stood. So a difference that the last run has left alone is told from one of this run.

// others reports whether a difference is what somebody else changed and this run, or one before it, left alone.
func (r *Run) others(ctx context.Context, s plan.Step, found *Mismatch, want, have batch.Digest) bool {
	beyond := have.Minus(want).String()
	known := r.prior(r.Plan.Mapping(s.Mapping)).Drift
	m := r.of(s.Mapping)
	touched := m.Conflicts + m.Corrected
	left := touched > 0 && !found.Diff.Cut && found.Diff.Any() && found.Diff.Missing+found.Diff.Differs <= touched
	if beyond != known && !left && !r.foreseen(ctx, s, have.Minus(want)) {
		return false
	}
	m.Drift = beyond
	m.Verified = r.Plan.Mapping(s.Mapping).Definition.Rows(have.Rows) + ", as this run left them; what somebody else changed is still there, and `migrateiq verify` names it"
	r.Tell.Tell(event.Event{Kind: event.Verified, Run: r.id, Mapping: s.Mapping, Text: m.Verified})
	return true
}

// mended reports whether this run has written over all that somebody else had changed: then every row of the table is a
// row of the source, as the mapping makes it, or one that is gone there and was known to be right; the ledger is to say so.
func (r *Run) mended(ctx context.Context, s plan.Step, def *plan.Definition, found *Mismatch, want, have batch.Digest) (bool, error) {
	step := r.copyStep(s.Mapping)
	swept := slices.ContainsFunc(r.Plan.Steps, func(o plan.Step) bool {
		return o.Mapping == s.Mapping && o.Work == plan.Sweep && o.Move.Sweep == plan.SweepGone
	})
	if def.History != nil || step == nil && !swept || step != nil && step.Move.Ours || len(def.Key) == 0 || !found.Compared || found.Diff.Missing+found.Diff.Differs > 0 {
		return false, nil
	}
	if known := r.prior(r.Plan.Mapping(s.Mapping)).Drift; found.Diff.Extra > 0 && have.Minus(want).String() != known {
		return false, nil // what the source does not hold may be what differs
	}
	bounds := fmt.Sprintf("%s %d", plan.Base, s.N)
	err := r.inSlot(ctx, s.Target, func() error {
		return r.note(ctx, s, def, bounds, providers.ChunkRecord{Written: have.Minus(want)}, nil)
	})
	if err != nil {
		return false, err
	}
	m := r.of(s.Mapping)
	m.Rows, m.Digest = have.Rows, have.String()
	m.Verified = def.Rows(have.Rows) + ", each as its row of the source makes it; what somebody else had changed is written over"
	r.Tell.Tell(event.Event{Kind: event.Verified, Run: r.id, Mapping: s.Mapping, Text: m.Verified})
	return true, r.mark(ctx, s)
}
