package policy

import "fmt"

// Result is what a rule found.
type Result string

// Undecidable is a rule that lacks a fact; it counts like Fail. Waived is a failure that an exemption accepts.
const (
	Pass          Result = "pass"
	Fail          Result = "fail"
	Waived        Result = "waived"
	NotApplicable Result = "not_applicable"
	Undecidable   Result = "undecidable"
)

// Level is what a failure does.
type Level string

// Deny stops the plan; Warn is reported.
const (
	Deny Level = "deny"
	Warn Level = "warn"
)

// Subject is what a verdict is about. Kind is plan, system, dataset, field, secret; ID is an address of the
// configuration. File and Line are where it stands, "" and 0 where that is nowhere.
type Subject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// Verdict is the answer of one rule about one subject.
type Verdict struct {
	Control  string  `json:"control"`
	Title    string  `json:"title"`
	Subject  Subject `json:"subject"`
	Result   Result  `json:"result"`
	Level    Level   `json:"level"`
	Waivable bool    `json:"waivable"`
	Message  string  `json:"message"`
	Remedy   string  `json:"remedy"`

	// What follows is left out where a rule does not say it.
	Variant      string     `json:"variant,omitempty"`      // D: designed so; O: it ran and held
	Severity     string     `json:"severity,omitempty"`     // critical, high, medium, low
	Verification string     `json:"verification,omitempty"` // of the citation: V read, S from a secondary source, U not verified, own
	Citations    []Citation `json:"citations,omitempty"`
	Facts        []string   `json:"facts,omitempty"`  // what the document does not say, of an undecidable verdict
	Waiver       string     `json:"waiver,omitempty"` // the waiver that accepts the failure
	More         int        `json:"more,omitempty"`   // so many more subjects have this result
}

// Citation is the place in a law or standard that a rule is about.
type Citation struct {
	Law       string `json:"law"`
	Reference string `json:"reference"`
}

// Denies reports whether the verdict stops the plan: a rule of level deny that failed or could not decide, and a waiver
// of a rule that cannot be waived.
func (v Verdict) Denies() bool {
	switch v.Result {
	case Pass, NotApplicable:
		return false
	case Waived:
		return !v.Waivable
	}
	return v.Level != Warn
}

func (v Verdict) valid() error {
	switch v.Result {
	case Pass, Fail, Waived, NotApplicable, Undecidable:
	default:
		return fmt.Errorf("the verdict of %q has the unknown result %q", v.Control, v.Result)
	}
	if v.Level != Deny && v.Level != Warn {
		return fmt.Errorf("the verdict of %q has the unknown level %q", v.Control, v.Level)
	}
	if v.Control == "" {
		return fmt.Errorf("a verdict about %q names no control", v.Subject.ID)
	}
	return nil
}

// Verdicts are all answers of one review.
type Verdicts []Verdict

// Denied reports whether the plan is stopped. No verdicts at all stop it too.
func (vs Verdicts) Denied() bool {
	for _, v := range vs {
		if v.Denies() {
			return true
		}
	}
	return len(vs) == 0
}

// Tally counts verdicts by their effect.
type Tally struct {
	Pass          int `json:"pass"`
	Warn          int `json:"warn"`
	Deny          int `json:"deny"`
	Waived        int `json:"waived"`
	NotApplicable int `json:"not_applicable"`
}

// Tally counts every verdict once.
func (vs Verdicts) Tally() Tally {
	var n Tally
	for _, v := range vs {
		switch {
		case v.Denies():
			n.Deny++
		case v.Result == Pass:
			n.Pass++
		case v.Result == NotApplicable:
			n.NotApplicable++
		case v.Result == Waived:
			n.Waived++
		default:
			n.Warn++
		}
	}
	return n
}
