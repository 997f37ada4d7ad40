// Package review turns a plan into the policies' input. It adds what the plan does not hold: the phase, the clock, the
// facts declared of the systems and the places of secrets. It decides nothing; that is package policy's.
package review

import (
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// Facts is what the document says beside the plan.
type Facts struct {
	Version string // of the engine that asks
	Phase   policy.Phase
	Now     time.Time
	Systems []System
	// Secrets are the places of secrets that stand in the configuration in clear. Nil says that nobody looked, and then no
	// review passes; none found is empty.
	Secrets []policy.Place
	Flags   policy.Flags
	Rules   []policy.Bundle // nil: not known
}

// System is what the configuration declares of a source or target. An empty text is a fact that is not declared.
type System struct {
	Address     string
	Kind        string
	Roles       []string
	Environment string
	Region      string
	Country     string
}

// Input gives the document for a plan. Mappings that the plan leaves alone are in it too; a mapping that is only
// forgotten has no definition any more and is not.
func Input(p *plan.Plan, f Facts) policy.Input {
	b := &builder{plan: p, rows: counted(p)}
	in := policy.Input{
		SchemaVersion: policy.SchemaVersion,
		Phase:         f.Phase,
		EvaluatedAt:   f.Now.UTC(),
		Engine:        policy.Engine{Version: f.Version, PolicyBundles: slices.Clone(f.Rules)},
		Project:       policy.Project{ID: p.Inputs.State.Lineage},
		Plan:          named(p, f.Flags),
		Systems:       systems(p, f.Systems),
		Datasets:      map[string]policy.Dataset{},
		Fields:        map[string]policy.Field{},
		Filters:       filters(p),
		Index:         policy.Index{ByClass: map[string][]string{}, ByDataset: map[string][]string{}, Unclassified: []string{}},
		Secrets:       secrets(f.Secrets),
	}
	b.in = &in
	for i := range p.Mappings {
		if p.Mappings[i].Definition != nil {
			b.mapping(&p.Mappings[i])
		}
	}
	in.Actions = actions(p)
	in.Verification = verification(p, f.Flags.SkipVerify)
	return in
}

func named(p *plan.Plan, flags policy.Flags) policy.Plan {
	digest := p.Digest()
	flags.TargetSubset = append([]string{}, flags.TargetSubset...)
	out := policy.Plan{ID: digest, PlanDigest: digest, IntentDigest: p.Intent(), ConfigDigest: p.Inputs.Config, CreatedAt: p.Created.UTC(), Flags: flags}
	if !p.Expires.IsZero() {
		expires := p.Expires.UTC()
		out.ExpiresAt = &expires
	}
	return out
}

// systems are the declared ones, and those of the plan that nobody declared anything of.
func systems(p *plan.Plan, declared []System) map[string]policy.System {
	out := map[string]policy.System{}
	for _, s := range declared {
		out[s.Address] = policy.System{Kind: s.Kind, Roles: append([]string{}, s.Roles...),
			Environment: known(s.Environment), Region: known(s.Region), Country: known(s.Country)}
	}
	for _, s := range p.Inputs.Systems {
		have, ok := out[s.Address]
		if !ok {
			have = policy.System{Kind: s.Kind, Roles: []string{}}
		}
		if s.Role != "" && !slices.Contains(have.Roles, s.Role) {
			have.Roles = append(have.Roles, s.Role)
		}
		out[s.Address] = have
	}
	return out
}

func secrets(places []policy.Place) policy.Secrets {
	if places == nil {
		return policy.Secrets{}
	}
	n := len(places)
	return policy.Secrets{InlineCount: &n, InlinePlaces: slices.Clone(places)}
}

func known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
