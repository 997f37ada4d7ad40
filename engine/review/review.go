// Package review turns a plan into the policies' input. It adds what the plan does not hold: the phase, the clock, the
// facts that the configuration declares, what the connections are, and the places of secrets. It decides nothing; that is
// package policy's.
package review

import (
	"errors"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// Input gives the document for a plan. Mappings that the plan leaves alone are in it too, and those that it leaves out
// because the command asked for a part; a mapping that is only forgotten has no definition any more and is not.
func Input(p *plan.Plan, f Facts) (policy.Input, error) {
	b := &builder{plan: p, facts: f, rows: counted(p), held: map[string][]string{}}
	transforms := lineage.Transforms()
	in := policy.Input{
		SchemaVersion: policy.SchemaVersion,
		Phase:         f.Phase,
		EvaluatedAt:   f.Now.UTC(),
		Engine: policy.Engine{Version: f.Version, Commit: known(f.Commit), PolicyBundles: slices.Clone(f.Rules), PolicyDigest: known(f.Digest),
			TransformsDigest: &transforms, Baseline: f.Baseline},
		Project:   policy.Project{ID: p.Inputs.State.Lineage},
		Plan:      named(p, f),
		Change:    f.Change,
		Systems:   map[string]policy.System{},
		Transfers: []policy.Transfer{},
		Datasets:  map[string]policy.Dataset{},
		Fields:    map[string]policy.Field{},
		Index: policy.Index{ByClass: map[string][]string{}, UnprotectedByClass: map[string][]string{}, ByDataset: map[string][]string{},
			Unclassified: []string{}, EdgesByClass: map[string][]string{}},
		Quality: quality(p),
		Secrets: secrets(f.Secrets),
		Drift:   drift(p, f),
		Run:     f.Run,
	}
	b.in = &in
	errs := []error{b.systems(), fill(&in, f.Project), b.filters()}
	for _, m := range p.All() {
		if m.Definition != nil {
			errs = append(errs, b.mapping(m))
		}
	}
	errs = append(errs, b.purged())
	in.Actions = b.actions()
	b.gravest()
	errs = append(errs, b.backups(), b.transfers())
	in.Verification = verification(p, f.Flags.SkipVerify)
	in.Risk = policy.Assess(in)
	return in, errors.Join(errs...)
}

func named(p *plan.Plan, f Facts) policy.Plan {
	digest, flags := p.Digest(), f.Flags
	flags.TargetSubset = append(append([]string{}, flags.TargetSubset...), p.Inputs.Subset.Terms()...)
	out := policy.Plan{ID: digest, PlanDigest: digest, IntentDigest: p.Intent(), ConfigDigest: p.Inputs.Config, CreatedAt: p.Created.UTC(), Flags: flags, Source: f.Source,
		LeftOut: append([]string{}, p.Inputs.Subset.Others()...)}
	if !p.Expires.IsZero() {
		expires := p.Expires.UTC()
		out.ExpiresAt = &expires
	}
	return out
}

// systems are the declared ones, and those of the plan that nobody declared anything of.
func (b *builder) systems() error {
	var errs []error
	for _, s := range b.facts.Systems {
		one := policy.System{Kind: s.Kind, Roles: append([]string{}, s.Roles...), Transport: s.Transport}
		errs = append(errs, fill(&one, s.Declared))
		b.in.Systems[s.Address] = one
	}
	for _, s := range b.plan.Inputs.Systems {
		have, ok := b.in.Systems[s.Address]
		if !ok {
			have = policy.System{Kind: s.Kind, Roles: []string{}}
		}
		if s.Role != "" && !slices.Contains(have.Roles, s.Role) {
			have.Roles = append(have.Roles, s.Role)
		}
		b.in.Systems[s.Address] = have
	}
	return errors.Join(errs...)
}

func secrets(places []policy.Place) policy.Secrets {
	if places == nil {
		return policy.Secrets{}
	}
	n := len(places)
	return policy.Secrets{InlineCount: &n, InlinePlaces: slices.Clone(places)}
}

// drift between plan and apply cannot be: an apply holds both ends against the plan before its first write, and stops
// where they differ. Where the plan did not look at rows, nobody knows.
func drift(p *plan.Plan, f Facts) policy.Drift {
	if !p.Inputs.Refreshed {
		return policy.Drift{}
	}
	no, at := false, f.Now.UTC()
	return policy.Drift{Detected: &no, CheckedAt: &at, Items: []policy.Drifted{}}
}

func known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
