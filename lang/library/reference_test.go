package library_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang/library"
)

var update = flag.Bool("update", false, "write the reference of the functions and the list of their overloads")

func TestTheReferenceIsWhatTheFunctionsSay(t *testing.T) {
	compareFile(t, filepath.Join("..", "..", "docs", "reference", "functions.md"), reference(t))
}

// The names of overloads are part of the canonical form of expressions: where one changes, the fields that use it are mapped again.
func TestOverloadsAreAsTheyWere(t *testing.T) {
	var ids []string
	functions := environment(t).Functions()
	for _, f := range library.Functions() {
		for _, o := range functions[f.Name].OverloadDecls() {
			ids = append(ids, fmt.Sprintf("%s %s %s", f.Name, o.ID(), o.ResultType()))
		}
	}
	slices.Sort(ids)
	compareFile(t, filepath.Join("testdata", "overloads.txt"), strings.Join(ids, "\n")+"\n")
}

func compareFile(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) == want {
		return
	}
	have, wanted := strings.Split(string(got), "\n"), strings.Split(want, "\n")
	for i := range max(len(have), len(wanted)) {
		if i >= len(have) || i >= len(wanted) || have[i] != wanted[i] {
			t.Fatalf("%s differs from line %d on; write it with go test ./lang/library -update and read the difference", path, i+1)
		}
	}
}

// spaces are the namespaces in the order of the reference, each with what it is about.
func spaces() [][2]string {
	return [][2]string{
		{"", "Conversions and functions without a namespace"}, {"text", "Texts"}, {"regex", "Regular expressions"}, {"date", "Days"}, {"time", "Times of day"}, {"datetime", "Wall clocks"},
		{"decimal", "Exact numbers"}, {"number", "Numbers as people write them"}, {"units", "Units"}, {"list", "Lists and sets"}, {"json", "JSON"}, {"xml", "XML"}, {"phone", "Telephone numbers"},
		{"email", "E-mail addresses"}, {"hash", "Hashes"}, {"encode", "Encodings"}, {"decode", "Decodings"},
		{"nhs", "NHS numbers"}, {"icd10", "Codes of ICD-10"}, {"opcs4", "Codes of OPCS-4"}, {"snomed", "Codes of SNOMED CT"}, {"mask", "Masks"}, {"pseudonym", "Pseudonyms"},
	}
}

func reference(t *testing.T) string {
	t.Helper()
	groups := map[string][]library.Function{}
	ours := map[string]bool{}
	for _, f := range library.Functions() {
		space, _, dotted := strings.Cut(f.Name, ".")
		if !dotted {
			space = ""
		}
		groups[space] = append(groups[space], f)
		ours[f.Name] = true
	}
	var out strings.Builder
	out.WriteString(`# Functions in expressions

The expressions of ` + "`cel`, `where`, `expect` and `on`" + ` are CEL. This page lists the functions that migrateiq adds. It is written by a test
from the functions themselves, and every example on it is run.

All of them give the same result for the same arguments, always and everywhere: none sees the clock, chance or the outside world.
An error stops the row and says what was wrong without showing a value. An argument called a literal is written as a text in the
expression itself, and ` + "`validate`" + ` checks it.

**Null.** A function gives null where an argument is null, if its line says nothing else. A function over a list takes none in which there may be
nulls, unless it says so; ` + "`list.without_nulls`" + ` takes them out.

**Cost** is how the work for a row grows: cheap is the same for all usual arguments, linear grows with their length, heavy parses, hashes or
compares them.

**Version** rises when the same arguments give another result; the fields that use the function are then mapped again.
`)
	for _, space := range spaces() {
		title := space[1]
		if space[0] != "" {
			title += ": " + space[0]
		}
		fmt.Fprintf(&out, "\n## %s\n", title)
		for _, f := range groups[space[0]] {
			entry(&out, f)
		}
		delete(groups, space[0])
	}
	if len(groups) > 0 {
		t.Errorf("the reference has no heading for %v", slices.Sorted(maps.Keys(groups)))
	}
	var others []string
	for name := range environment(t).Functions() {
		if !ours[name] && name[0] >= 'a' && name[0] <= 'z' && !strings.Contains(name, "@") {
			others = append(others, "`"+name+"`")
		}
	}
	slices.Sort(others)
	fmt.Fprintf(&out, "\n## CEL's own\n\nBesides these there are CEL's operators, its macros `all`, `exists`, `exists_one`, `filter`, `map`, `has`, `sortBy`, `math.greatest` and `math.least`, and its own functions: %s.\n", strings.Join(others, ", "))
	return out.String()
}

func entry(out *strings.Builder, f library.Function) {
	fmt.Fprintf(out, "\n### %s\n\n```text\n%s\n```\n\n%s\n\n", f.Name, strings.ReplaceAll(f.Signature, "), "+f.Name+"(", ")\n"+f.Name+"("),
		strings.NewReplacer("<", `\<`, "*", `\*`, "`", "\\`").Replace(f.Doc))
	fmt.Fprintf(out, "- Null: %s.\n- Cost: %s.\n- Version: %d.\n", f.Null, f.Cost, f.Version)
	fmt.Fprintf(out, "- Example: `%s` is `%s`\n", f.Example, f.Result)
}
