package engine

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// Beside gives the audit log and the records of runs that belong to a state.
func Beside(statePath string) (*evidence.Log, evidence.Records) {
	return evidence.At(statePath + ".audit.jsonl"), evidence.In(statePath + ".runs")
}

// Carry applies a plan as Apply does, and writes down for auditors what it does: in the audit log before anything is
// changed and at every step, and in the record of the run. Where the log cannot be written nothing is begun.
func (e *Engine) Carry(ctx context.Context, cfg *lang.Config, p *Planned, opt ApplyOptions) (*Report, error) {
	if e.Log == nil {
		return e.Apply(ctx, cfg, p.Plan, p.Permit, opt)
	}
	if !p.Permit.Covers(p.Plan.Digest()) {
		return nil, ErrNoPermit
	}
	w, err := e.witness(context.WithoutCancel(ctx), cfg, p)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(w.log.Whole(), ctx.Err()); err != nil {
		return nil, fmt.Errorf("nothing was changed: %w", err)
	}
	if err := w.announce(); err != nil {
		return nil, fmt.Errorf("nothing was changed: %w", err)
	}
	watched := *e
	watched.Tell = w.tell
	report, err := watched.Apply(ctx, cfg, p.Plan, p.Permit, opt)
	return report, errors.Join(err, w.finish(cfg, report, err))
}

// witness writes down what one apply does.
type witness struct {
	*evidence.Recorder
	e       *Engine
	log     *evidence.Log
	ctx     context.Context
	planned *Planned
	records evidence.Records
	record  *evidence.Record
	opened  bool
	err     error
}

func (e *Engine) witness(ctx context.Context, cfg *lang.Config, p *Planned) (*witness, error) {
	raw, err := json.Marshal(p.Plan)
	if err != nil {
		return nil, fmt.Errorf("write the plan into the record: %w", err)
	}
	log, records, err := e.Journal(ctx, cfg)
	if err != nil {
		return nil, err
	}
	digest := p.Plan.Digest()
	w := &witness{Recorder: evidence.NewRecorder(ctx, log, e.Owner, digest, e.Now), e: e, log: log, ctx: ctx, planned: p, records: records}
	w.record = &evidence.Record{Run: run.ID(p.Plan), PlanDigest: digest, Actor: e.Owner, Engine: e.Version, Started: e.Now().UTC(), Outcome: "running", Plan: raw, Input: p.Input,
		Verdicts: p.Verdicts, Exemptions: exemptionsOf(cfg)}
	return w, nil
}

func exemptionsOf(cfg *lang.Config) []evidence.Exemption {
	out := []evidence.Exemption{}
	for _, x := range cfg.Exemptions {
		one := evidence.Exemption{Name: x.Title(), Rule: x.Rule, Address: x.Address, Reason: x.Reason, Ticket: x.Ticket, RequestedBy: x.RequestedBy, Expires: x.Expires, ApprovedBy: []evidence.Approver{}}
		for _, a := range x.ApprovedBy {
			one.ApprovedBy = append(one.ApprovedBy, evidence.Approver{ID: a.ID, Role: a.Role, At: a.At})
		}
		out = append(out, one)
	}
	return out
}

// announce writes down which plan is begun, what was decided about it and by which exemptions, before anything is changed.
func (w *witness) announce() error {
	p, in := w.planned.Plan, w.planned.Input
	input, err := in.Digest()
	if err != nil {
		return err
	}
	verdicts, err := policy.Canonical(w.planned.Verdicts)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(verdicts)
	if err := w.Write("apply_begun", map[string]any{"run": w.record.Run, "plan_digest": w.record.PlanDigest, "intent_digest": p.Intent(), "config_digest": p.Inputs.Config,
		"created_at": p.Created.UTC(), "engine": p.Engine, "mappings": len(p.Mappings), "steps": len(p.Steps)}); err != nil {
		return err
	}
	if err := w.Write("plan_reviewed", map[string]any{"run": w.record.Run, "input_digest": input, "verdicts_sha256": hex.EncodeToString(sum[:]), "rules_digest": w.planned.Permit.Rules(),
		"allowed": !w.planned.Verdicts.Denied(), "tally": w.planned.Verdicts.Tally(), "approvals": len(in.Change.Approvals), "ticket": in.Change.Ticket.ID,
		"author": in.Change.Author, "applier": in.Change.Applier}); err != nil {
		return err
	}
	for _, x := range w.record.Used() {
		if err := w.Write("exemption_used", map[string]any{"run": w.record.Run, "name": x.Name, "rule": x.Rule, "address": x.Address, "expires": x.Expires}); err != nil {
			return err
		}
	}
	return nil
}

