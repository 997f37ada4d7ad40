package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/state"
)

// Journal gives the audit log of a configuration, held against the head that its state knows, and the records of runs.
func (e *Engine) Journal(ctx context.Context, cfg *lang.Config) (*evidence.Log, evidence.Records, error) {
	snap, err := e.State(ctx, cfg)
	if err != nil {
		return nil, evidence.Records{}, err
	}
	log, records := e.journal(cfg, snap)
	return log, records, nil
}

func (e *Engine) journal(cfg *lang.Config, snap state.Snapshot) (*evidence.Log, evidence.Records) {
	log, records := e.Log(cfg.Settings.StatePath)
	if snap.Audit == nil {
		return log, records
	}
	return log.Known(&evidence.Head{Seq: snap.Audit.Seq, Hash: snap.Audit.Hash}), records
}

// store is the state of a configuration. Every save notes where the audit log ends by then.
func (e *Engine) store(cfg *lang.Config) state.Store {
	store := e.Store(cfg.Settings.StatePath)
	if e.Log == nil {
		return store
	}
	log, _ := e.Log(cfg.Settings.StatePath)
	return &noting{Store: store, log: log}
}

type noting struct {
	state.Store
	log *evidence.Log
}

// Save never sets the head of the log back: a log that was cut stays found. Where the end cannot be read the head stays as
// it was known, too, and the state is saved: what became of rows is not lost for the log's sake, and whoever writes the next
// line of the log says what is wrong with it.
func (n *noting) Save(ctx context.Context, s state.Snapshot) (uint64, error) {
	end, err := n.log.End()
	if err == nil && end.Seq > 0 && (s.Audit == nil || end.Seq > s.Audit.Seq) {
		s.Audit = &state.AuditHead{Seq: end.Seq, Hash: end.Hash}
	}
	return n.Store.Save(ctx, s)
}

// sealed saves the state once more after the last lines of a command, so that it knows of them. Where there is no state
// yet there is nothing to save.
func (e *Engine) sealed(ctx context.Context, store state.Store) error {
	if e.Log == nil {
		return nil
	}
	snap, err := store.Load(ctx)
	if err != nil || snap.Serial == 0 {
		return err
	}
	_, err = store.Save(ctx, snap)
	return err
}

// planned writes down that a plan was made, and what was decided about it.
func (e *Engine) planned(ctx context.Context, cfg *lang.Config, snap state.Snapshot, p *Planned) error {
	if e.Log == nil || p == nil {
		return nil
	}
	line := planLine(p)
	line["engine"], line["created_at"], line["mappings"], line["steps"] = p.Plan.Engine, p.Plan.Created.UTC(), len(p.Plan.Mappings), len(p.Plan.Steps)
	line["rules_digest"], line["allowed"], line["lacks_approval"], line["open_run"] = e.Rules.Digest(), !p.Verdicts.Denied(), p.LacksApproval, ""
	if p.OpenRun != nil {
		line["open_run"] = p.OpenRun.ID
	}
	if err := e.write(ctx, cfg, snap, "plan_made", p, line); err != nil {
		return fmt.Errorf("write down that the plan was made: %w", err)
	}
	return nil
}

// Denied writes down that an apply of a plan was asked for and refused before it began: by the policies, because the plan
// is stale, or because another run is open.
func (e *Engine) Denied(ctx context.Context, cfg *lang.Config, p *Planned) error {
	if e.Log == nil {
		return nil
	}
	snap, err := e.State(ctx, cfg)
	if err != nil {
		return err
	}
	line := planLine(p)
	reasons, stale := []string{}, []string{}
	for _, s := range p.Worse {
		stale = append(stale, s.Code)
	}
	switch {
	case !p.Verdicts.Denied():
	case len(stale) > 0:
		reasons = append(reasons, "stale")
	case p.LacksApproval:
		reasons = append(reasons, "approval")
	default:
		reasons = append(reasons, "denied")
	}
	if p.OpenRun != nil && p.OpenRun.ConfigDiffers {
		reasons = append(reasons, "open_run")
	}
	line["reasons"], line["stale"], line["denied"] = reasons, stale, deniedBy(p.Verdicts)
	if err := e.write(ctx, cfg, snap, "apply_denied", p, line); err != nil {
		return fmt.Errorf("write down that the apply was denied: %w", err)
	}
	return nil
}

