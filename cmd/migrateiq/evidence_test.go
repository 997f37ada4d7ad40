package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runFile is run.json of a bundle.
type runFile struct {
	Outcome  string
	Starts   int
	Gaps     []string
	Mappings []struct {
		Address                           string
		Read, Written, Filtered, Rejected int64
	}
}

func readRun(t *testing.T, bundle string) runFile {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(bundle, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r runFile
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r runFile) holds(t *testing.T, rows int64, starts int) {
	t.Helper()
	if r.Outcome != "done" || r.Starts != starts || len(r.Mappings) != 3 || len(r.Gaps) != 0 {
		t.Errorf("got %+v, want it done in %d starts with 3 mappings", r, starts)
	}
	for _, m := range r.Mappings {
		if m.Read != rows || m.Written != rows || m.Filtered != 0 || m.Rejected != 0 {
			t.Errorf("%s: got %+v, want %d rows read and written over all processes", m.Address, m, rows)
		}
	}
}

func TestTheEvidenceOfAnInterruptedRunCountsAllItsProcesses(t *testing.T) {
	for name, at := range interruptions() {
		t.Run(name, func(t *testing.T) {
			dir := tables(t, 2000)
			s := in(dir)
			s.interruptAt(at)
			s.exits(t, 130, "apply", "--auto-approve", "--parallel=1")
			in(dir).exits(t, 0, "evidence", "--out", "halfway")
			in(dir).exits(t, 0, "evidence", "verify", "halfway")
			if got := readRun(t, filepath.Join(dir, "halfway")); got.Outcome != "interrupted" {
				t.Errorf("halfway: got %+v, want it interrupted", got)
			}
			in(dir).exits(t, 0, "apply", "--auto-approve", "--evidence", "bundle")
			in(dir).exits(t, 0, "evidence", "verify", "bundle")
			readRun(t, filepath.Join(dir, "bundle")).holds(t, 2000, 2)
			in(dir).exits(t, 0, "audit", "verify")
		})
	}
}

// A process that is killed at any event leaves a log that verifies, and the same command goes on to whole evidence.
func TestAnApplyThatIsKilledLeavesALogThatVerifies(t *testing.T) {
	for _, at := range []int{1, 2, 4, 7, 11} {
		dir := tables(t, 500)
		cmd := exec.Command("migrateiq", "apply", "--auto-approve", "--json")
		cmd.Dir = dir
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<24)
		for n := 0; n < at && lines.Scan(); {
			if strings.HasPrefix(lines.Text(), `{"event":`) {
				n++
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		in(dir).exits(t, 0, "audit", "verify")
		in(dir).exits(t, 0, "apply", "--auto-approve")
		in(dir).exits(t, 0, "audit", "verify")
		in(dir).exits(t, 0, "evidence", "--out", "bundle")
		in(dir).exits(t, 0, "evidence", "verify", "bundle")
		got := readRun(t, filepath.Join(dir, "bundle"))
		if got.Starts > 2 {
			t.Errorf("killed at event %d: got %d starts", at, got.Starts)
		}
		got.holds(t, 500, got.Starts)
	}
}

// An apply that comes too late says so in the log, and leaves the record of the other one as it is.
func TestAnApplyThatFindsTheLockHeldWritesNoRecord(t *testing.T) {
	dir := tables(t, 2)
	in(dir).exits(t, 0, "plan", "--out", "p.plan")
	in(dir).exits(t, 0, "apply", "p.plan")
	before := records(t, dir)
	s := in(dir)
	s.exits(t, 6, "apply", "p.plan")
	if after := records(t, dir); after != before {
		t.Error("the record of the run was changed by an apply that was refused")
	}
	s = in(dir)
	s.exits(t, 0, "audit", "show")
	if !strings.Contains(s.out.String(), `"outcome":"refused"`) {
		t.Errorf("audit show: got\n%s\nwant the refused apply in it", &s.out)
	}
	in(dir).exits(t, 0, "evidence", "--out", "bundle")
}

func records(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "migrateiq.state.json.runs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f + string(raw))
	}
	return all.String()
}
