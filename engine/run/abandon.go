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
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// TakeBack ends a run that failed before it changed a row or a table: it is as if it had never been. It reports whether
// it could. What was changed the ledgers say, since the answer to a statement may have been lost.
func (r *Run) TakeBack(ctx context.Context) (bool, error) {
	if r.resumed {
		return false, nil
	}
	for _, target := range r.targets() {
		if changed, err := r.changed(ctx, target); err != nil || changed {
			return false, err
		}
	}
	for _, target := range r.targets() {
		if err := r.ledger(target).Close(ctx, r.id, "abandoned", nil); err != nil {
			return false, err
		}
	}
	return true, r.retract(ctx)
}

// changed reports whether the run has committed a chunk or run a statement on a target.
func (r *Run) changed(ctx context.Context, target string) (bool, error) {
	records, err := r.history(target).Recorded(ctx, r.id, "")
	if err != nil || len(records) > 0 {
		return len(records) > 0, err
	}
	steps, err := r.history(target).Steps(ctx, r.id)
	return slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool {
		return s.Target == target && s.Statement != nil && len(s.Statement.SQL) > 0 && slices.Contains(steps, s.N)
	}), err
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
		prior, ok := a.State.Mappings[m.Address]
		if !ok && m.MovedFrom != "" {
			prior = a.State.Mappings[m.MovedFrom]
		}
		if m.Definition == nil || prior.Run == a.id || prior.UID == "" && m.Has(plan.Adopt) && !m.Has(plan.Repair) {
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
	before := true // the steps of the mapping so far are done
	for _, s := range a.Plan.Steps {
		if s.Mapping != m.Address {
			continue
		}
		done := slices.Contains(steps, s.N)
		if s.Work == plan.Baseline && before && !done {
			if err := a.rebase(ctx, s); err != nil {
				return false, false, err
			}
		}
		before = before && done
		if s.Work == plan.Copy {
			own = s.Move.Ours
			if s.Move.Table != m.Definition.TargetTable && !a.swapped(m.Address, steps) {
				return false, false, a.beside(ctx, m, s, steps) // the table itself is as it was
			}
		}
		began = began || done && s.Statement != nil && len(s.Statement.SQL) > 0
	}
	return began, own, nil
}

// rebase ends a baseline that the run had come to: the table has other columns since the step before, or the baseline's
// record is committed while the older ones, which it holds, still count.
func (a *abandoned) rebase(ctx context.Context, s plan.Step) error {
	if open, err := opened(ctx, a.Ends[s.Target], a.id); err != nil || !open {
		return err
	}
	ledger, ok := providers.As[providers.Ledger](a.Ends[s.Target])
	if !ok {
		return fmt.Errorf("the ledger of %s cannot be written", s.Target)
	}
	epoch, err := a.takeOver(ctx, ledger, s.Target)
	if err != nil {
		return err
	}
	r := &Run{Env: a.Env, id: a.id, snap: a.State, epochs: map[string]int64{s.Target: epoch}, slots: map[string]chan struct{}{s.Target: make(chan struct{}, 1)}}
	r.Workers = max(r.Workers, 1)
	if err := r.baseline(ctx, s); err != nil {
		return fmt.Errorf("digest %s of %s, whose columns the run has changed: %w", s.Move.Table, s.Target, err)
	}
	return nil
}

// takeOver opens the run in a target's ledger once more, so that whoever began it writes there no more.
func (a *abandoned) takeOver(ctx context.Context, ledger providers.Ledger, target string) (epoch int64, err error) {
	epoch, err = ledger.Open(ctx, providers.Owner{Lineage: a.State.Lineage, Session: a.Owner},
		providers.Run{ID: a.id, Lineage: a.State.Lineage, PlanDigest: a.Plan.Digest(), Opened: a.Now().UTC()})
	if err != nil {
		return 0, fmt.Errorf("take over run %s on %s: %w", a.id, target, err)
	}
	return epoch, nil
}

// swapped reports whether the table that was built beside has taken the old one's place.
func (a *abandoned) swapped(mapping string, done []int) bool {
	return slices.ContainsFunc(a.Plan.Steps, func(s plan.Step) bool {
		return s.Mapping == mapping && s.Change != nil && s.Change.Swap != nil && slices.Contains(done, s.N)
	})
}

