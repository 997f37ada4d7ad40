package lang_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

func value(cfg *lang.Config, name string) string {
	i := slices.IndexFunc(cfg.Variables, func(v *lang.Variable) bool { return v.Name == name })
	return cfg.Variables[i].Value
}

func TestWhatComesLaterWins(t *testing.T) {
	f := folder{"main.miq.hcl": `variable "x" { default = "default" }`}
	steps := []struct {
		name string
		add  func(*lang.Options)
	}{
		{"default", func(*lang.Options) {}},
		{"env", func(o *lang.Options) { o.Env = map[string]string{"x": "env", "other": "ignored"} }},
		{"auto a", func(*lang.Options) { f["a.auto.miqvars.hcl"] = `x = "auto a"` }},
		{"auto b", func(*lang.Options) { f["b.auto.miqvars.hcl"] = `x = "auto b"` }},
		{"file", func(o *lang.Options) {
			f["sub/f.miqvars.hcl"] = `x = "file"`
			o.VarFiles = []string{root + "/sub/f.miqvars.hcl"}
		}},
		{"var", func(o *lang.Options) { o.Vars = append(o.Vars, lang.Assignment{Name: "x", Value: "var"}) }},
		{"file behind var", func(o *lang.Options) {
			f["sub/g.miqvars.hcl"] = `x = "file behind var"`
			o.Vars = append(o.Vars, lang.Assignment{File: root + "/sub/g.miqvars.hcl"})
		}},
		{"last var", func(o *lang.Options) { o.Vars = append(o.Vars, lang.Assignment{Name: "x", Value: "last var"}) }},
	}
	var changes []func(*lang.Options)
	for _, s := range steps {
		changes = append(changes, s.add)
		if got, want := value(load(t, f, changes...), "x"), fmt.Sprintf("%q", s.name); got != want {
			t.Errorf("x after %s: got %s, want %s", s.name, got, want)
		}
	}
}

func TestValuesFromOutsideBecomeTheVariablesType(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"string", "5", `"5"`}, {"number", "5.50", "5.5"}, {"bool", "true", "true"}, {"list(string)", `["a", 1]`, `["a","1"]`},
		{"map(number)", "{ b = 1, a = 2 }", `{"a":2,"b":1}`}, {"object({ a = string, b = optional(number, 3) })", `{ a = "x" }`, `{"a":"x","b":3}`},
		{"any", "[1]", "[1]"}, {"set(string)", `["b", "a", "b"]`, `["a","b"]`}, {"string", "", `""`},
	} {
		cfg := load(t, one(fmt.Sprintf("variable \"x\" {\n  type = %s\n}", c.kind)),
			func(o *lang.Options) { o.Vars = []lang.Assignment{{Name: "x", Value: c.text}} })
		if got := value(cfg, "x"); got != c.want {
			t.Errorf("%s given %q: got %s, want %s", c.kind, c.text, got, c.want)
		}
	}
}

func TestValuesFromOutsideThatDoNotFit(t *testing.T) {
	for _, c := range []struct{ name, src, text, code string }{
		{"a word for a number", `type = number`, "many", "invalid-value"},
		{"no expression for a list", `type = list(string)`, "[", "invalid-value"},
		{"a reference in a list", `type = list(string)`, "[var.x]", "invalid-value"},
		{"a text for a list", `type = list(string)`, `"a"`, "invalid-value"},
		{"null where null is forbidden", "type = any\n nullable = false", "null", "invalid-value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := one("variable \"x\" {\n" + c.src + "\n}").options()
			opt.Vars = []lang.Assignment{{Name: "x", Value: c.text}}
			_, found := lang.Load(root, fakes(), opt)
			if len(found) != 1 || found[0].Code != c.code {
				t.Errorf("Load: got %v, want one %s", found, c.code)
			}
		})
	}
}

func TestNullTakesTheDefaultWhereNullIsForbidden(t *testing.T) {
	cfg := load(t, one("variable \"x\" {\n type = any\n default = 3\n nullable = false\n}"),
		func(o *lang.Options) { o.Vars = []lang.Assignment{{Name: "x", Value: "null"}} })
	if got := value(cfg, "x"); got != "3" {
		t.Errorf("x: got %s, want 3", got)
	}
}

