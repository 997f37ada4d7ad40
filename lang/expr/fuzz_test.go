package expr_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/lang/expr"
)

// Whatever the text, checking it ends, and it either gives an expression or says what is wrong, at a place in the text.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"", " ", "src.string", "src.", "src['", "a.b.c(d)", "agg.count() > 0", "[1].map(x, x)", "{", "\x00", "'é' + src.SURNAM",
		"src.array.map(a, src.array.map(b, a + b))", "src.stringN == null ? 1 : 2", "has(src.x)", "null == null", "null", "-null", "!null",
		"null ? null : null", "coalesce(null, null)", "1 in null", "[null].all(x, x)", "src.decimal + 1 in [1, src.decimal]", "src.json.a[src.json.b].c",
		"src.json.map(k, v, k)", "src.?a", "optional.none()", "b'\\xff'", ".src.string", "@null()", "decimal(1).x", "type(src)", "x.exists(src, src.y)",
		"[[[1]]].map(x, x.map(y, y.map(z, z + src.decimal)))", "src.array.exists_one(x, x == x)", "lookup.sex", "lookup[src.string]", "param", "agg.sum()",
		"out.x", "1u + 1u", "duration('1h')", "timestamp('2020-01-01T00:00:00Z').getHours('Mars')", "'a'.matches('(')", "string(date('x'))"} {
		f.Add(seed)
	}
	s := scope()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip()
		}
		e, diags := expr.Check(text, at(), s)
		if (e == nil) != diags.HasErrors() {
			t.Errorf("%q: got expression %v and findings %v", text, e != nil, diags)
		}
		table, diags := expr.CheckTable(text, at(), s)
		if (table == nil) != diags.HasErrors() {
			t.Errorf("%q: got condition %v and findings %v", text, table != nil, diags)
		}
		for _, d := range diags {
			if d.Subject == nil || d.Subject.Start.Byte < 400 || d.Subject.End.Byte < d.Subject.Start.Byte {
				t.Errorf("%q: %s at %+v", text, d.Code, d.Subject)
			}
		}
	})
}
