package planner_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

// Every archive of testdata/changes is a change that the tests of the engine carry out on databases. Here it is planned
// from facts alone: the tables of the source are those of source.sql, state is what the runs before left, answers is what
// would be measured, and actions is what the plan has to say; want is the plan for a target that alters columns in place.
func TestTheTableOfChangesIsPlannedWithoutADatabase(t *testing.T) {
	names, err := filepath.Glob("testdata/changes/*.txtar")
	if err != nil || len(names) < 60 {
		t.Fatalf("the table holds %d changes, want 60 or more: %v", len(names), err)
	}
	orders := map[string]schema.Order{
		"postgres": {Schemas: true, Analyze: true, Alters: true},
		"sqlite":   {KeysWithTable: true, ForeignWithTable: true},
	}
	for _, name := range names {
		for kind, order := range orders {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+kind, func(t *testing.T) {
				a, err := txtar.ParseFile(name)
				if err != nil {
					t.Fatal(err)
				}
				want := section(a, "actions")
				if own := section(a, "actions "+kind); own != "" {
					want = own
				}
				said, whole := plannedChange(t, a, order)
				if diff := cmp.Diff(want, said); diff != "" {
					t.Errorf("plan (-want +got):\n%s", diff)
				}
				if kind != "postgres" {
					return
				}
				if *update {
					keep(t, name, a, whole)
				}
				if diff := cmp.Diff(section(a, "want"), whole); diff != "" {
					t.Errorf("plan in full (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func plannedChange(t *testing.T, a *txtar.Archive, order schema.Order) (said, whole string) {
	t.Helper()
	last, now := "before", "before"
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "middle/") {
			last, now = "middle", "middle"
		}
	}
	if section(a, "after/main.miq.hcl")+section(a, "codes after") != "" {
		now = "after"
	}
	var flags []string
	for line := range strings.Lines(section(a, "expect")) {
		if rest, ok := strings.CutPrefix(line, "flags --replace="); ok {
			flags = append(flags, strings.TrimSpace(rest))
		}
	}
	f, diags := gathered(t, change{loaded(t, a, last, order), loaded(t, a, now, order), section(a, "state"), flags})
	if diags.HasErrors() {
		return codes(diags), found(diags)
	}
	have, unused := answers(t, f, section(a, "answers")+"otherwise = nothing differs\n")
	if unused = slices.DeleteFunc(unused, func(k string) bool { return k == "otherwise" }); len(unused) > 0 && order.Alters {
		t.Errorf("answers that nobody asked for: %v", unused)
	}
	p, diags := planner.Build(f, have)
	if p == nil {
		return codes(diags), found(diags)
	}
	sound(t, p)
	for _, m := range p.Mappings {
		for _, action := range m.Actions {
			said += m.Address + " " + inShort(action) + "\n"
		}
	}
	return said, found(diags) + shown(p)
}

func codes(diags diag.List) (out string) {
	for _, d := range diags {
		out += fmt.Sprintf("%s %s\n", d.Severity, d.Code)
	}
	return out
}

// inShort is an action as the section actions has it.
func inShort(a plan.Action) string {
	text := fmt.Sprintf("%s %s", a.Kind, a.Category)
	for _, r := range a.Reasons {
		text += " " + r.Code
	}
	if a.Lane != "" {
		text += fmt.Sprintf(" rows=%d", a.Rows)
		if !a.Exact {
			text += "?"
		}
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"removes", a.Removes}, {"gone", a.Gone}, {"conflicts", a.Left}, {"opened", a.Opened}, {"closed", a.Closed}} {
		if n.value != 0 {
			text += fmt.Sprintf(" %s=%d", n.name, n.value)
		}
	}
	return text
}

// loaded reads one stage of an archive into the world that the other tests of the planner have.
func loaded(t *testing.T, a *txtar.Archive, stage string, order schema.Order) *world {
	t.Helper()
	read := func(name string) ([]byte, error) {
		text := section(a, stage+"/"+filepath.Base(name))
		if text == "" {
			text = section(a, "before/"+filepath.Base(name))
		}
		return []byte(text), nil
	}
	cfg, diags := lang.Load("/folder", providers.NewSet(sqlite.New(), postgres.New()), lang.Options{ReadFile: read,
		ReadDir:  func(string) ([]string, error) { return []string{"main.miq.hcl"}, nil },
		ReadTree: func(string) ([]string, error) { return nil, nil }})
	if diags.HasErrors() {
		t.Fatalf("load: %v", diags.Err())
	}
	w := &world{cfg: cfg, refresh: true, sourceID: "shop-1", order: order, dependents: map[string][]schema.Object{}}
	text := section(a, "source.sql")
	if strings.Contains(section(a, stage+"/main.miq.hcl"), `"other.db"`) {
		w.sourceID, text = "shop-2", section(a, "other.sql")
	}
	w.from.Tables = tablesOf(text)
	for _, m := range cfg.Mappings {
		if m.From.Query != "" { // it gives the columns of the first table
			asked := tablesOf(text)[0]
			asked.Ref, asked.Query, asked.Primary = resolve.QueryRef(m.From), m.From.Query, nil
			w.from.Tables = append(w.from.Tables, asked)
		}
	}
	w.content = func(l *lang.Lookup) string {
		return fmt.Sprint(l.Values) + section(a, stage+"/codes.csv") + section(a, "codes "+stage)
	}
	return w
}

// tablesOf reads CREATE TABLE statements that have a column a line.
func tablesOf(script string) []schema.Table {
	kinds := map[string]schema.Kind{"INTEGER": schema.Int64, "TEXT": schema.String, "INT16": schema.Int16}
	var out []schema.Table
	for line := range strings.Lines(script) {
		words := strings.Fields(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(line))
		switch {
		case strings.HasPrefix(line, "CREATE TABLE"):
			out = append(out, schema.Table{Ref: schema.Ref{Name: words[2]}, Rows: -1, Bytes: -1})
		case !strings.HasPrefix(line, "  "):
		case words[0] == "PRIMARY":
			out[len(out)-1].Primary = &schema.Key{Columns: words[2:]}
		default:
			t := &out[len(out)-1]
			primary := strings.Contains(line, "PRIMARY KEY")
			t.Columns = append(t.Columns, schema.Column{Name: words[0], Type: schema.Type{Kind: kinds[words[1]]}, Null: !primary && !strings.Contains(line, "NOT NULL")})
			if primary {
				t.Primary = &schema.Key{Columns: words[:1]}
			}
			if i := slices.Index(words, "REFERENCES"); i > 0 {
				t.Foreign = append(t.Foreign, schema.ForeignKey{Columns: words[:1], Parent: schema.Ref{Name: words[i+1]}, Key: []string{words[i+2]}})
			}
		}
	}
	return out
}
