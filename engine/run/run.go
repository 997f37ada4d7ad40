// Package run opens a run, does its steps in order, and goes on with one that was left open.
package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// Env is what a run works with. The caller holds the state's lease, and has checked that the plan is not stale and that
// the policies permit it.
type Env struct {
	Plan    *plan.Plan
	Skip    map[string]string                               // mappings that nothing is done for, with the reason
	Look    func(ctx context.Context, mapping string) error // looks once more before the first row of a mapping moves; nil: nobody does
	State   state.Snapshot                                  // as it was loaded under the lease
	Store   state.Store
	Ends    map[string]providers.Endpoint // open systems by address
	Lookups map[string]map[string]string
	Keys    transform.Keys
	Policy  state.Policy
	Engine  string // version
	Owner   string
	Workers int
	Tell    event.Sink
	Stop    <-chan struct{} // closed: finish the chunks in hand, then leave
	Now     func() time.Time
	Judge   Judge // nil: no policy is asked before a table is swapped in
}

// Run is one run under way.
type Run struct {
	Env
	id      string
	resumed bool
	epochs  map[string]int64 // by target's address
	closed  map[string]bool  // targets whose ledger has closed this run already
	done    map[int]bool     // steps
	began   map[string]bool  // mappings with rows committed before this process came
	sources map[string]*moment
	slots   map[string]chan struct{} // by target
	given   map[string][]string      // mappings that are given up, with why

	mu     sync.Mutex // guards what follows, and the order of saves
	snap   state.Snapshot
	report Report
}

// ID names the run of a plan: a plan is applied once.
func ID(p *plan.Plan) string { return strings.TrimPrefix(p.Digest(), "sha256:")[:16] }

// Open writes the plan into the state, then a row into the ledger of every target. When it fails nothing stays behind.
func Open(ctx context.Context, e Env) (*Run, error) {
	r := &Run{Env: e, id: ID(e.Plan), epochs: map[string]int64{}, closed: map[string]bool{}, done: map[int]bool{}, began: map[string]bool{},
		sources: map[string]*moment{}, slots: map[string]chan struct{}{}, given: map[string][]string{}, snap: e.State}
	r.report = Report{Run: r.id, Mappings: map[string]*MappingReport{}}
	for _, s := range e.Plan.Steps {
		if r.skips(s.Mapping) {
			r.done[s.N] = true
		}
	}
	r.resumed = r.snap.OpenRun != nil && r.snap.OpenRun.ID == r.id
	if !r.resumed {
		if err := r.announce(ctx); err != nil {
			return nil, err
		}
	}
	for _, target := range r.targets() {
		if err := r.openTarget(ctx, target); err != nil {
			if !r.resumed {
				err = errors.Join(err, r.undo(ctx))
			}
			return nil, fmt.Errorf("open the run on %s: %w", target, err)
		}
	}
	r.report.Resumed = r.resumed
	r.Tell.Tell(event.Event{Kind: event.RunOpened, Run: r.id, Resumed: r.resumed})
	return r, nil
}

// skips reports whether the run leaves a mapping out.
func (r *Run) skips(mapping string) bool {
	_, ok := r.Skip[mapping]
	return ok
}

// targets lists the targets that the plan writes to.
func (r *Run) targets() []string {
	var out []string
	for _, s := range r.Plan.Steps {
		if !slices.Contains(out, s.Target) {
			out = append(out, s.Target)
		}
	}
	slices.Sort(out)
	return out
}

// announce saves the plan in the state before anything else is written anywhere.
func (r *Run) announce(ctx context.Context) error {
	raw, err := json.Marshal(r.Plan)
	if err != nil {
		return fmt.Errorf("write the plan into the state: %w", err)
	}
	r.snap.OpenRun = &state.OpenRun{ID: r.id, PlanDigest: r.Plan.Digest(), IntentDigest: r.Plan.Intent(), ConfigDigest: r.Plan.Inputs.Config,
		Plan: raw, OpenedAt: r.Now().UTC(), Targets: map[string]string{}, Skipped: r.Skip}
	return r.save(ctx)
}

// undo closes the run where it was opened, before its first step. The answer to an opening may have been lost, so the
// ledgers say where that is. While one cannot be asked the run stays announced, and the same command goes on with it.
func (r *Run) undo(ctx context.Context) error {
	for _, target := range r.targets() {
		open, err := opened(ctx, r.Ends[target], r.id)
		if err != nil {
			return fmt.Errorf("look whether the run is open on %s: %w", target, err)
		}
		if !open {
			continue
		}
		if err := r.ledger(target).Close(ctx, r.id, "abandoned", nil); err != nil {
			return fmt.Errorf("close the run on %s: %w", target, err)
		}
	}
	return r.retract(ctx)
}

// retract takes the announcement back.
func (r *Run) retract(ctx context.Context) error {
	r.snap.OpenRun = nil
	return r.save(ctx)
}

