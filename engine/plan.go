package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// PlanOptions narrow or widen a plan.
type PlanOptions struct {
	Replace []string // addresses of mappings whose tables are built anew
	Target  []string // plan these mappings only, and what they need: addresses, globs, tag:NAME; empty: all
	Exclude []string // leave these out
	Refresh bool     // false: rows are not looked at
	Exact   bool     // rows that differ are counted, and not estimated from a sample
	Preview int      // show so many rows of each mapping that would be written; 0: none
	// Rollback are addresses of mappings whose kept tables are brought back. The plan does nothing else then.
	Rollback []string
}

// Planned is a plan with what the policies say of it.
type Planned struct {
	Plan     *plan.Plan
	Input    policy.Input
	Verdicts policy.Verdicts
	Permit   policy.Permit // zero where denied
	// LacksApproval says that a denied plan lacks nothing but approvals.
	LacksApproval bool
	Worse         []StaleReason // of a saved plan: decisions that denied nothing when it was made
	OpenRun       *OpenRun      // an unfinished run, whose recorded plan Plan then is
	Gone          []GoneKeys
	Preview       []Preview // where it was asked for; nothing stores it
	Warnings      diag.List
}

// OpenRun is an unfinished run.
type OpenRun struct {
	ID                  string
	Opened              time.Time
	StepsDone, StepsAll int
	ConfigDiffers       bool
	Differing           []string // files
}

// GoneKeys are keys of the target whose row is gone at the source. They are for people and stored nowhere.
type GoneKeys struct {
	Mapping string
	Keys    []string
	Total   int64
}

// Plan works out what an apply would do now. Where a run is unfinished it gives that run's recorded plan. Of a plan that
// was made there is a line in the audit log.
func (e *Engine) Plan(ctx context.Context, cfg *lang.Config, opt PlanOptions) (out *Planned, diags diag.List, err error) {
	if diags = asErrors(cfg.NotYet); diags.HasErrors() {
		return nil, diags, nil
	}
	snap, err := e.Store(cfg.Settings.StatePath).Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err == nil && !diags.HasErrors() {
			err = e.planned(ctx, cfg, snap, out)
		}
	}()
	if snap.OpenRun != nil {
		return e.unfinished(ctx, cfg, snap, opt)
	}
	o, diags := e.open(ctx, cfg)
	defer func() { err = errors.Join(err, o.close()) }()
	if diags.HasErrors() {
		return nil, diags, nil
	}
	return e.plan(ctx, cfg, snap, o, opt)
}

func asErrors(notYet diag.List) diag.List {
	out := slices.Clone(notYet)
	for i := range out {
		out[i].Severity = diag.Error
	}
	return out
}

func (e *Engine) plan(ctx context.Context, cfg *lang.Config, snap state.Snapshot, o *opened, opt PlanOptions) (*Planned, diag.List, error) {
	mappings, diags := resolve.Mappings(cfg, o.systems, resolve.Known{Rebuilt: opt.Replace,
		Ours: func(address string) bool { return planner.Ours(snap, cfg.Moved, address) }, Half: func(address string) bool { return planner.Half(snap, cfg.Moved, address) }})
	diags.Extend(o.notes)
	diags.Extend(e.lockWarnings(cfg, mappings))
	diags.Extend(joins(ctx, o, mappings))
	if diags.HasErrors() {
		return nil, diags, nil
	}
	all := mappings
	mappings, subset, more := planner.Choose(all, cfg.Moved, snap, planner.Wish{Target: opt.Target, Exclude: opt.Exclude, Replace: opt.Replace})
	if diags.Extend(more); diags.HasErrors() {
		return nil, diags, nil
	}
	content, more := e.lookups(ctx, o, mappings)
	if diags.Extend(more); diags.HasErrors() {
		return nil, diags, nil
	}
	keys, more := e.keys(cfg, mappings)
	if diags.Extend(more); diags.HasErrors() {
		return nil, diags, nil
	}
	e.leftOut(ctx, cfg, o, all, subset)
	out := &Planned{}
	var mu sync.Mutex
	env := measure.Env{Ends: o.ends, Lineage: snap.Lineage, Prior: map[string]measure.Prior{}, Lookups: content, Keys: keys, Workers: e.workers(), Tell: e.Tell,
		Gone: func(mapping string, keys []string, total int64) {
			mu.Lock()
			defer mu.Unlock()
			out.Gone = append(out.Gone, GoneKeys{Mapping: mapping, Keys: keys, Total: total})
		}}
	facts, more, err := e.facts(ctx, cfg, snap, o, mappings, opt, &env)
	if diags.Extend(more); err != nil || diags.HasErrors() {
		return nil, diags, err
	}
	facts.Inputs.Subset, facts.Around = subset, planner.Around(all, mappings)
	answers, more, err := e.answers(ctx, facts, env)
	if diags.Extend(more); err != nil || diags.HasErrors() {
		return nil, diags, err
	}
	p, more := planner.Build(facts, answers)
	if diags.Extend(more); p == nil {
		return nil, diags, nil
	}
	e.expose(cfg, p, snap)
	out.Plan, out.Warnings = p, diags
	more, err = diagnosed(e.review(ctx, cfg, out, policy.AtPlan))
	if diags.Extend(more); diags.HasErrors() {
		return nil, diags, err
	}
	p.Reviewed = reviewed(out.Verdicts)
	if opt.Preview > 0 && err == nil {
		err = e.preview(ctx, cfg, snap, o, env, out, opt.Preview)
	}
	return out, diags, err
}

