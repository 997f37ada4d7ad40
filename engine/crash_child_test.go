package engine_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// made is the program, built once for all tests of this package.
var made = struct {
	sync.Once
	dir, path string
	err       error
}{}

func TestMain(m *testing.M) {
	code := testserver.Main(m)
	if made.dir != "" {
		_ = os.RemoveAll(made.dir) // a folder of this process that nobody else knows
	}
	os.Exit(code)
}

func program(t *testing.T) string {
	t.Helper()
	made.Do(func() {
		if made.dir, made.err = os.MkdirTemp("", "migrateiq-crash-"); made.err != nil {
			return
		}
		made.path = filepath.Join(made.dir, "migrateiq")
		if out, err := exec.Command("go", "build", "-o", made.path, "../cmd/migrateiq").CombinedOutput(); err != nil {
			made.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.path
}

// site is a configuration that child processes work on.
type site struct {
	t   *testing.T
	dir string
	env []string
}

// twoTables maps a table with a key and one without; the second is cut by position.
const twoTables = `
source "sqlite" "old" {
  path = %q
}
target %s
mapping "item" {
  from {
    source = source.sqlite.old
    table  = "item"
  }
  to {
    target = target.%s.new
    table  = "item"
  }
}
mapping "entry" {
  from {
    source = source.sqlite.old
    table  = "entry"
  }
  to {
    target = target.%s.new
    table  = "entry"
    mode   = "append"
  }
}
`

func newSite(t *testing.T, source, kind, target string) *site {
	t.Helper()
	f := &site{t: t, dir: t.TempDir(), env: os.Environ()}
	text := fmt.Sprintf(twoTables, source, target, kind, kind)
	if err := os.WriteFile(filepath.Join(f.dir, "main.miq.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// intoSQLite is a site whose target is the file out.db in it.
func intoSQLite(t *testing.T, source string) *site {
	return newSite(t, source, "sqlite", "\"sqlite\" \"new\" {\n  path = \"out.db\"\n}")
}

func (f *site) path(name string) string { return filepath.Join(f.dir, name) }

func (f *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program(f.t), args...)
	cmd.Dir, cmd.Env = f.dir, f.env
	return cmd
}

// exits runs a command to its end and gives what it printed.
func (f *site) exits(want int, args ...string) string {
	f.t.Helper()
	cmd := f.command(args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		f.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		f.t.Fatalf("migrateiq %s: got exit code %d, want %d\n%s", strings.Join(args, " "), got, want, tail(out))
	}
	return string(out)
}

func tail(out []byte) []byte { return out[max(0, len(out)-4000):] }

// child is a process that tells its events.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  *bufio.Reader
	stderr bytes.Buffer
	stops  *gate // reached when the process has said that it stops
	told   []event.Event
}

// child is a process that is not started yet.
func (f *site) child(args []string) *child {
	open := make(chan struct{})
	close(open)
	c := &child{t: f.t, cmd: f.command(args...), stops: &gate{text: "Stopping after the chunk in hand", reached: make(chan struct{}), open: open}}
	c.cmd.Stderr = io.MultiWriter(&c.stderr, c.stops)
	return c
}

func (f *site) start(args ...string) *child {
	f.t.Helper()
	c := f.child(args)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	c.lines = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	return c
}

// held starts a process that is at most some five events ahead of who reads them: what a test does at an event happens
// there, however slow the test and however quick the process. Between two reads the process stands.
func (f *site) held(args ...string) *child {
	f.t.Helper()
	ours, theirs := narrow(f.t)
	c := f.child(args)
	c.lines, c.cmd.Stdout = bufio.NewReaderSize(ours, 16), theirs
	err := c.cmd.Start()
	if err = errors.Join(err, theirs.Close()); err != nil {
		f.t.Fatal(err)
	}
	return c
}

// narrow is a stream that takes no more than a few lines until they are read, where a pipe takes 64 kB.
func narrow(t *testing.T) (read, write *os.File) {
	t.Helper()
	syscall.ForkLock.RLock() // no process that starts meanwhile is to keep the other end open
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(ends[0])
		syscall.CloseOnExec(ends[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	read, write = os.NewFile(uintptr(ends[0]), "events"), os.NewFile(uintptr(ends[1]), "stdout")
	t.Cleanup(func() { _ = read.Close() }) // only read from
	const least = 1                        // what the system makes the least there is
	if err := syscall.SetsockoptInt(ends[1], syscall.SOL_SOCKET, syscall.SO_SNDBUF, least); err != nil {
		t.Fatal(err)
	}
	return read, write
}

// until reads events up to and with the nth of a kind; it reports whether that came before the end.
func (c *child) until(kind event.Kind, nth int) bool {
	for {
		line, err := c.lines.ReadBytes('\n')
		var e event.Event
		if json.Unmarshal(line, &e) == nil && e.Kind != "" { // a line cut off by a kill is no event
			c.told = append(c.told, e)
			if e.Kind == kind {
				if nth--; nth == 0 {
					return true
				}
			}
		}
		if err != nil {
			return false
		}
	}
}

// end reads the rest and waits. It gives the exit code, -1 for a process that was killed.
func (c *child) end() int {
	c.t.Helper()
	c.until("", 0)
	_ = c.cmd.Wait() // the code says it
	return c.cmd.ProcessState.ExitCode()
}

func (c *child) signal(s syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// interrupt asks the process to stop, and returns when it knows.
func (c *child) interrupt() {
	c.t.Helper()
	c.signal(syscall.SIGINT)
	select {
	case <-c.stops.reached:
	case <-time.After(5 * time.Minute):
		c.t.Fatal("the process does not say that it stops")
	}
}

// at gives when an event was told first.
func (c *child) at(kind event.Kind) time.Time {
	for _, e := range c.told {
		if e.Kind == kind {
			return e.At
		}
	}
	c.t.Fatalf("the process told no %s", kind)
	return time.Time{}
}

// crashSource makes a SQLite file with so many rows in item, and a twentieth of them in entry.
func crashSource(t *testing.T, rows int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	sqlQuery(t, path, fmt.Sprintf(`
CREATE TABLE item (id integer PRIMARY KEY, code text NOT NULL, name varchar(60), price numeric(10,2), qty int, made datetime, note text);
CREATE TABLE entry (n int, text text);
WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d)
INSERT INTO item SELECT i * 3, 'c' || i, CASE WHEN i %% 7 THEN 'name ' || i || ' ä' END, (i * 37 %% 100000) / 100.0, i %% 1000,
  datetime(1700000000 + i, 'unixepoch'), CASE WHEN i %% 3 THEN 'a note' ELSE '' END FROM r;
INSERT INTO entry SELECT qty, printf('%%0200d', id %% 50) FROM item WHERE id %% 20 = 0`, rows))
	return path
}

// sqlQuery runs SQL on a SQLite file by the library itself, and gives the values of the last statement's rows.
func sqlQuery(t *testing.T, path, text string, args ...any) [][]string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	db.SetMaxOpenConns(1)
	rows, err := db.Query(text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		row, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		text := make([]string, len(names))
		for i, v := range row {
			text[i] = v.String
		}
		out = append(out, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}