// tell takes the engine's events. The record is begun with the run: from then on no other process writes it.
func (w *witness) tell(ev event.Event) {
	if ev.Kind == event.RunOpened {
		w.err = errors.Join(w.err, w.begin())
	}
	w.Tell(ev)
	if w.e.Tell != nil {
		w.e.Tell(ev)
	}
}

// begin goes on with the record of a run that was begun before: when it began, and what was decided then, stay.
func (w *witness) begin() error {
	w.opened = true
	old, err := w.records.Load(w.record.Run)
	if err != nil {
		return err
	}
	if old != nil && old.PlanDigest == w.record.PlanDigest {
		w.record.Started, w.record.Starts = old.Started, old.Starts
		w.record.Input, w.record.Verdicts, w.record.Exemptions = old.Input, old.Verdicts, old.Exemptions
	}
	w.record.Starts++
	_, err = w.records.Save(w.record)
	return err
}

// finish writes down what it came to. An error says that the evidence is not whole; rows stand as the report says.
func (w *witness) finish(cfg *lang.Config, report *Report, cause error) error {
	end := map[string]any{"run": w.record.Run, "outcome": "refused"}
	err := w.err
	if report != nil {
		end["outcome"] = report.Outcome
		err = errors.Join(err, w.close(cfg, report, end))
	} else if w.opened {
		end["outcome"] = "failed"
		w.record.Outcome = "failed"
		_, saved := w.records.Save(w.record)
		err = errors.Join(err, saved)
	}
	if cause != nil && end["outcome"] == "refused" {
		maps.Copy(end, whyRefused(cause))
	}
	end["failed"] = cause != nil
	err = errors.Join(err, w.Write("apply_ended", end), w.Err(), w.seal(cfg))
	if err != nil {
		return fmt.Errorf("the evidence of this run is not whole: %w", err)
	}
	return nil
}

// seal lets the state know of the last lines, where the apply came to save one. Somebody who has the state's lock by now
// does it with a save of their own.
func (w *witness) seal(cfg *lang.Config) error {
	if !w.opened {
		return nil
	}
	err := w.e.locked(w.ctx, cfg, func(ctx context.Context, store state.Store, _ state.Snapshot) error { return w.e.sealed(ctx, store) })
	if errors.Is(err, state.ErrLocked) {
		return nil
	}
	return err
}

func (w *witness) close(cfg *lang.Config, report *Report, end map[string]any) error {
	if !w.opened {
		w.record.Starts++
	}
	now := w.e.Now().UTC()
	w.record.Ended, w.record.Outcome, w.record.After = &now, report.Outcome, report.Verdicts
	if report.Verdicts != nil {
		end["tally_after"] = report.Verdicts.Tally()
	}
	for _, m := range w.planned.Plan.Mappings {
		if m.Definition != nil && slices.ContainsFunc(w.planned.Plan.Steps, func(s plan.Step) bool { return s.Mapping == m.Address }) {
			w.record.Mappings = append(w.record.Mappings, resultOf(m, report))
		}
	}
	if w.opened {
		if err := w.e.ledgers(w.ctx, cfg, w.planned.Plan, w.record); err != nil {
			w.record.Gaps = append(w.record.Gaps, "The ledger of a target could not be read, so counts of rows are missing.")
			if report.Outcome == "done" {
				return errors.Join(err, w.save(end))
			}
		}
	}
	return w.save(end)
}

func (w *witness) save(end map[string]any) error {
	digest, err := w.records.Save(w.record)
	end["record_sha256"] = digest
	return err
}

// resultOf is what a report says of a mapping. Why something failed is left out: a message may name a key.
func resultOf(m plan.Mapping, report *Report) evidence.Mapping {
	out := evidence.Mapping{Address: m.Address, Target: m.Definition.Target, Table: m.Definition.TargetTable.String(), ByFilter: map[string]int64{}, Checks: []evidence.CheckResult{}}
	i := slices.IndexFunc(report.Mappings, func(r MappingReport) bool { return r.Address == m.Address })
	if i < 0 {
		return out
	}
	r := report.Mappings[i]
	out.Rows, out.Digest, out.Failed = r.Rows, r.Digest, r.Failed != ""
	if r.Verified != "" {
		same := !r.Mismatch
		out.Proven = &same
	}
	for _, c := range r.Checks {
		kind := c.Kind
		if kind == "" {
			kind = "check"
		}
		out.Checks = append(out.Checks, evidence.CheckResult{Name: c.Name, Kind: kind, Severity: c.Severity, Pass: c.Pass, Text: c.Text})
	}
	return out
}

// ledgers adds what the targets' ledgers say of a run: the counts of all its processes, and the rows that were refused.
func (e *Engine) ledgers(ctx context.Context, cfg *lang.Config, p *plan.Plan, rec *evidence.Record) error {
	for _, s := range targets(cfg) {
		if !targetsOf(p)[s.Address] {
			continue
		}
		if err := e.ledger(ctx, cfg, s, p, rec); err != nil {
			return fmt.Errorf("read the ledger of %s: %w", s.Address, err)
		}
	}
	return nil
}

