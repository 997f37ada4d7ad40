package view

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/novumsolvo/migrateiq/engine"
)

type rowsDocument struct {
	Format  int         `json:"format"`
	Mapping string      `json:"mapping"`
	Looked  int64       `json:"looked_at"`
	Lacking int64       `json:"lacking"`
	Differ  int64       `json:"differ"`
	Rows    []rowRecord `json:"rows"`
}

type rowRecord struct {
	Key    string        `json:"key"`
	New    bool          `json:"new"`
	Values []valueRecord `json:"values"`
}

type valueRecord struct {
	Field      string  `json:"field"`
	Classified bool    `json:"classified"`
	Before     *string `json:"before"`
	After      *string `json:"after"`
}

// RowsJSON prints the rows that differ as one document.
func RowsJSON(w io.Writer, r *engine.RowsReport) error {
	doc := rowsDocument{Format: 1, Mapping: r.Mapping, Looked: r.Looked, Lacking: r.Lacking, Differ: r.Differ, Rows: []rowRecord{}}
	for _, row := range r.Rows {
		one := rowRecord{Key: row.Key, New: row.New, Values: []valueRecord{}}
		for _, v := range row.Values {
			one.Values = append(one.Values, valueRecord(v))
		}
		doc.Rows = append(doc.Rows, one)
	}
	return json.NewEncoder(w).Encode(doc)
}

// Rows prints the rows that differ, with the values of fields that have no class.
func Rows(w io.Writer, s Style, r *engine.RowsReport) error {
	p := planText{Style: s}
	for _, row := range r.Rows {
		if row.New {
			p.line("  %s %s", p.good("+"), row.Key)
		} else {
			p.line("  %s %s", p.care("~"), row.Key)
		}
		for _, v := range row.Values {
			switch {
			case v.Classified:
				p.line("      %s: %s", v.Field, p.faint("(classified)"))
			case row.New:
				p.line("      %s: %s", v.Field, quoted(v.After))
			default:
				p.line("      %s: %s → %s", v.Field, quoted(v.Before), quoted(v.After))
			}
		}
	}
	all := r.Lacking + r.Differ
	if more := all - int64(len(r.Rows)); more > 0 {
		p.line("  and %s; --limit shows more", amount(more, "more row"))
	}
	if all == 0 {
		p.line("%s %s that %s makes stand as they are in the target.", p.good("Equal."), amount(r.Looked, "row"), r.Mapping)
	} else {
		p.line("%s of %s that %s makes: %s would be added, %s differ.", amount(all, "row"), shielded(r.Looked, false), r.Mapping, shielded(r.Lacking, false), shielded(r.Differ, false))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func quoted(v *string) string {
	if v == nil {
		return "null"
	}
	return strconv.Quote(*v)
}
