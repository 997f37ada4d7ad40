package write_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/write"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

func column(name string, kind schema.Kind) schema.Column {
	return schema.Column{Name: name, Type: schema.Type{Kind: kind}, Declared: "declared", Null: true}
}

func findings(tables ...schema.Table) write.Findings {
	return write.Findings{
		Source: write.System{Role: "source", Kind: "sqlite", Name: "old", Attributes: []write.Attribute{{Name: "path", Value: write.Text("old.db")}}},
		Target: write.System{Role: "target", Kind: "sqlite", Name: "new", Attributes: []write.Attribute{{Name: "path", Value: write.Text("new.db")}}},
		Tables: tables,
	}
}

func written(t interface{ Fatalf(string, ...any) }, f write.Findings) map[string]string {
	files, err := write.Files(f)
	if err != nil {
		t.Fatalf("Files: %v", err)
	}
	all := map[string]string{}
	for _, f := range files {
		all[f.Name] = string(f.Text)
	}
	return all
}

func load(t interface{ Fatalf(string, ...any) }, files map[string]string) *lang.Config {
	cfg, found := lang.Load("/none", providers.NewSet(sqlite.New()), lang.Options{
		ReadDir: func(string) ([]string, error) { return []string{write.MappingsFile, write.SystemsFile}, nil },
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[filepath.Base(name)]; ok {
				return []byte(text), nil
			}
			return nil, errors.New("no such file")
		},
	})
	for _, d := range found {
		if d.Subject == nil || d.Code != "file-not-read" {
			t.Fatalf("Load: %s: %s: %s\n%s\n%s", d.Code, d.Summary, d.Detail, files[write.SystemsFile], files[write.MappingsFile])
		}
	}
	return cfg
}

func TestWhatCannotBeMovedIsNamed(t *testing.T) {
	f := findings(
		schema.Table{Ref: schema.Ref{Name: "T"}, Comment: "two\nlines", Primary: &schema.Key{Columns: []string{"id"}},
			Columns:     []schema.Column{column("id", schema.Int64), column("shape", schema.Unknown), column("stay", schema.Interval)},
			Keys:        []schema.Key{{Columns: []string{"stay"}, Unique: true}},
			Foreign:     []schema.ForeignKey{{Columns: []string{"id"}, Parent: schema.Ref{Name: "P q"}, Key: []string{"k"}}},
			Unsupported: []schema.Object{{Kind: "trigger", Name: "x y", Why: "not  now. "}}},
		schema.Table{Ref: schema.Ref{Name: "empty"}, Columns: []schema.Column{column("shape", schema.Unknown)}},
	)
	f.Refused = map[string]string{"interval": "the target has no such type"}
	f.Left = []write.Left{{Table: schema.Ref{Name: "gone"}, Why: "mapping.gone moves it already"}}
	f.Placeholders = []write.Placeholder{{Name: "new_path", Description: "a path"}}
	got := written(t, f)
	want := map[string]string{
		write.SystemsFile: `variable "new_path" {
  type        = string
  description = "a path"
}

source "sqlite" "old" {
  path = "old.db"

  table "T" {
    key = ["id"]

    # two lines
    # id     int64     not null
    # shape  declared
    # stay   interval
    # unique (stay)
    # foreign key (id) to "P q" (k)
  }

  table "empty" {
    # shape  declared
  }
}

target "sqlite" "new" {
  path = "new.db"
}
`,
		write.MappingsFile: `# Table gone has no mapping here: mapping.gone moves it already.

# Not carried over: trigger "x y": not now.
mapping "t" {
  from {
    source = source.sqlite.old
    table  = "T"
  }
  to {
    target = target.sqlite.new
    table  = "T"
  }

  field "id" { from = "id" }
  # Column shape stays behind: this version cannot move its type, declared.
  # Column stay stays behind: it is interval, and the target has no such type.
}

# Table empty has no mapping: it has no column that can be moved.
# Column shape stays behind: this version cannot move its type, declared.
`}
	want[write.SystemsFile] = strings.Replace(want[write.SystemsFile], "int64     not null", "int64", 1)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Files (-want +got):\n%s", d)
	}
}

