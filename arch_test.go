package migrateiq_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/novumsolvo/migrateiq"

// who may import whom, without the module's path. The last element may be `*` for one element and `...` for any number
// of them; a line without a wildcard goes before one with. docs/ARCHITECTURE.md has the same table.
var mayImport = table(`
. lang/diag providers/schema providers/secret engine/event policy state lang/library providers/testserver :
policy/*              : policy
state/*               : state providers/secret
lang/expr             : lang/diag lang/library providers/schema
lang/format           : lang/diag lang/expr
providers/batch       : providers/schema
providers             : providers/schema providers/batch providers/secret
providers/*           : providers providers/schema providers/batch providers/secret
providers/conformance : providers providers/schema providers/batch providers/secret providers/faulty
lang                  : lang/diag lang/expr lang/library providers providers/schema providers/secret
lang/module           : lang lang/diag providers/schema
lang/write            : lang lang/diag lang/format providers/schema
engine/resolve        : lang lang/diag lang/expr engine/mapping engine/plan providers providers/schema
engine/plan           : lang/diag lang/expr providers providers/schema
engine/mapping        : lang/diag lang/expr engine/plan providers/schema
engine/lineage        : lang/diag lang/expr engine/plan providers/schema
engine/delta          : engine/plan engine/transform providers providers/batch providers/schema
engine/transform      : engine/plan lang/diag lang/expr lang/library providers providers/schema providers/batch providers/secret
engine/planner        : engine/plan engine/mapping engine/lineage engine/resolve lang lang/diag lang/expr providers providers/schema state
engine/measure        : engine/delta engine/plan engine/planner engine/transform engine/verify engine/event lang/expr providers providers/schema providers/batch
engine/review         : engine/plan engine/lineage policy
engine/transfer       : engine/delta engine/plan engine/transform engine/event lang/expr providers providers/schema providers/batch providers/throttle state
engine/verify         : engine/plan engine/transform engine/event lang/expr providers providers/schema providers/batch
engine/repair         : engine/plan engine/verify providers providers/schema
engine/evidence       : engine/plan engine/event policy state
engine/run            : engine/delta engine/plan engine/planner engine/measure engine/review engine/transfer engine/transform engine/verify engine/event engine/evidence lang/diag policy providers providers/schema providers/batch state
engine                : engine/* lang lang/diag lang/module policy providers providers/schema providers/batch providers/secret state
cmd/...               : ...
`)

// Libraries that few packages may import, so that one place changes when the library does.
var fences = table(`
github.com/hashicorp/hcl          : lang lang/...
github.com/zclconf/go-cty         : lang lang/...
github.com/google/cel-go          : lang/expr lang/library engine/transform
github.com/open-policy-agent/opa  : policy/rego policy/packs
github.com/jackc/pgx              : providers/postgres state/postgres
modernc.org/sqlite                : providers/sqlite
github.com/spf13/cobra            : cmd/...
github.com/vbauerster/mpb         : cmd/...
charm.land/lipgloss               : cmd/...
`)

var topLevel = strings.Fields(`cmd lang engine providers policy state examples testdata docs go.mod go.sum Makefile README.md
	LICENSE CHANGELOG.md CONTRIBUTING.md doc.go arch_test.go .ci .github .gitignore`)

const maxLines = 500

type line struct{ left, right []string }

func table(text string) []line {
	var out []line
	for row := range strings.Lines(strings.TrimSpace(text)) {
		left, right, _ := strings.Cut(row, " :")
		out = append(out, line{strings.Fields(left), strings.Fields(right)})
	}
	return out
}

// matches holds a path against a pattern of the tables.
func matches(pattern, p string) bool {
	if under, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(p+"/", under)
	}
	if under, ok := strings.CutSuffix(pattern, "*"); ok {
		rest, ok := strings.CutPrefix(p, under)
		return ok && rest != "" && !strings.Contains(rest, "/")
	}
	return pattern == p
}

func matchesAny(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, p) })
}

// lineOf finds the line of a package: the one that has its very name before one with a wildcard.
func lineOf(p string) (line, bool) {
	for _, l := range mayImport {
		if slices.Contains(l.left, p) {
			return l, true
		}
	}
	i := slices.IndexFunc(mayImport, func(l line) bool { return matchesAny(l.left, p) })
	if i < 0 {
		return line{}, false
	}
	return mayImport[i], true
}

