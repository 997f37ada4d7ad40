package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// edges is a file of the shared data set of edge values.
func edges(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "edges", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// edgesColumns declares the types of the CSV file, which says none itself.
const edgesColumns = `
  table "edges" {
    key = ["id"]
    column "id" { type = int64 }
    column "small" { type = int16 }
    column "medium" { type = int32 }
    column "large" { type = int64 }
    column "flag" { type = bool }
    column "price" { type = decimal(12, 4) }
    column "exact" { type = decimal }
    column "measure" { type = float64 }
    column "words" { type = string }
    column "name" { type = string(20) }
    column "raw" { type = bytes }
    column "day" { type = date }
    column "clock" { type = time(6) }
    column "moment" { type = timestamp(6) }
    column "instant" { type = timestamptz(6) }
    column "token" { type = uuid }
    column "doc" { type = json }
  }
`

// A place is a system that a pair reads from or writes to.
type place struct {
	fill   func(f *folder, dsn string)                   // makes the source's table
	values func(f *folder, dsn string) (answer string)   // the target's table as its own tools give it, in the form of want.txt
	raise  func(f *folder, dsn string, id, words string) // changes one row of the source
	drop   func(f *folder, dsn string, id string)        // deletes one row of the target, behind migrateiq's back
}

// inPostgres writes a table with the types of edges as want.txt has it.
const inPostgres = `SELECT id, small, medium, large, flag::text, price, exact, measure, encode(convert_to(words, 'UTF8'), 'hex'),
	encode(convert_to(name, 'UTF8'), 'hex'), encode(raw, 'hex'), day, clock, moment, instant AT TIME ZONE 'UTC', token,
	encode(convert_to(doc::text, 'UTF8'), 'hex') FROM %s ORDER BY id`

const inSQLite = `SELECT id, small, medium, large, CASE flag WHEN 1 THEN 'true' WHEN 0 THEN 'false' END,
	CASE WHEN price IS NOT NULL THEN printf('%.4f', price) END, exact, CASE WHEN measure IS NOT NULL THEN printf('%!.17g', measure) END,
	CASE typeof(words) WHEN 'text' THEN lower(hex(words)) WHEN 'null' THEN NULL ELSE typeof(words) END, CASE typeof(name) WHEN 'text' THEN lower(hex(name)) WHEN 'null' THEN NULL ELSE typeof(name) END, CASE typeof(raw) WHEN 'blob' THEN lower(hex(raw)) WHEN 'null' THEN NULL ELSE typeof(raw) END,
	CAST(day AS TEXT), CAST(clock AS TEXT), CAST(moment AS TEXT), rtrim(CAST(instant AS TEXT), 'Z'), token,
	CASE typeof(doc) WHEN 'text' THEN lower(hex(doc)) WHEN 'null' THEN NULL ELSE typeof(doc) END FROM edges ORDER BY id`

var places = map[string]place{
	"postgres": {
		fill: func(f *folder, dsn string) { testserver.Psql(f.t, dsn, edges(f.t, "postgres.sql")) },
		values: func(f *folder, dsn string) string {
			return testserver.Psql(f.t, dsn, fmt.Sprintf(inPostgres, "edges"), "-P", "null=NULL")
		},
		raise: func(f *folder, dsn string, id, words string) {
			testserver.Psql(f.t, dsn, "UPDATE edges SET words = '"+words+"' WHERE id = "+id)
		},
		drop: func(f *folder, dsn string, id string) { testserver.Psql(f.t, dsn, "DELETE FROM edges WHERE id = "+id) },
	},
	"sqlite": {
		fill:   func(f *folder, _ string) { sqliteRun(f.t, f.path("source.db"), edges(f.t, "sqlite.sql")) },
		values: func(f *folder, _ string) string { return sqliteRows(f.t, f.path("target.db"), inSQLite) },
		raise: func(f *folder, _ string, id, words string) {
			sqliteRun(f.t, f.path("source.db"), "UPDATE edges SET words = '"+words+"' WHERE id = "+id)
		},
		drop: func(f *folder, _ string, id string) {
			sqliteRun(f.t, f.path("target.db"), "DELETE FROM edges WHERE id = "+id)
		},
	},
	"csv": {
		fill:   func(f *folder, _ string) { f.write("source/edges.csv", edges(f.t, "edges.csv")) },
		values: csvValues,
		raise: func(f *folder, _ string, id, words string) {
			f.edit("source/edges.csv", "\n"+id+",1,1,1,true,1.5000,1.5,0.1,one,", "\n"+id+",1,1,1,true,1.5000,1.5,0.1,"+words+",")
		},
	},
}

// csvValues lets PostgreSQL read the parts of a CSV target into a table of the same types.
func csvValues(f *folder, _ string) string {
	f.t.Helper()
	dsn := testserver.Postgres(f.t)
	table, _, _ := strings.Cut(edges(f.t, "postgres.sql"), "INSERT")
	parts, err := filepath.Glob(f.path("target/edges/*.csv"))
	if err != nil || len(parts) == 0 {
		f.t.Fatalf("parts of the CSV target: got %v, %v, want some", parts, err)
	}
	for _, p := range parts {
		table += "\\copy edges FROM '" + p + "' (FORMAT csv, HEADER MATCH)\n"
	}
	testserver.Psql(f.t, dsn, table)
	return testserver.Psql(f.t, dsn, fmt.Sprintf(inPostgres, "edges"), "-P", "null=NULL")
}

// pair is a folder that moves the edge values from one system to another, with the source filled.
type pair struct {
	*folder
	from, to             place
	fromServer, toServer string
}

func newPair(t *testing.T, from, to string) *pair {
	t.Helper()
	p := &pair{from: places[from], to: places[to]}
	var env []string
	block := func(role, kind string) (string, string) {
		switch kind {
		case "postgres":
			dsn := testserver.Postgres(t)
			env = append(env, strings.ToUpper(role)+"="+dsn)
			return fmt.Sprintf("%s %q \"it\" {\n  url = secret(\"env://%s\")\n}\n", role, kind, strings.ToUpper(role)), dsn
		case "sqlite":
			return fmt.Sprintf("%s %q \"it\" {\n  path = \"%s.db\"\n}\n", role, kind, role), ""
		}
		if role == "source" {
			return fmt.Sprintf("%s %q \"it\" {\n  path = %q\n%s}\n", role, kind, role, edgesColumns), ""
		}
		return fmt.Sprintf("%s %q \"it\" {\n  path = %q\n}\n", role, kind, role), ""
	}
	source, fromServer := block("source", from)
	target, toServer := block("target", to)
	p.fromServer, p.toServer = fromServer, toServer
	p.folder = newFolder(t, source+target+fmt.Sprintf(`
mapping "edges" {
  from {
    source = source.%s.it
    table  = "edges"
  }
  to {
    target = target.%s.it
    table  = "edges"
    mode   = %q
  }
}
`, from, to, map[bool]string{true: "replace", false: "upsert"}[to == "csv"]), env...)
	p.from.fill(p.folder, fromServer)
	return p
}

// canonical brings the values that every system writes in its own way to one form: floats, and digits behind the second.
func canonical(t *testing.T, answer string) []string {
	t.Helper()
	var out []string
	for _, line := range strings.Split(strings.TrimSuffix(answer, "\n"), "\n") {
		values := strings.Split(line, "|")
		if len(values) != 17 {
			t.Fatalf("a row has %d values, want 17: %s", len(values), line)
		}
		for i, v := range values {
			switch {
			case i == 7 && v != "NULL":
				x, err := strconv.ParseFloat(v, 64)
				if err != nil {
					t.Fatal(err)
				}
				values[i] = strconv.FormatFloat(x, 'g', -1, 64)
			case i >= 12 && i <= 14 && strings.Contains(v, "."):
				values[i] = strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
			}
		}
		out = append(out, strings.Join(values, "|"))
	}
	return out
}

var edgesNames = strings.Fields("id small medium large flag price exact measure words name raw day clock moment instant token doc")

// sameEdges compares a target with what want.txt says, value by value.
func sameEdges(t *testing.T, answer, want string) {
	t.Helper()
	got, wanted := canonical(t, answer), canonical(t, want)
	if len(got) != len(wanted) {
		t.Fatalf("rows: got %d, want %d", len(got), len(wanted))
	}
	for i := range got {
		a, b := strings.Split(got[i], "|"), strings.Split(wanted[i], "|")
		for c := range a {
			if a[c] != b[c] {
				t.Errorf("row %s, column %s: got %.200s, want %.200s", b[0], edgesNames[c], a[c], b[c])
			}
		}
	}
}

func TestEdgeValuesOfEverySourceReachEveryTarget(t *testing.T) {
	for _, from := range []string{"sqlite", "csv", "postgres"} {
		for _, to := range []string{"sqlite", "csv", "postgres"} {
			t.Run(from+" to "+to, func(t *testing.T) {
				p := newPair(t, from, to)
				p.apply()
				sameEdges(t, p.to.values(p.folder, p.toServer), edges(t, "want.txt"))
				p.settled()

				p.from.raise(p.folder, p.fromServer, "1", "changed")
				p.exits(2, "plan", "--detailed-exitcode")
				p.apply()
				want := strings.Replace(edges(t, "want.txt"), "|6f6e65|6f6e65|", fmt.Sprintf("|%x|6f6e65|", "changed"), 1)
				sameEdges(t, p.to.values(p.folder, p.toServer), want)
				p.settled()

				if p.to.drop == nil {
					return
				}
				p.to.drop(p.folder, p.toServer, "5")
				holds(t, p.exits(9, "verify"), "missing 5")
			})
		}
	}
}
