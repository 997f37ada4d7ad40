package policy

import "time"

// Index finds fields without a walk over all of them. Values are ids of fields.
type Index struct {
	ByClass            map[string][]string `json:"by_class"`             // by effective class
	UnprotectedByClass map[string][]string `json:"unprotected_by_class"` // those of them that nothing, or a hash without a key, hides
	ByDataset          map[string][]string `json:"by_dataset"`
	Unclassified       []string            `json:"unclassified"`   // about which nobody decided
	EdgesByClass       map[string][]string `json:"edges_by_class"` // ids of transfers that carry the class
}

// Action is what the plan does to one table. Kind says it in the words of data; record is what touches no row and no
// table, only what is remembered of them. Operation is the plan's own word for it, nil where no mapping does it.
type Action struct {
	Kind        string  `json:"kind" enum:"create update delete truncate drop overwrite merge alter record"`
	Operation   *string `json:"operation" enum:"create append upsert backfill remap alter reload prune repair adopt govern map_keys move forget delete discard rollback"`
	Mapping     *string `json:"mapping"` // its address
	Dataset     string  `json:"dataset"`
	Destructive bool    `json:"destructive"`
	Reversible  bool    `json:"reversible"`
	Rows        *int64  `json:"rows"`
	// Category is the gravest of the reasons; Irreversible says that something that stood is gone afterwards, and Exposure
	// that data come where they are less protected, which no author can say away.
	Category     *string   `json:"category" enum:"metadata additive corrective breaking"`
	Irreversible bool      `json:"irreversible"`
	Exposure     bool      `json:"exposure"`
	Reasons      []string  `json:"reasons"`    // codes
	TreatedAs    []Treated `json:"treated_as"` // reasons that the author takes for another category
	// Classes are those of the data in the table, nil where nobody knows what it holds.
	Classes        []string `json:"classes"`
	Backup         Backup   `json:"backup"`
	ApprovalRef    *string  `json:"approval_ref"`
	CertificateRef *string  `json:"certificate_ref"`
}

// Treated is a reason that the author takes for another category than its own, and why.
type Treated struct {
	Code     string `json:"code"`
	From     string `json:"from" enum:"metadata additive corrective breaking"`
	Category string `json:"category" enum:"metadata additive corrective breaking"`
	Reason   string `json:"reason"`
}

// Backup is the copy that an action can be undone with.
type Backup struct {
	Ref             *string `json:"ref"`
	TakenAt         *string `json:"taken_at"`
	Verified        *bool   `json:"verified"`
	Immutable       *bool   `json:"immutable"`
	RestoreTestedAt *string `json:"restore_tested_at"`
}

// Verification is how the result will be proven.
type Verification struct {
	Level    string    `json:"level" enum:"none counts checksums full"`
	Controls []Control `json:"controls"`
}

// Control is one check that has to balance. Tolerance is a decimal number. One that does not run stands as it is
// configured: the plan moves no row of its table.
type Control struct {
	ID        string   `json:"id"`
	Type      string   `json:"type" enum:"row_balance sum hash_total field_checksum referential business_rule sample"`
	Dataset   string   `json:"dataset"`
	Columns   []string `json:"columns"`
	GroupBy   []string `json:"group_by"`
	Tolerance string   `json:"tolerance"`
	Required  bool     `json:"required"`
	Runs      bool     `json:"runs"`
}

// Quality is how many rows may be refused over all mappings, and what becomes of them. MaxRejectRatio is a part of 1.
type Quality struct {
	MaxRejectRows  int64      `json:"max_reject_rows"`
	MaxRejectRatio float64    `json:"max_reject_ratio"`
	OnBreach       string     `json:"on_breach" enum:"abort"`
	Quarantine     Quarantine `json:"quarantine"`
}

// Quarantine is where refused rows are listed. System is nil where no row can get there.
type Quarantine struct {
	System        *string `json:"system"`
	Masked        *bool   `json:"masked"`
	RetentionDays *int64  `json:"retention_days"`
}

// Anonymity is whether the result still tells people apart. T is a decimal number.
type Anonymity struct {
	Claim           *string  `json:"claim" enum:"none pseudonymised anonymised safe_harbor expert limited_data_set"`
	Release         *string  `json:"release" enum:"internal restricted public"`
	QI              []string `json:"qi"`
	K               *int64   `json:"k"`
	L               *int64   `json:"l"`
	T               *string  `json:"t"`
	SmallNumber     *int64   `json:"small_number"`
	IntruderTestRef *string  `json:"intruder_test_ref"`
	KeyDestroyed    *bool    `json:"key_destroyed"`
	ReportRef       *string  `json:"report_ref"`
	ReportExpires   *string  `json:"report_expires"`
	DUARef          *string  `json:"dua_ref"`
	RecordCode      *string  `json:"record_code"`
}

