package lang_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// ends is a source and a target for mappings to name.
const ends = `
source "sqlite" "shop" { path = "shop.db" }
target "postgres" "scr" { url = secret("env://SCR_URL") }
`

// wrap puts text into a mapping of one table.
func wrap(text string) string {
	return ends + `mapping "m" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "public.a"
  }
` + text + "\n}\n"
}

// load reads a folder that has to be right.
func load(t *testing.T, f folder, change ...func(*lang.Options)) *lang.Config {
	t.Helper()
	opt := f.options()
	for _, c := range change {
		c(&opt)
	}
	cfg, found := lang.Load(root, fakes(), opt)
	for _, d := range append(found, cfg.NotYet...) {
		t.Errorf("Load: %s", shown(d))
	}
	return cfg
}

func one(text string) folder { return folder{"main.miq.hcl": text} }

func TestAWholeMappingIsReadAsItIsWritten(t *testing.T) {
	cfg := load(t, one(wrap(`
  params = { trust = "RVH", limit = 3, rate = 0.10, on = true, codes = ["a", "<b>"], mixed = [1, 2.5], big = 9223372036854775808 }
  tags   = ["x"]
  field "id" { from = "ID" }
  field "name" {
    cel           = "text.title(src.NAME)"
    type          = string(10)
    null          = true
    expect        = "out == null || out != ''"
    on_row_error  = "quarantine"
    allow_lossy   = "truncate"
    classify      = ["personal.name"]
    purpose       = ["direct_care"]
    justification = "why"
  }
  field "gone" { drop = true }
  check "c" {
    expect   = "agg.count() > 0"
    severity = "warn"
    message  = "no rows"
  }
  reconcile { columns = ["id"] }
  lifecycle {
    max_rejects     = "0.1%"
    max_row_drift   = 12
    on_target_drift = "ignore"
  }
`)))
	yes := true
	want := &lang.Mapping{
		Name: "m", Block: "mapping.m", Address: "mapping.m", Tags: []string{"x"},
		From: lang.From{Source: "source.sqlite.shop", Table: "a"},
		To:   lang.To{Target: "target.postgres.scr", Table: "public.a", Names: "keep"},
		Params: []lang.Param{
			{Name: "big", Type: schema.Type{Kind: schema.Decimal}, Text: "9223372036854775808"},
			{Name: "codes", Type: array(schema.String), Text: `["a","<b>"]`},
			{Name: "limit", Type: schema.Type{Kind: schema.Int64}, Text: "3"},
			{Name: "mixed", Type: array(schema.Decimal), Text: `["1","2.5"]`},
			{Name: "on", Type: schema.Type{Kind: schema.Bool}, Text: "true"},
			{Name: "rate", Type: schema.Type{Kind: schema.Decimal}, Text: "0.1"},
			{Name: "trust", Type: schema.Type{Kind: schema.String}, Text: "RVH"},
		},
		Fields: []*lang.Field{
			{Name: "id", From: "ID", OnRowError: "fail"},
			{Name: "name", CEL: &lang.CEL{Text: "text.title(src.NAME)"}, Type: &schema.Type{Kind: schema.String, Length: 10}, Null: &yes,
				Expect: &lang.CEL{Text: "out == null || out != ''"}, OnRowError: "quarantine", AllowLossy: "truncate",
				Classify: []string{"personal.name"}, Purpose: []string{"direct_care"}, Justification: "why"},
			{Name: "gone", Drop: true, OnRowError: "fail"},
		},
		Checks:    []*lang.Check{{Name: "c", Expect: lang.CEL{Text: "agg.count() > 0"}, Severity: "warn", Message: "no rows"}},
		Reconcile: lang.Reconcile{Columns: []string{"id"}},
		Lifecycle: lang.Lifecycle{MaxRejects: lang.Share{PerMil: 1000, Percent: true}, MaxRowDrift: lang.Share{Rows: 12}, OnTargetDrift: "ignore"},
	}
	if d := cmp.Diff(want, cfg.Mappings[0], cmpopts.IgnoreTypes(diag.Range{})); d != "" {
		t.Errorf("mapping (-want +got):\n%s", d)
	}
}

