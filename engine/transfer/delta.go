package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Delta is what the comparisons of a job came to.
type Delta struct {
	Added, Changed, Equal int64
	Conflicts             int64    // rows that somebody else changed, and that stay
	Keys                  []string // of the first of these
}

// keep is how many keys of conflicts are listed.
const keep = 20

func (d *Delta) add(o Delta) {
	d.Added, d.Changed, d.Equal, d.Conflicts = d.Added+o.Added, d.Changed+o.Changed, d.Equal+o.Equal, d.Conflicts+o.Conflicts
	d.Keys = append(d.Keys, o.Keys[:min(len(o.Keys), keep-len(d.Keys))]...)
}

// moved reports whether the source reads differently in a chunk than when earlier runs read it: those rows are written as
// the source has them, in every field.
func (m *mover) moved(c providers.Chunk, id string) bool {
	d := m.Move.Delta
	if d == nil || d.Adopt {
		return false
	}
	_, again := m.Redo[id]
	above := m.Definition.Cursor != nil && c.Bounds == plan.Everything // of the cursor's last position
	return d.All || again || above || slices.Contains(d.Moved, plan.Hash(m.UID, c.Bounds))
}

// errMoved says that the source has changed in a chunk since the plan was made. Nothing of it was committed.
var errMoved = errors.New("the source has changed since the plan was made")

// follows reports whether a chunk's rows are told to have changed by their digest: a cursor tells it otherwise, and mode
// append takes no change.
func (m *mover) follows() bool {
	d := m.Move.Delta
	return m.Definition.Cursor == nil && m.Definition.Mode != "append" && !d.Adopt && (!d.Claim || d.Again)
}

// settled counts rows that are not written.
func (a *attempt) settled(as string, n int64) {
	if n == 0 {
		return
	}
	if a.rec.Counts == nil {
		a.rec.Counts = map[string]int64{}
	}
	a.rec.Counts[as] += n
}

// compare holds one batch against the target, and writes what differs.
func (a *attempt) compare(ctx context.Context, b *batch.Batch) error {
	r, err := a.c.Compare(ctx, b, a.moved)
	if err != nil {
		return err
	}
	if err := a.unverified(r); err != nil {
		return err
	}
	a.rec.Source = a.rec.Source.Plus(r.Source)
	a.formerly = a.formerly.Plus(r.Formerly)
	a.rec.Bytes += int64(b.Bytes())
	if err := a.leave(ctx, b, r.Result); err != nil {
		return err
	}
	if a.moved {
		if err := a.remove(ctx, r.Refused); err != nil {
			return err
		}
	}
	found := Delta{Added: r.Added, Changed: r.Changed, Equal: r.Equal, Conflicts: int64(len(r.Conflicts))}
	for _, i := range first(r.Conflicts, r.Corrected) {
		found.Keys = append(found.Keys, a.c.Shown(r, i, a.Secret))
	}
	a.compared.add(found)
	a.settled(plan.Added, found.Added)
	a.settled(plan.Unchanged, found.Equal)
	a.settled(plan.Conflicts, found.Conflicts)
	a.settled(plan.Corrected, int64(len(r.Corrected)))
	a.Tell.Tell(event.Event{Kind: event.Rows, Run: a.Run, Mapping: a.Mapping, Rows: int64(b.Len())})
	if r.Rows.Len() == 0 {
		return nil
	}
	a.stood = a.stood.Plus(r.Stood)
	a.rec.Written = a.rec.Written.Plus(a.h.Batch(r.Rows, nil))
	if err := a.remember(ctx, b, r.Rows, r.Origin); err != nil {
		return err
	}
	a.trail.Add(b, r.Origin)
	return a.loader.Write(ctx, r.Rows)
}

// first are those rows whose keys are listed.
func first(conflicts, corrected []int) []int {
	all := slices.Concat(conflicts, corrected)
	return all[:min(len(all), keep)]
}

// unverified refuses to adopt rows that do not stand as the mapping makes them.
func (a *attempt) unverified(r *delta.Result) error {
	d := a.Move.Delta
	if !d.Adopt || d.Claim || r.Rows.Len() == 0 {
		return nil
	}
	return &providers.Error{Op: "adopt", Object: a.Move.Table.String(), Class: providers.Conflict, Err: fmt.Errorf("%s lacking and %s not as the mapping makes them", plan.RowsWere(r.Added), plan.RowsWere(r.Changed)),
		Remedy: "Nothing was written. End the run with `migrateiq run abandon`, and plan again to see what differs."}
}
