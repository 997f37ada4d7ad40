package expr_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestEveryFaultHasItsCodePlaceAndWords(t *testing.T) {
	for _, c := range []struct{ text, code, under, says string }{
		{"src.SURNAM", "unknown-column", "src.SURNAM", `Table dbo.PATIENT of source.sqlserver.pas has no column "SURNAM". Did you mean "SURNAME"?`},
		{"text.upper( src . SURNAM )", "unknown-column", "src . SURNAM", "SURNAME"},
		{"'é' + src.SURNAM", "unknown-column", "src.SURNAM", "SURNAME"},
		{"src['odd nam']", "unknown-column", "src['odd nam']", `Did you mean "odd name"?`},
		{"src.geo", "unknown-type", "src.geo", "geometry"},
		{"has(src.string)", "cel-type", "src.string", "has_value(src.string)"},
		{"src.?string", "cel-type", "src.?string", "always there"},
		{"SURNAME + 'x'", "unknown-name", "SURNAME", `Did you mean "src.SURNAME"?`},
		{"src", "unknown-name", "src", "src.<name>"},
		{"out == 'x'", "unknown-name", "out", "An expression sees src, param, lookup."},
		{"param.trst", "unknown-param", "param.trst", `Did you mean "trust"?`},
		{"lookup.sx['1']", "unknown-lookup", "lookup.sx", `Did you mean "sex"?`},
		{"lookup.sex + 'x'", "cel-type", "lookup.sex", "lookup.sex[key]"},
		{"lookup.?sex", "cel-type", "lookup.?sex", "always there"},
		{"lookup.sex[?src.stringN].orValue('x')", "null-decides", "src.stringN", "may be null"},
		{"lookup.sex[src.int32]", "cel-type", "lookup.sex[src.int32]", "key of type int in map(string, string)"},
		{"text.uper(src.string)", "unknown-function", "text.uper", `Did you mean "text.upper"?`},
		{"upper(src.string)", "unknown-function", "upper", `Did you mean "text.upper"?`},
		{"src.string.startWith('a')", "unknown-function", "startWith", `Did you mean "startsWith"?`},
		{"dat(src.string)", "unknown-function", "dat", `Did you mean "date"?`},
		{"nhs.normalize(src.string)", "unknown-function", "nhs.normalize", `Did you mean "nhs.normalise"?`},
		{"pseudonym.hmac('peple', src.string)", "undeclared-key", "'peple'", `Did you mean "people"?`},
		{"pseudonym.hmac('keys', src.string)", "undeclared-key", "'keys'", "Declare it: key \"keys\""},
		{"pseudonym.hmac(src.string, src.string)", "cel-type", "src.string", "written as a literal text"},
		{"pseudonym.hmac('people', src.int32)", "cel-type", "pseudonym.hmac('people', src.int32)", "does not take (key, int)"},
		{"pseudonym.hmac('people')", "cel-type", "pseudonym.hmac('people')", "does not take (key)"},
		{"src.string + 1", "cel-type", "src.string + 1", "Operator + does not take string and int. Write string(x)"},
		{"src.decimal * src.float64", "cel-type", "src.decimal * src.float64", "Operator * does not take decimal and double."},
		{"src.date < '2020-01-01'", "cel-type", "src.date < '2020-01-01'", "date('2020-01-31')"},
		{"src.timestamp < src.timestamptz", "cel-type", "src.timestamp < src.timestamptz", "has no zone"},
		{"text.upper(src.int32)", "cel-type", "text.upper(src.int32)", "Function text.upper does not take (int)."},
		{"src.int32 ? 1 : 2", "cel-type", "src.int32 ? 1 : 2", "The condition of ? : is bool"},
		{"src.bool && src.int32", "cel-type", "src.int32", "This is int where bool was expected."},
		{"src.stringN == 'a'", "null-decides", "src.stringN", "src.stringN == null, coalesce(src.stringN, ...) or has_value(src.stringN)"},
		{"text.upper(src.stringN) == 'A'", "null-decides", "text.upper(src.stringN)", "because src.stringN may be"},
		{"date('31/01/2020') < src.date", "cel-type", "date('31/01/2020')", "expected yyyy-mm-dd"},
		{"src.timestamp.at_zone('Europe/Londn')", "unknown-zone", "'Europe/Londn'", "not known"},
		{"src.timestamp.at_zone(src.string)", "unknown-zone", "src.string", "literal"},
		{"optional.of(1)", "cel-type", "optional.of(1)", ".orValue(...)"},
		{"src.string ++ 1", "cel-syntax", "+", "The parser says"},
		{"src.", "cel-syntax", "", "The parser says"},
		{"'open", "cel-syntax", "", "The parser says"},
		{"", "cel-syntax", "", "expected here"},
		{"google.protobuf.Struct{}", "cel-type", "", "type"},
	} {
		t.Run(c.text, func(t *testing.T) {
			e, diags := expr.Check(c.text, at(), scope())
			if e != nil || len(diags) == 0 {
				t.Fatalf("%s: got no finding, want %s", c.text, c.code)
			}
			d := diags[0]
			if d.Code != c.code || !strings.Contains(d.Detail, c.says) || d.Object != `mapping "patient"` {
				t.Errorf("got %s: %s (%s), want %s: ...%s...", d.Code, d.Detail, d.Object, c.code, c.says)
			}
			if got := under(c.text, d); c.under != "" && got != c.under {
				t.Errorf("got %q underlined, want %q", got, c.under)
			}
			if d.Subject.Start.Line != 41 || d.Subject.End.Line != 41 {
				t.Errorf("got lines %d to %d, want 41", d.Subject.Start.Line, d.Subject.End.Line)
			}
		})
	}
}