// answers measures until the planner asks nothing more.
func (e *Engine) answers(ctx context.Context, facts planner.Facts, env measure.Env) ([]planner.Answer, diag.List, error) {
	var have []planner.Answer
	for {
		questions := planner.Questions(facts, have)
		if len(questions) == 0 {
			return have, nil, nil
		}
		got := make([]planner.Answer, len(questions))
		failed := make([]error, len(questions))
		g := errgroup.Group{}
		g.SetLimit(e.workers())
		for i, q := range questions {
			g.Go(func() error { got[i], failed[i] = measure.Answer(ctx, env, q); return nil })
		}
		if err := g.Wait(); err != nil {
			return nil, nil, err
		}
		var diags diag.List
		for i, err := range failed {
			if err != nil {
				if ctx.Err() != nil {
					return nil, nil, context.Cause(ctx)
				}
				diags.Add(questionDiag(facts, questions[i], err))
			}
		}
		if diags.HasErrors() {
			return nil, diags, nil
		}
		have = append(have, got...)
	}
}

// questionDiag puts what went wrong while measuring at the mapping that wanted to know.
func questionDiag(f planner.Facts, q planner.Question, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: "measure", Summary: "Cannot be measured", Detail: fmt.Sprintf("%s of %s: %s", measuring[q.Kind], q.System, text(err)), Object: q.Mapping}
	for _, m := range f.Mappings {
		if m.Address == q.Mapping {
			at := m.Config.From.Range
			d.Subject = &at
		}
	}
	switch providers.ClassOf(err) {
	case providers.Denied:
		d.Code, d.Summary = "denied", "Permission denied"
	case providers.BadValue:
		d.Code, d.Summary = "bad-value", "Value cannot be read"
	case providers.Unreachable:
		d.Code, d.Summary = "unreachable", "Server not reached"
	case providers.Unsupported:
		d.Code, d.Summary = "unsupported", "The system cannot do this"
	}
	return d
}

var measuring = map[planner.Ask]string{
	planner.TargetRows: "Counting the rows", planner.SourceRows: "Counting the rows", planner.Position: "Finding the cursor's end",
	planner.Digests: "Reading the rows", planner.GoneKeys: "Comparing the keys", planner.UnmadeKeys: "Comparing the keys", planner.RefusedKeys: "Comparing the keys", planner.Compare: "Comparing the rows", planner.Versions: "Comparing the rows", planner.TargetDigest: "Reading the rows", planner.Print: "Reading the file", planner.Statements: "Writing the statements", planner.KeptTable: "Looking for the table that was kept",
	planner.SeenRows: "Counting the rows", planner.NewKeys: "Comparing the keys", planner.Tail: "Reading the rows",
}

