package lang_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// site is a module with everything of its own, called by sites.
const site = `
variable "from" { type = source }
variable "to" { type = target }
variable "name" { default = "plain" }
variable "password" { default = null }
locals { table = "${var.name}_${path.module}" }
lookup "sex" { file = "${path.module}/codes.csv" }
source "sqlite" "own" {
  path     = "${var.name}.db"
  password = var.password
}
mapping "person" {
  for_each = toset(["new", "old"])
  from {
    source = var.from
    table  = "person_${each.key}"
  }
  to {
    target = var.to
    table  = local.table
  }
  params = { key = each.value }
}
module "inner" {
  source = "./inner"
  from   = source.sqlite.own
  to     = var.to
}
output "rows" { value = mapping.person["new"].rows + module.inner.rows }
output "own" { value = source.sqlite.own }
output "name" { value = var.name }
`

const sites = ends + `
target "postgres" "each" {
  for_each = { a = "A", b = "B" }
  url      = secret("env://${each.value}")
}
module "one" {
  source   = "./modules/site"
  from     = source.sqlite.shop
  to       = target.postgres.scr
  password = secret("env://PASSWORD")
}
module "each" {
  source     = "./modules/site"
  for_each   = { for k in ["a", "b"] : k => target.postgres.each[k] }
  from       = module.one.own
  to         = each.value
  name       = "n-${each.key}"
  depends_on = [module.one, mapping.last["x"]]
}
mapping "last" {
  for_each = { x = "X" }
  from {
    source = source.sqlite.shop
    tables = ["*"]
  }
  to { target = target.postgres.scr }
}
output "one" { value = module.one.rows }
output "each" { value = { for k, m in module.each : k => "${m.name} ${m.rows}" } }
output "last" { value = mapping.last["x"]["main.t"].rows }
`

func folders() folder {
	return folder{"main.miq.hcl": sites, "modules/site/main.miq.hcl": site, "modules/site/codes.csv": "a,b\n",
		"modules/site/inner/main.miq.hcl": `
variable "from" { type = source }
variable "to" { type = target }
mapping "deep" {
  from {
    source = var.from
    table  = "deep"
  }
  to {
    target = var.to
    table  = "deep"
  }
}
output "rows" { value = mapping.deep.rows }
`}
}

func TestModulesAndForEachGiveEveryInstanceItsAddress(t *testing.T) {
	cfg := load(t, folders())
	var got []string
	for _, m := range cfg.Mappings {
		got = append(got, strings.Join([]string{m.Address, m.Block, m.Module, m.From.Source, m.From.Table, m.To.Target, m.To.Table}, " "))
	}
	slices.Sort(got)
	want := []string{
		`mapping.last["x"] mapping.last  source.sqlite.shop  target.postgres.scr `,
		`module.each["a"].mapping.person["new"] module.each["a"].mapping.person module.each["a"] module.one.source.sqlite.own person_new target.postgres.each["a"] n-a_modules/site`,
		`module.each["a"].mapping.person["old"] module.each["a"].mapping.person module.each["a"] module.one.source.sqlite.own person_old target.postgres.each["a"] n-a_modules/site`,
		`module.each["a"].module.inner.mapping.deep module.each["a"].module.inner.mapping.deep module.each["a"].module.inner module.each["a"].source.sqlite.own deep target.postgres.each["a"] deep`,
		`module.each["b"].mapping.person["new"] module.each["b"].mapping.person module.each["b"] module.one.source.sqlite.own person_new target.postgres.each["b"] n-b_modules/site`,
		`module.each["b"].mapping.person["old"] module.each["b"].mapping.person module.each["b"] module.one.source.sqlite.own person_old target.postgres.each["b"] n-b_modules/site`,
		`module.each["b"].module.inner.mapping.deep module.each["b"].module.inner.mapping.deep module.each["b"].module.inner module.each["b"].source.sqlite.own deep target.postgres.each["b"] deep`,
		`module.one.mapping.person["new"] module.one.mapping.person module.one source.sqlite.shop person_new target.postgres.scr plain_modules/site`,
		`module.one.mapping.person["old"] module.one.mapping.person module.one source.sqlite.shop person_old target.postgres.scr plain_modules/site`,
		`module.one.module.inner.mapping.deep module.one.module.inner.mapping.deep module.one.module.inner module.one.source.sqlite.own deep target.postgres.scr deep`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("mappings (-want +got):\n%s", d)
	}
}

