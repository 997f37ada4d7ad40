package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/state"
)

// ApplyOptions of one apply.
type ApplyOptions struct {
	SkipStale bool            // leave out the mappings that are stale for what their own source or target holds
	Verdicts  policy.Verdicts // of the review that gave the permit, for the state
}

// Report is what an apply came to.
type Report struct {
	Run      string
	Resumed  bool
	Outcome  string // done, partial, interrupted
	Left     int    // steps not done
	Mappings []MappingReport
	Skipped  []Skipped // mappings that were stale and left out
	Outputs  []OutputValue
	Verdicts policy.Verdicts // of the review after the run; nil where none was made
	Took     time.Duration
}

// MappingReport is what it came to for one mapping.
type MappingReport struct {
	Address                     string
	Written, Filtered, Rejected int64
	ByFilter                    map[string]int64 // of Filtered, by the name of a filter; the others were left out by `where`
	Removed                     int64            // rows whose key was removed
	Nulled                      int64            // values that on_row_error = "null" made null
	Opened, Closed              int64            // versions, in mode history; of Written
	Unchanged                   int64            // rows that stood as they should
	Conflicts                   int64            // rows that somebody else changed, and that stay
	ConflictKeys                []string         // of the first of these
	Rows                        int64
	Digest                      string
	Verified                    string
	Mismatch                    bool
	Failed                      string
	Withheld                    []string // why the table was not swapped in; the old one stands
	Checks                      []CheckReport
}

// CheckReport is the result of one check.
type CheckReport = run.CheckReport

// OutputValue is the value of one output.
type OutputValue struct {
	Name      string
	Value     json.RawMessage
	Sensitive bool
}

// Apply carries out exactly this plan, or goes on with its run. It demands the Permit that a review of this plan made.
func (e *Engine) Apply(ctx context.Context, cfg *lang.Config, p *plan.Plan, ok policy.Permit, opt ApplyOptions) (report *Report, err error) {
	if !ok.Covers(p.Digest()) {
		return nil, ErrNoPermit
	}
	started := e.Now()
	err = e.locked(ctx, cfg, func(under context.Context, store state.Store, snap state.Snapshot) error {
		skip, err := e.mayApply(under, cfg, p, snap, opt)
		if err != nil {
			return err
		}
		if snap.Lineage == "" {
			snap.Lineage = uuid.NewString()
		}
		if len(p.Steps) == 0 {
			report, err = e.settle(under, cfg, p, store, snap)
			return err
		}
		report, err = e.execute(ctx, under, cfg, p, skip, decided(ok, opt.Verdicts), store, snap)
		return err
	})
	if report != nil {
		report.Took = e.Now().Sub(started)
	}
	return report, err
}

// mayApply refuses a plan that is stale, and one that is not the plan of the unfinished run.
func (e *Engine) mayApply(ctx context.Context, cfg *lang.Config, p *plan.Plan, snap state.Snapshot, opt ApplyOptions) (skip map[string]string, err error) {
	if open := snap.OpenRun; open != nil {
		if open.ID != run.ID(p) {
			return nil, &OtherRun{ID: open.ID, Opened: open.OpenedAt, Why: "Finish it with `migrateiq apply`, or end it with `migrateiq run abandon " + open.ID + "`."}
		}
		if files := differing(p, cfg); p.Inputs.Config != cfg.Digest {
			return nil, &OtherRun{ID: open.ID, Opened: open.OpenedAt, Why: differsText(files, open.ID)}
		}
	}
	return e.stale(ctx, cfg, p, snap, opt)
}

func differsText(files []string, id string) string {
	text := "The configuration differs from the one it was begun with"
	for i, f := range files {
		if i == 0 {
			text += " (" + f
		} else {
			text += ", " + f
		}
	}
	if len(files) > 0 {
		text += ")"
	}
	return text + ". Put it back and run the same command, or end the run with `migrateiq run abandon " + id + "`."
}

