package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// userTypes is made in two databases; in the second after a type that moves all numbers on.
const userTypes = `CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE EXTENSION isn; CREATE EXTENSION cube; CREATE EXTENSION seg;
CREATE SCHEMA "Odd ""s";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'ha"p,py', 'Ünter', '');
CREATE TYPE "Odd ""s"."My Mood" AS ENUM ('b', 'a');
CREATE DOMAIN posint AS int CHECK (VALUE > 0);
CREATE DOMAIN small AS posint CHECK (VALUE < 1000);
CREATE DOMAIN code AS varchar(5);
CREATE DOMAIN padded AS character(4);
CREATE DOMAIN hundreds AS numeric(5,-2);
CREATE DOMAIN cents AS numeric(6,2);
CREATE DOMAIN spell AS interval(2);
CREATE DOMAIN feeling AS mood;
CREATE DOMAIN ints AS int[];
CREATE DOMAIN addrs AS inet[];
CREATE DOMAIN doc AS jsonb;
CREATE DOMAIN host AS inet;
CREATE DOMAIN label AS citext;
CREATE TYPE point3 AS (x int, y float8, "Z z" text);
CREATE DOMAIN place AS point3;
CREATE TYPE nested AS (p point3, tags text[], m mood, c char(3), r int4range);
CREATE TYPE floats AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE moods AS RANGE (subtype = mood);
CREATE FUNCTION f1(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE TABLE public.anything (n int);`

