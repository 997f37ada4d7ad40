package evidence

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

// oscalVersion is the version of the model that is written.
const oscalVersion = "1.2.0"

// oscal is any object of the model; its members are sorted when it is written.
type oscal map[string]any

// writeOSCAL writes assessment results: an observation for each verdict, a finding for each control, and a risk for each
// failure. Identifiers are made of the decision, so that the same decision is written as the same bytes.
func writeOSCAL(w io.Writer, d Decision) error {
	id, err := d.ids()
	if err != nil {
		return err
	}
	at := d.Input.EvaluatedAt.UTC().Format(time.RFC3339Nano)
	r := oscalResult{decision: d, id: id, at: at}
	names, by := d.controls()
	var include []oscal
	for _, n := range names {
		r.control(n, by[n])
		include = append(include, oscal{"control-id": token(n)})
	}
	result := oscal{"uuid": id("result"), "title": "Policy review of a migration plan", "start": at,
		"description":       fmt.Sprintf("Verdicts of phase %s about plan %s. They check what is declared of the migration and certify nothing.", d.Input.Phase, d.Input.Plan.PlanDigest),
		"props":             props("plan-digest", d.Input.Plan.PlanDigest, "intent-digest", d.Input.Plan.IntentDigest, "phase", string(d.Input.Phase), "policy-digest", value(d.Input.Engine.PolicyDigest, "")),
		"reviewed-controls": oscal{"control-selections": []oscal{selection(include)}}}
	for member, all := range map[string][]oscal{"observations": r.observations, "risks": r.risks, "findings": r.findings} {
		if len(all) > 0 { // the model takes no empty list
			result[member] = all
		}
	}
	plan := id("assessment-plan")
	return writeJSON(w, oscal{"assessment-results": oscal{
		"uuid":      id("assessment-results"),
		"metadata":  oscal{"title": "migrateiq policy review", "last-modified": at, "version": cmp.Or(d.Input.Engine.Version, "unknown"), "oscal-version": oscalVersion},
		"import-ap": oscal{"href": "#" + plan},
		"results":   []oscal{result},
		"back-matter": oscal{"resources": []oscal{{"uuid": plan, "title": "No assessment plan",
			"description": "No OSCAL assessment plan exists for this assessment. What was assessed is the plan and the policy input that the result names by digest."}}},
	}})
}

func selection(include []oscal) oscal {
	if len(include) == 0 {
		return oscal{"description": "No control was asked."}
	}
	return oscal{"include-controls": include}
}

type oscalResult struct {
	decision                      Decision
	id                            func(parts ...string) string
	at                            string
	observations, risks, findings []oscal
}

// control adds the finding of one control, with an observation for each subject.
func (r *oscalResult) control(n string, all policy.Verdicts) {
	var seen, risks []oscal
	for i, v := range all {
		key := []string{n, v.Subject.Kind, v.Subject.ID, fmt.Sprint(i)}
		o := r.id(append([]string{"observation"}, key...)...)
		seen = append(seen, oscal{"observation-uuid": o})
		method := "EXAMINE"
		if v.Variant == "O" {
			method = "TEST"
		}
		r.observations = append(r.observations, oscal{"uuid": o, "title": n + " of " + cmp.Or(v.Subject.ID, "the plan"), "description": whole(v), "methods": []string{method}, "collected": r.at,
			"props": props("result", string(v.Result), "effect", effect(v), "subject-kind", v.Subject.Kind, "subject", v.Subject.ID, "source", place(v.Subject), "missing-facts", strings.Join(v.Facts, " "))})
		if v.Result != policy.Pass && v.Result != policy.NotApplicable {
			risk := r.risk(key, n, v, o)
			risks = append(risks, oscal{"risk-uuid": risk["uuid"]})
			r.risks = append(r.risks, risk)
		}
	}
	f := oscal{"uuid": r.id("finding", n), "title": n, "description": cmp.Or(all[0].Title, n), "related-observations": seen,
		"props":  props("level", string(all[0].Level), "severity", all[0].Severity, "citations", cited(all[0]), "citations-verified", all[0].Verification),
		"target": oscal{"type": "objective-id", "target-id": token(n), "status": status(all)}}
	if len(risks) > 0 {
		f["related-risks"] = risks
	}
	r.findings = append(r.findings, f)
}

func (r *oscalResult) risk(key []string, n string, v policy.Verdict, observation string) oscal {
	risk := oscal{"uuid": r.id(append([]string{"risk"}, key...)...), "title": n + " of " + cmp.Or(v.Subject.ID, "the plan"), "description": whole(v),
		"statement": cmp.Or(v.Remedy, whole(v)), "status": "open", "related-observations": []oscal{{"observation-uuid": observation}}}
	if v.Result != policy.Waived {
		return risk
	}
	risk["status"] = "deviation-approved"
	risk["props"] = props("waiver", v.Waiver)
	if x := exemption(r.decision.Exemptions, v); x != nil {
		risk["statement"] = cmp.Or(x.Reason, whole(v))
		risk["props"] = props("waiver", x.Name, "ticket", x.Ticket, "requested-by", x.RequestedBy, "expires", x.Expires)
	}
	return risk
}

// status of a control is that of its worst verdict. One that is about nothing here is satisfied for another reason than
// that it was met.
func status(all policy.Verdicts) oscal {
	has := map[policy.Result]bool{}
	for _, v := range all {
		has[v.Result] = true
	}
	switch {
	case has[policy.Fail]:
		return oscal{"state": "not-satisfied", "reason": "fail"}
	case has[policy.Undecidable]:
		return oscal{"state": "not-satisfied", "reason": "other", "remarks": "A fact that the control needs was not stated."}
	case has[policy.Waived]:
		return oscal{"state": "not-satisfied", "reason": "fail", "remarks": "The failure is accepted by a waiver."}
	case has[policy.Pass]:
		return oscal{"state": "satisfied", "reason": "pass"}
	}
	return oscal{"state": "satisfied", "reason": "other", "remarks": "The control does not apply."}
}

// props leaves out what is empty: a property has to have a value.
func props(pairs ...string) []oscal {
	var out []oscal
	for i := 0; i < len(pairs); i += 2 {
		if v := strings.Join(strings.Fields(pairs[i+1]), " "); v != "" {
			out = append(out, oscal{"name": pairs[i], "ns": site + "/ns/oscal", "value": v})
		}
	}
	return out
}

// token is a control's name in the letters that the model allows.
func token(n string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return '_'
	}, n)
	if out == "" || out[0] >= '0' && out[0] <= '9' || out[0] == '-' || out[0] == '.' {
		return "_" + out
	}
	return out
}

func place(s policy.Subject) string {
	if s.File == "" || s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}
