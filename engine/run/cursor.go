package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// cursor notes how far the source was read, and how many rows it held up to there: those that were read, not those that
// a later look finds, so that a row which came late is noticed by the next plan.
func (r *Run) cursor(ctx context.Context, def *plan.Definition, records []providers.ChunkRecord, out *state.Mapping) error {
	if def.Cursor == nil {
		out.Cursor, out.SourceCount = nil, 0
		return nil
	}
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return err
	}
	read, moments := int64(0), []string{}
	for _, rec := range records {
		if rec.Run == r.id && !strings.HasPrefix(rec.Bounds, plan.Base) && !strings.HasPrefix(rec.Bounds, plan.Swept) {
			read += rec.Source.Rows
			moments = append(moments, rec.Moment)
		}
	}
	now := &state.Cursor{Column: def.Cursor.Column, Position: def.Cursor.UpTo, Moment: from.name}
	if now.Seen, err = tracked(ctx, from, def, moments); err != nil {
		return err
	}
	before := int64(0)
	step := r.copyStep(out.Address)
	switch {
	case step != nil && step.Move.Delta != nil: // all rows were read again
	case now.Seen != "" && def.Cursor.Increment():
		before, err = seen(ctx, from, def)
	case def.Cursor.Increment():
		before, err = below(ctx, def, from, out.SourceCount)
	}
	if err != nil {
		return err
	}
	if def.Cursor.Overlap != "" {
		if now.Tail, err = measure.Tail(ctx, from.source, def, now.Position, r.snap.Lineage, out.UID); err != nil {
			return err
		}
		if def.Cursor.From != "" { // rows of the overlap were read again
			if before, err = upTo(ctx, def, from, def.Cursor.From); err != nil {
				return err
			}
		}
	}
	out.Cursor, out.SourceCount = now, before+read
	return nil
}

// tracked asks the source what it gave, "" where it cannot tell. What was not read, because the source was empty when the
// plan was made, was not given.
func tracked(ctx context.Context, from *moment, def *plan.Definition, moments []string) (string, error) {
	t, ok := from.source.(providers.Tracker)
	if !ok || def.Cursor.Column != "" && def.Cursor.UpTo == "" {
		return "", nil
	}
	return t.Track(ctx, def.SourceTable, moments, def.Cursor.Seen)
}

// seen is how many of the rows that were read before are as they were.
func seen(ctx context.Context, from *moment, def *plan.Definition) (int64, error) {
	counter, ok := from.source.(providers.Counter)
	if !ok {
		return def.Cursor.Below, nil
	}
	return measure.Seen(ctx, counter, def, *def.Cursor)
}

// below is how many of the rows counted before are still at or below the last position: an update moves a row above it.
func below(ctx context.Context, def *plan.Definition, from *moment, before int64) (int64, error) {
	if _, ok := from.source.(providers.Counter); !ok || def.Mode == "append" {
		return before, nil
	}
	now, err := upTo(ctx, def, from, def.Cursor.After)
	return min(now, before), err
}

func upTo(ctx context.Context, def *plan.Definition, from *moment, position string) (int64, error) {
	counter, ok := from.source.(providers.Counter)
	if !ok {
		return 0, &providers.Error{Op: "count", Object: def.SourceTable.String(), Class: providers.Unsupported, Err: fmt.Errorf("the system does not count")}
	}
	spec := def.Reading()
	spec.Cursor = def.Between(plan.Cursor{Column: def.Cursor.Column, UpTo: position})
	return counter.Count(ctx, spec)
}

// unchanged refuses to insert beside rows that were read and have changed since the plan: a changed row looks like a new
// one, and would be there twice.
func (r *Run) unchanged(ctx context.Context, s plan.Step, def *plan.Definition, from *moment) error {
	counter, ok := from.source.(providers.Counter)
	if !ok || s.Move.Load != providers.Insert || def.Cursor == nil || def.Cursor.Seen == "" {
		return nil
	}
	now, err := measure.Seen(ctx, counter, def, *def.Cursor)
	if err != nil || now == def.Cursor.Below {
		return err
	}
	return &providers.Error{Op: "read", Object: def.SourceTable.String(), Class: providers.Conflict,
		Err:    fmt.Errorf("%s of those that were read before have changed or are gone since the plan was made, and a changed row cannot be told from a new one", plan.Rows(def.Cursor.Below-now)),
		Remedy: fmt.Sprintf("Plan again. Where the run is left open, give it up before with `migrateiq run abandon %s`.", r.id)}
}