// under is the text that a diagnostic underlines, by bytes.
func under(text string, d diag.Diagnostic) string {
	start, end := d.Subject.Start.Byte-400, d.Subject.End.Byte-400
	if start < 0 || end > len(text) || start > end {
		return ""
	}
	return text[start:end]
}

func TestSeveralFaultsAreFoundAtOnceInSourceOrder(t *testing.T) {
	_, diags := expr.Check("src.A + param.b + lookup.c['x'] + nope(src.D) + e", at(), scope())
	if got, want := codes(diags), "unknown-column unknown-param unknown-lookup unknown-function unknown-column unknown-name"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, diags = expr.Condition("src.stringN == 'a' && src.enumN == 'b'", at(), scope())
	if got, want := codes(diags), "null-decides null-decides"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPlacesInAHeredocCountItsLinesAndIndent(t *testing.T) {
	place := diag.Range{File: "m.miq.hcl", Start: diag.Pos{Line: 10, Column: 5, Byte: 100}, End: diag.Pos{Line: 13, Column: 1, Byte: 140}}
	text := "src.bool &&\n  src.string == 'é' &&\n  src.SURNAM == 'x'"
	_, diags := expr.Check(text, place, scope())
	if codes(diags) != "unknown-column" {
		t.Fatalf("got %s, want unknown-column", details(diags))
	}
	want := diag.Range{File: "m.miq.hcl", Start: diag.Pos{Line: 12, Column: 7, Byte: 100 + strings.Index(text, "src.SURNAM") + 8},
		End: diag.Pos{Line: 12, Column: 17, Byte: 100 + strings.Index(text, " == 'x'") + 8}}
	if got := *diags[0].Subject; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPlacesBehindEscapesOfAQuotedStringAreExact(t *testing.T) {
	_, diags := expr.Check(`"a" + src.SURNAM`, at(), scope())
	if got := diags[0].Subject.Start; got.Column != 10+8 || got.Byte != 400+8 {
		t.Errorf("got %+v, want column 18, byte 408", got)
	}
}

func TestConditionsAreBool(t *testing.T) {
	_, diags := expr.Condition("src.int32", at(), scope())
	if codes(diags) != "cel-type" || !strings.Contains(details(diags), "A condition is bool, and this is int.") {
		t.Errorf("got %s", details(diags))
	}
	_, diags = expr.Condition("src.boolN", at(), scope())
	if codes(diags) != "null-decides" {
		t.Errorf("got %s, want null-decides", details(diags))
	}
}

func TestExpectSeesOutAndTheRow(t *testing.T) {
	s := scope()
	s.Out = &expr.Value{Type: schema.Type{Kind: schema.String}, Null: true}
	if e, diags := expr.Condition("out == null || out.size() == src.int32", at(), s); e == nil {
		t.Error(details(diags))
	}
	if _, diags := expr.Condition("out.size() == 10", at(), s); codes(diags) != "null-decides" {
		t.Errorf("got %s, want null-decides", details(diags))
	}
}

func TestOfflineChecksAllButColumns(t *testing.T) {
	s := expr.Scope{Offline: true, Params: scope().Params}
	e, diags := expr.Condition("src.ANY > 3 && src.Other.startsWith(param.trust)", at(), s)
	if e == nil {
		t.Fatal(details(diags))
	}
	if got := strings.Join(e.Columns(), ","); got != "ANY,Other" {
		t.Errorf("got columns %s", got)
	}
	if _, diags := expr.Check("src.ANY + param.nope + nope(1)", at(), s); codes(diags) != "unknown-param unknown-function" {
		t.Errorf("got %s", details(diags))
	}
	if e, diags := expr.Check("src.ANY", at(), s); e == nil || e.Type().Kind != schema.Unknown {
		t.Errorf("got %v, %s, want a column of unknown type", e, details(diags))
	}
}
