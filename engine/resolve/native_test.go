package resolve_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func named(k schema.Kind, name string) schema.Type { return schema.Type{Kind: k, Native: name} }

// natives is a table with types of their own, from one system to one of the same product or of another.
func natives(product string) *world {
	inet := named(schema.Native, "inet")
	w := newWorld(tableOf("t", column("id", schema.Int64),
		schema.Column{Name: "doc", Type: named(schema.JSON, "jsonb")}, schema.Column{Name: "ip", Type: inet},
		schema.Column{Name: "ips", Type: schema.Type{Kind: schema.Array, Elem: &inet}},
		schema.Column{Name: "code", Type: schema.Type{Kind: schema.String, Length: 3, Native: "character(3)"}},
		schema.Column{Name: "mood", Type: schema.Type{Kind: schema.Enum, Values: []string{"sad", "happy"}, Native: "public.mood"}}))
	w.from.Product, w.to.Product = "postgres", product
	w.simple("t", "t", "t")
	return w
}

func TestTypesKeepTheirNamesInOneProductOnly(t *testing.T) {
	for product, want := range map[string]string{
		"postgres": `int64 native("jsonb") native("inet") array(native("inet")) native("character(3)") native("public.mood")`,
		"other":    `int64 json string array(string) string(3) enum("sad", "happy")`,
	} {
		w := natives(product)
		w.to.Place = func(t schema.Type) (schema.Type, error) { return t, nil }
		d := w.must(t)[0].Definition
		var values, columns, read []string
		for i, f := range d.Fields {
			values, columns, read = append(values, f.Value.String()), append(columns, f.Column.Type.String()), append(read, d.Read[i].Type.String())
			if f.Fidelity.Verdict != plan.Exact {
				t.Errorf("%s, field %s: got %s, want exact", product, f.Name, f.Fidelity.Verdict)
			}
		}
		if strings.Join(values, " ") != want || strings.Join(columns, " ") != want {
			t.Errorf("%s: got values of %s in columns of %s, want %s in both", product, values, columns, want)
		}
		if !strings.Contains(strings.Join(read, " "), `array(native("inet"))`) {
			t.Errorf("%s: got a reading of %s, want the source's own types", product, read)
		}
	}
}

func TestAKindOfBlockStandsForAProductThatIsNotKnown(t *testing.T) {
	w := natives("")
	w.from.Product = ""
	if got := w.must(t)[0].Definition.Fields[2].Value; got.Native != "" { // sqlite to postgres, by their blocks
		t.Errorf("got %s, want no name", got)
	}
	w.cfg.Systems[0].Kind = "postgres"
	if got := w.must(t)[0].Definition.Fields[2].Value; got.Native != "inet" {
		t.Errorf("got %s, want inet", got)
	}
}

func TestATypeOfTheTargetIsResolvedByIt(t *testing.T) {
	w := newWorld(album())
	m := w.simple("album", "Album", "album")
	citext := named(schema.Native, "citext")
	m.Fields = []*lang.Field{{Name: "AlbumId", From: "AlbumId"}, {Name: "Title", From: "Title", Type: &citext}}
	w.to.Place = func(t schema.Type) (schema.Type, error) {
		switch t.Native {
		case "citext":
			return named(schema.String, "public.citext"), nil
		case "nothing":
			return t, errors.New("there is no type nothing")
		}
		return t, nil
	}
	f := w.must(t)[0].Definition.Fields[1]
	if want := named(schema.String, "public.citext"); !f.Column.Type.Equal(want) || f.Fidelity.Verdict != plan.Exact {
		t.Errorf("got %s, %s, want %s, exact", f.Column.Type, f.Fidelity.Verdict, want)
	}
	citext.Native = "nothing"
	if _, diags := w.resolve(); strings.Join(codes(diags), " ") != "no-such-type" {
		t.Errorf("a type that is not there: got %v, want no-such-type", diags.Err())
	}
}

