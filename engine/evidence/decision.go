package evidence

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/novumsolvo/migrateiq/policy"
)

// Decision is verdicts with the document they were given about. What is made of it depends on nothing else, so that the
// same decision makes the same bytes.
type Decision struct {
	Input      policy.Input
	Verdicts   policy.Verdicts
	Exemptions []Exemption // of the configuration, where they are known
}

// Option of an export.
type Option struct {
	BOM bool // begin CSV with the mark of UTF-8, which spreadsheets want
}

// Formats are the forms in which a decision can be exported, in order.
func Formats() []string {
	return []string{"csv", "junit", "oscal", "sarif", "ropa-csv", "ropa-json", "dpia", "lineage", "classification"}
}

// Export writes a decision in one of Formats.
func Export(w io.Writer, format string, d Decision, o Option) error {
	var err error
	switch format {
	case "csv":
		err = writeCSV(w, verdictRows(d), o)
	case "junit":
		err = writeJUnit(w, d)
	case "oscal":
		err = writeOSCAL(w, d)
	case "sarif":
		err = writeSARIF(w, d)
	case "ropa-csv":
		err = writeCSV(w, processingRows(d), o)
	case "ropa-json":
		err = writeJSON(w, processing(d))
	case "dpia":
		err = writeDPIA(w, d)
	case "lineage":
		err = writeLineage(w, d)
	case "classification":
		err = writeCSV(w, classRows(d), o)
	default:
		return fmt.Errorf("there is no export %q; there are %s", format, strings.Join(Formats(), ", "))
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", format, err)
	}
	return nil
}

// name is a control with its variant, as reports name it.
func name(v policy.Verdict) string {
	if v.Variant == "" {
		return v.Control
	}
	return v.Control + "/" + v.Variant
}

// effect is what a verdict does: pass, warn, deny, waived, not_applicable.
func effect(v policy.Verdict) string {
	switch {
	case v.Denies():
		return "deny"
	case v.Result == policy.Fail || v.Result == policy.Undecidable:
		return "warn"
	}
	return string(v.Result)
}

// sorted are the verdicts by control, subject and text, whatever the order they came in.
func (d Decision) sorted() policy.Verdicts {
	return slices.SortedStableFunc(slices.Values(d.Verdicts), func(a, b policy.Verdict) int {
		return cmp.Or(cmp.Compare(a.Control, b.Control), cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Subject.Kind, b.Subject.Kind),
			cmp.Compare(a.Subject.ID, b.Subject.ID), cmp.Compare(a.Result, b.Result), cmp.Compare(a.Message, b.Message))
	})
}

// controls are the names of all controls, sorted, each with its verdicts.
func (d Decision) controls() ([]string, map[string]policy.Verdicts) {
	by := map[string]policy.Verdicts{}
	var names []string
	for _, v := range d.sorted() {
		n := name(v)
		if by[n] == nil {
			names = append(names, n)
		}
		by[n] = append(by[n], v)
	}
	return names, by
}

// ids makes UUIDs of version 5, in a space that the decision itself names.
func (d Decision) ids() (func(parts ...string) string, error) {
	digest, err := d.Input.Digest()
	if err != nil {
		return nil, err
	}
	verdicts, err := policy.Canonical(d.sorted())
	if err != nil {
		return nil, err
	}
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte(site+"/decision/"+digest+"/"+sum(verdicts)))
	return func(parts ...string) string { return uuid.NewSHA1(space, []byte(strings.Join(parts, "\x00"))).String() }, nil
}

// site is where names of this program in other forms begin.
const site = "https://github.com/novumsolvo/migrateiq"

// whole is a verdict's message with what cannot be told one by one.
func whole(v policy.Verdict) string {
	text := cmp.Or(v.Message, v.Title, v.Control)
	if v.More > 0 {
		text += fmt.Sprintf(" %d more subjects have the same result.", v.More)
	}
	return text
}

func value[T any](p *T, none string) string {
	if p == nil {
		return none
	}
	return fmt.Sprint(*p)
}
