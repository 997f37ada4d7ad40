package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// fence is one code block of a page: ```LANG WORDS. The words say what a test does with it:
//
//	file=NAME   the text is a file of the page's folder
//	later       HCL with names that are not in this version; a test of its own reads it
//	whole       a block of HCL that stands alone; other HCL is read together with the page's files
//	day=DATE    from here on the clock of the page's commands starts at noon of that day
//	database=F  SQL that makes the SQLite file F of the page's folder
//	needs=postgres   the page's commands find an empty database at $TARGET_URL
//	runnable    the lines behind "$ " are run in the page's folder, and the other lines have to be in what they print;
//	            a line of only "..." stands for any number of lines, "..." in a line for any text. A command that
//	            shows a line beginning with Error: has to fail.
type fence struct {
	lang, words, text string
	line              int
}

func (f fence) file() string { return f.word("file=") }

func (f fence) word(prefix string) string {
	for w := range strings.FieldsSeq(f.words) {
		if value, ok := strings.CutPrefix(w, prefix); ok {
			return value
		}
	}
	return ""
}

func (f fence) is(word string) bool { return strings.Contains(" "+f.words+" ", " "+word+" ") }

// pages are the README and all of docs.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{filepath.Join(repository, "README.md")}
	err := filepath.WalkDir(filepath.Join(repository, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Glob(filepath.Join(repository, "examples", "*", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return append(all, examples...)
}

func fences(t *testing.T, page string) []fence {
	t.Helper()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []fence
	var open *fence
	for i, l := range strings.Split(string(raw), "\n") {
		mark, isFence := strings.CutPrefix(strings.TrimSpace(l), "```")
		switch {
		case isFence && open == nil:
			name, words, _ := strings.Cut(mark, " ")
			open = &fence{lang: name, words: words, line: i + 1}
		case isFence:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += l + "\n"
		}
	}
	return all
}

func write(dir string, f fence) error {
	path := filepath.Join(dir, filepath.FromSlash(f.file()))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(f.text), 0o600)
}

func TestEveryBlockOfHCLInTheDocsLoads(t *testing.T) {
	set := providers.NewSet(sqlite.New(), postgres.New(), csv.New())
	for _, page := range pages(t) {
		all := fences(t, page)
		for _, f := range all {
			if f.lang != "hcl" || f.is("later") {
				continue
			}
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(page), f.line), func(t *testing.T) {
				dir := t.TempDir()
				for _, other := range all {
					if other.file() != "" && other != f && !f.is("whole") && (other.lang != "hcl" || f.file() == "") {
						if err := write(dir, other); err != nil {
							t.Fatal(err)
						}
					}
				}
				if f.file() == "" {
					f.words += " file=page.miq.hcl"
				}
				if err := write(dir, f); err != nil {
					t.Fatal(err)
				}
				cfg, found := lang.Load(dir, set, lang.Options{})
				found.Extend(cfg.NotYet)
				for _, d := range found {
					if d.Severity == diag.Error || d.Code == "not-in-this-version" {
						t.Errorf("%v: %s: %s", d.Subject, d.Summary, d.Detail)
					}
				}
			})
		}
	}
}

func TestEveryRunnableCommandInTheDocsRuns(t *testing.T) {
	for _, page := range pages(t) {
		script, files := scriptOf(fences(t, page))
		if script == nil {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "page.txtar")
			if err := os.WriteFile(path, script, 0o600); err != nil {
				t.Fatal(err)
			}
			p := params("", path)
			p.UpdateScripts = false
			url := ""
			if needsPostgres(page, t) {
				if testing.Short() {
					t.Skip("this page's commands need PostgreSQL")
				}
				url = testserver.Postgres(t)
			}
			p.Setup = func(env *testscript.Env) error {
				begin(env)
				env.Setenv("TARGET_URL", url)
				for i, f := range files {
					if err := os.WriteFile(filepath.Join(env.Cd, kept(i)), []byte(f.text), 0o600); err != nil {
						return err
					}
				}
				return os.CopyFS(filepath.Join(env.Cd, "examples"), os.DirFS(filepath.Join(repository, "examples")))
			}
			testscript.Run(t, p)
		})
	}
}

func needsPostgres(page string, t *testing.T) bool {
	return slices.ContainsFunc(fences(t, page), func(f fence) bool { return f.is("needs=postgres") })
}

// scriptOf turns a page's runnable blocks into a script, nil where it has none.
func scriptOf(all []fence) ([]byte, []fence) {
	var b bytes.Buffer
	var files []fence
	runnable := false
	for _, f := range all {
		runnable = runnable || f.is("runnable")
		if day := f.word("day="); day != "" {
			fmt.Fprintf(&b, "env SCRIPT_NOW=%sT12:00:00Z\n", day)
		}
		if name := f.file(); name != "" { // written when the page comes to it: a later block may be a later version
			fmt.Fprintf(&b, "mkdir %s\ncp $WORK/%s %s\n", filepath.ToSlash(filepath.Dir(name)), kept(len(files)), name)
			files = append(files, f)
		}
		if name := f.word("database="); name != "" {
			fmt.Fprintf(&b, "script %s $WORK/%s\n", name, kept(len(files)))
			files = append(files, f)
		}
		if !f.is("runnable") {
			continue
		}
		commands(&b, f.text)
	}
	if !runnable {
		return nil, nil
	}
	return b.Bytes(), files
}

// commands writes the lines of a script for a block of commands and what they print. A command that prints a line
// beginning with Error: has to fail, and its lines are looked for in what it says.
func commands(b *bytes.Buffer, text string) {
	for part := range strings.SplitSeq("\n"+text, "\n$ ") {
		command, shown, _ := strings.Cut(part, "\n")
		if command = strings.TrimSpace(command); command == "" {
			continue
		}
		if dir, isCd := strings.CutPrefix(command, "cd "); isCd {
			fmt.Fprintf(b, "cd %s\n", dir)
			continue
		}
		stream := "stdout"
		if strings.Contains("\n"+shown, "\nError:") {
			stream = "stderr"
			b.WriteString("! ")
		}
		fmt.Fprintf(b, "exec %s\n", command)
		for l := range strings.SplitSeq(shown, "\n") {
			if l = strings.TrimSpace(l); l != "" && l != "..." {
				fmt.Fprintf(b, "%s '%s'\n", stream, pattern(l))
			}
		}
	}
}

// kept is where a script finds the text of the n-th file of its page.
func kept(n int) string { return fmt.Sprintf(".page-%d", n) }

// pattern matches a shown line wherever it stands in the output.
func pattern(line string) string {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(line)), `\.\.\.`, `.*`)
	return strings.ReplaceAll(quoted, "'", "''")
}
