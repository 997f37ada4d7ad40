package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// Report is what a run came to.
type Report struct {
	Run         string
	Resumed     bool
	Interrupted bool
	Left        int // steps not done
	Mappings    map[string]*MappingReport
}

// MappingReport is what it came to for one mapping.
type MappingReport struct {
	Written, Filtered, Rejected int64
	ByFilter                    map[string]int64 // of Filtered, by the name of a filter; the others were left out by `where`
	Removed                     int64            // rows whose key was removed
	Nulled                      int64            // values that on_row_error = "null" made null
	Opened, Closed              int64            // versions, in mode history; of Written
	Unchanged                   int64            // rows that stood as they should
	Conflicts                   int64            // rows that somebody else changed, and that stay
	Corrected                   int64            // rows of which some fields were written, and those that somebody else changed stay
	ConflictKeys                []string         // of the first of both, in this process
	Rows                        int64            // the target is expected to hold
	Digest                      string
	Drift                       string   // digest of what the target holds beyond Digest, where the run left others' changes alone
	Verified                    string   // a sentence, "" before the proof
	Mismatch                    bool     // the proof found a difference
	Failed                      error    // why its steps stopped
	Withheld                    []string // why the table was not swapped in
	Checks                      []CheckReport
}

// CheckReport is the result of one check.
type CheckReport struct {
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Pass     bool   `json:"pass"`
	Text     string `json:"text"`
	// Kind is control for one of totals; Groups then are those that differ, for the report alone.
	Kind   string   `json:"kind,omitempty"`
	Groups []string `json:"groups,omitempty"`
}

// Do does the steps, those of several mappings at once. A step that fails keeps those that need it from starting, and
// no others. The error is for what stops all: a raised fence, a state that cannot be saved, a source's moment that is lost.
func (r *Run) Do(ctx context.Context) (*Report, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	finished := make(chan outcome)
	running, failed := map[int]bool{}, map[int]bool{}
	if r.resumed {
		for mapping, why := range r.snap.OpenRun.Withheld {
			r.giveUp(mapping, why)
		}
	}
	fatal := r.withdraw(ctx, running)
	if fatal == nil {
		fatal = r.catchUp(ctx)
	}
	if fatal == nil {
		r.recheck(ctx, failed)
		fatal = r.recount(ctx)
	}
	for {
		if fatal == nil && !r.stopped() {
			for _, s := range r.Plan.Steps {
				if len(running) >= 2*max(1, r.Workers) {
					break
				}
				if _, given := r.given[s.Mapping]; given {
					continue
				}
				if r.done[s.N] || failed[s.N] || running[s.N] || !r.ready(s) || settles(s) && r.held(s, failed) {
					continue
				}
				running[s.N] = true
				go func() { finished <- outcome{s, r.step(ctx, s)} }()
			}
		}
		if len(running) == 0 {
			break
		}
		o := <-finished
		delete(running, o.step.N)
		err, unsaved := o.err, false
		var withheld *Withheld
		if errors.As(err, &withheld) {
			r.giveUp(o.step.Mapping, withheld.Why)
			err = nil
		} else if _, given := r.given[o.step.Mapping]; err == nil && !given {
			err = r.stepDone(ctx, o.step)
			unsaved = err != nil
		}
		if err != nil {
			failed[o.step.N] = true
			r.failedStep(o.step, err)
		}
		if fatal == nil && len(r.given) > 0 {
			if fatal = r.withdraw(ctx, running); fatal != nil {
				cancel(fatal)
			}
		}
		if fatal == nil && (unsaved || providers.ClassOf(err) == providers.Fenced || errors.Is(err, providers.ErrMomentLost)) {
			fatal = err // what comes after it is of its making
			cancel(fatal)
		}
	}
	return r.close(failed), fatal
}