func TestLongCommentsAreBroken(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("many words ", 30))
	text := written(t, findings(schema.Table{Ref: schema.Ref{Name: "t"}, Comment: long, Columns: []schema.Column{column("id", schema.Int64)}}))[write.SystemsFile]
	var got []string
	for l := range strings.Lines(text) {
		if len(l) > 125 {
			t.Errorf("Files: a line of %d bytes: %s", len(l), l)
		}
		if rest, ok := strings.CutPrefix(strings.TrimSpace(l), "# "); ok && strings.Contains(rest, "words") {
			got = append(got, rest)
		}
	}
	if strings.Join(got, " ") != long {
		t.Errorf("Files: got the comment %q, want %q", got, long)
	}
}

func TestNamesAreSafeAndKeptApart(t *testing.T) {
	for from, want := range map[string]string{
		"Album": "album", "InvoiceLine": "invoice_line", "HTTPServer": "http_server", "dbo.PATIENT": "dbo_patient", "a  b--c": "a_b_c",
		"1st": "table_1st", "": "table", "???": "table", "${x}": "x", "Größe": "größe", "_x_": "x", "X9Y": "x9_y",
	} {
		if got := write.Name(from); got != want {
			t.Errorf("Name(%q): got %q, want %q", from, got, want)
		}
	}
	one := []schema.Column{column("id", schema.Int64)}
	f := findings(schema.Table{Ref: schema.Ref{Name: "a b"}, Columns: one}, schema.Table{Ref: schema.Ref{Name: "a_b"}, Columns: one}, schema.Table{Ref: schema.Ref{Name: "A-B"}, Columns: one})
	f.Taken = []string{"a_b"}
	text := written(t, f)[write.MappingsFile]
	for _, want := range []string{`mapping "a_b_2"`, `mapping "a_b_3"`, `mapping "a_b_4"`} {
		if !strings.Contains(text, want) {
			t.Errorf("Files: got\n%s\nwant %s in it", text, want)
		}
	}
}

