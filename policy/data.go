package policy

// System is one endpoint.
type System struct {
	Kind        string    `json:"kind"` // the provider: sqlite, postgres, csv
	Roles       []string  `json:"roles" enum:"source target staging quarantine audit report"`
	Environment *string   `json:"environment" enum:"prod preprod test dev training"`
	LiveData    *bool     `json:"live_data"`
	Region      *string   `json:"region"`
	Country     *string   `json:"country"`
	Operator    Operator  `json:"operator"`
	Transport   Transport `json:"transport"`
	AtRest      AtRest    `json:"at_rest"`
	Access      Access    `json:"access"`
	PCI         PCI       `json:"pci"`
	SOX         SOX       `json:"sox"`
	Clinical    *bool     `json:"clinical"`
}

// Operator is who runs a system.
type Operator struct {
	LegalEntity   *string `json:"legal_entity"`
	ThirdParty    *bool   `json:"third_party"`
	ContractRef   *string `json:"contract_ref"`
	BAARef        *string `json:"baa_ref"`
	SOC1Ref       *string `json:"soc1_ref"`
	DSPT          DSPT    `json:"dspt"`
	SOC1PeriodEnd *string `json:"soc1_period_end"`
	CUECRef       *string `json:"cuec_ref"`
}

// DSPT is a status in the Data Security and Protection Toolkit.
type DSPT struct {
	Status *string `json:"status"`
	Year   *string `json:"year"`
}

// Transport is how a system is reached. A network "local" is this machine, where nothing goes over a wire.
type Transport struct {
	TLS              *bool   `json:"tls"`
	MinVersion       *string `json:"min_version"`
	Verify           *bool   `json:"verify"`
	Network          *string `json:"network" enum:"private hscn internet local"`
	CertInventoryRef *string `json:"cert_inventory_ref"`
	Protocol         *string `json:"protocol"`
}

// AtRest is how a system's data is encrypted where it lies.
type AtRest struct {
	Level         *string   `json:"level" enum:"none disk file column field"`
	Algorithm     *string   `json:"algorithm"`
	Key           AtRestKey `json:"key"`
	EquivalentRef *string   `json:"equivalent_ref"`
}

// AtRestKey is the key of that.
type AtRestKey struct {
	ID                   *string `json:"id"`
	Custody              *string `json:"custody" enum:"hsm kms vault file inline"`
	Custodian            *string `json:"custodian"`
	CryptoperiodEnd      *string `json:"cryptoperiod_end"`
	Status               *string `json:"status" enum:"active retired compromised"`
	WrappedBy            *string `json:"wrapped_by"`
	StrengthBits         *int64  `json:"strength_bits"`
	WrappingStrengthBits *int64  `json:"wrapping_strength_bits"`
}

// Access is who reaches a system.
type Access struct {
	Roles              []string `json:"roles"`
	DenyByDefault      *bool    `json:"deny_by_default"`
	ConnectionRole     *string  `json:"connection_role"`
	Shared             *bool    `json:"shared"`
	LeastPrivilegeRole *string  `json:"least_privilege_role"`
	ReviewedAt         *string  `json:"reviewed_at"`
	StandingAdmin      *bool    `json:"standing_admin"`
}

// PCI is what a system is for the rules of cards.
type PCI struct {
	CDE               *bool   `json:"cde"`
	Issuer            *bool   `json:"issuer"`
	ScopeRef          *string `json:"scope_ref"`
	RetentionCheckRef *string `json:"retention_check_ref"`
}

// SOX is what it is for financial reporting.
type SOX struct {
	InScope *bool `json:"in_scope"`
}

// Transfer is data going from one system to another.
type Transfer struct {
	ID            string  `json:"id"`
	From          string  `json:"from"`
	To            string  `json:"to"`
	FromCountry   *string `json:"from_country"`
	ToCountry     *string `json:"to_country"`
	Recurring     *bool   `json:"recurring"`
	Mechanism     *string `json:"mechanism" enum:"none domestic adequacy sccs bcr idta addendum derogation"`
	MechanismRef  *string `json:"mechanism_ref"`
	AssessmentRef *string `json:"assessment_ref"`
}

// Dataset is one table.
type Dataset struct {
	System           string    `json:"system"`
	Name             string    `json:"name"`
	RecordClass      *string   `json:"record_class"`
	Owner            *string   `json:"owner"`
	Rows             *int64    `json:"rows"`
	OldestRecord     *string   `json:"oldest_record"`
	SubjectKey       *string   `json:"subject_key"` // the id of a field, of a source the name of a column
	ICFR             *bool     `json:"icfr"`
	Clinical         *bool     `json:"clinical"`
	CPI              *bool     `json:"cpi"`
	Retention        Retention `json:"retention"`
	NewestRecord     *string   `json:"newest_record"`
	AssetRef         *string   `json:"asset_ref"`
	PCIJustification *string   `json:"pci_justification"`
	Essential        *bool     `json:"essential"`
}

