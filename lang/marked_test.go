package lang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// want is one mark at the end of a line: # want CODE "part of the message".
type want struct {
	file       string
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
			all = append(all, want{line: i + 1, code: m[1], part: m[2]})
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
		t.Run(filepath.Base(path), func(t *testing.T) {
			compare(t, folder{"main.miq.hcl": string(src), "codes.csv": "code,name\n1,one\n"})
		})
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range archives {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := folder{}
		for _, file := range a.Files {
			f[file.Name] = string(file.Data)
			marks += len(wants(string(file.Data)))
		}
		t.Run(filepath.Base(path), func(t *testing.T) { compare(t, f) })
	}
	if marks < 300 {
		t.Errorf("marks: got %d, want at least 300", marks)
	}
}

// compare loads a folder and holds what it finds against the marks in its files.
func compare(t *testing.T, f folder) {
	opt := f.options()
	opt.Env = map[string]string{"given": "7"}
	cfg, found := lang.Load(root, fakes(), opt)
	found = slices.Concat(found, cfg.NotYet).Sorted()
	var missing []want
	for name, src := range f {
		for _, w := range wants(src) {
			w.file = name
			missing = append(missing, w)
		}
	}
	for _, d := range found {
		i := slices.IndexFunc(missing, func(w want) bool { return w.fits(d) })
		if i < 0 {
			t.Errorf("not wanted: %s", shown(d))
			continue
		}
		missing = slices.Delete(missing, i, i+1)
	}
	for _, w := range missing {
		t.Errorf("wanted and not found: %s line %d: %s %q", w.file, w.line, w.code, w.part)
	}
}

func (w want) fits(d diag.Diagnostic) bool {
	return d.Subject != nil && d.Subject.File == w.file && d.Subject.Start.Line == w.line && d.Code == w.code &&
		strings.Contains(d.Summary+"\n"+d.Detail, w.part)
}

func shown(d diag.Diagnostic) string {
	at := "no place"
	if d.Subject != nil {
		at = fmt.Sprintf("%s line %d column %d", d.Subject.File, d.Subject.Start.Line, d.Subject.Start.Column)
	}
	return fmt.Sprintf("%s: %s: %s: %s (in %s)", at, d.Code, d.Summary, d.Detail, d.Object)
}
