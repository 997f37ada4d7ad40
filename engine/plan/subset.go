package plan

import (
	"slices"
	"strings"
)

// Subset says that the plan is about some of the mappings only, because the command asked for it so.
type Subset struct {
	Target  []string `json:"target"`   // as given: addresses, globs, tag:NAME
	Exclude []string `json:"exclude"`  // the same
	Left    []string `json:"left_out"` // addresses of the mappings that the plan says nothing of, in their order
	Notes   []string `json:"notes"`    // whole sentences: what was taken in since others need it, what others need and is left out
	// Mappings are those of Left that the configuration has, as it has them and with nothing to do: a part of a plan is
	// judged by what the whole is.
	Mappings []Mapping `json:"mappings,omitempty"`
}

// All are the mappings of the plan, and those that it leaves out.
func (p *Plan) All() []*Mapping {
	out := make([]*Mapping, 0, len(p.Mappings))
	for i := range p.Mappings {
		out = append(out, &p.Mappings[i])
	}
	if s := p.Inputs.Subset; s != nil {
		for i := range s.Mappings {
			out = append(out, &s.Mappings[i])
		}
	}
	return out
}

// Asks reports whether the subset is what these options ask for; nil is one of no options.
func (s *Subset) Asks(target, exclude []string) bool {
	if s == nil {
		return len(target)+len(exclude) == 0
	}
	return slices.Equal(s.Target, target) && slices.Equal(s.Exclude, exclude)
}

// Terms are the options in one list, an excluded one with "not " before it.
func (s *Subset) Terms() []string {
	if s == nil {
		return nil
	}
	out := slices.Clone(s.Target)
	for _, e := range s.Exclude {
		out = append(out, "not "+e)
	}
	return out
}

// Others are the addresses of the mappings that are left out.
func (s *Subset) Others() []string {
	if s == nil {
		return nil
	}
	return s.Left
}

// Without is the plan as it is for those who look at what was done: without some of its mappings and their steps.
func (p *Plan) Without(skipped map[string]string) *Plan {
	if len(skipped) == 0 {
		return p
	}
	out, skips := *p, func(address string) bool { _, ok := skipped[address]; return ok }
	out.Mappings = slices.DeleteFunc(slices.Clone(p.Mappings), func(m Mapping) bool { return skips(m.Address) })
	out.Steps = slices.DeleteFunc(slices.Clone(p.Steps), func(s Step) bool { return skips(s.Mapping) })
	return &out
}

// Options names the options that narrow the plan, as they are written on the command line.
func (s *Subset) Options() string {
	var out []string
	if len(s.Target) > 0 {
		out = append(out, "--target")
	}
	if len(s.Exclude) > 0 {
		out = append(out, "--exclude")
	}
	return strings.Join(out, " and ")
}
