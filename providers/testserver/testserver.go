// Package testserver starts real database servers for tests. A server is started once per test process, on a private
// socket in a private folder, and is gone with the process, however that ends. Every test gets a database of its own.
package testserver

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

var count atomic.Int64 // of databases made by this process, for their names

// Main runs the tests of a package and stops the servers they started. Call it from TestMain, with os.Exit around it;
// without it the servers stop all the same, a moment after the process.
func Main(m *testing.M) int {
	code := m.Run()
	stopPostgres()
	return code
}

// Postgres makes an empty database for this test, drops it at the end of the test, and returns its URL. The server is
// the one that MIGRATEIQ_TEST_POSTGRES names (a URL or keywords of a role that may create databases), or else one
// started from the binaries on this machine. Where there is neither, the test is skipped, or fails if
// MIGRATEIQ_TEST_REQUIRE lists postgres.
func Postgres(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("testserver: -short starts no server")
	}
	admin, err := admin()
	if err != nil {
		missing(t, "postgres", err)
	}
	name := fmt.Sprintf("miq_%d_%d", os.Getpid(), count.Add(1))
	Psql(t, admin, "CREATE DATABASE "+name)
	t.Cleanup(func() { Psql(t, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return withDatabase(admin, name)
}

// Psql sends a script to the real psql and returns what it prints: values unaligned, columns divided by |, without
// headings. The script may hold psql's own commands. An error in it fails the test. Flags go to psql as they are.
func Psql(t testing.TB, dsn, script string, flags ...string) string {
	t.Helper()
	out, err := TryPsql(dsn, script, flags...)
	if err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.TrimSuffix(out, "\n")
}

// missing skips or fails a test for want of a server.
func missing(t testing.TB, server string, err error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("MIGRATEIQ_TEST_REQUIRE"), ","), server) {
		t.Fatalf("no %s for this test: %v; run: make setup", server, err)
	}
	t.Skipf("no %s for this test: %v; run: make setup", server, err)
}

// withDatabase is the DSN for another database of the same server.
func withDatabase(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		return dsn + " dbname=" + name // of two the later counts
	}
	q := u.Query()
	q.Del("dbname")
	u.Path, u.RawQuery = "/"+name, q.Encode()
	return u.String()
}
