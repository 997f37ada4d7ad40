package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatLacksFactsIsNamedOnceByCORE01(t *testing.T) {
	plan := Subject{Kind: "plan", ID: "plan", File: "main.miq.hcl", Line: 1}
	field := Subject{Kind: "field", ID: "mapping.a.field.b", File: "main.miq.hcl", Line: 9}
	lacks := func(control string, at Subject, facts ...string) Verdict {
		return Verdict{Control: control, Title: "of " + control, Subject: at, Result: Undecidable, Level: Deny, Facts: facts}
	}
	again := func(of string, at Subject, facts ...string) Verdict {
		return Verdict{Control: "CORE-01", Title: "Whole", Subject: at, Result: Fail, Level: Deny, Message: of + " needs facts", Remedy: "Plan anew", Facts: facts}
	}
	own := Verdict{Control: "CORE-01", Title: "Whole", Subject: plan, Result: Pass, Level: Deny}
	warned := lacks("W-1", plan, "audit.clock")
	warned.Level = Warn
	waived := lacks("X-1", plan, "dpia.ref")
	waived.Result, waived.Waivable = Waived, true
	cases := map[string]struct {
		have, want Verdicts
		deny       int
	}{
		"nothing lacks a fact": {have: Verdicts{own, {Control: "A-1", Result: Fail, Level: Deny}}, want: Verdicts{own, {Control: "A-1", Result: Fail, Level: Deny}}, deny: 1},
		"two lack facts of the change and of the configuration, one is waived and one only warns": {
			have: Verdicts{own, again("B-1", field, "fields.*.classification.decision"), again("A-1", plan, "change.approvals", "change.tests"), lacks("A-1", plan, "change.approvals", "change.tests"), lacks("B-1", field, "fields.*.classification.decision"), warned, waived},
			want: Verdicts{own,
				{Control: "CORE-01", Title: "Whole", Subject: plan, Result: Fail, Level: Deny, Message: "Whole: A-1 and B-1 cannot be decided for want of facts.",
					Remedy: "Declare in the configuration what each of them names. State what each of them names of the change in the file of --change; approvals in it count with --approvers.",
					Facts:  []string{"fields.*.classification.decision", "change.approvals", "change.tests"}},
				lacks("A-1", plan, "change.approvals", "change.tests"), lacks("B-1", field, "fields.*.classification.decision"), warned, waived},
			deny: 3,
		},
		"one control lacks a fact about two fields": {
			have: Verdicts{again("B-1", field, "x.y"), again("B-1", plan, "x.y"), lacks("B-1", field, "x.y"), lacks("B-1", plan, "x.y")},
			want: Verdicts{
				{Control: "CORE-01", Title: "Whole", Subject: plan, Result: Fail, Level: Deny, Message: "Whole: B-1 cannot be decided for want of facts.", Remedy: "Declare in the configuration what each of them names.", Facts: []string{"x.y"}},
				lacks("B-1", field, "x.y"), lacks("B-1", plan, "x.y")},
			deny: 3,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := append(Verdicts{}, c.have...)
			got := c.have.Folded()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("folded verdicts (-want +got):\n%s", diff)
			}
			if n := got.Tally().Deny; n != c.deny || got.Denied() != c.have.Denied() {
				t.Errorf("folded: got %d that deny and denied %v, want %d and %v", n, got.Denied(), c.deny, c.have.Denied())
			}
			if diff := cmp.Diff(before, c.have); diff != "" {
				t.Errorf("the verdicts given in (-before +after):\n%s", diff)
			}
		})
	}
}