func TestWhatAModuleHoldsIsItsOwn(t *testing.T) {
	cfg := load(t, folders())
	var systems, lookups, files, depends []string
	for _, s := range cfg.Systems {
		path := ""
		switch c := s.Config.(type) {
		case *sqliteConfig:
			path = c.Path + " " + c.Password.Ref() + " " + c.dir
		case *postgresConfig:
			path = c.URL.Ref()
		}
		systems = append(systems, s.Address+" "+path)
	}
	for _, l := range cfg.Lookups {
		lookups = append(lookups, l.Address+" of "+l.Module+" "+l.File)
	}
	for _, f := range cfg.Files {
		files = append(files, f.Name)
	}
	for _, m := range cfg.Mappings {
		if strings.HasPrefix(m.Address, `module.each["b"]`) {
			depends = append(depends, strings.Join(m.DependsOn, " "))
		}
	}
	for _, c := range []struct {
		what      string
		want, got []string
	}{
		{"systems", []string{"source.sqlite.shop shop.db  " + root, "module.one.source.sqlite.own plain.db env://PASSWORD " + root,
			`module.each["a"].source.sqlite.own n-a.db  ` + root, `module.each["b"].source.sqlite.own n-b.db  ` + root,
			"target.postgres.scr env://SCR_URL", `target.postgres.each["a"] env://A`, `target.postgres.each["b"] env://B`}, systems},
		{"lookups", []string{"module.one.lookup.sex of module.one " + root + "/modules/site/codes.csv",
			`module.each["a"].lookup.sex of module.each["a"] ` + root + "/modules/site/codes.csv",
			`module.each["b"].lookup.sex of module.each["b"] ` + root + "/modules/site/codes.csv"}, lookups},
		{"files", []string{"main.miq.hcl", "modules/site/codes.csv", "modules/site/inner/main.miq.hcl", "modules/site/main.miq.hcl"}, files},
		{"what they depend on", []string{`module.one mapping.last["x"]`, `module.one mapping.last["x"]`, `module.one mapping.last["x"]`}, depends},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, d)
		}
	}
}

func TestOutputsAnswerForModulesAndInstances(t *testing.T) {
	cfg := load(t, folders())
	results := map[string]lang.Result{
		`mapping.last["x"]["main.t"]`: {Rows: 1}, "mapping.last": {Rows: 999}, "module.one.mapping.person": {Rows: 999},
		`module.one.mapping.person["new"]`: {Rows: 2}, `module.one.module.inner.mapping.deep`: {Rows: 4},
	}
	for key, rows := range map[string]int64{"a": 10, "b": 20} {
		results[`module.each["`+key+`"].mapping.person["new"]`] = lang.Result{Rows: rows}
		results[`module.each["`+key+`"].module.inner.mapping.deep`] = lang.Result{Rows: rows + 1}
	}
	want := map[string]string{"one": "6", "each": `{"a":"n-a 21","b":"n-b 41"}`, "last": "1"}
	for _, o := range cfg.Outputs {
		if got, found := o.Evaluate(results); found != nil || got != want[o.Name] {
			t.Errorf("output %s: got %s and %v, want %s", o.Name, got, found, want[o.Name])
		}
		if _, found := o.Evaluate(nil); !found.HasErrors() {
			t.Errorf("output %s without results: got none, want an error", o.Name)
		}
	}
}

func TestTheDigestCoversTheFilesOfModules(t *testing.T) {
	f := folders()
	before := load(t, f).Digest
	f["modules/site/inner/main.miq.hcl"] += "# x"
	if load(t, f).Digest == before {
		t.Error("Digest: stays when a module's file changes")
	}
	f = folders()
	f["modules/other/main.miq.hcl"] = "nonsense"
	if load(t, f).Digest != before {
		t.Error("Digest: changes with a folder that nobody calls")
	}
}

func TestMovedAndRemovedSpeakOfModulesToo(t *testing.T) {
	f := folders()
	f["main.miq.hcl"] += `
moved {
  from = module.site
  to   = module.one
}
moved {
  from = module.many["c"]
  to   = module.each["a"]
}
moved {
  from = mapping.person
  to   = module.each["b"].mapping.person["old"]
}
moved {
  from = mapping.last
  to   = mapping.last["x"]
}
removed { mapping = module.gone["x"] }
`
	f["modules/site/inner/main.miq.hcl"] += "moved {\n  from = mapping.deeper\n  to   = mapping.deep\n}\n"
	cfg := load(t, f)
	var got []string
	for _, m := range cfg.Moved {
		got = append(got, m.From+" "+m.To)
	}
	want := []string{"module.site module.one", `module.many["c"] module.each["a"]`, `mapping.person module.each["b"].mapping.person["old"]`, `mapping.last mapping.last["x"]`,
		"module.one.module.inner.mapping.deeper module.one.module.inner.mapping.deep",
		`module.each["a"].module.inner.mapping.deeper module.each["a"].module.inner.mapping.deep`,
		`module.each["b"].module.inner.mapping.deeper module.each["b"].module.inner.mapping.deep`}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("moved (-want +got):\n%s", d)
	}
	if len(cfg.Removed) != 1 || cfg.Removed[0].Mapping != `module.gone["x"]` {
		t.Errorf("removed: got %v", cfg.Removed)
	}
}

