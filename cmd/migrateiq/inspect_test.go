package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// chinook is a file of the public data set, which is no part of the project.
func chinook(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("MIGRATEIQ_TEST_DATA")
	if root == "" {
		root = filepath.Join("..", "shared", "data")
	}
	if !filepath.IsAbs(root) {
		root = filepath.Join(repository, root)
	}
	path, err := filepath.Abs(filepath.Join(root, "chinook", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no public data set chinook: %v; MIGRATEIQ_TEST_DATA names the folder of the data sets", err)
	}
	return path
}

// chinookServer is a PostgreSQL database that psql filled with the data set's own script.
func chinookServer(t *testing.T) string {
	t.Helper()
	path := chinook(t, "postgresql.sql")
	if testing.Short() {
		t.Skip("this needs PostgreSQL")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(script), "\\c chinook;")
	if !ok {
		t.Fatal("the script does not connect to its database as it used to")
	}
	dsn := testserver.Postgres(t)
	testserver.Psql(t, dsn, rest)
	return dsn
}

// What inspect writes of Chinook is planned, applied and verified without a change to it.
func TestInspectOfChinookWritesWhatPlansAppliesAndVerifies(t *testing.T) {
	for _, c := range []struct {
		name   string
		source func(t *testing.T) (args []string, environ string)
		to     string
		more   []string
	}{
		{"SQLite to SQLite", chinookInSQLite, "sqlite,path=new.db", nil},
		{"SQLite to PostgreSQL", chinookInSQLite, "postgres,url=env://NEW_URL", nil},
		{"PostgreSQL to SQLite", chinookInPostgres, "sqlite,path=new.db", nil},
		{"PostgreSQL to PostgreSQL", chinookInPostgres, "postgres,url=env://NEW_URL", nil},
		{"PostgreSQL to CSV", chinookInPostgres, "csv,path=new", nil},
		{"SQLite to SQLite by one mapping", chinookInSQLite, "sqlite,path=new.db", []string{"--glob"}},
		{"PostgreSQL to PostgreSQL by one mapping", chinookInPostgres, "postgres,url=env://NEW_URL", []string{"--glob"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args, environ := c.source(t)
			s := withPostgres(t.TempDir())
			s.Environ = []string{environ}
			if strings.Contains(c.to, "NEW_URL") {
				s.Environ = append(s.Environ, "NEW_URL="+testserver.Postgres(t))
			}
			args = append(append([]string{"inspect"}, args...), "--name", "shop", "--to", c.to, "--out", "made")
			s.exits(t, 0, append(args, c.more...)...)
			before := made(t, s.Dir)
			s.exits(t, 0, "--chdir", "made", "fmt", "--check")
			s.exits(t, 0, "--chdir", "made", "plan")
			s.exits(t, 0, "--chdir", "made", "apply", "--auto-approve")
			if !strings.Contains(s.out.String(), "11 mappings, 15,607 rows written") {
				t.Errorf("apply: got\n%s\nwant 11 mappings, 15,607 rows written", &s.out)
			}
			s.exits(t, 0, "--chdir", "made", "verify")
			s.exits(t, 0, "--chdir", "made", "verify", "--source")
			s.exits(t, 0, "--chdir", "made", "plan", "--detailed-exitcode")
			if got := made(t, s.Dir); got != before {
				t.Errorf("the files are not what inspect wrote: got\n%s\nwant\n%s", got, before)
			}
		})
	}
}

func chinookInSQLite(t *testing.T) ([]string, string) {
	return []string{"sqlite", "path=" + chinook(t, "chinook.sqlite")}, ""
}

func chinookInPostgres(t *testing.T) ([]string, string) {
	return []string{"postgres", "url=env://OLD_URL"}, "OLD_URL=" + chinookServer(t)
}

// withPostgres is a session that reaches all systems.
func withPostgres(dir string) *session {
	s := in(dir)
	s.Providers = providers.NewSet(sqlite.New(), csv.New(), postgres.New())
	return s
}

// made is what inspect wrote.
func made(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"systems.miq.hcl", "mappings.miq.hcl"} {
		text, err := os.ReadFile(filepath.Join(dir, "made", name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// What PostgreSQL has and this version cannot move is named in comments, and the rest is moved.
func TestInspectNamesWhatItCannotWrite(t *testing.T) {
	if testing.Short() {
		t.Skip("this needs PostgreSQL")
	}
	dsn := testserver.Postgres(t)
	testserver.Psql(t, dsn, `
		CREATE SCHEMA sales; CREATE SCHEMA "Sa.les";
		CREATE TYPE mood AS ENUM ('up', 'down');
		CREATE TABLE sales.note (id int PRIMARY KEY, mood mood DEFAULT 'up', words tsvector, tags text[], at timestamptz, tree pg_node_tree, "Größe" int, "größe" int);
		CREATE TABLE public.note (id int PRIMARY KEY, text text);
		CREATE TABLE "Sa.les".x (id int PRIMARY KEY);
		CREATE TABLE public.odd (tree pg_node_tree);
		CREATE POLICY mine ON public.note USING (true);
		INSERT INTO sales.note VALUES (1, 'up', 'a', '{b}', '2026-01-01', NULL, 2, 3);
		INSERT INTO public.note VALUES (1, 'x');`)
	for _, c := range []struct {
		to   string
		want []string
	}{
		{"sqlite,path=new.db", []string{`# Column tree stays behind: this version cannot move its type, pg_node_tree.`, `field "words" { from = "words" }`,
			`# Table public.odd has no mapping: it has no column that can be moved.`, `# Table "Sa.les".x has no mapping: its name cannot be written in`,
			`mapping "public_note"`, `mapping "sales_note"`, `table  = "note_2"`, `# Not carried over: policy mine`, `field "größe_2" { from = "größe" }`}},
		{"postgres,url=env://OLD_URL", []string{`# Column tree stays behind`, `field "mood" { from = "mood" }`, `table  = "sales.note"`, `field "größe" { from = "größe" }`}},
	} {
		s := withPostgres(t.TempDir())
		s.Environ = []string{"OLD_URL=" + dsn, "NEW_URL=" + testserver.Postgres(t)}
		to := strings.ReplaceAll(c.to, "OLD_URL", "NEW_URL")
		s.exits(t, 0, "inspect", "postgres", "url=env://OLD_URL", "--to", to, "--out", "made")
		for _, want := range c.want {
			if got := made(t, s.Dir); !strings.Contains(got, want) {
				t.Errorf("inspect --to %s: got\n%s\nwant %s in it", to, got, want)
			}
		}
		s.exits(t, 0, "--chdir", "made", "apply", "--auto-approve")
		s.exits(t, 0, "--chdir", "made", "verify", "--source")
		s.exits(t, 0, "--chdir", "made", "plan", "--detailed-exitcode")
	}
}

// A target that can be reached is asked which types it keeps.
func TestInspectAsksTheTargetWhatItCanKeep(t *testing.T) {
	if testing.Short() {
		t.Skip("this needs PostgreSQL")
	}
	s := withPostgres(t.TempDir())
	s.Environ = []string{"NEW_URL=" + testserver.Postgres(t)}
	db, err := sql.Open("sqlite", filepath.Join(s.Dir, "old.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP(9), sum DECIMAL_TEXT(1500,2));
		INSERT INTO t VALUES (1, '2026-01-02 03:04:05.123456', '1.00')`)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s.exits(t, 0, "inspect", "sqlite", "path=old.db", "--to", "postgres,url=env://NEW_URL", "--out", "made")
	want := "# Column sum stays behind: it is decimal(1500,2), and PostgreSQL cannot keep decimal(1500,2)."
	if got := made(t, s.Dir); !strings.Contains(got, want) {
		t.Errorf("inspect: got\n%s\nwant %s in it", got, want)
	}
	s.exits(t, 0, "--chdir", "made", "apply", "--auto-approve")
	s.exits(t, 0, "--chdir", "made", "verify", "--source")
}
