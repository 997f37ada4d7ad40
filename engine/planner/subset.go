package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/state"
)

// Wish is which mappings a plan is to be about. Empty lists ask for all.
type Wish struct {
	Target  []string // addresses, globs in which * stands for any text and ? for one character, or tag:NAME
	Exclude []string // the same
	Replace []string // addresses of --replace, which have to be among those that are left
}

// Choose gives the mappings that a wish is about, and those that they need: what depends_on names, what their foreign keys
// point to and what their tables inherit from. The subset is nil where nothing was asked for.
func Choose(all []*resolve.Mapping, moved []lang.Moved, s state.Snapshot, wish Wish) ([]*resolve.Mapping, *plan.Subset, diag.List) {
	if len(wish.Target)+len(wish.Exclude) == 0 {
		return all, nil, nil
	}
	c := &chooser{all: all, moved: moved, state: s, wish: wish, taken: map[string]bool{},
		out: &plan.Subset{Target: append([]string{}, wish.Target...), Exclude: append([]string{}, wish.Exclude...), Left: []string{}, Notes: []string{}}}
	if c.known(); c.diags.HasErrors() {
		return nil, nil, c.diags
	}
	for _, m := range all {
		if c.wanted(m.Address, m.Config.Tags) {
			c.taken[m.Address] = true
		}
	}
	for _, m := range all {
		if c.wanted(m.Address, m.Config.Tags) {
			c.follow(m)
		}
	}
	c.replaced()
	return c.chosen(), c.out, c.diags
}

type chooser struct {
	all   []*resolve.Mapping
	moved []lang.Moved
	state state.Snapshot
	wish  Wish
	taken map[string]bool
	out   *plan.Subset
	diags diag.List
}

// Means reports whether one term of a wish means a mapping.
func Means(term, address string, tags []string) bool {
	if tag, ok := strings.CutPrefix(term, "tag:"); ok {
		return slices.Contains(tags, tag)
	}
	if covers(term, address) {
		return true
	}
	block, _ := resolve.Block(address)
	return strings.ContainsAny(term, "*?") && (glob(term, address) || glob(term, block))
}

// glob matches a whole text. Brackets mean themselves, as addresses have them.
func glob(pattern, text string) bool {
	for i, r := range pattern {
		rest := pattern[i+len(string(r)):]
		switch {
		case r == '*':
			for j := 0; j <= len(text); j++ {
				if glob(rest, text[j:]) {
					return true
				}
			}
			return false
		case text == "":
			return false
		case r == '?':
			text = text[len(string([]rune(text)[0])):]
		case !strings.HasPrefix(text, string(r)):
			return false
		default:
			text = text[len(string(r)):]
		}
	}
	return text == ""
}

func anyNames(terms []string, address string, tags []string) bool {
	return slices.ContainsFunc(terms, func(t string) bool { return Means(t, address, tags) })
}

func (c *chooser) wanted(address string, tags []string) bool {
	return (len(c.wish.Target) == 0 || anyNames(c.wish.Target, address, tags)) && !anyNames(c.wish.Exclude, address, tags)
}

// known refuses a term that means nothing: a slip would otherwise leave out what was meant to be done.
func (c *chooser) known() {
	var have []string
	for _, m := range c.all {
		have = append(have, m.Address)
	}
	for option, terms := range map[string][]string{"--target": c.wish.Target, "--exclude": c.wish.Exclude} {
		for _, term := range terms {
			is := func(m *resolve.Mapping) bool { return Means(term, m.Address, m.Config.Tags) }
			if slices.ContainsFunc(c.all, is) || slices.ContainsFunc(c.gone(), func(a string) bool { return Means(term, a, nil) }) {
				continue
			}
			what := "no mapping of that address"
			if strings.HasPrefix(term, "tag:") {
				what = "no mapping with that tag"
			}
			c.diags.Add(diag.Diagnostic{Code: "unknown-mapping", Summary: "Unknown mapping",
				Detail: fmt.Sprintf("%s names %s, and the configuration has %s.%s", option, term, what, diag.Suggest(term, have))})
		}
	}
}

