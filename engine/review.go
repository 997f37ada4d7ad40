package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// Change is what the outside says about the change that a plan belongs to.
type Change struct {
	policy.Change
	Source   policy.Source
	Baseline policy.Baseline
}

// Review asks the policies about a plan as things stand now. A stored verdict is never trusted; it only says what got
// worse since.
func (e *Engine) Review(ctx context.Context, cfg *lang.Config, p *plan.Plan) (*Planned, error) {
	out := &Planned{Plan: p}
	err := e.review(ctx, cfg, out, policy.AtApply)
	if out.Worse = worse(cfg, p, out.Verdicts, e.Now()); needsApproval(out) {
		out.Worse = nil
	}
	return out, err
}

func (e *Engine) review(ctx context.Context, cfg *lang.Config, out *Planned, phase policy.Phase) error {
	var err error
	if out.Input, err = e.document(cfg, out.Plan, phase, nil); err != nil {
		return err
	}
	var found policy.Verdicts
	if out.Permit, found, err = policy.Review(ctx, e.Rules, out.Input); err != nil {
		return err
	}
	out.Verdicts = placed(cfg, out.Plan, out.Input, found)
	if found.Denied() {
		out.LacksApproval, err = policy.LacksApproval(ctx, e.Rules, out.Input)
	}
	return err
}

// document is what the policies see of a plan, and of its run where there is one.
func (e *Engine) document(cfg *lang.Config, p *plan.Plan, phase policy.Phase, run *policy.Run) (policy.Input, error) {
	facts := review.Facts{Version: e.Version, Phase: phase, Now: e.Now(), Secrets: []policy.Place{}, Digest: e.Rules.Digest(),
		Rules: e.Bundles, Run: run,
		Change: e.Change.Change, Source: e.Change.Source, Baseline: e.Change.Baseline,
		Tables: map[string][]review.Declared{}, Columns: map[lineage.Column]review.Column{}, Keys: e.keyFacts(cfg)}
	if facts.Rules == nil {
		facts.Rules = []policy.Bundle{{Name: "core", Digest: e.Rules.Digest(), Origin: "embedded"}}
	}
	facts.Version, facts.Commit, _ = strings.Cut(e.Version, "+")
	for _, s := range cfg.Systems {
		e.system(cfg, s, &facts)
		tables(s, p, &facts)
	}
	facts.Fields, facts.Filters = fieldFacts(cfg, p), filterFacts(cfg)
	if err := govern(cfg, p, &facts); err != nil {
		return policy.Input{}, err
	}
	return review.Input(p, facts)
}

// system takes what a block declares, what its connection says, and the secrets that stand in it in clear.
func (e *Engine) system(cfg *lang.Config, s *lang.System, facts *review.Facts) {
	facts.Systems = append(facts.Systems, review.System{Address: s.Address, Kind: s.Kind, Roles: []string{s.Role}, Declared: declared(s.Declared),
		Transport: e.transport(cfg, s)})
	for _, field := range secret.Literals(s.Config) {
		at := s.Range
		if r, ok := s.Fields[field]; ok {
			at = r
		}
		facts.Secrets = append(facts.Secrets, policy.Place{ID: s.Address + "." + field, File: at.File, Line: at.Start.Line})
	}
}

// transport is how a connection is protected, as far as its settings tell. A url that is a secret is looked into; where it
// is not set, nothing is known.
func (e *Engine) transport(cfg *lang.Config, s *lang.System) policy.Transport {
	c, ok := s.Config.(providers.Carried)
	if !ok {
		return policy.Transport{}
	}
	resolver := e.Secrets
	resolver.Dir = cfg.Dir
	if err := resolver.Fill(s.Config); err != nil {
		return policy.Transport{}
	}
	t := c.Transport()
	out := policy.Transport{TLS: t.TLS, Verify: t.Verify}
	if t.MinVersion != "" {
		out.MinVersion = &t.MinVersion
	}
	if local := "local"; t.Local {
		out.Network = &local
	}
	return out
}

// reviewedBy is of columns and fields; a table declares it for all of its columns that are declared.
const reviewedBy = "classification.reviewed_by"

