package evidence

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

// writeCSV writes rows so that no cell is taken for a formula.
func writeCSV(w io.Writer, rows [][]string, o Option) error {
	if o.BOM {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Neutral(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Neutral puts an apostrophe before a text that a spreadsheet would take for a formula.
func Neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// verdictRows are one row for each control and subject.
func verdictRows(d Decision) [][]string {
	rows := [][]string{{"control", "variant", "title", "result", "effect", "level", "severity", "waivable", "subject_kind", "subject", "file", "line", "message", "remedy",
		"missing_facts", "waiver", "waiver_expires", "citations", "citations_verified", "more_subjects"}}
	for _, v := range d.sorted() {
		line, expires := "", ""
		if v.Subject.Line > 0 {
			line = strconv.Itoa(v.Subject.Line)
		}
		if x := exemption(d.Exemptions, v); x != nil {
			expires = x.Expires
		}
		rows = append(rows, []string{v.Control, v.Variant, v.Title, string(v.Result), effect(v), string(v.Level), v.Severity, strconv.FormatBool(v.Waivable), v.Subject.Kind, v.Subject.ID,
			v.Subject.File, line, v.Message, v.Remedy, strings.Join(v.Facts, " "), v.Waiver, expires, cited(v), v.Verification, strconv.Itoa(v.More)})
	}
	return rows
}

func cited(v policy.Verdict) string {
	var all []string
	for _, c := range v.Citations {
		all = append(all, strings.TrimSpace(c.Law+" "+c.Reference))
	}
	return strings.Join(all, "; ")
}

// classRows are one row for each target field.
func classRows(d Decision) [][]string {
	rows := [][]string{{"field", "dataset", "column", "sources", "declared", "inherited", "decision", "effective", "protection", "keyed", "reversible", "key", "reviewed_by"}}
	for _, id := range slices.Sorted(maps.Keys(d.Input.Fields)) {
		f := d.Input.Fields[id]
		var from []string
		for _, s := range f.Sources {
			from = append(from, s.Dataset+"."+s.Column)
		}
		slices.Sort(from)
		decision := "not decided"
		if f.Classification.Decision != nil {
			decision = strings.Join(f.Classification.Decision, " ")
		}
		rows = append(rows, []string{id, f.Dataset, f.Column, strings.Join(from, " "), strings.Join(f.Classification.Declared, " "), strings.Join(f.Classification.Inherited, " "),
			decision, strings.Join(classes(f), " "), cmp.Or(f.Protection.Method, "none"), strconv.FormatBool(f.Protection.Keyed), strconv.FormatBool(f.Protection.Reversible),
			value(f.Protection.Key.ID, ""), value(f.Classification.ReviewedBy, "")})
	}
	return rows
}

// classes are the effective ones, sorted.
func classes(f policy.Field) []string {
	var all []string
	for class, has := range f.ClassSet {
		if has {
			all = append(all, class)
		}
	}
	slices.Sort(all)
	return all
}