func TestBlockAndWithinReadAddresses(t *testing.T) {
	for _, c := range []struct {
		address, block string
		instance       bool
	}{
		{"mapping.a", "mapping.a", false}, {`mapping.a["x"]`, "mapping.a", true}, {`mapping.a["x"]["y.z"]`, "mapping.a", true},
		{`module.m["k"].mapping.a`, `module.m["k"].mapping.a`, false}, {`module.m["a.b]["].mapping.a["\"]"]`, `module.m["a.b]["].mapping.a`, true},
		{`module.m["k"]`, "module.m", true}, {"mapping.a[", "mapping.a", true}, {"", "", false},
	} {
		if block, instance := lang.Block(c.address); block != c.block || instance != c.instance {
			t.Errorf("Block(%s): got %s and %v, want %s and %v", c.address, block, instance, c.block, c.instance)
		}
	}
	for _, c := range []struct {
		outer, address string
		want           bool
	}{
		{"mapping.a", "mapping.a", true}, {"mapping.a", `mapping.a["x"]`, true}, {"mapping.a", "mapping.ab", false}, {"module.m", "module.m.mapping.a", true},
		{"module.m", `module.m["k"].mapping.a`, true}, {`module.m["k"]`, `module.m["k2"].mapping.a`, false}, {`mapping.a["x"]`, "mapping.a", false},
	} {
		if got := lang.Within(c.outer, c.address); got != c.want {
			t.Errorf("Within(%s, %s): got %v, want %v", c.outer, c.address, got, c.want)
		}
	}
}

func TestAnOverrideIsRead(t *testing.T) {
	m := load(t, one(ends+`mapping "all" {
  from {
    source = source.sqlite.shop
    tables = ["*"]
  }
  to { target = target.postgres.scr }
  override "main.a" {
    where = "src.X > 1"
    key   = ["id"]
    field "id" { from = "ID" }
    field "gone" { drop = true }
  }
  override "b" {}
}`)).Mappings[0]
	if len(m.Overrides) != 2 || m.Overrides[1].Table != "b" || m.Overrides[1].Where != nil || m.Overrides[1].Key != nil {
		t.Fatalf("Overrides: got %+v", m.Overrides)
	}
	o := m.Overrides[0]
	if o.Table != "main.a" || o.Where.Text != "src.X > 1" || !slices.Equal(o.Key, []string{"id"}) || len(o.Fields) != 2 || !o.Fields[1].Drop || o.Range == (diag.Range{}) {
		t.Errorf("override: got %+v", o)
	}
}

func TestWhatIsSensitiveOutsideIsSensitiveInAModule(t *testing.T) {
	f := folder{"main.miq.hcl": ends + `
variable "pw" { sensitive = true }
variable "once" { ephemeral = true }
module "m" {
  source = "./m"
  a      = var.pw
  b      = var.once
  c      = "` + marker + `"
}
locals {
  wrong = parseint(module.m.told, 10)
  each  = { a = var.pw }
}
mapping "m" {
  for_each = local.each
  from {
    source = source.sqlite.shop
    table  = each.value
  }
  to {
    target = target.postgres.scr
    table  = parseint(each.value, 10)
  }
}
`, "m/main.miq.hcl": `
variable "a" {
  validation {
    condition     = length(var.a) < 3
    error_message = "too long: ${var.a}"
  }
}
variable "b" { type = number }
variable "c" {
  type      = number
  sensitive = true
}
locals { x = "x-${var.a}" }
lookup "l" { values = { a = local.x } }
output "told" {
  value     = local.x
  sensitive = true
}
output "open" { value = local.x }
`}
	opt := f.options()
	opt.Env = map[string]string{"pw": marker, "once": marker}
	cfg, found := lang.Load(root, fakes(), opt)
	if len(found) < 8 {
		t.Errorf("Load: got %d findings, want at least 8: %v", len(found), found)
	}
	if all := everything(t, cfg, found); strings.Contains(all, marker) {
		at := strings.Index(all, marker)
		t.Errorf("the sensitive value shows: ...%s...", all[max(0, at-200):min(len(all), at+100)])
	}
	for _, d := range found {
		if d.Subject != nil && strings.Contains(lineOf(f, d.Subject.File, d.Subject.Start.Line), marker) {
			t.Errorf("the finding %q points at a line that holds the sensitive value", d.Detail)
		}
	}
}

func TestAnEphemeralVariableReachesSecretsOnlyAndIsNotKept(t *testing.T) {
	src := `variable "pw" { ephemeral = true }
target "postgres" "scr" { url = var.pw }`
	cfg := load(t, one(src), func(o *lang.Options) { o.Env = map[string]string{"pw": marker} })
	if n := secret.Literals(cfg.Systems[0].Config); len(n) != 1 {
		t.Errorf("Literals: got %v, want 1", n)
	}
	if len(cfg.Variables) != 0 {
		t.Errorf("Variables: got %v, want none that a plan could keep", cfg.Variables)
	}
	other := load(t, one(src), func(o *lang.Options) { o.Env = map[string]string{"pw": "x"} })
	if other.Digest != cfg.Digest {
		t.Error("Digest: changes with an ephemeral value")
	}
	opt := one(src + "\nlocals { x = \"a-${var.pw}\" }\nlookup \"l\" { values = { a = local.x } }").options()
	opt.Env = map[string]string{"pw": marker}
	if _, found := lang.Load(root, fakes(), opt); len(found) != 1 || found[0].Code != "ephemeral-value" {
		t.Errorf("Load: got %v, want one ephemeral-value", found)
	}
}