func array(elem schema.Kind) schema.Type {
	return schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: elem}}
}

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	m := load(t, one(wrap(""))).Mappings[0]
	want := lang.Lifecycle{MaxRowDrift: lang.Share{PerMil: 50_000, Percent: true}, OnTargetDrift: "report"}
	if d := cmp.Diff(want, m.Lifecycle); d != "" {
		t.Errorf("lifecycle (-want +got):\n%s", d)
	}
	if m.To.Mode != "" || m.To.Names != "keep" || m.Reconcile.Columns != nil {
		t.Errorf("to and reconcile: got %+v and %+v", m.To, m.Reconcile)
	}
}

func TestManyTablesAtOnce(t *testing.T) {
	cfg := load(t, one(ends+`mapping "all" {
  from {
    source = source.sqlite.shop
    tables = ["main.*"]
    except = ["main.AUDIT_*"]
  }
  to {
    target = target.postgres.scr
    schema = "pas"
    names  = "snake_case"
    mode   = "replace"
  }
}`))
	m := cfg.Mappings[0]
	if m.From.Tables[0] != "main.*" || m.From.Except[0] != "main.AUDIT_*" || m.To.Schema != "pas" || m.To.Names != "snake_case" || m.To.Mode != "replace" {
		t.Errorf("mapping: got %+v", m)
	}
}

func TestPlacesOfCEL(t *testing.T) {
	for _, c := range []struct {
		name, text string
		line, col  int
		cel        string
	}{
		{"behind the quote", `  field "a" { cel = "src.A" }`, 13, 22, "src.A"},
		{"with an escape", `  field "a" { cel = "src.A == \"x\"" }`, 13, 22, `src.A == "x"`},
		{"in brackets", `  field "a" { cel = ("src.A") }`, 13, 23, "src.A"},
		{"the first line of a heredoc", "  field \"a\" {\n    cel = <<EOT\nsrc.A ==\n  1\nEOT\n  }", 15, 1, "src.A ==\n  1"},
		{"a heredoc that is indented", "  field \"a\" {\n    cel = <<-EOT\n      src.A ==\n        1\n    EOT\n  }", 15, 7, "src.A ==\n  1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, one(wrap(c.text))).Mappings[0].Fields[0].CEL
			if got.Text != c.cel || got.At.Start.Line != c.line || got.At.Start.Column != c.col {
				t.Errorf("CEL: got %q at %d:%d, want %q at %d:%d", got.Text, got.At.Start.Line, got.At.Start.Column, c.cel, c.line, c.col)
			}
		})
	}
}

func TestSystemsAreFilledFromTheirBlocks(t *testing.T) {
	cfg := load(t, one(`
target "postgres" "scr" {
  url         = secret("env://SCR_${var.env}")
  environment = "prod"
}
variable "env" { default = "X" }
source "sqlite" "shop" {
  path     = "shop.db"
  readonly = true
  timeout  = 30
  tables   = ["a", "b"]
  options  = { mode = "ro", n = 1 }
  region   = "uk-south"
  country  = "GB"
  table "main.a" {
    key    = ["id"]
    cursor = { column = "id", kind = "sequence" }
    column "name" { classify = ["personal.name"] }
  }
}
source "csv" "files" {
  path = "in"
  table "a.csv" {
    key = ["id"]
    column "id" { type = int64 }
    column "note" { classify = ["x"] }
  }
}`))
	if len(cfg.Systems) != 3 || cfg.Systems[0].Address != "source.sqlite.shop" || cfg.Systems[2].Address != "target.postgres.scr" {
		t.Fatalf("Systems: got %v, want sources before targets", cfg.Systems)
	}
	shop := cfg.Systems[0]
	want := &sqliteConfig{Path: "shop.db", Readonly: true, Timeout: 30, Tables: []string{"a", "b"}, Options: map[string]string{"mode": "ro", "n": "1"}, dir: root}
	if d := cmp.Diff(want, shop.Config, cmp.AllowUnexported(sqliteConfig{}, secret.Secret{})); d != "" {
		t.Errorf("sqlite (-want +got):\n%s", d)
	}
	facts := &lang.TableFacts{Name: "main.a", Key: []string{"id"}, Cursor: &lang.Cursor{Column: "id", Kind: "sequence"},
		Columns: []*lang.ColumnFacts{{Name: "name", Classify: []string{"personal.name"}}}}
	if d := cmp.Diff(facts, shop.Facts(schema.Ref{Schema: "main", Name: "a"}), cmpopts.IgnoreTypes(diag.Range{})); d != "" {
		t.Errorf("Facts (-want +got):\n%s", d)
	}
	if lang.Text(shop.Declared, "region") != "uk-south" || lang.Text(shop.Declared, "country") != "GB" || shop.Fields["timeout"].Start.Line != 10 {
		t.Errorf("shop: got %q, %q and timeout at line %d", lang.Text(shop.Declared, "region"), lang.Text(shop.Declared, "country"), shop.Fields["timeout"].Start.Line)
	}
	if ref := cfg.Systems[2].Config.(*postgresConfig).URL.Ref(); ref != "env://SCR_X" {
		t.Errorf("url: got %q, want env://SCR_X", ref)
	}
	declared := cfg.Systems[1].Config.(*csvConfig).declared
	if len(declared) != 1 || len(declared[0].Columns) != 1 || declared[0].Columns[0].Type.Kind != schema.Int64 || declared[0].Key[0] != "id" {
		t.Errorf("Declare: got %+v", declared)
	}
}

