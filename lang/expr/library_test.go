package expr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// sample is an expression of a value of a type.
func sample(t *testing.T, of *cel.Type) string {
	t.Helper()
	switch of.Kind() {
	case types.ListKind:
		return "[" + sample(t, of.Parameters()[0]) + "]"
	case types.TypeParamKind, types.StringKind:
		return "'a'"
	case types.DynKind:
		return "src.json"
	case types.BoolKind:
		return "true"
	case types.IntKind:
		return "1"
	case types.UintKind:
		return "1u"
	case types.DoubleKind:
		return "1.5"
	case types.BytesKind:
		return "b'a'"
	case types.TimestampKind:
		return "timestamp('2020-01-31T10:00:00Z')"
	case types.DurationKind:
		return "duration('1s')"
	}
	samples := map[string]string{"decimal": "decimal('1.5')", "date": "date('2020-01-31')", "time": "time('10:00')",
		"datetime": "datetime('2020-01-31 10:00:00')", "interval": "interval('P1M2DT3S')", "key": "'people'"}
	text, ok := samples[of.TypeName()]
	if !ok {
		t.Fatalf("no sample of %s", of)
	}
	return text
}

// texts are arguments that are texts of a form, by function and place.
func texts() map[string]map[int]string {
	return map[string]map[int]string{
		"at_zone": {1: "'UTC'", 2: "'error'"}, "in_zone": {1: "'UTC'"}, "decimal.round": {2: "'up'"}, "decimal.div": {3: "'up'"}, "decimal.percent": {3: "'up'"},
		"date.trunc": {1: "'month'"}, "datetime.trunc": {1: "'hour'"}, "date.parse": {0: "'2020-01-31'", 1: "'yyyy-MM-dd'"},
		"datetime.parse": {0: "'2020-01-31'", 1: "'yyyy-MM-dd'"}, "date.valid": {1: "'yyyy-MM-dd'"}, "datetime.valid": {1: "'yyyy-MM-dd'"},
		"date.format": {1: "'yyyy-MM-dd'"}, "datetime.format": {1: "'yyyy-MM-dd'"}, "number.parse": {0: "'1'", 1: "'en'"}, "number.valid": {1: "'en'"},
		"number.format": {1: "'en'"}, "units.convert": {1: "'lb'", 2: "'kg'", 4: "'up'"}, "phone.e164": {0: "'020 7946 0958'", 1: "'GB'"}, "phone.valid": {1: "'GB'"},
		"text.keep": {1: "'letters'"}, "text.remove": {1: "'digits'"}, "text.normalise": {1: "'nfc'"}, "regex.replace": {2: "'x'"}, "regex.group": {1: "'(a)'"},
		"email.normalise": {0: "'a@b.c'"}, "email.domain": {0: "'a@b.c'"}, "decode.hex": {0: "'61'"}, "nhs.normalise": {0: "'9434765919'"}, "mask.postcode_district": {0: "'M1 1AA'"}, "decode.base64": {0: "'YQ=='"},
		"json.at": {1: "'a'"}, "json.int_at": {1: "'i'"}, "json.text_at": {1: "'s'"}, "json.decimal_at": {1: "'i'"}, "json.bool_at": {1: "'b'"},
		"json.parse": {0: "'1'"}, "json.list_at": {1: "'l'"}, "xml.at": {0: "'<a/>'"}, "xml.values": {0: "'<a/>'"}, "xml.has": {0: "'<a/>'"}, "date.from_excel": {0: "43861"},
		"date": {0: "'2020-01-31'"}, "time": {0: "'10:00'"}, "datetime": {0: "'2020-01-31'"}, "decimal": {0: "'1'"}, "interval": {0: "'P1M2DT3S'"},
	}
}

// calls writes a call of every overload of every function of ours, with the arguments that it may have.
func calls(t *testing.T, each func(f library.Function, member bool, types []*cel.Type, args []string)) {
	t.Helper()
	env, err := library.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range library.Functions() {
		for _, o := range env.Functions()[f.Name].OverloadDecls() {
			args := make([]string, len(o.ArgTypes()))
			for i, a := range o.ArgTypes() {
				args[i] = sample(t, a)
				if text, ok := texts()[f.Name][i]; ok && (a.Kind() == types.StringKind || a.Kind() == types.IntKind) {
					args[i] = text
				}
			}
			each(f, o.IsMemberFunction(), o.ArgTypes(), args)
		}
	}
}

