package policy

import "time"

// Bundle is a set of rules that takes part in the review.
type Bundle struct {
	Name      string    `json:"name"`
	Version   *string   `json:"version"`
	Revision  *string   `json:"revision"`
	Digest    string    `json:"digest"`
	Origin    string    `json:"origin" enum:"embedded module remote"`
	Signature Signature `json:"signature"`
	Expires   *string   `json:"expires"`
}

// Signature says whether a bundle's signature was looked at and good.
type Signature struct {
	Verified *bool   `json:"verified"`
	KeyID    *string `json:"key_id"`
}

// Project is the root module.
type Project struct {
	ID            string     `json:"id"`
	Controller    Controller `json:"controller"`
	Role          *string    `json:"role" enum:"controller joint processor"`
	Jurisdictions []string   `json:"jurisdictions" enum:"uk eu us"`
	Frameworks    []string   `json:"frameworks" enum:"gdpr_uk gdpr_eu nhs pci_dss sox hipaa bcbs239 cqc"`
	Profile       *string    `json:"profile" enum:"advisory standard strict"`
}

// Controller is who answers for the data.
type Controller struct {
	Name            *string `json:"name"`
	Contact         *string `json:"contact"`
	DPO             *string `json:"dpo"`
	PublicAuthority *bool   `json:"public_authority"`
}

// Plan names the plan that is reviewed.
type Plan struct {
	ID           string     `json:"id"`
	PlanDigest   string     `json:"plan_digest"`
	IntentDigest string     `json:"intent_digest"`
	ConfigDigest string     `json:"config_digest"`
	CreatedAt    time.Time  `json:"created_at"`
	ExpiresAt    *time.Time `json:"expires_at"`
	Source       Source     `json:"source"`
	Flags        Flags      `json:"flags"`
	// LeftOut are the addresses of the mappings that the command leaves out. What they are is in the document all the same,
	// so that no rule misses one; none of the actions is theirs.
	LeftOut      []string `json:"left_out"`
	Category     *string  `json:"category" enum:"metadata additive corrective breaking"` // the gravest of its actions, nil without one
	Irreversible bool     `json:"irreversible"`                                          // one of its actions is
	Exposure     bool     `json:"exposure"`
}

// Source is where the configuration comes from. Claimed says that nobody proved it.
type Source struct {
	Repo            *string `json:"repo"`
	Commit          *string `json:"commit"`
	BranchProtected *bool   `json:"branch_protected"`
	Dirty           *bool   `json:"dirty"`
	Signed          *bool   `json:"signed"`
	Claimed         bool    `json:"claimed"`
	Reviewed        *bool   `json:"reviewed"`
}

// Flags are options of the command that narrow or weaken the plan.
type Flags struct {
	TargetSubset []string `json:"target_subset"`
	SkipVerify   bool     `json:"skip_verify"`
	Force        bool     `json:"force"`
}

// Change is the change that a plan belongs to, as a file and the program that runs the work tell it. Approvals are only
// those whose signature is good; nil where there is none, which is not the same as that nobody agreed.
type Change struct {
	Ticket               Ticket     `json:"ticket"`
	Reason               *string    `json:"reason"`
	SecurityImpact       *string    `json:"security_impact"`
	Emergency            *bool      `json:"emergency"`
	PostReviewDue        *string    `json:"post_review_due"`
	Author               Author     `json:"author"`
	Applier              Applier    `json:"applier"`
	Approvals            []Approval `json:"approvals"`
	Tests                []Test     `json:"tests"`
	Rollback             Rollback   `json:"rollback"`
	Window               Window     `json:"window"`
	OpenEmergencies      *int64     `json:"open_emergencies"`
	CDEChanged           *bool      `json:"cde_changed"`
	ScopeConfirmationRef *string    `json:"scope_confirmation_ref"`
	DataFlowRef          *string    `json:"data_flow_ref"`
	OverrideRef          *string    `json:"override_ref"`
	ExpectedMinutes      *int64     `json:"expected_minutes"`
	IncidentRef          *string    `json:"incident_ref"`
	RiskAssessmentRef    *string    `json:"risk_assessment_ref"`
	Purges               []string   `json:"purges"` // addresses of the mappings whose rows it is to delete
}

// Ticket is the record of a change.
type Ticket struct {
	ID           *string `json:"id"`
	System       *string `json:"system"`
	State        *string `json:"state" enum:"draft approved implementing closed"`
	Type         *string `json:"type" enum:"standard normal emergency"`
	URL          *string `json:"url"`
	ConfigCommit *string `json:"config_commit"`
}

