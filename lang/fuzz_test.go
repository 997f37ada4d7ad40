package lang_test

import (
	"os"
	"path/filepath"
	"testing"

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
	f.Fuzz(func(t *testing.T, src string) {
		opt := folder{"main.miq.hcl": src, "m/main.miq.hcl": src}.options() // the folder is its own module
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
	})
}
