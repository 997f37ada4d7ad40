package planner

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
)

// waits gives for each decision those that depends_on and refs put before it, also through mappings that have nothing to do.
func waits(all []*decision) map[*decision][]*decision {
	direct := map[*decision][]*decision{}
	for _, d := range all {
		for _, a := range d.m.Config.DependsOn {
			for _, o := range all {
				if o != d && lang.Within(a, o.m.Address) {
					direct[d] = append(direct[d], o)
				}
			}
		}
	}
	refersTo(all, direct)
	out := map[*decision][]*decision{}
	for d := range direct {
		seen := map[*decision]bool{d: true}
		var follow func(o *decision)
		follow = func(o *decision) {
			for _, next := range direct[o] {
				if !seen[next] {
					seen[next] = true
					out[d] = append(out[d], next)
					follow(next)
				}
			}
		}
		follow(d)
	}
	return out
}

// waves parts the decisions so that each comes in a later one than those it waits for, and in no earlier one than those
// whose tables its foreign keys point to. It reports false where these two cannot both be.
func (l *layer) waves(moving []*decision) ([][]*decision, bool) {
	level := map[*decision]int{}
	parents := l.pointedTo(moving)
	for round := 0; ; round++ {
		moved := false
		for _, d := range moving {
			least := level[d]
			for _, p := range parents[d] {
				least = max(least, level[p])
				if p.beside && !d.beside { // its rows and keys are for the table that is swapped in
					least = max(least, level[p]+1)
				}
			}
			for _, o := range l.before[d] {
				if o.load != "" {
					least = max(least, level[o]+1)
				}
			}
			if least > len(moving) {
				l.contrary(d)
				return nil, false
			}
			moved = moved || least != level[d]
			level[d] = least
		}
		if !moved {
			break
		}
	}
	var out [][]*decision
	for _, d := range moving {
		for len(out) <= level[d] {
			out = append(out, nil)
		}
		out[level[d]] = append(out[level[d]], d)
	}
	return out, true
}

// pointedTo gives for each decision those whose tables its own points to.
func (l *layer) pointedTo(moving []*decision) map[*decision][]*decision {
	byTable := map[string]*decision{}
	for _, d := range moving {
		byTable[at(d)] = d
	}
	out := map[*decision][]*decision{}
	for _, d := range moving {
		names := parents(d)
		if d.create || d.beside {
			for _, fk := range d.m.Table.Foreign {
				names = append(names, fk.Parent.String())
			}
			for _, p := range d.m.Table.Inherits {
				names = append(names, p.String())
			}
		}
		for _, name := range names {
			if p := byTable[d.m.Definition.Target+"\x00"+name]; p != nil && p != d {
				out[d] = append(out[d], p)
			}
		}
	}
	return out
}

// contrary reports a mapping that should come both before and behind another one.
func (l *layer) contrary(d *decision) {
	l.w.fail(d, "depends-cycle", "depends_on or a ref against the foreign keys",
		"%s is in a circle: depends_on or a ref puts one mapping before another, and a foreign key of the target's tables puts them the other way round. Take depends_on out there, since rows are loaded in the order of the foreign keys anyway; a ref can wait with missing = \"defer\".", d.m.Address)
}

// settled gives the last steps of the mappings that d waits for: those that no other step of theirs needs.
func (l *layer) settled(d *decision) []int {
	names := map[string]bool{}
	for _, o := range l.before[d] {
		names[o.m.Address] = true
	}
	theirs := slices.DeleteFunc(slices.Clone(l.plan.Steps), func(s plan.Step) bool { return !names[s.Mapping] })
	needed := map[int]bool{}
	for _, s := range theirs {
		for _, n := range s.Needs {
			needed[n] = true
		}
	}
	var out []int
	for _, s := range theirs {
		if !needed[s.N] {
			out = append(out, s.N)
		}
	}
	return out
}