func TestValuesOfUndeclaredVariables(t *testing.T) {
	f := folder{"main.miq.hcl": `variable "region" { default = 1 }`, "a.auto.miqvars.hcl": "regoin = 1\nblock {}"}
	opt := f.options()
	opt.Vars = []lang.Assignment{{Name: "regio", Value: "1"}}
	_, found := lang.Load(root, fakes(), opt)
	var got []string
	for _, d := range found {
		got = append(got, d.Severity.String()+" "+d.Code)
		if d.Code == "undeclared-variable" && !strings.Contains(d.Detail, `Did you mean "region"?`) {
			t.Errorf("detail: got %q, want the nearest name", d.Detail)
		}
	}
	want := []string{"error undeclared-variable", "warning undeclared-variable", "error unknown-block"}
	if !slices.Equal(got, want) {
		t.Errorf("Load: got %v, want %v", got, want)
	}
}

func TestAFileOfVariablesThatCannotBeRead(t *testing.T) {
	f := folder{"main.miq.hcl": "", "bad.miqvars.hcl": "x = \"hunter2"}
	opt := f.options()
	opt.VarFiles = []string{root + "/absent.miqvars.hcl", root + "/bad.miqvars.hcl"}
	_, found := lang.Load(root, fakes(), opt)
	if len(found) < 2 || found[0].Code != "file-not-read" || found[1].Code != "syntax" || !strings.Contains(found[1].Detail, "bad.miqvars.hcl line 1") {
		t.Errorf("Load: got %v, want file-not-read, then syntax with its place in words", found)
	}
}

// marker is a value that nothing may ever print.
const marker = "hunter2-correct-horse"

// everything is all that can be printed of a Config and its findings.
func everything(t *testing.T, cfg *lang.Config, found any) string {
	t.Helper()
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatalf("json of Config: %v", err)
	}
	all := fmt.Sprintf("%v\n%+v\n%#v\n%s\n%v\n%+v\n%v\n", cfg, cfg, cfg, text, found, found, cfg.NotYet)
	for _, s := range cfg.Systems {
		all += fmt.Sprintf("%v %+v %#v %v %+v %#v\n", s, s, s, s.Config, s.Config, s.Config)
	}
	for _, m := range cfg.Mappings {
		all += fmt.Sprintf("%v %+v %#v\n", m, m, m)
	}
	for _, v := range cfg.Variables {
		all += fmt.Sprintf("%v %+v %#v\n", v, v, v)
	}
	return all
}

func TestSensitiveValuesAreNeverShown(t *testing.T) {
	src := fmt.Sprintf(`
variable "pw" {
  sensitive = true
  validation {
    condition     = length(var.pw) < 3
    error_message = "%%s is too long: ${var.pw}"
  }
}
variable "wrong" {
  type      = number
  sensitive = true
  default   = %[1]q
}
variable "list" {
  type      = list(number)
  sensitive = true
}
locals {
  copy  = "x-${var.pw}"
  parse = parseint(local.copy, 10)
  regex = regex(var.pw, "(")
  index = { a = 1 }[var.pw]
  call  = upper([var.pw])
  cond  = var.pw ? 1 : 2
  json  = jsondecode(var.pw)
}
source "sqlite" "a" {
  path     = local.copy
  password = var.pw
}
source "sqlite" "b" {
  path     = "x"
  password = %[1]q
}
target "postgres" "scr" { url = secret("env://${var.pw}") }
mapping "m" {
  from {
    source = source.sqlite.b
    table  = local.copy
    where  = "src.a == '${var.pw}'"
  }
  to {
    target = target.postgres.scr
    table  = "x"
    mode   = var.pw
    key    = [local.copy]
  }
  params = { x = { y = [var.pw] } }
  tags   = [var.pw]
  lifecycle { max_rejects = var.pw }
}
lookup "l" {
  values  = { (var.pw) = "x" }
  default = var.pw
}
output "o" { value = [local.copy] }
`, marker)
	f := folder{"main.miq.hcl": src, "x.auto.miqvars.hcl": fmt.Sprintf("list = %q", marker)}
	opt := f.options()
	opt.Env = map[string]string{"pw": marker}
	opt.Vars = []lang.Assignment{{Name: "list", Value: marker}}
	cfg, found := lang.Load(root, fakes(), opt)
	if len(found) < 20 {
		t.Errorf("Load: got %d findings, want at least 20", len(found))
	}
	if all := everything(t, cfg, found); strings.Contains(all, marker) {
		at := strings.Index(all, marker)
		t.Errorf("the sensitive value shows: ...%s...", all[max(0, at-200):min(len(all), at+100)])
	}
	for _, v := range cfg.Variables {
		if v.Value != "" {
			t.Errorf("Value of %s: got %q, want none", v.Name, v.Value)
		}
	}
	for _, d := range found {
		if d.Subject != nil && strings.Contains(lineOf(f, d.Subject.File, d.Subject.Start.Line), marker) {
			t.Errorf("the finding %q points at a line that holds the sensitive value", d.Detail)
		}
	}
}

