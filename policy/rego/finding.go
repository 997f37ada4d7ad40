package rego

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/policy"
)

// finding is a result object of a rule.
type finding struct {
	ID       string         `json:"id"`
	Control  string         `json:"control_id"`
	Variant  string         `json:"variant"`
	Status   policy.Result  `json:"status"`
	Level    policy.Level   `json:"level"`
	Severity string         `json:"severity"`
	Waivable bool           `json:"waivable"`
	Waiver   *string        `json:"waiver"`
	Subject  policy.Subject `json:"subject"`
	Message  string         `json:"msg"`
	Remedy   string         `json:"remediation"`
	Title    string         `json:"title"`
	Facts    []string       `json:"facts"`
	More     int            `json:"more"`

	own, advisory bool
}

// silent is the answer of own rules that found nothing wrong.
func silent(p string) finding {
	return finding{
		ID: p, Control: p, Status: policy.Pass, Level: policy.Deny, Waivable: true,
		Subject: policy.Subject{Kind: "plan", ID: "plan"}, Message: "The rules of " + p + " found nothing wrong.",
	}
}

func (f finding) verdict() policy.Verdict {
	v := policy.Verdict{
		Control: f.ID, Title: f.Title, Subject: f.Subject, Result: f.Status, Level: f.Level, Waivable: f.Waivable,
		Message: f.Message, Remedy: f.Remedy, Variant: f.Variant, Severity: f.Severity, Facts: f.Facts, More: f.More,
	}
	if f.Waiver != nil {
		v.Waiver = *f.Waiver
	}
	if f.advisory {
		v.Level = policy.Warn
	}
	return v
}

// verdicts turns findings into verdicts, in one order. What rules of a project say in the name of a pack's control is an
// error, as it could hide what the control says.
func (e *Evaluator) verdicts(found []finding) (policy.Verdicts, error) {
	out := make(policy.Verdicts, 0, len(found))
	for _, f := range found {
		c, known := e.controls[f.ID]
		switch {
		case f.own && (known || e.isControl(f.Control)):
			return nil, fmt.Errorf("rules of the project answer as %s, which is a control of a pack; choose another id", f.ID)
		case !f.own && !known:
			return nil, fmt.Errorf("a pack answers as %q, which no annotation describes", f.ID)
		}
		v, err := f.verdict(), error(nil)
		if known {
			advisory := f.advisory
			if v, err = c.verdict(f); err != nil {
				return nil, err
			}
			if advisory {
				v.Level = policy.Warn
			}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b policy.Verdict) int {
		return cmp.Or(cmp.Compare(a.Control, b.Control), cmp.Compare(a.Subject.Kind, b.Subject.Kind), cmp.Compare(a.Subject.ID, b.Subject.ID))
	})
	return out, nil
}

func (e *Evaluator) isControl(id string) bool {
	for _, c := range e.controls {
		if c.ID == id {
			return true
		}
	}
	return false
}
