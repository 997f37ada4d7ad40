package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

// unstated stands where nobody declared a thing. A record never guesses.
const unstated = "not stated"

// Processing is the record of processing activities of Article 30(1) GDPR, as far as the configuration states it. Every
// list says so where it is empty because nobody stated anything.
type Processing struct {
	Article     string          `json:"article"`
	Activity    string          `json:"activity"`
	Reference   string          `json:"reference"`
	AsOf        string          `json:"as_of"`
	PlanDigest  string          `json:"plan_digest"`
	Controller  processingParty `json:"a_controller"`
	Purposes    []string        `json:"b_purposes"`
	LegalBasis  string          `json:"b_legal_basis"`
	Subjects    []string        `json:"c_data_subjects"`
	Categories  []string        `json:"c_data_categories"`
	Recipients  []string        `json:"d_recipients"`
	Transfers   []string        `json:"e_transfers"`
	Retention   []string        `json:"f_erasure"`
	Measures    []string        `json:"g_security_measures"`
	NotDeclared []string        `json:"not_stated"` // letters of the elements that nobody stated
}

type processingParty struct {
	Name    string `json:"name"`
	Contact string `json:"contact"`
	DPO     string `json:"dpo"`
	Role    string `json:"role"`
}

func processing(d Decision) Processing {
	in := d.Input
	p := Processing{Article: "30(1)", Activity: value(in.Processing.ActivityID, unstated), Reference: value(in.Processing.RopaRef, unstated), AsOf: in.EvaluatedAt.UTC().Format("2006-01-02"),
		PlanDigest: in.Plan.PlanDigest, Purposes: list(in.Processing.Purposes), LegalBasis: basis(in.Processing.LegalBasis), Subjects: list(in.Processing.DataSubjects),
		Categories: slices.Sorted(maps.Keys(in.Index.ByClass)), Recipients: recipients(in), Transfers: transfers(in), Retention: retention(in), Measures: measures(in),
		Controller: processingParty{value(in.Project.Controller.Name, unstated), value(in.Project.Controller.Contact, unstated), value(in.Project.Controller.DPO, unstated), value(in.Project.Role, unstated)}}
	p.Categories = append([]string{}, p.Categories...)
	p.NotDeclared = []string{}
	for _, e := range []struct {
		letter string
		empty  bool
	}{{"a", p.Controller.Name == unstated}, {"b", in.Processing.Purposes == nil}, {"c", in.Processing.DataSubjects == nil}, {"d", in.Processing.Recipients == nil},
		{"e", unknownCountry(in)}, {"f", len(p.Retention) == 0}, {"g", len(p.Measures) == 0}} {
		if e.empty {
			p.NotDeclared = append(p.NotDeclared, e.letter)
		}
	}
	return p
}

// processingRows is the record as a table. An element that nobody stated has a row that says so.
func processingRows(d Decision) [][]string {
	p := processing(d)
	rows := [][]string{{"element", "what", "value"}, {"", "activity", p.Activity}, {"", "reference", p.Reference}, {"", "as of", p.AsOf}, {"", "plan", p.PlanDigest},
		{"30(1)(a)", "controller", p.Controller.Name}, {"30(1)(a)", "contact", p.Controller.Contact}, {"30(1)(a)", "data protection officer", p.Controller.DPO}, {"30(1)(a)", "role", p.Controller.Role}}
	for _, e := range []struct {
		element, what string
		values        []string
	}{{"30(1)(b)", "purpose", p.Purposes}, {"30(1)(b)", "legal basis", []string{p.LegalBasis}}, {"30(1)(c)", "data subjects", p.Subjects}, {"30(1)(c)", "category of data", p.Categories},
		{"30(1)(d)", "recipient", p.Recipients}, {"30(1)(e)", "transfer", p.Transfers}, {"30(1)(f)", "time limit for erasure", p.Retention}, {"30(1)(g)", "security measure", p.Measures}} {
		if len(e.values) == 0 {
			e.values = []string{unstated}
		}
		for _, v := range e.values {
			rows = append(rows, []string{e.element, e.what, v})
		}
	}
	return rows
}

