package view

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/state"
)

// JSON prints a value as one document, indented for people who read it in a pager.
func JSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Gone lists the first keys of rows that are gone at the source. They are shown and never stored.
func Gone(w io.Writer, s Style, gone []engine.GoneKeys) error {
	var b strings.Builder
	for _, g := range gone {
		fmt.Fprintf(&b, "%s %s: %s\n", s.care("Gone at the source:"), g.Mapping, goneText(g.Total, false))
		for _, k := range g.Keys {
			fmt.Fprintf(&b, "  %s\n", k)
		}
		if rest := g.Total - int64(len(g.Keys)); rest > 0 && len(g.Keys) > 0 {
			fmt.Fprintf(&b, "  and %s more\n", Count(rest))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table lays rows out in columns; the first row is the head.
func table(w io.Writer, s Style, rows [][]string) error {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	var b strings.Builder
	for n, r := range rows {
		var line strings.Builder
		for i, cell := range r {
			line.WriteString(pad(cell, widths[i]) + "  ")
		}
		text := strings.TrimRight(line.String(), " ")
		if n == 0 {
			text = s.title(text)
		}
		b.WriteString(text + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// Runs lists runs, oldest first.
func Runs(w io.Writer, s Style, runs []engine.RunInfo) error {
	if len(runs) == 0 {
		_, err := fmt.Fprintln(w, "No run was opened yet.")
		return err
	}
	rows := [][]string{{"RUN", "TARGET", "OPENED", "CLOSED", "OUTCOME", "STEPS"}}
	for _, r := range runs {
		outcome := r.Run.Outcome
		if outcome == "" {
			outcome = "open"
		}
		rows = append(rows, []string{r.Run.ID, r.Target, moment(r.Run.Opened), moment(r.Run.Closed), outcome, fmt.Sprint(r.Steps)})
	}
	return table(w, s, rows)
}

// Run prints all that is known of one run; it may have a record in several targets.
func Run(w io.Writer, s Style, parts []engine.RunInfo) error {
	var b strings.Builder
	for _, r := range parts {
		outcome := r.Run.Outcome
		if outcome == "" {
			outcome = "open; `migrateiq apply` goes on with it"
		}
		fmt.Fprintf(&b, "%s\n  target   %s\n  opened   %s\n  closed   %s\n  outcome  %s\n  steps    %d done\n  plan     %s\n",
			s.title("Run "+r.Run.ID), r.Target, moment(r.Run.Opened), moment(r.Run.Closed), outcome, r.Steps, r.Run.PlanDigest)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Mappings lists the mappings of a state.
func Mappings(w io.Writer, s Style, have map[string]state.Mapping) error {
	if len(have) == 0 {
		_, err := fmt.Fprintln(w, "The state records no mapping yet.")
		return err
	}
	rows := [][]string{{"MAPPING", "TARGET TABLE", "ROWS", "APPLIED"}}
	for _, a := range slices.Sorted(maps.Keys(have)) {
		m := have[a]
		rows = append(rows, []string{a, m.Target.Endpoint + " " + m.Target.Table, Count(m.Rows), moment(m.AppliedAt)})
	}
	return table(w, s, rows)
}

// Mapping prints the record of one mapping.
func Mapping(w io.Writer, s Style, m state.Mapping) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  from     %s %s\n  to       %s %s\n  rows     %s\n  digest   %s\n", s.title(m.Address), m.Source.Endpoint, m.Source.Table,
		m.Target.Endpoint, m.Target.Table, Count(m.Rows), m.Digest)
	if m.Cursor != nil && m.Cursor.Column == "" {
		b.WriteString("  cursor   all rows that the source has given\n")
	} else if m.Cursor != nil {
		fmt.Fprintf(&b, "  cursor   %s up to %s\n", m.Cursor.Column, m.Cursor.Position)
	}
	fmt.Fprintf(&b, "  applied  %s by run %s\n", moment(m.AppliedAt), m.Run)
	for _, r := range m.Reports {
		verdict := s.good("holds")
		if !r.Passed {
			verdict = s.bad("fails")
		}
		fmt.Fprintf(&b, "  %s %s %s  %s\n", r.Kind, r.Name, verdict, r.Message)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// runRecord is a run in the JSON of `run list` and `run show`.
type runRecord struct {
	Run        string     `json:"run"`
	Target     string     `json:"target"`
	PlanDigest string     `json:"plan_digest"`
	Opened     time.Time  `json:"opened_at"`
	Closed     *time.Time `json:"closed_at"`
	Outcome    string     `json:"outcome"` // open, done, abandoned
	Steps      int        `json:"steps_done"`
}

// RunsDocument is what `run list --json` prints.
func RunsDocument(runs []engine.RunInfo) any {
	out := struct {
		Format int         `json:"format"`
		Runs   []runRecord `json:"runs"`
	}{Format: 1, Runs: []runRecord{}}
	for _, r := range runs {
		rec := runRecord{Run: r.Run.ID, Target: r.Target, PlanDigest: r.Run.PlanDigest, Opened: r.Run.Opened, Outcome: r.Run.Outcome, Steps: r.Steps}
		if !r.Run.Closed.IsZero() {
			rec.Closed = &r.Run.Closed
		}
		if rec.Outcome == "" {
			rec.Outcome = "open"
		}
		out.Runs = append(out.Runs, rec)
	}
	return out
}

// StateDocument is what `state list --json` prints.
func StateDocument(s state.Snapshot) any {
	if s.Mappings == nil {
		s.Mappings = map[string]state.Mapping{}
	}
	return struct {
		Lineage  string                   `json:"lineage"`
		Serial   uint64                   `json:"serial"`
		Mappings map[string]state.Mapping `json:"mappings"`
	}{s.Lineage, s.Serial, s.Mappings}
}