// A pkg is one folder of Go files; its path is without the module's, "." at the top.
type pkg struct {
	path  string
	files []file
}

type file struct {
	path  string
	test  bool
	lines int
	ast   *ast.File
}

func parse(t *testing.T, name string, text []byte) file {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file{name, strings.HasSuffix(name, "_test.go"), bytes.Count(text, []byte("\n")), tree}
}

// packages asks go list for the packages, and reads every Go file of them, whatever system it is for.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	top, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct{ ImportPath, Dir string }
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		names, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := pkg{path: inModule(p.ImportPath)}
		for _, n := range names {
			text, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel(top, n)
			found.files = append(found.files, parse(t, filepath.ToSlash(rel), text))
		}
		all = append(all, found)
	}
	if len(all) == 0 {
		t.Fatal("go list named no package")
	}
	return all
}

// inModule cuts the module's path off, "" for a package of another module.
func inModule(importPath string) string {
	if importPath == module {
		return "."
	}
	rest, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return rest
}

// imports gives the import paths of a package's non-test files.
func (p pkg) imports() []string {
	set := map[string]bool{}
	for _, f := range p.files {
		for _, i := range f.ast.Imports {
			if !f.test {
				set[strings.Trim(i.Path.Value, `"`)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func wrongImports(p pkg) []string {
	allowed, ok := lineOf(p.path)
	if !ok {
		return []string{fmt.Sprintf("package %s has no line in the import table", p.path)}
	}
	var found []string
	for _, i := range p.imports() {
		if to := inModule(i); to != "" && !matchesAny(allowed.right, to) {
			found = append(found, fmt.Sprintf("package %s may not import %s", p.path, to))
		}
	}
	return found
}

func wrongLibraries(p pkg) []string {
	var found []string
	for _, i := range p.imports() {
		for _, f := range fences {
			if matches(f.left[0]+"/...", i) && !matchesAny(f.right, p.path) {
				found = append(found, fmt.Sprintf("package %s may not import %s, only %s may", p.path, i, strings.Join(f.right, ", ")))
			}
		}
	}
	return found
}

func longFiles(p pkg) []string {
	var found []string
	for _, f := range p.files {
		if f.lines > maxLines {
			found = append(found, fmt.Sprintf("%s has %d lines, more than %d", f.path, f.lines, maxLines))
		}
	}
	return found
}

func wrongComments(p pkg) []string {
	var in, names []string
	for _, f := range p.files {
		if f.test {
			continue
		}
		names = append(names, f.path)
		if f.ast.Doc == nil {
			continue
		}
		in = append(in, f.path)
		if name := f.ast.Name.Name; name != "main" && !strings.HasPrefix(f.ast.Doc.Text(), "Package "+name+" ") {
			return []string{fmt.Sprintf("%s: the package comment does not begin with `Package %s`", f.path, name)}
		}
	}
	if len(in) != 1 && names != nil {
		return []string{fmt.Sprintf("package %s has a package comment in %d files, it should be one: %v", p.path, len(in), in)}
	}
	return nil
}

var banned = strings.Fields("util utils common helper helpers shared types core")

func wrongNames(p pkg) []string {
	names := []string{path.Base(p.path)}
	for _, f := range p.files {
		names = append(names, f.ast.Name.Name)
	}
	for _, n := range names {
		if slices.Contains(banned, strings.TrimSuffix(n, "_test")) {
			return []string{fmt.Sprintf("package %s: the name %s says nothing", p.path, n)}
		}
	}
	return nil
}

func initFunctions(p pkg) []string {
	var found []string
	for _, f := range p.files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, f.path+" has a func init")
			}
		}
	}
	return found
}

// environment finds readers of environment variables below cmd. The server for tests may look for its binaries.
func environment(p pkg) []string {
	if matches("cmd/...", p.path) || p.path == "providers/testserver" {
		return nil
	}
	readers := strings.Fields("Getenv LookupEnv Environ ExpandEnv")
	var found []string
	for _, f := range p.files {
		if f.test {
			continue
		}
		name := importName(f.ast, "os")
		ast.Inspect(f.ast, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && name != "" && x.Name == name && slices.Contains(readers, s.Sel.Name) {
				found = append(found, fmt.Sprintf("%s reads the environment with os.%s", f.path, s.Sel.Name))
			}
			return true
		})
	}
	return found
}