func (e *Engine) ledger(ctx context.Context, cfg *lang.Config, s *lang.System, p *plan.Plan, rec *evidence.Record) (err error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	history, ok := providers.As[providers.History](end)
	if !ok {
		return nil
	}
	meta, err := history.Meta(ctx)
	if err != nil {
		return err
	}
	quarantine, _ := providers.As[providers.Quarantine](end)
	for i := range rec.Mappings {
		m := &rec.Mappings[i]
		if m.Target != s.Address {
			continue
		}
		uid := p.Mapping(m.Address).UID
		if err := counts(ctx, history, rec.Run, uid, m); err != nil {
			return err
		}
		if quarantine == nil {
			continue
		}
		if err := quarantine.Rejects(ctx, rec.Run, uid, func(r providers.Rejected) error {
			refused(rec, m, r, meta.Secret)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func counts(ctx context.Context, h providers.History, run, uid string, m *evidence.Mapping) error {
	records, err := h.Recorded(ctx, run, uid)
	for _, c := range records {
		if strings.HasPrefix(c.Bounds, plan.Base) {
			continue
		}
		m.Chunks++
		m.Read, m.Written, m.Filtered, m.Rejected = m.Read+c.Source.Rows, m.Written+c.Written.Rows, m.Filtered+c.Filtered, m.Rejected+c.Rejected
		for name, n := range c.Counts {
			switch name {
			case plan.Unchanged, plan.Conflicts, plan.Corrected:
				m.Unchanged += n
			case plan.Added, plan.Opened, plan.Closed: // of those written
			default:
				m.ByFilter[name] += n
			}
		}
	}
	return err
}

var hidden = regexp.MustCompile(`^key#[0-9a-f]{12}$`)

// refused counts a row that was refused. The record refers to it by a digest of its key with the secret of the ledger, so
// that nobody who has only the record finds the key.
func refused(rec *evidence.Record, m *evidence.Mapping, r providers.Rejected, secret []byte) {
	i := slices.IndexFunc(rec.Exceptions, func(x evidence.Exception) bool {
		return x.Mapping == m.Address && x.Field == r.Field && x.Rule == r.Rule
	})
	if i < 0 {
		i = len(rec.Exceptions)
		rec.Exceptions = append(rec.Exceptions, evidence.Exception{Mapping: m.Address, Target: m.Target, Field: r.Field, Rule: r.Rule, Refs: []string{}})
	}
	x := &rec.Exceptions[i]
	x.Count++
	if len(x.Refs) == evidence.MostRefs {
		return
	}
	ref := r.Key
	if !hidden.MatchString(ref) {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(m.Address + "\x00" + r.Key))
		ref = "row#" + hex.EncodeToString(h.Sum(nil))[:16]
	}
	x.Refs = append(x.Refs, ref)
}

// Evidence gathers what is kept of a run, "" for the one that began last.
func (e *Engine) Evidence(ctx context.Context, cfg *lang.Config, run string) (*evidence.Case, error) {
	log, records, err := e.Journal(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return evidence.Gather(log, records, run)
}

// noted writes an action on the state into the audit log before it is done, and says so there when it failed.
func (e *Engine) noted(ctx context.Context, cfg *lang.Config, snap state.Snapshot, what string, payload map[string]any, do func() error) error {
	if e.Log == nil {
		return do()
	}
	log, _ := e.journal(cfg, snap)
	ctx = context.WithoutCancel(ctx)
	if _, err := log.Append(ctx, evidence.Note{At: e.Now(), Actor: e.Owner, Event: what, Payload: payload}); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	err := do()
	if err != nil {
		_, noted := log.Append(ctx, evidence.Note{At: e.Now(), Actor: e.Owner, Event: what + "_failed", Payload: payload})
		err = errors.Join(err, noted)
	}
	return err
}

// abandoned closes the record of a run that was given up, and writes down what stands. Sentences about tables have counts
// and no keys.
func (e *Engine) abandoned(ctx context.Context, cfg *lang.Config, snap state.Snapshot, report *AbandonReport) error {
	if e.Log == nil {
		return nil
	}
	log, records := e.journal(cfg, snap)
	now := e.Now().UTC()
	line := map[string]any{"run": report.Run, "stand": append([]string{}, report.Stand...)}
	rec, err := records.Load(report.Run)
	if err != nil {
		return err
	}
	if rec != nil {
		rec.Outcome, rec.Ended = "abandoned", &now
		if line["record_sha256"], err = records.Save(rec); err != nil {
			return err
		}
	}
	_, err = log.Append(context.WithoutCancel(ctx), evidence.Note{At: now, Actor: e.Owner, Event: "run_abandoned", Payload: line})
	return err
}
