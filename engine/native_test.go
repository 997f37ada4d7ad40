package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// kinds makes types of a user's own, which a target has to have before tables of them.
const kinds = `
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE mood AS ENUM ('sad', 'it''s', '');
CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^[A-Z0-9 ]+$');
CREATE DOMAIN few AS int[] CHECK (cardinality(VALUE) < 4);
CREATE TYPE pair AS (a int, b text);
`

const thingTable = `
CREATE TABLE thing (id int PRIMARY KEY, doc jsonb, code character(4), tag name, mail citext, feel mood, feels mood[], post postcode,
	hundreds numeric(3,-2), tiny numeric(2,5), span interval(2), long interval year to month, ip inet, cash money, doc_xml xml, r int4range,
	duo pair, duos pair[], at timetz, bits bit(3), vary bit varying, words text[], numbers float8[], sums numeric[], docs jsonb[],
	few few, fews few[], ips inet[], codes character(2)[], t tsvector, p point);
`

const thingRows = `
INSERT INTO thing VALUES
(1, '{"bb": 1.50, "a": [1e2, "\u0041\n"]}', 'ab', 'a name', 'Some.One@Example.org', 'it''s', '{sad,NULL,"it''s"}', 'SW1A 1AA',
	12345, 0.00012, '1 mon 2 days 3.456 s', '25 months', '10.0.0.1/8', 12.34, '<a>é</a>', '[1,5)',
	'(1,"a,b")', '{"(1,x)","(,)"}', '12:00:00+01', '101', '', '{a,"b,\"c\\",NULL,"NULL",""}', '{-0,NaN,1e300,NULL,-Infinity}', '{1.50,1.5,NaN}', '{"{\"b\":1,\"a\":[]}",null}',
	'{1,2,3}', NULL, '[0:1]={::1,NULL}', '{a,bc}', 'a fat cat', '(1.5,-0)'),
(2, 'null', '', '', '', '', '{}', NULL, 'NaN', 0, '0', '0', '::', -0.01, '', 'empty', '(,)', '{}', '24:00:00-15:59', '000', '11110000', '{{a,b},{c,NULL}}', '[-1:0][2:2]={{1},{2}}', '{}', '{}',
	'{}', '{}', '{}', '{}', '', '(NaN,Infinity)'),
(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
`

const wholeThing = "SELECT t FROM thing t ORDER BY id"

const twoServers = `
source "postgres" "old" {
  url = secret("env://OLD")
}
target "postgres" "new" {
  url = secret("env://NEW")
}
mapping "thing" {
  from {
    source = source.postgres.old
    table  = "public.thing"
  }
  to {
    target = target.postgres.new
    table  = "public.thing"
  }
}
`

func TestATableOfEveryTypeGoesFromPostgreSQLToPostgreSQL(t *testing.T) {
	for name, standing := range map[string]string{"a table that is made": "", "a table that stands": thingTable} {
		old, fresh := testserver.Postgres(t), testserver.Postgres(t)
		testserver.Psql(t, old, kinds+thingTable+thingRows)
		testserver.Psql(t, fresh, kinds+standing)
		f := newFolder(t, twoServers, "OLD="+old, "NEW="+fresh)
		out := f.apply()
		want := testserver.Psql(t, old, wholeThing)
		if got := testserver.Psql(t, fresh, wholeThing); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s\n%s", name, got, want, out)
		}
		f.settled()
		testserver.Psql(t, fresh, `UPDATE thing SET numbers[1] = 0 WHERE id = 1`) // it was -0
		if code, out := f.run("verify"); code == 0 || !strings.Contains(out, "thing") {
			t.Errorf("%s: verify after a zero lost its sign: got %d\n%s", name, code, out)
		}
	}
}

