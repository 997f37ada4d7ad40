package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// TakeBack ends a run that failed before it changed a row or a table: it is as if it had never been. It reports whether
// it could.
func (r *Run) TakeBack(ctx context.Context) (bool, error) {
	if r.resumed {
		return false, nil
	}
	for _, target := range r.targets() {
		records, err := r.history(target).Recorded(ctx, r.id, "")
		if err != nil {
			return false, err
		}
		if len(records) > 0 {
			return false, nil
		}
	}
	for _, s := range r.Plan.Steps {
		if r.done[s.N] && s.Statement != nil && len(s.Statement.SQL) > 0 {
			return false, nil
		}
	}
	for _, target := range r.targets() {
		if err := r.ledger(target).Close(ctx, r.id, "abandoned", nil); err != nil {
			return false, err
		}
	}
	return true, r.retract(ctx)
}

// Abandon closes an unfinished run and notes which mappings it leaves half loaded. It gives sentences for people.
func Abandon(ctx context.Context, e Env, id string) ([]string, error) {
	a := &abandoned{Env: e, id: id}
	if e.State.OpenRun != nil && e.State.OpenRun.ID == id {
		p, err := plan.Read(bytes.NewReader(e.State.OpenRun.Plan))
		if err != nil {
			return nil, fmt.Errorf("read the plan of run %s from the state: %w", id, err)
		}
		a.Plan = p
		if err := a.halves(ctx); err != nil {
			return nil, err
		}
		a.State.OpenRun = nil
	}
	closed, err := a.close(ctx)
	if err != nil {
		return nil, err
	}
	if !closed && a.Plan == nil {
		return nil, fmt.Errorf("no target has an unfinished run %s", id)
	}
	if a.Plan == nil {
		return a.stand, nil // the state knows nothing of it and stays as it is
	}
	a.State.Engine = e.Engine
	_, err = e.Store.Save(ctx, a.State)
	return a.stand, err
}

type abandoned struct {
	Env
	id    string
	stand []string
}

// halves notes every mapping that the run began and did not finish.
func (a *abandoned) halves(ctx context.Context) error {
	for i := range a.Plan.Mappings {
		m := &a.Plan.Mappings[i]
		prior := a.State.Mappings[m.Address]
		if m.Definition == nil || prior.Run == a.id {
			continue
		}
		began, own, err := a.began(ctx, m)
		if err != nil {
			return err
		}
		if !began {
			continue
		}
		if err := a.half(ctx, m, prior, own); err != nil {
			return err
		}
	}
	return nil
}

// began reports whether a step of the mapping is done or a chunk is committed, and whether its table is the run's own.
func (a *abandoned) began(ctx context.Context, m *plan.Mapping) (began, own bool, err error) {
	h, ok := providers.As[providers.History](a.Ends[m.Definition.Target])
	if !ok {
		return false, false, fmt.Errorf("the ledger of %s cannot be read", m.Definition.Target)
	}
	steps, err := h.Steps(ctx, a.id)
	if err != nil {
		return false, false, err
	}
	records, err := h.Recorded(ctx, a.id, m.UID)
	if err != nil {
		return false, false, err
	}
	began = len(records) > 0
	for _, s := range a.Plan.Steps {
		if s.Mapping != m.Address {
			continue
		}
		if s.Work == plan.Copy {
			own = s.Move.Ours && s.Move.Table == m.Definition.TargetTable
			if s.Move.Table != m.Definition.TargetTable {
				return false, false, a.beside(s, began) // the table itself is as it was
			}
		}
		began = began || slices.Contains(steps, s.N) && s.Statement != nil && len(s.Statement.SQL) > 0
	}
	return began, own, nil
}

// beside tells of a table that was being built next to the old one.
func (a *abandoned) beside(s plan.Step, began bool) error {
	if began {
		a.stand = append(a.stand, fmt.Sprintf("Table %s, which was to take the place of another, is left half built; the old one is as it was. Drop %s before the next apply.", s.Move.Table, s.Move.Table))
	}
	return nil
}

func (a *abandoned) half(ctx context.Context, m *plan.Mapping, prior state.Mapping, own bool) error {
	d := m.Definition
	h, _ := providers.As[providers.History](a.Ends[d.Target]) // began has seen it
	records, err := h.Recorded(ctx, "", m.UID)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write the definition of %s: %w", m.Address, err)
	}
	held := Expected(records)
	entry := prior
	entry.UID, entry.Address, entry.Hashes, entry.Definition = m.UID, m.Address, planner.ToState(m.Hashes), raw
	entry.Digest, entry.Rows, entry.Run, entry.AppliedAt, entry.Partial = held.String(), held.Rows, a.id, a.Now().UTC(), state.PartialShared
	entry.Target.Endpoint, entry.Target.Table = d.Target, d.TargetTable.String()
	entry.Source.Endpoint, entry.Source.Table = d.Source, d.SourceTable.String()
	if own {
		entry.Partial, entry.BaseRun, entry.ListRun = state.PartialOwn, a.id, ""
	}
	if a.State.Mappings == nil {
		a.State.Mappings = map[string]state.Mapping{}
	}
	a.State.Mappings[m.Address] = entry
	a.stand = append(a.stand, fmt.Sprintf("Table %s of %s holds %d rows of %s.", d.TargetTable, d.Target, held.Rows, m.Address))
	return nil
}

// close closes the run in every ledger that has it open.
func (a *abandoned) close(ctx context.Context) (bool, error) {
	found := false
	for address, end := range a.Ends {
		h, ok1 := providers.As[providers.History](end)
		l, ok2 := providers.As[providers.Ledger](end)
		if !ok1 || !ok2 {
			continue
		}
		meta, err := h.Meta(ctx)
		if err != nil {
			return false, err
		}
		if meta.Open == nil || meta.Open.ID != a.id {
			continue
		}
		found = true
		definitions, err := Definitions(a.State.Mappings, address)
		if err != nil {
			return false, err
		}
		if err := l.Close(ctx, a.id, "abandoned", definitions); err != nil {
			return false, fmt.Errorf("close run %s on %s: %w", a.id, address, err)
		}
	}
	return found, nil
}
