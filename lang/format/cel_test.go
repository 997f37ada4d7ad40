package format_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/format"
)

func TestCELHasOneLayout(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"operators stand between blanks", "src.A+1>2&&src.B==3||src.C", "src.A + 1 > 2 && src.B == 3 || src.C"},
		{"several blanks become one", "src.A   +\t1", "src.A + 1"},
		{"blanks at the ends go", "  src.A ", "src.A"},
		{"a comma has a blank behind it", "coalesce( src.A ,'x' )", "coalesce(src.A, 'x')"},
		{"a sign before its operand stands close", "! src.A && - 1 < src.B - -1", "!src.A && -1 < src.B - -1"},
		{"a condition", "src.A==null?1:2", "src.A == null ? 1 : 2"},
		{"conditions within conditions", "a?(b?1:2):{'x':c?3:4}", "a ? (b ? 1 : 2) : {'x': c ? 3 : 4}"},
		{"in is an operator", "src.A in[1,2]", "src.A in [1, 2]"},
		{"lists and maps", "[ 1 ,[2] ][ 0 ]+{ 'a' :1 }.a", "[1, [2]][0] + {'a': 1}.a"},
		{"parts that may be missing", "src.J.?a . b[ ?'c' ].orValue({ ? 'd' : 1})", "src.J.?a.b[?'c'].orValue({?'d': 1})"},
		{"texts stay as they are", `src.A=='a+b , "c"'`, `src.A == 'a+b , "c"'`},
		{"texts with an escaped quote", `src.A=='it\'s+'+"\\"+r'\'+b"x"`, `src.A == 'it\'s+' + "\\" + r'\' + b"x"`},
		{"texts between three quotes", `'''a'+'b'''+"""x"y"""`, `'''a'+'b''' + """x"y"""`},
		{"numbers stay as they are", "1e-3+0x1F*2.50-10u", "1e-3 + 0x1F * 2.50 - 10u"},
		{"names in back quotes", "src.`a-b`+1", "src.`a-b` + 1"},
		{"brackets stay, also those that say nothing", "((src.A))*( 1+2 )", "((src.A)) * (1 + 2)"},
		{"a comment stays", "src.A+1//why  not ", "src.A + 1 //why  not "},
		{"loops", "[1].all(x,x>0)", "[1].all(x, x > 0)"},
		{"what is no expression stays", "src.A +", "src.A +"},
		{"a text that does not end stays", "src.A=='x", "src.A=='x"},
		{"several lines stay", "src.A\n+1", "src.A\n+1"},
		{"nothing stays", "", ""},
	} {
		if got := format.CEL(c.src); got != c.want {
			t.Errorf("%s: CEL(%s): got\n%s\nwant\n%s", c.name, c.src, got, c.want)
		}
	}
}

func TestFormatLaysOutCELBetweenQuotesAndNothingElse(t *testing.T) {
	src := `mapping "m" {
  from {
    where = "src.A>1"
    join "w" {
      on = { A = "B+c" }
    }
  }
  to { key = ["a+b"] }
  field "x" {
    cel    = "src.A==\"a+b\"" # and 1+1
    expect = <<-CEL
      out>1
    CEL
    justification = "1+1"
  }
  field "y" { cel = "'\u00e9'+'x'" }
  field "z" { cel = "'$${x}'+'%%{y}'" }
  ref "r" { on = "src.A+1" }
  filter "f" { key = "src.A+1" }
  check "c" { expect = "agg.count()>0" }
}

lookup "l" { key = "a+b" }
`
	want := strings.NewReplacer("src.A>1", "src.A > 1", `src.A==\"a+b\"`, `src.A == \"a+b\"`, "src.A+1", "src.A + 1",
		"agg.count()>0", "agg.count() > 0", "'$${x}'+'%%{y}'", "'$${x}' + '%%{y}'", "    cel    =", "    cel           =",
		"expect = <<", "expect        = <<").Replace(src)
	got, found := format.Format([]byte(src))
	if found != nil {
		t.Fatalf("Format: got findings %v, want none", found)
	}
	if string(got) != want {
		t.Errorf("Format: got\n%s\nwant\n%s", got, want)
	}
}

