package rego

import (
	"fmt"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
)

// soon is how long before its end a waiver is reported.
const soon = 30 * 24 * time.Hour

// noted adds what CORE-03 reports of waivers that count and stop nothing: that one ends soon, and that one accepts
// nothing. What is wrong with a waiver the control itself finds.
func (e *Evaluator) noted(in ast.Value, all policy.Verdicts) policy.Verdicts {
	if len(e.waivers) == 0 {
		return all
	}
	at := reviewedAt(in)
	c := e.controls["CORE-03"]
	for _, w := range e.waivers {
		note := policy.Verdict{Control: c.Name(), Title: c.Title, Subject: policy.Subject{Kind: "waiver", ID: "waiver " + w.ID}, Result: policy.Fail, Level: policy.Warn,
			Variant: c.Variant, Severity: "low", Verification: c.Verification, Citations: c.Citations}
		if left := w.ExpiresAt.Sub(at); !at.IsZero() && left > 0 && left <= soon {
			note.Message = fmt.Sprintf("Waiver %s of %s ends %s.", w.ID, w.Control, w.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC"))
			note.Remedy = "Mend what it accepts, or have it renewed before that day."
			all = append(all, note)
		}
		if !slices.ContainsFunc(all, func(v policy.Verdict) bool { return v.Waiver == w.ID || v.Denies() && v.Subject.ID == "waiver "+w.ID }) {
			note.Message = fmt.Sprintf("Waiver %s accepts nothing: %s did not fail about %s.", w.ID, w.Control, w.Subject)
			note.Remedy = "Remove it, or write the control and the subject exactly as a verdict names them."
			all = append(all, note)
		}
	}
	return all
}

// reviewedAt is the time that the document says it is, the zero time where it says none: CORE-01 finds that.
func reviewedAt(in ast.Value) time.Time {
	said, err := in.Find(ast.Ref{ast.StringTerm("evaluated_at")})
	if err != nil {
		return time.Time{}
	}
	text, _ := said.(ast.String)
	at, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return time.Time{}
	}
	return at
}
