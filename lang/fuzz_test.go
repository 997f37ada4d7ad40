package lang_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/novumsolvo/migrateiq/lang"
)

// FuzzLoad holds Load to its promise for every text: no panic, always a Config, the same findings each time, and every
// place inside the file.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, src := range []string{
		"", "\xff", "a {", "locals { a = local }", "locals { a = var[\"x\"] }", "moved {\n from = mapping[\"a\"]\n to = mapping.a[1]\n}",
		"output \"o\" { value = mapping }", "output \"o\" { value = mapping[*] }", "variable \"x\" {\n type = object({a = optional(string, 1)})\n default = {}\n}",
		"locals { a = [for x in \"a\" : x]... }", "lookup \"l\" { values = { for k in [null] : \"a\" => k } }",
		"source \"csv\" \"x\" {\n path = \"a\"\n table \"\" {}\n}", "locals { a = element([], 0) }", "locals { a = format(\"%v\", null) }",
		"locals { a = split(\"\", \"\")\n b = slice([1], 5, 2)\n c = regex(\"(\", \"\")\n d = tolist(null)\n}",
		"mapping \"m\" {\n params = { x = 1 / 0 }\n}", "mapping \"m\" {\n params = { x = 1e400000 }\n}", "locals { a = path }", "locals { a = \"${1e600000000}\"\n b = { 1e600000000 = 1 }\n c = tonumber(\"1e600000000\") }",
		"module \"m\" {\n source = \"./m\"\n for_each = { a = module.m, b = source }\n x = module.m[\"a\"].y\n}\noutput \"y\" { value = module.m }",
		"module \"m\" { source = \"./m\" }\nmodule \"n\" {\n source = \"./m\"\n x = values(module.m)\n}\nvariable \"x\" { default = 1 }\noutput \"o\" { value = mapping }",
		"mapping \"a\" {\n for_each = toset([\"k\"])\n depends_on = [mapping.a[\"k\"], module.m, mapping[0]]\n}\noutput \"o\" { value = mapping.a[*] }",
		"variable \"e\" {\n type = target\n ephemeral = true\n}\nlocals { a = try(var.e, can(var.e), one(var.e), index(null, null), sum(null), setproduct()) }",
		"source \"csv\" \"s\" {\n for_each = { a = source.csv.s }\n path = each.key\n}\nlocals { a = jsonencode(source)\n b = \"${source.csv}\" }",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) { holds(t, src, "main.miq.hcl") })
}

// FuzzLoadJSON is FuzzLoad for configuration as JSON.
func FuzzLoadJSON(f *testing.F) {
	a, err := txtar.ParseFile("testdata/json/both.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		if strings.HasSuffix(file.Name, ".json") {
			f.Add(string(file.Data))
		}
	}
	for _, src := range []string{
		"", "{", "null", "[]", `{"a": {}}`, `{"mapping": {"m": [[{}]]}}`, `{"mapping": 1, "source": {"csv": {"x": null}}}`,
		`{"locals": {"a": "\ud83d\ude00${local.a}\n", "b": -1e400000, "c": "%{ for x in [1] }${x}%{ endfor }"}}`,
		`{"mapping": {"m": {"from": {"source": "", "where": "a\n"}, "depends_on": [["x"], {"a": "b"}, "mapping.m[\"k\"]"]}}}`,
		`{"module": {"m": {"source": "./m", "x": "${module.m}"}}, "variable": {"x": {"type": "${string}", "default": {"${1": 1}}}}`,
		`{"locals": {"a": "${[1][*].b}", "b": "${{for k, v in {} : k => v...}}"}, "moved": {"from": "module.a[0]", "to": 3}}`,
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) { holds(t, src, "main.miq.json") })
}

// holds checks what FuzzLoad promises for one text.
func holds(t *testing.T, src, name string) {
	t.Helper()
	opt := folder{name: src, "m/" + name: src}.options() // the folder is its own module
	cfg, found := lang.Load(root, fakes(), opt)
	if cfg == nil {
		t.Fatal("Load: got no Config")
	}
	_, again := lang.Load(root, fakes(), opt)
	if len(again) != len(found) {
		t.Errorf("Load twice: got %d findings, then %d", len(found), len(again))
	}
	for i, d := range append(found, cfg.NotYet...) {
		if d.Code == "" || d.Summary == "" {
			t.Errorf("finding %d: got %+v, want a code and a summary", i, d)
		}
		if d.Subject != nil && (d.Subject.Start.Byte < 0 || d.Subject.Start.Byte > len(src) || d.Subject.Start.Line < 1) {
			t.Errorf("%s: got the place %+v in a text of %d bytes", d.Code, *d.Subject, len(src))
		}
	}
}