// expression draws an expression with chance blanks between its words.
func expression(t *rapid.T, depth int) string {
	gap := func() string { return rapid.SampledFrom([]string{"", " ", "  ", "\t"}).Draw(t, "gap") }
	sub := func() string { return expression(t, depth-1) }
	if depth == 0 {
		return rapid.SampledFrom([]string{"src.A", "src.`a b`", "1", "-1", "2.5", "1e-3", ".5", "10u", "true", "null", `'a  +b'`,
			`"it's"`, `'q\'x'`, `r'\d+'`, `b'\x00'`, `'''t'u'''`, "param.x", "lookup.codes['1']"}).Draw(t, "leaf")
	}
	switch rapid.IntRange(0, 8).Draw(t, "form") {
	case 0:
		op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"}).Draw(t, "operator")
		return sub() + gap() + op + gap() + sub()
	case 1:
		return sub() + " in " + gap() + sub()
	case 2:
		return "(" + gap() + sub() + gap() + ")"
	case 3:
		return rapid.SampledFrom([]string{"!", "-"}).Draw(t, "sign") + gap() + "(" + sub() + ")"
	case 4:
		return sub() + gap() + "?" + gap() + sub() + gap() + ":" + gap() + sub()
	case 5:
		return "[" + gap() + sub() + gap() + "," + gap() + sub() + "]" + gap() + "[" + sub() + "]"
	case 6:
		return "{" + gap() + "'k'" + gap() + ":" + gap() + sub() + gap() + "}"
	case 7:
		return "f" + gap() + "(" + sub() + gap() + "," + sub() + ")" + gap() + "." + gap() + "g" + gap() + "(" + ")"
	}
	return "has(src.A)" + gap() + "&&" + gap() + "[1].all(" + gap() + "x" + gap() + "," + gap() + sub() + ")"
}

func TestCELKeepsTheMeaningAndItsOwnResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := expression(t, rapid.IntRange(0, 3).Draw(t, "depth"))
		before, err := expr.Shape(src)
		out := format.CEL(src)
		if err != nil {
			if out != src {
				t.Fatalf("CEL(%s): got %s, and the text is no expression", src, out)
			}
			return
		}
		if after, err := expr.Shape(out); err != nil || after != before {
			t.Fatalf("CEL(%s): got %s, which means %s, %v; want %s", src, out, after, err, before)
		}
		if again := format.CEL(out); again != out {
			t.Fatalf("CEL(%s): got %s, and of that %s", src, out, again)
		}
		if bare := strings.NewReplacer(" ", "", "\t", ""); bare.Replace(src) != bare.Replace(out) {
			t.Fatalf("CEL(%s): got other words: %s", src, out)
		}
	})
}

// Texts that are mostly no CEL at all.
func TestCELOfAnythingChangesBlanksOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "1", ".", "'", `"`, `\`, "r", "b", "?", ":", "(", ")", "{", "}", "[", "]", "//", " ",
			"-", "!", "=", "&&", "`", "é", ",", "in", "1e", "0x", "\xff", "'''"}), 0, 10).Draw(t, "parts")
		src := strings.Join(parts, "")
		out := format.CEL(src)
		if bare := strings.NewReplacer(" ", ""); bare.Replace(src) != bare.Replace(out) {
			t.Fatalf("CEL(%q): got other words: %q", src, out)
		}
		if again := format.CEL(out); again != out {
			t.Fatalf("CEL(%q): got %q, and of that %q", src, out, again)
		}
	})
}

// The project's own configurations hold expressions that people wrote.
func TestFormatKeepsTheExpressionsOfTheProjectsOwnFiles(t *testing.T) {
	seen := 0
	for _, glob := range []string{"../testdata/*.hcl", "../testdata/*/*.hcl", "../../examples/*/*.hcl"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			first, found := format.Format(src)
			if found != nil {
				continue
			}
			seen++
			second, found := format.Format(first)
			if found != nil || string(second) != string(first) {
				t.Errorf("%s: the second time changes the result of the first", name)
			}
			if bare := strings.NewReplacer(" ", "", "\n", "", "\t", ""); bare.Replace(string(src)) != bare.Replace(string(first)) {
				t.Errorf("%s: other words than before", name)
			}
		}
	}
	if seen == 0 {
		t.Error("no file of the project was found")
	}
}

// FuzzCEL holds CEL to its promise for every text: no panic, nothing but blanks is changed, and its own result is left alone.
func FuzzCEL(f *testing.F) {
	for _, src := range []string{"src.A+1", "a?b:c", "{?'a':[1,?x]}", `r'\'+b"\x00"`, "'''a'b'''", "`a`.b", "1e-3", "//", "a.?b[?c]", "- -1", "!x in[1]", "\xff", "'"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out := format.CEL(src)
		if bare := strings.NewReplacer(" ", "", "\t", ""); bare.Replace(src) != bare.Replace(out) {
			t.Fatalf("CEL(%q): got other words: %q", src, out)
		}
		if again := format.CEL(out); again != out {
			t.Fatalf("CEL(%q): got %q, and of that %q", src, out, again)
		}
		before, err := expr.Shape(src)
		if after, failed := expr.Shape(out); err == nil && (failed != nil || after != before) {
			t.Fatalf("CEL(%q): got %q, which means %q, %v; want %q", src, out, after, failed, before)
		}
	})
}
