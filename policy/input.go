package policy

import (
	"errors"
	"fmt"
	"time"
)

// SchemaVersion is the version of the document that this package knows.
const SchemaVersion = "1"

// Input is everything that rules may know of a plan: names, counts and digests, never the value of a row or a secret. Ids
// are addresses of the configuration. What is not known is nil, and null in the document, never left out, so that a rule
// can tell "no" from "nobody said"; a slice or map that is known to hold nothing is empty.
type Input struct {
	SchemaVersion string    `json:"schema_version"`
	Phase         Phase     `json:"phase"`
	EvaluatedAt   time.Time `json:"evaluated_at"` // rules have no clock of their own
	Engine        Engine    `json:"engine"`
	Project       Project   `json:"project"`
	Plan          Plan      `json:"plan"`
	Change        Unfilled  `json:"change"`
	Processing    Unfilled  `json:"processing"`

	Systems   map[string]System  `json:"systems"` // by address of the source or target block
	Transfers Unfilled           `json:"transfers"`
	Datasets  map[string]Dataset `json:"datasets"` // by address of the table
	Fields    map[string]Field   `json:"fields"`   // by address of the target field
	Index     Index              `json:"index"`
	Filters   []Filter           `json:"filters"`
	Actions   []Action           `json:"actions"`

	Verification Verification `json:"verification"`
	Quality      Unfilled     `json:"quality"`
	Anonymity    Unfilled     `json:"anonymity"`
	Clinical     Unfilled     `json:"clinical"`
	Audit        Unfilled     `json:"audit"`
	Secrets      Secrets      `json:"secrets"`
	Drift        Unfilled     `json:"drift"`
	Risk         Unfilled     `json:"risk"`
	Run          Unfilled     `json:"run"`
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

// Unfilled is a part of the document that this version has no facts for: always null.
type Unfilled struct{}

// MarshalJSON writes null.
func (Unfilled) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// UnmarshalJSON takes nothing but null, so that facts of a newer version are not lost unseen.
func (*Unfilled) UnmarshalJSON(text []byte) error {
	if string(text) != "null" {
		return errors.New("a part of the document is filled that this version does not know")
	}
	return nil
}

// Engine is the program that made the plan.
type Engine struct {
	Version       string   `json:"version"`
	Commit        *string  `json:"commit"`
	PolicyBundles []Bundle `json:"policy_bundles"`
}

// Bundle is a set of rules that takes part in the review.
type Bundle struct {
	Name    string  `json:"name"`
	Version *string `json:"version"`
	Digest  string  `json:"digest"`
	Origin  string  `json:"origin"` // embedded, module, remote
}

// Project is the root module.
type Project struct {
	ID            string   `json:"id"`
	Controller    Unfilled `json:"controller"`
	Role          *string  `json:"role"`
	Jurisdictions []string `json:"jurisdictions"`
	Frameworks    []string `json:"frameworks"`
	Profile       *string  `json:"profile"`
}

// Plan names the plan that is reviewed.
type Plan struct {
	ID           string     `json:"id"`
	PlanDigest   string     `json:"plan_digest"`
	IntentDigest string     `json:"intent_digest"`
	ConfigDigest string     `json:"config_digest"`
	CreatedAt    time.Time  `json:"created_at"`
	ExpiresAt    *time.Time `json:"expires_at"`
	Source       Unfilled   `json:"source"`
	Flags        Flags      `json:"flags"`
}

// Flags are options of the command that narrow or weaken the plan.
type Flags struct {
	TargetSubset []string `json:"target_subset"`
	SkipVerify   bool     `json:"skip_verify"`
	Force        bool     `json:"force"`
}

// System is one endpoint.
type System struct {
	Kind        string   `json:"kind"`  // the provider: sqlite, postgres, csv
	Roles       []string `json:"roles"` // source, target
	Environment *string  `json:"environment"`
	LiveData    *bool    `json:"live_data"`
	Region      *string  `json:"region"`
	Country     *string  `json:"country"`
	Operator    Unfilled `json:"operator"`
	Transport   Unfilled `json:"transport"`
	AtRest      Unfilled `json:"at_rest"`
	Access      Unfilled `json:"access"`
	PCI         Unfilled `json:"pci"`
	SOX         Unfilled `json:"sox"`
	Clinical    *bool    `json:"clinical"`
}

// Dataset is one table.
type Dataset struct {
	System       string   `json:"system"`
	Name         string   `json:"name"`
	RecordClass  *string  `json:"record_class"`
	Owner        *string  `json:"owner"`
	Rows         *int64   `json:"rows"`
	OldestRecord *string  `json:"oldest_record"`
	SubjectKey   *string  `json:"subject_key"`
	ICFR         *bool    `json:"icfr"`
	Clinical     *bool    `json:"clinical"`
	CPI          *bool    `json:"cpi"`
	Retention    Unfilled `json:"retention"`
}

// Field is one column of a target and where its values come from.
type Field struct {
	Dataset        string          `json:"dataset"`
	Column         string          `json:"column"`
	Type           Type            `json:"type"`
	Sources        []Column        `json:"sources"`
	Lineage        Lineage         `json:"lineage"`
	Classification Classification  `json:"classification"`
	ClassSet       map[string]bool `json:"class_set"` // effective classes
	Protection     Unfilled        `json:"protection"`
	RequiredFor    []string        `json:"required_for"`
	Justification  *string         `json:"justification"`
	Validators     Unfilled        `json:"validators"`
	Terminology    Unfilled        `json:"terminology"`
	Unit           Unfilled        `json:"unit"`
}

// Type is a canonical type. Base is its kind; what the kind does not have is null.
type Type struct {
	Base      string `json:"base"`
	Precision *int   `json:"precision"`
	Scale     *int   `json:"scale"`
	Length    *int   `json:"length"`
}

// Column is a source column that a field reads.
type Column struct {
	Dataset string `json:"dataset"`
	Column  string `json:"column"`
	Type    Type   `json:"type"`
}

// Lineage says how a field is made.
type Lineage struct {
	Expr          string   `json:"expr"` // CEL
	ExprHash      string   `json:"expr_hash"`
	Functions     []string `json:"functions"`
	Deterministic bool     `json:"deterministic"`
	Opaque        bool     `json:"opaque"` // which columns it reads cannot be told
	Loss          string   `json:"loss"`   // none, truncate, round, coerce, unknown
	LossAck       *string  `json:"loss_ack"`
}

// Classification is what is known of the kind of data in a field.
type Classification struct {
	Declared   []string `json:"declared"`
	Detected   Unfilled `json:"detected"`
	Inherited  []string `json:"inherited"`
	Decision   []string `json:"decision"`
	ReviewedBy *string  `json:"reviewed_by"`
}

// Index finds fields without a walk over all of them.
type Index struct {
	ByClass            map[string][]string `json:"by_class"` // ids of fields
	UnprotectedByClass Unfilled            `json:"unprotected_by_class"`
	ByDataset          map[string][]string `json:"by_dataset"` // ids of fields
	Unclassified       []string            `json:"unclassified"`
	EdgesByClass       Unfilled            `json:"edges_by_class"`
}

// Action is what the plan does to one table.
type Action struct {
	Kind        string   `json:"kind"` // create, update, delete, truncate, drop, overwrite, merge
	Dataset     string   `json:"dataset"`
	Destructive bool     `json:"destructive"`
	Reversible  bool     `json:"reversible"`
	Rows        *int64   `json:"rows"`
	Backup      Unfilled `json:"backup"`
}

// Verification is how the result will be proven.
type Verification struct {
	Level    string    `json:"level"` // none, counts, checksums, full
	Controls []Control `json:"controls"`
}

// Control is one check that has to balance. Tolerance is a decimal number.
type Control struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"` // row_balance, sum, hash_total, field_checksum, referential, business_rule, sample
	Dataset   string   `json:"dataset"`
	Columns   []string `json:"columns"`
	GroupBy   []string `json:"group_by"`
	Tolerance string   `json:"tolerance"`
	Required  bool     `json:"required"`
}

// Secrets counts the secrets that stand in the configuration in clear, and says where they stand.
type Secrets struct {
	InlineCount  *int    `json:"inline_count"`
	InlinePlaces []Place `json:"inline_places"`
}

// Place is an attribute of the configuration.
type Place struct {
	ID   string `json:"id"` // address of the block and name of the attribute
	File string `json:"file"`
	Line int    `json:"line"`
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
