package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// plainCodes are the codes of one word and those put together of parts, which no form tells from other words.
func plainCodes() []string {
	return []string{"syntax", "evaluation", "query", "join", "lookup", "lossy", "lock", "key", "measure", "system", "unreachable", "denied", "unsupported",
		"CONFIG", "STATE", "ENGINE", "AGE", "SRC-SCHEMA", "TGT-SCHEMA", "POLICY", "EXEMPTION", "policy", "exemption-unused", "unknown-source", "unknown-target"}
}

// In lang and engine a literal of small letters with hyphens is the code of a finding; nothing else is written so. The
// reference has a heading for each code, and none for a code that is gone.
func TestTheReferenceHasTheCodesOfFindings(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository, "docs", "reference", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^### ([A-Za-z-]+)$`).FindAllStringSubmatch(string(page), -1) {
		listed[m[1]]++
	}
	have := allCodes(t)
	for _, code := range slices.Sorted(maps.Keys(have)) {
		if listed[code] != 1 {
			t.Errorf("docs/reference/errors.md: got %d headings for %s of %s, want one", listed[code], code, have[code])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(listed)) {
		if have[code] == "" {
			t.Errorf("docs/reference/errors.md has the code %s, and nothing in lang or engine gives it", code)
		}
	}
}

// allCodes are the codes in lang and engine, each with a file that gives it.
func allCodes(t *testing.T) map[string]string {
	t.Helper()
	have := map[string]string{}
	for _, dir := range []string{"lang", "engine"} {
		err := filepath.WalkDir(filepath.Join(repository, dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if in := filepath.Base(filepath.Dir(path)); in == "library" || in == "evidence" {
				return nil // their texts are of functions and their examples, and the words of other tools' forms
			}
			return codesOf(path, have)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range plainCodes() {
		have[code] = "plainCodes"
	}
	return have
}

func codesOf(path string, into map[string]string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return err
	}
	form := regexp.MustCompile(`^([a-z]+(-[a-z]+)+|[A-Z]+-[A-Z]+)$`)
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil && form.MatchString(s) {
				into[s] = filepath.Base(path)
			}
		}
		return true
	})
	return nil
}

// Every code has a configuration in lang/testdata or testdata/marked with a mark at the line where it is found, unless it needs what no
// configuration alone can give. Those are listed with the reason.
func TestEveryCodeHasAMarkedConfiguration(t *testing.T) {
	marked := map[string]int{}
	all := 0
	for _, dir := range []string{filepath.Join("lang", "testdata"), filepath.Join("cmd", "migrateiq", "testdata", "marked")} {
		err := filepath.WalkDir(filepath.Join(repository, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range regexp.MustCompile(`want ([a-z-]+) "`).FindAllStringSubmatch(string(text), -1) {
				marked[m[1]]++
				all++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if all < 150 {
		t.Errorf("marks: got %d, want at least 150", all)
	}
	unmarkable := withoutMark()
	have := allCodes(t)
	for _, code := range slices.Sorted(maps.Keys(have)) {
		if marked[code] == 0 && unmarkable[code] == "" {
			t.Errorf("%s of %s: no configuration has a mark for it, and withoutMark gives no reason", code, have[code])
		}
		if marked[code] > 0 && unmarkable[code] != "" {
			t.Errorf("%s: withoutMark says %q, and a configuration has a mark for it", code, unmarkable[code])
		}
	}
	for code := range unmarkable {
		if have[code] == "" {
			t.Errorf("withoutMark has %s, and nothing gives that code", code)
		}
	}
}

// withoutMark are the codes that no configuration can have a mark for, with the reason.
func withoutMark() map[string]string {
	why := map[string]string{}
	for reason, codes := range map[string][]string{
		"a saved plan is held against the world":  {"CONFIG", "STATE", "ENGINE", "AGE", "SRC-SCHEMA", "TGT-SCHEMA", "SRC-MOVED", "TGT-MOVED", "POLICY", "EXEMPTION"},
		"rules are compiled by plan":              {"policy", "exemption-unused"},
		"a system answers, or does not":           {"cursor-endless", "cursor-lost", "cursor-ambiguous", "bad-value", "denied", "unreachable", "unsupported", "not-found", "system", "measure", "query", "join", "secret-not-set", "connection-note", "key"},
		"the kind of an open system decides":      {"join-not-possible", "query-not-possible", "ref-not-possible", "one-place"},
		"the content of a lookup is read by plan": {"lookup"},
		"the lock is read or written":             {"lock", "lock-damaged", "lock-differs", "columns-not-checked"},
		"a state or the rows of a target decide": {"mapping-vanished", "loaded-again", "cursor-changed", "other-table", "left-out", "contract-not-raised", "target-holds-rows", "half-loaded", "replace-of-others", "swap-would-break", "nothing-kept", "rollback-not-possible", "foreign-key-cycle",
			"ledger-differs", "run-open", "one-target-twice", "change-needs-replace", "key-not-unique", "other-lineage", "target-restored", "check-needs-all-rows", "history-needs-replace", "history-unique"},
		"what runs left decides, and tests of the engine show it": {"import-differs", "import-needs-key", "null-in-rows-gone", "purge-differs", "purge-referred", "purge-unknown",
			"reload-generation", "reload-needs-key", "reload-of-key", "reload-whole"},
		"the moments of rows are read":       {"history-backwards", "history-clock", "history-same-moment"},
		"two systems of one product meet":    {"definition-differs", "definition-missing", "partition-exists", "key-merges"},
		"a plan is reviewed":                 {"governance-conflict", "transfer-conflict"},
		"it has no place in a configuration": {"no-configuration", "undeclared-variable", "not-formatted"},
	} {
		for _, code := range codes {
			why[code] = reason
		}
	}
	return why
}