func TestLookups(t *testing.T) {
	cfg := load(t, folder{"main.miq.hcl": `
lookup "sex" {
  values  = { "2" = "female", "1" = "male" }
  default = null
}
lookup "codes" {
  file    = "codes/c.csv"
  key     = "K"
  value   = "V"
  default = "none"
}
lookup "strict" {
  values  = {}
  default = error
}`, "codes/c.csv": "K,V\n"})
	want := []*lang.Lookup{
		{Name: "sex", Address: "lookup.sex", Values: []lang.Pair{{Key: "1", Value: "male"}, {Key: "2", Value: "female"}}, Default: "null"},
		{Name: "codes", Address: "lookup.codes", File: root + "/codes/c.csv", Key: "K", Value: "V", Default: "value", Or: "none"},
		{Name: "strict", Address: "lookup.strict", Default: "error"},
	}
	if d := cmp.Diff(want, cfg.Lookups, cmpopts.IgnoreTypes(diag.Range{})); d != "" {
		t.Errorf("lookups (-want +got):\n%s", d)
	}
	if len(cfg.Files) != 2 || cfg.Files[0].Name != "codes/c.csv" {
		t.Errorf("Files: got %v, want the lookup's file among them", cfg.Files)
	}
}

func TestSettings(t *testing.T) {
	cfg := load(t, one(`migrateiq {
  required_version = "~> 0.1"
  state "local" { path = "state/${var.env}.json" }
}
variable "env" { default = "test" }`))
	if cfg.Settings.StatePath != root+"/state/test.json" || cfg.Settings.RequiredVersion != "~> 0.1" {
		t.Errorf("Settings: got %+v", cfg.Settings)
	}
	if got := load(t, one("")).Settings.StatePath; got != root+"/migrateiq.state.json" {
		t.Errorf("StatePath left out: got %q", got)
	}
}

func TestRequiredVersion(t *testing.T) {
	for want, ok := range map[string]bool{
		">= 0.1": true, "0.1.0": true, "= 0.1": true, "!= 0.1.0": false, "> 0.1.0": false, "< 0.2, > 0.0.9": true, "<= 0.0.9": false,
		"~> 0.1": true, "~> 0.0": true, "~> 0.1.0": true, "~> 0.0.9": false, "~> 1.0": false, "v0.1.0": true, ">= 0.1.0-rc1": true,
	} {
		opt := one(fmt.Sprintf("migrateiq {\n  required_version = %q\n}", want)).options()
		_, found := lang.Load(root, fakes(), opt)
		if got := len(found) == 0; got != ok {
			t.Errorf("required_version %q with version 0.1.0: got %v, want allowed %v", want, found, ok)
		}
	}
}

