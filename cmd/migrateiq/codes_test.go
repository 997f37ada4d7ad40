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

// In lang and engine a literal of small letters with hyphens is the code of a finding; nothing else is written so.
func TestEveryCodeOfAFindingIsInTheReference(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository, "docs", "reference", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, word := range regexp.MustCompile(`[A-Za-z-]+`).FindAllString(string(page), -1) {
		listed[word] = true
	}
	have := map[string]string{}
	for _, dir := range []string{"lang", "engine"} {
		err := filepath.WalkDir(filepath.Join(repository, dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if filepath.Base(filepath.Dir(path)) == "library" {
				return nil // its texts are of functions and their examples
			}
			return codesOf(path, have)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(have)) {
		if !listed[code] {
			t.Errorf("docs/reference/errors.md lacks %s of %s", code, have[code])
		}
	}
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
