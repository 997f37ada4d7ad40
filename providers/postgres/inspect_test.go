package postgres

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func kinds(objects []schema.Object) []string {
	var out []string
	for _, o := range objects {
		out = append(out, o.Kind+" "+o.Name)
	}
	return out
}

func TestWhatACopyWouldLackIsListed(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE parent (id int PRIMARY KEY, mail text);
		CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 0), b text DEFAULT lower('X'), c int GENERATED ALWAYS AS (a * 2) STORED, d text COLLATE "C",
			up int REFERENCES parent DEFERRABLE, r int4range, EXCLUDE USING gist (r WITH &&), e int DEFAULT 5);
		CREATE INDEX partial ON t (a) WHERE a > 5; CREATE INDEX expression ON t (lower(b)); CREATE INDEX hashed ON t USING hash (b);
		CREATE INDEX falling ON t (a DESC); CREATE UNIQUE INDEX plain ON t (a, b); CREATE INDEX wide ON t (a) INCLUDE (b);
		CREATE UNIQUE INDEX nulls ON t (b) NULLS NOT DISTINCT;
		CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
		CREATE POLICY p ON t USING (true); CREATE STATISTICS s ON a, b FROM t; CREATE TABLE heir () INHERITS (t); CREATE VIEW v AS SELECT a FROM t`)
	got := table(t, e, "t")
	want := []string{
		"check t_a_check", "collation d", "default b", "default e", "exclusion t_r_excl", "foreign key t_up_fkey", "generated column c", "index expression", "index falling",
		"index hashed", "index nulls", "index partial", "index wide", "policy p", "statistics s", "trigger g",
	}
	lost := kinds(got.Lost())
	slices.Sort(lost)
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Errorf("Lost: want -, got +:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"policy p", "statistics s", "trigger g"}, kinds(got.Unsupported)); diff != "" {
		t.Errorf("Unsupported: want -, got +:\n%s", diff)
	}
	if len(got.Keys) != 1 || got.Keys[0].Name != "plain" || !slices.Equal(got.Keys[0].Columns, []string{"a", "b"}) {
		t.Errorf("Keys: got %+v, want plain only", got.Keys)
	}
	c, _ := got.Column("c")
	d, _ := got.Column("e")
	if !c.Generated || d.Default != "5" {
		t.Errorf("columns: got %+v, %+v", c, d)
	}
	heir := table(t, e, "heir")
	if got := kinds(heir.Lost()); !slices.Contains(got, "inheritance public.t") {
		t.Errorf("an heir: got %q", got)
	}
	everything, err := e.Inspect(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range everything.Tables {
		names = append(names, x.Ref.String())
	}
	if want := []string{"public.heir", "public.parent", "public.t"}; !slices.Equal(names, want) || everything.Identity != e.Info().Identity {
		t.Errorf("Inspect of all: got %q, want %q", names, want)
	}
	if got := table(t, e, "v"); len(got.Columns) != 1 || got.Columns[0].Name != "a" {
		t.Errorf("a view asked for: got %+v", got)
	}
	if none, err := e.Inspect(t.Context(), []schema.Ref{public("nothere")}); err != nil || len(none.Tables) != 0 {
		t.Errorf("a table that is not there: got %v, %v", none, err)
	}
}

func TestWhatFollowsTheOldTableInASwapIsListed(t *testing.T) {
	e, dsn := database(t)
	role := fmt.Sprintf("miq_reader_%d", os.Getpid())
	testserver.Psql(t, dsn, `CREATE ROLE `+role+`; CREATE TABLE t (id int PRIMARY KEY, own int REFERENCES t, s serial); CREATE TABLE child (up int REFERENCES t);
		CREATE VIEW v AS SELECT id FROM t; CREATE MATERIALIZED VIEW m AS SELECT id FROM t; GRANT SELECT ON t TO `+role+`; GRANT UPDATE (own) ON t TO `+role+`;
		CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
		CREATE POLICY p ON t USING (id > 0); CREATE PUBLICATION pub FOR TABLE t; CREATE FUNCTION rows() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
		CREATE TABLE lone (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, up int REFERENCES t)`)
	t.Cleanup(func() { testserver.Psql(t, dsn, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	want := []string{"type use function public.rows()"}
	if diff := cmp.Diff(want, kinds(table(t, e, "t").Dependents)); diff != "" {
		t.Errorf("what cannot be given to another table: want -, got +:\n%s", diff)
	}
	want = []string{
		"view public.v", "materialized view public.m", "foreign key public.child.child_up_fkey", "foreign key public.lone.lone_up_fkey", "grant rights of the owner",
		"grant SELECT to " + role, "grant UPDATE (own) to " + role, "policy p", "trigger g", "publication pub",
	}
	var got []string
	for _, f := range table(t, e, "t").Followers {
		got = append(got, f.Kind+" "+f.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what can: want -, got +:\n%s", diff)
	}
	if got := table(t, e, "lone").Dependents; len(got) != 0 {
		t.Errorf("a table on which nothing hangs: got %q", kinds(got))
	}
}

func TestIdentityIsOfTheDatabaseAndNotOfTheWayToIt(t *testing.T) {
	a, dsn := database(t)
	b, _ := database(t)
	again := connect(t, dsn+"&application_name=x")
	if a.Info().Identity != again.Info().Identity || a.Info().Identity == b.Info().Identity || !strings.HasPrefix(a.Info().Identity, "postgres:") {
		t.Errorf("identities: %q, %q, another database %q", a.Info().Identity, again.Info().Identity, b.Info().Identity)
	}
}

func TestConfigIsCheckedAndKeepsTheEnvironmentOut(t *testing.T) {
	for _, c := range []struct {
		name  string
		cfg   Config
		field string
	}{
		{"nothing", Config{}, "host"},
		{"no database", Config{Host: "h"}, "database"},
		{"no user", Config{Host: "h", Database: "d"}, "user"},
		{"a url and a host", Config{URL: secret.Reference("env://X"), Host: "h"}, "url"},
		{"an odd sslmode", Config{URL: secret.Reference("env://X"), SSLMode: "maybe"}, "sslmode"},
		{"an odd port", Config{URL: secret.Reference("env://X"), Port: -1}, "url"},
		{"all right", Config{Host: "h", Database: "d", User: "u"}, ""},
	} {
		var field string
		if found := c.cfg.Validate(); len(found) > 0 {
			field = found[0].Field
		}
		if field != c.field {
			t.Errorf("%s: got a finding for %q, want %q", c.name, field, c.field)
		}
	}
	for k, v := range map[string]string{"PGPASSWORD": "stray", "PGHOST": "stray", "PGOPTIONS": "-c x=y", "PGSSLMODE": "disable", "PGUSER": "stray", "PGDATABASE": "stray", "PGPORT": "1", "PGAPPNAME": "stray", "PGTZ": "Asia/Tokyo"} {
		t.Setenv(k, v)
	}
	for _, c := range []Config{
		{Host: "db.example", Database: "d", User: "u"}, {URL: secret.Literal("postgres://u@db.example/d")}, {URL: secret.Literal("host=db.example dbname='d' user = u")},
	} {
		found, err := c.connection()
		if err != nil {
			t.Fatal(err)
		}
		got := found.config
		if got.Host != "db.example" || got.Port != 5432 || got.User != "u" || got.Database != "d" || got.Password != "" || len(got.RuntimeParams) != 0 {
			t.Errorf("got %s %d %s %s %q %v", got.Host, got.Port, got.User, got.Database, got.Password, got.RuntimeParams)
		}
		if got.TLSConfig == nil || got.TLSConfig.ServerName != "db.example" || got.TLSConfig.InsecureSkipVerify || len(got.Fallbacks) != 0 {
			t.Errorf("a server that is not on this machine is not verified in full: %+v", got.TLSConfig)
		}
	}
	local, err := (&Config{Host: "localhost", Database: "d", User: "u", SSLMode: "disable", Password: secret.Literal(`a' \b`)}).connection()
	if err != nil || local.config.TLSConfig != nil || local.config.Password != `a' \b` {
		t.Errorf("got %+v, %v", local, err)
	}
}

func TestAs(t *testing.T) {
	e, _ := database(t)
	var end providers.Endpoint = e
	_, a := providers.As[providers.Ledger](end)
	_, b := providers.As[providers.History](end)
	_, c := providers.As[providers.Chunker](end)
	if !a || !b || !c {
		t.Errorf("ledger %t, history %t, chunker %t; want all", a, b, c)
	}
}
