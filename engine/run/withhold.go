package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// A table that was built beside is shown to nobody before it is proved, its checks have passed and the policies have agreed
// to what the run came to. Where one of these fails it is dropped, with every other one that would be shown with it; the
// run goes on with the rest, and can be closed. The old tables stand with their rows.

// Withheld says why a table was not swapped in.
type Withheld struct {
	Table string
	Why   []string // sentences that name no key
}

func (e *Withheld) Error() string {
	text := "table " + e.Table + " was not swapped in"
	for _, w := range e.Why {
		text += "; " + w
	}
	return text
}

// Judge asks the policies what they say of a mapping's results, with those of the others so far: why a table may not be
// swapped in, nothing where it may.
type Judge func(ctx context.Context, mapping string, soFar *Report) ([]string, error)

// judge decides whether a table may be swapped in.
func (r *Run) judge(ctx context.Context, s plan.Step) error {
	m := r.of(s.Mapping)
	var why []string
	r.mu.Lock()
	for _, c := range m.Checks {
		if !c.Pass && c.Severity == "block" {
			why = append(why, fmt.Sprintf("%s %s failed", kindOf(c), c.Name))
		}
	}
	r.mu.Unlock()
	if len(why) == 0 && r.Judge != nil {
		found, err := r.Judge(ctx, s.Mapping, r.soFar())
		if err != nil {
			return fmt.Errorf("ask the policies about %s: %w", s.Mapping, err)
		}
		why = found
	}
	if len(why) > 0 {
		return &Withheld{Table: s.Move.Table.String(), Why: why}
	}
	return r.mark(ctx, s)
}

func kindOf(c CheckReport) string {
	if c.Kind != "" {
		return c.Kind
	}
	return "check"
}

// soFar is the report as it is now, for others to read.
func (r *Run) soFar() *Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.report
	out.Mappings = map[string]*MappingReport{}
	for address, m := range r.report.Mappings {
		one := *m
		one.Checks, one.ByFilter = slices.Clone(m.Checks), maps.Clone(m.ByFilter)
		out.Mappings[address] = &one
	}
	return &out
}

// giveUp notes that a mapping will not be shown, and all that would be shown with it or behind it.
func (r *Run) giveUp(mapping string, why []string) {
	if _, already := r.given[mapping]; already {
		return
	}
	r.given[mapping] = why
	for _, s := range r.Plan.Steps {
		if s.Mapping == "" || s.Mapping == mapping || r.done[s.N] {
			continue
		}
		if slices.ContainsFunc(s.Needs, func(n int) bool { return r.Plan.Steps[n].Mapping == mapping && !r.done[n] || r.shownWith(s, mapping) }) {
			r.giveUp(s.Mapping, []string{"it is to be shown together with " + mapping + ", which was not"})
		}
	}
}

// shownWith reports whether a step swaps a table in that is not to be shown without that of a mapping.
func (r *Run) shownWith(s plan.Step, mapping string) bool {
	return s.Change != nil && s.Change.Swap != nil && slices.ContainsFunc(s.Needs, func(n int) bool { return r.Plan.Steps[n].Mapping == mapping })
}

// withdraw ends the mappings that were given up, once none of their steps is under way: what was built for them is dropped.
// That it will be is in the state before.
func (r *Run) withdraw(ctx context.Context, running map[int]bool) error {
	for mapping := range r.given {
		if slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return running[s.N] && s.Mapping == mapping }) {
			return nil // the other ones may need it gone first
		}
	}
	var left []string
	for _, mapping := range slices.Sorted(maps.Keys(r.given)) {
		if _, left0 := r.stepsOf(mapping); left0 > 0 {
			left = append(left, mapping)
		}
	}
	if len(left) == 0 {
		return nil
	}
	r.mu.Lock()
	r.snap.OpenRun.Withheld = maps.Clone(r.given)
	err := r.save(ctx)
	r.mu.Unlock()
	if err != nil {
		return err
	}
	for _, mapping := range r.pointersFirst(left) {
		if err := r.unbuild(ctx, mapping); err != nil {
			return fmt.Errorf("drop what was built for %s: %w", mapping, err)
		}
		m := r.of(mapping)
		r.mu.Lock()
		m.Withheld = r.given[mapping]
		for _, s := range r.Plan.Steps {
			if s.Mapping == mapping {
				r.done[s.N] = true
			}
		}
		r.mu.Unlock()
		r.Tell.Tell(event.Event{Kind: event.Message, Run: r.id, Mapping: mapping, Text: "the table is not swapped in: the old one stands, and what was built beside it is dropped"})
	}
	return nil
}

// pointersFirst puts mappings in front whose new tables point to those of others.
func (r *Run) pointersFirst(all []string) []string {
	table := map[schema.Ref]string{}
	for _, a := range all {
		if c := r.copyStep(a); c != nil {
			table[c.Move.Table] = a
		}
	}
	var out []string
	var visit func(a string)
	visit = func(a string) {
		if slices.Contains(out, a) {
			return
		}
		for _, s := range r.Plan.Steps {
			if s.Change != nil && s.Change.AddForeign != nil && s.Mapping != a && s.Mapping != "" && table[s.Change.AddForeign.Foreign.Parent] == a && slices.Contains(all, s.Mapping) {
				visit(s.Mapping)
			}
		}
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, a := range all {
		visit(a)
	}
	return out
}

// unbuild drops a table that was built beside, and forgets the records of its rows.
func (r *Run) unbuild(ctx context.Context, mapping string) error {
	c := r.copyStep(mapping)
	if c == nil || c.Move.Table == r.Plan.Mapping(mapping).Definition.TargetTable {
		return nil // nothing was built, or what was begun has not come to its first step
	}
	end := r.Ends[c.Target]
	definer, ok := providers.As[providers.Definer](end)
	if !ok {
		return &providers.Error{Op: "drop", Object: c.Move.Table.String(), Class: providers.Unsupported, Err: errors.New("the target writes no statements")}
	}
	drop := providers.Statement{What: "drop " + c.Move.Table.String(), SQL: []string{}}
	there, err := stands(ctx, end, c.Move.Table)
	if err != nil {
		return err
	}
	if there {
		statements, err := definer.Define(schema.Change{Drop: &c.Move.Table})
		if err != nil {
			return err
		}
		for _, st := range statements {
			drop.SQL = append(drop.SQL, st.SQL...)
		}
	}
	return r.inSlot(ctx, c.Target, func() error { return r.ledger(c.Target).Reset(ctx, r.id, r.uid(mapping), r.epochs[c.Target], drop) })
}
