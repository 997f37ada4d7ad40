package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"migrateiq": func() { os.Exit(run(os.Args[1:], clock())) }})
}

func params(dir string, files ...string) testscript.Params {
	return testscript.Params{
		Dir: dir, Files: files, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "query": query, "script": script, "rows": rows, "unused": unused, "validates": validates, "dates": dates, "keypair": keypair,
			"approve": approve, "vary": vary,
		},
	}
}

func TestScripts(t *testing.T) { testscript.Run(t, params(filepath.Join("testdata", "script"))) }

// exits CODE COMMAND ARGS... runs a command that has to end with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: got exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// query DATABASE SQL [FILE] asks a SQLite file itself; values are joined with |, null is NULL. The answer goes to the
// script's output, or into FILE for cmp.
func query(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: query DATABASE SQL [FILE]")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	answer, err := ask(db, args[1])
	ts.Check(err)
	if len(args) > 2 {
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), answer, 0o600))
		return
	}
	_, err = ts.Stdout().Write(answer)
	ts.Check(err)
}

// script DATABASE FILE runs the SQL of a file in a SQLite database, which it makes.
func script(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: script DATABASE FILE")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(ts.ReadFile(args[1]))
	ts.Check(errors.Join(err, db.Close()))
}

func ask(db *sql.DB, text string) ([]byte, error) {
	found, err := db.Query(text)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		return nil, err
	}
	values, into := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	var b bytes.Buffer
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range values {
			if i > 0 {
				b.WriteByte('|')
			}
			if !v.Valid {
				v.String = "NULL"
			}
			b.WriteString(v.String)
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), found.Err()
}

// rows FILE N writes a CSV file with the columns id and v of N rows, too many to stand in a script.
func rows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rows FILE N")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,v")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(w, "%d,value %d\n", i, i)
	}
	ts.Check(errors.Join(w.Flush(), f.Close()))
}

// unused PATH... fails where one of the files is there: nothing was to be made.
func unused(ts *testscript.TestScript, neg bool, args []string) {
	for _, a := range args {
		if _, err := os.Stat(ts.MkAbs(a)); err == nil {
			ts.Fatalf("%s is there, and should not be", a)
		}
	}
}
