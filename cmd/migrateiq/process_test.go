package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

// tables writes a folder with mappings a, b and c, one CSV file of so many rows each.
func tables(t *testing.T, rows int) string {
	t.Helper()
	dir := t.TempDir()
	config := "source \"csv\" \"files\" {\n  path = \"data\"\n}\ntarget \"sqlite\" \"out\" {\n  path = \"out.db\"\n}\n"
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c"} {
		config += fmt.Sprintf("mapping %q {\n  from {\n    source = source.csv.files\n    table = %q\n  }\n  to {\n    target = target.sqlite.out\n    table = %q\n    key = [\"id\"]\n  }\n}\n", name, name, name)
		var b strings.Builder
		b.WriteString("id,v\n")
		for i := range rows {
			fmt.Fprintf(&b, "%d,value %d\n", i, i)
		}
		if err := os.WriteFile(filepath.Join(dir, "data", name+".csv"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "main.miq.hcl"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// session is a command line in this process.
type session struct {
	cli.World
	out, err bytes.Buffer
}

func in(dir string) *session {
	s := &session{}
	s.World = cli.World{
		Dir: dir, Stdin: strings.NewReader(""), Stdout: &s.out, Stderr: &s.err, ReadFile: os.ReadFile,
		Providers: providers.NewSet(sqlite.New(), csv.New()), Rules: policy.Builtin{},
		Store: func(path string) state.Store { return localfile.New(path) },
		Now:   time.Now, Owner: "a test", Version: release,
	}
	return s
}

func (s *session) exits(t *testing.T, want int, args ...string) {
	t.Helper()
	if got := cli.Run(context.Background(), s.World, args); got != want {
		t.Fatalf("migrateiq %s: got exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, &s.out, &s.err)
	}
}

// interruptAt asks the session to stop when it writes a text. The one who writes waits there until the session says that it
// stops: however slow the machine, nothing is finished between the question and the answer.
func (s *session) interruptAt(text string) {
	asked, said := make(chan struct{}), make(chan struct{})
	s.Interrupt = asked
	s.Stdout = &trigger{Writer: s.Stdout, text: text, fire: func() { close(asked); <-said }}
	s.Stderr = &trigger{Writer: s.Stderr, text: "Stopping after the chunk in hand", fire: func() { close(said) }}
}

// trigger does something once, when a text is written.
type trigger struct {
	io.Writer
	text string
	once sync.Once
	fire func()
}

func (w *trigger) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if strings.Contains(string(p), w.text) {
		w.once.Do(w.fire)
	}
	return n, err
}

func TestAnInterruptionFinishesTheChunkInHandAndTheSameCommandGoesOn(t *testing.T) {
	for name, at := range interruptions() {
		t.Run(name, func(t *testing.T) {
			dir := tables(t, 2000)
			s := in(dir)
			s.interruptAt(at)
			s.exits(t, 130, "apply", "--auto-approve", "--parallel=1")
			if !strings.Contains(s.out.String(), "Interrupted:") || !strings.Contains(s.err.String(), "Stopping after the chunk in hand") {
				t.Errorf("output of an interrupted apply: got\n%s%s\nwant it to say so", &s.out, &s.err)
			}
			s = in(dir)
			s.exits(t, 10, "plan")
			s.exits(t, 0, "apply", "--auto-approve")
			s.exits(t, 0, "verify")
			s.out.Reset()
			s.exits(t, 0, "plan", "--detailed-exitcode")
			if !strings.HasPrefix(s.out.String(), "No changes.") {
				t.Errorf("plan after the resumed apply: got\n%s\nwant No changes.", &s.out)
			}
		})
	}
}

// interruptions are texts of an apply of three tables of 2,000 rows, at which there is work left.
func interruptions() map[string]string {
	return map[string]string{"before the first row": ": copy rows into", "behind the first table": ": 2,000 rows written\n"}
}

func TestTwoAppliesAtOnce(t *testing.T) {
	dir := tables(t, 2)
	lease, err := localfile.New(filepath.Join(dir, "migrateiq.state.json")).Lock(context.Background(), "the other one")
	if err != nil {
		t.Fatal(err)
	}
	s := in(dir)
	s.exits(t, 7, "apply", "--auto-approve")
	if !strings.Contains(s.err.String(), "the other one") || !strings.Contains(s.err.String(), "--lock-timeout") {
		t.Errorf("message: got %q, want it to name the holder and the remedy", s.err.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "out.db")); err == nil {
		t.Error("the target was made in spite of the lock")
	}
	if err := lease.Unlock(); err != nil {
		t.Fatal(err)
	}
	s.exits(t, 0, "apply", "--auto-approve")
}

// refusing is rules that deny everything.
type refusing struct{}

func (refusing) Digest() string { return "sha256:refusing" }

func (refusing) Evaluate(context.Context, policy.Input) (policy.Verdicts, error) {
	return policy.Verdicts{{Control: "TEST-01", Result: policy.Fail, Level: policy.Deny, Message: "nothing may be done"}}, nil
}

func TestADeniedPlanIsWrittenAndNeverApplied(t *testing.T) {
	dir := tables(t, 2)
	s := in(dir)
	s.Rules = refusing{}
	s.exits(t, 4, "plan", "--out", "p.plan", "--detailed-exitcode")
	if !strings.Contains(s.out.String(), "deny TEST-01") {
		t.Errorf("plan: got\n%s\nwant the verdict in it", &s.out)
	}
	if _, err := os.Stat(filepath.Join(dir, "p.plan")); err != nil {
		t.Errorf("plan file of a denied plan: %v", err)
	}
	s.exits(t, 4, "apply", "--auto-approve")
	s.exits(t, 4, "apply", "p.plan")
	if _, err := os.Stat(filepath.Join(dir, "out.db")); err == nil {
		t.Error("the target was made in spite of the policies")
	}
}

func TestApplyAsksAndTakesOnlyYes(t *testing.T) {
	for _, c := range []struct {
		answer string
		code   int
	}{{"no\n", 1}, {"y\n", 1}, {"YES\n", 1}, {"", 1}, {"yes", 1}, {" yes \n", 0}} {
		t.Run(fmt.Sprintf("%q", c.answer), func(t *testing.T) {
			dir := tables(t, 2)
			s := in(dir)
			s.Stdin = strings.NewReader(c.answer)
			s.Terminal = func(stream any) (int, bool) { return 80, stream == s.Stdin }
			s.exits(t, c.code, "apply")
			if !strings.Contains(s.out.String(), `Only "yes"`) {
				t.Errorf("output: got\n%s\nwant the question in it", &s.out)
			}
			_, err := os.Stat(filepath.Join(dir, "out.db"))
			if made := err == nil; made != (c.code == 0) {
				t.Errorf("the target was made: %v, exit code %d", made, c.code)
			}
		})
	}
}

func TestATerminalGetsColourAndBarsUnlessToldOtherwise(t *testing.T) {
	for _, c := range []struct {
		name    string
		args    []string
		environ []string
		colour  bool
	}{{"by itself", nil, nil, true}, {"the flag", []string{"-no-color"}, nil, false}, {"NO_COLOR", nil, []string{"NO_COLOR=1"}, false}, {"NO_COLOR empty", nil, []string{"NO_COLOR="}, true}} {
		t.Run(c.name, func(t *testing.T) {
			s := in(tables(t, 2))
			s.Environ = c.environ
			s.Terminal = func(any) (int, bool) { return 100, true }
			s.exits(t, 0, append([]string{"plan"}, c.args...)...)
			if got := strings.Contains(s.out.String(), "\x1b["); got != c.colour {
				t.Errorf("colour: got %v, want %v", got, c.colour)
			}
			s.exits(t, 0, append([]string{"apply", "--auto-approve"}, c.args...)...)
			if !strings.Contains(s.out.String(), "Apply complete:") {
				t.Errorf("apply: got\n%s", &s.out)
			}
		})
	}
}
