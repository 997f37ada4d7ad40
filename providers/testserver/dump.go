package testserver

import (
	"os/exec"
	"strings"
	"testing"
)

// Dump is what pg_dump writes of a database.
func Dump(t testing.TB, dsn string, flags ...string) string {
	t.Helper()
	return WholeDump(t, dsn, append(flags, "--no-owner", "--no-privileges")...)
}

// WholeDump is what pg_dump writes of a database with its owners and rights.
func WholeDump(t testing.TB, dsn string, flags ...string) string {
	t.Helper()
	path, err := binary("pg_dump")
	if err != nil {
		missing(t, "PostgreSQL", err)
	}
	cmd := exec.Command(path, append(flags, dsn)...)
	cmd.Env = environ()
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v: %s", err, said.String())
	}
	return string(out)
}