// Retention is how long rows are kept.
type Retention struct {
	Days      *int64  `json:"days"`
	Trigger   *string `json:"trigger"`
	Disposal  *string `json:"disposal"`
	RuleRef   *string `json:"rule_ref"`
	LegalHold *bool   `json:"legal_hold"`
}

// Field is one column of a target and where its values come from.
type Field struct {
	Dataset        string          `json:"dataset"`
	Column         string          `json:"column"`
	Type           Type            `json:"type"`
	Sources        []Column        `json:"sources"`
	Lineage        Lineage         `json:"lineage"`
	Classification Classification  `json:"classification"`
	ClassSet       map[string]bool `json:"class_set"` // effective classes, after protection
	Protection     Protection      `json:"protection"`
	RequiredFor    []string        `json:"required_for"`
	Justification  *string         `json:"justification"`
	Validators     []Validator     `json:"validators"`
	Terminology    Terminology     `json:"terminology"`
	Unit           Unit            `json:"unit"`
	DictionaryRef  *string         `json:"dictionary_ref"`
	MeaningMapRef  *string         `json:"meaning_map_ref"`
}

// Type is a canonical type. Base is its kind; what the kind does not have is null.
type Type struct {
	Base      string `json:"base"`
	Precision *int   `json:"precision"`
	Scale     *int   `json:"scale" sign:"any"`
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
	Loss          string   `json:"loss" enum:"none truncate round coerce unknown"`
	LossAck       *string  `json:"loss_ack"`
	Rounding      *string  `json:"rounding"`
}

// Classification is what is known of the kind of data in a field. Decision is nil where nobody decided, and "none" is a
// decision too.
type Classification struct {
	Declared   []string    `json:"declared"`
	Detected   []Detection `json:"detected"` // nil: nobody looked at values
	Inherited  []string    `json:"inherited"`
	Decision   []string    `json:"decision"`
	ReviewedBy *string     `json:"reviewed_by"`
}

// Detection is what a look at values found, in counts.
type Detection struct {
	Tag        string  `json:"tag"`
	Detector   string  `json:"detector"`
	Confidence float64 `json:"confidence"`
	N          int64   `json:"n"`
	HitRate    float64 `json:"hit_rate"`
}

// Protection is what hides the values of a field, on the least protected way that a classified column comes by.
type Protection struct {
	Method         string           `json:"method" enum:"none drop redact mask truncate hash hmac token_vault fpe_ff1 encrypt generalise date_shift noise synthetic suppress"`
	Keyed          bool             `json:"keyed"`
	Reversible     bool             `json:"reversible"`
	Key            ProtectionKey    `json:"key"`
	SaltScope      string           `json:"salt_scope" enum:"none project domain row"`
	Params         ProtectionParams `json:"params"`
	CorrelationRef *string          `json:"correlation_ref"`
	NeedRef        *string          `json:"need_ref"`
}

// ProtectionKey is the key of that.
type ProtectionKey struct {
	ID        *string `json:"id"`
	Custody   *string `json:"custody" enum:"hsm kms vault file inline"`
	Custodian *string `json:"custodian"`
	System    *string `json:"system"`
	Bits      *int    `json:"bits"`
	// CryptoperiodEnd and Status are as those of a system's key.
	CryptoperiodEnd *string `json:"cryptoperiod_end"`
	Status          *string `json:"status" enum:"active retired compromised"`
}

// ProtectionParams say how much is left.
type ProtectionParams struct {
	KeepFirst *int    `json:"keep_first"`
	KeepLast  *int    `json:"keep_last"`
	Band      *string `json:"band"`
	ZIP3List  *string `json:"zip3_list"`
}

// Validator is a test that every value of a field has to pass. OnFail is nil where a row that fails stops nothing.
type Validator struct {
	Name   string  `json:"name"`
	OnFail *string `json:"on_fail" enum:"quarantine abort null"`
}

// Terminology is the code system of a field's values.
type Terminology struct {
	System   *string `json:"system"`
	Version  *string `json:"version"`
	MapRef   *string `json:"map_ref"`
	Unmapped *string `json:"unmapped" enum:"quarantine fail null keep"`
}

// Unit is the unit of a field's numbers on both sides.
type Unit struct {
	Source *string `json:"source"`
	Target *string `json:"target"`
}
