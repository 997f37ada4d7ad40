package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// State gives the state as it is stored.
func (e *Engine) State(ctx context.Context, cfg *lang.Config) (state.Snapshot, error) {
	return e.Store(cfg.Settings.StatePath).Load(ctx)
}

// Forget takes a mapping out of the state. Its rows stay, and so does its block: the next plan treats it as new.
func (e *Engine) Forget(ctx context.Context, cfg *lang.Config, address string) error {
	return e.locked(ctx, cfg, func(ctx context.Context, store state.Store, snap state.Snapshot) error {
		old, ok := snap.Mappings[address]
		if !ok {
			return fmt.Errorf("the state has no mapping %s; `migrateiq state list` shows what it has", address)
		}
		if snap.OpenRun != nil {
			return &OtherRun{ID: snap.OpenRun.ID, Opened: snap.OpenRun.OpenedAt, Why: "Finish it or abandon it before the state is changed."}
		}
		delete(snap.Mappings, address)
		if snap.Removed == nil {
			snap.Removed = map[string]state.Removed{}
		}
		snap.Removed[old.UID] = state.Removed{Address: address, Target: old.Target, Run: old.Run, At: e.Now().UTC()}
		snap.Engine = e.Version
		return e.noted(ctx, cfg, snap, "state_rm", map[string]any{"address": address, "uid": old.UID, "serial": snap.Serial, "lineage": snap.Lineage}, func() error {
			_, err := store.Save(ctx, snap)
			return err
		})
	})
}

// RecoverReport says what was found in the ledgers.
type RecoverReport struct {
	Lineage  string
	Mappings []string
}

// Recover makes a lost state again from the ledgers of the targets. It refuses where there is a state.
func (e *Engine) Recover(ctx context.Context, cfg *lang.Config) (report *RecoverReport, err error) {
	err = e.locked(ctx, cfg, func(ctx context.Context, store state.Store, snap state.Snapshot) error {
		if snap.Lineage != "" {
			return fmt.Errorf("there is a state already, with lineage %s and %s; it is not overwritten", snap.Lineage, plan.Count(int64(len(snap.Mappings)), "mapping"))
		}
		report = &RecoverReport{}
		snap.Mappings = map[string]state.Mapping{}
		for _, s := range targets(cfg) {
			if err := e.recoverFrom(ctx, cfg, s, &snap, report); err != nil {
				return fmt.Errorf("recover from %s: %w", s.Address, err)
			}
		}
		if snap.Lineage == "" {
			return errors.New("no target of this configuration has a ledger, so there is nothing to recover")
		}
		slices.Sort(report.Mappings)
		report.Lineage, snap.Engine = snap.Lineage, e.Version
		return e.noted(ctx, cfg, snap, "state_recover", map[string]any{"lineage": snap.Lineage, "mappings": report.Mappings}, func() error {
			_, err := store.Save(ctx, snap)
			return err
		})
	})
	return report, err
}

func (e *Engine) recoverFrom(ctx context.Context, cfg *lang.Config, s *lang.System, snap *state.Snapshot, report *RecoverReport) (err error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	h, ok := providers.As[providers.History](end)
	if !ok {
		return nil
	}
	meta, err := h.Meta(ctx)
	if err != nil || meta.Lineage == "" {
		return err
	}
	if meta.Open != nil {
		return fmt.Errorf("run %s is open in the ledger, and its plan is lost with the state: close it with `migrateiq run abandon %s` first", meta.Open.ID, meta.Open.ID)
	}
	if snap.Lineage != "" && snap.Lineage != meta.Lineage {
		return fmt.Errorf("its ledger belongs to the state with lineage %s, another target's to %s", meta.Lineage, snap.Lineage)
	}
	snap.Lineage = meta.Lineage
	definitions, err := h.Definitions(ctx)
	if err != nil {
		return err
	}
	for address, raw := range definitions {
		var m state.Mapping
		if err := json.Unmarshal([]byte(raw), &m); err != nil {
			return fmt.Errorf("read the record of %s: %w", address, err)
		}
		snap.Mappings[address] = m
		report.Mappings = append(report.Mappings, address)
	}
	return nil
}

// RunInfo is a run as a target's ledger has it.
type RunInfo struct {
	Target string
	providers.Run
	Steps int
}

// Runs lists the runs of all targets, oldest first.
func (e *Engine) Runs(ctx context.Context, cfg *lang.Config) ([]RunInfo, error) {
	var out []RunInfo
	for _, s := range targets(cfg) {
		got, err := e.runsOf(ctx, cfg, s)
		if err != nil {
			return nil, fmt.Errorf("list the runs of %s: %w", s.Address, err)
		}
		out = append(out, got...)
	}
	slices.SortStableFunc(out, func(a, b RunInfo) int { return a.Opened.Compare(b.Opened) })
	return out, nil
}

func (e *Engine) runsOf(ctx context.Context, cfg *lang.Config, s *lang.System) (out []RunInfo, err error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	h, ok := providers.As[providers.History](end)
	if !ok {
		return nil, nil
	}
	runs, err := h.Runs(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		steps, err := h.Steps(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, RunInfo{Target: s.Address, Run: r, Steps: len(steps)})
	}
	return out, nil
}

// AbandonReport says what an abandoned run leaves.
type AbandonReport struct {
	Run   string
	Stand []string // sentences: which rows stand where
}

// Abandon ends an unfinished run. What it committed stays; the next plan knows which tables are half loaded. It asks no
// policy: it writes no row of a target's table, and it is the way out where the policies deny the run by now, or its folder
// is another. The audit log has it before and after.
func (e *Engine) Abandon(ctx context.Context, cfg *lang.Config, id string) (report *AbandonReport, err error) {
	err = e.locked(ctx, cfg, func(ctx context.Context, store state.Store, snap state.Snapshot) error {
		ends := map[string]providers.Endpoint{}
		defer func() {
			for _, end := range ends {
				err = errors.Join(err, end.Close())
			}
		}()
		for _, s := range targets(cfg) {
			end, err := e.connect(ctx, cfg, s)
			if err != nil {
				return fmt.Errorf("open %s: %w", s.Address, err)
			}
			ends[s.Address] = end
		}
		report = &AbandonReport{Run: id}
		return e.noted(ctx, cfg, snap, "run_abandon", abandoning(snap, id), func() (err error) {
			if report.Stand, err = run.Abandon(ctx, run.Env{State: snap, Store: store, Ends: ends, Engine: e.Version, Owner: e.Owner, Now: e.Now}, id); err != nil {
				return err
			}
			return errors.Join(e.abandoned(ctx, cfg, snap, report), e.sealed(ctx, store))
		})
	})
	return report, err
}

// abandoning names the run, and its plan where the state still has it.
func abandoning(snap state.Snapshot, id string) map[string]any {
	out := map[string]any{"run": id, "plan_digest": nil}
	if snap.OpenRun != nil && snap.OpenRun.ID == id {
		out["plan_digest"] = snap.OpenRun.PlanDigest
	}
	return out
}
