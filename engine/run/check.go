package run

import (
	"context"
	"slices"
	"sync"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// check evaluates the checks over the whole table of the target, and the controls on both sides.
func (r *Run) check(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Definition
	if s.Move == nil || r.swapped(s.Mapping) {
		s.Move = &plan.Transfer{Table: def.TargetTable}
	}
	var all []CheckReport
	if len(def.Checks) > 0 {
		found, err := r.checks(ctx, s, def)
		if err != nil {
			return err
		}
		all = found
	}
	if len(def.Controls) > 0 {
		found, err := r.controls(ctx, s, def)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	m := r.of(s.Mapping)
	r.mu.Lock()
	m.Checks = all
	r.mu.Unlock()
	return r.mark(ctx, s)
}

func (r *Run) checks(ctx context.Context, s plan.Step, def *plan.Definition) ([]CheckReport, error) {
	agg, err := transform.CompileChecks(def.Checks, def.Columns(), slices.Concat(def.Read, def.CheckRead), def.Params)
	if err != nil {
		return nil, err
	}
	if agg.OfRun() {
		if err := r.checkRun(ctx, s, def, agg); err != nil {
			return nil, err
		}
	}
	if agg.OfTable() {
		if err := r.checkTable(ctx, s, def, agg); err != nil {
			return nil, err
		}
	}
	results, err := agg.Results()
	if err != nil {
		return nil, err
	}
	var out []CheckReport
	for i, c := range results {
		text := c.Text
		if !c.Pass && def.Checks[i].Message != "" {
			text = def.Checks[i].Message + " (" + text + ")"
		}
		out = append(out, CheckReport{Name: c.Name, Severity: def.Checks[i].Severity, Pass: c.Pass, Text: text})
		r.Tell.Tell(event.Event{Kind: event.Checked, Run: r.id, Mapping: s.Mapping, Text: verdict(c.Pass) + " " + c.Name + ": " + text})
	}
	return out, nil
}

// checkTable goes through the whole table of the target.
func (r *Run) checkTable(ctx context.Context, s plan.Step, def *plan.Definition, agg *transform.Aggregator) error {
	side, err := verify.Target(ctx, r.Ends[s.Target], def, s.Move.Table, 1)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	return r.inSlot(ctx, s.Target, func() error {
		return side.Scan(ctx, func(b *batch.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			return agg.Add(b)
		})
	})
}
