package expr_test

import (
	"testing"

	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
)

func BenchmarkCheckColumn(b *testing.B) {
	s := scope()
	for b.Loop() {
		if e, diags := expr.Check("src.string", at(), s); e == nil {
			b.Fatal(details(diags))
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for _, text := range []string{"src.stringN == null ? 'none' : text.upper(src.stringN)", "text.upper(src.stringN)", "src.decimal * 2 > 20",
		"uuid5('pas', param.trust, string(src.int32))", "lookup.sex[src.stringN]"} {
		b.Run(text, func(b *testing.B) {
			e, diags := expr.Check(text, at(), scope())
			if e == nil {
				b.Fatal(details(diags))
			}
			program, err := e.Program()
			if err != nil {
				b.Fatal(err)
			}
			vars := map[string]any{"src": map[string]any{"stringN": types.String("1"), "decimal": decimalOf(b), "int32": types.Int(7)},
				"param": map[string]any{"trust": "RVH"}, "lookup": map[string]any{"sex": map[string]string{"1": "male"}}}
			for b.Loop() {
				if _, _, err := program.Eval(vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func decimalOf(b *testing.B) library.Decimal {
	d, err := library.NewDecimal([]byte("12.50"))
	if err != nil {
		b.Fatal(err)
	}
	return d
}