func lineOf(f folder, name string, line int) string {
	return strings.Split(f[name], "\n")[line-1]
}

func TestASecretInClearIsKeptAsSuch(t *testing.T) {
	cfg := load(t, one(fmt.Sprintf(`target "postgres" "scr" { url = "postgres://u:%s@h/d" }`, marker)))
	if n := secret.Literals(cfg.Systems[0].Config); len(n) != 1 {
		t.Errorf("Literals: got %v, want 1", n)
	}
	if strings.Contains(everything(t, cfg, nil), marker) {
		t.Error("the secret shows")
	}
}

func TestSensitiveValuesAreComparedBySaltedHashes(t *testing.T) {
	salted := func(text, salt string) string {
		cfg := load(t, one("variable \"pw\" {\n  sensitive = true\n}"), func(o *lang.Options) { o.Vars = []lang.Assignment{{Name: "pw", Value: text}} })
		return cfg.Variables[0].Salted([]byte(salt))
	}
	a := salted("a", "salt-of-the-plan")
	if a != salted("a", "salt-of-the-plan") {
		t.Error("Salted: got two hashes of one value under one salt")
	}
	if a == salted("b", "salt-of-the-plan") || a == salted("a", "salt-of-another-one") {
		t.Error("Salted: got one hash of two values or under two salts")
	}
}

func TestTheDigestCoversFilesAndOpenValues(t *testing.T) {
	digest := func(change func(folder, *lang.Options)) string {
		f := folder{"main.miq.hcl": "variable \"a\" { default = 1 }\nvariable \"s\" {\n default = 1\n sensitive = true\n}\nlookup \"l\" { file = \"l.csv\" }", "l.csv": "a,b\n"}
		opt := f.options()
		change(f, &opt)
		cfg, found := lang.Load(root, fakes(), opt)
		if found != nil {
			t.Fatalf("Load: %v", found)
		}
		return cfg.Digest
	}
	same := digest(func(folder, *lang.Options) {})
	if got := digest(func(_ folder, o *lang.Options) { o.Vars = []lang.Assignment{{Name: "s", Value: "2"}} }); got != same {
		t.Error("Digest: changes with a sensitive value, which could be guessed from it")
	}
	for name, change := range map[string]func(folder, *lang.Options){
		"a value":       func(_ folder, o *lang.Options) { o.Vars = []lang.Assignment{{Name: "a", Value: "2"}} },
		"a lookup file": func(f folder, _ *lang.Options) { f["l.csv"] = "a,c\n" },
		"a comment":     func(f folder, _ *lang.Options) { f["main.miq.hcl"] += "# x" },
		"a new file":    func(f folder, _ *lang.Options) { f["b.miq.hcl"] = "" },
	} {
		if digest(change) == same {
			t.Errorf("Digest: stays when %s changes", name)
		}
	}
}

func TestASavedPlansValuesGiveTheSameConfig(t *testing.T) {
	f := folder{"main.miq.hcl": `
variable "name" { type = string }
variable "count" { type = number }
variable "any" {}
variable "list" { type = set(string) }
variable "map" { type = map(object({ a = optional(number, 0.1) })) }
variable "none" { default = null }
`, "sub/x.miqvars.hcl": `
name  = "5"
count = 12345678901234567890.123
any   = { a = [1, "x", null] }
list  = ["b", "a"]
map   = { k = {} }
`}
	first := load(t, f, func(o *lang.Options) { o.VarFiles = []string{root + "/sub/x.miqvars.hcl"} })
	recorded := make(map[string]string)
	for _, v := range first.Variables {
		recorded[v.Name] = v.Value
	}
	second := load(t, f, func(o *lang.Options) { o.Recorded = recorded })
	for _, v := range second.Variables {
		if v.Value != recorded[v.Name] {
			t.Errorf("%s: got %s, want %s", v.Name, v.Value, recorded[v.Name])
		}
	}
	if first.Digest != second.Digest {
		t.Error("Digest: differs between the values of a file and the same values of a plan")
	}
	opt := f.options()
	opt.Recorded = map[string]string{"name": "{"}
	if _, found := lang.Load(root, fakes(), opt); !found.HasErrors() || !strings.Contains(found[0].Detail, "saved plan") {
		t.Errorf("a value that is no JSON: got %v", found)
	}
}
