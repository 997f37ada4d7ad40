package view

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Sources gives a file's text by the name that diagnostics use, nil where it cannot be read.
type Sources func(file string) []byte

// Folder reads the files of a root folder.
func Folder(dir string) Sources {
	return func(file string) []byte {
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil
		}
		return text
	}
}

// Diagnostics prints findings in source order, each with its place underlined.
func Diagnostics(w io.Writer, s Style, read Sources, found diag.List) error {
	var b strings.Builder
	for i, d := range found.Sorted() {
		if i > 0 {
			b.WriteByte('\n')
		}
		diagnostic(&b, s, read, d)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func diagnostic(b *strings.Builder, s Style, read Sources, d diag.Diagnostic) {
	head := s.bad("Error:")
	if d.Severity == diag.Warning {
		head = s.care("Warning:")
	}
	fmt.Fprintf(b, "%s %s\n\n", head, s.title(d.Summary))
	if d.Subject != nil {
		place(b, s, read, *d.Subject, d.Object)
	} else if d.Object != "" {
		fmt.Fprintf(b, "  in %s:\n", d.Object)
	}
	if d.Detail != "" {
		fmt.Fprintln(b, d.Detail)
	}
}

func place(b *strings.Builder, s Style, read Sources, at diag.Range, object string) {
	fmt.Fprintf(b, "  on %s line %d", at.File, at.Start.Line)
	if object != "" {
		fmt.Fprintf(b, ", in %s", object)
	}
	b.WriteString(":\n")
	line, ok := lineOf(read(at.File), at.Start.Line)
	if !ok {
		return
	}
	before, marked := split(line, at)
	number := fmt.Sprintf("  %d: ", at.Start.Line)
	fmt.Fprintf(b, "%s%s\n", number, strings.TrimRight(line, " \t"))
	fmt.Fprintf(b, "%s%s%s\n", strings.Repeat(" ", len(number)), blank(before), s.bad(strings.Repeat("^", max(1, lipgloss.Width(marked)))))
}

// lineOf finds a line of a text, counted from 1.
func lineOf(text []byte, n int) (string, bool) {
	lines := strings.Split(string(text), "\n")
	if text == nil || n < 1 || n > len(lines) {
		return "", false
	}
	return strings.TrimSuffix(lines[n-1], "\r"), true
}

// split cuts a line into what stands before the range and the part of the range that is on this line.
func split(line string, at diag.Range) (before, marked string) {
	runes := []rune(line)
	from := min(max(at.Start.Column-1, 0), len(runes))
	to := len([]rune(strings.TrimRight(line, " \t")))
	if at.End.Line == at.Start.Line {
		to = min(at.End.Column-1, len(runes))
	}
	return string(runes[:from]), string(runes[from:max(from, to)])
}

// blank is white space as wide as the text: tabs stay tabs, so that the mark stands below its text whatever a tab's width.
func blank(text string) string {
	parts := strings.Split(text, "\t")
	for i, part := range parts {
		parts[i] = strings.Repeat(" ", lipgloss.Width(part))
	}
	return strings.Join(parts, "\t")
}

// diagnosticsDocument is what --json prints of findings.
type diagnosticsDocument struct {
	Format      int       `json:"format"`
	Valid       bool      `json:"valid"`
	Diagnostics diag.List `json:"diagnostics"`
}

// DiagnosticsJSON prints findings as one document on one line.
func DiagnosticsJSON(w io.Writer, found diag.List) error {
	doc := diagnosticsDocument{Format: 1, Valid: !found.HasErrors(), Diagnostics: found.Sorted()}
	if doc.Diagnostics == nil {
		doc.Diagnostics = diag.List{}
	}
	return json.NewEncoder(w).Encode(doc)
}
