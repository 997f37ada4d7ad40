// Package policy decides whether a plan may be applied. It sees nothing but the Input, a document of facts about the
// plan without secrets and without values of rows, and it is the only maker of a Permit.
package policy

import (
	"context"
	"errors"
	"fmt"
)

// Evaluator holds rules against an Input. It gives a verdict for every rule it has, also for those that pass. An error
// is a refusal.
type Evaluator interface {
	Evaluate(ctx context.Context, in Input) (Verdicts, error)
	Digest() string // names the rules exactly: other rules, other digest
}

// Permit is the leave to apply one plan. Only Review makes one that covers anything.
type Permit struct{ plan, rules string }

// Covers reports whether the permit is for exactly this plan. The zero Permit covers no plan.
func (p Permit) Covers(planDigest string) bool { return p.plan != "" && p.plan == planDigest }

// Rules is the digest of the rules that gave the permit, "" for the zero Permit.
func (p Permit) Rules() string { return p.rules }

// ErrRefused is in the chain of every error of Review: no decision could be made, so there is none in favour.
var ErrRefused = errors.New("the policies could not be asked, so nothing may be applied")

// Review asks e about in. A denied plan is no error: the Permit is zero and Denied holds for the verdicts. An error is
// an input that lacks a fact every review needs, rules without a digest, an evaluator that failed, no verdict at all, or
// a verdict that means nothing; the Permit is zero then too.
func Review(ctx context.Context, e Evaluator, in Input) (Permit, Verdicts, error) {
	if e == nil {
		return Permit{}, nil, fmt.Errorf("%w: there are no rules", ErrRefused)
	}
	rules := e.Digest()
	if rules == "" {
		return Permit{}, nil, fmt.Errorf("%w: the rules have no digest", ErrRefused)
	}
	if err := in.complete(); err != nil {
		return Permit{}, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	verdicts, err := e.Evaluate(ctx, in)
	if err != nil {
		return Permit{}, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if len(verdicts) == 0 {
		return Permit{}, nil, fmt.Errorf("%w: the rules gave no verdict", ErrRefused)
	}
	for _, v := range verdicts {
		if err := v.valid(); err != nil {
			return Permit{}, nil, fmt.Errorf("%w: %w", ErrRefused, err)
		}
	}
	if verdicts.Denied() {
		return Permit{}, verdicts, nil
	}
	return Permit{plan: in.Plan.PlanDigest, rules: rules}, verdicts, nil
}
