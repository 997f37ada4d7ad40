package postgres

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestARoleThatWouldNotSeeEverythingReadsNothing(t *testing.T) {
	_, dsn := database(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Skip("the server's DSN is no URL")
	}
	roles := map[string]string{}
	for _, name := range []string{"guest", "owner", "bypass"} {
		roles[name] = fmt.Sprintf("miq_%s_%d", name, os.Getpid())
		testserver.Psql(t, dsn, "CREATE ROLE "+roles[name]+" LOGIN")
		t.Cleanup(func() { testserver.Psql(t, dsn, "DROP OWNED BY "+roles[name]+" CASCADE; DROP ROLE "+roles[name]) })
	}
	in := strings.NewReplacer("GUEST", roles["guest"], "HOLDER", roles["owner"], "FREE", roles["bypass"])
	testserver.Psql(t, dsn, in.Replace(`ALTER ROLE FREE BYPASSRLS; GRANT CREATE ON SCHEMA public TO HOLDER;
		CREATE TABLE guarded (id int PRIMARY KEY, v text); INSERT INTO guarded VALUES (1, 'shown'), (2, 'hidden');
		ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON guarded USING (id = 1);
		CREATE TABLE forced (id int PRIMARY KEY, v text); INSERT INTO forced SELECT * FROM guarded; ALTER TABLE forced ENABLE ROW LEVEL SECURITY;
		ALTER TABLE forced FORCE ROW LEVEL SECURITY; CREATE POLICY p ON forced USING (id = 1);
		CREATE VIEW through AS SELECT * FROM guarded;
		CREATE TABLE plain (id int PRIMARY KEY, v text); INSERT INTO plain SELECT i, 'x' FROM generate_series(1, 9000) i;
		CREATE TABLE part (a int, "B" int, c int, secret int); INSERT INTO part SELECT i, i, i, i FROM generate_series(1, 20000) i;
		CREATE TABLE keyed (id int PRIMARY KEY, v int); INSERT INTO keyed SELECT i, i FROM generate_series(1, 20000) i;
		ALTER TABLE guarded OWNER TO HOLDER; ALTER TABLE forced OWNER TO HOLDER; ALTER VIEW through OWNER TO GUEST;
		GRANT SELECT ON guarded, forced, plain TO GUEST, FREE; GRANT SELECT (a) ON part TO GUEST; GRANT SELECT (v) ON keyed TO GUEST`))
	as := func(name string) *endpoint {
		other := *u
		other.User = url.User(roles[name])
		return connect(t, other.String())
	}
	ends := map[string]*endpoint{"guest": as("guest"), "owner": as("owner"), "bypass": as("bypass")}
	for _, c := range []struct {
		role, table string
		remedy      string // "": it reads all
	}{
		{"guest", "guarded", "DISABLE ROW LEVEL SECURITY"}, {"guest", "forced", "NO FORCE"}, {"owner", "forced", "NO FORCE"}, {"guest", "through", "BYPASSRLS"},
		{"owner", "guarded", ""}, {"bypass", "guarded", ""}, {"bypass", "forced", ""}, {"guest", "plain", ""},
	} {
		e := ends[c.role]
		source := table(t, e, c.table)
		spec := providers.ReadSpec{Table: source.Ref, Columns: source.Columns}
		_, read := all(t.Context(), e, spec)
		_, count := e.Count(t.Context(), spec)
		_, cutting := e.Chunks(t.Context(), source, 1, true)
		for what, err := range map[string]error{"read": read, "count": count, "cut": cutting} {
			if c.remedy == "" && err != nil {
				t.Errorf("%s of %s as %s: %v", what, c.table, c.role, err)
			}
			if c.table == "through" && what == "cut" { // a view is one chunk, and nothing is read for it
				continue
			}
			if f := failure(err); c.remedy != "" && (f.Class != providers.Denied || !strings.Contains(f.Remedy, c.remedy)) {
				t.Errorf("%s of %s as %s: got %v of class %q with the remedy %q, want denied and %q", what, c.table, c.role, err, f.Class, f.Remedy, c.remedy)
			}
		}
	}
	e := ends["guest"]
	source := table(t, e, "part")
	_, err = all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
	if f := failure(err); f.Class != providers.Denied || !strings.Contains(f.Error(), "columns B, c, secret") || !strings.Contains(f.Remedy, `GRANT SELECT ("B", "c", "secret") ON "public"."part" TO "`+roles["guest"]) {
		t.Errorf("columns without the right: got %v with the remedy %q", err, f.Remedy)
	}
	for name, column := range map[string]schema.Column{"part": source.Columns[0], "keyed": table(t, e, "keyed").Columns[1]} {
		chunks, err := e.Chunks(t.Context(), table(t, e, name), 8192, true)
		if err != nil || len(chunks) != 1 {
			t.Errorf("%s, of which one column may be read: got %d chunks, %v, want one", name, len(chunks), err)
			continue
		}
		b, err := all(t.Context(), e, providers.ReadSpec{Table: public(name), Columns: []schema.Column{column}, Chunk: &chunks[0]})
		if err != nil || b.Len() != 20000 {
			t.Errorf("%s: the column that may be read: %v", name, err)
		}
	}
}