// mostDenied is how many verdicts a line names; it counts them all.
const mostDenied = 100

// deniedBy names controls and their subjects, which are addresses. Messages stay out of the log.
func deniedBy(all policy.Verdicts) []map[string]string {
	out := []map[string]string{}
	for _, v := range all {
		if v.Denies() && len(out) < mostDenied {
			out = append(out, map[string]string{"control": v.Control, "variant": v.Variant, "subject": v.Subject.ID, "result": string(v.Result)})
		}
	}
	return out
}

// planLine is what every line about a plan has.
func planLine(p *Planned) map[string]any {
	return map[string]any{"run": run.ID(p.Plan), "plan_digest": p.Plan.Digest(), "intent_digest": p.Plan.Intent(), "config_digest": p.Plan.Inputs.Config, "tally": p.Verdicts.Tally(),
		"ticket": p.Input.Change.Ticket.ID, "author": p.Input.Change.Author, "applier": p.Input.Change.Applier, "approvals": len(p.Input.Change.Approvals)}
}

func (e *Engine) write(ctx context.Context, cfg *lang.Config, snap state.Snapshot, event string, p *Planned, payload any) error {
	log, _ := e.journal(cfg, snap)
	_, err := log.Append(context.WithoutCancel(ctx), evidence.Note{At: e.Now(), Actor: e.Owner, Event: event, Plan: p.Plan.Digest(), Payload: payload})
	return err
}

// whyRefused says why an apply that was permitted did not begin, by the kind of its error: a message may name a key.
func whyRefused(cause error) map[string]any {
	out := map[string]any{"reason": "failed"}
	var stale *Stale
	var other *OtherRun
	switch {
	case errors.As(cause, &stale):
		codes := []string{}
		for _, r := range stale.Reasons {
			codes = append(codes, r.Code)
		}
		out["reason"], out["stale"] = "stale", codes
	case errors.As(cause, &other):
		out["reason"] = "open_run"
	case errors.Is(cause, state.ErrLocked):
		out["reason"] = "locked"
	case errors.Is(cause, ErrInterrupt), errors.Is(cause, context.Canceled):
		out["reason"] = "interrupted"
	}
	return out
}

// chainVerified goes through the whole audit log as it stands now. Nil says that none is kept.
func (e *Engine) chainVerified(ctx context.Context, cfg *lang.Config) (*bool, error) {
	if e.Log == nil {
		return nil, nil
	}
	log, _, err := e.Journal(ctx, cfg)
	if err != nil {
		return nil, err
	}
	chain, err := log.Check(nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	whole := chain.Bad == nil
	return &whole, err
}

// BeginLog begins a new audit log where the state knows of one that is gone: moved to where it is kept, or lost. The first
// lines of the new one name the head of the old one, so that the two can be put together.
func (e *Engine) BeginLog(ctx context.Context, cfg *lang.Config) (old, head evidence.Head, err error) {
	err = e.locked(ctx, cfg, func(ctx context.Context, store state.Store, snap state.Snapshot) error {
		if snap.Audit == nil {
			return errors.New("the state knows of no audit log that a new one could follow; the next plan or apply begins one")
		}
		log, _ := e.Log(cfg.Settings.StatePath)
		end, err := log.End()
		if err == nil && end.Seq > 0 {
			err = fmt.Errorf("there is an audit log: %s. Move it, with %s, to where it is kept", log.Path(), log.HeadPath())
		}
		if err != nil {
			return err
		}
		old = evidence.Head{Seq: snap.Audit.Seq, Hash: snap.Audit.Hash}
		head, err = log.Append(context.WithoutCancel(ctx), evidence.Note{At: e.Now(), Actor: e.Owner, Event: "log_begun_anew",
			Payload: map[string]any{"after_seq": old.Seq, "after_hash": old.Hash, "serial": snap.Serial, "lineage": snap.Lineage}})
		if err != nil {
			return err
		}
		snap.Audit, snap.Engine = nil, e.Version
		_, err = store.Save(ctx, snap)
		return err
	})
	return old, head, err
}