// beside drops a table that was being built next to the old one, and with it the records of its rows: they would else
// count as rows of the old one.
func (a *abandoned) beside(ctx context.Context, m *plan.Mapping, s plan.Step, done []int) error {
	made := func(o plan.Step) bool {
		return o.Mapping == m.Address && o.Change != nil && o.Change.CreateTable != nil && slices.Contains(done, o.N)
	}
	if !slices.ContainsFunc(a.Plan.Steps, made) {
		return nil
	}
	end, target := a.Ends[s.Target], s.Target
	if open, err := opened(ctx, end, a.id); err != nil || !open {
		return err // an abandon that was cut short has done it
	}
	definer, ok1 := providers.As[providers.Definer](end)
	ledger, ok2 := providers.As[providers.Ledger](end)
	if !ok1 || !ok2 {
		return fmt.Errorf("drop %s of %s: the target writes no statements", s.Move.Table, target)
	}
	epoch, err := a.takeOver(ctx, ledger, target)
	if err != nil {
		return err
	}
	drop := providers.Statement{What: "drop " + s.Move.Table.String(), SQL: []string{}}
	if there, err := stands(ctx, end, s.Move.Table); err != nil {
		return err
	} else if there {
		statements, err := definer.Define(schema.Change{Drop: &s.Move.Table})
		if err != nil {
			return err
		}
		for _, st := range statements {
			drop.SQL = append(drop.SQL, st.SQL...)
		}
	}
	if err := ledger.Reset(ctx, a.id, m.UID, epoch, drop); err != nil {
		return fmt.Errorf("drop %s of %s: %w", s.Move.Table, target, err)
	}
	a.stand = append(a.stand, fmt.Sprintf("Table %s of %s is as it was; %s, which was being built to take its place, is dropped.", m.Definition.TargetTable, target, s.Move.Table))
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
	entry.Digest, entry.Rows, entry.Run, entry.AppliedAt, entry.Partial = held.String(), held.Rows, a.id, latest(a.Now(), a.State.OpenRun.OpenedAt, prior.AppliedAt), state.PartialShared
	entry.Target.Endpoint, entry.Target.Table = d.Target, d.TargetTable.String()
	entry.Source.Endpoint, entry.Source.Table = d.Source, d.SourceTable.String()
	if own {
		entry.Partial, entry.BaseRun, entry.ListRun = state.PartialOwn, a.id, ""
	}
	if a.State.Mappings == nil {
		a.State.Mappings = map[string]state.Mapping{}
	}
	if m.MovedFrom != "" {
		delete(a.State.Mappings, m.MovedFrom)
	}
	a.State.Mappings[m.Address] = entry
	a.stand = append(a.stand, fmt.Sprintf("Table %s of %s holds %s of %s.", d.TargetTable, d.Target, plan.Rows(held.Rows), m.Address))
	return nil
}

// close closes the run in every ledger that has it open.
func (a *abandoned) close(ctx context.Context) (bool, error) {
	found := false
	for address, end := range a.Ends {
		l, ok := providers.As[providers.Ledger](end)
		if !ok {
			continue
		}
		if open, err := opened(ctx, end, a.id); err != nil {
			return false, err
		} else if !open {
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

// stands reports whether a target has the table.
func stands(ctx context.Context, end providers.Endpoint, table schema.Ref) (bool, error) {
	inspector, ok := providers.As[providers.Inspector](end)
	if !ok {
		return true, nil
	}
	found, err := inspector.Inspect(ctx, []schema.Ref{table})
	if err != nil {
		return false, err
	}
	_, ok = found.Table(table)
	return ok, nil
}

// opened reports whether a target's ledger has the run open.
func opened(ctx context.Context, end providers.Endpoint, id string) (bool, error) {
	h, ok := providers.As[providers.History](end)
	if !ok {
		return false, nil
	}
	meta, err := h.Meta(ctx)
	return err == nil && meta.Open != nil && meta.Open.ID == id, err
}
