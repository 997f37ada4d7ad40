package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// The tables of Chinook by their names in snake case, with their primary keys.
var chinookTables = []struct{ name, key, camel string }{
	{"album", "album_id", "Album"}, {"artist", "artist_id", "Artist"}, {"customer", "customer_id", "Customer"},
	{"employee", "employee_id", "Employee"}, {"genre", "genre_id", "Genre"}, {"invoice", "invoice_id", "Invoice"},
	{"invoice_line", "invoice_line_id", "InvoiceLine"}, {"media_type", "media_type_id", "MediaType"},
	{"playlist", "playlist_id", "Playlist"}, {"playlist_track", "playlist_id, track_id", "PlaylistTrack"},
	{"track", "track_id", "Track"},
}

const chinookRows = 15607

// edinburgh is the rows that differ: the SQLite file has 'Edinburgh ' with a blank at its end, which the script for
// PostgreSQL has not.
var edinburgh = []string{"customer 54", "invoice 20", "invoice 141", "invoice 152", "invoice 207", "invoice 336", "invoice 359", "invoice 381"}

// chinookConfig maps all tables with one block.
func chinookConfig(source, target, to string) string {
	kind := func(system string) string { return strings.Split(system, `"`)[1] }
	return fmt.Sprintf(`
source %s
target %s
mapping "all" {
  from {
    source = source.%s.shop
    tables = ["*"]
  }
  to {
    target = target.%s.new
%s
  }
}
`, source, target, kind(source), kind(target), to)
}

func chinookFile(t *testing.T) string {
	return filepath.Join(publicData(t, "chinook"), "chinook.sqlite")
}