func written(f library.Function, member bool, args []string) string {
	if member {
		return args[0] + "." + f.Name + "(" + strings.Join(args[1:], ", ") + ")"
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

func isZone(f library.Function, at int) bool {
	return at == 1 && (f.Name == "at_zone" || f.Name == "in_zone")
}

func TestEveryFunctionGivesNullForNullInEveryPlace(t *testing.T) {
	count := 0
	calls(t, func(f library.Function, member bool, of []*cel.Type, args []string) {
		if f.Name == library.Coalesce || f.Name == library.HasValue {
			return
		}
		for i := range args {
			with := slices.Clone(args)
			with[i] = "(src.bool ? null : " + args[i] + ")"
			text := written(f, member, with)
			e, diags := expr.Check(text, at(), scope())
			if slices.Contains(f.Literals, i) || isZone(f, i) {
				if e != nil {
					t.Errorf("%s: an argument that has to be a literal may be null", text)
				}
				continue
			}
			if e == nil {
				t.Errorf("%s: %s", text, details(diags))
				continue
			}
			count++
			if v, err := run(t, e); err != nil || value(v) != "null" || !e.MayBeNull() {
				t.Errorf("%s: got %v, %v, may be null %v; want null", text, v, err, e.MayBeNull())
			}
		}
	})
	if count < 200 {
		t.Errorf("got %d calls with null, want more than 200", count)
	}
}

func TestEveryFunctionIsKnownToBeNullOrNotOverValues(t *testing.T) {
	calls(t, func(f library.Function, member bool, of []*cel.Type, args []string) {
		for i, a := range of { // json may be null itself
			if a.Kind() == types.DynKind {
				args[i] = `'{"a": 1, "i": 1, "s": "x", "b": true, "l": [1]}'`
			}
		}
		text := written(f, member, args)
		e, diags := expr.Check(text, at(), scope())
		if e == nil {
			t.Errorf("%s: %s", text, details(diags))
			return
		}
		if e.MayBeNull() != f.Absent {
			t.Errorf("%s: got may be null %v, want %v", text, e.MayBeNull(), f.Absent)
		}
		v, err := run(t, e)
		if err != nil || value(v) == "null" && !f.Absent {
			t.Errorf("%s: got %v, %v", text, v, err)
		}
	})
}

func TestFunctionsThatMayGiveNullMayNotDecide(t *testing.T) {
	for _, text := range []string{
		"json.at(src.string, 'a') == 1", "json.text_at(src.json, 's') == 'x'", "xml.at(src.string, 'a') == 'x'", "regex.find(src.string, 'a') == 'a'",
		"regex.group(src.string, 'a', 0) == 'a'", "text.blank_to_null(src.string) == 'a'", "text.part(src.string, ',', 1) == 'a'", "text.before(src.string, ',') == 'a'",
		"list.first(['a']) == 'a'", "list.min([1, 2]) == 1", "json.bool_at(src.string, 'a')",
		"list.contains(src.array, 'a')", "list.sort(src.array).size() > 0", "list.unique(src.array).size() > 0", "list.join(src.array, ',').size() > 0",
		"list.intersect(['a'], src.array).size() > 0", "list.sum([src.int32N]) > 0", "list.first([src.stringN]).size() > 0", "list.max(json.list_at(src.json, 'a')) == 1",
		"list.contains(['a'], src.stringN)",
	} {
		e, diags := expr.Condition(text, at(), scope())
		if e != nil || !strings.Contains(codes(diags), "null-decides") {
			t.Errorf("%s: got %q, want null-decides", text, details(diags))
		}
	}
	for text, want := range map[string]string{
		"json.has('{\"a\": 1}', 'a')": "true", "coalesce(json.has(src.json, 'a.b'), false)": "true", "xml.has('<a/>', 'a')": "true", "coalesce(json.int_at(src.json, 'a.b'), 0) == 1": "true",
		"coalesce(json.at(src.json, 'n'), 'none') == 'none'": "true", "coalesce(json.text_at(src.json, 'n'), 'none') == 'none'": "true",
		"json.text_at(src.json, 's') != null && json.text_at(src.json, 's') == 'text'": "true",
		"list.contains(list.without_nulls(src.array), 'x')":                            "true", "list.without_nulls(src.array).size() == 2": "true",
		"list.sort(list.without_nulls([src.string, src.stringN])).size() == 1": "true",
		"regex.matches(src.string, '^ab$')":                                    "true", "email.valid(src.string)": "false",
		"units.convert(src.int32, 'lb', 'kg') > 1": "true", "number.format(1000, 'en') == '1,000'": "true", "decimal.percent(src.int32, 12, 0, 'up') == 25": "true",
		"has_value(text.blank_to_null(src.string))": "true", "list.contains([src.decimal, 1], src.decimal)": "true",
	} {
		e, diags := expr.Condition(text, at(), scope())
		if e == nil {
			t.Errorf("%s: %s", text, details(diags))
			continue
		}
		if v, err := run(t, e); err != nil || value(v) != want {
			t.Errorf("%s: got %v, %v, want %s", text, v, err, want)
		}
	}
}

func TestListFunctionsTakeListsOfAnyOrderedTypeFromJSONToo(t *testing.T) {
	for text, want := range map[string]string{
		"list.max(list.without_nulls(json.at('[3, 7, 5]', '[0]') == null ? [] : [3, 7]))":    "7",
		"list.sum(list.without_nulls(json.list_at('[1, 2, null]', '')))":                     "3",
		"list.min(list.without_nulls(json.list_at('[\"b\", \"a\"]', '')))":                   "a",
		"list.sum(list.without_nulls(json.list_at('[]', '')))":                               "0",
		"list.max([src.date, date('2021-01-01')])":                                           "2021-01-01",
		"list.min([src.decimal, 1])":                                                         "1",
		"list.max([src.timestamp])":                                                          "2020-01-31 00:00:00",
		"list.first(list.sort([src.timestamptz])) == src.timestamptz ? 'same' : 'different'": "same",
	} {
		e, diags := expr.Check(text, at(), scope())
		if e == nil {
			if !strings.HasSuffix(text, "'different'") || !strings.Contains(codes(diags), "null-decides") {
				t.Errorf("%s: %s", text, details(diags))
			}
			continue
		}
		if v, err := run(t, e); err != nil || value(v) != want {
			t.Errorf("%s: got %v, %v, want %s", text, v, err, want)
		}
	}
}

func TestLiteralsAreCheckedWhereTheyAreWritten(t *testing.T) {
	for _, c := range []struct{ text, under, says string }{
		{"regex.matches(src.string, '(')", "regex.matches(src.string, '(')", "missing closing )"},
		{"regex.matches(src.string, src.string)", "src.string)", "literal text"},
		{"regex.find(src.string, param.trust)", "param.trust", "literal text"},
		{"regex.replace(src.string, '(a)', '$2')", "", "names a group"},
		{"regex.replace(src.string, 'a', src.string)", "src.string)", "literal text"},
		{"json.at(src.json, 'a..b')", "", "a.b[0]"},
		{"json.at(src.int32, 'a')", "src.int32", "Function json.at takes json or a text of JSON, and this is int."},
		{"list.sum(src.json.a)", "src.json.a", "json.list_at(x, 'path')"},
		{"json.at(src.date, 'a')", "src.date", "this is date"},
		{"xml.at(src.string, '/a')", "", "root/element[2]/@attribute"},
		{"units.convert(src.decimal, 'lb', 'kgs')", "", "the units are of mass kg"},
		{"units.convert(src.decimal, 'lb', 'm')", "", "a mass cannot become a length"},
		{"units.convert(src.decimal, src.string, 'm')", "src.string", "literal text"},
		{"units.convert(src.decimal, 'lb', 'kg', 1, 'near')", "", "rounding mode"},
		{"number.parse(src.string, 'xx')", "", "the locale is not one of en, de"},
		{"phone.e164(src.string, 'UK')", "", "default country"},
		{"text.keep(src.string, 'vowels')", "", "classes"}, {"text.keep(src.string, '')", "", "classes"},
		{"text.normalise(src.string, 'NFC')", "", "nfc"}, {"text.split(src.string, '')", "", "separator is empty"},
		{"decimal.round(src.decimal, 2, 'bankers')", "", "half_even"}, {"date.trunc(src.date, 'decade')", "", "period"},
		{"datetime.trunc(src.timestamp, 'decade')", "", "period"}, {"date.parse(src.string, 'dd.MM.yy')", "", "layout"},
		{"date.parse(src.string, 'dd.MM.yyyy HH')", "", "datetime.parse"}, {"date.format(src.date, 'HH')", "", "datetime"},
		{"datetime.parse(src.string, 'HH:mm')", "", "lacks the year"}, {"date.valid(src.string, 'yy')", "", "layout"},
	} {
		e, diags := expr.Check(c.text, at(), scope())
		if e != nil || len(diags) != 1 {
			t.Errorf("%s: got %q, want one finding", c.text, details(diags))
			continue
		}
		if d := diags[0]; d.Code != "cel-type" || !strings.Contains(d.Detail, c.says) {
			t.Errorf("%s: got %s: %s, want cel-type: ...%s...", c.text, d.Code, d.Detail, c.says)
		}
		if got := under(c.text, diags[0]); c.under != "" && got != strings.TrimSuffix(c.under, ")") && got != c.under {
			t.Errorf("%s: got %q underlined, want %q", c.text, got, c.under)
		}
	}
	for _, text := range []string{"phone.e164(src.string, src.string)", "number.parse(src.string, src.string)", "date.trunc(src.date, src.string)"} {
		if e, diags := expr.Check(text, at(), scope()); e == nil {
			t.Errorf("%s: %s", text, details(diags))
		}
	}
}

func TestFunctionsHaveTheirVersionInTheExpression(t *testing.T) {
	e, diags := expr.Check("phone.e164(text.squish(src.string), 'GB')", at(), scope())
	if e == nil {
		t.Fatal(details(diags))
	}
	if got, want := fmt.Sprint(e.Functions()), "[phone.e164@1 text.squish@1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnIntIsTakenForADecimalWhereNoOtherDecimalIs(t *testing.T) {
	s := scope()
	s.Columns = []schema.Column{{Name: "int32", Type: kind(schema.Int32)}}
	for text, want := range map[string]string{"units.convert(src.int32, 'kg', 'g')": "3000", "number.format(src.int32, 'en')": "3"} {
		e, diags := expr.Check(text, at(), s)
		if e == nil {
			t.Errorf("%s: %s", text, details(diags))
			continue
		}
		if v, err := run(t, e); err != nil || value(v) != want {
			t.Errorf("%s: got %v, %v, want %s", text, v, err, want)
		}
	}
}
