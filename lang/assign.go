package lang

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// assign gives the variables their values; what comes later wins: the environment, the folder's *.auto.miqvars.hcl in
// alphabetical order, files named on the command line, and its single values.
func (l *loader) assign(names []string) {
	for _, name := range slices.Sorted(maps.Keys(l.opt.Env)) {
		if v := l.vars[name]; v != nil {
			l.assignText(v, l.opt.Env[name], "the environment variable MIGRATEIQ_VAR_"+name)
		}
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".auto.miqvars.hcl") && !strings.HasPrefix(name, ".") {
			l.assignFile(filepath.Join(l.dir, name), name)
		}
	}
	for _, path := range l.opt.VarFiles {
		l.assignHanded(path)
	}
	for _, a := range l.opt.Vars {
		if a.File != "" {
			l.assignHanded(a.File)
			continue
		}
		v := l.vars[a.Name]
		if v == nil {
			l.unplaced("undeclared-variable", "Undeclared variable",
				fmt.Sprintf("--var gives a value to %q, and no block declares that variable.%s", a.Name,
					diag.Suggest(a.Name, slices.Sorted(maps.Keys(l.vars)))))
			continue
		}
		l.assignText(v, a.Value, "--var")
	}
	for _, name := range slices.Sorted(maps.Keys(l.opt.Recorded)) {
		if v := l.vars[name]; v != nil {
			l.assignJSON(v, l.opt.Recorded[name])
		}
	}
}

// assignHanded takes a file of variables that the command line named.
func (l *loader) assignHanded(path string) {
	shown := l.relative(path)
	l.handed[shown] = !isConfiguration(shown) && !strings.HasSuffix(shown, ".auto.miqvars.hcl")
	l.assignFile(path, shown)
}

// assignJSON takes a value as Variable.Value wrote it.
func (l *loader) assignJSON(v *variable, text string) {
	const from = "the saved plan"
	kind, err := ctyjson.ImpliedType([]byte(text))
	if err == nil {
		var val cty.Value
		if val, err = ctyjson.Unmarshal([]byte(text), kind); err == nil {
			l.give(v, val, v.header, from)
			return
		}
	}
	v.broken = true
	l.fail("invalid-value", v.header, v.of, "Invalid value", fmt.Sprintf("The value that %s gives to %q cannot be read.", from, v.name))
}

// assignText takes a value that was not written in a file: a text for a variable of a plain type, else an expression.
// Messages do not quote it, since the variable may be sensitive.
func (l *loader) assignText(v *variable, text, from string) {
	if v.kind.IsPrimitiveType() || !v.has("type") {
		l.give(v, cty.StringVal(text), v.header, from)
		return
	}
	e, problems := expression(text, from)
	if !problems.HasErrors() {
		val, problems := e.Value(nil)
		if !problems.HasErrors() {
			l.give(v, val, v.header, from)
			return
		}
	}
	v.broken = true
	l.fail("invalid-value", v.header, v.of, "Invalid value",
		fmt.Sprintf("The value that %s gives to %q cannot be read. A value of type %s is written as in a file, for example %s.",
			from, v.name, v.typeName(), example(v.kind)))
}

func example(kind cty.Type) string {
	if kind.IsMapType() || kind.IsObjectType() {
		return `{ a = "x" }`
	}
	return `["a", "b"]`
}

// give makes val the variable's value if it is of its type.
func (l *loader) give(v *variable, val cty.Value, at hcl.Range, from string) {
	converted := v.convert(val)
	if converted == cty.NilVal {
		v.broken = true
		l.fail("invalid-value", at, v.of, "Invalid value",
			fmt.Sprintf("The value that %s gives to %q is not of the type %s.", from, v.name, v.typeName()))
		return
	}
	v.value = converted
}

// assignFile takes the values of one file of variables.
func (l *loader) assignFile(path, shown string) {
	src, ok := l.read(path, shown)
	if !ok {
		return
	}
	body, problems := syntaxTree(src, shown)
	if problems.HasErrors() {
		l.assignSyntax(problems, shown)
		return
	}
	for _, b := range body.Blocks {
		l.fail("unknown-block", b.TypeRange, "", "Block in a file of variables",
			fmt.Sprintf("A file of variables holds lines NAME = VALUE only; a block %s belongs into a file *.miq.hcl.", b.Type))
	}
	for name, attr := range body.Attributes {
		v := l.vars[name]
		if v == nil {
			at := place(attr.NameRange)
			l.diags.Add(diag.Diagnostic{Severity: diag.Warning, Code: "undeclared-variable", Summary: "Undeclared variable", Subject: &at,
				Detail: fmt.Sprintf("%s gives a value to %q, and no block declares that variable.%s", shown, name,
					diag.Suggest(name, slices.Sorted(maps.Keys(l.vars))))})
			continue
		}
		l.assignLine(v, attr, shown)
	}
}

// assignLine takes one line of a file of variables.
func (l *loader) assignLine(v *variable, attr *hclsyntax.Attribute, shown string) {
	if v.sensitive {
		val, problems := attr.Expr.Value(nil)
		if problems.HasErrors() {
			val = cty.DynamicVal // which is of no type: reported without HCL's words
		}
		l.give(v, val, v.header, shown)
		return
	}
	val, ok := l.eval(v.of, attr.Expr, inVariables())
	if !ok {
		v.broken = true
		return
	}
	l.give(v, val, attr.Expr.Range(), shown)
}

// assignSyntax reports that a file of variables is not HCL. The place is told in words, since its line, which would be
// printed with it, may hold a sensitive value.
func (l *loader) assignSyntax(problems hcl.Diagnostics, shown string) {
	for _, p := range problems {
		if p.Severity == hcl.DiagError && p.Subject != nil {
			l.unplaced("syntax", p.Summary, fmt.Sprintf("%s line %d, column %d: %s", shown, p.Subject.Start.Line, p.Subject.Start.Column, p.Detail))
		}
	}
}
