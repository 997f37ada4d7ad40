package lang

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
)

// Evaluated is the value of an expression.
type Evaluated struct {
	JSON      string
	Sensitive bool // it comes from a sensitive variable, and JSON is left out
}

// typed is the file of an expression that was typed in; no folder has one of the name.
const typed = "<typed in>.miq.hcl"

// Evaluate gives the value of an HCL expression as an output of the folder's root would see it before an apply. What it finds
// wrong with the expression stands in the file "", line 1; findings about the folder's own files are left to Load.
func Evaluate(dir string, set providers.Set, opt Options, text string) (Evaluated, diag.List) {
	e, problems := hclsyntax.ParseExpression([]byte(text), typed, hcl.InitialPos)
	if problems.HasErrors() {
		return Evaluated{}, typedIn(problems)
	}
	if at := e.Range(); at.Start.Line != at.End.Line {
		return Evaluated{}, diag.List{{Code: "syntax", Summary: "Expression of several lines", Detail: "An expression is typed in one line here."}}
	}
	for _, t := range e.Variables() {
		if at := place(t.SourceRange()); t.RootName() == "mapping" {
			return Evaluated{}, diag.List{lifted(diag.Diagnostic{Code: "invalid-reference", Summary: "Not known before an apply", Subject: &at,
				Detail: "What a mapping did is known after an apply only, by the outputs that ask for it: `migrateiq output` prints them."}, 0)}
		}
	}
	const before = "output \"typed_in\" {\n  value = (\n"
	opt.with(dir, typed, []byte(before+text+"\n  )\n}\n"))
	cfg, found := Load(dir, set, opt)
	var own diag.List
	for _, d := range append(found, cfg.NotYet...) {
		if d.Subject == nil || d.Subject.File != typed {
			continue
		}
		if d.Code == "sensitive-value" {
			return Evaluated{Sensitive: true}, nil
		}
		own.Add(lifted(d, 2))
	}
	if own.HasErrors() {
		return Evaluated{}, own
	}
	for _, o := range cfg.Outputs {
		if o.Range.File == typed && o.Evaluate != nil {
			json, found := o.Evaluate(nil)
			for i := range found {
				found[i] = lifted(found[i], 2)
			}
			return Evaluated{JSON: json}, append(own, found...)
		}
	}
	return Evaluated{}, diag.List{{Code: "evaluation", Summary: "Folder with errors",
		Detail: "The expression has no value while the configuration has errors. `migrateiq validate` lists them."}}
}

// with adds a file to the root folder that is not on disk.
func (o *Options) with(root, name string, text []byte) {
	read, list := o.ReadFile, o.ReadDir
	if read == nil {
		read = os.ReadFile
	}
	if list == nil {
		list = readDir
	}
	o.ReadFile = func(path string) ([]byte, error) {
		if path == filepath.Join(root, name) {
			return text, nil
		}
		return read(path)
	}
	o.ReadDir = func(dir string) ([]string, error) {
		names, err := list(dir)
		if filepath.Clean(dir) == filepath.Clean(root) {
			names = append(slices.Clone(names), name)
		}
		return names, err
	}
}

// typedIn makes findings of HCL's own about a text that was typed in.
func typedIn(problems hcl.Diagnostics) diag.List {
	var all diag.List
	for _, p := range problems {
		if p.Severity != hcl.DiagError {
			continue
		}
		d := diag.Diagnostic{Code: "syntax", Summary: p.Summary, Detail: p.Detail}
		if p.Subject != nil {
			at := place(*p.Subject)
			d.Subject = &at
		}
		all.Add(lifted(d, 0))
	}
	return all
}

// lifted puts a finding where it stands in the text that was typed in, so many lines further up.
func lifted(d diag.Diagnostic, lines int) diag.Diagnostic {
	d.Object = ""
	if d.Subject != nil {
		at := *d.Subject
		at.File, at.Start.Line, at.End.Line = "", max(at.Start.Line-lines, 1), max(at.End.Line-lines, 1)
		d.Subject = &at
	}
	return d
}
