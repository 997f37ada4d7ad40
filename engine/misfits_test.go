package engine_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// oneTable is a folder that maps the table one, with the columns id and v, from one system to another.
type oneTable struct {
	*folder
	from, to       string
	source, target string // URLs, where they are of PostgreSQL
}

func newOneTable(t *testing.T, from, to string) *oneTable {
	t.Helper()
	o := &oneTable{from: from, to: to}
	var env []string
	block := func(role, kind string, dsn *string) string {
		if kind == "sqlite" {
			return fmt.Sprintf("%s %q \"it\" {\n  path = \"%s.db\"\n}\n", role, kind, role)
		}
		*dsn = testserver.Postgres(t)
		env = append(env, strings.ToUpper(role)+"="+*dsn)
		return fmt.Sprintf("%s %q \"it\" {\n  url = secret(\"env://%s\")\n}\n", role, kind, strings.ToUpper(role))
	}
	config := block("source", from, &o.source) + block("target", to, &o.target)
	o.folder = newFolder(t, config+fmt.Sprintf(`
mapping "one" {
  from {
    source = source.%s.it
    table  = "one"
  }
  to {
    target = target.%s.it
    table  = "one"
  }
}
`, from, to), env...)
	return o
}

// at runs a statement in the source.
func (o *oneTable) at(script string) {
	o.t.Helper()
	if o.from == "sqlite" {
		sqliteRun(o.t, o.path("source.db"), script)
	} else {
		testserver.Psql(o.t, o.source, script)
	}
}

// there asks the target.
func (o *oneTable) there(query string) string {
	o.t.Helper()
	if o.to == "sqlite" {
		return sqliteRows(o.t, o.path("target.db"), query)
	}
	return testserver.Psql(o.t, o.target, query, "-P", "null=NULL")
}

func TestAValueThatCannotBeHeldStopsItsTableAndIsNeverReplaced(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to string
		kind     string // of the column, in the source's words
		value    string // as SQL
		why      string
	}{
		{"a NUL in a text for PostgreSQL", "sqlite", "postgres", "TEXT", "CAST(x'610062' AS TEXT)", "U+0000, which PostgreSQL cannot keep"},
		{"a text that is not UTF-8", "sqlite", "postgres", "TEXT", "CAST(x'61ff62' AS TEXT)", "not UTF-8"},
		{"a text in a column of integers", "sqlite", "postgres", "INTEGER", "'a lot'", "a text stands where a value of type int64 belongs"},
		{"a number too large for its column", "sqlite", "postgres", "INT16", "32768", "out of the range of int16"},
		{"half of three in a column of integers", "sqlite", "sqlite", "INTEGER", "1.5", "a real number stands where"},
		{"a text that is longer than its column says", "sqlite", "postgres", "VARCHAR(4)", "'five!'", "string(4)"},
		{"more digits than the column has", "sqlite", "postgres", "DECIMAL(6,2)", "1.005", "decimal(6,2)"},
		{"a day that is none", "sqlite", "postgres", "DATE", "'2023-02-30'", "date"},
		{"bytes in a column of text", "sqlite", "postgres", "TEXT", "x'00ff'", "a blob stands where"},
		{"no number for SQLite", "postgres", "sqlite", "double precision", "'NaN'", "SQLite has no NaN"},
		{"minus zero for SQLite", "postgres", "sqlite", "double precision", "'-0'", "no negative zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOneTable(t, c.from, c.to)
			o.at(fmt.Sprintf("CREATE TABLE one (id %s PRIMARY KEY, v %s); INSERT INTO one VALUES (1, NULL), (77, %s), (3, NULL)",
				map[string]string{"sqlite": "INTEGER", "postgres": "bigint"}[c.from], c.kind, c.value))
			out := o.exits(10, "apply", "--auto-approve")
			holds(t, out, c.why, "column v", "0 rows stand in one", "The same command goes on")
			if strings.Contains(c.name, "NUL") || c.to == "sqlite" && c.from == "postgres" { // the target refuses it, and does not know it by its key
				holds(t, out, "row 77: load ")
			}
			if text := strings.Trim(c.value, "'"); len(text) == len(c.value)-2 && len(text) > 4 && strings.Contains(out, text) {
				t.Errorf("output: got\n%s\nwant no value in it", out)
			}
			if got := o.there("SELECT count(*) FROM one"); got != "0" {
				t.Errorf("rows in the target: got %s, want 0", got)
			}
			o.at("UPDATE one SET v = NULL")
			o.apply()
			if got := o.there("SELECT id, v FROM one ORDER BY id"); got != "1|NULL\n3|NULL\n77|NULL" {
				t.Errorf("rows after the source is mended: got\n%s", got)
			}
			o.settled()
		})
	}
}

// What only PostgreSQL has a form for is kept by the others, or at least by PostgreSQL.
func TestRareValuesOfPostgreSQLAreKept(t *testing.T) {
	const rare = `CREATE TABLE one (id int PRIMARY KEY, v numeric, w numeric(10,2), d date, m timestamp, i timestamptz);
		INSERT INTO one VALUES (1, 'NaN', 'NaN', 'infinity', 'infinity', '-infinity'), (2, 1.00, 0, '-infinity', '-infinity', 'infinity'),
		(3, 1.0, 1, '0044-03-15 BC', '0044-03-15 12:00 BC', '4713-01-01 00:00:00+00 BC'), (4, -1e30, -1, '12026-01-01', '12026-01-01 01:02:03', '12026-01-01 00:00+00')`
	const all = "SELECT id, v, w, d, m, i AT TIME ZONE 'UTC' FROM one ORDER BY id"
	direct := newOneTable(t, "postgres", "postgres")
	direct.at(rare)
	direct.apply()
	want := testserver.Psql(t, direct.source, all)
	if got := direct.there(all); got != want {
		t.Errorf("from PostgreSQL to PostgreSQL: got\n%s\nwant\n%s", got, want)
	}
	direct.settled()

	out := newOneTable(t, "postgres", "sqlite")
	out.at(rare)
	out.apply()
	out.settled()
	back := newOneTable(t, "sqlite", "postgres")
	back.edit("main.miq.hcl", `"source.db"`, `"`+out.path("target.db")+`"`)
	back.apply()
	if got := back.there(all); got != want {
		t.Errorf("through SQLite and back: got\n%s\nwant\n%s", got, want)
	}
	back.settled()
}