// facts collects what is known without reading rows.
func (e *Engine) facts(ctx context.Context, cfg *lang.Config, snap state.Snapshot, o *opened, mappings []*resolve.Mapping, opt PlanOptions, env *measure.Env) (planner.Facts, diag.List, error) {
	f := planner.Facts{Engine: e.Version, Now: e.Now().UTC(), Lifetime: Lifetime, Config: cfg, Mappings: mappings, State: snap, Replace: opt.Replace, Refresh: opt.Refresh, Exact: opt.Exact, Rollback: opt.Rollback,
		Systems: map[string]planner.System{}, Ledger: map[string]planner.Recorded{}}
	var diags diag.List
	for address, end := range o.ends {
		s, err := e.systemFacts(ctx, address, end, o.systems[address])
		if err != nil {
			diags.Add(systemDiag(o.systems[address].Config, err))
			continue
		}
		f.Systems[address] = s
	}
	if diags.HasErrors() {
		return f, diags, nil
	}
	if err := e.recorded(ctx, snap, o, f, env); err != nil {
		return f, diags, err
	}
	inputs, err := e.inputs(cfg, snap)
	f.Inputs = inputs
	return f, diags, err
}

func (e *Engine) systemFacts(ctx context.Context, address string, end providers.Endpoint, sys *resolve.System) (planner.System, error) {
	info := end.Info()
	out := planner.System{Kind: info.Product, Role: sys.Config.Role, Identity: info.Identity, Catalog: sys.Catalog, Order: sys.Order, Definitions: sys.Definitions}
	if info.Alone {
		out.Place = info.Place
	}
	if out.Role == "source" {
		_, shared := providers.As[providers.Snapshotter](end)
		out.Moving = !shared
		return out, nil
	}
	_, out.KeyMap = providers.As[providers.KeyMap](end)
	if l, ok := providers.As[providers.Ledger](end); ok {
		out.Ledger = l.LedgerStatements()
	}
	if h, ok := providers.As[providers.History](end); ok {
		var err error
		if out.Meta, err = h.Meta(ctx); err != nil {
			return out, err
		}
		if l, ok := providers.As[providers.Upgrader](end); ok {
			out.Upgrade = l.Upgrade(out.Meta)
		}
		runs, err := h.Runs(ctx)
		if err != nil {
			return out, err
		}
		for _, r := range runs {
			out.Runs = append(out.Runs, r.ID)
		}
	}
	return out, nil
}

// recorded reads what the ledgers hold of mappings that were applied before.
func (e *Engine) recorded(ctx context.Context, snap state.Snapshot, o *opened, f planner.Facts, env *measure.Env) error {
	for _, m := range f.Mappings {
		prior, _ := planner.Prior(snap, f.Config.Moved, m.Address)
		h, known := providers.As[providers.History](o.ends[m.Definition.Target])
		if prior == nil || !known {
			continue
		}
		p := measure.Prior{UID: prior.UID, Secret: f.Systems[m.Definition.Target].Meta.Secret}
		list, err := h.Chunks(ctx, prior.ListRun, prior.UID)
		if err != nil {
			return err
		}
		records, err := h.Recorded(ctx, "", prior.UID)
		if err != nil {
			return err
		}
		p.List = list
		p.Records, p.Whole = newest(list, records)
		env.Prior[m.Address] = p
		f.Ledger[m.Address] = planner.Recorded{Chunks: len(p.Records), Expected: run.Expected(records).String(), Runs: runsOf(records)}
	}
	return purging(ctx, snap, o, f, env)
}

// runsOf are the runs that made records, in their order.
func runsOf(records []providers.ChunkRecord) []string {
	var out []string
	for _, r := range records {
		if !slices.Contains(out, r.Run) {
			out = append(out, r.Run)
		}
	}
	return out
}

// newest gives for each chunk of the list the last record of its bounds. Without a record for every chunk, or with
// bounds that were good for one moment, the table can only be compared as a whole.
func newest(list []providers.Chunk, records []providers.ChunkRecord) ([]providers.ChunkRecord, bool) {
	byBounds := map[string]providers.ChunkRecord{}
	for _, r := range records {
		byBounds[r.Bounds] = r
	}
	var out []providers.ChunkRecord
	whole := false
	for _, c := range list {
		r, ok := byBounds[c.Bounds]
		if !ok {
			return nil, true
		}
		whole = whole || c.Positional
		out = append(out, r)
	}
	return out, whole
}

