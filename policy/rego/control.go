package rego

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
)

// Control is what the annotation of a rule says of it.
type Control struct {
	ID           string            `json:"control_id"`
	Framework    string            `json:"framework"`
	Variant      string            `json:"variant"` // D: designed so; O: it ran and held
	Both         bool              `json:"both_variants"`
	Subject      string            `json:"subject"`
	Citations    []policy.Citation `json:"-"`
	Verification string            `json:"verification"` // V read, S from a secondary source, U not verified, own
	Severity     string            `json:"severity"`
	Level        policy.Level      `json:"level"`
	Waivable     bool              `json:"waivable"`
	Phases       []policy.Phase    `json:"phase"`
	Remediation  string            `json:"remediation"`
	Passes       string            `json:"example_pass"`
	Fails        string            `json:"example_fail"`
	Scope        []string          `json:"scope_facts"`  // facts that tell whether the control applies
	Facts        []string          `json:"facts"`        // facts that decide it
	Reference    []string          `json:"reference"`    // lists that it needs to be in date
	Conditions   []string          `json:"conditions"`   // what has to hold
	EffectiveOn  string            `json:"effective_on"` // the moment before which it only reports, "" where it has always counted

	Title       string `json:"-"`
	Description string `json:"-"`
	Package     string `json:"-"`
}

// Name is the id of the verdicts, with the variant where there are two.
func (c Control) Name() string {
	if c.Both {
		return c.ID + "/" + c.Variant
	}
	return c.ID
}

// Controls lists the controls of the packs in a library, in the order of packs and ids.
func Controls(from fs.FS) ([]Control, error) {
	lib, err := library(from)
	if err != nil {
		return nil, err
	}
	return controlsOf(lib), nil
}

func controlsOf(lib Source) []Control {
	var out []Control
	for _, m := range lib.modules {
		for _, a := range m.Annotations {
			if c, ok := described(m, a); ok {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(a, b Control) int {
		return cmp.Or(cmp.Compare(place(a.Framework), place(b.Framework)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Variant, b.Variant))
	})
	return out
}

func place(framework string) int {
	return slices.Index([]string{"core", "gdpr", "nhs", "pci", "sox", "hipaa", "bcbs239", "cqc"}, framework)
}

// described reads an annotation. One without a control's id is of something else.
func described(m *ast.Module, a *ast.Annotations) (Control, bool) {
	if a.Custom["control_id"] == nil {
		return Control{}, false
	}
	text, err := json.Marshal(a.Custom)
	if err != nil {
		return Control{}, false
	}
	var c Control
	var cites struct {
		Citations []struct{ Law, Reference string } `json:"citations"`
	}
	if json.Unmarshal(text, &c) != nil || json.Unmarshal(text, &cites) != nil {
		return Control{}, false
	}
	for _, cite := range cites.Citations {
		c.Citations = append(c.Citations, policy.Citation(cite))
	}
	slices.SortFunc(c.Citations, func(a, b policy.Citation) int { return cmp.Compare(a.Law, b.Law) })
	c.Title, c.Description, c.Package = a.Title, a.Description, m.Package.Path.String()
	return c, true
}

// verdict joins what a rule found with what its annotation says.
func (c Control) verdict(f finding) (policy.Verdict, error) {
	early := f.Level == policy.Warn && c.EffectiveOn != ""
	if f.Level != c.Level && !early || f.Waivable && !c.Waivable {
		return policy.Verdict{}, fmt.Errorf("rule %s answers with another level than its annotation", c.Name())
	}
	v := f.verdict()
	v.Title, v.Citations, v.Verification, v.Severity = c.Title, c.Citations, c.Verification, c.Severity
	v.Remedy = c.Remediation
	return v, nil
}
