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

// TestWhatTheServerWouldCutOrRoundIsRefused writes values that the server's input functions take and change, by binary
// COPY and, with a column of inet beside it, by text.
func TestWhatTheServerWouldCutOrRoundIsRefused(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN cents AS numeric(6,2); CREATE DOMAIN hundreds AS numeric(5,-2)`)
	for n, c := range []struct{ kind, value string }{
		{"name", strings.Repeat("x", 64)}, {"name", strings.Repeat("é", 32)}, {"character(3)", "ab"}, {"character(3)", "abcd"}, {"character(3)", "abc "},
		{"varchar(3)", "abc "}, {"numeric(3,-2)", "12345"}, {"numeric(3,-2)", "12300.5"}, {"numeric(3,5)", "0.001234"}, {"cents", "1.234"}, {"hundreds", "150"},
		{"numeric(6,2)", "1.234"}, {"interval(3)", "P0M0DT0.0001S"}, {"interval year", "P13M0DT0S"}, {"interval year to month", "P1M1DT0S"},
		{"interval month", "P1M0DT1S"}, {"interval day", "P0M1DT1S"}, {"interval day to hour", "P0M1DT3601S"}, {"interval minute", "P0M0DT61S"},
		{"interval second(2)", "P0M0DT0.001S"}, {"timestamp(3)", "2020-01-01 00:00:00.0001"}, {"time(0)", "12:00:00.5"}, {"time(2) with time zone", "12:00:00.123+01"},
		{"time with time zone", "12:00:00.1234567+01"}, {"money", "$1.234"}, {`"char"`, "ab"}, {"mood", "bad"}, {"oid", "4294967296"}, {"xid", "-1"},
		{"bit(3)", "10"}, {"bit(3)", "1010"}, {"varbit(2)", "101"}, {"text", "a\x00b"}, {"xml", "a\xff"}, {"jsonb", `{"a"`}, {"jsonb", `"\u0000"`},
		{"integer[]", `["1"`}, {"integer[]", `["x"]`}, {"smallint[]", `["40000"]`}, {"varchar(3)[]", `["abcd"]`}, {"character(3)[]", `["ab"]`},
		{"numeric(6,2)[]", `["1.234"]`}, {"timestamp(3)[]", `["2020-01-01 00:00:00.0001"]`}, {"time(2) with time zone[]", `["12:00:00.123+01"]`},
		{"integer[]", `[[[[[[["1"]]]]]]]`}, {"integer[]", `[2147483647:2147483648]=["1","2"]`}, {"mood[]", `["b"]`}, {"name[]", `["` + strings.Repeat("x", 64) + `"]`},
	} {
		for _, beside := range []string{"integer", "inet"} {
			name := fmt.Sprintf("t%d%s", n, beside)
			testserver.Psql(t, dsn, fmt.Sprintf("CREATE TABLE %s (v %s, w %s)", name, c.kind, beside))
			target := table(t, e, name)
			b := batch.New(target.Columns, 0)
			if kind := target.Columns[0].Type.Kind; kind == schema.Timestamp || kind == schema.Time {
				wide := schema.Type{Kind: kind, Precision: 6}
				if err := batch.Parse(&b.Vectors[0], wide, []byte(c.value)); err != nil {
					if err = batch.Parse(&b.Vectors[0], wide, []byte(c.value+"00")); err != nil {
						t.Fatal(err)
					}
				}
			} else {
				b.Vectors[0].AppendString(c.value)
			}
			b.Vectors[1].AppendNull()
			s := spec(target, epoch, providers.Insert)
			_, err := put(t.Context(), e, s, b)
			if bad := failure(err); bad.Class != providers.BadValue || bad.Row != "row 1 of the chunk" || strings.Contains(fmt.Sprint(err), c.value) {
				t.Errorf("%q into %s beside %s: got %v, want an error of class bad_value at row 1 that quotes nothing", c.value, c.kind, beside, err)
			}
			if n := testserver.Psql(t, dsn, "SELECT count(*) FROM "+name); n != "0" {
				t.Errorf("%q into %s beside %s: %s rows are there", c.value, c.kind, beside, n)
			}
		}
	}
}

func TestBytesOfCharBeyondASCII(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, `CREATE TABLE a (n int, v "char"); INSERT INTO a SELECT n, n::"char" FROM generate_series(-128, 127) n;
		CREATE TABLE b (LIKE a); CREATE TABLE c (n int, v "char", i inet)`)
	source := table(t, e, "a")
	rows, err := all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(rows)[0][1]; got != `\200` {
		t.Errorf("got %q, want the byte in octal", got)
	}
	if _, err := put(t.Context(), e, spec(table(t, e, "b"), epoch, providers.Insert), rows); err != nil {
		t.Fatal(err)
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM a JOIN b USING (n) WHERE a.v = b.v"); got != "256" {
		t.Errorf("%s of 256 bytes are the same", got)
	}
	target := table(t, e, "c")
	beside := batch.New(target.Columns, 0)
	beside.AppendRow(&batch.Batch{Columns: target.Columns, Vectors: append(rows.Vectors[:2:2], nulls(rows.Len()))}, 0)
	s := spec(target, epoch, providers.Insert)
	s.ChunkID = "c"
	_, err = put(t.Context(), e, s, beside)
	if wrong := e.number < 160000 && providers.ClassOf(err) != providers.BadValue || e.number >= 160000 && err != nil; wrong {
		t.Errorf("by text: got %v", err)
	}
}

func nulls(n int) batch.Vector {
	v := batch.NewVector(schema.Type{Kind: schema.Native})
	for range n {
		v.AppendNull()
	}
	return v
}

// TestPlacingATypeByItsName gives names as a configuration may and compares with what the server makes of them.
func TestPlacingATypeByItsName(t *testing.T) {
	_, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('b', 'a'); CREATE SCHEMA "Q"; CREATE DOMAIN "Q"."D d" AS numeric(5,-2)`)
	e := connect(t, dsn)
	names := []string{
		"INT", "int4", "boolean", "varchar", "character varying(10)", "VARCHAR(3)", "char", "char(3)", "bpchar", "bpchar(2)", "numeric", "decimal(5)", "numeric(10, 2)",
		"numeric(3,-2)", "numeric(2,5)", "timestamp", "timestamp(3)", "timestamp(3) without time zone", "timestamptz(0)", "timestamp with time zone", "time(2)", "timetz", "timetz(1)",
		"time(3) with time zone", "interval", "interval(2)", "interval year to month", "interval day to second(3)", "interval second", "bit", "bit(5)", "varbit", "bit varying(7)",
		`"char"`, "name", "json", "jsonb", "pg_catalog.jsonb", "double precision", "float8", "xml", "inet", "tsvector", "int4range", "datemultirange", "regclass", "oid",
		"citext", "public.citext", "mood", "public.mood", `"Q"."D d"`, "int[]", "text[][]", "varchar(3)[]", "citext[]", "mood[]", "inet[]", "bit(2)[]", "timestamp(3) with time zone[]", "int2vector",
	}
	for n, name := range names {
		placed, err := e.Place(schema.Type{Kind: schema.Native, Native: name})
		if err != nil {
			t.Errorf("Place(%s): %v", name, err)
			continue
		}
		made := schema.Table{Ref: public(fmt.Sprintf("p%d", n)), Columns: []schema.Column{{Name: "c", Type: placed, Null: true}}}
		define(t, e, dsn, schema.Change{CreateTable: &made})
		testserver.Psql(t, dsn, fmt.Sprintf("CREATE TABLE q%d (c %s)", n, name))
		for _, side := range []string{"p", "q"} {
			if got := table(t, e, fmt.Sprint(side, n)).Columns[0].Type; !got.Equal(placed) {
				t.Errorf("Place(%s) is %#v, and Inspect sees %#v in %s", name, placed, got, side)
			}
		}
	}
	for _, name := range []string{"int; DROP TABLE x", "varchar(0)", "numeric(0)", "numeric(5,2,1)", "interval year(3)", "int(3)", "bit(0)", "", "a.b.c.d", "text -- x", "timestamp(9)", `"a`} {
		if got, err := e.Place(schema.Type{Kind: schema.Native, Native: name}); err == nil {
			t.Errorf("Place(%s): got %s, want an error", name, got)
		}
	}
	if got, err := e.Place(schema.Type{Kind: schema.Enum, Values: []string{"a"}}); err != nil || !got.Equal(schema.Type{Kind: schema.String}) {
		t.Errorf("Place of an enum without a name: got %s, %v, want string", got, err)
	}
}

// TestATypePlannedByItsNameBeforeItWasThere loads a column that was planned as native.
func TestATypePlannedByItsNameBeforeItWasThere(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	native := schema.Type{Kind: schema.Native, Native: "citext"}
	if placed, err := e.Place(native); err != nil || !placed.Equal(native) {
		t.Fatalf("Place: got %s, %v", placed, err)
	}
	testserver.Psql(t, dsn, "CREATE EXTENSION citext; CREATE TABLE t (c citext)")
	target := table(t, e, "t")
	target.Columns[0].Type = native
	rows := batch.New(target.Columns, 0)
	rows.Vectors[0].AppendString("Abc")
	if _, err := put(t.Context(), e, spec(target, epoch, providers.Insert), rows); err != nil {
		t.Fatal(err)
	}
	back, err := all(t.Context(), e, providers.ReadSpec{Table: target.Ref, Columns: target.Columns})
	if err != nil || texts(back)[0][0] != "Abc" {
		t.Errorf("got %q, %v", texts(back), err)
	}
}

func TestQueriesAndViewsOfTypesThatAreNotPlain(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TYPE mood AS ENUM ('b', 'a'); CREATE TABLE t (m mood, i inet, a inet[], r regclass); INSERT INTO t VALUES ('a', '1.2.3.4/8', '{1.2.3.4}', 't');
		CREATE VIEW v AS SELECT * FROM t`)
	query := "SELECT m, i, a FROM t"
	described, err := e.Describe(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := all(t.Context(), e, providers.ReadSpec{Query: query, Columns: described.Columns})
	if err != nil || fmt.Sprint(texts(rows)) != `[[a 1.2.3.4/8 ["1.2.3.4"]]]` {
		t.Errorf("got %v, %v", texts(rows), err)
	}
	view := table(t, e, "v")
	rows, err = all(t.Context(), e, providers.ReadSpec{Table: view.Ref, Columns: view.Columns[:3]})
	if err != nil || fmt.Sprint(texts(rows)) != `[[a 1.2.3.4/8 ["1.2.3.4"]]]` {
		t.Errorf("got %v, %v", texts(rows), err)
	}
	if _, err := all(t.Context(), e, providers.ReadSpec{Table: view.Ref, Columns: view.Columns}); providers.ClassOf(err) != providers.Unsupported || failure(err).Column != "r" {
		t.Errorf("regclass of a view: got %v, want an error of class unsupported", err)
	}
}

func TestANameThatTheTargetDoesNotHaveIsNotQuoted(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE TABLE t (r regclass)")
	target := table(t, e, "t")
	rows := batch.New(target.Columns, 0)
	rows.Vectors[0].AppendString("public.secret")
	_, err := put(t.Context(), e, spec(target, epoch, providers.Insert), rows)
	if bad := failure(err); bad.Class != providers.BadValue || bad.Column != "r" || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want an error of class bad_value at column r that quotes nothing", err)
	}
}

func TestLabelsThatChangedSinceThePlanAreSeen(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood)")
	source := table(t, e, "t")
	testserver.Psql(t, dsn, "ALTER TYPE mood ADD VALUE 'b'")
	if _, err := all(t.Context(), e, providers.ReadSpec{Table: source.Ref, Columns: source.Columns}); providers.ClassOf(err) != providers.Unsupported || !strings.Contains(err.Error(), "labels") {
		t.Errorf("got %v, want an error that speaks of the labels", err)
	}
}

func TestPseudoTypesAndWhatTheServerNeverReadsAreUnknown(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (a pg_node_tree, b pg_ndistinct)")
	for _, c := range table(t, e, "t").Columns {
		if c.Type.Kind != schema.Unknown || c.Declared == "" {
			t.Errorf("column %s %s: got %s, want unknown with its declared type", c.Name, c.Declared, c.Type)
		}
	}
}

// TestDatabasesOfOtherEncodings copies from a database of LATIN1 and from one that does not know its encoding.
func TestDatabasesOfOtherEncodings(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	types := "CREATE TYPE mood AS ENUM ('é', 'a'); CREATE TYPE spot AS (x int, y text); CREATE TABLE t (n int, m mood, c character(3), na name, x xml, s spot, ta text[], j jsonb);"
	testserver.Psql(t, dsn, types)
	for encoding, padded := range map[string]string{"LATIN1": "ü", "SQL_ASCII": "u"} { // which counts bytes, not characters
		name := "other_" + strings.ToLower(encoding) + "_" + e.tag[len(e.tag)-8:]
		testserver.Psql(t, dsn, "CREATE DATABASE "+name+" ENCODING '"+encoding+"' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
		other := strings.Replace(dsn, e.pool.config.Database, name, 1)
		from := connect(t, other)
		t.Cleanup(func() {
			if err := from.Close(); err != nil {
				t.Error(err)
			}
			testserver.Psql(t, dsn, "DROP DATABASE "+name+" WITH (FORCE)")
		})
		testserver.Psql(t, other, "SET client_encoding = 'UTF8'; "+types+`INSERT INTO t VALUES (1, 'é', '`+padded+`', 'ö', '<a>ä</a>', '(1,ß)', '{"é,",NULL}', '{"é": "ü"}')`)
		source := table(t, from, "t")
		rows, err := all(t.Context(), from, providers.ReadSpec{Table: source.Ref, Columns: source.Columns})
		if err != nil {
			t.Fatalf("%s: %v", encoding, err)
		}
		s := spec(table(t, e, "t"), epoch, providers.Insert)
		s.ChunkID = name
		if _, err := put(t.Context(), e, s, rows); err != nil {
			t.Fatalf("%s: %v", encoding, err)
		}
		const query = "SELECT n, m, c, na, x, s, ta, j FROM t ORDER BY n"
		if got, want := testserver.Psql(t, dsn, query), testserver.Psql(t, other, "SET client_encoding = 'UTF8'; "+query); got != want {
			t.Errorf("%s: got %s, want %s", encoding, got, want)
		}
		testserver.Psql(t, dsn, "TRUNCATE t")
		if encoding == "SQL_ASCII" {
			testserver.Psql(t, other, "CREATE TABLE v (v varchar(3))")
			target := table(t, from, "v")
			b := batch.New(target.Columns, 0)
			b.Vectors[0].AppendString("ü  ")
			if _, err := put(t.Context(), from, spec(target, opened(t, from), providers.Insert), b); providers.ClassOf(err) != providers.BadValue {
				t.Errorf("%s: a text of three characters in four bytes: got %v, want an error of class bad_value", encoding, err)
			}
			testserver.Psql(t, other, `INSERT INTO t (n, s) VALUES (2, ROW(1, E'\xff'))`)
			if _, err := all(t.Context(), from, providers.ReadSpec{Table: source.Ref, Columns: source.Columns}); providers.ClassOf(err) != providers.BadValue {
				t.Errorf("%s: a text that is not UTF-8: got %v, want an error of class bad_value", encoding, err)
			}
		}
	}
}
