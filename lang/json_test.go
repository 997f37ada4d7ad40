package lang_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

func TestBothFormsOfAConfigurationAreTheSame(t *testing.T) {
	a, err := txtar.ParseFile("testdata/json/both.txtar")
	if err != nil {
		t.Fatal(err)
	}
	native, asJSON := folder{}, folder{}
	for _, f := range a.Files {
		switch {
		case strings.HasSuffix(f.Name, ".miq.json"):
			asJSON[f.Name] = string(f.Data)
		case strings.HasSuffix(f.Name, ".miq.hcl"):
			native[f.Name] = string(f.Data)
		default:
			native[f.Name], asJSON[f.Name] = string(f.Data), string(f.Data)
		}
	}
	want, got := load(t, native), load(t, asJSON)
	if len(want.Mappings) != 4 || len(want.Systems) != 3 {
		t.Fatalf("the native form: got %d mappings and %d systems, want 4 and 3", len(want.Mappings), len(want.Systems))
	}
	same := cmp.Options{cmpopts.IgnoreTypes(diag.Range{}, map[string]diag.Range{}), cmpopts.IgnoreFields(lang.Config{}, "Files", "Digest"),
		cmpopts.IgnoreFields(lang.Output{}, "Evaluate"), cmpopts.IgnoreFields(lang.Variable{}, "Salted"),
		cmp.AllowUnexported(sqliteConfig{}, csvConfig{}, secret.Secret{})}
	if d := cmp.Diff(want, got, same); d != "" {
		t.Errorf("Config (-native +json):\n%s", d)
	}
	results := map[string]lang.Result{`mapping.item`: {RowsWritten: 5}}
	for i := range want.Outputs {
		w, _ := want.Outputs[i].Evaluate(results)
		g, found := got.Outputs[i].Evaluate(results)
		if w != g || w == "" {
			t.Errorf("output %s: got %s and %v, want %s", want.Outputs[i].Name, g, found, w)
		}
	}
}

// TestFindingsInJSON takes the marks out of the file before it is read: JSON has no comments at the end of a line.
func TestFindingsInJSON(t *testing.T) {
	src, err := os.ReadFile("testdata/json/marked.txt")
	if err != nil {
		t.Fatal(err)
	}
	var missing []want
	var clean []string
	for _, line := range strings.Split(string(src), "\n") {
		text, _, _ := strings.Cut(line, "# want ")
		clean = append(clean, text)
	}
	for _, w := range wants(string(src)) {
		w.file = "main.miq.json"
		missing = append(missing, w)
	}
	cfg, found := lang.Load(root, fakes(), folder{"main.miq.json": strings.Join(clean, "\n")}.options())
	for _, d := range slices.Concat(found, cfg.NotYet).Sorted() {
		i := slices.IndexFunc(missing, func(w want) bool { return w.fits(d) })
		if i < 0 {
			t.Errorf("not wanted: %s", shown(d))
			continue
		}
		missing = slices.Delete(missing, i, i+1)
	}
	for _, w := range missing {
		t.Errorf("wanted and not found: line %d: %s %q", w.line, w.code, w.part)
	}
}

func TestPlacesInJSON(t *testing.T) {
	for _, c := range []struct {
		name, src  string
		code       string
		line, from int
		to         int
	}{
		{"no JSON", "{\n  \"locals\": {,}\n}", "syntax", 2, 14, 15},
		{"text that ends", "{\n  \"locals\": {", "syntax", 2, 14, 14},
		{"text behind the end", "{}\n{}", "syntax", 2, 1, 2},
		{"no object", "\n[]", "syntax", 2, 1, 3},
		{"a property twice", "{\n \"locals\": {\"a\": 1,\n  \"a\": 2}}", "syntax", 3, 3, 6},
		{"a property twice in a value", "{\n \"locals\": {\"a\": {\"x\": 1, \"x\": 2}}}", "syntax", 2, 27, 30},
		{"half of a character", `{"locals": {"a": "x\ud800"}}`, "syntax", 1, 20, 26},
		{"bytes that are no text", "{\"locals\": {\"a\": \"é\xff\"}}", "syntax", 1, 20, 21},
		{"a template that ends", `{"locals": {"a": "x ${"}}`, "syntax", 1, 23, 23},
		{"a reference", `{"locals": {"a": "x ${var.no}"}}`, "unknown-variable", 1, 23, 29},
		{"a reference behind escapes", `{"locals": {"a": "\n\"\u00e9é\\ ${var.no}"}}`, "unknown-variable", 1, 35, 41},
		{"a reference alone", `{"locals": {"a": "${var.no}"}}`, "unknown-variable", 1, 21, 27},
		{"a reference in a key", `{"locals": {"a": {"${var.no}": 1}}}`, "unknown-variable", 1, 22, 28},
		{"a name that is none", `{"locals": {"a b": 1}}`, "syntax", 1, 13, 18},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := lang.Load(root, fakes(), folder{"a.miq.json": c.src}.options())
			if len(found) == 0 {
				t.Fatalf("Load: got no findings, want %s", c.code)
			}
			d := found[0]
			got := fmt.Sprintf("%s %d:%d-%d", d.Code, d.Subject.Start.Line, d.Subject.Start.Column, d.Subject.End.Column)
			if want := fmt.Sprintf("%s %d:%d-%d", c.code, c.line, c.from, c.to); got != want {
				t.Errorf("Load: got %s (%s), want %s", got, d.Detail, want)
			}
		})
	}
}

func TestATextOfJSONIsKeptAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zé"\\\n\t\r '😀$%{}<>&#/]{0,30}`).Draw(t, "text")
		text = strings.NewReplacer("${", "$ {", "%{", "% {").Replace(text)
		raw, err := json.Marshal(map[string]any{"output": map[string]any{"o": map[string]any{"value": text}}})
		if err != nil {
			t.Fatal(err)
		}
		cfg, found := lang.Load(root, fakes(), folder{"main.miq.json": string(raw)}.options())
		if len(found) > 0 {
			t.Fatalf("Load: got %s", shown(found[0]))
		}
		answer, _ := cfg.Outputs[0].Evaluate(nil)
		var got string
		if err := json.Unmarshal([]byte(answer), &got); err != nil || got != text {
			t.Errorf("value: got %q and %v, want %q", got, err, text)
		}
	})
}

func TestTextsOfJSONAreTemplates(t *testing.T) {
	for value, want := range map[string]string{
		`"${1 + 2}"`: "3", `"x${1 + 2}"`: `"x3"`, `"$${x}"`: `"${x}"`, `"%{ if true }a%{ endif }"`: `"a"`, `"${upper(\"a\")}"`: `"A"`,
		`-1.50`: "-1.5", `null`: "null", `{"${upper(\"k\")}": [true, "${local.l}"], "//": 1}`: `{"//":1,"K":[true,[1]]}`, `"${[\"a\"][0]}"`: `"a"`,
		`"${{a = 1}.a}"`: "1", `""`: `""`, `"1"`: `"1"`,
	} {
		cfg, found := lang.Load(root, fakes(), folder{"main.miq.json": `{"//": "x", "locals": [{"//": "y", "l": [1]}], "output": {"o": {"value": ` + value + `}}}`}.options())
		if len(found) > 0 {
			t.Errorf("%s: got %s", value, shown(found[0]))
			continue
		}
		if got, _ := cfg.Outputs[0].Evaluate(nil); got != want {
			t.Errorf("%s: got %s, want %s", value, got, want)
		}
	}
}

func TestJSONThatGoesTooDeepIsRefused(t *testing.T) {
	for name, value := range map[string]string{
		"arrays in arrays": strings.Repeat("[", 600) + strings.Repeat("]", 600),
		"brackets":         `"${` + strings.Repeat("(", 600) + "1" + strings.Repeat(")", 600) + `}"`,
	} {
		_, found := lang.Load(root, fakes(), folder{"main.miq.json": `{"locals": {"a": ` + value + `}}`}.options())
		if len(found) == 0 || found[0].Code != "syntax" || found[0].Summary != "Too deep" {
			t.Errorf("%s: got %v, want it refused", name, found)
		}
	}
}

func TestTheDigestIsOfTheJSONItself(t *testing.T) {
	one, two := load(t, folder{"main.miq.json": "{}"}), load(t, folder{"main.miq.json": "{ }"})
	if one.Digest == two.Digest || len(one.Files) != 1 || one.Files[0].Name != "main.miq.json" {
		t.Errorf("Files: got %v and %v, want the JSON file with digests of its own", one.Files, two.Files)
	}
}