// settle saves what a plan without steps changes: moves, forgotten mappings, classes.
func (e *Engine) settle(ctx context.Context, cfg *lang.Config, p *plan.Plan, store state.Store, snap state.Snapshot) (*Report, error) {
	report := &Report{Run: run.ID(p), Outcome: "done"}
	outputs, err := e.outputs(cfg, p, snap, nil, report)
	if err != nil {
		return report, err
	}
	if p.Empty() {
		keepOutputs(outputs, snap.Outputs, report)
		if equalOutputs(outputs, snap.Outputs) {
			return report, nil
		}
	}
	run.Settle(&snap, p, report.Run)
	snap.Engine, snap.Outputs = e.Version, outputs
	if _, err = store.Save(ctx, snap); err != nil {
		report.Outcome = "partial"
	}
	return report, err
}

// keepOutputs lets the outputs of the last run stand where nothing was done.
func keepOutputs(now, before map[string]state.Output, report *Report) {
	for i, o := range report.Outputs {
		if old, ok := before[o.Name]; ok && old.Sensitive == o.Sensitive {
			now[o.Name], report.Outputs[i].Value = old, old.Value
		}
	}
}

func equalOutputs(a, b map[string]state.Output) bool {
	return maps.EqualFunc(a, b, func(x, y state.Output) bool { return x.Sensitive == y.Sensitive && string(x.Value) == string(y.Value) })
}

// execute opens the run, does what is left of it, and closes it when nothing is.
func (e *Engine) execute(ctx, under context.Context, cfg *lang.Config, p *plan.Plan, skip map[string]string, decided state.Policy, store state.Store, snap state.Snapshot) (report *Report, err error) {
	o, diags := e.open(under, cfg)
	defer func() { err = errors.Join(err, o.close()) }()
	if diags.HasErrors() {
		return nil, &Diagnosed{diags}
	}
	content, err := e.content(under, cfg, p, o.end)
	if err != nil {
		return nil, err
	}
	keys, err := e.keysOf(cfg, forNew, definitions(p)...)
	if err != nil {
		return nil, err
	}
	started := e.Now()
	r, err := run.Open(under, run.Env{Plan: p, Skip: skip, Look: e.lookAgain(p, o), State: snap, Store: store, Ends: o.ends, Lookups: content, Keys: keys, Policy: decided,
		Engine: e.Version, Owner: e.Owner, Workers: e.workers(), Tell: e.Tell, Stop: ctx.Done(), Now: e.Now,
		Judge: func(ctx context.Context, mapping string, soFar *run.Report) ([]string, error) {
			return e.judgeTable(ctx, cfg, p, o, mapping, reportOf(p, soFar), started)
		}})
	if err != nil {
		return nil, kept(under, err, cfg, store, snap)
	}
	defer func() { err = errors.Join(err, r.Release()) }()
	done, err := r.Do(under)
	report = reportOf(p, done)
	report.Skipped = skippedIn(skip)
	report.Outcome = "partial" // what was committed stands, whatever comes after it
	if err != nil {
		return report, err
	}
	if done.Left > 0 {
		return report, e.leftOver(under, cfg, store, snap, r, report, done)
	}
	outputs, err := e.outputs(cfg, p, snap, done, report)
	if err != nil {
		return report, err
	}
	if err := r.Close(under, outputs); err != nil {
		return report, err
	}
	report.Outcome = "done"
	if err := e.reviewRun(under, cfg, p, o, report, started); err != nil {
		return report, err
	}
	if len(skip) > 0 {
		return report, errors.Join(failedChecks(report), &StaleSkipped{report})
	}
	return report, failedChecks(report)
}

// leftOver says how a run with work left ended. One that changed nothing at all is taken back.
func (e *Engine) leftOver(ctx context.Context, cfg *lang.Config, store state.Store, snap state.Snapshot, r *run.Run, report *Report, done *run.Report) error {
	if done.Interrupted {
		report.Outcome = "interrupted"
		return &Interrupted{report}
	}
	took, err := r.TakeBack(ctx)
	if err != nil {
		return err
	}
	if took {
		report.Outcome = "nothing changed"
		return kept(ctx, &Untouched{report}, cfg, store, snap)
	}
	return &Partly{report}
}

// kept says of a first apply that changed nothing why there is a state nevertheless: it was written before a target was
// touched, and names the lineage that the target's ledger may carry by now.
func kept(ctx context.Context, cause error, cfg *lang.Config, store state.Store, before state.Snapshot) error {
	now, err := store.Load(ctx)
	if err != nil || before.Serial > 0 || now.Serial == 0 || now.OpenRun != nil || len(now.Mappings) > 0 {
		return cause
	}
	return fmt.Errorf("%w. The state %s stays, with no mapping in it: the ledger of a target may carry its lineage, and the next apply goes on from it", cause, filepath.Base(cfg.Settings.StatePath))
}

