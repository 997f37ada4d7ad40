package library_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"

	"github.com/novumsolvo/migrateiq/lang/library"
)

func TestNHSNumbers(t *testing.T) {
	const wrong = "! the text is not of ten digits, with or without blanks and hyphens between them"
	var all []example
	for _, n := range []string{"9434765919", "9434765870", "4010232137", "9876543210", "9990000018"} {
		all = append(all, example{"nhs.valid('" + n + "')", "true"})
	}
	for _, n := range []string{"9434765871", "4010232138", "9876543211", "0000000000", "1111111111", "1234567890", "943 476 5919", "943476591", "94347659190", "943476591x", ""} {
		all = append(all, example{"nhs.valid('" + n + "')", "false"})
	}
	checkAll(t, append(all, []example{
		{"nhs.normalise('943-476-5919')", "9434765919"}, {"nhs.normalise(' 943 476\\u00a05919 ')", "9434765919"}, {"nhs.normalise('1234567890')", "1234567890"},
		{"nhs.normalise('943476591')", wrong}, {"nhs.normalise('943476591x')", wrong}, {"nhs.normalise('')", wrong}, {"nhs.normalise('٩434765919')", wrong},
	}...))
}

func TestMasksShowNoMoreThanTheySay(t *testing.T) {
	const wrong = "! the text is not of the form of a postcode of the United Kingdom"
	all := []example{
		{"mask.redact('x')", "[redacted]"}, {"mask.redact(5)", "[redacted]"}, {"mask.redact(date('2020-01-31'))", "[redacted]"}, {"mask.redact([1, 2])", "[redacted]"}, {"mask.redact('')", "[redacted]"},
		{"mask.last4('12345678')", "****5678"}, {"mask.last4('1234567')", "*******"}, {"mask.last4('1234')", "****"}, {"mask.last4('')", ""}, {"mask.last4('ñandú-añejo')", "*******ñejo"},
		{"mask.postcode_district('M60 1NW')", "M60"}, {"mask.postcode_district('gir0aa')", "GIR"}, {"mask.postcode_district('DN55 1PT')", "DN55"}, {"mask.postcode_district('W1A1HQ')", "W1A"},
	}
	for _, p := range []string{"QA1 1AA", "VA1 1AA", "M1 1CA", "M1 1AI", "1A1 1AA", "", "SW1A"} {
		all = append(all, example{"mask.postcode_district('" + p + "')", wrong})
	}
	checkAll(t, all)
}

// The values are of RFC 4231, cut to 128 bits.
func TestPseudonyms(t *testing.T) {
	env, err := environment(t).Extend(cel.Variable("k", library.KeyType()))
	if err != nil {
		t.Fatal(err)
	}
	eval := func(text string, k library.Key) string {
		ast, issues := env.Compile(text)
		if issues.Err() != nil {
			return "? " + issues.Err().Error()
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := program.Eval(map[string]any{"k": k})
		if err != nil {
			return "! " + library.Safe(err)
		}
		return fmt.Sprint(v.Value())
	}
	jefe := library.NewKey([]byte("Jefe"))
	for text, c := range map[string]struct {
		key  library.Key
		want string
	}{
		"pseudonym.hmac(k, 'what do ya want for nothing?')":  {jefe, "5bdcc146bf60754e6a042426089575c7"},
		"pseudonym.hmac(k, b'what do ya want for nothing?')": {jefe, "5bdcc146bf60754e6a042426089575c7"},
		"pseudonym.hmac(k, 'Hi There')":                      {library.NewKey([]byte(strings.Repeat("\x0b", 20))), "b0344c61d8db38535ca8afceaf0bf12b"},
		"pseudonym.hmac(k, 'x')":                             {library.Key{}, "! the key was not handed over"},
		"k == k":                                             {jefe, "! a key is no value"},
	} {
		if got := eval(text, c.key); got != c.want {
			t.Errorf("%s: got %s, want %s", text, got, c.want)
		}
	}
	for _, form := range []string{"%v", "%s", "%#v", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(form, jefe); strings.Contains(got, "Jefe") || strings.Contains(got, "4a656665") || strings.Contains(got, "74") {
			t.Errorf("%s of a key shows it: %s", form, got)
		}
	}
}
