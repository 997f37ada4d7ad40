package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/engine/evidence"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func note(event string) evidence.Note {
	return evidence.Note{At: noon, Actor: "ada@host", Event: event, Plan: "sha256:aa", Payload: map[string]any{"run": "r1", "n": 1}}
}

// written makes a log of n lines, the opening among them.
func written(t *testing.T, n int) (*evidence.Log, []byte) {
	t.Helper()
	l := evidence.At(filepath.Join(t.TempDir(), "state", "audit.jsonl"))
	for i := range n - 1 {
		if _, err := l.Append(t.Context(), note(fmt.Sprintf("step_%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	return l, text
}

func put(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, l *evidence.Log) evidence.Chain {
	t.Helper()
	c, err := l.Check(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestALogThatNobodyTouchedVerifies(t *testing.T) {
	l, _ := written(t, 6)
	c := check(t, l)
	if c.Bad != nil || c.Lines != 6 || c.Head.Seq != 6 || c.Recorded == nil || *c.Recorded != c.Head || c.Torn != 0 || c.Ahead() != 0 {
		t.Errorf("got %+v", c)
	}
}

// Any one byte that is another makes exactly its line the first bad one, or the line that the end is missing of.
func TestAnyByteThatIsChangedIsFound(t *testing.T) {
	l, text := written(t, 5)
	rapid.Check(t, func(rt *rapid.T) {
		i := rapid.IntRange(0, len(text)-1).Draw(rt, "at")
		b := rapid.Byte().Filter(func(b byte) bool { return b != text[i] }).Draw(rt, "byte")
		other := bytes.Clone(text)
		other[i] = b
		put(t, l.Path(), other)
		line := 1 + bytes.Count(text[:i], []byte("\n"))
		if c := check(t, l); c.Bad == nil || c.Bad.Line != line {
			rt.Errorf("byte %d made %q: got %+v, want line %d bad", i, b, c.Bad, line)
		}
	})
}

func TestLinesThatAreTakenOutMovedPutInOrCutOffAreNamed(t *testing.T) {
	l, text := written(t, 6)
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	lines[5] += "\n"
	join := func(n ...int) []byte {
		var out strings.Builder
		for _, i := range n {
			out.WriteString(lines[i-1])
		}
		return []byte(out.String())
	}
	for name, c := range map[string]struct {
		text []byte
		line int
	}{
		"a line is taken out":        {join(1, 2, 4, 5, 6), 3},
		"the first is taken out":     {join(2, 3, 4, 5, 6), 1},
		"two lines are exchanged":    {join(1, 2, 4, 3, 5, 6), 3},
		"a line stands twice":        {join(1, 2, 3, 3, 4, 5, 6), 4},
		"the last is cut off":        {join(1, 2, 3, 4, 5), 6},
		"the end is cut in a line":   {join(1, 2, 3, 4, 5, 6)[:len(text)-10], 6},
		"all is cut off":             {nil, 1},
		"an empty line is put in":    {append(join(1, 2), append([]byte("\n"), join(3, 4, 5, 6)...)...), 3},
		"a blank stands behind line": {bytes.Replace(text, []byte("\n"), []byte(" \n"), 1), 1},
	} {
		put(t, l.Path(), c.text)
		if got := check(t, l); got.Bad == nil || got.Bad.Line != c.line {
			t.Errorf("%s: got %+v, want line %d", name, got.Bad, c.line)
		}
		if strings.Contains(name, "cut") {
			if _, err := l.Append(t.Context(), note("more")); err == nil || !strings.Contains(err.Error(), "is not added to") {
				t.Errorf("%s: add a line: got %v, want a refusal", name, err)
			}
		}
	}
	if err := os.Remove(l.Path()); err != nil {
		t.Fatal(err)
	}
	if got := check(t, l); got.Bad == nil || got.Bad.Line != 1 {
		t.Errorf("the file is gone, its head is not: got %+v", got.Bad)
	}
}

func TestAWholeLogOfAnotherHistoryDoesNotFitTheHead(t *testing.T) {
	l, _ := written(t, 4)
	other, _ := written(t, 3)
	if _, err := other.Append(t.Context(), note("another")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(other.Path())
	if err != nil {
		t.Fatal(err)
	}
	put(t, l.Path(), text)
	if got := check(t, l); got.Bad == nil || got.Bad.Line != 4 {
		t.Errorf("got %+v, want line 4", got.Bad)
	}
}

// Whatever a killed process left of a line is kept in the log, and said.
func TestATornLineIsKept(t *testing.T) {
	_, whole := written(t, 5)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := last; cut < len(whole); cut += 1 + (cut-last)/2 {
		l, before := written(t, 4)
		put(t, l.Path(), append(bytes.Clone(before), whole[last:cut]...))
		if c := check(t, l); c.Bad != nil || c.Torn != cut-last || c.Lines != 4 {
			t.Fatalf("%d bytes torn: got %+v", cut-last, c)
		}
		if _, err := l.Append(t.Context(), note("after")); err != nil {
			t.Fatal(err)
		}
		var events []string
		c, err := l.Check(func(l evidence.Line) error { events = append(events, l.Event); return nil })
		if err != nil || c.Bad != nil || c.Torn != 0 {
			t.Fatalf("%d bytes torn, after the next line: got %+v, %v", cut-last, c, err)
		}
		want := "after"
		if cut > last {
			want = "torn_line after"
		}
		if got := strings.Join(events[4:], " "); got != want {
			t.Fatalf("%d bytes torn: got the lines %q, want %q", cut-last, got, want)
		}
	}
}

// A process that is killed between the line and its head leaves a log that is ahead, and goes on.
func TestALogAheadOfItsHeadGoesOn(t *testing.T) {
	l, _ := written(t, 4)
	head, err := os.ReadFile(l.HeadPath())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), note("unrecorded")); err != nil {
		t.Fatal(err)
	}
	put(t, l.HeadPath(), head)
	if c := check(t, l); c.Bad != nil || c.Ahead() != 1 {
		t.Fatalf("got %+v", c)
	}
	if _, err := l.Append(t.Context(), note("next")); err != nil {
		t.Fatal(err)
	}
	if c := check(t, l); c.Bad != nil || c.Ahead() != 0 || c.Lines != 6 {
		t.Errorf("after the next line: got %+v", c)
	}
}

func TestSeveralWritersAtOnceMakeOneChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			l := evidence.At(path)
			for range 10 {
				if _, err := l.Append(t.Context(), note("one")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if c := check(t, evidence.At(path)); c.Bad != nil || c.Lines != 41 {
		t.Errorf("got %+v, want 41 lines", c)
	}
}

// Processes that write at once and are killed at any moment leave a log that verifies.
func TestProcessesThatAreKilledLeaveAChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	for round := range 6 {
		var all []*exec.Cmd
		for range 2 {
			cmd := exec.Command(os.Args[0], "-test.run=^TestChildThatWrites$")
			cmd.Env = append(os.Environ(), "EVIDENCE_CHILD="+path)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(out, make([]byte, 3+7*round)); err != nil {
				t.Fatal(err)
			}
			all = append(all, cmd)
		}
		for _, cmd := range all {
			if err := errors.Join(cmd.Process.Kill()); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed
		}
		c := check(t, evidence.At(path))
		if c.Bad != nil || c.Lines < 2*(3+7*round) {
			t.Fatalf("round %d: got %+v", round, c)
		}
	}
	if _, err := evidence.At(path).Append(t.Context(), note("last")); err != nil {
		t.Fatal(err)
	}
	if c := check(t, evidence.At(path)); c.Bad != nil || c.Torn != 0 || c.Ahead() != 0 {
		t.Errorf("after the last line: got %+v", c)
	}
}

// TestChildThatWrites is the process of TestProcessesThatAreKilledLeaveAChain: a byte on its output for each line.
func TestChildThatWrites(t *testing.T) {
	path := os.Getenv("EVIDENCE_CHILD")
	if path == "" {
		t.Skip("this is the child of another test")
	}
	l := evidence.At(path)
	for {
		if _, err := l.Append(context.Background(), note("child")); err != nil {
			t.Fatal(err)
		}
		fmt.Print(".")
	}
}
