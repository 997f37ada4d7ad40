package view_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

func at(line, from, to int) *diag.Range {
	return &diag.Range{File: "main.miq.hcl", Start: diag.Pos{Line: line, Column: from, Byte: 100*line + from}, End: diag.Pos{Line: line, Column: to}}
}

func TestDiagnosticsUnderlineWhatIsWrong(t *testing.T) {
	read := func(string) []byte {
		return []byte("one\n  field \"family_name\" { from = \"SURNAM\" }\n\tfield \"Ä\" { from = X }\r\nlast")
	}
	for _, c := range []struct {
		name, want string
		found      diag.List
	}{
		{"a place and its object", `Error: Unknown column

  on main.miq.hcl line 2, in mapping "patient":
  2:   field "family_name" { from = "SURNAM" }
                                    ^^^^^^^^
Table dbo.PATIENT has no column "SURNAM". Did you mean "SURNAME"?
`, diag.List{{Code: "unknown-column", Summary: "Unknown column", Subject: at(2, 32, 40), Object: `mapping "patient"`,
			Detail: `Table dbo.PATIENT has no column "SURNAM". Did you mean "SURNAME"?`}}},
		{"tabs stay tabs and wide letters count once", "Error: E\n\n  on main.miq.hcl line 3:\n  3: \tfield \"Ä\" { from = X }\n     \t                   ^\n",
			diag.List{{Summary: "E", Subject: at(3, 21, 22)}}},
		{"several, in source order, those without a place first", `Warning: Columns not checked

Run migrateiq lock.

Error: A

  on main.miq.hcl line 1:
  1: one
     ^^^

Error: B

  on main.miq.hcl line 4:
  4: last
     ^^^^
`, diag.List{{Summary: "B", Subject: at(4, 1, 5)}, {Summary: "A", Subject: at(1, 1, 4)}, {Severity: diag.Warning, Summary: "Columns not checked", Detail: "Run migrateiq lock."}}},
		{"a line that is not there any more", "Error: E\n\n  on main.miq.hcl line 9:\n", diag.List{{Summary: "E", Subject: at(9, 1, 2)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := view.Diagnostics(&b, view.Style{}, read, c.found); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, b.String()); d != "" {
				t.Errorf("diagnostics (-want +got):\n%s", d)
			}
		})
	}
}

func TestDiagnosticsAsJSONAreOneLine(t *testing.T) {
	var b bytes.Buffer
	if err := view.DiagnosticsJSON(&b, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), `{"format":1,"valid":true,"diagnostics":[]}`+"\n"; got != want {
		t.Errorf("no findings: got %s want %s", got, want)
	}
}
