package view

import (
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// The most lines of SQL that a folded plan shows; a plan with more names its statements and leaves the SQL to --full.
const mostSQL = 60

// statements lists what is done to each target's tables, in the order in which it is done.
func (p *planText) statements() {
	lines := 0
	for _, s := range p.plan.Steps {
		lines += p.sqlLines(s)
	}
	if lines == 0 {
		return
	}
	folded := p.detail != Full && lines > mostSQL
	target := ""
	var group fold
	for _, s := range p.plan.Steps {
		if s.Target != target {
			group.flush(p)
			target = s.Target
			p.line("  %s", p.title("Steps on "+target+", in this order:"))
		}
		if folded {
			group.add(p, s)
			continue
		}
		p.step(s)
	}
	group.flush(p)
	if folded {
		p.line("    %s", p.faint(fmt.Sprintf("(%s of SQL hidden; --full shows them)", amount(int64(lines), "line"))))
	}
	p.line("")
}

func (p *planText) sqlLines(s plan.Step) int {
	if s.Statement == nil {
		return 0
	}
	if p.dull(s) {
		return 1
	}
	n := 0
	for _, text := range s.Statement.SQL {
		n += 1 + strings.Count(strings.TrimSpace(text), "\n")
	}
	return n
}

// deed names a step.
func (p *planText) deed(s plan.Step) string {
	switch {
	case s.Statement != nil:
		return s.Statement.What
	case s.Work == plan.Copy && s.Move != nil:
		return "copy rows of " + s.Mapping + " into " + s.Move.Table.String()
	case s.Work == plan.Copy:
		return "copy rows of " + s.Mapping
	case s.Work == plan.Verify:
		return "verify rows of " + s.Mapping
	case s.Work == plan.CheckRows:
		return "run checks of " + s.Mapping
	case s.Work == plan.Sweep && s.Move != nil:
		return "remove rows of " + s.Mapping + " from " + s.Move.Table.String()
	case s.Work == plan.Prove:
		return "prove that nobody else changed rows of " + s.Mapping
	case s.Work == plan.Baseline:
		return "digest the rows of " + s.Mapping + " that stand"
	case s.Work == plan.Link:
		return "write the refs of " + s.Mapping
	case s.Work == plan.FillKeys:
		return "remember the keys of " + s.Mapping
	case s.Work == plan.Judge:
		return "decide whether " + s.Move.Table.String() + " may be swapped in"
	}
	return strings.TrimSpace(string(s.Work) + " " + s.Mapping)
}

func (p *planText) step(s plan.Step) {
	p.line("    %3d  %s", s.N+1, p.deed(s))
	if s.Statement != nil {
		p.sql(s)
	}
}

// dull reports whether a statement is left out of a folded plan: those that move a sequence are long and all alike.
func (p *planText) dull(s plan.Step) bool {
	return p.detail != Full && s.Change != nil && (s.Change.Sequences != nil || s.Change.Advance != nil)
}

func (p *planText) sql(s plan.Step) {
	if p.dull(s) {
		p.line("           %s", p.faint("(SQL hidden; --full shows it)"))
		p.hazard(s)
		return
	}
	for _, text := range s.Statement.SQL {
		for l := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
			p.line("           %s", p.faint(l))
		}
	}
	p.hazard(s)
}

func (p *planText) hazard(s plan.Step) {
	if s.Statement != nil && s.Statement.Hazard != "" {
		p.line("           %s %s", p.care("hazard:"), s.Statement.Hazard)
	}
}

// fold gathers steps that follow one another and do the same kind of thing: create table a, b, c.
type fold struct {
	kind        string
	names       []string
	first, last int
}

func (f *fold) add(p *planText, s plan.Step) {
	kind, name := p.halves(s)
	hazard := s.Statement != nil && s.Statement.Hazard != ""
	if kind != f.kind || hazard {
		f.flush(p)
		f.kind, f.first = kind, s.N+1
	}
	f.names, f.last = append(f.names, name), s.N+1
	if hazard {
		f.flush(p)
		p.hazard(s)
	}
}

// halves cuts the name of what is worked on from the end of a deed: "create table" and "album".
func (p *planText) halves(s plan.Step) (kind, name string) {
	deed := p.deed(s)
	if s.Statement == nil && strings.Contains(deed, s.Mapping) {
		kind, _, _ = strings.Cut(deed, " "+s.Mapping)
		return kind, s.Mapping
	}
	if at := strings.LastIndexByte(deed, ' '); at > 0 {
		return deed[:at], deed[at+1:]
	}
	return deed, ""
}

func (f *fold) flush(p *planText) {
	if len(f.names) == 0 {
		return
	}
	number := fmt.Sprint(f.first)
	if f.last != f.first {
		number = fmt.Sprintf("%d-%d", f.first, f.last)
	}
	p.wrapped(fmt.Sprintf("    %7s  %s ", number, f.kind), f.names)
	*f = fold{}
}