// tables takes what table and column blocks declare of the tables of a plan.
func tables(s *lang.System, p *plan.Plan, facts *review.Facts) {
	for _, ref := range tablesOf(p, s.Address) {
		t := s.Facts(ref)
		if t == nil {
			continue
		}
		of := func(f lang.Fact) bool { return f.Leaf == reviewedBy }
		facts.Tables[review.Dataset(s.Address, ref.String())] = declared(slices.DeleteFunc(slices.Clone(t.Declared), of))
		for _, c := range t.Columns {
			facts.Columns[lineage.Column{System: s.Address, Table: ref, Name: c.Name}] = review.Column{Classes: slices.Clone(c.Classify), Unit: lang.Text(c.Declared, "unit"),
				Justification: lang.Text(c.Declared, "justification"), ReviewedBy: cmp.Or(lang.Text(c.Declared, reviewedBy), lang.Text(t.Declared, reviewedBy))}
		}
	}
}

// tablesOf are the tables of a system that a plan reads or writes.
func tablesOf(p *plan.Plan, system string) []schema.Ref {
	var out []schema.Ref
	add := func(of string, ref schema.Ref) {
		if of == system && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	for _, m := range p.All() {
		if m.Before != nil && m.Definition == nil { // of a mapping that is gone, and whose rows go with it
			add(m.Before.Target, m.Before.TargetTable)
		}
		d := m.Definition
		if d == nil {
			continue
		}
		add(d.Source, d.SourceTable)
		add(d.Target, d.TargetTable)
		for _, j := range d.Joins {
			add(d.Source, j.Table)
		}
		for _, l := range d.Lookups {
			if l.Table != nil {
				add(l.Source, *l.Table)
			}
		}
	}
	return out
}

// fieldFacts tells what the block of a field declares.
func fieldFacts(cfg *lang.Config, p *plan.Plan) func(mapping, field string) review.Field {
	type known struct {
		block *lang.Mapping
		in    *plan.Mapping
	}
	all := map[string]known{}
	for _, m := range p.All() {
		all[m.Address] = known{configured(cfg, m.Address), m}
	}
	return func(mapping, field string) review.Field {
		var out review.Field
		m := all[mapping]
		if m.block == nil {
			return out
		}
		if f := fieldBlock(m.block, m.in, field); f != nil {
			out.Classes, out.Justification, out.Declared = slices.Clone(f.Classify), f.Justification, declared(f.Declared)
		}
		return out
	}
}

// filterFacts tells what a filter block declares, or of no name the block with the mapping's condition.
func filterFacts(cfg *lang.Config) func(mapping, name string) []review.Declared {
	return func(mapping, name string) []review.Declared {
		m := configured(cfg, mapping)
		if m == nil {
			return nil
		}
		if name == "" {
			return declared(m.From.Declared)
		}
		for _, f := range m.Filters {
			if f.Name == name {
				return declared(f.Declared)
			}
		}
		return nil
	}
}

// fieldBlock finds the block of a field: the mapping's, or of many tables the one of its override.
func fieldBlock(m *lang.Mapping, in *plan.Mapping, field string) *lang.Field {
	all := m.Fields
	for _, o := range m.Overrides {
		if in.Definition != nil && resolve.Same(o.Table, in.Definition.SourceTable) {
			all = o.Fields
		}
	}
	for _, f := range all {
		if f.Name == field {
			return f
		}
	}
	return nil
}

func declared(all []lang.Fact) []review.Declared {
	out := make([]review.Declared, len(all))
	for i, f := range all {
		out[i] = review.Declared{Leaf: f.Leaf, Value: f.Value}
	}
	return out
}

// keyFacts are what key blocks declare, and how long their secrets are. Each character counts for four bits, as a
// hexadecimal digit has them.
func (e *Engine) keyFacts(cfg *lang.Config) map[string]review.Key {
	out := map[string]review.Key{}
	resolver := e.Secrets
	resolver.Dir = cfg.Dir
	for _, k := range cfg.Keys {
		one := review.Key{Declared: declared(k.Declared)}
		if value, err := resolver.Resolve(k.From); err == nil {
			one.Bits = min(4*len(value.Reveal()), 256)
		}
		out[plan.Key{Name: k.Name, Module: k.Module}.ID()] = one
	}
	return out
}
