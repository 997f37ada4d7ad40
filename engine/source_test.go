package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// codesConfig reads a table of a SQLite file through a lookup of another one.
const codesConfig = `
source "sqlite" "shop" {
  path = "shop.db"
}
source "sqlite" "books" {
  path = "books.db"
  table "codes" {
    column "NAME" { classify = ["personal.name"] }
  }
}
target "sqlite" "new" {
  path = "new.db"
}
lookup "code" {
  source = source.sqlite.books
  table  = "codes"
  key    = "CODE"
  value  = "NAME"
}
mapping "item" {
  from {
    source = source.sqlite.shop
    table  = "item"
  }
  to {
    target = target.sqlite.new
    table  = "item"
  }
  field "id" { from = "id" }
  field "name" { cel = "lookup.code[string(src.code)]" }
}
`

func codesFolder(t *testing.T, codes string) *folder {
	t.Helper()
	f := newFolder(t, codesConfig)
	sqliteRun(t, f.path("shop.db"), `CREATE TABLE item (id INTEGER PRIMARY KEY, code INTEGER NOT NULL); INSERT INTO item VALUES (1, 7), (2, 8), (3, 7)`)
	sqliteRun(t, f.path("books.db"), codes)
	return f
}

func TestALookupTakesItsCodesFromATableOfAnotherSource(t *testing.T) {
	f := codesFolder(t, `CREATE TABLE codes (NAME TEXT, CODE INTEGER); INSERT INTO codes VALUES ('seven', 7), ('eight', 8)`)
	f.exits(0, "lock")
	f.exits(0, "validate")
	f.apply()
	if got, want := sqliteRows(t, f.path("new.db"), "SELECT id, name FROM item ORDER BY id"), "1|seven\n2|eight\n3|seven"; got != want {
		t.Errorf("item: got\n%s\nwant\n%s", got, want)
	}
	f.settled()
	plan := f.exits(0, "plan", "--json")
	holds(t, plan, `"personal.name"`)

	sqliteRun(t, f.path("books.db"), `INSERT INTO codes VALUES ('nine', 9)`)
	holds(t, f.exits(0, "plan"), "field name")
	f.apply("--replace=mapping.item")
	f.settled()

	f.exits(0, "plan", "--replace=mapping.item", "--out=saved.miqplan")
	sqliteRun(t, f.path("books.db"), `UPDATE codes SET NAME = 'nein' WHERE CODE = 9`)
	code, out := f.run("apply", "--auto-approve", "saved.miqplan")
	if code == 0 {
		t.Errorf("a plan whose lookup has changed since: got exit code 0, want another\n%s", out)
	}
	holds(t, out, "lookup code holds other values than in the plan")
}

func TestALookupFromATableRefusesWhatIsNoTableOfCodes(t *testing.T) {
	for name, c := range map[string]struct{ codes, want string }{
		"a key that is there twice": {`CREATE TABLE codes (NAME TEXT, CODE INTEGER); INSERT INTO codes VALUES ('a', 7), ('a', 7)`, "two rows of table codes have one value in column CODE"},
		"a null as key":             {`CREATE TABLE codes (NAME TEXT, CODE INTEGER); INSERT INTO codes VALUES ('a', 7), ('a', NULL)`, "column CODE of table codes holds a null"},
		"a null as value":           {`CREATE TABLE codes (NAME TEXT, CODE INTEGER); INSERT INTO codes VALUES (NULL, 7)`, "column NAME of table codes holds a null"},
		"a code that is not there":  {`CREATE TABLE codes (NAME TEXT, CODE INTEGER); INSERT INTO codes VALUES ('a', 7)`, "lookup"},
		"more rows than can be kept": {`CREATE TABLE codes (NAME TEXT, CODE INTEGER);
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000001) INSERT INTO codes SELECT 'x', i FROM n`, "up to 1000000 rows and 256 MiB"},
		"a table that is not there":  {`CREATE TABLE codez (NAME TEXT, CODE INTEGER)`, `has no table "codes". Did you mean "codez"?`},
		"a column that is not there": {`CREATE TABLE codes (NAMES TEXT, CODE INTEGER)`, `has no column "NAME". Did you mean "NAMES"?`},
		"a type without one text":    {`CREATE TABLE codes (NAME TEXT, CODE REAL)`, `Column "CODE" of table codes is float64`},
	} {
		t.Run(name, func(t *testing.T) {
			f := codesFolder(t, c.codes)
			code, out := f.run("apply", "--auto-approve")
			if code == 0 {
				t.Errorf("got exit code 0, want another\n%s", out)
			}
			holds(t, strings.Join(strings.Fields(out), " "), c.want)
		})
	}
}

