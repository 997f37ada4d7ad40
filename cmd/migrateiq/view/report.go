package view

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/policy"
)

// reportDocument is the last line of `apply --json`.
type reportDocument struct {
	Event    string                     `json:"event"` // report
	Format   int                        `json:"format"`
	Run      string                     `json:"run"`
	Resumed  bool                       `json:"resumed"`
	Outcome  string                     `json:"outcome"`
	Left     int                        `json:"steps_left"`
	Millis   int64                      `json:"took_ms"`
	Mappings []mappingRecord            `json:"mappings"`
	Skipped  []skippedRecord            `json:"skipped,omitempty"`  // stale
	Outputs  map[string]json.RawMessage `json:"outputs"`            // null for a sensitive one
	Verdicts policy.Verdicts            `json:"verdicts,omitempty"` // of the review after the run
}

type skippedRecord struct {
	Address string `json:"address"`
	Reason  string `json:"reason"`
}

type mappingRecord struct {
	Address  string            `json:"address"`
	Written  int64             `json:"written"`
	Filtered int64             `json:"filtered"`
	ByFilter map[string]int64  `json:"filtered_by,omitempty"` // by the name of a filter
	Rejected int64             `json:"rejected"`
	Removed  int64             `json:"removed"`
	Nulled   int64             `json:"nulled"`           // values that on_row_error = "null" made null
	Stood    int64             `json:"unchanged"`        // rows that stood as they should
	Left     int64             `json:"conflicts"`        // rows that somebody else changed, and that stay
	Opened   int64             `json:"opened,omitempty"` // versions, in mode history
	Closed   int64             `json:"closed,omitempty"`
	Rows     int64             `json:"rows"`
	Digest   string            `json:"digest,omitempty"`
	Verified string            `json:"verified,omitempty"`
	Mismatch bool              `json:"mismatch"`
	Failed   string            `json:"failed,omitempty"`
	Withheld []string          `json:"withheld,omitempty"` // why the table was not swapped in
	Checks   []run.CheckReport `json:"checks"`
}

// ReportJSON prints a report as one line.
func ReportJSON(w io.Writer, r *engine.Report) error {
	doc := reportDocument{Event: "report", Format: 1, Run: r.Run, Resumed: r.Resumed, Outcome: r.Outcome, Left: r.Left, Millis: r.Took.Milliseconds(),
		Verdicts: r.Verdicts, Mappings: []mappingRecord{}, Outputs: map[string]json.RawMessage{}}
	for _, m := range r.Mappings {
		checks := m.Checks
		if checks == nil {
			checks = []run.CheckReport{}
		}
		doc.Mappings = append(doc.Mappings, mappingRecord{Address: m.Address, Written: m.Written, Filtered: m.Filtered, ByFilter: m.ByFilter, Rejected: m.Rejected,
			Removed: m.Removed, Nulled: m.Nulled, Stood: m.Unchanged, Left: m.Conflicts, Opened: m.Opened, Closed: m.Closed,
			Rows: m.Rows, Digest: m.Digest, Verified: m.Verified, Mismatch: m.Mismatch, Failed: m.Failed, Withheld: m.Withheld, Checks: checks})
	}
	for _, k := range r.Skipped {
		doc.Skipped = append(doc.Skipped, skippedRecord(k))
	}
	for _, o := range r.Outputs {
		doc.Outputs[o.Name] = o.Value
		if o.Sensitive {
			doc.Outputs[o.Name] = json.RawMessage("null")
		}
	}
	return json.NewEncoder(w).Encode(doc)
}

// Report prints what an apply did. classified names the mappings whose small counts are not shown.
func Report(w io.Writer, s Style, r *engine.Report, classified map[string]bool) error {
	var b strings.Builder
	b.WriteByte('\n')
	written, failed := int64(0), 0
	for _, m := range r.Mappings {
		written += m.Written
		if m.Failed != "" {
			failed++
		}
		reportMapping(&b, s, m, classified[m.Address])
	}
	for _, k := range r.Skipped {
		fmt.Fprintf(&b, "  %s %s: %s\n", s.care("skipped"), k.Address, k.Reason)
	}
	b.WriteByte('\n')
	shy := slices.ContainsFunc(r.Mappings, func(m engine.MappingReport) bool { return classified[m.Address] })
	rows := shieldedRows(written, shy) + " written"
	all := amount(int64(len(r.Mappings)), "mapping")
	switch r.Outcome {
	case "interrupted":
		fmt.Fprintf(&b, "%s %s in %s; every chunk that was begun is whole. The same command goes on. Run %s.\n", s.care("Interrupted:"), rows, Took(r.Took), r.Run)
	case "partial":
		fmt.Fprintf(&b, "%s %d of %s failed; %s in %s. The same command goes on when the cause is mended. Run %s.\n",
			s.bad("Partly applied:"), failed, all, rows, Took(r.Took), r.Run)
	case "done":
		if len(r.Mappings) == 0 {
			fmt.Fprintf(&b, "%s There was nothing to do.\n", s.good("Apply complete:"))
			break
		}
		word := s.good("Apply complete:")
		if slices.ContainsFunc(r.Mappings, func(m engine.MappingReport) bool { return len(m.Withheld) > 0 }) {
			word = s.bad("Not all was shown:")
		}
		fmt.Fprintf(&b, "%s %s, %s in %s. Run %s.\n", word, all, rows, Took(r.Took), r.Run)
	default:
		fmt.Fprintf(&b, "%s Nothing was changed.\n", s.bad("Failed."))
	}
	afterRun(&b, s, r.Verdicts)
	outputs(&b, s, r.Outputs)
	_, err := io.WriteString(w, b.String())
	return err
}

