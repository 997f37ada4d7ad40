package view

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// ControlRecord is a control as JSON.
type ControlRecord struct {
	Control      string            `json:"control"`
	Pack         string            `json:"pack"`
	Title        string            `json:"title"`
	Description  string            `json:"description"`
	Severity     string            `json:"severity"`
	Level        policy.Level      `json:"level"`
	Waivable     bool              `json:"waivable"`
	Verification string            `json:"verification"`
	Citations    []policy.Citation `json:"citations"`
	Phases       []policy.Phase    `json:"phases"`
	Subject      string            `json:"subject"`
	Facts        []string          `json:"facts"`
	Conditions   []string          `json:"conditions"`
	Remedy       string            `json:"remedy"`
}

// ControlRecords are controls as JSON.
func ControlRecords(all []rego.Control) []ControlRecord {
	out := []ControlRecord{}
	for _, c := range all {
		out = append(out, ControlRecord{Control: c.Name(), Pack: c.Framework, Title: c.Title, Description: c.Description, Severity: c.Severity, Level: c.Level,
			Waivable: c.Waivable, Verification: c.Verification, Citations: c.Citations, Phases: c.Phases, Subject: c.Subject,
			Facts: append(append([]string{}, c.Scope...), c.Facts...), Conditions: append([]string{}, c.Conditions...), Remedy: c.Remediation})
	}
	return out
}

// Controls prints one line a control.
func Controls(w io.Writer, s Style, all []rego.Control) error {
	var b strings.Builder
	names, packs := 0, 0
	for _, c := range all {
		names, packs = max(names, lipgloss.Width(c.Name())), max(packs, lipgloss.Width(c.Framework))
	}
	for _, c := range all {
		fmt.Fprintf(&b, "%-*s  %-*s  %-4s  %-3s  %s  %s\n", names, c.Name(), packs, c.Framework, c.Level, c.Verification, c.Title, s.faint(cited(c.Citations)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func cited(all []policy.Citation) string {
	var out []string
	for _, c := range all {
		out = append(out, c.Law+": "+c.Reference)
	}
	return strings.Join(out, "; ")
}

// Explained prints all that is known of controls.
func Explained(w io.Writer, s Style, all []rego.Control) error {
	var b strings.Builder
	for i, c := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n%s\n\n", s.title(c.Name()), c.Title, c.Description)
		fmt.Fprintf(&b, "  pack      %s, %s, severity %s, %s\n", c.Framework, c.Level, c.Severity, map[bool]string{true: "can be waived", false: "cannot be waived"}[c.Waivable])
		for _, one := range c.Citations {
			fmt.Fprintf(&b, "  citation  %s: %s\n", one.Law, one.Reference)
		}
		fmt.Fprintf(&b, "  read      %s\n", map[string]string{"V": "V, the text was read", "S": "S, from a secondary source: wants a check", "U": "U, not verified: wants a check", "own": "a rule of this program"}[c.Verification])
		fmt.Fprintf(&b, "  about     each %s\n", c.Subject)
		for _, one := range c.Conditions {
			fmt.Fprintf(&b, "  has to    %s\n", one)
		}
		for _, one := range append(append([]string{}, c.Scope...), c.Facts...) {
			fmt.Fprintf(&b, "  needs     %s\n", one)
		}
		fmt.Fprintf(&b, "  passes    %s\n  fails     %s\n  remedy    %s\n", c.Passes, c.Fails, c.Remediation)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
