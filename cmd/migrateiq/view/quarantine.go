package view

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/novumsolvo/migrateiq/engine"
)

// RejectCount is how many rows failed one rule of one field, in one run of a mapping.
type RejectCount struct {
	Run     string `json:"run"`
	Target  string `json:"target"`
	Mapping string `json:"mapping"`
	Field   string `json:"field"`
	Rule    string `json:"rule"`
	Rows    int64  `json:"rows"`
}

// RejectCounts counts rejects as they come. It keeps one number for each rule of each field, however many rows there are.
type RejectCounts struct{ rows map[RejectCount]int64 }

// Add counts a row.
func (c *RejectCounts) Add(r engine.Rejected) {
	if c.rows == nil {
		c.rows = map[RejectCount]int64{}
	}
	c.rows[RejectCount{Run: r.Run, Target: r.Target, Mapping: r.Mapping, Field: r.Field, Rule: r.Rule}]++
}

// List gives the counts, in the order of their names.
func (c *RejectCounts) List() []RejectCount {
	all := []RejectCount{}
	for k, n := range c.rows {
		k.Rows = n
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b RejectCount) int {
		return cmp.Or(cmp.Compare(a.Mapping, b.Mapping), cmp.Compare(a.Run, b.Run), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Rule, b.Rule))
	})
	return all
}

const noRejects = "No row is in quarantine."

// Rejects lists what is in quarantine.
func Rejects(w io.Writer, s Style, all []RejectCount) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, noRejects)
		return err
	}
	rows := [][]string{{"MAPPING", "RUN", "TARGET", "FIELD", "RULE", "ROWS"}}
	for _, r := range all {
		rows = append(rows, []string{r.Mapping, r.Run, r.Target, r.Field, r.Rule, Count(r.Rows)})
	}
	return table(w, s, rows)
}

// RejectedRows shows the first rows of a mapping that are in quarantine, of so many.
func RejectedRows(w io.Writer, s Style, first []engine.Rejected, all int64) error {
	if all == 0 {
		_, err := fmt.Fprintln(w, noRejects)
		return err
	}
	rows := [][]string{{"KEY", "FIELD", "RULE", "REASON", "RUN"}}
	for _, r := range first {
		rows = append(rows, []string{r.Key, r.Field, r.Rule, r.Reason, r.Run})
	}
	if err := table(w, s, rows); err != nil {
		return err
	}
	if rest := all - int64(len(first)); rest > 0 {
		_, err := fmt.Fprintf(w, "and %s more; --limit shows more of them, `migrateiq quarantine export` writes them all\n", Count(rest))
		return err
	}
	return nil
}

// RejectRow is a row in quarantine as programs read it.
type RejectRow struct {
	Run     string `json:"run"`
	Target  string `json:"target"`
	Mapping string `json:"mapping"`
	Key     string `json:"key"`
	Field   string `json:"field"`
	Rule    string `json:"rule"`
	Reason  string `json:"reason"`
}

// RejectWriter writes rejects one by one.
type RejectWriter interface {
	Write(engine.Rejected) error
	Flush() error
}

// NewRejectWriter gives a writer of CSV with a head, or of JSON Lines.
func NewRejectWriter(w io.Writer, format string) (RejectWriter, error) {
	switch format {
	case "csv":
		out := csv.NewWriter(w)
		return rejectCSV{out}, out.Write([]string{"run", "target", "mapping", "key", "field", "rule", "reason"})
	case "jsonl":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return rejectLines{enc}, nil
	}
	return nil, fmt.Errorf("there is no format %q to export in: write --format=csv or --format=jsonl", format)
}

type rejectCSV struct{ *csv.Writer }

func (w rejectCSV) Write(r engine.Rejected) error {
	return w.Writer.Write([]string{r.Run, r.Target, r.Mapping, r.Key, r.Field, r.Rule, r.Reason})
}

func (w rejectCSV) Flush() error {
	w.Writer.Flush()
	return w.Error()
}

type rejectLines struct{ *json.Encoder }

func (w rejectLines) Write(r engine.Rejected) error {
	return w.Encode(RejectRow{Run: r.Run, Target: r.Target, Mapping: r.Mapping, Key: r.Key, Field: r.Field, Rule: r.Rule, Reason: r.Reason})
}

func (w rejectLines) Flush() error { return nil }
