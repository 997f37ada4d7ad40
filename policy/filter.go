package policy

// Filter is a list of people or records that the plan leaves out of a table.
type Filter struct {
	ID        string  `json:"id"`
	Dataset   string  `json:"dataset"`
	Kind      string  `json:"kind" enum:"ndoo consent erasure objection restriction retention synthetic cohort legal_restriction"`
	ListRef   string  `json:"list_ref"`   // the address of the lookup
	ListAsOf  *string `json:"list_as_of"` // a day
	ListHash  string  `json:"list_hash"`  // of the list's content
	Scope     string  `json:"scope" enum:"whole_record fields"`
	Exemption *string `json:"exemption"`
}
