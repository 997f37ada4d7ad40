package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/module"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

// The whole example of the language is read and held against recorded schemas. What this version has not yet is all that
// may be found in it.
func TestTheExampleOfTheLanguageLoads(t *testing.T) {
	dir := t.TempDir()
	text := ""
	for _, f := range fences(t, filepath.Join(repository, "docs", "reference", "language.md")) {
		if f.is("later") {
			text += f.text
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "lists"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"main.miq.hcl": text, "lists/ndoo.csv": "nhs_number,name\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := module.Write(dir, module.Lock{Systems: []module.System{{Address: "source.sqlserver.pas", Catalog: hospital()}}}); err != nil {
		t.Fatal(err)
	}
	set := providers.NewSet(sqlserver{}, postgres.New(), csv.New(), sqlite.New())
	cfg, found := lang.Load(dir, set, lang.Options{Version: release, Vars: []lang.Assignment{{Name: "env", Value: "test"}}})
	e := &engine.Engine{Providers: set}
	found = slices.Concat(found, cfg.NotYet, e.Validate(context.Background(), cfg))
	later := 0
	for _, d := range found {
		switch {
		case d.Code == "not-in-this-version":
			later++
		case d.Severity == diag.Error:
			t.Errorf("%v: %s: %s: %s", d.Subject, d.Code, d.Summary, d.Detail)
		}
	}
	if later == 0 {
		t.Error("findings not-in-this-version: got none, want some")
	}
	var mappings []string
	for _, m := range cfg.Mappings {
		mappings = append(mappings, m.Name)
	}
	if want := []string{"ward", "patient", "everything_else"}; !slices.Equal(mappings, want) {
		t.Errorf("mappings: got %v, want %v", mappings, want)
	}
}

// hospital is the schema of the example's source.
func hospital() schema.Catalog {
	column := func(name string, kind schema.Kind) schema.Column {
		return schema.Column{Name: name, Type: schema.Type{Kind: kind}}
	}
	null := func(c schema.Column) schema.Column { c.Null = true; return c }
	table := func(name string, columns ...schema.Column) schema.Table {
		return schema.Table{Ref: schema.Ref{Schema: "dbo", Name: name}, Columns: columns, Primary: &schema.Key{Columns: []string{columns[0].Name}}}
	}
	patient := table("PATIENT", column("PAT_ID", schema.Int32), column("NHS_NO", schema.String), column("SURNAME", schema.String),
		column("ETHNIC_CAT", schema.String), column("DOB", schema.Date), column("SEX", schema.String), null(column("POSTCODE", schema.String)),
		column("DELETED_FLAG", schema.Bool), column("WARD_ID", schema.Int32), column("WARD_CODE", schema.String), column("EPISODES", schema.Int32),
		column("ROW_VER", schema.Int64))
	staff := table("STAFF", column("STAFF_ID", schema.Int32), null(column("NI_NUMBER", schema.String)))
	return schema.Catalog{Tables: []schema.Table{patient, staff, table("WARD", column("WARD_ID", schema.Int32), column("WARD_CODE", schema.String), column("NAME", schema.String)),
		table("NOTES", column("NOTE_ID", schema.Int32), null(column("TEXT", schema.String)))}}
}

// sqlserver stands for a kind of system that this version does not reach.
type sqlserver struct{}

type sqlserverConfig struct {
	Host     string        `hcl:"host"`
	Database string        `hcl:"database"`
	Password secret.Secret `hcl:"password"`
}

func (*sqlserverConfig) Validate() []providers.FieldError { return nil }

func (sqlserver) Name() string                { return "sqlserver" }
func (sqlserver) NewConfig() providers.Config { return &sqlserverConfig{} }
func (sqlserver) Open(context.Context, providers.Config) (providers.Endpoint, error) {
	return nil, errors.New("this kind of system is only read about")
}
