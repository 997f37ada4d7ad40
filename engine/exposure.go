package engine

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/state"
)

// environments, the one whose data are best kept first.
func environments() []string { return []string{"prod", "preprod", "test", "training", "dev"} }

// expose marks the actions that bring classes of data where they are less protected than in the last run or at their
// source: into a field that shows more of them, into another country, into a lower environment. It looks where a mapping is
// new or its definition changed; what goes on as it did is not said again.
func (e *Engine) expose(cfg *lang.Config, p *plan.Plan, snap state.Snapshot) {
	in, err := e.document(cfg, p, policy.AtPlan, nil)
	if err != nil {
		return // the review finds the same and puts it at its place
	}
	for i := range p.Mappings {
		m := &p.Mappings[i]
		j := bearer(m.Actions)
		if m.Definition == nil || j < 0 {
			continue
		}
		prior, _ := planner.Prior(snap, cfg.Moved, m.Address)
		if prior != nil && !redefined(m.Hashes, plan.Fingerprints(prior.Hashes)) {
			continue
		}
		now := classesIn(in, m.Address)
		var why []plan.Reason
		if prior != nil {
			why = e.reached(cfg, p, m, *prior, now)
		}
		if len(now) > 0 {
			why = append(why, elsewhere(in, m.Definition)...)
		}
		if len(why) == 0 {
			continue
		}
		a := &m.Actions[j]
		a.Reasons = append(slices.Clone(a.Reasons), why...)
		if c := configured(cfg, m.Address); c != nil {
			a.Judge(planner.TreatedBy(c.Lifecycle.TreatAs))
		}
	}
}

// redefined reports whether anything that decides which data go where is another one.
func redefined(now, was plan.Fingerprints) bool {
	now.Exec, was.Exec = "", ""
	return !reflect.DeepEqual(now, was)
}

// bearer is the action that tells of an exposure: the first that moves rows, else one about classes.
func bearer(all []plan.Action) int {
	moves := func(a plan.Action) bool {
		return a.Kind != plan.Move && a.Kind != plan.Govern && a.Kind != plan.Forget && a.Kind != plan.Keep
	}
	if i := slices.IndexFunc(all, moves); i >= 0 {
		return i
	}
	return slices.IndexFunc(all, func(a plan.Action) bool { return a.Kind == plan.Govern })
}

// classesIn are the effective classes of a mapping's fields, of those that have any.
func classesIn(in policy.Input, address string) map[string][]string {
	out := map[string][]string{}
	for id, f := range in.Fields {
		name, ok := strings.CutPrefix(id, address+".field.")
		if ok && len(f.ClassSet) > 0 {
			out[name] = slices.Sorted(maps.Keys(f.ClassSet))
		}
	}
	return out
}

// reached compares the effective classes of the fields with those that they had by the recorded definition. One that
// cannot be read any more had none, so that everything counts as new.
func (e *Engine) reached(cfg *lang.Config, p *plan.Plan, m *plan.Mapping, prior state.Mapping, now map[string][]string) []plan.Reason {
	was := map[string][]string{}
	if before, err := definitionIn(prior); err == nil {
		then, old := *p, *m
		old.Definition = before
		then.Mappings, then.Steps, then.Inputs.Subset = []plan.Mapping{old}, nil, nil
		if in, err := e.document(cfg, &then, policy.AtPlan, nil); err == nil {
			was = classesIn(in, m.Address)
		}
	}
	var out []plan.Reason
	for _, field := range slices.Sorted(maps.Keys(now)) {
		fresh := slices.DeleteFunc(slices.Clone(now[field]), func(c string) bool { return slices.Contains(was[field], c) })
		if len(fresh) > 0 {
			out = append(out, plan.Reason{Code: "X201", Text: fmt.Sprintf("field %s shows what it did not: %s", field, strings.Join(fresh, ", "))})
		}
	}
	return out
}

// elsewhere compares what is declared of both ends. Where one of them says nothing there is nothing to compare.
func elsewhere(in policy.Input, d *plan.Definition) []plan.Reason {
	from, to := in.Systems[d.Source], in.Systems[d.Target]
	var out []plan.Reason
	if from.Country != nil && to.Country != nil && *from.Country != *to.Country {
		out = append(out, plan.Reason{Code: "X202", Text: fmt.Sprintf("classified data go from %s to %s", *from.Country, *to.Country)})
	}
	if from.Environment != nil && to.Environment != nil && slices.Index(environments(), *to.Environment) > slices.Index(environments(), *from.Environment) {
		out = append(out, plan.Reason{Code: "X203", Text: fmt.Sprintf("classified data go from %s to %s", *from.Environment, *to.Environment)})
	}
	return out
}
