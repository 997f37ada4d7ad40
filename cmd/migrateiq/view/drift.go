package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/novumsolvo/migrateiq/engine"
)

// driftDocument is what `plan --refresh-only --json` prints.
type driftDocument struct {
	Event    string        `json:"event"` // drift_report
	Format   int           `json:"format"`
	Drift    bool          `json:"drift"`
	Mappings []driftRecord `json:"mappings"`
}

type driftRecord struct {
	Address  string          `json:"address"`
	Changes  []driftChange   `json:"changes"`
	Findings []findingRecord `json:"findings"`
}

type driftChange struct {
	System string `json:"system"`
	Object string `json:"object"`
	What   string `json:"what"` // schema or rows
	Note   bool   `json:"note"` // no drift
	Text   string `json:"text"`
}

// DriftJSON prints what has changed at both ends as one line.
func DriftJSON(w io.Writer, r *engine.DriftReport) error {
	doc := driftDocument{Event: "drift_report", Format: 1, Drift: r.Any(), Mappings: []driftRecord{}}
	for _, m := range r.Mappings {
		rec := driftRecord{Address: m.Address, Changes: []driftChange{}, Findings: []findingRecord{}}
		for _, c := range m.Changes {
			rec.Changes = append(rec.Changes, driftChange(c))
		}
		for _, f := range m.Findings {
			rec.Findings = append(rec.Findings, findingRecord{Kind: string(f.Kind), Key: f.Key, Columns: append([]string{}, f.Columns...)})
		}
		doc.Mappings = append(doc.Mappings, rec)
	}
	return json.NewEncoder(w).Encode(doc)
}

// Drift prints what has changed at both ends since the last runs.
func Drift(w io.Writer, s Style, r *engine.DriftReport) error {
	var b strings.Builder
	drifted := int64(0)
	for _, m := range r.Mappings {
		if len(m.Changes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %s\n", s.title("# "+m.Address))
		found := false
		for _, c := range m.Changes {
			mark := s.care("~ " + c.What)
			if found = found || !c.Note; c.Note {
				mark = s.note("note:")
			}
			fmt.Fprintf(&b, "    %s %s %s: %s\n", mark, c.System, c.Object, c.Text)
		}
		findings(&b, s, engine.VerifyMapping{Findings: m.Findings})
		b.WriteByte('\n')
		if found {
			drifted++
		}
	}
	switch {
	case len(r.Mappings) == 0:
		b.WriteString("Nothing to look at: no mapping was applied yet.\n")
	case drifted == 0:
		fmt.Fprintf(&b, "%s Both ends of %s are as the last runs left them. Nothing was changed.\n", s.good("No drift."), amount(int64(len(r.Mappings)), "mapping"))
	default:
		fmt.Fprintf(&b, "%s %d of %s. Nothing was changed.\n", s.bad("Drift in"), drifted, amount(int64(len(r.Mappings)), "mapping"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
