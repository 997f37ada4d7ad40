package policy

import (
	"fmt"
	"time"
)

// SchemaVersion is the version of the document that this package knows.
const SchemaVersion = "1"

// Input is everything that rules may know of a plan: names, counts and digests, never the value of a row or a secret. Ids
// are addresses of the configuration. What is not known is nil, and null in the document, never left out, so that a rule
// can tell "no" from "nobody said"; a slice or map that is known to hold nothing is empty.
type Input struct {
	SchemaVersion string     `json:"schema_version"`
	Phase         Phase      `json:"phase" enum:"plan apply verify drift"`
	EvaluatedAt   time.Time  `json:"evaluated_at"` // rules have no clock of their own
	Engine        Engine     `json:"engine"`
	Project       Project    `json:"project"`
	Plan          Plan       `json:"plan"`
	Change        Change     `json:"change"`
	Processing    Processing `json:"processing"`

	Systems   map[string]System  `json:"systems"` // by address of the source or target block
	Transfers []Transfer         `json:"transfers"`
	Datasets  map[string]Dataset `json:"datasets"` // by address of the table
	Fields    map[string]Field   `json:"fields"`   // by address of the target field
	Index     Index              `json:"index"`
	Filters   []Filter           `json:"filters"`
	Actions   []Action           `json:"actions"`

	Verification Verification `json:"verification"`
	Quality      Quality      `json:"quality"`
	Anonymity    Anonymity    `json:"anonymity"`
	Clinical     Clinical     `json:"clinical"`
	Audit        Audit        `json:"audit"`
	Secrets      Secrets      `json:"secrets"`
	Drift        Drift        `json:"drift"`
	Risk         Risk         `json:"risk"`
	Run          *Run         `json:"run"` // nil at plan
}

// Phase is where in the work the question is asked.
type Phase string

// The phases.
const (
	AtPlan   Phase = "plan"
	AtApply  Phase = "apply"
	AtVerify Phase = "verify"
	AtDrift  Phase = "drift"
)

// Engine is the program that made the plan.
type Engine struct {
	Version          string   `json:"version"`
	Commit           *string  `json:"commit"`
	PolicyBundles    []Bundle `json:"policy_bundles"`
	PolicyDigest     *string  `json:"policy_digest"`     // of all rules together
	TransformsDigest *string  `json:"transforms_digest"` // of the library of expressions
	Baseline         Baseline `json:"baseline"`
}

// Baseline is the engine as it was when it was last tested.
type Baseline struct {
	Version          *string `json:"version"`
	PolicyDigest     *string `json:"policy_digest"`
	TransformsDigest *string `json:"transforms_digest"`
	TestedAt         *string `json:"tested_at"`
}

// complete reports what every review needs and the document lacks.
func (in Input) complete() error {
	var lacking []string
	need := func(ok bool, name string) {
		if !ok {
			lacking = append(lacking, name)
		}
	}
	need(!in.EvaluatedAt.IsZero(), "evaluated_at")
	need(in.Engine.Version != "", "engine.version")
	need(in.Plan.PlanDigest != "", "plan.plan_digest")
	need(in.Plan.IntentDigest != "", "plan.intent_digest")
	need(in.Plan.ConfigDigest != "", "plan.config_digest")
	need(in.Systems != nil, "systems")
	need(in.Datasets != nil, "datasets")
	need(in.Fields != nil, "fields")
	need(in.Index.ByClass != nil, "index.by_class")
	need(in.Actions != nil, "actions")
	need(in.Verification.Level != "", "verification.level")
	switch {
	case in.SchemaVersion != SchemaVersion:
		return fmt.Errorf("the policy input has schema version %q, and only %q is known", in.SchemaVersion, SchemaVersion)
	case in.Phase != AtPlan && in.Phase != AtApply && in.Phase != AtVerify && in.Phase != AtDrift:
		return fmt.Errorf("the policy input has the unknown phase %q", in.Phase)
	case lacking != nil:
		return fmt.Errorf("the policy input lacks %q", lacking)
	}
	return nil
}
