package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/novumsolvo/migrateiq/engine"
)

// verifyDocument is the last line of `verify --json`.
type verifyDocument struct {
	Event    string         `json:"event"` // verify_report
	Format   int            `json:"format"`
	Equal    bool           `json:"equal"`
	Mappings []verifyRecord `json:"mappings"`
}

type verifyRecord struct {
	Address      string          `json:"address"`
	Rows         int64           `json:"rows"`
	Equal        bool            `json:"equal"`
	Text         string          `json:"text,omitempty"`
	Findings     []findingRecord `json:"findings"`
	ChangedSince int64           `json:"changed_since"`
	Gone         int64           `json:"gone"`
}

type findingRecord struct {
	Kind    string   `json:"kind"`
	Key     string   `json:"key"`
	Columns []string `json:"columns"`
}

// VerifyJSON prints the findings as one line.
func VerifyJSON(w io.Writer, r *engine.VerifyReport) error {
	doc := verifyDocument{Event: "verify_report", Format: 1, Equal: true, Mappings: []verifyRecord{}}
	for _, m := range r.Mappings {
		doc.Equal = doc.Equal && m.Equal
		rec := verifyRecord{Address: m.Address, Rows: m.Rows, Equal: m.Equal, Text: m.Text, Findings: []findingRecord{}, ChangedSince: m.ChangedSince, Gone: m.Gone}
		for _, f := range m.Findings {
			rec.Findings = append(rec.Findings, findingRecord{Kind: string(f.Kind), Key: f.Key, Columns: append([]string{}, f.Columns...)})
		}
		doc.Mappings = append(doc.Mappings, rec)
	}
	return json.NewEncoder(w).Encode(doc)
}

// The most findings of one mapping that are printed; --json has them all.
const mostFindings = 20

// Verify prints what a comparison found.
func Verify(w io.Writer, s Style, r *engine.VerifyReport) error {
	var b strings.Builder
	equal, differ := 0, 0
	for _, m := range r.Mappings {
		mark := s.good("equal")
		if m.Equal {
			equal++
		} else {
			differ++
			mark = s.bad("differs")
		}
		fmt.Fprintf(&b, "  %s %s", mark, m.Address)
		if m.Text != "" {
			fmt.Fprintf(&b, ": %s", m.Text)
		} else {
			fmt.Fprintf(&b, ": %s", shieldedRows(m.Rows, m.OfPeople))
		}
		b.WriteByte('\n')
		findings(&b, s, m)
	}
	switch {
	case len(r.Mappings) == 0:
		b.WriteString("Nothing to verify: no mapping was applied yet.\n")
	case differ == 0:
		fmt.Fprintf(&b, "\n%s %s, every row as it was recorded when it was written.\n", s.good("Verified:"), amount(int64(equal), "mapping"))
	default:
		fmt.Fprintf(&b, "\n%s %d of %s.\n", s.bad("Differences in"), differ, amount(int64(len(r.Mappings)), "mapping"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func findings(b *strings.Builder, s Style, m engine.VerifyMapping) {
	for i, f := range m.Findings {
		if i == mostFindings {
			fmt.Fprintf(b, "      and %s; --json lists them all\n", amount(int64(len(m.Findings)-i), "more finding"))
			break
		}
		fmt.Fprintf(b, "      %s %s", s.care(strings.ReplaceAll(string(f.Kind), "_", " ")), f.Key)
		if len(f.Columns) > 0 {
			fmt.Fprintf(b, ": %s", strings.Join(f.Columns, ", "))
		}
		b.WriteByte('\n')
	}
	if m.ChangedSince > 0 {
		next := "; a mapping with a cursor, or one that appends, takes no changes of rows that it has read"
		if m.Later {
			next = "; the next apply takes them"
		}
		fmt.Fprintf(b, "      %s changed at the source since they were read%s\n", shieldedRows(m.ChangedSince, m.OfPeople), next)
	}
	if m.Gone > 0 {
		fmt.Fprintf(b, "      %s\n", goneText(m.Gone, m.OfPeople))
	}
}