func list(all []string) []string {
	out := append([]string{}, all...)
	slices.Sort(out)
	return out
}

func basis(b policy.LegalBasis) string {
	var parts []string
	for _, p := range []struct {
		name  string
		value *string
	}{{"Art. 6(1)(%s)", b.Art6}, {"Art. 9(2)(%s)", b.Art9}, {"Art. 10: %s", b.Art10}, {"DPA 2018 Sch. 1: %s", b.UKDPASch1}, {"common law: %s", b.CommonLaw}} {
		if p.value != nil {
			parts = append(parts, fmt.Sprintf(p.name, *p.value))
		}
	}
	if parts == nil {
		return unstated
	}
	return strings.Join(parts, "; ")
}

// recipients are the declared ones, and the third parties that run a system which rows go to.
func recipients(in policy.Input) []string {
	out := list(in.Processing.Recipients)
	for _, id := range slices.Sorted(maps.Keys(in.Systems)) {
		o := in.Systems[id].Operator
		if o.ThirdParty != nil && *o.ThirdParty && slices.Contains(in.Systems[id].Roles, "target") {
			out = append(out, fmt.Sprintf("%s, which runs %s (contract: %s)", value(o.LegalEntity, "a third party"), id, value(o.ContractRef, unstated)))
		}
	}
	return out
}

func transfers(in policy.Input) []string {
	out := []string{}
	for _, t := range in.Transfers {
		out = append(out, fmt.Sprintf("%s (%s) to %s (%s): mechanism %s, reference %s, assessment %s", t.From, value(t.FromCountry, "country "+unstated), t.To,
			value(t.ToCountry, "country "+unstated), value(t.Mechanism, unstated), value(t.MechanismRef, unstated), value(t.AssessmentRef, unstated)))
	}
	slices.Sort(out)
	return out
}

func unknownCountry(in policy.Input) bool {
	return slices.ContainsFunc(in.Transfers, func(t policy.Transfer) bool { return t.FromCountry == nil || t.ToCountry == nil })
}

func retention(in policy.Input) []string {
	out := []string{}
	for _, id := range slices.Sorted(maps.Keys(in.Datasets)) {
		r := in.Datasets[id].Retention
		if r.Days == nil && r.RuleRef == nil {
			continue
		}
		out = append(out, fmt.Sprintf("%s: %s days from %s, then %s (rule %s)", id, value(r.Days, unstated), value(r.Trigger, unstated), value(r.Disposal, unstated), value(r.RuleRef, unstated)))
	}
	return out
}

// measures are how systems are reached and kept, and how fields are protected.
func measures(in policy.Input) []string {
	out := []string{}
	for _, id := range slices.Sorted(maps.Keys(in.Systems)) {
		s := in.Systems[id]
		if s.Transport.TLS != nil && *s.Transport.TLS {
			out = append(out, fmt.Sprintf("%s: encrypted in transit (TLS %s, certificate verified: %s)", id, value(s.Transport.MinVersion, "of a version that is "+unstated), value(s.Transport.Verify, unstated)))
		}
		if s.AtRest.Level != nil && *s.AtRest.Level != "none" {
			out = append(out, fmt.Sprintf("%s: encrypted at rest (%s, %s)", id, *s.AtRest.Level, value(s.AtRest.Algorithm, "algorithm "+unstated)))
		}
		if s.Access.DenyByDefault != nil && *s.Access.DenyByDefault {
			out = append(out, id+": access denied by default")
		}
	}
	methods := map[string]int{}
	for _, f := range in.Fields {
		if m := f.Protection.Method; m != "" && m != "none" {
			methods[m]++
		}
	}
	for _, m := range slices.Sorted(maps.Keys(methods)) {
		out = append(out, fmt.Sprintf("protection by %s of %d fields", m, methods[m]))
	}
	return out
}