// forEachTarget runs a test from SQLite into each of the databases.
func forEachTarget(t *testing.T, test func(t *testing.T, o *oneTable)) {
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run(to, func(t *testing.T) { test(t, newOneTable(t, "sqlite", to)) })
	}
}

func TestAValueOutOfRangeInRow700000SaysWhichRowsStandAndTheSameCommandGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("moves a million rows")
	}
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at(`CREATE TABLE one (id INTEGER PRIMARY KEY, v INT16 NOT NULL);
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
			INSERT INTO one SELECT i, i % 1000 FROM n; UPDATE one SET v = 40000 WHERE id = 700000`)
		out := o.exits(10, "apply", "--auto-approve")
		stand := o.there("SELECT count(*) FROM one")
		holds(t, out, "column v row with rowid 700000", stand+" rows stand in one (", "The same command goes on")
		if n, err := strconv.Atoi(stand); err != nil || n >= 1000000 {
			t.Errorf("rows in the target: got %s, want some chunks of them", stand)
		}
		holds(t, o.exits(10, "plan"), "run abandon")
		o.at("UPDATE one SET v = 700 WHERE id = 700000")
		o.apply()
		if got := o.there("SELECT count(*), count(DISTINCT id), sum(v) FROM one"); got != "1000000|1000000|499500700" {
			t.Errorf("count, distinct keys and sum: got %s, want those of a million rows", got)
		}
		o.settled()
	})
}

func TestARowThatTheServerRefusesIsNamedByItsKey(t *testing.T) {
	o := newOneTable(t, "sqlite", "postgres")
	o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v INTEGER); INSERT INTO one SELECT value, value * 2 FROM (WITH RECURSIVE n(value) AS (SELECT 10 UNION ALL SELECT value + 1 FROM n WHERE value < 5000) SELECT value FROM n)")
	o.there("CREATE TABLE one (id bigint PRIMARY KEY, v bigint CHECK (v <> 8642))")
	holds(t, o.exits(1, "apply", "--auto-approve"), "row 4321: load ", "0 rows stand in")
	o.edit("main.miq.hcl", `  path = "source.db"`, "  path = \"source.db\"\n  table \"one\" {\n    column \"id\" { classify = [\"personal.id\"] }\n  }")
	out := o.exits(1, "apply", "--auto-approve")
	if holds(t, out, "row key#"); strings.Contains(out, "4321") {
		t.Errorf("output: got\n%s\nwant no classified key", out)
	}
}

func TestTwoRowsThatMakeOneKeyAreAnErrorThatNamesIt(t *testing.T) {
	const rows = "CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'A'), (2, 'b'), (3, 'a')"
	const config = "table  = \"one\"\n    key    = [\"code\"]\n  }\n  field \"code\" { cel = \"coalesce(text.lower(src.v), '')\" }\n  field \"id\" { from = \"id\" }\n}\n"
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		text := o.read("main.miq.hcl")
		at := strings.LastIndex(text, `table  = "one"`)
		o.write("main.miq.hcl", text[:at]+config)
		o.at(rows)
		out := o.exits(10, "apply", "--auto-approve")
		holds(t, out, "duplicate_key: several rows of the source make the same key (code) in mapping.one: a (rows 1 and 3)", "The same command goes on")
		holds(t, o.exits(10, "apply", "--auto-approve"), "duplicate_key: several rows of the source make the same key (code) in mapping.one: a")

		o.at("UPDATE one SET v = 'c' WHERE id = 3")
		o.apply()
		if got := o.there("SELECT code, id FROM one ORDER BY code"); got != "a|1\nb|2\nc|3" {
			t.Errorf("rows after the source is mended: got\n%s", got)
		}
		o.settled()

		o.at("UPDATE one SET v = 'C' WHERE id = 2")
		out = o.exits(1, "apply", "--auto-approve")
		holds(t, out, "duplicate_key: several rows of the source make the same key (code) in mapping.one: c")
		if got := o.there("SELECT code, id FROM one ORDER BY code"); got != "a|1\nb|2\nc|3" {
			t.Errorf("rows after a key came twice in an upsert: got\n%s, want them as they were", got)
		}
	})
}

func TestANullInAKeyIsAnError(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "    table  = \"one\"\n    key    = [\"v\"]\n  }\n}")
		o.at("CREATE TABLE one (id INTEGER, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, NULL)")
		holds(t, o.exits(10, "apply", "--auto-approve"), "mapping.one", "field v: the key is null", "0 rows stand in one", "The same command goes on")
		o.at("UPDATE one SET v = 'b' WHERE id = 2")
		o.apply()
		if got := o.there("SELECT id, v FROM one ORDER BY v"); got != "1|a\n2|b" {
			t.Errorf("rows after the source is mended: got\n%s", got)
		}
		o.settled()
	})
}
