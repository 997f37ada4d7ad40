package run

import (
	"context"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
)

// pace is the same moment, read no faster than the mapping's limits say by all that share it.
func (m *moment) pace(def *plan.Definition) *moment {
	out := *m
	out.paced = transfer.Paced(m.source, def.Limits)
	return &out
}

// window waits until the mapping's rows may be copied, before a moment of the source is held open for them.
func (r *Run) window(ctx context.Context, s plan.Step, def *plan.Definition) (*transfer.Window, error) {
	w, err := transfer.NewWindow(def.Limits, r.Now)
	if err != nil {
		return nil, err
	}
	return w, w.Wait(ctx, r.Stop, func(text string) {
		r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: s.Mapping, Text: text})
	})
}