// wire are edge values of the types that are not plain, in SQL without quotes; NULL goes with all of them.
var wire = []struct {
	kind   string
	values []string
}{
	{"character(3)", []string{"", "ab", "äöü", "a\n\t"}},
	{"bpchar", []string{"", "ab  ", "x"}},
	{"name", []string{"", "ab ", strings.Repeat("x", 63), strings.Repeat("é", 31)}},
	{`"char"`, []string{"", "a", `\`, "\n", "'"}},
	{"jsonb", []string{`{"b": 1, "a": [1.0, 1.00, 1e400, -0, null, "\u00e9\n\"\\"], "a": 2}`, `[]`, `"x"`, ` 1.10 `, `null`}},
	{"citext", []string{"", "Abc", "aBC", "a\\b\"c,{}"}},
	{"numeric(3,-2)", []string{"12300", "-99900", "0", "NaN"}},
	{"numeric(3,5)", []string{"0.00123", "-0.00999", "0"}},
	{"numeric", []string{"1" + strings.Repeat("0", 999) + ".5", "0." + strings.Repeat("0", 500) + "10", "NaN", "Infinity", "-Infinity", "1.10", "-0.000"}},
	{"interval(3)", []string{"1 year -2 mons 3 days -04:05:06.123", "-0.001 s"}},
	{"interval year to month", []string{"1-2", "-5-11"}},
	{"interval day to second(2)", []string{"5 10:00:00.12", "-1 00:00:00.01"}},
	{"interval", []string{"-178000000 years -2147483648 days -2562047788:00:54.775807", "2562047788:00:54.775807", "0", "-1 mons 1 day -0.000001 s"}},
	{"time with time zone", []string{"00:00+00", "24:00:00-12:30", "12:34:56.789012+05:45:07", "23:59:59.999999-15:59:59"}},
	{"time(2) with time zone", []string{"12:34:56.78+01"}},
	{"bit(5)", []string{"00000", "10101"}},
	{"bit", []string{"1"}},
	{"bit varying(9)", []string{"", "101", "111111111"}},
	{"bit varying", []string{"", strings.Repeat("10", 500)}},
	{"money", []string{"0", "-0.01", "1234567.89", "92233720368547758.07", "-92233720368547758.08"}},
	{"inet", []string{"1.2.3.4", "1.2.3.4/24", "0.0.0.0/0", "::1", "2001:db8::1/64", "::ffff:1.2.3.4", "255.255.255.255/32"}},
	{"cidr", []string{"10.0.0.0/8", "1.2.3.4/32", "2001:db8::/32", "::/0"}},
	{"macaddr", []string{"08:00:2b:01:02:03"}},
	{"macaddr8", []string{"08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"}},
	{"xml", []string{"", "<a>x</a>", "text &amp; <b/><c/>", `<?xml version="1.0" standalone="yes"?><a/>`, "<a>\n\té</a>"}},
	{"tsvector", []string{"", "'a':1A,2B,3 'b c':5C 'it''s' '\\\\x'"}},
	{"tsquery", []string{"", "'a' & !'b':*AB <2> ('c' | 'd e')"}},
	{"hstore", []string{"", `"a"=>"1", "b"=>NULL, "c"=>"NULL", "d e"=>"x\"y\\z"`, `a=>1,a=>2`}},
	{"ltree", []string{"", "Top.Science.Astronomy"}},
	{"lquery", []string{"Top.*{2,5}.!A|B@*%"}},
	{"ltxtquery", []string{"Europe & Russia*@ & !Transportation"}},
	{"isbn", []string{"978-0-393-04002-9"}},
	{"cube", []string{"(1,2,3)", "(0,0),(1,0.1)"}},
	{"seg", []string{"1.50 .. 2.0", "~3", "1.0"}},
	{"int4range", []string{"empty", "[1,5)", "(,)", "[3,)", "(,4]"}},
	{"int8range", []string{"[-9223372036854775808,9223372036854775807)"}},
	{"numrange", []string{"[1.10,2.0]", "(-Infinity,NaN]", "empty", "(,1.5)"}},
	{"tsrange", []string{`["2020-01-01 00:00:00.000001","infinity"]`, `("0044-03-15 00:00:00 BC",)`}},
	{"tstzrange", []string{`["2020-01-01 00:00:00+02",)`}},
	{"daterange", []string{"[2020-01-01,2020-02-01]", "(-infinity,infinity)"}},
	{"floats", []string{"[0.1,1e300)", "(-Infinity,)"}},
	{"moods", []string{`[sad,"ha\"p,py"]`, `("",]`}},
	{"int4multirange", []string{"{}", "{[1,3),[5,)}", "{(,)}"}},
	{"datemultirange", []string{"{[2020-01-01,2020-02-01),[2021-01-01,)}"}},
	{"tstzmultirange", []string{`{["2020-01-01 00:00:00+02",)}`}},
	{"point", []string{"(0.1,-1e300)", "(Infinity,NaN)", "(-0,5e-324)"}},
	{"line", []string{"{1,-1,0.1}"}},
	{"lseg", []string{"[(0,0),(1,0.1)]"}},
	{"box", []string{"(1,1),(0.1,0)"}},
	{"path", []string{"[(0,0),(1,1)]", "((0,0),(1,1),(2,0.3))"}},
	{"polygon", []string{"((0,0),(1,1),(2,0.3))"}},
	{"circle", []string{"<(0,0.1),2>"}},
	{"oid", []string{"0", "2147483648", "4294967295"}},
	{"xid", []string{"0", "4294967295"}},
	{"cid", []string{"7"}},
	{"xid8", []string{"18446744073709551615"}},
	{"tid", []string{"(0,1)", "(4294967295,65535)"}},
	{"regclass", []string{"anything", "pg_class", "-", "4294967295"}},
	{"regtype", []string{"mood", "integer", `"Odd ""s"."My Mood"`, "text[]"}},
	{"regprocedure", []string{"f1(int)", "upper(text)"}},
	{"regproc", []string{"f1", "-"}},
	{"regrole", []string{"postgres"}},
	{"regnamespace", []string{"public", `"Odd ""s"`}},
	{"regoperator", []string{"+(integer,integer)"}},
	{"regconfig", []string{"english"}},
	{"regcollation", []string{`"C"`}},
	{"pg_lsn", []string{"0/0", "FFFFFFFF/FFFFFFFF"}},
	{"txid_snapshot", []string{"10:20:10,14,15"}},
	{"pg_snapshot", []string{"10:20:10,14,15"}},
	{"jsonpath", []string{`$."a"[*] ? (@.b > 1 && @ like_regex "^x\"" flag "i")`, "strict $"}},
	{"aclitem", []string{"postgres=r*w/postgres"}},
	{"refcursor", []string{"a b"}},
	{"int2vector", []string{"", "1 -2 3"}},
	{"oidvector", []string{"1 4294967295"}},
	{"mood", []string{"sad", `ha"p,py`, "Ünter", ""}},
	{`"Odd ""s"."My Mood"`, []string{"a", "b"}},
	{"posint", []string{"1", "2147483647"}},
	{"small", []string{"1", "999"}},
	{"code", []string{"", "äöüß ", "ab"}},
	{"padded", []string{"ab", "abcd"}},
	{"hundreds", []string{"123400"}},
	{"cents", []string{"1.10"}},
	{"spell", []string{"1 day 0.12 s"}},
	{"feeling", []string{"ok"}},
	{"ints", []string{"{1,NULL,3}", "{}"}},
	{"addrs", []string{"{1.2.3.4/24,NULL}"}},
	{"doc", []string{`{"a": 1}`}},
	{"host", []string{"1.2.3.4/8"}},
	{"label", []string{"AbC"}},
	{"point3", []string{`(1,0.1,"a""b\\c,(d)")`, "(,,)", `(1,,"")`}},
	{"place", []string{"(1,2,x)"}},
	{"nested", []string{`("(1,2,""q"""""")","{a,NULL,""NULL"","""",""{\\\\""}","ha""p,py","ab ","[1,3)")`, "(,,,,)"}},
	{"anything", []string{"(5)"}},
}

// arrays are edge values of arrays.
var arrays = []struct {
	kind   string
	values []string
}{
	{"int[]", []string{"{}", "{1,NULL,-3}", "[0:1]={1,2}", "[-5:-4][2:3]={{1,2},{3,NULL}}", "{{{1}},{{2}}}", "{{{{{{7}}}}}}"}},
	{"bool[]", []string{"{t,f,NULL}"}},
	{"smallint[]", []string{"{-32768}"}},
	{"bigint[]", []string{"{9223372036854775807}"}},
	{"real[]", []string{"{NaN,Infinity,-0,0.1,1e-45}"}},
	{"float8[]", []string{"{5e-324,-Infinity,0.1}"}},
	{"numeric[]", []string{"{1.10,NaN,Infinity,1e40}"}},
	{"numeric(6,2)[]", []string{"{1.1,2}"}},
	{"text[]", []string{`{NULL,"NULL",null,"","a\"b","\\","{x,y}"," s ","` + "\n\t" + `","é"}`, "{}"}},
	{"varchar(3)[]", []string{`{abc,""}`}},
	{"character(3)[]", []string{`{a,abc}`}},
	{"name[]", []string{"{x}"}},
	{`"char"[]`, []string{`{a,"\\",""}`}},
	{"bytea[]", []string{`{"\\x00ff5c","\\x",NULL}`}},
	{"date[]", []string{`{infinity,-infinity,"4713-01-01 BC",5874897-12-31}`}},
	{"time(3)[]", []string{"{24:00,12:34:56.789}"}},
	{"timestamp(3)[]", []string{`{2020-01-01 00:00:00.123,infinity}`}},
	{"timestamptz[]", []string{`{2020-01-01 00:00:00+02,"0044-03-15 00:00:00+00 BC"}`}},
	{"interval[]", []string{`{"1 mon -1 day -00:00:00.000001"}`}},
	{"uuid[]", []string{"{00112233-4455-6677-8899-aabbccddeeff}"}},
	{"json[]", []string{`{"{\"a\":  1}","null",NULL}`}},
	{"jsonb[]", []string{`{"{\"a\": 1}","null"}`}},
	{"oid[]", []string{"{4294967295}"}},
	{"citext[]", []string{"{Abc,aBC}"}},
	{"mood[]", []string{`{sad,"ha\"p,py","",NULL}`, `{{sad},{ok}}`}},
	{"posint[]", []string{"{1,2}"}},
	{"cents[]", []string{"{1.10}"}},
	{"ints[]", []string{`{"{1,NULL}","{}",NULL}`}},
	{"addrs[]", []string{`{"{1.2.3.4/24,NULL}",NULL}`, `[0:0]={"[5:5]={::1}"}`}},
	{"inet[]", []string{"{1.2.3.4,::1/64,NULL}", "[2:2]={1.2.3.4}"}},
	{"money[]", []string{`{"1,234.56"}`}},
	{"box[]", []string{"{(1,1),(0,0);NULL}", "{{(1,1),(0,0)};{(2,2),(0,0)}}"}},
	{"point[]", []string{`{"(1,2)","(0.1,3)"}`}},
	{"bit(2)[]", []string{"{10,01}"}},
	{"timetz[]", []string{"{12:00+01}"}},
	{"point3[]", []string{`{"(1,2,\"a\"\"b\\\\\\\\c\")",NULL}`}},
	{"place[]", []string{`{"(1,2,x)"}`}},
	{"hstore[]", []string{`{"\"a\"=>\"1\"",NULL}`}},
	{"int4range[]", []string{`{"[1,2)",empty}`}},
	{"tsvector[]", []string{`{"'a':1"}`}},
	{"anything[]", []string{`{(1)}`}},
	{"xml[]", []string{`{<a/>}`}},
	{"interval(2)[]", []string{"{0.12 s}"}},
}

// pairOf is two databases with the same types under different numbers.
func pairOf(t *testing.T) (from, to *endpoint, dsns [2]string) {
	t.Helper()
	dsns = [2]string{testserver.Postgres(t), testserver.Postgres(t)}
	testserver.Psql(t, dsns[0], userTypes)
	testserver.Psql(t, dsns[1], "CREATE TYPE moved AS ENUM ('x', 'y', 'z'); CREATE TABLE moved_on (a moved[])")
	testserver.Psql(t, dsns[1], userTypes)
	return connect(t, dsns[0]), connect(t, dsns[1]), dsns
}

// dump is a table as psql shows it.
func dump(t *testing.T, dsn, name string) string {
	t.Helper()
	return testserver.Psql(t, dsn, "SET search_path = pg_catalog; SET extra_float_digits = 3; SET TimeZone = 'UTC'; SET lc_monetary = 'C'; COPY (SELECT * FROM public."+name+" ORDER BY n) TO STDOUT")
}

// lines are the rows as COPY writes them.
func lines(b *batch.Batch) string {
	var out []string
	for _, row := range texts(b) {
		if row[1] == "<null>" {
			row[1] = `\N`
		} else {
			row[1] = string(appendEscaped(nil, []byte(row[1])))
		}
		out = append(out, strings.Join(row, "\t"))
	}
	return strings.Join(out, "\n")
}

func TestEveryTypeArrivesInAnotherDatabaseAsItWas(t *testing.T) {
	from, to, dsns := pairOf(t)
	epoch := opened(t, to)
	for n, w := range append(wire, arrays...) {
		t.Run(w.kind, func(t *testing.T) {
			name := fmt.Sprintf("t%d", n)
			insert := fmt.Sprintf("CREATE TABLE %s (n int PRIMARY KEY, v %s); INSERT INTO %s VALUES (0, NULL)", name, w.kind, name)
			for i, v := range w.values {
				insert += fmt.Sprintf(", (%d, %s)", i+1, literal(v))
			}
			testserver.Psql(t, dsns[0], insert)
			source := table(t, from, name)
			if source.Columns[1].Type.Kind == schema.Unknown {
				t.Fatalf("the type is unknown")
			}
			made := source
			made.Columns = append([]schema.Column{}, source.Columns...)
			for i := range made.Columns {
				var err error
				if made.Columns[i].Type, err = to.Place(source.Columns[i].Type); err != nil {
					t.Fatal(err)
				}
			}
			define(t, to, dsns[1], schema.Change{CreateTable: &made})
			target := table(t, to, name)
			if got, want := target.Columns[1].Type, source.Columns[1].Type; !got.Equal(want) {
				t.Errorf("the made column is %#v, want %#v", got, want)
			}
			rows, err := all(t.Context(), from, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
			if err != nil {
				t.Fatal(err)
			}
			if source.Columns[1].Type.Kind == schema.Native {
				if got, want := lines(rows), dump(t, dsns[0], name); got != want {
					t.Errorf("read as %q, want what the output function gives, %q", got, want)
				}
			}
			s := spec(target, epoch, providers.Insert)
			s.ChunkID = name
			if _, err := put(t.Context(), to, s, rows); err != nil {
				t.Fatalf("%v\n%q", err, texts(rows))
			}
			if got, want := dump(t, dsns[1], name), dump(t, dsns[0], name); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			s.Mode, s.Key, s.ChunkID = providers.Upsert, []string{"n"}, name+"u"
			if _, err := put(t.Context(), to, s, rows); err != nil {
				t.Fatalf("upsert: %v", err)
			}
			again, err := all(t.Context(), to, providers.ReadSpec{Table: target.Ref, Columns: target.Columns})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := s.Hasher.Batch(again, nil), s.Hasher.Batch(rows, nil); got != want {
				t.Errorf("the digest after an upsert is %s, want %s", got, want)
			}
		})
	}
}