// asked is a mapping of a query; kind and connection are the source's.
func asked(source, query string) string {
	kind := strings.Split(source, `"`)[1]
	return `
source ` + source + `
target "sqlite" "new" {
  path = "new.db"
}
mapping "sales" {
  from {
    source = source.` + kind + `.shop
    key    = ["item"]
    query  = <<-SQL
` + query + `
    SQL
    where  = "coalesce(src.pieces, 0) > param.least"
  }
  to {
    target = target.sqlite.new
    table  = "sales"
  }
  params = { least = 0 }
  field "item" { from = "item" }
  field "pieces" { cel = "src.pieces" }
  field "label" { cel = "'item ' + string(src.item)" }
}
`
}

const salesQuery = `SELECT item, CAST(sum(pieces) AS INTEGER) AS pieces
FROM line -- every sale
GROUP BY item;`

const sales = `CREATE TABLE line (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, pieces INTEGER NOT NULL);
INSERT INTO line VALUES (1, 10, 2), (2, 11, 1), (3, 10, 5), (4, 12, 0)`

func shopFile(f *folder) string { return `"sqlite" "shop" { path = "` + f.path("shop.db") + `" }` }

func TestAQueryOfSQLiteIsMovedFollowedAndVerified(t *testing.T) {
	f := newFolder(t, "")
	f.write("main.miq.hcl", asked(shopFile(f), salesQuery))
	sqliteRun(t, f.path("shop.db"), sales)
	followed(t, f, func(script string) { sqliteRun(t, f.path("shop.db"), script) })
}

func TestAQueryOfPostgreSQLIsMovedFollowedAndVerified(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, asked(`"postgres" "shop" { url = secret("env://SHOP") }`, salesQuery), "SHOP="+dsn)
	testserver.Psql(t, dsn, sales)
	followed(t, f, func(script string) { testserver.Psql(t, dsn, script) })
}

// followed takes the query of sales through its life.
func followed(t *testing.T, f *folder, run func(script string)) {
	t.Helper()
	f.exits(0, "lock")
	f.exits(0, "validate")
	f.apply()
	all := "SELECT item, pieces, label FROM sales ORDER BY item"
	if got, want := sqliteRows(t, f.path("new.db"), all), "10|7|item 10\n11|1|item 11"; got != want {
		t.Errorf("sales: got\n%s\nwant\n%s", got, want)
	}
	f.settled()
	run(`INSERT INTO line VALUES (5, 12, 4); UPDATE line SET pieces = 6 WHERE id = 3`)
	holds(t, f.exits(0, "plan"), "the source reads differently")
	f.apply()
	if got, want := sqliteRows(t, f.path("new.db"), all), "10|8|item 10\n11|1|item 11\n12|4|item 12"; got != want {
		t.Errorf("sales after a change: got\n%s\nwant\n%s", got, want)
	}
	f.settled()

	f.edit("main.miq.hcl", "GROUP BY item;", "WHERE item > 10 GROUP BY item;")
	holds(t, f.exits(0, "validate"), "the query of mapping.sales")
	holds(t, f.exits(0, "plan"), "the rows it reads")
	f.apply("--replace=mapping.sales")
	if got, want := sqliteRows(t, f.path("new.db"), all), "11|1|item 11\n12|4|item 12"; got != want {
		t.Errorf("sales of another query: got\n%s\nwant\n%s", got, want)
	}
	f.settled()
}

func TestAQueryThatIsNoneIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"it deletes":                   {"DELETE FROM line RETURNING item, pieces", "a query begins with SELECT or WITH"},
		"it has a second statement":    {"SELECT item, pieces FROM line; DELETE FROM line", "more than one statement"},
		"an expression has no type":    {"SELECT item, sum(pieces) AS pieces FROM line GROUP BY item", "column pieces: an expression has no type in SQLite; write CAST"},
		"a cast that loses its text":   {"SELECT item, CAST(item AS DATE) AS pieces FROM line", "CAST(... AS DATE) does not give values of one certain type"},
		"a table that is not there":    {"SELECT item, pieces FROM lines", "no such table: lines"},
		"a key that is no column":      {"SELECT item AS itme, pieces FROM line", `The query has no column "item", which stands in its key.`},
		"a column that is not there":   {"SELECT item FROM line", `has no column "pieces"`},
		"a key that comes twice":       {"SELECT item, pieces FROM line", "several rows of the source make the same key (item)"},
		"a null in the key":            {"SELECT nullif(l.item, 11) AS item2, CAST(nullif(item, 11) AS INTEGER) AS item, pieces FROM line AS l", "an expression has no type"},
		"a null in the key, with type": {"SELECT CAST(nullif(item, 11) AS INTEGER) AS item, pieces FROM line", "a null stands in a column that takes none"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t, "")
			f.write("main.miq.hcl", asked(shopFile(f), c.query))
			sqliteRun(t, f.path("shop.db"), sales)
			code, out := f.run("apply", "--auto-approve")
			if code == 0 {
				t.Errorf("got exit code 0, want another\n%s", out)
			}
			holds(t, strings.Join(strings.Fields(out), " "), c.want)
			if got := sqliteRows(t, f.path("shop.db"), "SELECT count(*) FROM line"); got != "4" {
				t.Errorf("the source: got %s rows, want 4", got)
			}
		})
	}
}

