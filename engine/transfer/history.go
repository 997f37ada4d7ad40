package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// version holds one batch against the versions of its keys, and closes and opens what it has to.
func (a *attempt) version(ctx context.Context, b *batch.Batch) error {
	r, err := a.v.Compare(ctx, b)
	if err != nil {
		return err
	}
	a.rec.Source = a.rec.Source.Plus(r.Source)
	a.rec.Bytes += int64(b.Bytes())
	if err := a.leave(ctx, b, r.Result); err != nil {
		return err
	}
	if err := a.refuse(ctx, r); err != nil {
		return err
	}
	a.compared.add(Delta{Added: r.Opened, Changed: r.Closed, Equal: r.Equal})
	a.settled(plan.Unchanged, r.Equal)
	a.settled(plan.Opened, r.Opened)
	a.settled(plan.Closed, r.Closed)
	a.Tell.Tell(event.Event{Kind: event.Rows, Run: a.Run, Mapping: a.Mapping, Rows: int64(b.Len())})
	if r.Rows.Len() == 0 {
		return nil
	}
	a.stood = a.stood.Plus(r.Stood)
	a.rec.Written = a.rec.Written.Plus(a.h.Batch(r.Rows, nil))
	a.trail.Add(b, r.Origin)
	return a.loader.Write(ctx, r.Rows)
}

// refuse puts rows aside whose moment leaves no place for a version, or fails where the mapping says so.
func (a *attempt) refuse(ctx context.Context, r *delta.Versions) error {
	if len(r.Refused) == 0 {
		return nil
	}
	from, rejects := a.Definition.History.From, make([]providers.Reject, len(r.Refused))
	for i, x := range r.Refused {
		key := a.v.Shown(r.Made, x.Row, a.Secret)
		if x.Rule == delta.ClockBackwards || a.Definition.OnRowError(from) != "quarantine" {
			return &Refused{Key: key, Err: &providers.Error{Op: "open a version in", Object: a.Move.Table.String(), Column: from, Class: providers.BadValue, Err: fmt.Errorf("%w: %s (%s)", ErrMoment, x.Why(), x.Rule), Remedy: a.remedy(x.Rule)}}
		}
		rejects[i] = providers.Reject{Key: key, Field: from, Rule: x.Rule, Reason: x.Why()}
	}
	a.rec.Rejected += int64(len(rejects))
	if err := a.rejects(0, int64(len(rejects))); err != nil {
		return err
	}
	return a.loader.Reject(ctx, rejects)
}

// remedy is what can be done for a row that is refused by a rule.
func (a *attempt) remedy(rule string) string {
	if rule == delta.ClockBackwards {
		return fmt.Sprintf("Wait until that moment is over, or set this machine's clock right. Then give the run up with `migrateiq run abandon %s`, and plan again.", a.Run)
	}
	return "Mend the moment at the source, or say on_row_error = \"quarantine\" in the block history."
}

// ErrMoment says that the moment of a row leaves no place for a version of it.
var ErrMoment = errors.New("no version can be opened")

// ends are the columns that a chunk writes in versions that stand; nil for all of them, where a run goes on with versions
// that it has opened itself.
func (m *mover) ends(mode providers.Mode) []string {
	if mode != providers.Upsert || m.Versions.Again {
		return nil
	}
	return []string{m.Definition.History.To}
}