// afterRun prints what the review after the run says of the run: what it denies, and the controls of how it ran. The rest
// stood in the plan.
func afterRun(b *strings.Builder, s Style, all policy.Verdicts) {
	var shown policy.Verdicts
	for _, v := range all {
		if v.Denies() || v.Variant == "O" && v.Result != policy.NotApplicable {
			shown = append(shown, v)
		}
	}
	if len(shown) == 0 {
		return
	}
	p := planText{Style: s}
	p.verdicts("Policy after the run", shown)
	b.WriteString(p.b.String())
}

func reportMapping(b *strings.Builder, s Style, m engine.MappingReport, classified bool) {
	if m.Address == "" {
		fmt.Fprintf(b, "  %s %s\n", s.bad("failed"), indented(m.Failed, "      "))
		return
	}
	mark := s.good("ok")
	if m.Failed != "" {
		mark = s.bad("failed")
	} else if len(m.Withheld) > 0 {
		mark = s.bad("not swapped in")
	} else if m.Mismatch {
		mark = s.bad("differs")
	}
	parts := []string{shielded(m.Written, classified) + " written"}
	parts = append(parts, stood(m, classified)...)
	parts = append(parts, leftOut(m, classified)...)
	if m.Rejected > 0 {
		parts = append(parts, shielded(m.Rejected, classified)+" quarantined")
	}
	switch {
	case m.Nulled == 1 && !classified:
		parts = append(parts, "1 value made null")
	case m.Nulled > 0:
		parts = append(parts, shielded(m.Nulled, classified)+" values made null")
	}
	fmt.Fprintf(b, "  %s %s: %s", mark, m.Address, strings.Join(parts, ", "))
	if len(m.Withheld) > 0 {
		fmt.Fprintf(b, "; the old table stands\n      %s\n", strings.Join(m.Withheld, "\n      "))
		for _, c := range m.Checks {
			checkLine(b, s, c)
		}
		return
	}
	if m.Verified != "" {
		fmt.Fprintf(b, "; %s in the target", shieldedRows(m.Rows, classified))
	}
	switch {
	case m.Verified == "":
	case m.Mismatch || m.Failed != "":
		fmt.Fprintf(b, "; %s", m.Verified)
	default:
		b.WriteString(", verified")
	}
	b.WriteByte('\n')
	if m.Failed != "" {
		fmt.Fprintf(b, "      %s\n", indented(m.Failed, "      "))
	}
	for _, c := range m.Checks {
		checkLine(b, s, c)
	}
}

// stood says what became of rows that were compared and not written.
func stood(m engine.MappingReport, classified bool) (parts []string) {
	if m.Opened+m.Closed > 0 {
		parts = append(parts, versions(m.Opened, m.Closed, classified))
	}
	if m.Removed > 0 {
		parts = append(parts, shielded(m.Removed, classified)+" removed")
	}
	if m.Unchanged > 0 {
		parts = append(parts, shielded(m.Unchanged, classified)+" as they should be")
	}
	if m.Conflicts > 0 {
		text := shielded(m.Conflicts, classified) + " left as somebody else changed them"
		if len(m.ConflictKeys) > 0 {
			text += " (" + strings.Join(m.ConflictKeys[:min(5, len(m.ConflictKeys))], ", ") + ")"
		}
		parts = append(parts, text)
	}
	return parts
}

// indented puts the later lines of a text below its first.
func indented(text, indent string) string { return strings.ReplaceAll(text, "\n", "\n"+indent) }

func checkLine(b *strings.Builder, s Style, c run.CheckReport) {
	verdict := s.good("holds")
	switch {
	case !c.Pass && c.Severity == "block":
		verdict = s.bad("fails")
	case !c.Pass:
		verdict = s.care("fails (" + c.Severity + ")")
	}
	kind := "check"
	if c.Kind != "" {
		kind = c.Kind
	}
	fmt.Fprintf(b, "      %s %s %s", kind, c.Name, verdict)
	if c.Text != "" {
		fmt.Fprintf(b, ": %s", c.Text)
	}
	b.WriteByte('\n')
	for _, g := range c.Groups {
		fmt.Fprintf(b, "          %s\n", g)
	}
}

func outputs(b *strings.Builder, s Style, all []engine.OutputValue) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", s.title("Outputs:"))
	for _, o := range all {
		fmt.Fprintf(b, "%s = %s\n", o.Name, outputText(o))
	}
}

func outputText(o engine.OutputValue) string {
	if o.Sensitive {
		return "(sensitive)"
	}
	return string(o.Value)
}

// Outputs prints the values of outputs; sensitive ones only by name.
func Outputs(w io.Writer, all []engine.OutputValue) error {
	for _, o := range all {
		if _, err := fmt.Fprintf(w, "%s = %s\n", o.Name, outputText(o)); err != nil {
			return err
		}
	}
	return nil
}
