package batch_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

func TestAnArrayComesBackAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a batch.Array
		n := 1
		for range rapid.IntRange(0, 3).Draw(t, "dimensions") {
			d := batch.Dim{Lower: rapid.IntRange(-3, 3).Draw(t, "lower"), Length: rapid.IntRange(1, 3).Draw(t, "length")}
			a.Dims, n = append(a.Dims, d), n*d.Length
		}
		for range n {
			if len(a.Dims) == 0 {
				break
			}
			if rapid.Bool().Draw(t, "null") {
				a.Elems = append(a.Elems, nil)
				continue
			}
			a.Elems = append(a.Elems, []byte(rapid.String().Draw(t, "element")))
		}
		text := a.Append(nil)
		back, err := batch.ParseArray(text)
		if err != nil {
			t.Fatalf("ParseArray(%s): %v", text, err)
		}
		if again := string(back.Append(nil)); again != string(text) {
			t.Errorf("got %s, want %s", again, text)
		}
	})
}

func TestArraysInTheirCanonicalForm(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`[]`, `[]`}, {` [ ] `, `[]`}, {`["1",null]`, `["1",null]`}, {`[1, 2.50, true]`, `["1","2.50","true"]`},
		{`[["a","b"],["c",null]]`, `[["a","b"],["c",null]]`}, {`[0:1]=["a","b"]`, `[0:1]=["a","b"]`}, {`[1:1]=["a=["]`, `["a=["]`},
		{`[-1:0][1:1]=[["x"],["y"]]`, `[-1:0][1:1]=[["x"],["y"]]`}, {`["\u0041\n\"\\é"]`, `["A\u000a\"\\é"]`},
	} {
		a, err := batch.ParseArray([]byte(c.text))
		if err != nil || string(a.Append(nil)) != c.want {
			t.Errorf("ParseArray(%s): got %s, %v, want %s", c.text, a.Append(nil), err, c.want)
		}
	}
}

func TestWhatIsNoArrayIsAMisfitThatQuotesNothing(t *testing.T) {
	for _, text := range []string{``, `secret`, `{"secret":1}`, `[{"secret":1}]`, `[["secret"],[]]`, `[["secret"],"b"]`, `["secret",["b"]]`,
		`[[],[]]`, `["secret"] x`, `[0:5]=["secret"]`, `[0:0][0:0]=["secret"]`, `[2:1]=["secret"]`, `[[["secret"]],["b"]]`} {
		_, err := batch.ParseArray([]byte(text))
		if !errors.Is(err, batch.ErrMisfit) || strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseArray(%s): got %v, want a misfit without the value", text, err)
		}
	}
}