func TestOutputsAreAnsweredFromTheResults(t *testing.T) {
	cfg := load(t, one(wrap("")+`mapping "all" {
  from {
    source = source.sqlite.shop
    tables = ["*"]
  }
  to {
    target = target.postgres.scr
  }
}
locals { word = "rows" }
output "one" { value = "${mapping.m.rows_written} ${local.word}" }
output "many" { value = mapping.all["b.c"].rows + mapping.m.rows_quarantined }
output "each" { value = { for t, m in mapping.all : t => m.digest } }
output "list" { value = [mapping.m.rows, true, null] }`))
	results := map[string]lang.Result{
		"mapping.m":            {RowsWritten: 5, RowsQuarantined: 1, Rows: 4},
		`mapping.all["b.c"]`:   {Rows: 10, Digest: "d1"},
		`mapping.all["\"q\""]`: {Digest: "d2"},
	}
	want := map[string]string{"one": `"5 rows"`, "many": "11", "each": `{"\"q\"":"d2","b.c":"d1"}`, "list": "[4,true,null]"}
	for _, o := range cfg.Outputs {
		got, found := o.Evaluate(results)
		if found != nil || got != want[o.Name] {
			t.Errorf("output %s: got %s and %v, want %s", o.Name, got, found, want[o.Name])
		}
		if _, found := o.Evaluate(nil); !found.HasErrors() || found[0].Code != "evaluation" {
			t.Errorf("output %s without results: got %v, want an error evaluation", o.Name, found)
		}
	}
}

func TestTheConfigCanBeEncoded(t *testing.T) {
	cfg := load(t, one(wrap("")+"variable \"x\" {\n  default   = 1\n  sensitive = true\n}\noutput \"o\" { value = 1 }"))
	if _, err := json.Marshal(cfg); err != nil {
		t.Errorf("json of Config: %v", err)
	}
}

func TestAFolderWithoutConfiguration(t *testing.T) {
	for name, f := range map[string]folder{"empty": {}, "other files": {"a.hcl": "x", ".b.miq.hcl": "x", "c.miqtest.hcl": "x"}} {
		cfg, found := lang.Load(root, fakes(), f.options())
		if cfg == nil || len(found) != 1 || found[0].Code != "no-configuration" {
			t.Errorf("%s: got %v and %v, want no-configuration", name, cfg, found)
		}
	}
	if _, found := lang.Load(t.TempDir()+"/absent", fakes(), lang.Options{}); len(found) == 0 || !strings.Contains(found[0].Detail, "no such file") {
		t.Errorf("a folder that is not there: got %v", found)
	}
}

func TestFindingsOfSeveralFilesComeInSourceOrder(t *testing.T) {
	_, found := lang.Load(root, fakes(), folder{"b.miq.hcl": "y {}\nx {}", "a.miq.hcl": "\nz {}"}.options())
	var got []string
	for _, d := range found {
		got = append(got, d.Subject.String())
	}
	if d := cmp.Diff([]string{"a.miq.hcl:2", "b.miq.hcl:1", "b.miq.hcl:2"}, got); d != "" {
		t.Errorf("places (-want +got):\n%s", d)
	}
}

func TestTextThatGoesTooDeepIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, src string
		refused   bool
	}{
		{"brackets in brackets", "locals { a = " + strings.Repeat("(", 600) + "1" + strings.Repeat(")", 600) + " }", true},
		{"blocks in blocks", strings.Repeat("a {\n", 600) + strings.Repeat("}\n", 600), true},
		{"texts in texts", "locals { a = " + strings.Repeat(`"${`, 600) + "1" + strings.Repeat(`}"`, 600) + " }", true},
		{"very many operators", "locals { a = 1" + strings.Repeat(" + 1", 60_000) + " }", true},
		{"some brackets in brackets", "locals { a = " + strings.Repeat("(", 400) + "1" + strings.Repeat(")", 400) + " }", false},
		{"many operators", "locals { a = 1" + strings.Repeat(" + 1", 40_000) + " }", false},
		{"many conditions", "locals { a = " + strings.Repeat("true ? 1 : ", 40_000) + "1 }", false},
		{"many negations", "locals { a = " + strings.Repeat("!", 40_000) + "true }", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := lang.Load(root, fakes(), one(c.src).options())
			if got := len(found) == 1 && found[0].Code == "syntax"; got != c.refused || !c.refused && found != nil {
				t.Errorf("Load: got %d findings, want refused %v", len(found), c.refused)
			}
		})
	}
}
