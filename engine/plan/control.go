package plan

// Control is totals of fields that must agree on both sides, all together or by groups.
type Control struct {
	Name      string   `json:"name"`
	Sum       []string `json:"sum"`
	By        []string `json:"by,omitempty"`
	Tolerance string   `json:"tolerance"` // plain decimal digits
	At        Place    `json:"at"`
}