func TestAQueryOfAFileIsRefused(t *testing.T) {
	f := newFolder(t, asked(`"csv" "shop" { path = "line.csv" }`, "SELECT item, pieces FROM line"))
	f.write("line.csv", "item,pieces\n1,2\n")
	holds(t, strings.Join(strings.Fields(f.exits(1, "plan")), " "), "A csv source cannot be asked with a query")
}

// patients is a mapping with two joins.
func patients(source string) string {
	kind := strings.Split(source, `"`)[1]
	return `
source ` + source + `
target "sqlite" "new" {
  path = "new.db"
}
mapping "patient" {
  from {
    source = source.` + kind + `.pas
    table  = "patient"
    where  = "join.ward.closed == null || !join.ward.closed"
    join "ward" {
      table = "ward"
      on    = { ward_code = "code" }
    }
    join "site" {
      table = "site"
      on    = { site_id = "id", trust = "trust" }
    }
  }
  to {
    target = target.sqlite.new
    table  = "patient"
  }
  field "id" { from = "id" }
  field "ward" { cel = "join.ward.name" }
  field "site" { cel = "coalesce(join.site[\"name\"], 'none') + ' of ' + src.trust" }
}
`
}

const wards = `CREATE TABLE ward (id INTEGER PRIMARY KEY, code VARCHAR(10), name VARCHAR(20), closed BOOLEAN);
CREATE TABLE site (trust VARCHAR(10) NOT NULL, id INTEGER NOT NULL, name VARCHAR(20), PRIMARY KEY (trust, id));
CREATE TABLE patient (id INTEGER PRIMARY KEY, ward_code VARCHAR(10), trust VARCHAR(10) NOT NULL, site_id INTEGER);
INSERT INTO ward VALUES (1, 'A', 'Ash', %[1]s), (2, 'B', 'Beech', NULL), (3, 'C', 'Cedar', %[2]s), (4, NULL, 'Nowhere', NULL), (5, NULL, 'Nowhere', NULL);
INSERT INTO site VALUES ('RVH', 1, 'North'), ('RVH', 2, 'South'), ('XYZ', 1, 'Other');
INSERT INTO patient VALUES (1, 'A', 'RVH', 1), (2, 'B', 'RVH', 9), (3, 'Z', 'XYZ', 1), (4, NULL, 'XYZ', NULL), (5, 'C', 'RVH', 1)`

func wardsOf(kind string) string {
	if kind == "sqlite" {
		return fmt.Sprintf(wards, "0", "1")
	}
	return fmt.Sprintf(wards, "false", "true")
}

func pasFile(f *folder) string { return `"sqlite" "pas" { path = "` + f.path("pas.db") + `" }` }

func TestJoinsOfSQLiteAreMovedFollowedAndVerified(t *testing.T) {
	f := newFolder(t, "")
	f.write("main.miq.hcl", patients(pasFile(f)))
	run := func(script string) { sqliteRun(t, f.path("pas.db"), script) }
	run(wardsOf("sqlite"))
	joined(t, f, "ward_code = code by collation BINARY", run)
}

func TestJoinsOfPostgreSQLAreMovedFollowedAndVerified(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := newFolder(t, patients(`"postgres" "pas" { url = secret("env://PAS") }`), "PAS="+dsn)
	run := func(script string) { testserver.Psql(t, dsn, script) }
	run(wardsOf("postgres"))
	joined(t, f, "ward_code = code by collation default (", run)
}

