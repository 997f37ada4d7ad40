package policy

import (
	"fmt"
	"slices"
	"strings"
)

// complete is the control that asks for a whole document.
const complete = "CORE-01"

// Folded gives the verdicts as people read them. A control of level deny that lacks a fact says so itself, and CORE-01 says
// it once more of each: here that is one verdict, which names them. The verdicts given in are not changed.
func (vs Verdicts) Folded() Verdicts {
	first := slices.IndexFunc(vs, Verdict.repeats)
	if first < 0 {
		return vs
	}
	one := vs[first]
	one.Facts, one.More = nil, 0
	var lacking []string
	for _, v := range vs {
		switch {
		case v.repeats():
			one.Facts = union(one.Facts, v.Facts)
			if v.Subject.ID == "plan" {
				one.Subject = v.Subject
			}
		case v.Result == Undecidable && v.Denies():
			lacking = union(lacking, []string{v.Control})
		}
	}
	one.Message = fmt.Sprintf("%s: %s cannot be decided for want of facts.", one.Title, among(lacking))
	one.Remedy = supply(one.Facts)
	out := Verdicts{}
	for i, v := range vs {
		switch {
		case i == first:
			out = append(out, one)
		case !v.repeats():
			out = append(out, v)
		}
	}
	return out
}

// repeats reports whether the verdict says of another control that it lacks facts.
func (v Verdict) repeats() bool { return v.Control == complete && v.Result == Fail && len(v.Facts) > 0 }

func union(have, more []string) []string {
	for _, m := range more {
		if !slices.Contains(have, m) {
			have = append(have, m)
		}
	}
	return have
}

func among(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// supply says where facts come from: those of the change from outside, others from the configuration.
func supply(facts []string) string {
	outside := func(f string) bool {
		return strings.HasPrefix(f, "change.") || strings.HasPrefix(f, "plan.source.") || strings.HasPrefix(f, "engine.baseline.")
	}
	var said []string
	if slices.ContainsFunc(facts, func(f string) bool { return !outside(f) }) {
		said = append(said, "Declare in the configuration what each of them names.")
	}
	if slices.ContainsFunc(facts, outside) {
		said = append(said, "State what each of them names of the change in the file of --change; approvals in it count with --approvers.")
	}
	return strings.Join(said, " ")
}
