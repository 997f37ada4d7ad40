package format_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/lang/format"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"values of one group are aligned", "variable \"x\" {\n default=1\ntype = number\n}\n",
			"variable \"x\" {\n  default = 1\n  type    = number\n}\n"},
		{"the last line ends, once", "locals {\n  a = 1\n}", "locals {\n  a = 1\n}\n"},
		{"blank lines at the end go", "locals {\n  a = 1\n}\n\n\n", "locals {\n  a = 1\n}\n"},
		{"an empty file stays empty", "\n\n", ""},
		{"a comment stays", "# why\nlocals {}   # and how\n", "# why\nlocals {} # and how\n"},
		{"the text of a heredoc stays", "locals {\na=<<EOT\n   x  =  1\nEOT\n}\n", "locals {\n  a = <<EOT\n   x  =  1\nEOT\n}\n"},
		{"breaks of the other kind stay", "locals {\r\n  a = 1\r\n}\r\n", "locals {\r\n  a = 1\r\n}\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, found := format.Format([]byte(c.src))
			if found != nil {
				t.Fatalf("Format: got findings %v, want none", found)
			}
			if d := cmp.Diff(c.want, string(got)); d != "" {
				t.Errorf("Format (-want +got):\n%s", d)
			}
		})
	}
}

func TestWhatIsNotHCLComesBackWithItsFindings(t *testing.T) {
	src := []byte("locals {\n  a = \n}\n")
	got, found := format.Format(src)
	if !bytes.Equal(got, src) {
		t.Errorf("Format: got %q, want the text as it was", got)
	}
	if len(found) == 0 || found[0].Code != "syntax" || found[0].Subject.Start.Line != 2 {
		t.Errorf("Format: got %v, want a syntax error in line 2", found)
	}
}

// pieces are lines whose mixtures are mostly HCL.
func pieces() []string {
	return []string{"locals {", "}", "  a=1", "b   = \"x  y\"", "c = [1,\n2 , 3]", "d = {\n x=1\n  yy = 2 }", "# note", "// other", "",
		"e = <<-EOT\n    one\n      two\n    EOT", "f = \"${ a+1 }\"", "inner \"l\"   {", "g = a ? b:c", "/* x\n y */", "h = upper( \"a\" )",
		"k = !a&&b", "m = -1", "\r\n", "n = a[ 0 ].b", "é = \"ü\"", "o = [for x in y:x if x>1]"}
}

func TestFormatOfItsOwnResultChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom(pieces()), 0, 12).Draw(t, "lines")
		sep := rapid.SampledFrom([]string{"\n", "\n\n", "\n   ", "\r\n"}).Draw(t, "sep")
		src := []byte(strings.Join(lines, sep))
		first, found := format.Format(src)
		if found != nil {
			return
		}
		second, found := format.Format(first)
		if found != nil || !bytes.Equal(first, second) {
			t.Fatalf("Format twice: got %q and %v, want %q", second, found, first)
		}
		if d := cmp.Diff(words(src), words(first)); d != "" {
			t.Fatalf("Format changed words (-before +after):\n%s", d)
		}
	})
}

// words are the tokens of a text without its layout.
func words(src []byte) []string {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	var all []string
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		case hclsyntax.TokenComment:
			all = append(all, strings.TrimSpace(string(token.Bytes)))
		case hclsyntax.TokenCHeredoc:
			all = append(all, strings.TrimSpace(string(token.Bytes)))
		default:
			all = append(all, string(token.Bytes))
		}
	}
	return all
}
