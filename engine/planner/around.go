package planner

import (
	"encoding/json"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/state"
)

// Around gives the mappings that are not among the chosen ones: nothing is planned for them, but refs lead to them and from
// them.
func Around(all, chosen []*resolve.Mapping) []*resolve.Mapping {
	have := map[*resolve.Mapping]bool{}
	for _, m := range chosen {
		have[m] = true
	}
	var out []*resolve.Mapping
	for _, m := range all {
		if !have[m] {
			out = append(out, m)
		}
	}
	return out
}

func refers(f plan.Field) string { return "ref " + f.Name }

// forgetful reports whether a mapping that another refers to was loaded when its keys were not remembered yet.
func (c *chooser) forgetful(m *resolve.Mapping, n need, prior *state.Mapping) bool {
	for _, f := range m.Definition.Refs() {
		var was plan.Definition
		if f.Ref.Mapping == n.of.Address && (json.Unmarshal(prior.Definition, &was) != nil || !was.KeyMap) {
			return true
		}
	}
	return false
}

// referred gives every mapping by its address. One that the plan leaves out stands as its last run left it, so its keys are
// those of the definition in the state.
func (w *worker) referred() map[string]*resolve.Mapping {
	out := map[string]*resolve.Mapping{}
	for _, m := range w.f.Around {
		as := *m
		if prior, _ := w.priorOf(m.Address); prior != nil {
			var was plan.Definition
			if json.Unmarshal(prior.Definition, &was) == nil {
				as.Definition = &was
			}
		}
		out[m.Address] = &as
	}
	for _, m := range w.f.Mappings {
		out[m.Address] = m
	}
	return out
}

// noteAround says which mappings are left out while the keys that they have taken over from this one become others.
func (w *worker) noteAround(d *decision) {
	byAddress := w.referred()
	for _, m := range w.f.Around {
		prior, _ := w.priorOf(m.Address)
		var was plan.Definition
		if prior == nil || json.Unmarshal(prior.Definition, &was) != nil {
			continue
		}
		for _, f := range was.Refs() {
			if (f.Ref.Mapping == d.m.Address || f.Ref.Mapping == d.from) && f.Ref.KeyHash != keyHash(byAddress, d.m) {
				d.out.Notes = append(d.out.Notes, fmt.Sprintf("Its keys change. %s refers to its rows by %s and is left out: its rows keep the keys of before until it is planned too.", m.Address, f.Name))
			}
		}
	}
}
