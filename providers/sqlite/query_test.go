package sqlite_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

func TestAQuerysColumnsHaveTheTypesOfTablesAndCasts(t *testing.T) {
	path := made(t, `CREATE TABLE a (id INTEGER PRIMARY KEY, name VARCHAR(20), day DATE, bare, moment TEXT)`, `CREATE VIEW v AS SELECT name AS n, id + 1 AS m FROM a`)
	p := sqlite.New()
	cfg := p.NewConfig().(*sqlite.Config)
	cfg.Path = path
	cfg.Declare([]providers.Declaration{{Table: "a", Columns: []schema.Column{{Name: "moment", Type: schema.Type{Kind: schema.Timestamp, Precision: 3}}}}})
	e, err := p.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close() // reading only
	d, _ := providers.As[providers.Describer](e)
	for query, want := range map[string]string{
		"SELECT id, name, day FROM a":                                          "id int64, name string(20), day date",
		"SELECT x.name AS label, rowid FROM a AS x":                            "label string(20), id int64",
		"SELECT n FROM v":                                                      "n string(20)",
		"SELECT moment AS at FROM a":                                           "at timestamp(3)",
		"SELECT bare FROM a":                                                   "bare unknown",
		"SELECT name FROM a UNION SELECT 'x'":                                  "name string(20)",
		"SELECT (SELECT max(name) FROM a) AS x, id FROM a":                     "error x: an expression has no type",
		"SELECT CAST(count(*) AS INTEGER) AS n FROM a":                         "n int64",
		`SELECT cast ( a.id + 1 as "DOUBLE" ) AS n FROM a`:                     "error n",
		"SELECT /* , */ CAST('a, (b' || name AS TEXT) AS \"the \"\"n\" FROM a": `the "n string`,
		"SELECT CAST(id AS INTEGER) + 1 AS n FROM a":                           "error n: an expression has no type",
		"SELECT CAST(id AS TEXT) || (name) AS n FROM a":                        "error n: an expression has no type",
		"SELECT CAST(id AS INTEGER) n FROM a":                                  "error n: an expression has no type",
		"SELECT 1 + CAST(id AS INTEGER) AS n FROM a":                           "error n: an expression has no type",
		"SELECT CAST(id AS DECIMAL(10,2)) AS n FROM a":                         "n decimal(10,2)",
		"SELECT CAST(id AS DECIMAL(20,2)) AS n FROM a":                         "error n: CAST(... AS DECIMAL(20,2)) does not give",
		"SELECT CAST(id AS DECIMAL_TEXT(20,2)) AS n FROM a":                    "n decimal(20,2)",
		"SELECT CAST(day AS DATE) AS n FROM a":                                 "error n: CAST(... AS DATE) does not give",
		"SELECT CAST(id AS THING) AS n FROM a":                                 "error n: CAST(... AS THING) does not give",
		"SELECT CAST(CAST(id AS TEXT) AS BLOB) AS n FROM a":                    "n bytes",
		"SELECT CAST(id > 1 AS BOOLEAN) AS n FROM a":                           "n bool",
		"SELECT DISTINCT CAST(id AS REAL) AS n, id FROM a":                     "n float64, id int64",
		"WITH w AS (SELECT CAST(id AS TEXT) AS n FROM a) SELECT n FROM w":      "error n: an expression has no type",
		"WITH w(x) AS (SELECT id FROM a) SELECT CAST(x AS TEXT) AS n FROM w":   "n string",
		"VALUES (1)": "error column1: an expression has no type",
	} {
		got := described(t, d, query)
		if got != want && !(strings.HasPrefix(want, "error") && strings.HasPrefix(got, want)) {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// described is the columns of a query in words, or the error of one.
func described(t *testing.T, d providers.Describer, query string) string {
	t.Helper()
	found, err := d.Describe(t.Context(), query)
	if err != nil {
		return "error " + strings.TrimPrefix(err.Error(), "describe query column ")
	}
	var all []string
	for _, c := range found.Columns {
		all = append(all, c.Name+" "+c.Type.String())
	}
	return strings.Join(all, ", ")
}
