package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// reasonsPage is docs/reference/reasons.md.
func reasonsPage() string {
	var out strings.Builder
	out.WriteString("# Reasons and categories\n\n" + wrapped(`Every action of a plan has reasons with codes that keep their meaning, and a category: the gravest of its reasons.
*metadata* moves no row; *additive* adds rows or columns; *corrective* changes values where they differ; *breaking* may break those who read the target. Two flags stand
beside it: *irreversible*, where something that stood in the target is gone afterwards, and *exposure*, where data come where they are less protected. They follow from the recorded
definition and the new one by rules, never by a question.`) + "\n\n" + wrapped("A mapping takes a code for another category with `treat_as` in its [lifecycle](blocks.md): the plan shows it with the reason, and an approval of the plan covers it. The flags stay.") + "\n\n")
	rows := [][]string{{"code", "category", "flags", "means"}}
	for _, c := range plan.Codes() {
		var flags []string
		if c.Irreversible {
			flags = append(flags, "irreversible")
		}
		if c.Exposure {
			flags = append(flags, "exposure")
		}
		rows = append(rows, []string{c.Code, c.Category, strings.Join(flags, ", "), c.Means})
	}
	table(&out, rows...)
	out.WriteString("\n" + wrapped("An action that reloads a table or removes rows is irreversible whatever its reasons.") + "\n")
	return out.String()
}

// The table has every code that the engine gives, and none that it does not.
func TestTheTableOfReasonsIsComplete(t *testing.T) {
	given := map[string]string{}
	err := filepath.WalkDir(filepath.Join(repository, "engine"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "hazard.go" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`"([A-Z][0-9]{3})"`).FindAllStringSubmatch(string(text), -1) {
			given[m[1]] = filepath.Base(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, c := range plan.Codes() {
		if given[c.Code] == "" {
			t.Errorf("plan.Codes has %s, and nothing in engine gives it", c.Code)
		}
		delete(given, c.Code)
		if c.Code <= last || c.Means == "" || plan.Graver("", c.Category) == "" {
			t.Errorf("plan.Codes: %s stands behind %s with category %q and %q, want the order of codes, a category and a sentence", c.Code, last, c.Category, c.Means)
		}
		last = c.Code
	}
	for code, file := range given {
		t.Errorf("%s of %s is not in plan.Codes", code, file)
	}
}
