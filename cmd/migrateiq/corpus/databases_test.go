package corpus_test

import (
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// run runs statements in a SQLite file, which it makes.
func run(t *testing.T, path, script string) {
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

// lines are the rows of a query, values joined with a tab.
func lines(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	found, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close() // reading only
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	var out []string
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.String
		}
		out = append(out, strings.Join(texts, "\t"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// dumpSQLite is a SQLite file as statements that make it again: equal files give equal texts.
func dumpSQLite(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // reading only
	var b strings.Builder
	for _, name := range lines(t, db, `select name from sqlite_schema where type = 'table' and name not like 'sqlite\_%' escape '\' order by rowid`) {
		fmt.Fprintf(&b, "%s;\n", lines(t, db, "select sql from sqlite_schema where type = 'table' and name = "+text(name))[0])
		b.WriteString(inserts(t, db, name))
	}
	if len(lines(t, db, "select 1 from sqlite_schema where name = 'sqlite_sequence'")) > 0 {
		b.WriteString("delete from sqlite_sequence;\n" + inserts(t, db, "sqlite_sequence"))
	}
	for _, s := range lines(t, db, "select sql from sqlite_schema where type <> 'table' and sql is not null order by type, name") {
		fmt.Fprintf(&b, "%s;\n", s)
	}
	return b.String()
}

func inserts(t *testing.T, db *sql.DB, table string) string {
	t.Helper()
	var columns, values []string
	order := "rowid"
	if len(lines(t, db, "select 1 from pragma_table_list("+text(table)+") where wr = 1")) > 0 {
		order = "1"
	}
	for _, c := range lines(t, db, "select name from pragma_table_info("+text(table)+")") { // generated columns are none of them
		columns, values = append(columns, name(c)), append(values, "quote("+name(c)+")")
	}
	var b strings.Builder
	for _, row := range lines(t, db, "select "+strings.Join(values, " || ', ' || ")+" from "+name(table)+" order by "+order) {
		fmt.Fprintf(&b, "insert into %s (%s) values (%s);\n", name(table), strings.Join(columns, ", "), row)
	}
	return b.String()
}

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// database makes the database of a case and gives its URL for a role that owns all in it. The fingerprints hold what the
// system says it is; so the database has the same number and name each time, and the role may not know the cluster's.
func database(t *testing.T, kase, named string) string {
	t.Helper()
	admin := testserver.Postgres(t)
	if testserver.Psql(t, admin, "select current_setting('server_version_num')::int >= 150000") != "t" {
		t.Skip("a database gets a number of the test's own from PostgreSQL 15 on")
	}
	called := "corpus_" + kase + "_" + named
	number := 1_000_000 + crc32.ChecksumIEEE([]byte(called))%1_000_000_000
	testserver.Psql(t, admin, `do $$ begin create role corpus login password 'corpus'; exception when duplicate_object then null; end $$;`)
	testserver.Psql(t, admin, fmt.Sprintf("create database %s owner corpus oid = %d", called, number))
	t.Cleanup(func() { testserver.Psql(t, admin, "drop database if exists "+called+" with (force)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + called
	testserver.Psql(t, u.String(), "revoke execute on function pg_catalog.pg_control_system() from public")
	u.User = url.UserPassword("corpus", "corpus")
	return u.String()
}

// unsteady are the lines of pg_dump that say which version it is, or hold a number made at random.
var unsteady = regexp.MustCompile(`(?m)^(--.*|\\(un)?restrict .*|SET transaction_timeout.*|)\n`)

// dumpPostgres is a database as a script for psql.
func dumpPostgres(t *testing.T, dsn string) string {
	t.Helper()
	return unsteady.ReplaceAllString(testserver.Dump(t, dsn), "")
}

// restore makes the databases of a folder from their texts, and gives the environment that their URLs stand in.
func restore(t *testing.T, kase, dir string) []string {
	t.Helper()
	var environ []string
	if given, err := os.ReadFile(filepath.Join(dir, "env")); err == nil {
		environ = strings.Fields(string(given))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	for _, f := range files {
		script, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if path, ok := strings.CutSuffix(f, ".sql"); ok && strings.HasSuffix(path, ".db") {
			run(t, path, string(script))
		} else if path, ok := strings.CutSuffix(f, ".pg.sql"); ok {
			named := filepath.Base(path)
			dsn := database(t, kase, named)
			testserver.Psql(t, dsn, string(script))
			environ = append(environ, strings.ToUpper(named)+"_URL="+dsn)
		} else {
			continue
		}
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	return environ
}
