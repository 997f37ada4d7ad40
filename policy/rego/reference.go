package rego

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

const referenceHead = `# Policy packs

Generated from the rules. The packs check what a project *declares* about a migration; they certify nothing. Citations are
numbers and our own paraphrase. The column *read* says how far a citation was checked: V, the text was read; S, from a
secondary source or our own mapping; U, not verified; own, a rule of this program. A compliance officer checks S and U.

A verdict is *pass*, *fail*, *waived*, *not applicable* or *undecidable*. A control that lacks a fact is undecidable, and
that counts as a failure: of level deny it stops the plan, of level warn it is reported. Where all packs answer about one
field, every verdict stays, and the strictest wins. A control with two variants has a verdict of its design (/D, when
planning) and one of its operation (/O, once a run is there to be judged).

A fact is a path in the document that ` + "`migrateiq plan -json`" + ` prints as ` + "`policy_input`" + `; ` + "`*`" + ` is every member. A fact with a
question mark may be null, which says that there is none; every other null is a fact that nobody stated.
`

// Reference writes the reference of the packs in a library: their controls, parameters, lists and facts.
func Reference(from fs.FS) (string, error) {
	lib, err := library(from)
	if err != nil {
		return "", err
	}
	params, err := settings(lib)
	if err != nil {
		return "", err
	}
	lists, err := listsOf(lib)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(referenceHead)
	all := controlsOf(lib)
	for _, group := range grouped(all) {
		fmt.Fprintf(&b, "\n## Pack %s\n\n| control | title | severity | level | waivable | read |\n| --- | --- | --- | --- | --- | --- |\n", group[0].Framework)
		for _, c := range group {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", c.Name(), cell(c.Title), c.Severity, c.Level, yes(c.Waivable), c.Verification)
		}
		for _, c := range group {
			writeControl(&b, c)
		}
	}
	writeParams(&b, params)
	writeLists(&b, lists)
	writeFacts(&b, all)
	return b.String(), nil
}

func grouped(all []Control) [][]Control {
	var out [][]Control
	for _, c := range all {
		if n := len(out); n > 0 && out[n-1][0].Framework == c.Framework {
			out[n-1] = append(out[n-1], c)
			continue
		}
		out = append(out, []Control{c})
	}
	return out
}

func writeControl(b *strings.Builder, c Control) {
	fmt.Fprintf(b, "\n### %s %s\n\n", c.Name(), c.Title)
	for _, cite := range c.Citations {
		fmt.Fprintf(b, "- %s: %s\n", cite.Law, cite.Reference)
	}
	fmt.Fprintf(b, "- Read: %s. Judged at: %s. About: each %s.\n", c.Verification, joinedPhases(c.Phases), c.Subject)
	for _, condition := range c.Conditions {
		fmt.Fprintf(b, "- Has to hold: %s.\n", condition)
	}
	writeCodes(b, "Applies by", c.Scope)
	writeCodes(b, "Needs", c.Facts)
	writeCodes(b, "Needs in date", c.Reference)
	fmt.Fprintf(b, "- Passes: %s. Fails: %s.\n- Remedy: %s.\n", strings.TrimSuffix(c.Passes, "."), strings.TrimSuffix(c.Fails, "."), strings.TrimSuffix(c.Remediation, "."))
}

func writeCodes(b *strings.Builder, label string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(b, "- %s: `%s`.\n", label, strings.Join(names, "`, `"))
	}
}

func writeParams(b *strings.Builder, all map[string]map[string]setting) {
	b.WriteString("\n## Parameters\n\nA project may set a parameter in its direction and in no other.\n\n" +
		"| parameter | default | may become | source | read |\n| --- | --- | --- | --- | --- |\n")
	directions := map[string]string{
		"lower": "lower", "higher": "higher", "fewer": "shorter", "more": "longer", "on": "true",
		"lower_each": "lower, each; new ones too", "own": "the project's own list",
	}
	for _, pack := range slices.SortedFunc(maps.Keys(all), func(a, b string) int { return cmp.Compare(place(a), place(b)) }) {
		for _, name := range slices.Sorted(maps.Keys(all[pack])) {
			s := all[pack][name]
			value, err := json.Marshal(s.Value)
			if err != nil {
				value = []byte("?")
			}
			fmt.Fprintf(b, "| %s.%s | `%s` | %s | %s, as of %s | %s |\n", pack, name, value, directions[s.Tighten], cell(s.Source), s.AsOf, s.Verification)
		}
	}
}

// list is what a document of reference data says of itself.
type list struct {
	AsOf         string `json:"as_of"`
	Expires      string `json:"expires"`
	Source       string `json:"source"`
	Verification string `json:"verification"`
}

func listsOf(lib Source) (map[string]list, error) {
	top, _ := lib.data[root].(map[string]any)
	text, err := json.Marshal(top["reference"])
	if err != nil {
		return nil, fmt.Errorf("read the lists of the packs: %w", err)
	}
	var out map[string]list
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("read the lists of the packs: %w", err)
	}
	return out, nil
}

func writeLists(b *strings.Builder, all map[string]list) {
	b.WriteString("\n## Lists\n\nA control whose list is past its date cannot decide.\n\n| list | as of | until | source | read |\n| --- | --- | --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		l := all[name]
		fmt.Fprintf(b, "| %s | %s | %.10s | %s | %s |\n", name, l.AsOf, l.Expires, cell(l.Source), l.Verification)
	}
}

func writeFacts(b *strings.Builder, all []Control) {
	by := map[string][]string{}
	for _, c := range all {
		for _, fact := range slices.Concat(c.Scope, c.Facts) {
			if fact = strings.TrimSuffix(fact, "?"); !slices.Contains(by[fact], c.ID) {
				by[fact] = append(by[fact], c.ID)
			}
		}
	}
	b.WriteString("\n## Facts\n\n| fact | controls that need it |\n| --- | --- |\n")
	for _, fact := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", fact, strings.Join(by[fact], ", "))
	}
}

func joinedPhases(all []policy.Phase) string {
	var out []string
	for _, p := range all {
		out = append(out, string(p))
	}
	return strings.Join(out, ", ")
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}
