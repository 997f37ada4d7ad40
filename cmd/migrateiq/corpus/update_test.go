package corpus_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/novumsolvo/migrateiq/providers/testserver"
	"github.com/novumsolvo/migrateiq/state"
)

var (
	update  = flag.Bool("update", false, "add the cases of recipes that are not in the corpus yet")
	program = flag.String("program", "", "with -update: an older program, which carries the recipes out in place of this version")
)

// TestCorpusHasACaseOfEveryRecipe adds what is not there, where it is asked to.
func TestCorpusHasACaseOfEveryRecipe(t *testing.T) {
	recipes, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(recipes) == 0 {
		t.Fatalf("no recipes: %v", err)
	}
	for _, path := range recipes {
		kase := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(kase, func(t *testing.T) {
			if !*update {
				if found, _ := filepath.Glob(filepath.Join(kept, "v*", kase, stateFile)); len(found) == 0 {
					t.Errorf("recipe %s has no case; add it with -update", path)
				}
				return
			}
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if *program == "" && stands(filepath.Join(kept, fmt.Sprintf("v%d", state.Format), kase)) {
				t.Skip("the case stands, and no case is written anew")
			}
			add(t, kase, archive)
		})
	}
}

func stands(dir string) bool {
	_, err := os.Stat(dir)
	return !errors.Is(err, fs.ErrNotExist)
}

// A recipe carries out its steps in a folder of its files.
type recipe struct {
	workplace
	postgres map[string]string // URL by name
}

func add(t *testing.T, kase string, archive *txtar.Archive) {
	t.Helper()
	r := recipe{workplace{t: t, dir: filepath.Join(t.TempDir(), "case"), now: time.Now()}, map[string]string{}}
	for _, f := range archive.Files {
		r.write(f.Name, string(f.Data))
	}
	if given, err := os.ReadFile(filepath.Join(r.dir, "env")); err == nil {
		r.environ = strings.Fields(string(given))
	}
	for line := range strings.Lines(string(archive.Comment)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		r.step(kase, words)
	}
	to := filepath.Join(kept, fmt.Sprintf("v%d", r.state().Format), kase)
	if stands(to) {
		t.Fatalf("%s stands, and no case is written anew", to)
	}
	r.pack()
	if err := os.CopyFS(to, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	t.Logf("added %s", to)
}

// step is one of: postgres NAME, run FILE DATABASE, put FILE AS, delete FILE, migrateiq CODE ARGS.
func (r *recipe) step(kase string, words []string) {
	r.t.Helper()
	switch words[0] {
	case "postgres":
		dsn := database(r.t, kase, words[1])
		r.postgres[words[1]] = dsn
		r.environ = append(r.environ, strings.ToUpper(words[1])+"_URL="+dsn)
	case "run":
		if dsn := r.postgres[words[2]]; dsn != "" {
			testserver.Psql(r.t, dsn, r.take(words[1]))
			return
		}
		run(r.t, filepath.Join(r.dir, words[2]), r.take(words[1]))
	case "put":
		r.write(words[2], r.take(words[1]))
	case "delete":
		r.take(words[1])
	case "migrateiq":
		r.command(words[1], words[2:])
	default:
		r.t.Fatalf("no such step: %s", words[0])
	}
}

func (r *recipe) command(code string, args []string) {
	r.t.Helper()
	got, out := 0, ""
	if *program == "" {
		got, out = r.do(args...)
	} else {
		c := exec.Command(*program, args...)
		c.Dir, c.Env = r.dir, append(os.Environ(), r.environ...)
		said, _ := c.CombinedOutput() // its exit code is looked at
		got, out = c.ProcessState.ExitCode(), string(said)
	}
	r.t.Logf("%s\n%s", strings.Join(args, " "), out)
	if fmt.Sprint(got) != code {
		r.t.Fatalf("migrateiq %s: got exit code %d, want %s", strings.Join(args, " "), got, code)
	}
}

// pack puts texts in the place of databases, and leaves away what no plan reads.
func (r *recipe) pack() {
	r.t.Helper()
	for name, dsn := range r.postgres {
		r.write(name+".pg.sql", dumpPostgres(r.t, dsn))
	}
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		path := filepath.Join(r.dir, e.Name())
		switch {
		case strings.HasSuffix(e.Name(), ".db"):
			r.write(e.Name()+".sql", dumpSQLite(r.t, path))
		case strings.HasPrefix(e.Name(), stateFile) && e.Name() != stateFile, strings.HasPrefix(e.Name(), "migrateiq.state.") && e.Name() != stateFile:
		default:
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			r.t.Fatal(err)
		}
	}
	r.unname()
}

// owner is who an older program says that it ran for.
var owner = regexp.MustCompile(`[\w.-]+@[\w.-]+ pid \d+`)

func (r *recipe) unname() {
	r.t.Helper()
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !owner.Match(text) {
			return err
		}
		return os.WriteFile(path, owner.ReplaceAll(text, []byte("somebody@somewhere pid 1")), 0o600)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *recipe) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// take reads a file of the recipe, which is none of the configuration.
func (r *recipe) take(name string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}
