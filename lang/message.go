package lang

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// fail reports an error at a place. of names the block it is about, as Diagnostic.Object does.
func (l *loader) fail(code string, at hcl.Range, of, summary, detail string) {
	r := place(at)
	l.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: detail, Subject: &r, Object: of})
}

// unplaced reports an error that no place in a file is to blame for.
func (l *loader) unplaced(code, summary, detail string) {
	l.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: detail})
}

// later reports what the language has and this version has not. what begins a sentence; remedy is a whole one.
func (l *loader) later(at hcl.Range, of, what, remedy string) {
	r := place(at)
	l.cfg.NotYet.Add(diag.Diagnostic{
		Code: "not-in-this-version", Summary: "Not in this version", Subject: &r, Object: of,
		Detail: what + " is part of the language, but this version of migrateiq cannot carry it out. " + remedy,
	})
}

// syntax hands HCL's own findings on.
func (l *loader) syntax(problems hcl.Diagnostics) {
	for _, p := range problems {
		if p.Severity == hcl.DiagError && p.Subject != nil {
			l.fail("syntax", *p.Subject, "", p.Summary, p.Detail)
		}
	}
}

// place turns HCL's range into ours.
func place(r hcl.Range) diag.Range {
	return diag.Range{File: r.Filename, Start: point(r.Start), End: point(r.End)}
}

func point(p hcl.Pos) diag.Pos { return diag.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }

// object names a block for messages: mapping "patient".
func object(b *hclsyntax.Block) string {
	var s strings.Builder
	s.WriteString(b.Type)
	for _, label := range b.Labels {
		fmt.Fprintf(&s, " %q", label)
	}
	return s.String()
}

// header is the place of a block's first line.
func header(b *hclsyntax.Block) hcl.Range { return b.DefRange() }

// list writes names as: a, b or c.
func list(names []string) string { return joined(names, "or") }

// every writes names as: a, b and c.
func every(names []string) string { return joined(names, "and") }

func joined(names []string, last string) string {
	switch len(names) {
	case 0:
		return "nothing"
	case 1:
		return names[0]
	}
	n := len(names) - 1
	return strings.Join(names[:n], ", ") + " " + last + " " + names[n]
}

// quoted is list over names in quotes.
func quoted(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = fmt.Sprintf("%q", n)
	}
	return list(q)
}
