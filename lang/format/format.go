// Package format gives HCL files their one standard layout.
package format

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// settled bounds how often a text is laid out until it stays as it is.
const settled = 8

// Format lays a file out: blanks, indentation and the alignment of values, and the blanks in CEL between quotes; no word
// changes, and nothing in other texts and in heredocs. Text that is not HCL comes back as it was, with what is wrong in it;
// the caller knows the file's name.
// Format of its own result changes nothing.
func Format(src []byte) ([]byte, diag.List) {
	if found := check(src); found != nil {
		return src, found
	}
	out := expressions(src)
	for range settled {
		next := once(out)
		if bytes.Equal(next, out) {
			break
		}
		out = next
	}
	if check(out) != nil || !bytes.Equal(once(out), out) {
		return src, diag.List{{Severity: diag.Warning, Code: "not-formatted", Summary: "File not formatted",
			Detail: "The file has a layout that cannot be brought into the standard one. It was left as it is."}}
	}
	return out, nil
}

// once lays a text out and ends it with one line break; an empty file stays empty.
func once(src []byte) []byte {
	out := hclwrite.Format(src)
	end := []byte("\n")
	if bytes.HasSuffix(out, []byte("\r\n")) {
		end = []byte("\r\n")
	}
	out = bytes.TrimRight(out, "\r\n")
	if len(bytes.TrimSpace(out)) == 0 {
		return []byte{}
	}
	return append(out, end...)
}

func check(src []byte) diag.List {
	_, problems := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	var found diag.List
	for _, p := range problems {
		if p.Severity != hcl.DiagError || p.Subject == nil {
			continue
		}
		at := diag.Range{Start: point(p.Subject.Start), End: point(p.Subject.End)}
		found.Add(diag.Diagnostic{Code: "syntax", Summary: p.Summary, Detail: p.Detail, Subject: &at})
	}
	return found.Sorted()
}

func point(p hcl.Pos) diag.Pos { return diag.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }
