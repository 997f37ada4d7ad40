package lang_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// calls has every function at least once, with its value as JSON.
var calls = []struct{ expression, want string }{
	{`abs(-1.5)`, `1.5`}, {`alltrue([true, false])`, `false`}, {`alltrue([])`, `true`}, {`anytrue([true, false])`, `true`},
	{`base64encode("Zoë")`, `"Wm/Dqw=="`}, {`base64decode("Wm/Dqw==")`, `"Zoë"`}, {`can([1][1])`, `false`}, {`can([1][0])`, `true`},
	{`try([1][1], "none")`, `"none"`}, {`ceil(1.2)`, `2`}, {`chomp("a\n")`, `"a"`}, {`chunklist(["a", "b", "c"], 2)`, `[["a","b"],["c"]]`},
	{`coalesce(null, "a")`, `"a"`}, {`coalescelist([], ["a"])`, `["a"]`}, {`compact(["a", "", "b"])`, `["a","b"]`}, {`concat(["a"], ["b"])`, `["a","b"]`},
	{`contains(["a"], "a")`, `true`}, {`csvdecode("a,b\n1,x")`, `[{"a":"1","b":"x"}]`}, {`distinct(["a", "b", "a"])`, `["a","b"]`},
	{`element(["a", "b"], 3)`, `"b"`}, {`endswith("abc", "bc")`, `true`}, {`startswith("abc", "bc")`, `false`}, {`strcontains("abc", "b")`, `true`},
	{`flatten([["a"], ["b", ["c"]]])`, `["a","b","c"]`}, {`floor(1.8)`, `1`}, {`format("%s-%03d", "a", 7)`, `"a-007"`}, {`format("%v", [null, 1])`, `"[null,1]"`},
	{`formatlist("%s!", ["a", "b"])`, `["a!","b!"]`}, {`formatdate("DD.MM.YYYY hh:mm", "2026-01-31T08:09:10Z")`, `"31.01.2026 08:09"`},
	{`indent(2, "a\nb")`, `"a\n  b"`}, {`index(["a", "b"], "b")`, `1`}, {`join("-", ["a", "b"])`, `"a-b"`}, {`jsondecode("[1, {\"a\": null}]")`, `[1,{"a":null}]`},
	{`jsonencode({ a = [1] })`, `"{\"a\":[1]}"`}, {`keys({ b = 1, a = 2 })`, `["a","b"]`}, {`length("Zoë")`, `3`}, {`length({ a = 1 })`, `1`},
	{`lookup({ a = "x" }, "b", "y")`, `"y"`}, {`lower("AB")`, `"ab"`}, {`max(1, 3, 2)`, `3`}, {`merge({ a = 1 }, { b = 2 })`, `{"a":1,"b":2}`}, {`min(1, 3)`, `1`},
	{`one(["a"])`, `"a"`}, {`one([])`, `null`}, {`one(toset([3]))`, `3`}, {`parseint("ff", 16)`, `255`}, {`range(3)`, `[0,1,2]`}, {`regex("[a-z]+", "12ab")`, `"ab"`},
	{`regexall("[a-z]", "1a2b")`, `["a","b"]`}, {`replace("aXb", "/[A-Z]/", "-")`, `"a-b"`}, {`reverse(["a", "b"])`, `["b","a"]`},
	{`setintersection(["a", "b"], ["b"])`, `["b"]`}, {`setproduct(["a", "b"], ["x"])`, `[["a","x"],["b","x"]]`}, {`setsubtract(["a", "b"], ["b"])`, `["a"]`},
	{`setunion(["a"], ["b"])`, `["a","b"]`}, {`sha256("abc")`, `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`},
	{`substr(sha512("abc"), 0, 16)`, `"ddaf35a193617aba"`}, {`signum(-3)`, `-1`}, {`slice(["a", "b", "c"], 1, 2)`, `["b"]`}, {`sort(["b", "a"])`, `["a","b"]`},
	{`split(",", "a,b")`, `["a","b"]`}, {`strrev("abc")`, `"cba"`}, {`substr("abc", 1, 1)`, `"b"`}, {`sum([0.1, 0.2])`, `0.3`}, {`sum([])`, `0`}, {`title("a b")`, `"A B"`},
	{`tobool("true")`, `true`}, {`tolist(["a", 1])`, `["a","1"]`}, {`tomap({ a = 1 })`, `{"a":1}`}, {`tonumber("1.5")`, `1.5`}, {`toset(["b", "a", "b"])`, `["a","b"]`},
	{`tostring(1.5)`, `"1.5"`}, {`trim("--a--", "-")`, `"a"`}, {`trimprefix("ab", "a")`, `"b"`}, {`trimsuffix("ab", "b")`, `"a"`}, {`trimspace(" a ")`, `"a"`},
	{`upper("ab")`, `"AB"`}, {`values({ b = 1, a = 2 })`, `[2,1]`}, {`zipmap(["a", "b"], [1, 2])`, `{"a":1,"b":2}`},
}

func TestEveryFunctionOfAnExpression(t *testing.T) {
	seen := map[string]bool{"secret": true} // which gives no value that could be shown
	for _, c := range calls {
		for _, m := range regexp.MustCompile(`([a-z0-9]+)\(`).FindAllStringSubmatch(c.expression, -1) {
			seen[m[1]] = true
		}
		got, found := load(t, one(fmt.Sprintf("output \"o\" { value = %s }", c.expression))).Outputs[0].Evaluate(nil)
		if found != nil || got != c.want {
			t.Errorf("%s: got %s and %v, want %s", c.expression, got, found, c.want)
		}
	}
	for _, name := range lang.FunctionNames() {
		if !seen[name] {
			t.Errorf("function %s: no call here", name)
		}
	}
}

func TestFunctionsThatHaveNoValue(t *testing.T) {
	for expression, part := range map[string]string{
		`one(["a", "b"])`: "one at most", `index(["a"], "b")`: "does not hold it", `index(toset(["a"]), "a")`: "no order", `sum([1, null])`: "null",
		`base64decode("?")`: "not base64", `base64decode("/w==")`: "UTF-8", `try([1][1])`: "", `jsonencode(source.sqlite.shop)`: "cannot be written as text",
		`format("%v", [source.sqlite.shop])`: "cannot be written as text", `length(setproduct(range(1000), range(1000), range(1000)))`: "more than 100000 combinations",
		`one("a")`: "a list or a set", `formatdate("YYYY", "x")`: "timestamp",
	} {
		_, found := lang.Load(root, fakes(), one(ends+fmt.Sprintf("locals { x = %s }", expression)).options())
		if len(found) != 1 || found[0].Code != "evaluation" || !strings.Contains(found[0].Detail, part) {
			t.Errorf("%s: got %v, want one evaluation with %q", expression, found, part)
		}
	}
}

func TestASensitiveValueStaysSoThroughEveryFunction(t *testing.T) {
	for _, e := range []string{`sha256(var.pw)`, `base64encode(var.pw)`, `try(var.pw, 1)`, `can(var.pw.x)`, `can(regex("^h", var.pw))`, `try(regex("^h", var.pw), "no")`, `one([var.pw])`, `index([var.pw], "x")`, `format("%s", var.pw)`,
		`jsonencode([var.pw])`, `startswith(var.pw, "h")`, `setproduct([var.pw], ["a"])`, `sum([length(var.pw)])`, `formatlist("%s", [var.pw])`} {
		src := "variable \"pw\" {\n  default   = \"x\"\n  sensitive = true\n}\noutput \"o\" { value = " + e + " }"
		_, found := lang.Load(root, fakes(), one(src).options())
		if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "sensitive-value" }) {
			t.Errorf("%s: got %v, want sensitive-value", e, found)
		}
	}
}
