package policy_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
	"pgregory.net/rapid"
)

// The cases are those of RFC 8785, its number table among them, and of ECMAScript's rules for numbers.
func TestCanonicalJSONIsThatOfRFC8785(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1,"a":2}`:                  `{"a":2,"b":1}`,
		` { "a" : [ 1 , null , true ] }`: `{"a":[1,null,true]}`,
		`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`: "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}",
		`"\u000f\n\"\\\/\b\f\t<>&\u2028\u007f"`:                                       "\"\\u000f\\n\\\"\\\\/\\b\\f\\t<>&\u2028\u007f\"",
		`[]`:                                                                          `[]`,
		`{}`:                                                                          `{}`,
		`-0`:                                                                          `0`,
		`-0.0`:                                                                        `0`,
		`1.0`:                                                                         `1`,
		`1e2`:                                                                         `100`,
		`333333333.33333329`:                                                          `333333333.3333333`,
		`1E30`:                                                                        `1e+30`,
		`4.50`:                                                                        `4.5`,
		`2e-3`:                                                                        `0.002`,
		`0.000001`:                                                                    `0.000001`,
		`0.0000001`:                                                                   `1e-7`,
		`1.5e-27`:                                                                     `1.5e-27`,
		`123456789012345678e3`:                                                        `123456789012345680000`,
		`1e21`:                                                                        `1e+21`,
		`9007199254740992`:                                                            `9007199254740992`,
		`-9007199254740992`:                                                           `-9007199254740992`,
		`5e-324`:                                                                      `5e-324`,
		`1.7976931348623157e308`:                                                      `1.7976931348623157e+308`,
	} {
		got, err := policy.Canonical(json.RawMessage(in))
		if err != nil || string(got) != want {
			t.Errorf("Canonical(%s): got %s, error %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{`9007199254740993`, `-9007199254740993`, `123456789012345678901234567890`, `1e999`} {
		if got, err := policy.Canonical(json.RawMessage(in)); err == nil {
			t.Errorf("Canonical(%s): got %s, want an error", in, got)
		}
	}
}

func TestCanonicalFormSaysTheSameAndIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]any{}
		for k, s := range rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "strings") {
			in[k] = s
		}
		for k, f := range rapid.MapOf(rapid.String(), rapid.Float64()).Draw(t, "numbers") {
			in["n"+k] = f
		}
		once, err := policy.Canonical(in)
		if err != nil {
			t.Skip("a number that JSON does not have")
		}
		var back map[string]any
		if err := json.Unmarshal(once, &back); err != nil || !reflect.DeepEqual(in, back) {
			t.Fatalf("%v reads back as %v, error %v", in, back, err)
		}
		if twice, err := policy.Canonical(json.RawMessage(once)); err != nil || string(twice) != string(once) {
			t.Fatalf("canonical twice: %s, then %s, error %v", once, twice, err)
		}
	})
}

func TestTheDigestOfAnInputIsOfItsContent(t *testing.T) {
	first, err := input().Digest()
	if err != nil || !strings.HasPrefix(first, "sha256:") {
		t.Fatalf("Digest: %q, %v", first, err)
	}
	if again, _ := input().Digest(); again != first {
		t.Errorf("the same document has the digests %s and %s", first, again)
	}
	in := input()
	in.Project.ID = "other"
	if other, _ := in.Digest(); other == first {
		t.Error("another document has the same digest")
	}
}

// Breaks with `omitempty` on any field of the document.
func TestTheDocumentLeavesNoKeyOut(t *testing.T) {
	in := input()
	in.Fields["f"] = policy.Field{Sources: []policy.Column{{}}}
	in.Datasets["d"] = policy.Dataset{}
	in.Actions = []policy.Action{{}}
	in.Verification.Controls = []policy.Control{{}}
	in.Engine.PolicyBundles = []policy.Bundle{{}}
	in.Secrets.InlinePlaces = []policy.Place{{}}
	text, err := policy.Canonical(in)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	keys(t, "input", reflect.TypeOf(in), doc)
	for _, want := range []string{`"run":null`, `"country":null`, `"loss_ack":null`, `"detected":null`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

// keys holds the document against the type it was written from.
func keys(t *testing.T, path string, of reflect.Type, doc any) {
	switch m, isObject := doc.(map[string]any); {
	case of.Kind() == reflect.Slice && doc != nil:
		for _, v := range doc.([]any) {
			keys(t, path+"[]", of.Elem(), v)
		}
	case of.Kind() == reflect.Map && isObject:
		for k, v := range m {
			keys(t, path+"."+k, of.Elem(), v)
		}
	case of.Kind() == reflect.Struct && isObject:
		for i := range of.NumField() {
			name := of.Field(i).Tag.Get("json")
			v, there := m[name]
			if !there {
				t.Errorf("%s has no key %q", path, name)
			}
			keys(t, path+"."+name, of.Field(i).Type, v)
		}
	}
}