// inputs notes what the configuration gave.
func (e *Engine) inputs(cfg *lang.Config, snap state.Snapshot) (plan.Inputs, error) {
	in := plan.Inputs{Config: cfg.Digest, Files: []plan.File{}, Variables: []plan.Variable{}, Rules: e.Rules.Digest(), Facts: cfg.Declared(),
		State: plan.StateInput{Lineage: snap.Lineage, Serial: snap.Serial, Digest: snap.Previous}}
	for _, f := range cfg.Files {
		in.Files = append(in.Files, plan.File(f))
	}
	for _, v := range cfg.Variables {
		if !v.Sensitive {
			in.Variables = append(in.Variables, plan.Variable{Name: v.Name, Value: v.Value})
			continue
		}
		salt := make([]byte, 16)
		if _, err := rand.Read(salt); err != nil {
			return in, fmt.Errorf("make a salt: %w", err)
		}
		in.Variables = append(in.Variables, plan.Variable{Name: v.Name, Salt: base64.StdEncoding.EncodeToString(salt), Hash: v.Salted(salt)})
	}
	return in, nil
}

// unfinished gives the recorded plan of a run that was begun, with how far it came.
func (e *Engine) unfinished(ctx context.Context, cfg *lang.Config, snap state.Snapshot, opt PlanOptions) (*Planned, diag.List, error) {
	p, err := plan.Read(bytes.NewReader(snap.OpenRun.Plan))
	if err != nil {
		return nil, nil, fmt.Errorf("read the plan of run %s from the state: %w", snap.OpenRun.ID, err)
	}
	if len(opt.Target)+len(opt.Exclude) > 0 && !p.Inputs.Subset.Asks(opt.Target, opt.Exclude) {
		return nil, nil, &OtherRun{ID: snap.OpenRun.ID, Opened: snap.OpenRun.OpenedAt,
			Why: "Its plan stays as it was made: go on with it without other --target and --exclude, or end it with `migrateiq run abandon " + snap.OpenRun.ID + "`."}
	}
	out := &Planned{Plan: p, OpenRun: &OpenRun{ID: snap.OpenRun.ID, Opened: snap.OpenRun.OpenedAt, StepsAll: len(p.Steps)}}
	out.OpenRun.Differing = differing(p, cfg)
	out.OpenRun.ConfigDiffers = p.Inputs.Config != cfg.Digest
	for address := range targetsOf(p) {
		out.OpenRun.StepsDone += e.stepsDone(ctx, cfg, address, snap.OpenRun.ID)
	}
	return out, nil, e.review(ctx, cfg, out, policy.AtApply)
}

func targetsOf(p *plan.Plan) map[string]bool {
	out := map[string]bool{}
	for _, s := range p.Steps {
		out[s.Target] = true
	}
	return out
}

// stepsDone asks a target's ledger; a target that cannot be reached now counts as nothing done.
func (e *Engine) stepsDone(ctx context.Context, cfg *lang.Config, address, id string) int {
	for _, s := range cfg.Systems {
		if s.Address != address {
			continue
		}
		end, err := e.connect(ctx, cfg, s)
		if err != nil {
			return 0
		}
		defer end.Close() // reading only: nothing can be lost
		if h, ok := providers.As[providers.History](end); ok {
			if steps, err := h.Steps(ctx, id); err == nil {
				return len(steps)
			}
		}
	}
	return 0
}

// differing names the files that are not as the plan has them.
func differing(p *plan.Plan, cfg *lang.Config) []string {
	then, now := map[string]string{}, map[string]string{}
	for _, f := range p.Inputs.Files {
		then[f.Name] = f.Digest
	}
	var out []string
	for _, f := range cfg.Files {
		now[f.Name] = f.Digest
		if then[f.Name] != f.Digest {
			out = append(out, filepath.ToSlash(f.Name))
		}
	}
	for name := range then {
		if _, ok := now[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
