package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// Rejected is a row that did not pass, as the ledger of a target has it. Mapping is an address, or the mapping's id in
// the ledger where the state does not know it any more.
type Rejected struct {
	Target, Mapping, Run     string
	Key, Field, Rule, Reason string
}

// RejectsOf says which rejects are asked for; "" is all.
type RejectsOf struct{ Mapping, Run string }

// Rejects hands on the rejects that the targets' ledgers hold, one after the other. It changes nothing.
func (e *Engine) Rejects(ctx context.Context, cfg *lang.Config, of RejectsOf, visit func(Rejected) error) error {
	snap, err := e.State(ctx, cfg)
	if err != nil {
		return err
	}
	names, err := addresses(snap)
	if err != nil {
		return err
	}
	uid := ""
	if of.Mapping != "" {
		if uid, err = uidOf(names, of.Mapping); err != nil {
			return err
		}
	}
	met := of.Run == ""
	for _, s := range targets(cfg) {
		found, err := e.rejectsIn(ctx, cfg, s, of.Run, uid, func(r providers.Rejected) error {
			name := names[r.Mapping]
			if name == "" {
				name = r.Mapping
			}
			return visit(Rejected{Target: s.Address, Mapping: name, Run: r.Run, Key: r.Key, Field: r.Field, Rule: r.Rule, Reason: r.Reason})
		})
		if err != nil {
			return fmt.Errorf("read the rejects of %s: %w", s.Address, err)
		}
		met = met || found
	}
	if !met {
		return fmt.Errorf("no target's ledger has a run %q; `migrateiq run list` lists them", of.Run)
	}
	return nil
}

// rejectsIn reads one target, and says whether its ledger has the run.
func (e *Engine) rejectsIn(ctx context.Context, cfg *lang.Config, s *lang.System, run, uid string, visit func(providers.Rejected) error) (found bool, err error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	history, ok := providers.As[providers.History](end)
	quarantine, can := providers.As[providers.Quarantine](end)
	if !ok || !can {
		return false, &providers.Error{Op: "read the ledger of", Object: s.Address, Class: providers.Unsupported, Err: errors.New("the system shows no rejects")}
	}
	runs, err := history.Runs(ctx)
	if err != nil {
		return false, err
	}
	found = slices.ContainsFunc(runs, func(r providers.Run) bool { return r.ID == run })
	return found, quarantine.Rejects(ctx, run, uid, visit)
}

// addresses are the mappings that the state knows, by their ids in ledgers: also of those that were removed, and of a run
// that is not finished.
func addresses(snap state.Snapshot) (map[string]string, error) {
	names := map[string]string{}
	for uid, r := range snap.Removed {
		names[uid] = r.Address
	}
	for address, m := range snap.Mappings {
		names[m.UID] = address
	}
	if snap.OpenRun == nil {
		return names, nil
	}
	p, err := plan.Read(bytes.NewReader(snap.OpenRun.Plan))
	if err != nil {
		return nil, fmt.Errorf("read the plan of run %s from the state: %w", snap.OpenRun.ID, err)
	}
	for _, m := range p.Mappings {
		names[m.UID] = m.Address
	}
	return names, nil
}

func uidOf(names map[string]string, address string) (string, error) {
	for uid, name := range names {
		if name == address || uid == address {
			return uid, nil
		}
	}
	return "", fmt.Errorf("the state records no %s.%s `migrateiq state list` lists what it does", address,
		diag.Suggest(address, slices.Sorted(maps.Values(names))))
}
