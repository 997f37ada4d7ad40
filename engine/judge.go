package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// reviewed is what is kept of a review with a plan.
func reviewed(all policy.Verdicts) *plan.Reviewed {
	out := &plan.Reviewed{Denied: []plan.Decision{}, Waived: []plan.Decision{}}
	for _, v := range all {
		one := plan.Decision{Control: v.Control, Subject: v.Subject.ID, Waiver: v.Waiver}
		switch {
		case v.Denies():
			out.Denied = append(out.Denied, one)
		case v.Result == policy.Waived:
			out.Waived = append(out.Waived, one)
		}
	}
	return out
}

// worse lists what denies a saved plan now and did not when it was made; why is in the verdicts. Of one that was denied as
// a whole there is nothing to tell: nobody could have relied on it.
func worse(cfg *lang.Config, p *plan.Plan, now policy.Verdicts, at time.Time) []StaleReason {
	if p.Reviewed == nil || len(p.Reviewed.Denied) > 0 {
		return nil
	}
	var out []StaleReason
	var deny []string
	for _, v := range now.Folded() {
		if !v.Denies() {
			continue
		}
		i := slices.IndexFunc(p.Reviewed.Waived, func(d plan.Decision) bool { return d.Control == v.Control && d.Subject == v.Subject.ID })
		if i >= 0 {
			out = append(out, StaleReason{Code: "EXEMPTION", Text: fmt.Sprintf("exemption %s of %s about %s %s", p.Reviewed.Waived[i].Waiver, v.Control, v.Subject.ID, ended(cfg, p.Reviewed.Waived[i].Waiver, at))})
			continue
		}
		if !slices.Contains(deny, v.Control) {
			deny = append(deny, v.Control)
		}
	}
	if len(deny) > 0 {
		out = slices.Insert(out, 0, StaleReason{Code: "POLICY", Text: denies(deny) + " now, and did not when the plan was made"})
	}
	if len(out) > 0 && p.Inputs.Config != cfg.Digest {
		out = append(out, StaleReason{Code: "CONFIG", Text: "the configuration differs from the plan's" + listed(differing(p, cfg))})
	}
	return out
}

func denies(controls []string) string {
	if len(controls) == 1 {
		return controls[0] + " denies"
	}
	last := len(controls) - 1
	return strings.Join(controls[:last], ", ") + " and " + controls[last] + " deny"
}

// needsApproval says that a saved plan lacks nothing but approvals. It can be applied as it is once they are handed in,
// so it is not stale.
func needsApproval(p *Planned) bool {
	return p.LacksApproval && !slices.ContainsFunc(p.Worse, func(r StaleReason) bool { return r.Code != "POLICY" })
}

func ended(cfg *lang.Config, name string, at time.Time) string {
	for _, x := range cfg.Exemptions {
		if x.Title() == name && x.Ends().Before(at) {
			return "ended with " + x.Expires
		}
	}
	return "does not count any more"
}

// decided is what the state keeps of a review: the gravest result by control, and the exemptions that were used.
func decided(ok policy.Permit, all policy.Verdicts) state.Policy {
	out := state.Policy{Rules: ok.Rules()}
	grave := []policy.Result{policy.NotApplicable, policy.Pass, policy.Waived, policy.Undecidable, policy.Fail}
	for _, v := range all {
		if out.Decisions == nil {
			out.Decisions = map[string]string{}
		}
		if have := policy.Result(out.Decisions[v.Control]); slices.Index(grave, v.Result) > slices.Index(grave, have) {
			out.Decisions[v.Control] = string(v.Result)
		}
		if v.Waiver != "" && !slices.Contains(out.Exemptions, v.Waiver) {
			out.Exemptions = append(out.Exemptions, v.Waiver)
		}
	}
	slices.Sort(out.Exemptions)
	return out
}

// reviewRun asks the policies once more, now about what the run came to. Nothing is taken back where they say no.
func (e *Engine) reviewRun(ctx context.Context, cfg *lang.Config, p *plan.Plan, o *opened, report *Report, started time.Time) error {
	r, err := e.cameTo(ctx, p, o, report, started)
	if err == nil {
		r.ChainVerified, err = e.chainVerified(ctx, cfg)
	}
	if err != nil {
		return fmt.Errorf("collect what the run came to for the policies; the rows stand: %w", err)
	}
	in, err := e.document(cfg, p, policy.AtVerify, r)
	if err == nil {
		r.Profile, err = e.profile(ctx, p, o, in)
	}
	if err != nil {
		return fmt.Errorf("review the run; the rows stand: %w", err)
	}
	_, found, err := policy.Review(ctx, e.Rules, in)
	if err != nil {
		return fmt.Errorf("review the run; the rows stand: %w", err)
	}
	report.Verdicts = placed(cfg, p, in, found)
	return nil
}

// cameTo is the run as the policies see it.
func (e *Engine) cameTo(ctx context.Context, p *plan.Plan, o *opened, report *Report, started time.Time) (*policy.Run, error) {
	ended := e.Now().UTC()
	out := &policy.Run{ID: report.Run, Started: started.UTC(), Ended: &ended, Status: "done", Exceptions: []policy.Exception{},
		PolicyDecisions: []policy.Decision{{Rules: e.Rules.Digest(), At: ended, Allowed: true}}}
	results, unchanged := map[string]review.Result{}, int64(0)
	for _, m := range report.Mappings {
		out.Counts.Written += m.Written
		out.Counts.Filtered += m.Filtered
		out.Counts.Quarantined += m.Rejected              // every row that is refused is listed in the ledger
		unchanged += m.Unchanged + m.Conflicts - m.Closed // which no row that was read became
		one := review.Result{Proved: m.Verified != "", Differs: m.Mismatch, Rows: m.Rows, Checks: map[string]bool{}}
		for _, c := range m.Checks {
			one.Checks[c.Kind+" "+c.Name] = c.Pass
		}
		results[m.Address] = one
	}
	out.Counts.Read = out.Counts.Written + out.Counts.Filtered + out.Counts.Quarantined + unchanged
	left := map[string]string{}
	for _, s := range report.Skipped {
		left[s.Address] = s.Reason
	}
	out.Controls = review.Balances(p.Without(left), results)
	if out.Counts.Quarantined == 0 {
		return out, nil
	}
	var err error
	out.Exceptions, err = exceptions(ctx, p, o, report.Run)
	return out, err
}

// exceptions counts the refused rows of a run by table and by what they failed. They lie in the ledger of quarantine, and
// nobody has been asked who accepts that.
func exceptions(ctx context.Context, p *plan.Plan, o *opened, run string) ([]policy.Exception, error) {
	out, disposition := []policy.Exception{}, "quarantined"
	for _, m := range p.Mappings {
		if m.Definition == nil {
			continue
		}
		q, can := providers.As[providers.Quarantine](o.ends[m.Definition.Target])
		if !can {
			continue
		}
		table := review.Dataset(m.Definition.Target, m.Definition.TargetTable.String())
		err := q.Rejects(ctx, run, m.UID, func(r providers.Rejected) error {
			i := slices.IndexFunc(out, func(x policy.Exception) bool { return x.Dataset == table && x.Code == r.Rule })
			if i < 0 {
				i, out = len(out), append(out, policy.Exception{Dataset: table, Code: r.Rule, Disposition: &disposition})
			}
			out[i].Count++
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("count the refused rows of %s: %w", m.Address, err)
		}
	}
	return out, nil
}
