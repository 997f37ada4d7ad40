package rego

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"
)

// fill sets every leaf of a document to something, or to nothing.
func fill(t *rapid.T, v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "time"), rapid.Int64Range(0, 999_999_999).Draw(t, "part")).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), depth+1)
		}
	case reflect.Slice:
		if n := rapid.IntRange(-1, 2).Draw(t, "length"); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		if n := rapid.IntRange(-1, 2).Draw(t, "members"); n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				member := reflect.New(v.Type().Elem()).Elem()
				fill(t, member, depth+1)
				v.SetMapIndex(reflect.ValueOf(rapid.String().Draw(t, "name")).Convert(v.Type().Key()), member)
			}
		}
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a\xff\xfeb", "<&>", "\u2028", "\x00"})).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(-1<<53, 1<<53).Draw(t, "integer"))
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, "number"))
	default:
		t.Fatalf("a document has a %s", v.Type())
	}
}

func TestADocumentIsWhatItsTextIsReadAs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in policy.Input
		fill(t, reflect.ValueOf(&in).Elem(), 0)
		got, err := documentOf(in, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		text, err := policy.Canonical(in)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ast.ValueFromReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if got.Compare(want) != 0 {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	})
}

func TestADocumentThatIsTooLargeOrInexactIsRefused(t *testing.T) {
	n := int64(1<<53 + 1)
	for name, in := range map[string]policy.Input{
		"an integer that no double holds": {Processing: policy.Processing{SubjectEstimate: &n}},
		"infinity": {Fields: map[string]policy.Field{"f": {Classification: policy.Classification{
			Detected: []policy.Detection{{Confidence: math.Inf(1)}}}}}},
	} {
		if _, err := documentOf(in, 1<<30); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if _, err := documentOf(policy.Input{}, 100); !errors.Is(err, errTooLarge) {
		t.Errorf("a limit of 100 bytes: got %v, want %v", err, errTooLarge)
	}
}
