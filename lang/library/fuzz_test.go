package library_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/lang/library"
)

// caller runs an expression over the texts a and b, the number x and the count n.
func caller(t testing.TB, text string) func(row map[string]any) (ref.Val, error) {
	t.Helper()
	env, err := library.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	env, err = env.Extend(cel.Variable("a", cel.StringType), cel.Variable("b", cel.StringType), cel.Variable("x", library.DecimalType()),
		cel.Variable("d", library.DateType()), cel.Variable("c", library.DatetimeType()), cel.Variable("l", cel.ListType(cel.IntType)), cel.Variable("m", cel.ListType(cel.IntType)))
	if err != nil {
		t.Fatal(err)
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	program, err := env.Program(ast)
	if err != nil {
		t.Fatal(err)
	}
	return func(row map[string]any) (ref.Val, error) {
		v, _, err := program.Eval(row)
		return v, err
	}
}

// ours reports whether a failure is one of the library's own sentences, which hold no value.
func ours(err error) bool {
	return library.Safe(err) != "the expression cannot be computed for this row" && library.Safe(err) != "an operator or function met a value of a type that it does not take"
}

func fuzzPair(f *testing.F, text string, seeds [][2]string, holds func(t *testing.T, a, b string, v ref.Val)) {
	call := caller(f, text)
	for _, s := range seeds {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		v, err := call(map[string]any{"a": a, "b": b})
		if err != nil {
			if !ours(err) {
				t.Errorf("%s of %q, %q: %v", text, a, b, err)
			}
			return
		}
		holds(t, a, b, v)
	})
}

func FuzzJSONPath(f *testing.F) {
	has := caller(f, "json.has(a, b)")
	fuzzPair(f, "json.at(a, b)", [][2]string{{`{"a":{"b":[1,2]}}`, "a.b[1]"}, {`[{"odd name":null}]`, `[0]["odd name"]`}, {`"\ud83d\ude00"`, ""}, {`{"a":1,"a":2}`, "a"}, {`{"":[[]]}`, `[""][0][0]`},
		{"[1", "[1]"}, {`"\ud800"`, ""}, {"1e400", ""}, {"-0.0", ""}, {"{}", "a["}, {"{}", `["\u00e9"]`}, {"\xff", ""}}, func(t *testing.T, a, b string, v ref.Val) {
		found, err := has(map[string]any{"a": a, "b": b})
		if err != nil || v != types.NullValue && found != types.True {
			t.Errorf("json.has(%q, %q): got %v, %v for %v", a, b, found, err, v)
		}
	})
}

func FuzzXMLPath(f *testing.F) {
	values := caller(f, "xml.values(a, b)")
	fuzzPair(f, "xml.at(a, b)", [][2]string{{"<a><b>1</b><b k='v'>2</b></a>", "a/b[2]/@k"}, {"<o:a xmlns:o='u/v'>x</o:a>", "{u/v}a"}, {"<a><a><a/></a></a>", "a/a"}, {"<a>&#0;</a>", "a"}, {"<?xml version='1.0'?><a/>", "a"},
		{"<a/><a/>", "a"}, {"<a", "a"}, {"<!DOCTYPE a><a>&lt;</a>", "a[1]"}, {"<a/>", "a//b"}}, func(t *testing.T, a, b string, v ref.Val) {
		all, err := values(map[string]any{"a": a, "b": b})
		if err != nil || (v == types.NullValue) != (all.(traits.Lister).Size() == types.IntZero) {
			t.Errorf("xml.values(%q, %q): got %v, %v for %v", a, b, all, err, v)
		}
	})
}

func FuzzNumber(f *testing.F) {
	format := caller(f, "number.parse(number.format(x, b), b)")
	fuzzPair(f, "number.parse(a, b)", [][2]string{{"1,234.5", "en"}, {"1.234,5", "de"}, {"1 234", "fr"}, {"1'234", "ch"}, {"12,34,567", "in"}, {"-", "en"}, {"1,,234", "en"}, {"1.2.3", "en"}, {"", "en"}, {"١", "en"}, {"\xff", "fr"}},
		func(t *testing.T, a, b string, v ref.Val) {
			point := ","
			if b == "en" || b == "in" || b == "ch" {
				point = "."
			}
			wholeA, decimalsA, _ := strings.Cut(a, point)
			wholeV, decimalsV, _ := strings.Cut(fmt.Sprint(v.Value()), ".")
			if digits(wholeA) != digits(wholeV) || decimalsA != decimalsV {
				t.Errorf("%q in %s: got %v", a, b, v.Value())
			}
			again, err := format(map[string]any{"x": v, "b": b})
			if err != nil || again.Value() != v.Value() {
				t.Errorf("%q in %s: got %v, then %v, %v", a, b, v.Value(), again, err)
			}
		})
}

// digits are those of a whole number, without zeros in front.
func digits(s string) string {
	only := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
	return strings.TrimLeft(only, "0")
}

func FuzzPhone(f *testing.F) {
	form := regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	again := caller(f, "phone.e164(a, b)")
	fuzzPair(f, "phone.e164(a, b)", [][2]string{{"020 7946 0958", "GB"}, {"+44 (0)20 7946 0958", "US"}, {"(+44)", "GB"}, {"011", "US"}, {"0(0)", "DE"}, {"", "FR"}, {"+39 06 6982 1234", "IT"}, {"((020))", "GB"}, {"\xff", "GB"}, {"1", "XX"}},
		func(t *testing.T, a, b string, v ref.Val) {
			if text, ok := v.Value().(string); !ok || !form.MatchString(text) {
				t.Errorf("%q in %s: got %v", a, b, v.Value())
			}
			if w, err := again(map[string]any{"a": v, "b": b}); err != nil || w.Equal(v) != types.True {
				t.Errorf("%v again: got %v, %v", v, w, err)
			}
		})
}

func FuzzEmail(f *testing.F) {
	again := caller(f, "email.valid(a) && email.normalise(a) == a")
	fuzzPair(f, "email.normalise(a + b)", [][2]string{{"Jo@Example.ORG", ""}, {" a@b.c", "o"}, {"a@b", ""}, {"@", "."}, {"ä@b.c", ""}, {"a@[1.2.3.4]", ""}, {"\xff@b.c", ""}}, func(t *testing.T, a, b string, v ref.Val) {
		if same, err := again(map[string]any{"a": v}); err != nil || same != types.True {
			t.Errorf("%q, then %v: got %v, %v", a+b, v, same, err)
		}
	})
}

func FuzzTransliterate(f *testing.F) {
	fuzzPair(f, "text.transliterate(a, '?') + text.slug(text.transliterate(b, '-'))", [][2]string{{"Łódź", "Straße"}, {"中", "e\u0301"}, {"\u0301", "\xff"}}, func(t *testing.T, a, b string, v ref.Val) {
		if s, ok := v.Value().(string); !ok || strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf }) {
			t.Errorf("%q, %q: got %v", a, b, v.Value())
		}
	})
}

func TestNumbersReadTheTextTheyWriteInEveryLocale(t *testing.T) {
	call := caller(t, "number.parse(number.format(x, b), b)")
	rapid.Check(t, func(t *rapid.T) {
		x := decimals().Draw(t, "x")
		name := rapid.SampledFrom(strings.Fields("en de es it nl da tr pt_br fr sv nb fi pl cs ch in")).Draw(t, "locale")
		if got, err := call(map[string]any{"x": x, "b": name}); err != nil || got.Value() != x.Value() {
			t.Errorf("%s in %s: got %v, %v", x, name, got, err)
		}
	})
}

func TestUnitsThereAndBackAreTheSame(t *testing.T) {
	call := caller(t, "units.convert(units.convert(units.convert(x, 'mi', 'm'), 'm', 'mi'), 'C', 'F')")
	back := caller(t, "units.convert(x, 'F', 'C')")
	rapid.Check(t, func(t *rapid.T) {
		x := decimals().Draw(t, "x")
		f, err := call(map[string]any{"x": x})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := back(map[string]any{"x": f}); err != nil || got.Equal(x) != types.True {
			t.Errorf("%s: got %v, %v", x, got, err)
		}
	})
}

func TestWeeksAreThoseOfTheCalendarAndDatesReadTheLayoutTheyWrite(t *testing.T) {
	week, year, day := caller(t, "date.iso_week(d)"), caller(t, "date.iso_year(d)"), caller(t, "date.day_of_year(d)")
	again := caller(t, "date.parse(date.format(d, 'd MMMM yyyy'), 'd MMMM yyyy') == d && datetime.parse(datetime.format(c, 'dd.MM.yyyy H:mm:ss.SSSSSSSSS'), 'dd.MM.yyyy H:mm:ss.SSSSSSSSS') == c")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-719162, 2932896).Draw(t, "days") // the years 1 to 9999
		row := map[string]any{"d": library.Date(n), "c": library.NewDatetime(n*86400*1e6+rapid.Int64Range(0, 86400*1e6-1).Draw(t, "micros"), 1e6)}
		at := time.Unix(n*86400, 0).UTC()
		wantYear, wantWeek := at.ISOWeek()
		for i, want := range []int{wantWeek, wantYear, at.YearDay()} {
			if got, err := []func(map[string]any) (ref.Val, error){week, year, day}[i](row); err != nil || got.Equal(types.Int(want)) != types.True {
				t.Errorf("%s, %d: got %v, %v, want %d", at, i, got, err, want)
			}
		}
		if same, err := again(row); err != nil || same != types.True {
			t.Errorf("%v: got %v, %v", row, same, err)
		}
	})
}

func TestSetsKeepTheirLaws(t *testing.T) {
	laws := caller(t, `list.union(list.except(l, m), list.intersect(l, m)).all(x, list.contains(l, x)) && list.except(l, m).all(x, !(x in m)) && list.intersect(l, m).all(x, x in m) &&
		list.union(l, m).size() == list.union(m, l).size() && list.unique(l) == list.union(l, []) && list.sort(list.unique(l)) == list.unique(list.sort(l)) &&
		(l.size() == 0 || list.min(l) == list.sort(l)[0] && list.max(l) == list.last(list.sort(l))) && list.unique(l).size() == list.except(l, m).size() + list.intersect(l, m).size()`)
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.SliceOf(rapid.Int64Range(-5, 5))
		row := map[string]any{"l": small.Draw(t, "l"), "m": small.Draw(t, "m")}
		if got, err := laws(row); err != nil || got != types.True {
			t.Errorf("%v: got %v, %v", row, got, err)
		}
	})
}
