package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// adopted demands that the rows which were found to stand as the mapping makes them are all that the table holds.
func (r *Run) adopted(ctx context.Context, s plan.Step) error {
	if d := s.Move.Delta; d == nil || !d.Adopt || d.Claim {
		return nil
	}
	records, err := r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping))
	if err != nil {
		return err
	}
	held, found := int64(0), int64(0)
	for _, rec := range records {
		if strings.HasPrefix(rec.Bounds, plan.Base) {
			held += rec.Written.Rows
		} else {
			found += rec.Counts[plan.Unchanged]
		}
	}
	if held == found {
		return nil
	}
	return &providers.Error{Op: "adopt", Object: s.Move.Table.String(), Class: providers.Conflict,
		Err:    fmt.Errorf("the table holds %s, and the mapping makes %d of them", plan.Rows(held), found),
		Remedy: "Nothing was written. End the run with `migrateiq run abandon`, and plan again to see what differs."}
}

// foreseen reports whether what a table holds beyond the ledger's sum is what it held beyond it when a reload of some of
// its rows was planned. A record subtracts what really stood, so the difference stays the same.
func (r *Run) foreseen(ctx context.Context, s plan.Step, beyond batch.Digest) bool {
	step := r.copyStep(s.Mapping)
	if step == nil || step.Move.Delta == nil || step.Move.Delta.Stands == "" {
		return false
	}
	var stood batch.Digest
	if err := stood.UnmarshalText([]byte(step.Move.Delta.Stands)); err != nil {
		return false
	}
	records, err := r.history(s.Target).Recorded(ctx, "", r.uid(s.Mapping))
	if err != nil {
		return false
	}
	var before []providers.ChunkRecord
	for _, rec := range records {
		if rec.Run != r.id {
			before = append(before, rec)
		}
	}
	return stood.Minus(Expected(before)) == beyond
}