// Clinical is the safety of people who are treated by the data.
type Clinical struct {
	HazardLogRef            *string  `json:"hazard_log_ref"`
	OpenUnacceptableHazards *int64   `json:"open_unacceptable_hazards"`
	CSCRRef                 *string  `json:"cscr_ref"`
	CSCRVersion             *string  `json:"cscr_version"`
	CSO                     CSO      `json:"cso"`
	DCB0160Ref              *string  `json:"dcb0160_ref"`
	ApproachRef             *string  `json:"approach_ref"`
	Exclusions              []string `json:"exclusions"`
	CSCREngineVersion       *string  `json:"cscr_engine_version"`
}

// CSO is the clinical safety officer.
type CSO struct {
	ID           *string `json:"id"`
	Registration *string `json:"registration"`
}

// Audit is what is written down of who did what.
type Audit struct {
	Enabled          *bool     `json:"enabled"`
	Sink             *string   `json:"sink"`
	Immutable        *bool     `json:"immutable"`
	HashChain        HashChain `json:"hash_chain"`
	Fields           []string  `json:"fields"`
	RetentionDays    *int64    `json:"retention_days"`
	OnlineDays       *int64    `json:"online_days"`
	PIIInLogs        *string   `json:"pii_in_logs" enum:"none masked present"`
	Clock            *string   `json:"clock"`
	AccessRestricted *bool     `json:"access_restricted"`
	EvidenceSink     *string   `json:"evidence_sink"`
	NotificationsPAN *string   `json:"notifications_pan"`
}

// HashChain is how entries are chained, and what holds the end of the chain from outside.
type HashChain struct {
	Alg    *string `json:"alg" enum:"sha256"`
	Anchor *string `json:"anchor" enum:"tsa rekor ticket object_lock"`
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

// Drift is what differs between what was planned or written and what is there.
type Drift struct {
	Detected  *bool      `json:"detected"`
	CheckedAt *time.Time `json:"checked_at"`
	Items     []Drifted  `json:"items"`
}

// Drifted is one difference.
type Drifted struct {
	Dataset string `json:"dataset"`
	Kind    string `json:"kind" enum:"rows schema content"`
	Count   *int64 `json:"count"`
}

// Risk is a score from 0 to 100 with what it is made of.
type Risk struct {
	Score   int      `json:"score"`
	Factors []Factor `json:"factors"`
}

// Factor is one part of the score.
type Factor struct {
	ID     string `json:"id"`
	Points int    `json:"points"`
}

// Run is what a run came to.
type Run struct {
	ID              string      `json:"id"`
	Started         time.Time   `json:"started"`
	Ended           *time.Time  `json:"ended"`
	Status          string      `json:"status" enum:"running done partial interrupted"`
	Counts          Counts      `json:"counts"`
	Controls        []Balance   `json:"controls"`
	Exceptions      []Exception `json:"exceptions"`
	Profile         Profile     `json:"profile"`
	PolicyDecisions []Decision  `json:"policy_decisions"`
	ChainVerified   *bool       `json:"chain_verified"`
}

// Counts are rows.
type Counts struct {
	Read        int64 `json:"read"`
	Written     int64 `json:"written"`
	Filtered    int64 `json:"filtered"`
	Rejected    int64 `json:"rejected"`
	Quarantined int64 `json:"quarantined"`
}

// Balance is the result of one control. Its numbers are decimal.
type Balance struct {
	ID       string  `json:"id"`
	Expected *string `json:"expected"`
	Actual   *string `json:"actual"`
	Diff     *string `json:"diff"`
	Pass     bool    `json:"pass"`
}

// Exception is rows that were refused for one reason.
type Exception struct {
	Dataset     string  `json:"dataset"`
	Code        string  `json:"code"`
	Count       int64   `json:"count"`
	Disposition *string `json:"disposition"` // what became of them, null where nobody said
	Approver    *string `json:"approver"`    // who accepted that
}

// Profile is what was measured of the written rows.
type Profile struct {
	K       *int64 `json:"k"`
	L       *int64 `json:"l"`
	PANHits *int64 `json:"pan_hits"`
}

// Decision is what one review decided.
type Decision struct {
	Rules   string    `json:"rules"`
	At      time.Time `json:"at"`
	Allowed bool      `json:"allowed"`
}
