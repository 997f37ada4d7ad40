package policy

import (
	"context"
	"slices"
	"time"
)

// LacksApproval reports whether a denied plan lacks nothing but approvals: the same rules would let it pass if everybody
// who may approve had agreed to it at this moment. It gives no leave to do anything.
func LacksApproval(ctx context.Context, e Evaluator, in Input) (bool, error) {
	agreed := in
	agreed.Change.Approvals = slices.Clone(in.Change.Approvals)
	at := in.EvaluatedAt.UTC().Format(time.RFC3339)
	nowhere := "urn:nobody"
	for _, role := range []string{"data_owner", "it", "dpo", "caldicott_guardian", "cso", "siro", "controller"} {
		agreed.Change.Approvals = append(agreed.Change.Approvals, Approval{Actor: "nobody as " + role, Roles: []string{role}, At: &at,
			IntentDigest: in.Plan.IntentDigest, EvidenceURL: &nowhere, Verified: true})
	}
	permit, _, err := Review(ctx, e, agreed)
	return permit.Covers(in.Plan.PlanDigest), err
}

// Place fills in where the subjects of verdicts stand, which at tells; places that are known stay. The verdicts given in
// are not changed.
func (vs Verdicts) Place(at func(Subject) (file string, line int)) Verdicts {
	out := slices.Clone(vs)
	for i := range out {
		if s := &out[i].Subject; s.File == "" {
			s.File, s.Line = at(*s)
		}
	}
	return out
}
