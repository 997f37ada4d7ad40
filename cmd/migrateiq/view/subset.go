package view

import "strings"

// The most mappings left out that are named; --full and --json name them all.
const mostLeft = 6

// subset says what the plan is not about. A plan of a part must not be taken for one of the whole.
func (p *planText) subset() {
	s := p.plan.Inputs.Subset
	if s == nil {
		return
	}
	for _, n := range s.Notes {
		p.line("%s %s", p.note("note:"), n)
	}
	if len(s.Left) == 0 {
		return
	}
	named := s.Left
	if len(named) > mostLeft && p.detail != Full {
		named = named[:mostLeft]
	}
	rest := ""
	if len(named) < len(s.Left) {
		rest = ", ..."
	}
	p.line("%s %s left out by %s: %s%s.", p.care("Not the whole:"), amount(int64(len(s.Left)), "mapping"), s.Options(), strings.Join(named, ", "), rest)
}