// importName is what a file calls the package it imports from importPath, "" where it does not.
func importName(f *ast.File, importPath string) string {
	for _, i := range f.Imports {
		if strings.Trim(i.Path.Value, `"`) != importPath {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}

var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)

func unfinishedLines(name string, text []byte) []string {
	var found []string
	for n, l := range strings.Split(string(text), "\n") {
		if unfinished.MatchString(l) {
			found = append(found, fmt.Sprintf("%s:%d leaves something to be done", name, n+1))
		}
	}
	return found
}

func strangers(entries []string) []string {
	var found []string
	for _, e := range entries {
		if !slices.Contains(topLevel, e) {
			found = append(found, e+" does not belong at the top level")
		}
	}
	return found
}

// sources lists all files that git would commit, where there is no git all files but what a build makes.
func sources(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(".", func(p string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin", ".migrateiq-demo"}, p):
			return filepath.SkipDir
		case !d.IsDir():
			all = append(all, filepath.ToSlash(p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tracked, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return all
	}
	names := strings.Split(string(tracked), "\x00")
	return slices.DeleteFunc(all, func(p string) bool { return !slices.Contains(names, p) })
}

func each(t *testing.T, check func(pkg) []string) {
	t.Helper()
	for _, p := range packages(t) {
		for _, finding := range check(p) {
			t.Error(finding)
		}
	}
}

func TestArchitectureImports(t *testing.T)         { each(t, wrongImports) }
func TestArchitectureLibraries(t *testing.T)       { each(t, wrongLibraries) }
func TestArchitectureFileLength(t *testing.T)      { each(t, longFiles) }
func TestArchitecturePackageComments(t *testing.T) { each(t, wrongComments) }
func TestArchitectureNames(t *testing.T)           { each(t, wrongNames) }
func TestArchitectureInit(t *testing.T)            { each(t, initFunctions) }
func TestArchitectureEnvironment(t *testing.T)     { each(t, environment) }

func TestArchitectureTopLevel(t *testing.T) {
	var entries []string
	for _, p := range sources(t) {
		first, _, _ := strings.Cut(p, "/")
		entries = append(entries, first)
	}
	slices.Sort(entries)
	for _, finding := range strangers(slices.Compact(entries)) {
		t.Error(finding)
	}
}

func TestArchitectureNothingIsLeftToBeDone(t *testing.T) {
	written := strings.Fields(".go .md .hcl .yml .rego .txtar")
	for _, p := range sources(t) {
		if !slices.Contains(written, path.Ext(p)) && p != "Makefile" && p != ".ci/run" {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range unfinishedLines(p, text) {
			t.Error(finding)
		}
	}
}

// Every check above, on something that breaks its rule and on something near it that does not.
func TestArchitectureChecksFindWhatTheyLookFor(t *testing.T) {
	in := func(p string, texts ...string) pkg {
		made := pkg{path: p}
		for i, text := range texts {
			made.files = append(made.files, parse(t, fmt.Sprintf("%s/f%d.go", p, i), []byte(text)))
		}
		return made
	}
	importing := func(p, what string) pkg { return in(p, "package x\nimport \""+what+"\"\n") }
	ours := module + "/"
	commented, bare := "// Package x is.\npackage x\n", "package x\n"
	readsEnv := "package x\nimport sys \"os\"\nvar v = sys.Getenv(\"HOME\")\n"
	testFile := in("state")
	testFile.files = append(testFile.files, parse(t, "state/x_test.go", []byte("package x\nimport (\"os\"\n_ \""+ours+"engine\")\nvar v = os.Getenv(\"A\")\n")))
	for name, c := range map[string]struct {
		check func(pkg) []string
		given pkg
		found bool
	}{
		"a provider imports its sibling":         {wrongImports, importing("providers/csv", ours+"providers/sqlite"), true},
		"a provider imports batch":               {wrongImports, importing("providers/csv", ours+"providers/batch"), false},
		"conformance imports faulty":             {wrongImports, importing("providers/conformance", ours+"providers/faulty"), false},
		"state imports policy":                   {wrongImports, importing("state", ours+"policy"), true},
		"a store imports state":                  {wrongImports, importing("state/localfile", ours+"state"), false},
		"a store imports the engine":             {wrongImports, importing("state/localfile", ours+"engine"), true},
		"the engine imports one of its parts":    {wrongImports, importing("engine", ours+"engine/plan"), false},
		"the engine imports a provider":          {wrongImports, importing("engine", ours+"providers/sqlite"), true},
		"cmd imports a provider":                 {wrongImports, importing("cmd/migrateiq", ours+"providers/sqlite"), false},
		"the top imports something":              {wrongImports, importing(".", ours+"state"), true},
		"something imports the top":              {wrongImports, importing("engine", module), true},
		"the test server imports something":      {wrongImports, importing("providers/testserver", ours+"providers"), true},
		"a package that is in no line":           {wrongImports, in("engine/magic", bare), true},
		"a provider's inner package":             {wrongImports, in("providers/csv/inner", bare), true},
		"a test imports what its package mayn't": {wrongImports, testFile, false},
		"hcl in the engine":                      {wrongLibraries, importing("engine/plan", "github.com/hashicorp/hcl/v2"), true},
		"hcl in lang/format":                     {wrongLibraries, importing("lang/format", "github.com/hashicorp/hcl/v2/hclwrite"), false},
		"cel-go in lang":                         {wrongLibraries, importing("lang", "github.com/google/cel-go/cel"), true},
		"pgx in sqlite":                          {wrongLibraries, importing("providers/sqlite", "github.com/jackc/pgx/v5"), true},
		"pgx in postgres":                        {wrongLibraries, importing("providers/postgres", "github.com/jackc/pgx/v5/pgconn"), false},
		"another library with a like name":       {wrongLibraries, importing("engine", "github.com/jackc/pgxmock"), false},
		"cobra in the engine":                    {wrongLibraries, importing("engine", "github.com/spf13/cobra"), true},
		"a file of 500 lines":                    {longFiles, in("state", bare+strings.Repeat("\n", 499)), false},
		"a file of 501 lines":                    {longFiles, in("state", bare+strings.Repeat("\n", 500)), true},
		"no package comment":                     {wrongComments, in("state", bare, bare), true},
		"one package comment":                    {wrongComments, in("state", commented, bare), false},
		"two package comments":                   {wrongComments, in("state", commented, commented), true},
		"a comment about something else":         {wrongComments, in("state", "// Copyright.\npackage x\n"), true},
		"a package named util":                   {wrongNames, in("engine/util", "package util\n"), true},
		"a folder whose package is named types":  {wrongNames, in("engine/kinds", "package types\n"), true},
		"a package named state":                  {wrongNames, in("state", "package state\n"), false},
		"a func init":                            {initFunctions, in("state", "package x\nfunc init() {}\n"), true},
		"a method named init":                    {initFunctions, in("state", "package x\ntype T int\nfunc (T) init() {}\n"), false},
		"the environment below cmd":              {environment, in("engine", readsEnv), true},
		"the environment in cmd":                 {environment, in("cmd/migrateiq/cli", readsEnv), false},
		"the environment in a test":              {environment, testFile, false},
		"another thing named Getenv":             {environment, in("engine", "package x\nvar v = r.Getenv(\"HOME\")\n"), false},
	} {
		if got := c.check(c.given); (len(got) > 0) != c.found {
			t.Errorf("%s: got %q, want a finding: %t", name, got, c.found)
		}
	}
	if got := strangers([]string{"cmd", "internal", ".gitignore"}); len(got) != 1 {
		t.Errorf("an entry `internal` at the top level: got %q", got)
	}
	if got := unfinishedLines("x.go", []byte("a\n// TO"+"DO: b\n// METHODOLOGY\n")); !slices.Equal(got, []string{"x.go:2 leaves something to be done"}) {
		t.Errorf("something left to be done in line 2: got %q", got)
	}
}
