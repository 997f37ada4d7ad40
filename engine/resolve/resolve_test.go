package resolve_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	source = "source.sqlite.shop"
	target = "target.postgres.new"
)

// world is one source, one target and the mappings between them. The target keeps strings of any length only.
type world struct {
	cfg      *lang.Config
	from, to *resolve.System
}

func newWorld(tables ...schema.Table) *world {
	w := &world{cfg: &lang.Config{Systems: []*lang.System{{Address: source, Role: "source", Kind: "sqlite"}, {Address: target, Role: "target", Kind: "postgres"}}}}
	w.from = &resolve.System{Config: w.cfg.Systems[0], Catalog: &schema.Catalog{Tables: tables}}
	w.to = &resolve.System{Config: w.cfg.Systems[1], Catalog: &schema.Catalog{}, Modes: []string{"upsert", "append", "replace"}}
	return w
}

func (w *world) add(m *lang.Mapping) *lang.Mapping {
	m.Address, m.From.Source, m.To.Target = "mapping."+m.Name, source, target
	w.cfg.Mappings = append(w.cfg.Mappings, m)
	return m
}

// simple is a mapping of one table with all its columns.
func (w *world) simple(name, from, to string) *lang.Mapping {
	return w.add(&lang.Mapping{Name: name, From: lang.From{Table: from}, To: lang.To{Table: to}})
}

func (w *world) resolve(rebuilt ...string) ([]*resolve.Mapping, diag.List) {
	return resolve.Mappings(w.cfg, map[string]*resolve.System{source: w.from, target: w.to}, resolve.Known{Rebuilt: rebuilt})
}

func (w *world) must(t *testing.T, rebuilt ...string) []*resolve.Mapping {
	t.Helper()
	all, diags := w.resolve(rebuilt...)
	if diags.HasErrors() {
		t.Fatal(diags.Err())
	}
	return all
}

func codes(diags diag.List) []string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Code)
	}
	return out
}

func column(name string, kind schema.Kind) schema.Column {
	return schema.Column{Name: name, Type: schema.Type{Kind: kind}}
}

func nullable(c schema.Column) schema.Column { c.Null = true; return c }

// tableOf has its first column as primary key.
func tableOf(name string, columns ...schema.Column) schema.Table {
	return schema.Table{Ref: resolve.ParseRef(name), Columns: columns, Primary: &schema.Key{Columns: []string{columns[0].Name}}}
}

func album() schema.Table {
	return tableOf("Album", column("AlbumId", schema.Int64), nullable(column("Title", schema.String)))
}