func TestATypeWithoutANameLeavesTheNameOpen(t *testing.T) {
	for _, c := range []struct {
		says, stands schema.Type
		want         string
	}{
		{schema.Type{Kind: schema.JSON}, named(schema.JSON, "jsonb"), ""},
		{named(schema.JSON, "jsonb"), named(schema.JSON, "jsonb"), ""},
		{named(schema.JSON, "jsonb"), schema.Type{Kind: schema.JSON}, "type-differs"},
		{schema.Type{Kind: schema.String}, named(schema.String, "public.citext"), ""},
		{schema.Type{Kind: schema.String}, named(schema.Native, "inet"), "type-differs"},
		{schema.Type{Kind: schema.String, Length: 3}, schema.Type{Kind: schema.String, Length: 5, Native: "character(5)"}, "type-differs"},
	} {
		w := newWorld(album())
		m := w.simple("album", "Album", "album")
		m.Fields = []*lang.Field{{Name: "AlbumId", From: "AlbumId"}, {Name: "x", From: "Title", Type: &c.says}}
		w.to.Catalog.Tables = []schema.Table{tableOf("album", column("AlbumId", schema.Int64), schema.Column{Name: "x", Type: c.stands, Null: true})}
		if _, diags := w.resolve(); strings.Join(codes(diags), " ") != c.want {
			t.Errorf("%s where %s stands: got %v, want %q", c.says, c.stands, diags.Err(), c.want)
		}
	}
}

func TestAKeyThatTheTargetWouldMergeIsNotTheSources(t *testing.T) {
	citext, inet, char := named(schema.String, "public.citext"), named(schema.Native, "inet"), schema.Type{Kind: schema.String, Length: 3, Native: "character(3)"}
	text := schema.Type{Kind: schema.String}
	code := named(schema.String, "public.code") // a domain, of another type in each database
	folded := code
	folded.Base = "public.citext"
	for _, c := range []struct {
		from, to schema.Type
		isSource bool
		want     string
	}{
		{text, text, true, ""},
		{citext, citext, true, ""},
		{citext, text, true, ""},
		{text, citext, false, "key-merges"},
		{inet, inet, true, ""},
		{inet, text, true, ""},
		{text, inet, false, "key-merges"},
		{text, schema.Type{Kind: schema.UUID}, false, ""},
		{text, schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: schema.Int32}}, false, ""},
		{char, char, true, ""},
		{text, char, false, ""}, // filled up before the target sees it, so equal keys are found
		{named(schema.JSON, "jsonb"), named(schema.JSON, "jsonb"), true, ""},
		{schema.Type{Kind: schema.JSON}, named(schema.JSON, "jsonb"), false, "key-merges"},
		{code, code, true, ""},
		{folded, folded, true, ""},
		{code, folded, false, "key-merges"},
		{text, folded, false, "key-merges"},
	} {
		w := newWorld(tableOf("t", schema.Column{Name: "k", Type: c.from}))
		w.from.Product, w.to.Product = "postgres", "postgres"
		w.from.Catalog.Tables[0].Primary = &schema.Key{Columns: []string{"k"}}
		w.simple("t", "t", "t")
		w.to.Catalog.Tables = []schema.Table{tableOf("t", schema.Column{Name: "k", Type: c.to})}
		all, diags := w.resolve()
		if got := strings.Join(codes(diags), " "); got != c.want {
			t.Errorf("%s into %s: got %v, want %q", c.from, c.to, diags.Err(), c.want)
		}
		if c.want == "" && (len(all) != 1 || all[0].Definition.KeyIsSource != c.isSource) {
			t.Errorf("%s into %s: got %v, want a key that is the source's: %t", c.from, c.to, all, c.isSource)
		}
	}
}

func TestAKeyByACollationThatFoldsIsTheSourcesOnlyByTheSameOne(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""}, {"public.nocase", "public.nocase", ""}, {"public.nocase", "", ""},
		{"", "public.nocase", "key-merges"}, {"public.noaccent", "public.nocase", "key-merges"},
	} {
		text := schema.Type{Kind: schema.String}
		w := newWorld(tableOf("t", schema.Column{Name: "k", Type: text, Folds: c.from}))
		w.from.Product, w.to.Product = "postgres", "postgres"
		w.from.Catalog.Tables[0].Primary = &schema.Key{Columns: []string{"k"}}
		w.simple("t", "t", "t")
		w.to.Catalog.Tables = []schema.Table{tableOf("t", schema.Column{Name: "k", Type: text, Folds: c.to})}
		if _, diags := w.resolve(); strings.Join(codes(diags), " ") != c.want {
			t.Errorf("collation %q into %q: got %v, want %q", c.from, c.to, diags.Err(), c.want)
		}
	}
}
