package engine

import (
	"context"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// Review asks the policies about a plan as things stand now. A stored verdict is never trusted.
func (e *Engine) Review(ctx context.Context, cfg *lang.Config, p *plan.Plan) (*Planned, error) {
	out := &Planned{Plan: p}
	return out, e.review(ctx, cfg, out, policy.AtApply)
}

func (e *Engine) review(ctx context.Context, cfg *lang.Config, out *Planned, phase policy.Phase) error {
	facts := review.Facts{Version: e.Version, Phase: phase, Now: e.Now(), Secrets: []policy.Place{},
		Rules: []policy.Bundle{{Name: "core", Digest: e.Rules.Digest(), Origin: "embedded"}}}
	for _, s := range cfg.Systems {
		facts.Systems = append(facts.Systems, review.System{Address: s.Address, Kind: s.Kind, Roles: []string{s.Role},
			Environment: lang.Text(s.Declared, "environment"), Region: lang.Text(s.Declared, "region"), Country: lang.Text(s.Declared, "country")})
		for _, field := range secret.Literals(s.Config) {
			at := s.Range
			if r, ok := s.Fields[field]; ok {
				at = r
			}
			facts.Secrets = append(facts.Secrets, policy.Place{ID: s.Address + "." + field, File: at.File, Line: at.Start.Line})
		}
	}
	var err error
	out.Input = review.Input(out.Plan, facts)
	out.Permit, out.Verdicts, err = policy.Review(ctx, e.Rules, out.Input)
	return err
}
