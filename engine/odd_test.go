package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// oddTables have names and keys that need care: quotes, blanks, reserved words, other scripts, keys of text whose order
// depends on the collation, a table without a key that holds a row twice, one without rows, and rows larger than a chunk.
const oddTables = `
CREATE TABLE "odd ""name""; --" ("select" BIGTYPE NOT NULL, "a b" TEXT NOT NULL, "Ünï|x" TEXT NOT NULL, "quote""d" TEXT, PRIMARY KEY ("a b", "Ünï|x"));
INSERT INTO "odd ""name""; --" VALUES (1, 'a', 'x', 'one'), (2, 'A', 'x', NULL), (3, 'ä', 'x', ''), (4, '', '', 'empty'), (5, 'z', ' ', ''), (6, 'Z', 'x', '6'),
	(7, 'a', 'X', '7'), (8, 'a-b', 'x', '8'), (9, 'ab', 'x', '9'), (10, 'a b', 'x', '10'), (11, '10', 'x', '11'), (12, '9', 'x', '12'), (13, 'é', 'x', '13'), (14, 'e', 'x', '14');
CREATE TABLE "Twice" (v TEXT, n BIGTYPE);
INSERT INTO "Twice" VALUES ('same', 1), ('same', 1), (NULL, NULL), (NULL, NULL), ('', NULL);
CREATE TABLE "nothing" (id BIGTYPE PRIMARY KEY, v TEXT);
CREATE TABLE "order" (id BIGTYPE PRIMARY KEY, "group" TEXT);
INSERT INTO "order" VALUES (-9223372036854775807, 'low'), (0, 'none'), (9223372036854775807, 'high');
CREATE TABLE "keyed" (k TEXT PRIMARY KEY, v BIGTYPE);
`

var oddQueries = []string{
	`SELECT "select", "a b", "Ünï|x", "quote""d" FROM "odd ""name""; --"`, `SELECT v, n FROM "Twice"`, `SELECT id, v FROM "nothing"`,
	`SELECT id, "group" FROM "order"`, `SELECT count(*), count(DISTINCT k), sum(v), sum(length(k)) FROM "keyed"`, `SELECT id, length(v), substr(v, 1, 3) FROM "large"`,
}

// oddRows fills the two larger tables in each system's words: many keys of text, over several chunks, and large rows.
var oddRows = map[string]string{
	"postgres": `INSERT INTO "keyed" SELECT (ARRAY['a', 'A', 'ä', 'Z', 'z-', '_', '0'])[1 + i % 7] || md5(i::text) || repeat('é', i % 50), i FROM generate_series(1, 120000) i;
		CREATE TABLE "large" (id bigint PRIMARY KEY, v text); INSERT INTO "large" SELECT i, repeat(chr(64 + i), 5000000) FROM generate_series(1, 6) i;`,
	"sqlite": `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000) INSERT INTO "keyed"
		SELECT substr('aAäZz_0', 1 + i % 7, 1) || printf('%x', i * 2654435761 % 4294967296) || '-' || i || substr('éééééééééééééééééééééééééé', 1, i % 25), i FROM n;
		CREATE TABLE "large" (id INTEGER PRIMARY KEY, v TEXT);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6) INSERT INTO "large" SELECT i, replace(hex(zeroblob(2500000)), '0', char(64 + i)) FROM n;`,
}

func TestOddNamesAndKeysArriveAsTheyAre(t *testing.T) {
	if testing.Short() {
		t.Skip("moves large rows")
	}
	for _, from := range []string{"sqlite", "postgres"} {
		for _, to := range []string{"sqlite", "postgres"} {
			t.Run(from+" to "+to, func(t *testing.T) {
				o := newOneTable(t, from, to)
				o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n  to", "    tables = [\"*\"]\n  }\n  to")
				o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "  }\n}")
				o.at(strings.ReplaceAll(oddTables, "BIGTYPE", map[string]string{"sqlite": "INTEGER", "postgres": "bigint"}[from]) + oddRows[from])
				ask := func(query string) string { return sqliteRows(t, o.path("source.db"), query) }
				if from == "postgres" {
					ask = func(query string) string { return testserver.Psql(t, o.source, query, "-P", "null=NULL") }
				}
				o.apply()
				for _, query := range oddQueries {
					sameLines(t, query, o.there(query), ask(query))
				}
				o.settled()
				o.at(`UPDATE "odd ""name""; --" SET "quote""d" = 'changed' WHERE "a b" = 'a'; UPDATE "keyed" SET v = -v WHERE v % 50000 = 7; INSERT INTO "order" VALUES (1, 'new')`)
				holds(t, o.exits(2, "plan", "--detailed-exitcode"), "3 to upsert")
				o.apply()
				for _, query := range oddQueries {
					sameLines(t, query, o.there(query), ask(query))
				}
				o.settled()
				if got := ask(oddQueries[4]); !strings.HasPrefix(got, "120000|120000|") {
					t.Errorf("keys of the source: got %s, want 120000 different ones", got)
				}
			})
		}
	}
}
