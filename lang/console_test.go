package lang_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
)

const consoleFolder = `
variable "env" { default = "test" }
variable "token" {
  default   = "hidden"
  sensitive = true
}
locals {
  both = { x = 1, y = [true, null] }
}
`

func TestEvaluateGivesTheValueOfAnExpression(t *testing.T) {
	for text, want := range map[string]string{
		`var.env`:                             `"test"`,
		`"${upper(var.env)}-${local.both.x}"`: `"TEST-1"`,
		`local.both`:                          `{"x":1,"y":[true,null]}`,
		`[for v in local.both.y : v == null]`: `[false,true]`,
		`1 + 2 # three`:                       `3`,
	} {
		got, found := lang.Evaluate(root, fakes(), one(consoleFolder).options(), text)
		if len(found) > 0 || got.JSON != want || got.Sensitive {
			t.Errorf("Evaluate(%s): got %+v and %v, want %s", text, got, found, want)
		}
	}
	got, found := lang.Evaluate(root, fakes(), one(consoleFolder).options(), `"${var.token}!"`)
	if len(found) > 0 || got.JSON != "" || !got.Sensitive {
		t.Errorf("Evaluate of a sensitive value: got %+v and %v, want no value", got, found)
	}
}

func TestEvaluateTellsWhatIsWrongWithItsPlace(t *testing.T) {
	for _, c := range []struct {
		text, code string
		column     int
	}{
		{`upper(var.en)`, "unknown-variable", 7},
		{`1 + upp("x")`, "unknown-function", 5},
		{`upper(`, "syntax", 7},
		{`1 }`, "syntax", 3},
		{`mapping.x.rows`, "invalid-reference", 1},
		{`source.sqlite.x`, "unknown-source", 1},
		{`secret("env://X")`, "secret-misplaced", 1},
	} {
		_, found := lang.Evaluate(root, fakes(), one(consoleFolder).options(), c.text)
		if len(found) == 0 || found[0].Code != c.code || found[0].Subject == nil {
			t.Errorf("Evaluate(%s): got %v, want %s", c.text, found, c.code)
			continue
		}
		if at := found[0].Subject; at.File != "" || at.Start.Line != 1 || at.Start.Column != c.column {
			t.Errorf("Evaluate(%s): got the place %q %d:%d, want line 1, column %d", c.text, at.File, at.Start.Line, at.Start.Column, c.column)
		}
	}
	if _, found := lang.Evaluate(root, fakes(), one(`locals {`).options(), `1`); len(found) != 1 || found[0].Code != "evaluation" {
		t.Errorf("Evaluate in a folder that is not HCL: got %v, want evaluation", found)
	}
}