// Untouched says that the run failed before it changed anything, and was taken back.
type Untouched struct{ Report *Report }

func (e *Untouched) Error() string { return "the run failed before it changed anything" }

// Diagnosed carries findings for the author through a function that returns an error.
type Diagnosed struct{ List interface{ Err() error } }

func (e *Diagnosed) Error() string { return e.List.Err().Error() }

func reportOf(p *plan.Plan, done *run.Report) *Report {
	out := &Report{Run: done.Run, Resumed: done.Resumed, Left: done.Left}
	for _, m := range p.Mappings {
		r := done.Mappings[m.Address]
		if r == nil {
			continue
		}
		entry := MappingReport{Address: m.Address, Written: r.Written, Filtered: r.Filtered, ByFilter: r.ByFilter, Rejected: r.Rejected, Removed: r.Removed, Nulled: r.Nulled, Opened: r.Opened, Closed: r.Closed, Unchanged: r.Unchanged, Conflicts: r.Conflicts + r.Corrected, ConflictKeys: r.ConflictKeys, Rows: r.Rows, Digest: r.Digest,
			Verified: r.Verified, Mismatch: r.Mismatch, Checks: r.Checks, Withheld: r.Withheld}
		if r.Failed != nil {
			entry.Failed = text(r.Failed)
		}
		out.Mappings = append(out.Mappings, entry)
	}
	if r := done.Mappings[""]; r != nil && r.Failed != nil {
		out.Mappings = append(out.Mappings, MappingReport{Failed: text(r.Failed)})
	}
	return out
}

func failedChecks(r *Report) error {
	for _, m := range r.Mappings {
		if m.Mismatch || len(m.Withheld) > 0 || slices.ContainsFunc(m.Checks, func(c CheckReport) bool { return !c.Pass && c.Severity == "block" }) {
			return &CheckFailed{r}
		}
	}
	if r.Verdicts.Tally().Deny > 0 {
		return &CheckFailed{r}
	}
	return nil
}

// outputs evaluates the output blocks with what the mappings came to, in this run or in earlier ones.
func (e *Engine) outputs(cfg *lang.Config, p *plan.Plan, snap state.Snapshot, done *run.Report, report *Report) (map[string]state.Output, error) {
	snap.Removed = maps.Clone(snap.Removed)
	skipped := map[string]string{}
	for _, s := range report.Skipped {
		skipped[s.Address] = s.Reason
	}
	run.Settle(&snap, p.Without(skipped), report.Run) // under the addresses that the plan gives them
	results := map[string]lang.Result{}
	for address, m := range snap.Mappings {
		results[address] = lang.Result{Rows: m.Rows, Digest: m.Digest}
	}
	if done != nil {
		for address, m := range done.Mappings {
			if len(m.Withheld) > 0 {
				continue // what the last run left stands
			}
			results[address] = lang.Result{RowsWritten: m.Written, RowsQuarantined: m.Rejected, Rows: m.Rows, Digest: m.Digest}
		}
	}
	for _, address := range slices.Concat(p.Inputs.Subset.Others(), slices.Collect(maps.Keys(skipped))) {
		if _, known := results[address]; !known {
			results[address] = lang.Result{} // no run has loaded it
		}
	}
	for address, r := range results {
		if block, ok := resolve.Block(address); ok {
			sum := results[block]
			sum.RowsWritten += r.RowsWritten
			sum.RowsQuarantined += r.RowsQuarantined
			sum.Rows += r.Rows
			results[block] = sum
		}
	}
	out := map[string]state.Output{}
	for _, o := range cfg.Outputs {
		value, diags := o.Evaluate(results)
		if err := diags.Err(); err != nil {
			return nil, err
		}
		out[o.Name] = state.Output{Value: json.RawMessage(value), Sensitive: o.Sensitive}
		report.Outputs = append(report.Outputs, OutputValue{Name: o.Name, Value: json.RawMessage(value), Sensitive: o.Sensitive})
	}
	return out, nil
}