// save stores the state as it is in memory and takes over its new serial.
func (r *Run) save(ctx context.Context) error {
	r.snap.Engine = r.Engine
	serial, err := r.Store.Save(ctx, r.snap)
	if err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	r.snap.Serial = serial
	return nil
}

func (r *Run) openTarget(ctx context.Context, target string) error {
	end := r.Ends[target]
	workers := r.Workers
	if w := end.Info().Writers; w > 0 {
		workers = min(workers, w)
	}
	r.slots[target] = make(chan struct{}, max(1, workers))
	ledger, ok := providers.As[providers.Ledger](end)
	if !ok {
		return &providers.Error{Op: "open", Object: target, Class: providers.Unsupported, Err: errors.New("the target keeps no ledger")}
	}
	history, ok := providers.As[providers.History](end)
	if !ok {
		return &providers.Error{Op: "open", Object: target, Class: providers.Unsupported, Err: errors.New("the target's ledger cannot be read")}
	}
	if r.resumed {
		runs, err := history.Runs(ctx)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(runs, func(x providers.Run) bool { return x.ID == r.id && x.Outcome != "" }); i >= 0 {
			return r.wasClosed(target, runs[i])
		}
	}
	epoch, err := ledger.Open(ctx, providers.Owner{Lineage: r.snap.Lineage, Session: r.Owner},
		providers.Run{ID: r.id, Lineage: r.snap.Lineage, PlanDigest: r.Plan.Digest(), Opened: r.Now().UTC()})
	if err != nil {
		return err
	}
	r.epochs[target] = epoch
	return r.recall(ctx, target, history)
}

// wasClosed takes over from a process that had closed the run in this ledger, and did not come to save the state.
func (r *Run) wasClosed(target string, x providers.Run) error {
	if x.Outcome != "done" {
		return &providers.Error{Op: "open", Object: target, Class: providers.Conflict, Err: fmt.Errorf("run %s was abandoned there, and the state was not saved", r.id),
			Remedy: fmt.Sprintf("`migrateiq run abandon %s` takes it out of the state.", r.id)}
	}
	r.closed[target] = true
	r.finished(target)
	return nil
}

// finished marks every step of a target done.
func (r *Run) finished(target string) {
	for _, s := range r.Plan.Steps {
		if s.Target == target {
			r.done[s.N] = true
		}
	}
}

// recall learns from the ledger what an earlier process did.
func (r *Run) recall(ctx context.Context, target string, h providers.History) error {
	steps, err := h.Steps(ctx, r.id)
	if err != nil {
		return err
	}
	for _, n := range steps {
		if n < len(r.Plan.Steps) && !r.proofAgain(r.Plan.Steps[n]) {
			r.done[n] = true
		}
	}
	for _, s := range r.Plan.Steps { // what is proved again is judged again, as long as that decides anything
		if s.Work == plan.Judge && !r.swapped(s.Mapping) {
			r.done[s.N] = false
		}
	}
	records, err := h.Recorded(ctx, r.id, "")
	if err != nil {
		return err
	}
	for _, c := range records {
		r.began[c.Mapping] = true
	}
	return nil
}

// proofAgain: a proof whose result did not reach the state is made again.
func (r *Run) proofAgain(s plan.Step) bool {
	return (s.Work == plan.Verify || s.Work == plan.CheckRows) && r.snap.Mappings[s.Mapping].Run != r.id
}

// Close ends the run in every ledger and in the state, once all its steps are done.
func (r *Run) Close(ctx context.Context, outputs map[string]state.Output) error {
	Settle(&r.snap, r.Plan.Without(r.Skip), r.id)
	for _, target := range r.targets() {
		if r.closed[target] {
			continue
		}
		ledger, _ := providers.As[providers.Ledger](r.Ends[target])
		definitions, err := Definitions(r.snap.Mappings, target)
		if err != nil {
			return err
		}
		if err := ledger.Close(ctx, r.id, "done", definitions); err != nil {
			return fmt.Errorf("close the run on %s: %w", target, err)
		}
	}
	r.snap.OpenRun, r.snap.Outputs = nil, outputs
	if err := r.save(ctx); err != nil {
		return err
	}
	r.Tell.Tell(event.Event{Kind: event.RunClosed, Run: r.id})
	return nil
}

// Definitions are the state's records of the mappings in a target, as `state recover` wants to find them.
func Definitions(mappings map[string]state.Mapping, target string) (map[string]string, error) {
	out := map[string]string{}
	for address, m := range mappings {
		if m.Target.Endpoint != target {
			continue
		}
		raw, err := json.Marshal(m)
		if err != nil {
			return nil, fmt.Errorf("write the record of %s: %w", address, err)
		}
		out[address] = string(raw)
	}
	return out, nil
}

// Release gives back what the run holds at the sources.
func (r *Run) Release() error {
	var errs []error
	for _, m := range r.sources {
		errs = append(errs, m.close())
	}
	return errors.Join(errs...)
}