func TestOneMappingLeavesOutWhatItWouldNotMoveWhole(t *testing.T) {
	one := []schema.Column{column("id", schema.Int64)}
	f := findings(schema.Table{Ref: schema.Ref{Schema: "a", Name: "x"}, Columns: one}, schema.Table{Ref: schema.Ref{Schema: "a", Name: "y[1]"}, Columns: append(one, column("s", schema.Unknown))},
		schema.Table{Ref: schema.Ref{Schema: "b*", Name: "x"}, Columns: one})
	f.Glob = true
	f.Left = []write.Left{{Table: schema.Ref{Schema: "a", Name: "z"}, Why: "it is not wanted"}}
	text := written(t, f)[write.MappingsFile]
	for _, want := range []string{`mapping "all_a"`, `tables = ["a.*"]`, `except = ["a.y\\[1\\]", "a.z"]`, `schema = "a"`, `mapping "all_b"`, `tables = ["b\\*.*"]`, `mapping "a_y_1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("Files: got\n%s\nwant %s in it", text, want)
		}
	}
	f.Globs = []string{"*"}
	if text := written(t, f)[write.MappingsFile]; !strings.Contains(text, `tables = ["a.x"]`) || !strings.Contains(text, `tables = ["b\\*.x"]`) {
		t.Errorf("Files with globs over two schemas: got\n%s\nwant each table by its name", text)
	}
}

// anyName draws names as databases allow them.
func anyName(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-z_][A-Za-z0-9_ ]{0,8}`),
		rapid.StringN(0, 8, 40),
		rapid.SampledFrom([]string{"${x}", "%{if}", `a"b`, `\`, "$${", "a\nb", "\t", "#", "//", "/*", "*/", "<<EOT", "e\u0301", "from", "\x00", "\u2028", "a.b", "\r", "日本", "\xff"}),
	).Draw(t, "name")
}

func anyTable(t *rapid.T) schema.Table {
	table := schema.Table{Ref: schema.Ref{Name: anyName(t)}, Comment: anyName(t)}
	for range rapid.IntRange(1, 4).Draw(t, "columns") {
		c := schema.Column{Name: anyName(t), Type: schema.Type{Kind: rapid.SampledFrom([]schema.Kind{schema.Int64, schema.String, schema.Unknown}).Draw(t, "kind")},
			Declared: anyName(t), Default: anyName(t), Comment: anyName(t)}
		if _, twice := table.Column(c.Name); !twice {
			table.Columns = append(table.Columns, c)
		}
	}
	if rapid.Bool().Draw(t, "keyed") {
		table.Primary = &schema.Key{Columns: []string{table.Columns[0].Name}}
	}
	table.Unsupported = []schema.Object{{Kind: "trigger", Name: anyName(t), Why: anyName(t)}}
	return table
}

// Whatever names a database has: the files load, name exactly the tables and columns that are there, and say so of the rest.
func TestWhateverTheNamesTheFilesLoadAndNameTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tables []schema.Table
		for range rapid.IntRange(1, 4).Draw(t, "tables") {
			next := anyTable(t)
			if !slices.ContainsFunc(tables, func(o schema.Table) bool { return o.Ref == next.Ref }) {
				tables = append(tables, next)
			}
		}
		f := findings(tables...)
		f.Glob = rapid.Bool().Draw(t, "glob")
		files := written(t, f)
		if again := written(t, f); !cmp.Equal(files, again) {
			t.Fatalf("Files: two texts of the same findings:\n%s", cmp.Diff(files, again))
		}
		cfg := load(t, files)
		for _, m := range cfg.Mappings {
			if m.From.Table == "" {
				continue
			}
			i := slices.IndexFunc(tables, func(o schema.Table) bool { return o.Ref.Name == m.From.Table })
			if i < 0 || m.To.Table != m.From.Table {
				t.Fatalf("Files: mapping %s from %q to %q, which is no table", m.Address, m.From.Table, m.To.Table)
			}
			for _, field := range m.Fields {
				if c, ok := tables[i].Column(field.From); !ok || c.Type.Kind == schema.Unknown || field.Name != field.From {
					t.Fatalf("Files: field %q from %q of table %q", field.Name, field.From, m.From.Table)
				}
			}
		}
		if !f.Glob {
			missing := len(tables) - len(cfg.Mappings)
			if said := strings.Count(files[write.MappingsFile], " has no mapping:"); said < missing {
				t.Fatalf("Files: %d tables have no mapping, and %d are named:\n%s", missing, said, files[write.MappingsFile])
			}
		}
	})
}

func TestValuesAreWrittenAsHCL(t *testing.T) {
	for want, v := range map[string]write.Value{
		`"a\"b$${c}"`:         write.Text(`a"b${c}`),
		`12`:                  write.Number(12),
		`true`:                write.Flag(true),
		`["a", "b"]`:          write.Texts([]string{"a", "b"}),
		`secret("env://X_Y")`: write.Secret("env://X_Y"),
		`var.new_path`:        write.Variable("new_path"),
	} {
		if got := v.String(); got != want {
			t.Errorf("value: got %s, want %s", got, want)
		}
	}
	text, err := write.Blocks(write.System{Role: "source", Kind: "sqlite", Name: "s", Attributes: []write.Attribute{{Name: "path", Value: write.Text("x")}}}, nil)
	if err != nil || !bytes.Equal(text, []byte("source \"sqlite\" \"s\" {\n  path = \"x\"\n}\n")) {
		t.Errorf("Blocks: got %q and %v", text, err)
	}
}