// chinookByScript is a database that psql filled with the data set's own script, without its lines that make a database.
func chinookByScript(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(publicData(t, "chinook"), "postgresql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(script), "\\c chinook;")
	if !ok {
		t.Fatal("the script does not connect to its database as it used to")
	}
	dsn := testserver.Postgres(t)
	testserver.Psql(t, dsn, rest)
	return dsn
}

// copied is the tables as psql copies them out, by name; the columns are named, as their order is no matter.
func copied(t *testing.T, dsn string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, table := range chinookTables {
		columns := testserver.Psql(t, dsn, `SELECT string_agg(quote_ident(column_name), ', ' ORDER BY column_name) FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name = '`+table.name+`'`)
		text := testserver.Psql(t, dsn, fmt.Sprintf(`\copy (SELECT %s FROM public.%s ORDER BY %s) TO STDOUT`, columns, table.name, table.key))
		out[table.name] = strings.Split(text, "\n")
	}
	return out
}

// constraints is every primary and foreign key, valid ones only, as PostgreSQL writes them.
func constraints(t *testing.T, dsn string) string {
	t.Helper()
	return testserver.Psql(t, dsn, `SELECT conrelid::regclass, contype, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f') AND convalidated ORDER BY conrelid::regclass::text, 2, 3`)
}

func TestChinookFromSQLiteIntoPostgreSQLIsWhatPsqlLoadsFromItsScript(t *testing.T) {
	file := chinookFile(t)
	dsn := testserver.Postgres(t)
	f := newFolder(t, chinookConfig(`"sqlite" "shop" { path = "`+file+`" }`, `"postgres" "new" { url = secret("env://SHOP") }`,
		"    schema = \"public\"\n    names  = \"snake_case\""), "SHOP="+dsn)
	holds(t, f.exits(0, "plan"), "11 to create", "15,607 rows written")
	holds(t, f.apply(), "11 mappings, 15,607 rows written")

	script := chinookByScript(t)
	got, want := copied(t, dsn), copied(t, script)
	var differ []string
	rows := 0
	for _, table := range chinookTables {
		rows += len(got[table.name])
		if len(got[table.name]) != len(want[table.name]) {
			t.Errorf("%s: got %d rows, want %d", table.name, len(got[table.name]), len(want[table.name]))
			continue
		}
		for i, line := range got[table.name] {
			if line == want[table.name][i] {
				continue
			}
			if strings.Count(line, "Edinburgh \t") != 1 || strings.Replace(line, "Edinburgh \t", "Edinburgh\t", 1) != want[table.name][i] {
				t.Errorf("%s: got row\n%s\nwant\n%s", table.name, line, want[table.name][i])
			}
			key := testserver.Psql(t, dsn, fmt.Sprintf("SELECT %s FROM %s ORDER BY 1 OFFSET %d LIMIT 1", table.key, table.name, i))
			differ = append(differ, table.name+" "+key)
		}
	}
	if rows != chinookRows {
		t.Errorf("rows in all tables: got %d, want %d", rows, chinookRows)
	}
	if !slices.Equal(differ, edinburgh) {
		t.Errorf("rows that differ from psql's: got %q, want %q", differ, edinburgh)
	}
	if got, want := constraints(t, dsn), constraints(t, script); got != want {
		t.Errorf("keys: got\n%s\nwant those of the script\n%s", got, want)
	}
	f.settled()
}

func TestChinookFromSQLiteIntoSQLiteHasNoRowThatDiffers(t *testing.T) {
	file := chinookFile(t)
	f := newFolder(t, chinookConfig(`"sqlite" "shop" { path = "`+file+`" }`, `"sqlite" "new" { path = "new.db" }`, ""))
	f.apply()
	sameChinook(t, f.path("new.db"), file)
	for _, table := range chinookTables {
		const query = `SELECT "from", "table", "to" FROM pragma_foreign_key_list('%s') ORDER BY 1, 2, 3`
		got, want := sqliteRows(t, f.path("new.db"), fmt.Sprintf(query, table.camel)), sqliteRows(t, file, fmt.Sprintf(query, table.camel))
		if got != want {
			t.Errorf("foreign keys of %s: got\n%s\nwant\n%s", table.camel, got, want)
		}
		const keys = `SELECT name, pk FROM pragma_table_info('%s') WHERE pk > 0 ORDER BY pk`
		if got, want := sqliteRows(t, f.path("new.db"), fmt.Sprintf(keys, table.camel)), sqliteRows(t, file, fmt.Sprintf(keys, table.camel)); got != want {
			t.Errorf("primary key of %s: got\n%s\nwant\n%s", table.camel, got, want)
		}
	}
	f.settled()
}

// sameChinook lets SQLite itself compare two files, both ways, with the storage class of every value.
func sameChinook(t *testing.T, path, other string) {
	t.Helper()
	rows := 0
	for _, table := range chinookTables {
		name := table.camel
		columns := sqliteRows(t, other, "SELECT group_concat(format('\"%w\", typeof(\"%w\")', name, name)) FROM pragma_table_info('"+name+"')")
		attach := fmt.Sprintf("ATTACH 'file:%s?mode=ro' AS other;\n", other)
		ours := fmt.Sprintf(`SELECT %s FROM main.%q`, columns, name)
		theirs := fmt.Sprintf(`SELECT %s FROM other.%q`, columns, name)
		for _, query := range []string{ours + " EXCEPT " + theirs, theirs + " EXCEPT " + ours} {
			if got := sqliteRows(t, path, attach+query); got != "" {
				t.Errorf("%s: %s gives\n%s\nwant no row", name, query, got)
			}
		}
		var n int
		if _, err := fmt.Sscan(sqliteRows(t, path, fmt.Sprintf("SELECT count(*) FROM %q", name)), &n); err != nil {
			t.Fatal(err)
		}
		rows += n
	}
	if rows != chinookRows {
		t.Errorf("rows in all tables: got %d, want %d", rows, chinookRows)
	}
}

func TestChinookFromPostgreSQLIntoSQLiteAndBackIsTheSame(t *testing.T) {
	script := chinookByScript(t)
	there := newFolder(t, chinookConfig(`"postgres" "shop" { url = secret("env://SHOP") }`, `"sqlite" "new" { path = "new.db" }`, ""), "SHOP="+script)
	there.apply()
	there.settled()

	back := testserver.Postgres(t)
	f := newFolder(t, chinookConfig(`"sqlite" "shop" { path = "`+there.path("new.db")+`" }`, `"postgres" "new" { url = secret("env://SHOP") }`,
		`    schema = "public"`), "SHOP="+back)
	f.edit("main.miq.hcl", `["*"]`, `["*"]
    except = ["migrateiq_*"]`)
	f.apply()
	got, want := copied(t, back), copied(t, script)
	for _, table := range chinookTables {
		if !slices.Equal(got[table.name], want[table.name]) {
			t.Errorf("%s went through SQLite and back: got %d rows that are not the %d that psql loaded", table.name, len(got[table.name]), len(want[table.name]))
		}
	}
	if got, want := constraints(t, back), constraints(t, script); got != want {
		t.Errorf("keys: got\n%s\nwant those of the script\n%s", got, want)
	}
	f.settled()
}
