package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// failure is the providers.Error in err, an empty one where there is none.
func failure(err error) providers.Error {
	var e *providers.Error
	if errors.As(err, &e) {
		return *e
	}
	return providers.Error{}
}

func TestErrorsHaveTheirClassAndQuoteNoValue(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE parent (id int PRIMARY KEY);
		CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL CHECK (name <> 'topsecret'), up int REFERENCES parent, mail text UNIQUE);
		INSERT INTO t VALUES (1, 'one', NULL, 'topsecret@x')`)
	target := table(t, e, "t")
	for _, c := range []struct {
		name   string
		row    []string
		class  providers.Class
		column string
		is     error
	}{
		{"null into a column that is not null", []string{"2", "<null>", "<null>", "<null>"}, providers.BadValue, "name", nil},
		{"a check constraint", []string{"2", "topsecret", "<null>", "<null>"}, providers.BadValue, "", nil},
		{"a row that is not there", []string{"2", "x", "77", "<null>"}, providers.Conflict, "", nil},
		{"a primary key that is there", []string{"1", "x", "<null>", "<null>"}, providers.Conflict, "", providers.ErrDuplicateKey},
		{"another unique key that is there", []string{"2", "x", "<null>", "topsecret@x"}, providers.Conflict, "", providers.ErrDuplicateKey},
	} {
		for _, mode := range []providers.Mode{providers.Insert, providers.Upsert} {
			if mode == providers.Upsert && strings.HasPrefix(c.name, "a primary") {
				continue
			}
			_, err := put(t.Context(), e, spec(target, epoch, mode), rowsOf(t, target.Columns, c.row))
			bad := failure(err)
			if bad.Class != c.class || c.column != "" && bad.Column != c.column || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%s by %s: got class %q column %q (%v), want class %q column %q", c.name, mode, bad.Class, bad.Column, err, c.class, c.column)
			}
			if err != nil && strings.Contains(err.Error(), "topsecret") {
				t.Errorf("%s: the error quotes a value: %v", c.name, err)
			}
		}
	}
}

func TestNullInALaterBatchIsFoundByItsRow(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (id int, name text NOT NULL)`)
	target := table(t, e, "t")
	good, bad := rowsOf(t, target.Columns), rowsOf(t, target.Columns, []string{"7", "<null>"})
	for i := range 50000 {
		good.Vectors[0].AppendInt(int64(i))
		good.Vectors[1].AppendString("x")
	}
	_, err := put(t.Context(), e, spec(target, epoch, providers.Insert), good, good, bad, good, good)
	if f := failure(err); f.Row != "row 100001 of the chunk" || f.Column != "name" || f.Class != providers.BadValue {
		t.Errorf("got %q %q %q (%v), want row 100001, column name, bad_value", f.Row, f.Column, f.Class, err)
	}
}

func TestMissingRightsTablesAndServers(t *testing.T) {
	e, dsn := database(t)
	role := fmt.Sprintf("miq_guest_%d", os.Getpid())
	testserver.Psql(t, dsn, `CREATE ROLE `+role+` LOGIN; CREATE TABLE closed (a int); CREATE TABLE hidden (a int); CREATE TABLE shown (a int);
		GRANT SELECT ON hidden, shown TO `+role+`; ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; INSERT INTO shown VALUES (1)`)
	t.Cleanup(func() { testserver.Psql(t, dsn, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Skip("the server's DSN is no URL")
	}
	u.User = url.User(role)
	guest := connect(t, u.String())
	columns := table(t, guest, "closed").Columns
	read := func(e *endpoint, name string) error {
		_, err := all(t.Context(), e, providers.ReadSpec{Table: public(name), Columns: columns})
		return err
	}
	if err := read(guest, "shown"); err != nil {
		t.Errorf("read of a table with the right to it: %v", err)
	}
	if f := failure(read(guest, "closed")); f.Class != providers.Denied || !strings.Contains(f.Remedy, `GRANT SELECT ON "public"."closed" TO "`+role) {
		t.Errorf("read without the right: got class %q, remedy %q", f.Class, f.Remedy)
	}
	if f := failure(read(guest, "hidden")); f.Class != providers.Denied || !strings.Contains(f.Remedy, "BYPASSRLS") {
		t.Errorf("read of rows that a policy hides: got class %q, remedy %q", f.Class, f.Remedy)
	}
	if f := failure(read(e, "nothere")); f.Class != providers.NotFound {
		t.Errorf("read of no table: got class %q", f.Class)
	}
	if _, err := (ledger{guest}).Open(t.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: "r"}); failure(err).Class != providers.Denied {
		t.Errorf("a ledger without the right to make it: got %v", err)
	}
	for name, bad := range map[string]Config{
		"no server":   {Host: t.TempDir(), Database: "x", User: "x"},
		"no role":     {URL: secret.Literal(strings.Replace(u.String(), role, "nobody_here", 1))},
		"no port":     {Host: "127.0.0.1", Port: 1, Database: "x", User: "x", Password: secret.Literal("topsecret")},
		"broken url":  {URL: secret.Literal("postgres://u:topsecret@h:port/db")},
		"no database": {URL: secret.Literal("postgres://u:topsecret@localhost")},
		"parameters":  {URL: secret.Literal("postgres://u:topsecret@localhost/x?passfile=/etc/passwd")},
	} {
		_, err := New().Open(t.Context(), &bad)
		if f := failure(err); f.Class != providers.Unreachable {
			t.Errorf("%s: got class %q (%v), want unreachable", name, f.Class, err)
		}
		if err != nil && strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%s: the error holds the password: %v", name, err)
		}
	}
}

func TestALostConnectionIsTransientAndAmbiguousAtCommit(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE t (id int)`)
	target := table(t, e, "t")
	kill := func() {
		testserver.Psql(t, dsn, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE 'migrateiq%' AND state <> 'idle'`)
	}
	l, err := e.Load(t.Context(), spec(target, epoch, providers.Insert))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), rowsOf(t, target.Columns, []string{"1"})); err != nil {
		t.Fatal(err)
	}
	kill()
	_, err = l.Commit(t.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: "c0"})
	if f := failure(errors.Join(err, l.Close())); f.Class != providers.Transient {
		t.Errorf("a connection lost before COMMIT: got class %q (%v), want transient", f.Class, err)
	}
	testserver.Psql(t, dsn, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION die()`)
	_, err = put(t.Context(), e, spec(target, epoch, providers.Insert), rowsOf(t, target.Columns, []string{"2"}))
	if f := failure(err); f.Class != providers.Ambiguous {
		t.Errorf("a connection lost in COMMIT: got class %q (%v), want ambiguous", f.Class, err)
	}
	if _, err := put(t.Context(), e, spec(target, epoch, providers.Insert), rowsOf(t, target.Columns, []string{"1"})); err != nil {
		t.Errorf("the next chunk: %v", err)
	}
}
