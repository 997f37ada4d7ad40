package lang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// want is one mark at the end of a line: # want CODE "part of the message".
type want struct {
	line       int
	code, part string
}

var mark = regexp.MustCompile(`want ([a-z-]+) "(.*?)"( want |\s*$)`)

func wants(src string) []want {
	var all []want
	for i, line := range strings.Split(src, "\n") {
		_, marks, found := strings.Cut(line, "# want ")
		for marks = "want " + marks; found; {
			m := mark.FindStringSubmatch(marks)
			if m == nil {
				break
			}
			all = append(all, want{i + 1, m[1], m[2]})
			marks = strings.TrimPrefix(marks, strings.TrimSuffix(m[0], "want "))
		}
	}
	return all
}

func TestMarkedConfigurations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/*.hcl: got %d files and error %v", len(files), err)
	}
	marks := 0
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		marks += len(wants(string(src)))
		t.Run(filepath.Base(path), func(t *testing.T) { compare(t, string(src)) })
	}
	if marks < 150 {
		t.Errorf("marks: got %d, want at least 150", marks)
	}
}

func compare(t *testing.T, src string) {
	f := folder{"main.miq.hcl": src, "codes.csv": "code,name\n1,one\n"}
	opt := f.options()
	opt.Env = map[string]string{"given": "7"}
	cfg, found := lang.Load(root, fakes(), opt)
	found = slices.Concat(found, cfg.NotYet).Sorted()
	missing := wants(src)
	for _, d := range found {
		i := slices.IndexFunc(missing, func(w want) bool { return w.fits(d) })
		if i < 0 {
			t.Errorf("not wanted: %s", shown(d))
			continue
		}
		missing = slices.Delete(missing, i, i+1)
	}
	for _, w := range missing {
		t.Errorf("wanted and not found: line %d: %s %q", w.line, w.code, w.part)
	}
}

func (w want) fits(d diag.Diagnostic) bool {
	return d.Subject != nil && d.Subject.Start.Line == w.line && d.Code == w.code &&
		strings.Contains(d.Summary+"\n"+d.Detail, w.part)
}

func shown(d diag.Diagnostic) string {
	at := "no place"
	if d.Subject != nil {
		at = fmt.Sprintf("line %d column %d", d.Subject.Start.Line, d.Subject.Start.Column)
	}
	return fmt.Sprintf("%s: %s: %s: %s (in %s)", at, d.Code, d.Summary, d.Detail, d.Object)
}