// catchUp takes over what an earlier process finished and did not save.
func (r *Run) catchUp(ctx context.Context) error {
	for i := range r.Plan.Mappings {
		m := &r.Plan.Mappings[i]
		entry, ok := r.snap.Mappings[m.Address]
		if r.skips(m.Address) {
			continue
		}
		if ok && entry.Run == r.id {
			r.takeOver(m.Address, entry)
			continue
		}
		if _, given := r.given[m.Address]; given {
			continue
		}
		if steps, left := r.stepsOf(m.Address); steps > 0 && left == 0 {
			if err := r.record(ctx, m.Address); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeOver fills the report of a mapping that an earlier process finished.
func (r *Run) takeOver(mapping string, entry state.Mapping) {
	m := r.of(mapping)
	m.Rows, m.Digest = entry.Rows, entry.Digest
	for _, rep := range entry.Reports {
		if rep.Kind == "reconcile" {
			m.Verified, m.Mismatch = rep.Message, !rep.Passed
		} else {
			m.Checks = append(m.Checks, CheckReport{Name: rep.Name, Kind: controlKind(rep.Kind), Severity: rep.Severity, Pass: rep.Passed, Text: rep.Message})
		}
	}
}

// stepsOf counts a mapping's steps, and those left to do.
func (r *Run) stepsOf(mapping string) (all, left int) {
	for _, s := range r.Plan.Steps {
		if s.Mapping == mapping {
			all++
			if !r.done[s.N] {
				left++
			}
		}
	}
	return all, left
}

type outcome struct {
	step plan.Step
	err  error
}

func (r *Run) stopped() bool {
	select {
	case <-r.Stop:
		return true
	default:
		return false
	}
}

// ready: all that the step needs is done. Steps done by an earlier process count.
func (r *Run) ready(s plan.Step) bool {
	for _, n := range s.Needs {
		if !r.done[n] {
			return false
		}
	}
	return r.referred(s)
}

func (r *Run) failedStep(s plan.Step, err error) {
	if errors.Is(err, transfer.ErrStopped) {
		return
	}
	m := r.of(s.Mapping)
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.Failed == nil {
		m.Failed = err
	}
	r.Tell.Tell(event.Event{Kind: event.StepFailed, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: err.Error()})
}

func (r *Run) close(failed map[int]bool) *Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.Plan.Steps {
		if !r.done[s.N] {
			r.report.Left++
		}
	}
	r.report.Interrupted = r.report.Left > 0 && len(failed) == 0 || r.stopped() && r.report.Left > 0
	return &r.report
}

// of is the report of a mapping; steps of no mapping report under "".
func (r *Run) of(mapping string) *MappingReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.report.Mappings[mapping]
	if m == nil {
		m = &MappingReport{}
		r.report.Mappings[mapping] = m
	}
	return m
}

func (r *Run) step(ctx context.Context, s plan.Step) error {
	r.Tell.Tell(event.Event{Kind: event.StepStarted, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: Describe(s)})
	switch s.Work {
	case plan.Define:
		return r.define(ctx, s)
	case plan.Copy:
		return r.copy(ctx, s)
	case plan.Link:
		return r.link(ctx, s)
	case plan.FillKeys:
		return r.fillKeys(ctx, s)
	case plan.Verify:
		return r.prove(ctx, s)
	case plan.CheckRows:
		return r.check(ctx, s)
	case plan.Prove:
		return r.unaltered(ctx, s)
	case plan.Baseline:
		return r.baseline(ctx, s)
	case plan.Sweep:
		return r.sweep(ctx, s)
	case plan.Judge:
		return r.judge(ctx, s)
	}
	return fmt.Errorf("step %d is of a kind that this version does not know: %q", s.N, s.Work)
}

// described are the works on a table in a few words, before and behind its name.
var described = map[plan.Work][2]string{
	plan.Copy: {"copy rows into "}, plan.Link: {"write refs into "}, plan.FillKeys: {"remember the keys of "}, plan.Verify: {"verify "},
	plan.Prove: {"prove that nobody else changed "}, plan.Baseline: {"digest the rows that stand in "}, plan.Sweep: {"remove rows from "},
	plan.Judge: {"decide whether ", " may be swapped in"},
}

// Describe is the step in a few words.
func Describe(s plan.Step) string {
	if s.Work == plan.Define {
		return s.Statement.What
	}
	if text, ok := described[s.Work]; ok {
		return text[0] + s.Move.Table.String() + text[1]
	}
	return string(s.Work)
}

// define runs the statement and marks the step, in one transaction where the system can. A step that still waits for a
// place when the run is to stop is left.
func (r *Run) define(ctx context.Context, s plan.Step) error {
	return r.inSlot(ctx, s.Target, func() error {
		if r.stopped() {
			return transfer.ErrStopped
		}
		statement, err := r.present(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Statement.What, err)
		}
		err = transfer.Again(ctx, func() error { return r.ledger(s.Target).Exec(ctx, r.ledgerStep(s, statement)) }, func(err error) {
			r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: fmt.Sprintf("%s: %v: again", s.Statement.What, err)})
		})
		if err != nil {
			return fmt.Errorf("%s: %w", s.Statement.What, r.behind(ctx, s, err))
		}
		return nil
	})
}

// behind tells of a statement that failed after the mapping's rows were copied that they stand.
func (r *Run) behind(ctx context.Context, s plan.Step, cause error) error {
	c := r.copyStep(s.Mapping)
	r.mu.Lock()
	copied := c != nil && r.done[c.N]
	r.mu.Unlock()
	if !copied {
		return r.explain(ctx, s, cause)
	}
	return r.stand(ctx, *c, r.Plan.Mapping(s.Mapping).Definition, cause)
}

func (r *Run) ledgerStep(s plan.Step, st providers.Statement) providers.Step {
	step := providers.Step{Run: r.id, N: s.N, Epoch: r.epochs[s.Target], Statement: st}
	if s.Fresh {
		step.Fresh, step.Keys, step.Runs = r.uid(s.Mapping), s.Runs == nil, s.Runs
	}
	return step
}

// mark notes a step without a statement as done.
func (r *Run) mark(ctx context.Context, s plan.Step) error {
	return r.inSlot(ctx, s.Target, func() error {
		return r.ledger(s.Target).Exec(ctx, r.ledgerStep(s, providers.Statement{What: Describe(s)}))
	})
}

func (r *Run) inSlot(ctx context.Context, target string, work func() error) error {
	select {
	case r.slots[target] <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-r.slots[target] }()
	return work()
}

func (r *Run) ledger(target string) providers.Ledger {
	l, _ := providers.As[providers.Ledger](r.Ends[target]) // Open has seen it
	return l
}

func (r *Run) history(target string) providers.History {
	h, _ := providers.As[providers.History](r.Ends[target]) // Open has seen it
	return h
}

// stepDone notes a step, and saves the state when it was the last of its mapping.
func (r *Run) stepDone(ctx context.Context, s plan.Step) error {
	r.mu.Lock()
	r.done[s.N] = true
	r.mu.Unlock()
	r.Tell.Tell(event.Event{Kind: event.StepDone, Run: r.id, Step: s.N, Mapping: s.Mapping, Text: Describe(s)})
	if s.Mapping == "" {
		return nil
	}
	if _, left := r.stepsOf(s.Mapping); left > 0 {
		return nil
	}
	return r.record(ctx, s.Mapping)
}