// gone are the addresses of the state that the configuration has no more.
func (c *chooser) gone() []string {
	there := map[string]bool{}
	for _, m := range c.all {
		there[m.Address] = true
		if _, from := Prior(c.state, c.moved, m.Address); from != "" {
			there[from] = true
		}
	}
	var out []string
	for a := range c.state.Mappings {
		if !there[a] {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

// follow takes in what a mapping needs, and what that needs.
func (c *chooser) follow(m *resolve.Mapping) {
	for _, n := range c.needs(m) {
		switch {
		case c.taken[n.of.Address]:
		case !anyNames(c.wish.Exclude, n.of.Address, n.of.Config.Tags):
			c.taken[n.of.Address] = true
			c.note("%s is planned too: %s needs it (%s).", n.of.Address, m.Address, n.why)
			c.follow(n.of)
		default:
			c.without(m, n)
		}
	}
}

// without is a mapping that another needs and that is not to be touched: good where an earlier run has loaded it.
func (c *chooser) without(m *resolve.Mapping, n need) {
	prior, _ := Prior(c.state, c.moved, n.of.Address)
	if prior != nil && n.of.Standing != nil && !c.forgetful(m, n, prior) {
		c.note("%s is left out, and %s needs it (%s): its rows stand as the last run left them.", n.of.Address, m.Address, n.why)
		return
	}
	at := m.Config.Range
	if prior != nil && n.of.Standing != nil {
		c.diags.Add(diag.Diagnostic{Code: "left-out", Summary: "A mapping that is needed is left out", Subject: &at, Object: fmt.Sprintf("mapping %q", m.Config.Name),
			Detail: fmt.Sprintf("%s needs %s (%s), which --exclude leaves out, and the run that loaded it did not remember its keys, since nothing referred to it then. Leave out both, or none of the two.", m.Address, n.of.Address, n.why)})
		return
	}
	c.diags.Add(diag.Diagnostic{Code: "left-out", Summary: "A mapping that is needed is left out", Subject: &at, Object: fmt.Sprintf("mapping %q", m.Config.Name),
		Detail: fmt.Sprintf("%s needs %s (%s), which --exclude leaves out and no run has loaded. Leave out both, or none of the two.", m.Address, n.of.Address, n.why)})
}

func (c *chooser) note(text string, args ...any) {
	c.out.Notes = append(c.out.Notes, fmt.Sprintf(text, args...))
}

// need is a mapping that has to be done before another one.
type need struct {
	of  *resolve.Mapping
	why string
}

func (c *chooser) needs(m *resolve.Mapping) []need {
	var out []need
	add := func(why string, is func(o *resolve.Mapping) bool) {
		for _, o := range c.all {
			if o != m && is(o) && !slices.ContainsFunc(out, func(n need) bool { return n.of == o }) {
				out = append(out, need{o, why})
			}
		}
	}
	for _, a := range m.Config.DependsOn {
		add("depends_on", func(o *resolve.Mapping) bool { return lang.Within(a, o.Address) })
	}
	for _, f := range m.Definition.Refs() {
		add(refers(f), func(o *resolve.Mapping) bool { return o.Address == f.Ref.Mapping })
	}
	writes := func(table string) func(o *resolve.Mapping) bool {
		return func(o *resolve.Mapping) bool {
			return o.Definition.Target == m.Definition.Target && o.Definition.TargetTable.String() == table
		}
	}
	foreign := m.Table.Foreign
	if m.Standing != nil && !m.Rebuilt {
		foreign = m.Standing.Foreign
	}
	for _, fk := range foreign {
		add("foreign key to "+fk.Parent.String(), writes(fk.Parent.String()))
	}
	for _, p := range m.Table.Inherits {
		add("inherits from "+p.String(), writes(p.String()))
	}
	return out
}

// replaced refuses a --replace of what is left out.
func (c *chooser) replaced() {
	for _, a := range c.wish.Replace {
		for _, m := range c.all {
			if covers(a, m.Address) && !c.taken[m.Address] {
				c.diags.Add(diag.Diagnostic{Code: "left-out", Summary: "A mapping that is needed is left out",
					Detail: fmt.Sprintf("--replace names %s, and %s leaves it out. Name it with --target too, or take it out of --exclude.", m.Address, c.out.Options())})
			}
		}
	}
}

// chosen gives the mappings that are planned, and lists the others, with those of the state that are gone from the
// configuration and that nobody asks for.
func (c *chooser) chosen() []*resolve.Mapping {
	var out []*resolve.Mapping
	for _, m := range c.all {
		if c.taken[m.Address] {
			out = append(out, m)
			continue
		}
		c.out.Left = append(c.out.Left, m.Address)
	}
	for _, a := range c.gone() {
		if !c.wanted(a, nil) {
			c.out.Left = append(c.out.Left, a)
		}
	}
	slices.Sort(c.out.Left)
	return out
}

// skipped reports whether a mapping of the state is one that the plan leaves out, under its address or a new one.
func (w *worker) skipped(address string) bool {
	s := w.f.Inputs.Subset
	return s != nil && slices.ContainsFunc(s.Left, func(a string) bool {
		_, from := w.priorOf(a)
		return a == address || from == address
	})
}
