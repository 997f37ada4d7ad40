package engine_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

// folder is a root module in a folder of its own, worked on by whole commands in this process.
type folder struct {
	t    *testing.T
	dir  string
	env  []string
	tell io.Writer // gets what commands print too; nil: nobody
	now  time.Time // when commands run; zero: now
}

func newFolder(t *testing.T, config string, env ...string) *folder {
	t.Helper()
	f := &folder{t: t, dir: t.TempDir(), env: env}
	f.write("main.miq.hcl", config)
	return f
}

// path is a file of the folder.
func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *folder) write(name, text string) {
	f.t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(f.path(name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) read(name string) string {
	f.t.Helper()
	text, err := os.ReadFile(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

// edit replaces a text that stands exactly once in a file.
func (f *folder) edit(name, from, to string) {
	f.t.Helper()
	text := f.read(name)
	if n := strings.Count(text, from); n != 1 {
		f.t.Fatalf("%s holds %q %d times, want once", name, from, n)
	}
	f.write(name, strings.Replace(text, from, to, 1))
}

// run carries out one command and gives its exit code and all it printed.
func (f *folder) run(args ...string) (int, string) {
	out := &output{}
	var to io.Writer = out
	if f.tell != nil {
		to = io.MultiWriter(out, f.tell)
	}
	now := time.Now
	if !f.now.IsZero() {
		now = func() time.Time { return f.now }
	}
	code := cli.Run(context.Background(), cli.World{
		Dir: f.dir, Stdin: strings.NewReader(""), Stdout: to, Stderr: to, Environ: f.env, ReadFile: os.ReadFile,
		Providers: providers.NewSet(sqlite.New(), postgres.New(), csv.New()), Rules: policy.Builtin{},
		Store: func(path string) state.Store { return localfile.New(path) },
		Now:   now, Owner: "a test", Version: "0.1.0",
	}, args)
	return code, out.String()
}

// exits runs a command that has to end with this code, and gives what it printed.
func (f *folder) exits(want int, args ...string) string {
	f.t.Helper()
	got, out := f.run(args...)
	if got != want {
		f.t.Fatalf("migrateiq %s: got exit code %d, want %d\n%s", strings.Join(args, " "), got, want, out)
	}
	return out
}

func (f *folder) apply(args ...string) string {
	f.t.Helper()
	return f.exits(0, append([]string{"apply", "--auto-approve"}, args...)...)
}

// settled demands that a plan finds nothing to do, and that both ways to verify find the rows equal.
func (f *folder) settled() {
	f.t.Helper()
	if out := f.exits(0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes.") {
		f.t.Errorf("a second plan: got\n%s\nwant No changes.", out)
	}
	f.exits(0, "verify")
	f.exits(0, "verify", "--source")
	f.exits(0, "plan", "--refresh-only")
}

// holds demands that an output has all of some texts.
func holds(t *testing.T, out string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("output: got\n%s\nwant it to hold %q", out, w)
		}
	}
}

// print is the content of all files of the folder, to see that nothing changed. The file that the state's lock is taken
// on is made by looking and holds nothing; the audit log has a line of every plan.
func (f *folder) print() map[string]string {
	f.t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(f.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, ".lock") || strings.Contains(p, ".audit.jsonl") {
			return err
		}
		text, err := os.ReadFile(p)
		sum := sha256.Sum256(text)
		sums[strings.TrimPrefix(p, f.dir)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return sums
}

// output is what a command prints, on one stream or two.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// sqliteRun runs statements in a SQLite file, which it makes.
func sqliteRun(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(script)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
}

// sqliteRows asks SQLite itself: a line a row, values joined with |, null as NULL. Values pass through quote() or a cast
// in the query where their form matters.
func sqliteRows(t *testing.T, path, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // reading only: nothing can be lost
	db.SetMaxOpenConns(1)
	if script, last, ok := strings.Cut(query, ";\n"); ok { // such as ATTACH, on the same connection
		if _, err := db.Exec(script); err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		query = last
	}
	found, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	var lines []string
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(values))
		for i, v := range values {
			if line[i] = v.String; !v.Valid {
				line[i] = "NULL"
			}
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// publicData is a folder of the public data sets, which are no part of the project.
func publicData(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("MIGRATEIQ_TEST_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data") // the tests of a package run in its folder
	} else if !filepath.IsAbs(root) {
		root = filepath.Join("..", root)
	}
	dir, err := filepath.Abs(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no public data set %s: %v; MIGRATEIQ_TEST_DATA names the folder of the data sets", name, err)
	}
	return dir
}