// joined takes the mapping of patients through its life.
func joined(t *testing.T, f *folder, collation string, run func(script string)) {
	t.Helper()
	f.exits(0, "lock")
	f.exits(0, "validate")
	holds(t, strings.Join(strings.Fields(f.exits(0, "plan")), " "), "The join ward is the source's own: "+collation)
	f.apply()
	all := "SELECT id, ward, site FROM patient ORDER BY id"
	if got, want := sqliteRows(t, f.path("new.db"), all), "1|Ash|North of RVH\n2|Beech|none of RVH\n3|NULL|Other of XYZ\n4|NULL|none of XYZ"; got != want {
		t.Errorf("patients: got\n%s\nwant\n%s", got, want)
	}
	f.settled()

	run(`UPDATE ward SET name = 'Aspen' WHERE code = 'A'; INSERT INTO site VALUES ('RVH', 9, 'New')`)
	holds(t, f.exits(0, "plan"), "the source reads differently")
	f.apply()
	if got, want := sqliteRows(t, f.path("new.db"), all), "1|Aspen|North of RVH\n2|Beech|New of RVH\n3|NULL|Other of XYZ\n4|NULL|none of XYZ"; got != want {
		t.Errorf("patients after changes of the joined tables: got\n%s\nwant\n%s", got, want)
	}
	f.settled()

	f.edit("main.miq.hcl", "ward_code = \"code\"", "ward_code = \"name\"")
	holds(t, f.exits(0, "plan"), "the rows it reads")
	f.edit("main.miq.hcl", "ward_code = \"name\"", "ward_code = \"code\"")

	run(`INSERT INTO ward VALUES (6, 'B', 'Birch', NULL)`)
	code, out := f.run("plan")
	if code == 0 {
		t.Errorf("a patient with two wards: got exit code 0, want another\n%s", out)
	}
	holds(t, strings.Join(strings.Fields(out), " "), "row with", "more than one row matches it in", "A join finds one row or none")
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM patient"); got != "4" {
		t.Errorf("the target: got %s rows, want 4", got)
	}
}

func TestAJoinThatCannotBeIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"a table that is not there":   {`table = "ward"`, `table = "wards"`, `has no table "wards". Did you mean "ward"?`},
		"a column of the joined one":  {`ward_code = "code"`, `ward_code = "kode"`, `Table ward of source.sqlite.pas has no column "kode". Did you mean "code"?`},
		"a column of the table read":  {`ward_code = "code"`, `ward_cod = "code"`, `Table patient of source.sqlite.pas has no column "ward_cod". Did you mean "ward_code"?`},
		"a column in an expression":   {`"join.ward.name"`, `"join.ward.nam"`, `which join "ward" finds, has no column "nam". Did you mean "name"?`},
		"a join that nobody declared": {`"join.ward.name"`, `"join.wart.name"`, `There is no join "wart". Did you mean "ward"?`},
		"a row in place of a value":   {`"join.ward.name"`, `"join.ward"`, "join.ward is a row of a joined table. Write join.ward.<column>."},
		"no name behind join":         {`"join.ward.name"`, `"string(join)"`, "Name without a member"},
		"a null that would decide":    {`"join.ward.closed == null || !join.ward.closed"`, `"join.ward.closed"`, "may be null"},
		"a null into a key": {`field "id" { from = "id" }`, `field "id" {
    cel  = "join.ward.id"
    null = false
  }`, "since join.ward.id may be"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t, "")
			f.write("main.miq.hcl", patients(pasFile(f)))
			f.edit("main.miq.hcl", c.from, c.to)
			sqliteRun(t, f.path("pas.db"), wardsOf("sqlite"))
			holds(t, strings.Join(strings.Fields(f.exits(1, "plan")), " "), c.want)
		})
	}
}

func TestAJoinOfFilesIsRefused(t *testing.T) {
	f := newFolder(t, patients(`"csv" "pas" { path = "." }`))
	f.write("patient.csv", "id,ward_code,trust,site_id\n1,A,RVH,1\n")
	f.write("ward.csv", "id,code,name,closed\n1,A,Ash,false\n")
	f.write("site.csv", "id,trust,name\n1,RVH,North\n")
	holds(t, strings.Join(strings.Fields(f.exits(1, "plan")), " "), "source.csv.pas cannot join its tables")
}

func TestACursorBesideAJoinTakesNewRowsAndSaysWhatItDoesNotSee(t *testing.T) {
	f := newFolder(t, "")
	f.write("main.miq.hcl", patients(`"sqlite" "pas" {
  path = "pas.db"
  table "patient" {
    cursor = { column = "id", kind = "sequence" }
  }
}`))
	sqliteRun(t, f.path("pas.db"), wardsOf("sqlite"))
	holds(t, strings.Join(strings.Fields(f.exits(0, "plan")), " "), "The cursor id does not see changes of joined tables")
	f.apply()
	f.settled()
	sqliteRun(t, f.path("pas.db"), `INSERT INTO patient VALUES (6, 'B', 'RVH', 2); UPDATE ward SET name = 'Aspen' WHERE code = 'A'`)
	f.apply()
	want := "1|Ash|North of RVH\n2|Beech|none of RVH\n3|NULL|Other of XYZ\n4|NULL|none of XYZ\n6|Beech|South of RVH"
	if got := sqliteRows(t, f.path("new.db"), "SELECT id, ward, site FROM patient ORDER BY id"); got != want {
		t.Errorf("patients: got\n%s\nwant\n%s", got, want)
	}
	holds(t, f.exits(0, "verify", "--source"), "changed at the source since it was read: 1 row,")
}
