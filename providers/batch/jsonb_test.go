package batch_test

import (
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

func TestJSONAsJSONBWritesIt(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{` null `, `null`}, {`true`, `true`}, {`[ ]`, `[]`}, {`{ }`, `{}`}, {`[1,[2 ,{"a":3}]]`, `[1, [2, {"a": 3}]]`},
		{`{"bb":1,"c":2,"a":3,"":4,"é":5}`, `{"": 4, "a": 3, "c": 2, "bb": 1, "é": 5}`},
		{`{"b":{"d":1,"c":2},"a":[{"y":1,"x":2}]}`, `{"a": [{"x": 2, "y": 1}], "b": {"c": 2, "d": 1}}`},
		{`[1e2,1.50,1E-3,-0,-0.0,0e5,0.00e1,1.5e1,1.50e1,-1.0E+2,123456789012345678901234567890]`,
			`[100, 1.50, 0.001, 0, 0.0, 0, 0.0, 15, 15.0, -100, 123456789012345678901234567890]`},
		{`"\u0041\/\b\f\n\r\t\"\\\u0001\u001F\u007f\ud83d\ude00"`, "\"A/\\b\\f\\n\\r\\t\\\"\\\\\\u0001\\u001f\x7f😀\""},
		{`"\\u0000"`, `"\\u0000"`}, {`"<>&` + "\u2028" + `"`, `"<>&` + "\u2028" + `"`}, {`0e200000`, `0`}, {`1e131071`, "1" + strings.Repeat("0", 131071)},
	} {
		got, err := batch.AppendJSONB([]byte("x"), []byte(c.text))
		if err != nil || string(got) != "x"+c.want {
			t.Errorf("AppendJSONB(%s): got %s, %v, want x%s", c.text, got, err, c.want)
		}
	}
}

func TestWhatJSONBCannotKeepIsAMisfitThatQuotesNothing(t *testing.T) {
	for _, text := range []string{``, `secret`, `{"secret":1,"b":2,"secret":3}`, `{"secret":1,"\u0073ecret":1}`, `[{"a":{"secret":1,"secret":1}}]`, `"secret\u0000"`,
		`{"secret\u0000":1}`, `["secret\ud83d"]`, `["secret\ude00"]`, `["\ud83dsecret\ude00"]`, `["secret",1e131072]`, `["secret",1e-16384]`, `["secret",0e-16384]`,
		`["secret",1e99999999999999999999]`, "\"secret\xff\"", `"secret" 1`, "\"secret\n\"", `["secret",01]`, `{"secret":1,}`} {
		got, err := batch.AppendJSONB([]byte("x"), []byte(text))
		if !errors.Is(err, batch.ErrMisfit) || strings.Contains(err.Error(), "secret") || string(got) != "x" {
			t.Errorf("AppendJSONB(%s): got %s, %v, want a misfit without the value", text, got, err)
		}
	}
}

// document draws a JSON text as a person or a program might write it.
func document(t *rapid.T, depth int) string {
	blank := rapid.SampledFrom([]string{"", "", "", " ", "\t", "\n  "})
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	list := func(open, end string, item func() string) string {
		var items []string
		for range rapid.IntRange(0, 5).Draw(t, "items") {
			items = append(items, blank.Draw(t, "blank")+item()+blank.Draw(t, "blank"))
		}
		return open + blank.Draw(t, "blank") + strings.Join(items, ",") + end
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word")
	case 1, 2:
		return rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number")
	case 3:
		return quoted(t)
	case 4:
		return list("[", "]", func() string { return document(t, depth-1) })
	}
	return list("{", "}", func() string { return quoted(t) + blank.Draw(t, "blank") + ":" + document(t, depth-1) })
}

func quoted(t *rapid.T) string {
	var b strings.Builder
	for range rapid.IntRange(0, 4).Draw(t, "length") {
		b.WriteString(rapid.OneOf(
			rapid.SampledFrom([]string{`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u00e9`, `\u001f`, `\u007F`, `\ud83d\ude00`, "😀", "\x7f", "\u2028"}),
			rapid.StringMatching(`[a-z ]{1,2}`),
			rapid.SampledFrom([]string{"a", "b", "é", `\u0000`, `\udc00`, `\ud83dx`}),
		).Draw(t, "part"))
	}
	return `"` + b.String() + `"`
}

// The server itself says what it makes of some thousands of documents, in one script.
func TestJSONBIsAsTheServerWritesIt(t *testing.T) {
	dsn := testserver.Postgres(t)
	draw := rapid.Custom(func(t *rapid.T) string { return document(t, 3) })
	var all []string
	for seed := range 4000 {
		all = append(all, draw.Example(seed))
	}
	for _, number := range []string{"1e131071", "1e131072", "1e-16383", "1e-16384", "0e-16383", "0e-16384", "0e200000", "0.0e20000", "12e131071", "0.1e131072", "1.5e-16383"} {
		all = append(all, "["+number+"]")
	}
	var script strings.Builder
	script.WriteString(`CREATE FUNCTION pg_temp.as_jsonb(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	RETURN encode(convert_to(t::jsonb::text, 'UTF8'), 'hex'); EXCEPTION WHEN others THEN RETURN 'refused'; END $$;
SET standard_conforming_strings = on;
`)
	for _, text := range all {
		script.WriteString("SELECT pg_temp.as_jsonb('" + strings.ReplaceAll(text, "'", "''") + "');\n")
	}
	lines := strings.Split(testserver.Psql(t, dsn, script.String()), "\n")
	if len(lines) != len(all) {
		t.Fatalf("the server gave %d lines, want %d", len(lines), len(all))
	}
	refused, twice := 0, 0
	for i, text := range all {
		got, err := batch.AppendJSONB(nil, []byte(text))
		switch {
		case err != nil && strings.Contains(err.Error(), "twice"): // the server keeps the last
			twice++
		case err != nil && lines[i] == "refused":
			refused++
		case err != nil:
			t.Errorf("AppendJSONB(%.300q): got %v, the server keeps it", text, err)
		case hex.EncodeToString(got) != lines[i]:
			t.Errorf("AppendJSONB(%.300q): got %.300s, the server says %.300s", text, got, lines[i])
		}
	}
	if refused < 100 || twice < 20 || refused+twice > len(all)/2 {
		t.Errorf("of %d documents %d were refused and %d have a key twice: too few or too many to say much", len(all), refused, twice)
	}
}
