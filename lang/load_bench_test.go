package lang_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
)

// BenchmarkLoad reads 2,000 mappings of 10 fields from 20 files.
func BenchmarkLoad(b *testing.B) {
	f := folder{"main.miq.hcl": "source \"sqlite\" \"shop\" { path = \"shop.db\" }\ntarget \"csv\" \"out\" { path = \"out\" }\n"}
	for file := range 20 {
		var text strings.Builder
		for n := range 100 {
			name := fmt.Sprintf("t%d", file*100+n)
			fmt.Fprintf(&text, "mapping %q {\n  from {\n    source = source.sqlite.shop\n    table  = %q\n    where  = \"src.C0 > 0\"\n  }\n", name, name)
			fmt.Fprintf(&text, "  to {\n    target = target.csv.out\n    table  = %q\n    key    = [\"f0\"]\n  }\n", name)
			for field := range 10 {
				fmt.Fprintf(&text, "  field \"f%d\" { cel = \"src.C%d\" }\n", field, field)
			}
			text.WriteString("}\n")
		}
		f[fmt.Sprintf("part%02d.miq.hcl", file)] = text.String()
	}
	opt := f.options()
	b.ReportAllocs()
	for b.Loop() {
		cfg, found := lang.Load(root, fakes(), opt)
		if found.HasErrors() || len(cfg.Mappings) != 2000 {
			b.Fatalf("Load: got %d mappings and %v, want 2000 and no error", len(cfg.Mappings), found.Err())
		}
	}
}