// A file keeps the texts, and from them the table is filled again.
func TestATableOfEveryTypeGoesThroughAFileAndBack(t *testing.T) {
	for _, kind := range []string{"sqlite", "csv"} {
		old, fresh := testserver.Postgres(t), testserver.Postgres(t)
		testserver.Psql(t, old, kinds+thingTable+thingRows)
		testserver.Psql(t, fresh, kinds+thingTable)
		there := newFolder(t, strings.NewReplacer(`target "postgres" "new"`, `target "`+kind+`" "new"`, `url = secret("env://NEW")`, `path = "there"`,
			"target.postgres.new", "target."+kind+".new", "table  = \"public.thing\"\n  }\n}", "table  = \"thing\"\n  }\n}").Replace(twoServers), "OLD="+old)
		there.apply()
		there.settled()
		back := newFolder(t, strings.NewReplacer(`source "postgres" "old"`, `source "`+kind+`" "old"`, `url = secret("env://OLD")`, `path = "`+there.path("there")+`"`,
			"source.postgres.old", "source."+kind+".old", "table  = \"public.thing\"\n  }\n  to", "table  = \"thing\"\n  }\n  to").Replace(twoServers), "NEW="+fresh)
		out := back.apply()
		want := testserver.Psql(t, old, wholeThing)
		if got := testserver.Psql(t, fresh, wholeThing); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s\n%s", kind, got, want, out)
		}
		back.settled()
	}
}

func TestWhatANamedTypeWouldChangeIsARowErrorOrDoneBefore(t *testing.T) {
	for _, c := range []struct{ value, column, want string }{ // want "" for a row error
		{`'{"b":1e1,"a":2}'::json`, "jsonb", `{"a": 2, "b": 10}`},
		{`'{"a":1,"a":2}'::json`, "jsonb", ""},
		{`'ab'::text`, "character(4)", "ab  "},
		{`'abcde'::text`, "character(4)", ""},
		{`repeat('ü', 31)`, "name", strings.Repeat("ü", 31)},
		{`repeat('ü', 32)`, "name", ""},
		{`'Ab'::text`, "citext", "Ab"},
		{`12300::numeric`, "numeric(3,-2)", "12300"},
		{`12310::numeric`, "numeric(3,-2)", ""},
		{`'1.25s'::interval`, "interval(2)", "00:00:01.25"},
		{`'1.255s'::interval`, "interval(2)", ""},
		{`'25 months'::interval`, "interval year", ""},
		{`'SW1'::text`, "postcode", "SW1"},
		{`'sw1'::text`, "postcode", ""},
		{`'10.0.0.1'::text`, "inet", "10.0.0.1"},
		{`'nowhere'::text`, "inet", ""},
		{`'sad'::text`, "mood", "sad"},
		{`'glad'::text`, "mood", ""},
		{`'{1,2}'::int[]`, "bigint[]", "{1,2}"},
		{`'{1,40000}'::int[]`, "smallint[]", ""},
		{`'["a", null]'::text`, "text[]", "{a,NULL}"},
		{`'{a}'::text`, "text[]", ""},
		{`'[0:1]={a,b}'::text[]`, "text", `[0:1]=["a","b"]`},
	} {
		old, fresh := testserver.Postgres(t), testserver.Postgres(t)
		testserver.Psql(t, old, kinds+"CREATE TABLE thing AS SELECT 1 AS id, "+c.value+" AS x; ALTER TABLE thing ADD PRIMARY KEY (id)")
		testserver.Psql(t, fresh, kinds+"CREATE TABLE thing (id int PRIMARY KEY, x "+c.column+")")
		f := newFolder(t, twoServers, "OLD="+old, "NEW="+fresh)
		code, out := f.run("apply", "--auto-approve")
		got := testserver.Psql(t, fresh, "SELECT x FROM thing")
		if got != c.want || (code == 0) != (c.want != "") {
			t.Errorf("%s into %s: got %q and exit code %d, want %q\n%s", c.value, c.column, got, code, c.want, out)
		}
	}
}