func TestSnakeCase(t *testing.T) {
	for in, want := range map[string]string{
		"AlbumId":       "album_id",
		"album_id":      "album_id",
		"Album":         "album",
		"ALBUM":         "album",
		"ALBUM_ID":      "album_id",
		"HTTPServer":    "http_server",
		"getHTTPServer": "get_http_server",
		"userID":        "user_id",
		"IDNumber":      "id_number",
		"Address2Line":  "address2_line",
		"Invoice Line":  "invoice_line",
		"Invoice line":  "invoice_line",
		"invoice-line":  "invoice_line",
		"Invoice-Line":  "invoice_line",
		"Invoice.Line":  "invoice_line",
		"Invoice_Line":  "invoice_line",
		"ÄrzteListe":    "ärzte_liste",
		"x":             "x",
		"":              "",
	} {
		if got := resolve.SnakeCase(in); got != want {
			t.Errorf("SnakeCase(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestParseRef(t *testing.T) {
	for in, want := range map[string]schema.Ref{
		"album":       {Name: "album"},
		"music.album": {Schema: "music", Name: "album"},
		"a.b.c":       {Schema: "a", Name: "b.c"},
	} {
		if got := resolve.ParseRef(in); got != want {
			t.Errorf("ParseRef(%q): got %+v, want %+v", in, got, want)
		}
	}
}

func TestGlobsChooseTables(t *testing.T) {
	for name, c := range map[string]struct {
		tables, except []string
		want           string
	}{
		"all":                               {[]string{"*"}, nil, "Album Customer dbo.Album dbo.Track"},
		"a prefix":                          {[]string{"Al*"}, nil, "Album dbo.Album"},
		"letters in their own case":         {[]string{"al*"}, nil, ""},
		"one exact name":                    {[]string{"Customer"}, nil, "Customer"},
		"one exact name with its schema":    {[]string{"dbo.Track"}, nil, "dbo.Track"},
		"a schema":                          {[]string{"dbo.*"}, nil, "dbo.Album dbo.Track"},
		"one of several letters":            {[]string{"[AC]*"}, nil, "Album Customer dbo.Album"},
		"any one letter":                    {[]string{"Trac?"}, nil, "dbo.Track"},
		"two globs that meet":               {[]string{"Al*", "*bum"}, nil, "Album dbo.Album"},
		"a glob of alternatives":            {[]string{"{Album,Nothing}"}, nil, "Album dbo.Album"},
		"all but some":                      {[]string{"*"}, []string{"*Track", "Customer"}, "Album dbo.Album"},
		"all but those of a schema":         {[]string{"*"}, []string{"dbo.*"}, "Album Customer"},
		"a name that no glob can stand for": {[]string{"[A"}, nil, ""},
	} {
		w := newWorld(album(), tableOf("Customer", column("Id", schema.Int64)), tableOf("dbo.Album", column("Id", schema.Int64)), tableOf("dbo.Track", column("Id", schema.Int64)))
		w.to.Modes = nil
		w.add(&lang.Mapping{Name: "all", From: lang.From{Tables: c.tables, Except: c.except}, To: lang.To{Names: "keep"}})
		all, diags := w.resolve()
		var got []string
		for _, m := range all {
			got = append(got, m.Source.Ref.String())
		}
		// two tables of one name go to one place: the second is refused, and is told here by its message
		for _, d := range diags {
			if d.Code == "table-has-two-mappings" && strings.Contains(d.Detail, `"dbo.Album"`) {
				got = append(got, "dbo.Album")
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: got %q, want %q", name, text, c.want)
		}
		if c.want == "" && !slices.Contains(codes(diags), "no-table-matches") {
			t.Errorf("%s: got %v, want no-table-matches", name, codes(diags))
		}
	}
}

func TestInstancesOfAGlobHaveAddressesNamesAndSchemas(t *testing.T) {
	w := newWorld(tableOf("InvoiceLine", column("InvoiceLineId", schema.Int64)), album())
	w.add(&lang.Mapping{Name: "all", From: lang.From{Tables: []string{"*"}}, To: lang.To{Names: "snake_case", Schema: "music"}})
	var got []string
	for _, m := range w.must(t) {
		got = append(got, m.Address+" "+m.Definition.TargetTable.String()+" "+m.Definition.Fields[0].Name)
	}
	want := []string{`mapping.all["Album"] music.album album_id`, `mapping.all["InvoiceLine"] music.invoice_line invoice_line_id`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
}

func TestATableThatIsBuiltAnewHasTheColumnsOfItsMapping(t *testing.T) {
	w := newWorld(album())
	w.to.Catalog.Tables = []schema.Table{tableOf("album", column("AlbumId", schema.Int32), column("Must", schema.String))}
	w.simple("album", "Album", "album")
	if _, diags := w.resolve(); !slices.Equal(codes(diags), []string{"unknown-target-column", "column-not-filled"}) {
		t.Errorf("beside the standing table: got %v, want unknown-target-column and column-not-filled", codes(diags))
	}
	m := w.must(t, "mapping.album")[0]
	if m.Standing == nil || !m.Rebuilt || len(m.Table.Columns) != 2 || m.Table.Columns[0].Type.Kind != schema.Int64 {
		t.Errorf("built anew: got %+v, want the mapping's columns and the standing table", m.Table)
	}
}

// A standing table's own keys count, not those it would have been made with.
func TestAForeignKeyToAStandingTableNeedsItsKey(t *testing.T) {
	track := tableOf("Track", column("TrackId", schema.Int64), column("AlbumId", schema.Int64))
	track.Foreign = []schema.ForeignKey{{Columns: []string{"AlbumId"}, Parent: schema.Ref{Name: "Album"}, Key: []string{"AlbumId"}}}
	for name, c := range map[string]struct {
		key     *schema.Key
		rebuilt []string
		want    int
	}{
		"with the key":              {&schema.Key{Columns: []string{"AlbumId"}}, nil, 1},
		"without it":                {nil, nil, 0},
		"without it, to be rebuilt": {nil, []string{"mapping.album"}, 1},
	} {
		w := newWorld(album(), track)
		standing := album()
		standing.Ref.Name, standing.Primary = "album", c.key
		w.to.Catalog.Tables = []schema.Table{standing}
		w.simple("album", "Album", "album")
		w.simple("track", "Track", "track")
		m := w.must(t, c.rebuilt...)[1]
		if got := len(m.Table.Foreign); got != c.want || len(m.Unsupported) != 1-c.want {
			t.Errorf("%s: got %d foreign keys and unsupported %v, want %d", name, got, m.Unsupported, c.want)
		}
	}
}

func TestMistakesHaveTheirCodes(t *testing.T) {
	cel := func(text string) *lang.CEL { return &lang.CEL{Text: text} }
	field := func(f lang.Field) []*lang.Field {
		if f.OnRowError == "" {
			f.OnRowError = "fail"
		}
		return []*lang.Field{{Name: "AlbumId", From: "AlbumId", OnRowError: "fail"}, &f}
	}
	no := false
	standing := func(columns ...schema.Column) func(*world, *lang.Mapping) {
		return func(w *world, _ *lang.Mapping) {
			w.to.Catalog.Tables = []schema.Table{tableOf("album", append([]schema.Column{column("AlbumId", schema.Int64)}, columns...)...)}
		}
	}
	fields := func(f lang.Field) func(*world, *lang.Mapping) {
		return func(_ *world, m *lang.Mapping) { m.Fields = field(f) }
	}
	cursor := func(c lang.Cursor, classify ...string) func(*world, *lang.Mapping) {
		return func(w *world, _ *lang.Mapping) {
			facts := &lang.TableFacts{Name: "Album", Cursor: &c}
			if classify != nil {
				facts.Columns = []*lang.ColumnFacts{{Name: c.Column, Classify: classify}}
			}
			w.cfg.Systems[0].Tables = []*lang.TableFacts{facts}
		}
	}
	generated := nullable(column("Title", schema.String))
	generated.Generated = true
	keyField := func(_ *world, m *lang.Mapping) {
		m.To.Key, m.Fields = []string{"id"}, []*lang.Field{{Name: "id", From: "AlbumNr"}}
	}
	for name, c := range map[string]struct {
		change func(*world, *lang.Mapping)
		want   string
	}{
		"no mistake":                             {func(*world, *lang.Mapping) {}, ""},
		"a table that is not there":              {func(_ *world, m *lang.Mapping) { m.From.Table = "Albun" }, "unknown-table"},
		"two mappings for one table":             {func(w *world, _ *lang.Mapping) { w.simple("again", "Album", "album") }, "table-has-two-mappings"},
		"a column that is not there":             {fields(lang.Field{Name: "t", From: "Titel"}), "unknown-column"},
		"an expression's column not there":       {fields(lang.Field{Name: "t", CEL: cel("src.Titel")}), "unknown-column"},
		"two fields of one name":                 {fields(lang.Field{Name: "AlbumId", From: "Title"}), "duplicate-field"},
		"a key that is no field":                 {func(_ *world, m *lang.Mapping) { m.To.Key = []string{"Code"} }, "unknown-key"},
		"a key field that has an error":          {keyField, "unknown-column"}, // and none that says there is no such field
		"no cast":                                {fields(lang.Field{Name: "t", From: "Title", Type: &schema.Type{Kind: schema.Date}}), "no-cast"},
		"null where the field says none":         {fields(lang.Field{Name: "t", From: "Title", Null: &no}), "null-into-not-null"},
		"null into a standing column":            {standing(column("Title", schema.String)), "null-into-not-null"},
		"a standing table without the column":    {standing(), "unknown-target-column"},
		"a standing column that is computed":     {standing(generated), "generated-column"},
		"a standing column of an unknown type":   {standing(nullable(column("Title", schema.Unknown))), "unknown-type"},
		"a standing column that nobody fills":    {standing(nullable(column("Title", schema.String)), column("Must", schema.String)), "column-not-filled"},
		"a source column of an unknown type":     {func(w *world, _ *lang.Mapping) { w.from.Catalog.Tables[0].Columns[1].Type.Kind = schema.Unknown }, "unknown-type"},
		"upsert without a key":                   {func(w *world, m *lang.Mapping) { w.from.Catalog.Tables[0].Primary = nil; m.To.Mode = "upsert" }, "upsert-needs-key"},
		"a mode that the target cannot do":       {func(w *world, m *lang.Mapping) { w.to.Modes = []string{"append"}; m.To.Mode = "upsert" }, "mode-not-possible"},
		"reconcile names no field":               {func(_ *world, m *lang.Mapping) { m.Reconcile.Columns = []string{"Titel"} }, "unknown-field"},
		"a cursor on a column not there":         {cursor(lang.Cursor{Column: "Nr", Kind: "sequence"}), "unknown-column"},
		"a cursor that may be null":              {cursor(lang.Cursor{Column: "Title", Kind: "sequence"}), "cursor-null"},
		"a cursor of time on a number":           {cursor(lang.Cursor{Column: "AlbumId", Kind: "timestamp"}), "cursor-type"},
		"a cursor on a classified column":        {cursor(lang.Cursor{Column: "AlbumId", Kind: "sequence"}, "nhs_number"), "cursor-classified"},
		"an integer into fewer digits, unproven": {fields(lang.Field{Name: "t", CEL: cel("src.AlbumId"), Type: &schema.Type{Kind: schema.Int16}}), ""},
	} {
		w := newWorld(album())
		c.change(w, w.simple("album", "Album", "album"))
		_, diags := w.resolve()
		if got := strings.Join(codes(diags), " "); got != c.want {
			t.Errorf("%s: got %q, want %q: %v", name, got, c.want, diags.Err())
		}
	}
}

func TestTheKeyIsTheSourcesWhereItPasses(t *testing.T) {
	for name, c := range map[string]struct {
		fields   []*lang.Field
		key      []string
		want     []string
		isSource bool
		mode     string
	}{
		"all columns":                 {nil, nil, []string{"AlbumId"}, true, "upsert"},
		"the key under another name":  {[]*lang.Field{{Name: "id", From: "AlbumId"}}, nil, []string{"id"}, true, "upsert"},
		"the key does not pass":       {[]*lang.Field{{Name: "id", CEL: &lang.CEL{Text: "src.AlbumId + 1"}}}, nil, []string{}, false, "append"},
		"another key that is written": {[]*lang.Field{{Name: "id", CEL: &lang.CEL{Text: "src.AlbumId + 1"}}}, []string{"id"}, []string{"id"}, false, "upsert"},
	} {
		w := newWorld(album())
		m := w.simple("album", "Album", "album")
		m.Fields, m.To.Key = c.fields, c.key
		d := w.must(t)[0].Definition
		if !slices.Equal(d.Key, c.want) || d.KeyIsSource != c.isSource || d.Mode != c.mode {
			t.Errorf("%s: got key %v, the source's: %t, mode %s; want %v, %t, %s", name, d.Key, d.KeyIsSource, d.Mode, c.want, c.isSource, c.mode)
		}
	}
}

func TestClassesComeFromFieldsAndTheColumnsTheyRead(t *testing.T) {
	w := newWorld(album())
	w.cfg.Systems[0].Tables = []*lang.TableFacts{{Name: "Album", Columns: []*lang.ColumnFacts{{Name: "Title", Classify: []string{"personal.name", "b"}}}}}
	w.simple("album", "Album", "album").Fields = []*lang.Field{
		{Name: "id", From: "AlbumId"}, {Name: "title", From: "Title", Classify: []string{"b", "a"}},
		{Name: "both", CEL: &lang.CEL{Text: "coalesce(src.Title, 'y')"}, Classify: []string{}},
	}
	var got [][]string
	for _, f := range w.must(t)[0].Definition.Fields {
		got = append(got, f.Classes)
	}
	want := [][]string{{}, {"a", "b", "personal.name"}, {"b", "personal.name"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
}

func TestWhatNobodyReadsIsNotMapped(t *testing.T) {
	w := newWorld(album())
	w.simple("album", "Album", "album").Fields = []*lang.Field{{Name: "t", From: "Title"}}
	m := w.must(t)[0]
	if diff := cmp.Diff([]string{}, m.NotMapped); diff != "" {
		t.Errorf("the source's key is always read (-want +got):\n%s", diff)
	}
	w = newWorld(album())
	w.simple("album", "Album", "album").Fields = []*lang.Field{{Name: "id", From: "AlbumId"}}
	m = w.must(t)[0]
	if diff := cmp.Diff([]string{"Title"}, m.NotMapped); diff != "" {
		t.Errorf("a column without a field (-want +got):\n%s", diff)
	}
	if got := len(m.Definition.Read); got != 1 {
		t.Errorf("got %d columns read, want 1", got)
	}
	if m.Definition.Fields[0].Fidelity.Verdict != plan.Exact {
		t.Errorf("got the verdict %s, want exact", m.Definition.Fields[0].Fidelity.Verdict)
	}
}
