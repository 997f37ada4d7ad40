package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

// markedLine is one mark: # want CODE "part of the message" at the end of the line where it is found.
type markedLine struct {
	line       int
	code, part string
}

func marksOf(text string) []markedLine {
	var all []markedLine
	for i, l := range strings.Split(text, "\n") {
		if m := regexp.MustCompile(`# want ([a-z-]+) "(.*)"$`).FindStringSubmatch(l); m != nil {
			all = append(all, markedLine{i + 1, m[1], m[2]})
		}
	}
	return all
}

// What is found only when columns are known is marked in testdata/marked, against the tables of shopTables.
func TestMarkedConfigurationsWithColumns(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "marked", "columns.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.miq.hcl"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, found := lang.Load(dir, providers.NewSet(sqlite.New(), csv.New()), lang.Options{})
	systems := map[string]*resolve.System{}
	for _, s := range cfg.Systems {
		systems[s.Address] = &resolve.System{Config: s, Catalog: shopTables(s), Modes: []string{"upsert", "append", "replace", "history"}}
		if s.Kind == "csv" {
			systems[s.Address].Modes = []string{"append", "replace"}
			systems[s.Address].Place = noArrays
		}
	}
	_, more := resolve.Mappings(cfg, systems, resolve.Known{})
	found.Extend(more)
	missing := marksOf(string(raw))
	for _, d := range found {
		i := slices.IndexFunc(missing, func(m markedLine) bool { return m.fits(d) })
		if i < 0 {
			t.Errorf("not wanted: %v: %s: %s: %s", d.Subject, d.Code, d.Summary, d.Detail)
			continue
		}
		missing = slices.Delete(missing, i, i+1)
	}
	for _, m := range missing {
		t.Errorf("wanted and not found: line %d: %s %q", m.line, m.code, m.part)
	}
}

func (m markedLine) fits(d diag.Diagnostic) bool {
	return d.Subject != nil && d.Subject.Start.Line == m.line && d.Code == m.code && strings.Contains(d.Summary+"\n"+d.Detail, m.part)
}

func noArrays(t schema.Type) (schema.Type, error) {
	if t.Kind == schema.Array {
		return t, errors.New("values of that type cannot be kept")
	}
	return t, nil
}

// shopTables is what the systems of the marked configurations hold.
func shopTables(s *lang.System) *schema.Catalog {
	column := func(name string, kind schema.Kind) schema.Column {
		return schema.Column{Name: name, Type: schema.Type{Kind: kind}}
	}
	table := func(name string, columns ...schema.Column) schema.Table {
		return schema.Table{Ref: resolve.ParseRef(name), Columns: columns, Primary: &schema.Key{Columns: []string{columns[0].Name}}}
	}
	id, age := column("ID", schema.Int64), column("AGE", schema.Int32)
	age.Null = true
	if s.Role == "target" {
		total := column("total", schema.Decimal)
		total.Generated = true
		return &schema.Catalog{Tables: []schema.Table{
			table("standing", column("id", schema.Int64), column("name", schema.String), total), table("must", column("id", schema.Int64), column("must", schema.Int32)),
		}}
	}
	price := column("PRICE", schema.Decimal)
	price.Type.Precision, price.Type.Scale = 10, 4
	seen := column("SEEN", schema.TimestampTZ)
	seen.Type.Precision = 6
	notes := table("notes", column("TEXT", schema.String))
	notes.Primary = nil
	return &schema.Catalog{Tables: []schema.Table{
		table("person", id, column("NAME", schema.String), age, price, seen, column("SHAPE", schema.Unknown)), notes,
		table("cn", id, age), table("ct", id, column("NAME", schema.String)), table("cc", id), table("cx", id), table("co", id), table("twins", column("userName", schema.String), column("user_name", schema.String)), table("a.staff", id), table("b.staff", id),
	}}
}
