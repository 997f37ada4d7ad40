package lang_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
)

// A form that Load checks by has to be in the reference, wherever it is declared.
func TestEveryFormIsDescribed(t *testing.T) {
	described, err := os.ReadFile("reference.go")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range formsOf(file) {
			found++
			if !strings.Contains(string(described), " "+name+"}") {
				t.Errorf("describedForms in reference.go lacks %s of %s", name, e.Name())
			}
		}
	}
	if found < 15 {
		t.Errorf("forms: got %d, want at least 15", found)
	}
}

// formsOf are the variables of a file that are forms.
func formsOf(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if len(v.Values) != 1 {
				continue
			}
			if lit, ok := v.Values[0].(*ast.CompositeLit); ok {
				if kind, ok := lit.Type.(*ast.Ident); ok && kind.Name == "form" {
					names = append(names, v.Names[0].Name)
				}
			}
		}
	}
	return names
}

func TestEveryNameOfTheLanguageHasAText(t *testing.T) {
	for _, b := range lang.Reference() {
		if b.Doc == "" {
			t.Errorf("block %q: got no text; write it into reference_texts.go or reference_mapping.go", b.Path)
		}
		if b.Example == "" && b.Path != "" && b.Path != "module" {
			t.Errorf("block %q: got no example", b.Path)
		}
		for _, n := range b.Names {
			if n.Doc == "" {
				t.Errorf("%q in the block %q: got no text; write it into reference_texts.go or reference_mapping.go", n.Name, b.Path)
			}
			if !n.IsBlock && (n.Type == "" || n.Default == "" || n.Scope == "") {
				t.Errorf("%q in the block %q: got type %q, default %q and scope %q, want all three", n.Name, b.Path, n.Type, n.Default, n.Scope)
			}
			if strings.Contains(n.Doc+n.Type+n.Default, "|") {
				t.Errorf("%q in the block %q: a text with | breaks the table of the reference", n.Name, b.Path)
			}
		}
	}
}
