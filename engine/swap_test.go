package engine_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// swapped is a mapping into a PostgreSQL database whose table everything hangs on that can.
const swapped = `
source "sqlite" "old" {
  path = "old.db"
}
target "postgres" "new" {
  url          = secret("env://TARGET")
  lock_timeout = "2s"
}
mapping "item" {
  from {
    source = source.sqlite.old
    table  = "item"
  }
  to {
    target = target.postgres.new
    table  = "item"
    mode   = "upsert"
  }
  check "some" {
    expect = "agg.count() > 0"
  }
  lifecycle {
    max_rejects = 0
  }
}
`

// everything hangs on public.item all that PostgreSQL lets.
func everything(role string) string {
	return strings.ReplaceAll(`
CREATE ROLE @r; CREATE ROLE @r_owner;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE log (id bigint, name text);
CREATE TABLE "Child" (id int PRIMARY KEY, item bigint CONSTRAINT "to item" REFERENCES item ON DELETE CASCADE DEFERRABLE);
COMMENT ON CONSTRAINT "to item" ON "Child" IS 'whose';
INSERT INTO "Child" VALUES (1, 1), (2, 2);
CREATE TABLE late (item bigint); ALTER TABLE late ADD CONSTRAINT late_item FOREIGN KEY (item) REFERENCES item NOT VALID;
CREATE VIEW "V 1" (ident, called) WITH (security_barrier = true, check_option = local) AS SELECT id, name FROM item WHERE id > 0;
CREATE VIEW v2 AS SELECT v.ident, count(*) AS n FROM "V 1" v GROUP BY v.ident;
ALTER VIEW "V 1" OWNER TO @r_owner;
GRANT SELECT ON item TO @r_owner;
COMMENT ON VIEW "V 1" IS 'a view'; COMMENT ON COLUMN "V 1".called IS 'a name';
GRANT SELECT ON "V 1" TO @r;
CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT name, sum(qty) AS qty FROM item GROUP BY name;
CREATE UNIQUE INDEX m_name ON m (name); COMMENT ON INDEX m_name IS 'one'; COMMENT ON MATERIALIZED VIEW m IS 'sums'; GRANT SELECT ON m TO @r;
CREATE VIEW over_m AS SELECT name FROM m; GRANT SELECT ON over_m TO @r;
CREATE MATERIALIZED VIEW m2 AS SELECT name FROM m WITH NO DATA;
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT sum(qty) FROM item; END;
GRANT SELECT, INSERT ON item TO @r WITH GRANT OPTION; GRANT UPDATE (name, qty) ON item TO @r; GRANT SELECT ON item TO PUBLIC; REVOKE DELETE ON item FROM CURRENT_USER;
CREATE POLICY own ON item AS RESTRICTIVE FOR UPDATE TO @r USING (name <> 'x' AND EXISTS (SELECT FROM item o WHERE o.id = 1)) WITH CHECK (qty > 0);
COMMENT ON POLICY own ON item IS 'a policy';
ALTER TABLE item ENABLE ROW LEVEL SECURITY; ALTER TABLE item FORCE ROW LEVEL SECURITY; ALTER TABLE item NO FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON item FOR SELECT USING (true);
CREATE POLICY p ON log USING (EXISTS (SELECT FROM item WHERE item.name = log.name));
CREATE TRIGGER noted BEFORE UPDATE OF name ON item FOR EACH ROW WHEN (OLD.qty IS DISTINCT FROM NEW.qty) EXECUTE FUNCTION note();
COMMENT ON TRIGGER noted ON item IS 'a trigger'; ALTER TABLE item DISABLE TRIGGER noted;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
CREATE RULE copy AS ON INSERT TO item WHERE NEW.id < 0 DO ALSO INSERT INTO log VALUES (NEW.id, NEW.name); ALTER TABLE item DISABLE RULE copy;
CREATE RULE other AS ON DELETE TO log DO ALSO DELETE FROM item WHERE id = OLD.id;
CREATE PUBLICATION pub FOR TABLE item (id, name) WHERE (id > 0);
CREATE STATISTICS st (ndistinct) ON name, qty FROM item; COMMENT ON STATISTICS st IS 'statistics'; ALTER STATISTICS st SET STATISTICS 50;
COMMENT ON TABLE item IS 'the items'; COMMENT ON COLUMN item.name IS 'as said';
CREATE INDEX by_name ON item (lower(name) text_pattern_ops) WHERE qty > 1; COMMENT ON INDEX by_name IS 'an index';
ALTER TABLE item ADD CONSTRAINT sane CHECK (qty >= 0), ALTER qty SET DEFAULT 7, ALTER name SET STATISTICS 300, ALTER COLUMN name SET NOT NULL;
COMMENT ON CONSTRAINT sane ON item IS 'not below'; ALTER TABLE item SET (fillfactor = 80); ALTER TABLE item REPLICA IDENTITY FULL;
CREATE SEQUENCE item_qty_seq OWNED BY item.qty; GRANT USAGE ON SEQUENCE item_qty_seq TO @r;
ALTER TABLE item ADD COLUMN twice int GENERATED ALWAYS AS (qty * 2) STORED;
ALTER TABLE item ADD COLUMN n bigint; ALTER TABLE item DROP COLUMN n;
ALTER DEFAULT PRIVILEGES GRANT DELETE ON TABLES TO @r;
`, "@r", role)
}

// dumped is the shape of a database, without what migrateiq keeps for itself and what differs between two dumps of one.
func dumped(t *testing.T, dsn string) string {
	t.Helper()
	text := testserver.WholeDump(t, dsn, "--schema-only", "--exclude-schema=_migrateiq*")
	return regexp.MustCompile(`(?m)^(\\(un)?restrict.*|--.*)$\n?`).ReplaceAllString(text, "")
}

// role names a role of this process, which goes with the test's database.
func role(t *testing.T, dsn, name string) string {
	t.Helper()
	name = fmt.Sprintf("miq_%s_%d", name, os.Getpid())
	t.Cleanup(func() {
		for _, r := range []string{name, name + "_owner"} {
			testserver.Psql(t, dsn, "DROP OWNED BY "+r+" CASCADE; DROP ROLE "+r)
		}
	})
	return name
}

const threeItems = `CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL, qty int);
INSERT INTO item VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)`

func TestASwapGivesTheNewTableAllThatHungOnTheOldOne(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, swapped, "TARGET="+dsn)
	sqliteRun(t, f.path("old.db"), threeItems)
	f.apply()
	reader := role(t, dsn, "swap_reader")
	testserver.Psql(t, dsn, everything(reader))
	before := dumped(t, dsn)
	sqliteRun(t, f.path("old.db"), "UPDATE item SET name = 'new', qty = 9 WHERE id = 2; INSERT INTO item VALUES (4, 'd', 4)")
	holds(t, f.exits(0, "plan", "--replace=mapping.item", "--full"), `CREATE OR REPLACE VIEW public."V 1"`, "materialized view public.m")
	f.apply("--replace=mapping.item")
	if diff := cmp.Diff(before, dumped(t, dsn)); diff != "" {
		t.Errorf("the database before -, after the swap +:\n%s", diff)
	}
	got := testserver.Psql(t, dsn, `SELECT string_agg(called, ',' ORDER BY ident) FROM "V 1"; SELECT string_agg(name, ',' ORDER BY name) FROM over_m; SELECT total(); SELECT count(*) FROM v2`)
	if got != "a,new,c,d\na,c,d,new\n17\n4" {
		t.Errorf("through views and functions: got %s", got)
	}
	f.settled()
}
