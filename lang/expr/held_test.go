package expr_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestAConditionHoldsColumnsToTextsOnlyWhereItCannotBeTrueOtherwise(t *testing.T) {
	s := expr.Scope{Place: "Table t", Columns: []schema.Column{{Name: "A", Type: schema.Type{Kind: schema.String}}, {Name: "B", Type: schema.Type{Kind: schema.String}},
		{Name: "M", Type: schema.Type{Kind: schema.String}, Null: true}, {Name: "N", Type: schema.Type{Kind: schema.Int64}}}}
	for text, want := range map[string][][2]string{
		"src.A == 'x'":    {{"A", "x"}},
		"'x' == src.A":    {{"A", "x"}},
		`src["A"] == "x"`: {{"A", "x"}},
		"src.N > 1 && (src.A == 'x' && src.B == 'y') && src.N < 9": {{"A", "x"}, {"B", "y"}},
		"src.M != null && src.M == 'x'":                            {{"M", "x"}},
		"src.A == 'x' || src.B == 'y'":                             nil,
		"!(src.A == 'x')":                                          nil,
		"src.A != 'x'":                                             nil,
		"src.A in ['x']":                                           nil,
		"src.A == src.B":                                           nil,
		"text.upper(src.A) == 'X'":                                 nil,
		"coalesce(src.M, 'x') == 'x'":                              nil,
		"src.N == 1":                                               nil,
		"src.N > 1 ? src.A == 'x' : src.B == 'y'":                  nil,
	} {
		e, found := expr.Condition(text, diag.Range{File: "main.miq.hcl"}, s)
		if found.HasErrors() {
			t.Errorf("%s: %v", text, found.Err())
			continue
		}
		if diff := cmp.Diff(want, e.Held()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
