package rego_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

func folder(t testing.TB, rules string) rego.Source {
	t.Helper()
	s, err := rego.Folder("clinic", fstest.MapFS{"rules.rego": {Data: []byte("package clinic\n\n" + rules + "\n")}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOwnRules(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		want  policy.Verdict
	}{
		"a text, as conftest takes it": {
			`deny contains "no" if input.phase == "plan"`,
			policy.Verdict{Control: "clinic.deny", Result: policy.Fail, Level: policy.Deny, Waivable: true, Message: "no"},
		},
		"an object with a message": {
			`violation contains {"msg": "no", "waivable": false} if input.phase == "plan"`,
			policy.Verdict{Control: "clinic.violation", Result: policy.Fail, Level: policy.Deny, Message: "no"},
		},
		"a warning": {
			`warn_late contains {"msg": "late"} if input.phase == "plan"`,
			policy.Verdict{Control: "clinic.warn_late", Result: policy.Fail, Level: policy.Warn, Waivable: true, Message: "late"},
		},
		"a result object": {
			`results contains {"id": "CL-1", "control_id": "CL-1", "status": "pass", "msg": "fine"}`,
			policy.Verdict{Control: "CL-1", Result: policy.Pass, Level: policy.Deny, Waivable: true, Message: "fine"},
		},
		"nothing wrong": {
			`deny contains "no" if input.phase == "apply"`,
			policy.Verdict{Control: "data.clinic.deny", Result: policy.Pass, Level: policy.Deny, Waivable: true, Message: "The rules of data.clinic.deny found nothing wrong."},
		},
		"with the library of the packs": {
			"import data.migrateiq.lib.fields\n\ndeny contains id if some id in fields.of(\"pan\")",
			policy.Verdict{Control: "clinic.deny", Result: policy.Fail, Level: policy.Deny, Waivable: true, Message: "mapping.card.field.pan"},
		},
	} {
		r := library(t)
		r.Own = []rego.Source{folder(t, c.rules)}
		vs := ask(t, made(t, r), document(t))
		got := of(vs, c.want.Control)
		if len(got) != 1 || got[0].Result != c.want.Result || got[0].Level != c.want.Level || got[0].Waivable != c.want.Waivable || got[0].Message != c.want.Message {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestOwnRulesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ rules, want string }{
		"they are in the name of a control":       {`results contains {"id": "GDPR-01", "control_id": "GDPR-01", "status": "pass", "msg": "fine"}`, "control of a pack"},
		"they have another status":                {`results contains {"status": "ok", "msg": "fine"}`, "unknown result"},
		"they are undefined":                      {`deny := {"no"} if input.phase == "apply"`, "no answer"},
		"a builtin errs":                          {`deny contains "no" if to_number(input.phase) == 1`, "to_number"},
		"they decide nothing":                     {`allow := true`, "decide nothing"},
		"a function named deny":                   {`deny(x) := x`, "decide nothing"},
		"they reach the network":                  {`deny contains "no" if http.send({"method": "get", "url": "http://localhost"}).status_code == 200`, "http.send"},
		"they look up names":                      {`deny contains "no" if count(net.lookup_ip_addr("localhost")) > 0`, "net.lookup_ip_addr"},
		"they have a clock":                       {`deny contains "no" if time.now_ns() > 0`, "time.now_ns"},
		"they throw dice":                         {`deny contains "no" if rand.intn("x", 6) > 2`, "rand.intn"},
		"they make names of chance":               {`deny contains uuid.rfc4122("x")`, "uuid.rfc4122"},
		"they read the environment":               {`deny contains "no" if opa.runtime().env.HOME == "/"`, "opa.runtime"},
		"they parse rules":                        {`deny contains "no" if rego.parse_module("x", "package x").package`, "rego.parse_module"},
		"they read a schema":                      {`deny contains "no" if json.match_schema("{}", {"$ref": "file:///etc/passwd"})[0]`, "json.match_schema"},
		"they read a schema by another name":      {`deny contains "no" if count("{}") == 1 with count as json.match_schema`, "json.match_schema"},
		"they call what is in Go":                 {`deny contains "no" if count(migrateiq.gaps({}, set())) == 0`, "migrateiq.gaps"},
		"they call the library with nonsense":     {`deny contains "no" if count(data.migrateiq.lib.facts.gaps({}, {1})) == 0`, "facts.path"},
		"they do not parse":                       {`deny contains`, "rego_parse_error"},
		"they leave a variable unused, in strict": {`deny contains "no" if { x := 1 }`, "x"},
	} {
		s, err := rego.Folder("clinic", fstest.MapFS{"rules.rego": {Data: []byte("package clinic\n\n" + c.rules + "\n")}})
		var e *rego.Evaluator
		if err == nil {
			r := library(t)
			r.Own = []rego.Source{s}
			e, err = rego.New(t.Context(), r)
		}
		if err == nil {
			vs, failed := e.EvaluateDocument(t.Context(), marshal(t, document(t)))
			if err = failed; err == nil {
				err = review(t, vs)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// review is what Review makes of verdicts that mean nothing.
func review(t *testing.T, vs policy.Verdicts) error {
	t.Helper()
	for _, v := range vs {
		if !slices.Contains([]policy.Result{policy.Pass, policy.Fail, policy.Waived, policy.NotApplicable, policy.Undecidable}, v.Result) {
			return errors.New("unknown result")
		}
	}
	return nil
}

func TestFoldersOfRulesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"nothing in it":            {fstest.MapFS{}, "no rules"},
		"only tests":               {fstest.MapFS{"a_test.rego": {Data: []byte("package a\n")}}, "no rules"},
		"a package of the packs":   {fstest.MapFS{"a.rego": {Data: []byte("package migrateiq.packs.gdpr.gdpr_01\n\nresults := set()\n")}}, "the program's"},
		"data of the packs":        {fstest.MapFS{"a.rego": {Data: []byte("package a\n")}, "data.json": {Data: []byte(`{"migrateiq":{}}`)}}, "the program's"},
		"waivers of its own":       {fstest.MapFS{"a.rego": {Data: []byte("package a\n")}, "waivers/data.json": {Data: []byte(`[]`)}}, "the program's"},
		"parameters of its own":    {fstest.MapFS{"a.rego": {Data: []byte("package params\n\nx := 1\n")}}, "the program's"},
		"data that is no object":   {fstest.MapFS{"a.rego": {Data: []byte("package a\n")}, "data.json": {Data: []byte(`[]`)}}, "no object"},
		"data that does not parse": {fstest.MapFS{"a.rego": {Data: []byte("package a\n")}, "data.json": {Data: []byte(`{`)}}, "EOF"},
	} {
		if _, err := rego.Folder("x", c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestTwoSourcesOfOnePackageAreRefused(t *testing.T) {
	a := folder(t, `deny contains "a" if input.a`)
	b := a
	b.Name = "other"
	r := library(t)
	r.Own = []rego.Source{a, b}
	if _, err := rego.New(t.Context(), r); err == nil || !strings.Contains(err.Error(), "one has to move") {
		t.Errorf("got %v", err)
	}
}

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBundlesFromElsewhereNeedASignature(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	trusted := []rego.Key{{ID: "k1", Public: public}}
	text := archive(t, map[string]string{"/org/rules.rego": "package org\n\ndeny contains \"org\" if input.phase == \"plan\"\n"})
	good := ed25519.Sign(private, text)

	s, err := rego.Signed("org", "1.0.0", text, good, trusted)
	if err != nil || s.KeyID != "k1" || s.Origin != rego.Remote {
		t.Fatalf("a signed bundle: got %+v, %v", s, err)
	}
	r := library(t)
	r.Own = []rego.Source{s}
	if got := of(ask(t, made(t, r), document(t)), "org.deny"); len(got) != 1 || got[0].Message != "org" {
		t.Errorf("the rules of a signed bundle: got %+v", got)
	}
	changed := slices.Clone(text)
	changed[len(changed)/2]++
	for name, c := range map[string]struct {
		archive, signature []byte
		keys               []rego.Key
	}{
		"no signature":          {text, nil, trusted},
		"a stranger's":          {text, ed25519.Sign(stranger, text), trusted},
		"a changed archive":     {changed, good, trusted},
		"no keys":               {text, good, nil},
		"a key without a name":  {text, good, []rego.Key{{Public: public}}},
		"a key that is no key":  {text, good, []rego.Key{{ID: "k", Public: []byte("short")}}},
		"an attached signature": {append(slices.Clone(text), good...), good, trusted},
	} {
		if _, err := rego.Signed("org", "1", c.archive, c.signature, c.keys); !errors.Is(err, rego.ErrNotSigned) {
			t.Errorf("%s: got %v, want %v", name, err, rego.ErrNotSigned)
		}
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no rules in it":         {map[string]string{"/data.json": `{"a":1}`}, "no rules"},
		"a package of the packs": {map[string]string{"/a.rego": "package migrateiq.lib.waivers\n\nx := 1\n"}, "the program's"},
		"waivers in its data":    {map[string]string{"/a.rego": "package a\n", "/data.json": `{"waivers":[]}`}, "the program's"},
		"a call to the network":  {map[string]string{"/a.rego": "package a\n\nx := http.send({})\n"}, ""},
		"changes to another":     {map[string]string{"/patch.json": `{"data":[]}`}, ""},
	} {
		text := archive(t, c.files)
		s, err := rego.Signed("org", "1", text, ed25519.Sign(private, text), trusted)
		if err == nil {
			r := library(t)
			r.Own = []rego.Source{s}
			_, err = rego.New(t.Context(), r)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
