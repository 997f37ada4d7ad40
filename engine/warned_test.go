package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestARoleLearnsThatTypesNeedASchemaToo(t *testing.T) {
	old, fresh := testserver.Postgres(t), testserver.Postgres(t)
	role := newRole(t, "typer", fresh)
	testserver.Psql(t, old, `CREATE SCHEMA codes; CREATE TYPE codes.sex AS ENUM ('f', 'm'); CREATE TABLE public.people (id int PRIMARY KEY, sex codes.sex); INSERT INTO people VALUES (1, 'f')`)
	database := fresh[strings.LastIndex(fresh, "/")+1:]
	database, _, _ = strings.Cut(database, "?")
	testserver.Psql(t, fresh, `CREATE SCHEMA codes; CREATE ROLE `+role+` LOGIN; GRANT CREATE ON DATABASE "`+database+`" TO `+role+`; GRANT CREATE ON SCHEMA public TO `+role)
	f := newFolder(t, `
source "postgres" "old" { url = secret("env://OLD") }
target "postgres" "new" { url = secret("env://NEW") }
mapping "people" {
  from {
    source = source.postgres.old
    table  = "people"
  }
  to {
    target = target.postgres.new
    table  = "people"
  }
}
`, "OLD="+old, "NEW="+asRole(t, fresh, role))
	out := f.exits(1, "check")
	grant := `GRANT CREATE ON SCHEMA "codes" TO "` + role + `"`
	holds(t, out, grant)
	holds(t, f.exits(0, "grants", "target.postgres.new", "--role", role), `ON SCHEMA "codes" TO "`+role+`"`)
	testserver.Psql(t, fresh, grant+`; GRANT USAGE ON SCHEMA codes TO `+role)
	holds(t, f.exits(0, "check"), "Ready")
	f.apply()
	f.settled()
}

func TestACursorWithoutAnEndIsRefusedAndOneSaysWhatItDoesNotTake(t *testing.T) {
	old, fresh := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, `CREATE TABLE stay (id int PRIMARY KEY, seen timestamptz NOT NULL, v text); INSERT INTO stay VALUES (1, '2026-01-01', 'a'), (2, '-infinity', 'b')`)
	f := newFolder(t, `
source "postgres" "old" {
  url = secret("env://OLD")
  table "stay" {
    cursor = { column = "seen", kind = "timestamp" }
  }
}
target "postgres" "new" { url = secret("env://NEW") }
mapping "stay" {
  from {
    source = source.postgres.old
    table  = "stay"
  }
  to {
    target = target.postgres.new
    table  = "stay"
  }
}
`, "OLD="+old, "NEW="+fresh)
	f.apply()
	f.settled()
	testserver.Psql(t, old, `UPDATE stay SET v = 'c' WHERE id = 1`)
	out := f.exits(0, "verify", "--source")
	holds(t, out, "takes no changes of rows that it has read")
	if strings.Contains(out, "the next apply takes them") {
		t.Errorf("a promise that a cursor does not keep:\n%s", out)
	}
	testserver.Psql(t, old, `INSERT INTO stay VALUES (3, 'infinity', 'd')`)
	holds(t, f.exits(1, "plan"), "holds infinity", "Use another column")
}

func TestAReplacedTableHasWhatOthersGaveToTheOldOne(t *testing.T) {
	old, fresh := testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, `CREATE TABLE bed (id int PRIMARY KEY, ward int NOT NULL DEFAULT 1 CHECK (ward > 0), v text); INSERT INTO bed VALUES (1, 1, 'a')`)
	f := newFolder(t, `
source "postgres" "old" { url = secret("env://OLD") }
target "postgres" "new" { url = secret("env://NEW") }
mapping "bed" {
  from {
    source = source.postgres.old
    table  = "bed"
  }
  to {
    target = target.postgres.new
    table  = "bed"
  }
}
`, "OLD="+old, "NEW="+fresh)
	f.apply()
	own := f.exits(0, "plan", "--replace=mapping.bed")
	if strings.Contains(own, "it is on the old table") {
		t.Errorf("what the mapping makes again is listed as lost:\n%s", own)
	}
	testserver.Psql(t, fresh, `CREATE TABLE ward (id int PRIMARY KEY); INSERT INTO ward VALUES (1); ALTER TABLE bed ADD CONSTRAINT known FOREIGN KEY (ward) REFERENCES ward,
		ADD CONSTRAINT small CHECK (ward < 100), ALTER v SET DEFAULT 'none'; CREATE INDEX by_v ON bed (v); ALTER TABLE bed SET (fillfactor = 70)`)
	before := dumped(t, fresh)
	f.apply("--replace=mapping.bed")
	if diff := cmp.Diff(before, dumped(t, fresh)); diff != "" {
		t.Errorf("what others gave to the old table: before -, after +:\n%s", diff)
	}
	testserver.Psql(t, fresh, "CREATE FUNCTION rows() RETURNS SETOF bed LANGUAGE sql AS 'SELECT * FROM bed'")
	holds(t, f.exits(1, "plan", "--replace=mapping.bed"), "type use function public.rows()")
}
