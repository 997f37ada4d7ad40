package module_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/lang/module"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func shop() module.Lock {
	elem := schema.Type{Kind: schema.Int32}
	return module.Lock{Systems: []module.System{
		{Address: "source.sqlite.shop", Catalog: schema.Catalog{Identity: "sqlite:1", Tables: []schema.Table{
			{Ref: schema.Ref{Schema: "main", Name: "Album"}, Primary: &schema.Key{Columns: []string{"AlbumId"}},
				Columns: []schema.Column{
					{Name: "AlbumId", Type: schema.Type{Kind: schema.Int64}, Declared: "INTEGER"},
					{Name: "Title <&>", Type: schema.Type{Kind: schema.String, Length: 160}, Null: true},
					{Name: "Tags", Type: schema.Type{Kind: schema.Array, Elem: &elem}},
				}},
			{Ref: schema.Ref{Schema: "main", Name: "Artist"}, Columns: []schema.Column{{Name: "Id", Type: schema.Type{Kind: schema.UUID}}}},
		}}},
		{Address: "target.postgres.scr", Catalog: schema.Catalog{Identity: "postgres:2"}},
	}}
}

func write(t *testing.T, dir string, l module.Lock) {
	t.Helper()
	if err := module.Write(dir, l); err != nil {
		t.Fatalf("Write: %v", err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop())
	got, found := module.Read(dir)
	if found != nil {
		t.Fatalf("Read: got findings %v, want none", found)
	}
	if d := cmp.Diff(shop(), got); d != "" {
		t.Errorf("Read (-want +got):\n%s", d)
	}
	if _, ok := got.Catalog("source.sqlite.shop"); !ok {
		t.Error("Catalog(source.sqlite.shop): got none")
	}
	if _, ok := got.Catalog("source.sqlite.other"); ok {
		t.Error("Catalog(source.sqlite.other): got one")
	}
}

func TestTheOrderOfSystemsAndTablesMeansNothing(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	l := shop()
	write(t, one, l)
	l.Systems[0], l.Systems[1] = l.Systems[1], l.Systems[0]
	tables := l.Systems[1].Catalog.Tables
	tables[0], tables[1] = tables[1], tables[0]
	write(t, other, l)
	for _, name := range []string{module.File, module.Folder + "/source.sqlite.shop.json"} {
		if d := cmp.Diff(read(t, one, name), read(t, other, name)); d != "" {
			t.Errorf("%s differs:\n%s", name, d)
		}
	}
}

func TestTheLockSaysWhatItIs(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop())
	got := read(t, dir, module.File)
	if !strings.HasPrefix(got, "# Written by") || strings.Count(got, "sha256:") != 2 {
		t.Errorf("lock file: got\n%s", got)
	}
}

func TestWithoutALockFileNothingIsFound(t *testing.T) {
	got, found := module.Read(t.TempDir())
	if found != nil || len(got.Systems) != 0 {
		t.Errorf("Read: got %v and %v, want nothing", got, found)
	}
}

func TestASchemaThatWasGivenUpIsRemoved(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop())
	write(t, dir, module.Lock{Systems: shop().Systems[1:]})
	if _, err := os.Stat(filepath.Join(dir, module.Folder, "source.sqlite.shop.json")); !os.IsNotExist(err) {
		t.Errorf("schema of the system that left: got %v, want none there", err)
	}
	if _, found := module.Read(dir); found != nil {
		t.Errorf("Read: got findings %v, want none", found)
	}
}

func TestWriteRefusesAnAddressThatLeadsOutOfTheFolder(t *testing.T) {
	err := module.Write(t.TempDir(), module.Lock{Systems: []module.System{{Address: "source./../../x.y"}}})
	if err == nil {
		t.Error("Write: got no error")
	}
}

func TestALockThatDoesNotAgreeIsAnError(t *testing.T) {
	schemaFile := module.Folder + "/source.sqlite.shop.json"
	for _, c := range []struct {
		name, file, old, new, want string
	}{
		{"a column edited by hand", schemaFile, "AlbumId", "AlbumID", "edited by hand"},
		{"a digest edited by hand", module.File, "sha256:", "sha256:0", "edited by hand"},
		{"a word that no schema has", schemaFile, `"identity"`, `"identities"`, "not a schema"},
		{"text behind the schema", schemaFile, "\n}\n", "\n}\n{}\n", "goes on"},
		{"text that is no JSON", schemaFile, "{", "", "not a schema"},
		{"text that is no HCL", module.File, "format", "format = =", "not HCL"},
		{"a later format", module.File, "= 1", "= 2", "format 1"},
		{"no format", module.File, "format = 1", "", "does not say its format"},
		{"another block", module.File, `schema "source`, `module "source`, "blocks schema"},
		{"a name that leads elsewhere", module.File, "source.sqlite.shop", "source.sqlite./../x", "blocks schema"},
		{"a system twice", module.File, "target.postgres.scr", "source.sqlite.shop", "twice"},
		{"no digest", module.File, "  digest", "  hash", "no digest"},
		{"another attribute", module.File, "format = 1", "format = 1\nother = 2", "no place"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, shop())
			path := filepath.Join(dir, c.file)
			if err := os.WriteFile(path, []byte(strings.Replace(read(t, path), c.old, c.new, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			_, found := module.Read(dir)
			if len(found) != 1 || found[0].Code != "lock-damaged" || !strings.Contains(found[0].Detail, c.want) {
				t.Errorf("Read: got %v, want one finding lock-damaged with %q", found, c.want)
			}
		})
	}
	t.Run("a schema that is not there", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, shop())
		if err := os.Remove(filepath.Join(dir, schemaFile)); err != nil {
			t.Fatal(err)
		}
		got, found := module.Read(dir)
		if len(found) != 1 || !strings.Contains(found[0].Detail, "is not there") || len(got.Systems) != 1 {
			t.Errorf("Read: got %v and %d systems, want one finding and the other system", found, len(got.Systems))
		}
	})
}

func TestSchemasOfInstancesAndModulesHaveFilesOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	var lock module.Lock
	for _, address := range []string{
		`module.x.source.sqlite.shop`, `module.x["a/b.c"].module.y.target.postgres.scr["\"\\"]`,
		`source.sqlite.shop["A"]`, `source.sqlite.shop["a"]`, `source.sqlite.shop["ä ${x}"]`,
	} {
		lock.Systems = append(lock.Systems, module.System{Address: address, Catalog: schema.Catalog{Identity: address}})
	}
	write(t, dir, lock)
	got, found := module.Read(dir)
	if found != nil {
		t.Fatalf("Read: got findings %v, want none", found)
	}
	if d := cmp.Diff(lock, got); d != "" {
		t.Errorf("Read (-want +got):\n%s", d)
	}
	entries, err := os.ReadDir(filepath.Join(dir, module.Folder))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		seen[strings.ToLower(e.Name())] = true
		if strings.ContainsAny(e.Name(), "/\\:\"[]$ ") {
			t.Errorf("file %q: got a name that some systems cannot hold", e.Name())
		}
	}
	if len(seen) != len(lock.Systems) {
		t.Errorf("files: got %d that differ without capitals, want %d", len(seen), len(lock.Systems))
	}
	write(t, dir, module.Lock{})
	if entries, err = os.ReadDir(filepath.Join(dir, module.Folder)); err != nil || len(entries) != 0 {
		t.Errorf("files after an empty lock: got %v and %v, want none", entries, err)
	}
}
