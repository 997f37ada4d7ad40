package resolve_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// staff is a mapping over all tables of three, with what is different for single ones.
func staff(overrides ...*lang.Override) *world {
	w := newWorld(album(), tableOf("hr.Staff", column("StaffId", schema.Int64), nullable(column("NiNumber", schema.String)), column("Name", schema.String)),
		tableOf("old.Staff", column("StaffId", schema.Int64)))
	w.add(&lang.Mapping{Name: "all", From: lang.From{Tables: []string{"*"}, Where: &lang.CEL{Text: "true"}}, To: lang.To{Names: "snake_case", Schema: "new"}, Overrides: overrides,
		Params: []lang.Param{{Name: "x", Type: schema.Type{Kind: schema.String}, Text: "v"}}})
	w.to.Modes = nil
	w.cfg.Mappings[0].From.Except = []string{"old.*"}
	return w
}

func TestAnOverrideChangesOneTableOfMany(t *testing.T) {
	w := staff(&lang.Override{Table: "hr.Staff", Where: &lang.CEL{Text: "src.StaffId > 1"}, Key: []string{"name"}, Fields: []*lang.Field{
		{Name: "ni_number", Drop: true}, {Name: "name", CEL: &lang.CEL{Text: "src.Name + param.x"}}, {Name: "added", From: "NiNumber"},
	}})
	got := map[string][]string{}
	for _, m := range w.must(t) {
		d := m.Definition
		lines := []string{"where " + d.Where, "key " + strings.Join(d.Key, ",")}
		for _, f := range d.Fields {
			lines = append(lines, f.Name+" = "+f.CEL)
		}
		got[m.Address] = lines
	}
	want := map[string][]string{
		`mapping.all["Album"]`:    {"where true", "key album_id", `album_id = src["AlbumId"]`, `title = src["Title"]`},
		`mapping.all["hr.Staff"]`: {"where src.StaffId > 1", "key name", `staff_id = src["StaffId"]`, "name = src.Name + param.x", `added = src["NiNumber"]`},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("definitions (-want +got):\n%s", d)
	}
}

func TestAnOverrideThatMeansNothingIsRefused(t *testing.T) {
	drop := func(name string) *lang.Override {
		return &lang.Override{Table: "hr.Staff", Fields: []*lang.Field{{Name: name, Drop: true}}}
	}
	for name, c := range map[string]struct {
		overrides  []*lang.Override
		except     bool
		code, part string
	}{
		"a table that is not there":    {[]*lang.Override{{Table: "hr.Staf"}}, true, "unknown-table", `Did you mean "hr.Staff"?`},
		"a table that is excepted":     {[]*lang.Override{{Table: "old.Staff"}}, true, "unknown-table", "None of the tables that this mapping reads"},
		"a bare name of two":           {[]*lang.Override{{Table: "Staff"}}, false, "ambiguous-table", "hr.Staff and of old.Staff"},
		"one table under two names":    {[]*lang.Override{{Table: "Staff"}, {Table: "hr.Staff"}}, true, "duplicate-name", "hr.Staff has an override"},
		"a field to drop that is none": {[]*lang.Override{drop("ni_numbr")}, true, "unknown-field", `Did you mean "ni_number"?`},
		"a name that the source uses":  {[]*lang.Override{drop("NiNumber")}, true, "unknown-field", "none to drop"},
		"a field of a column not there": {[]*lang.Override{{Table: "hr.Staff", Fields: []*lang.Field{{Name: "x", From: "Nme"}}}}, true, "unknown-column",
			`Did you mean "Name"?`},
	} {
		w := staff(c.overrides...)
		if !c.except {
			w.cfg.Mappings[0].From.Except, w.cfg.Mappings[0].To.Names = []string{"Album"}, "keep"
			w.from.Catalog.Tables[2].Ref.Name = "Staff"
		}
		_, diags := w.resolve()
		i := 0
		for ; i < len(diags); i++ {
			if diags[i].Code == c.code && strings.Contains(diags[i].Detail, c.part) {
				break
			}
		}
		if i == len(diags) {
			t.Errorf("%s: got %v, want %s with %q", name, diags, c.code, c.part)
		}
	}
}

func TestAFieldOfAMappingOverManyTablesBelongsIntoAnOverride(t *testing.T) {
	w := staff()
	w.cfg.Mappings[0].Fields = []*lang.Field{{Name: "name", From: "Name", Range: diag.Range{File: "main.miq.hcl", Start: diag.Pos{Line: 9, Column: 3}}}}
	_, diags := w.resolve()
	if len(diags) != 1 || diags[0].Code != "conflicting-attributes" || !strings.Contains(diags[0].Detail, "override \"TABLE\" {}") || diags[0].Subject == nil || diags[0].Subject.Start.Line != 9 {
		t.Errorf("got %v, want one conflicting-attributes at line 9 that names the block override", diags)
	}
	w = staff(&lang.Override{Table: "hr.Staff", Fields: []*lang.Field{{Name: "name", From: "Name"}}})
	w.must(t) // what the message says to do
}

func TestAMappingSeesTheLookupsOfItsModuleAlone(t *testing.T) {
	w := newWorld(album())
	for _, module := range []string{"", `module.m["a"]`, `module.m["b"]`} {
		w.cfg.Lookups = append(w.cfg.Lookups, &lang.Lookup{Name: "sex", Module: module, Values: []lang.Pair{{Key: "1", Value: module}}, Default: "null"})
	}
	w.cfg.Lookups = append(w.cfg.Lookups, &lang.Lookup{Name: "own", Module: `module.m["a"]`, Default: "null"})
	for table, module := range map[string]string{"x": "", "y": `module.m["a"]`, "z": `module.m["b"]`} {
		m := w.simple(table, "Album", table)
		m.Module, m.Fields = module, []*lang.Field{{Name: "f", CEL: &lang.CEL{Text: "lookup.sex['1']"}}}
	}
	for _, m := range w.must(t) {
		l := m.Definition.Lookups
		if len(l) != 1 || l[0].Module != m.Config.Module || l[0].Values[0][1] != m.Config.Module || m.Lookups[0].Module != m.Config.Module {
			t.Errorf("lookups of %s in %q: got %+v", m.Address, m.Config.Module, l)
		}
	}
	w.cfg.Mappings[0].Fields[0].CEL.Text = "lookup.own['1']"
	w.cfg.Mappings[0].Module = ""
	if _, diags := w.resolve(); !diags.HasErrors() {
		t.Error("a lookup of another module: got no error")
	}
}

func TestDependsOnNamesATableThatIsThere(t *testing.T) {
	for dependency, part := range map[string]string{
		`mapping.all["hr.Staff"]`: "", "mapping.all": "", `mapping.all["hr.Staf"]`: `Did you mean "mapping.all["hr.Staff"]"?`,
	} {
		w := staff()
		m := w.simple("album", "Album", "album")
		m.DependsOn, m.DependsRange = []string{dependency}, diag.Range{File: "main.miq.hcl"}
		_, diags := w.resolve()
		if got := diags.HasErrors(); got != (part != "") || got && (diags[0].Code != "unknown-mapping" || !strings.Contains(diags[0].Detail, part)) {
			t.Errorf("depends_on %s: got %v, want %q", dependency, diags, part)
		}
	}
}
