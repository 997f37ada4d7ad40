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
	Exemption *string `json:"exemption"` // why it may be as it is, or the rule that it is exempt under
	// Keeps says what every row that stays is, where a condition says so: a class and the text that its column is held to,
	// as nhs_number_status=01. Nil where there is no condition.
	Keeps []string `json:"keeps"`
}
