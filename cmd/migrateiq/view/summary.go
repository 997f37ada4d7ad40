package view

import (
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

func (p *planText) warnings() {
	for _, w := range p.plan.Warnings {
		p.line("%s %s", p.care("Warning:"), w)
	}
	if len(p.plan.Warnings) > 0 {
		p.line("")
	}
}

// left lists what sources have beside tables, where the plan has work to do.
func (p *planText) left() {
	if p.plan.Empty() {
		return
	}
	for _, l := range p.plan.Left {
		p.line("  Not copied from %s:", l.Source)
		for _, o := range l.Objects {
			p.line("    %s %s %s: %s", p.care("unsupported:"), o.Kind, o.Name, o.Why)
		}
		p.line("")
	}
}

// totals of a plan over all its mappings.
type totals struct {
	kinds             map[plan.Kind]int
	written, removed  int64
	opened, closed    int64
	exact, classified bool
}

func total(p *plan.Plan) totals {
	t := totals{kinds: map[plan.Kind]int{}, exact: true}
	for i := range p.Mappings {
		m := &p.Mappings[i]
		for _, a := range m.Actions {
			t.kinds[a.Kind]++
			if a.Kind == plan.Keep {
				continue
			}
			if a.Kind == plan.Rollback {
				t.removed += a.Removes
				continue
			}
			t.written, t.removed = t.written+a.Rows, t.removed+a.Removes
			t.opened, t.closed = t.opened+a.Opened, t.closed+a.Closed
			t.exact = t.exact && (a.Exact || a.Rows == 0)
			t.classified = t.classified || classified(m)
		}
	}
	return t
}

// summary is the one line that people look for at the end.
func (p *planText) summary() {
	t := total(p.plan)
	work := 0
	for k, n := range t.kinds {
		if k != plan.Keep {
			work += n
		}
	}
	moved := p.plan.Advances()
	work += moved
	switch {
	case work == 0 && !p.plan.Inputs.Refreshed:
		p.line("%s The definitions are as they were applied; rows not looked at (--refresh=false).", p.title("Nothing to do in the configuration."))
		return
	case work == 0:
		p.line("%s The rows are where the configuration says, as far as both ends show.", p.title("No changes."))
		return
	}
	parts := []string{}
	for _, k := range []plan.Kind{plan.Create, plan.Append, plan.Upsert, plan.Reload} {
		parts = append(parts, fmt.Sprintf("%d to %s", t.kinds[k], k))
	}
	for _, k := range []plan.Kind{plan.Backfill, plan.Remap, plan.Alter, plan.Prune, plan.Repair, plan.Adopt, plan.Govern, plan.MapKeys, plan.Move, plan.Forget, plan.Delete, plan.Rollback} {
		if t.kinds[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", t.kinds[k], strings.ReplaceAll(string(k), "_", " ")))
		}
	}
	if n := t.kinds[plan.Discard]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d old to drop", n))
	}
	if moved > 0 {
		parts = append(parts, fmt.Sprintf("%d to move on", moved))
	}
	about := ""
	if !t.exact {
		about = "about "
	}
	kept := ""
	if t.opened+t.closed > 0 {
		kept = "  " + (versions(t.opened, t.closed, t.classified)) + "."
	}
	p.line("%s %s.  %s%s written, %s removed.%s", p.title("Plan:"), strings.Join(parts, ", "), about,
		shieldedRows(t.written, t.classified), shielded(t.removed, t.classified), kept)
	if !p.plan.Inputs.Refreshed {
		p.line("Rows not looked at (--refresh=false).")
	}
}