// Author is who wrote the change. Claimed says that nobody proved it.
type Author struct {
	ID      *string `json:"id"`
	Type    *string `json:"type" enum:"human service"`
	Claimed bool    `json:"claimed"`
}

// Applier is who carries it out. Claimed says that nobody proved it.
type Applier struct {
	ID          *string `json:"id"`
	Type        *string `json:"type" enum:"human service"`
	TriggeredBy *string `json:"triggered_by"`
	Auth        *string `json:"auth" enum:"oidc mfa password"`
	Shared      *bool   `json:"shared"`
	Claimed     bool    `json:"claimed"`
	Owner       *string `json:"owner"`
	Interactive *bool   `json:"interactive"`
	HostInCDE   *bool   `json:"host_in_cde"`
}

// Approval is an agreement to what a plan means to do, by a person whose signature was checked.
type Approval struct {
	Actor        string   `json:"actor"`
	Roles        []string `json:"roles" enum:"data_owner it dpo caldicott_guardian cso siro controller"`
	At           *string  `json:"at"`
	IntentDigest string   `json:"intent_digest"`
	EvidenceURL  *string  `json:"evidence_url"`
	Verified     bool     `json:"verified"`
}

// Test is a run of the same configuration somewhere else.
type Test struct {
	Environment  *string `json:"environment" enum:"prod preprod test dev training"`
	ConfigDigest *string `json:"config_digest"`
	Verification *string `json:"verification" enum:"pass fail"`
	At           *string `json:"at"`
}

// Rollback is how the change can be taken back.
type Rollback struct {
	Strategy *string `json:"strategy" enum:"restore reverse blue_green none"`
	TestedAt *string `json:"tested_at"`
}

// Window is when it may be carried out. Freeze says that nothing may now.
type Window struct {
	Start  *string `json:"start"`
	End    *string `json:"end"`
	Freeze *bool   `json:"freeze"`
}

// Processing is what the data is used for, and why it may be.
type Processing struct {
	ActivityID          *string       `json:"activity_id"`
	RopaRef             *string       `json:"ropa_ref"`
	Purposes            []string      `json:"purposes"`
	PurposeCompat       Compatibility `json:"purpose_compat"`
	LegalBasis          LegalBasis    `json:"legal_basis"`
	DPIA                DPIA          `json:"dpia"`
	DataSubjects        []string      `json:"data_subjects"`
	SubjectEstimate     *int64        `json:"subject_estimate"`
	Recipients          []string      `json:"recipients"`
	PrivacyNoticeRef    *string       `json:"privacy_notice_ref"`
	AutomatedDecisions  *bool         `json:"automated_decisions"`
	SourcePurposes      []string      `json:"source_purposes"`
	NewTechnology       *bool         `json:"new_technology"`
	Research            Research      `json:"research"`
	MinimumNecessaryRef *string       `json:"minimum_necessary_ref"`
}

// Compatibility is why further purposes go with the first one.
type Compatibility struct {
	Basis *string `json:"basis"`
	Ref   *string `json:"ref"`
}

// LegalBasis is why personal data may be processed.
type LegalBasis struct {
	Art6                *string `json:"art6" enum:"a b c d e ea f"`
	Art9                *string `json:"art9" enum:"a b c d e f g h i j"`
	Art10               *string `json:"art10"`
	UKDPASch1           *string `json:"uk_dpa_sch1"`
	CommonLaw           *string `json:"common_law" enum:"direct_care explicit_consent s251 statute public_interest anonymised n/a"`
	CAGRef              *string `json:"cag_ref"`
	CAGExpires          *string `json:"cag_expires"`
	LIARef              *string `json:"lia_ref"`
	ProfessionalSecrecy *bool   `json:"professional_secrecy"`
	ConsentProofRef     *string `json:"consent_proof_ref"`
}

// DPIA is the data protection impact assessment.
type DPIA struct {
	Ref                 *string  `json:"ref"`
	Status              *string  `json:"status" enum:"none draft approved"`
	ApprovedAt          *string  `json:"approved_at"`
	Expires             *string  `json:"expires"`
	ResidualRisk        *string  `json:"residual_risk" enum:"low medium high"`
	Covers              []string `json:"covers"`
	ConsultationRef     *string  `json:"consultation_ref"`
	ConsultationOutcome *string  `json:"consultation_outcome"`
	CoversChildren      *bool    `json:"covers_children"`
}

// Research is what holds for research, statistics and archives.
type Research struct {
	NecessityRef            *string `json:"necessity_ref"`
	IndividualDecisions     *bool   `json:"individual_decisions"`
	ApprovedMedicalResearch *bool   `json:"approved_medical_research"`
}
