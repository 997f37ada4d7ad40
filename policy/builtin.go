package policy

import (
	"context"
	"fmt"
)

// Builtin is the rule that runs without any policy being named: CORE-04, no secret stands in the plan in clear.
type Builtin struct{}

var _ Evaluator = Builtin{}

// Digest names the one rule and its version.
func (Builtin) Digest() string { return digestOf([]byte("builtin: CORE-04, version 1")) }

// Evaluate gives one verdict where no secret stands in clear, else one for each place.
func (Builtin) Evaluate(ctx context.Context, in Input) (Verdicts, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	v := Verdict{
		Control: "CORE-04",
		Title:   "No secret literals in plan",
		Subject: Subject{Kind: "plan", ID: in.Plan.ID},
		Level:   Deny,
		Remedy: `Write secret("env://NAME") or secret("file://path") in its place, and change the secret itself: whoever ` +
			`could read the file has seen it.`,
	}
	s := in.Secrets
	if s.InlineCount == nil || s.InlinePlaces == nil || *s.InlineCount < len(s.InlinePlaces) {
		v.Result = Undecidable
		v.Message = "The plan does not say whether secrets stand in the configuration in clear."
		v.Remedy = "Make the plan again with this version."
		return Verdicts{v}, nil
	}
	if *s.InlineCount == 0 {
		v.Result, v.Remedy = Pass, ""
		v.Message = "Every secret is a reference."
		return Verdicts{v}, nil
	}
	v.Result = Fail
	var all Verdicts
	for _, p := range s.InlinePlaces {
		at := v
		at.Subject = Subject{Kind: "secret", ID: p.ID, File: p.File, Line: p.Line}
		at.Message = fmt.Sprintf("The secret of %s stands in the configuration in clear.", p.ID)
		all = append(all, at)
	}
	if rest := *s.InlineCount - len(s.InlinePlaces); rest > 0 {
		v.Message = fmt.Sprintf("%d more secrets stand in the configuration in clear.", rest)
		if len(all) == 0 {
			v.Message = fmt.Sprintf("Secrets stand in the configuration in clear: %d.", rest)
		}
		all = append(all, v)
	}
	return all, nil
}
