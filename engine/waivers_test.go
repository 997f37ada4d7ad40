package engine_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestEachFindingAboutAnExemptionNamesItsPlace(t *testing.T) {
	const field = "mapping.person.field.age"
	for name, c := range map[string]struct {
		from, to string
		now      time.Time // zero: 20 November
		exit     int
		want     []string
	}{
		"one that ends soon":                {exit: 0, want: []string{"warn CORE-03  waiver ages  exempt.miq.hcl:2", "Waiver ages of clinic.deny ends 2026-12-15"}},
		"one that has ended":                {now: time.Date(2026, 12, 16, 0, 0, 1, 0, time.UTC), exit: 4, want: []string{"deny CORE-03  waiver ages  exempt.miq.hcl:2", "it has begun and has not ended", "It ended with 2026-12-15.", "deny clinic.deny  " + field}},
		"one that has not begun":            {now: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), exit: 4, want: []string{"deny CORE-03  waiver ages  exempt.miq.hcl:2", "It is approved from 20", "which is to come."}},
		"one that is about all fields":      {from: `"` + field + `"`, to: `"mapping.person.field.*"`, exit: 4, want: []string{"deny CORE-03  waiver ages  exempt.miq.hcl:2", "its subject is one address, no pattern"}},
		"one that is about all rules":       {from: `"clinic.deny"`, to: `"clinic.*"`, exit: 4, want: []string{"deny CORE-03  waiver ages  exempt.miq.hcl:2", "its subject is one address, no pattern"}},
		"one that nobody else approved":     {from: `"ann@example.org"`, to: `"dpo@example.org"`, exit: 4, want: []string{"deny CORE-03  waiver ages  exempt.miq.hcl:2", "asked for and approved by two different people"}},
		"one without an end":                {from: "  expires      = \"2026-12-15\"\n", to: "", exit: 1, want: []string{"exempt.miq.hcl line 2", "expires"}},
		"one whose end is no day":           {from: `"2026-12-15"`, to: `"next year"`, exit: 1, want: []string{"exempt.miq.hcl line 9", "expires"}},
		"one without a ticket":              {from: "  ticket       = \"IG-1\"\n", to: "", exit: 1, want: []string{"exempt.miq.hcl line 2", "ticket"}},
		"one that lives longer than it may": {from: `"2026-12-15"`, to: `"2027-12-15"`, exit: 4, want: []string{"deny CORE-03  waiver ages  exempt.miq.hcl:2", "its life is not longer than allowed"}},
		"one that accepts nothing":          {from: `"` + field + `"`, to: `"mapping.person.field.id"`, exit: 4, want: []string{"warn CORE-03  waiver ages  exempt.miq.hcl:2", "Waiver ages accepts nothing: clinic.deny did not fail about mapping.person.field.id"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newClinic(t, ownRules, unapproved)
			if !c.now.IsZero() {
				f.now = c.now
			}
			f.write("rules/clinic.rego", noAge)
			f.write("exempt.miq.hcl", exempt("ages", "clinic.deny", field, "2026-12-15"))
			if c.from != "" {
				f.edit("exempt.miq.hcl", c.from, c.to)
			}
			holds(t, f.exits(c.exit, "plan"), c.want...)
		})
	}
}

// packed is a bundle as OPA's own tool makes it, with what its manifest says.
func packed(t *testing.T, manifest, rule string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, file := range [][2]string{{"/.manifest", manifest}, {"/clinic.rego", rule}} {
		if err := w.WriteHeader(&tar.Header{Name: file[0], Mode: 0o600, Size: int64(len(file[1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(file[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// remote is a clinic whose rules are a signed bundle with this manifest.
func remote(t *testing.T, manifest, rule string) *folder {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	known, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f := newClinic(t, "policy \"clinic\" {\n  source = \"clinic.tar.gz\"\n  signer = \"rules.pub\"\n}", unapproved)
	f.write("rules.pub", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: known})))
	f.write("rules.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	f.write("clinic.tar.gz", packed(t, manifest, rule))
	f.exits(0, "policy", "bundle", "sign", "clinic.tar.gz", "--key", "rules.key")
	return f
}

const harmless = "package clinic\n\ndeny contains \"no\" if input.phase == \"drift\"\n"

func TestASignedBundleTellsItsRevisionAndEnds(t *testing.T) {
	f := remote(t, `{"revision":"2026-11.3","roots":["clinic"],"metadata":{"expires":"2026-12-01T00:00:00Z"}}`, harmless)
	holds(t, f.exits(0, "lock"), "policy clinic: sha256:")
	var doc struct {
		Input struct {
			Engine struct {
				Bundles []map[string]any `json:"policy_bundles"`
			} `json:"engine"`
		} `json:"policy_input"`
	}
	if err := json.NewDecoder(strings.NewReader(f.exits(0, "plan", "--json"))).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, b := range doc.Input.Engine.Bundles {
		if b["name"] != "clinic" {
			continue
		}
		found = true
		signature, _ := b["signature"].(map[string]any)
		if b["revision"] != "2026-11.3" || b["expires"] != "2026-12-01T00:00:00Z" || b["origin"] != "remote" || signature["verified"] != true {
			t.Errorf("the bundle in the document: got %v, want its revision, its end and a signature", b)
		}
	}
	if !found {
		t.Errorf("the document: got bundles %v, want clinic among them", doc.Input.Engine.Bundles)
	}
	f.exits(0, "plan", "--out", "p.plan")
	f.now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	f.exits(0, "plan", "--out", "p.plan")
	f.now = time.Date(2026, 12, 1, 0, 0, 1, 0, time.UTC)
	holds(t, f.exits(4, "plan"), "deny CORE-02  clinic  main.miq.hcl:3", "it is not past its date")
	holds(t, f.exits(6, "apply", "p.plan"), "POLICY", "CORE-02 denies now")
	untouched(t, f)
}

func TestABundleWhoseEndIsNoMomentIsRefused(t *testing.T) {
	f := remote(t, `{"revision":"1","roots":["clinic"],"metadata":{"expires":"next year"}}`, harmless)
	holds(t, f.exits(1, "plan"), "main.miq.hcl line 3", "has an expires that is no moment")
}

// A lock takes no bundle below the revision that it was made with.
func TestABundleOfAnOlderRevisionIsBelowTheFloor(t *testing.T) {
	f := remote(t, `{"revision":"1.2.0","roots":["clinic"]}`, harmless)
	f.exits(0, "lock")
	f.exits(0, "plan")
	f.write("clinic.tar.gz", packed(t, `{"revision":"1.1.9","roots":["clinic"]}`, harmless))
	f.exits(0, "policy", "bundle", "sign", "clinic.tar.gz", "--key", "rules.key")
	holds(t, f.exits(4, "plan"), "deny CORE-02  clinic  main.miq.hcl:3", "its version is not below the floor of the lock file", "its digest is the one of the lock file")
}

// later is a rule of the folder that only reports until the year ends.
const later = `package clinic

deny contains {"msg": "The clinic holds no ages.", "effective_on": "2027-01-01T00:00:00Z"} if {
	some f in input.fields
	f.column == "age"
}
`

// catalogued is the same in the form of the packs, with what is known of it as metadata.
const catalogued = `package clinic

import data.migrateiq.lib.verdicts

# METADATA
# title: "No ages"
# custom:
#   control_id: CL-1
#   variant: D
#   both_variants: false
#   subject: field
#   severity: high
#   level: deny
#   waivable: true
#   effective_on: "2027-01-01T00:00:00Z"
#   scope_facts: []
#   facts: ["fields.*.column"]
#   conditions: ["it holds no ages"]
results := verdicts.of(rego.metadata.rule(), input.fields, {"it holds no ages": {id | some id, f in input.fields; f.column != "age"}})
`

func TestARuleReportsUntilItsDayAndDeniesFromThenOn(t *testing.T) {
	for name, c := range map[string]struct{ rule, control string }{
		"a rule with a message":       {later, "clinic.deny"},
		"a control with its metadata": {catalogued, "CL-1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newClinic(t, ownRules, unapproved)
			f.write("rules/clinic.rego", c.rule)
			holds(t, f.exits(0, "plan", "--out", "p.plan"), "warn "+c.control, "0 deny")
			doc := f.exits(0, "plan", "--json")

			// the same document, judged as of other days
			for at, want := range map[string]int{"2026-12-31T23:59:59Z": 0, "2027-01-01T00:00:01Z": 4} {
				f.write("doc.json", strings.Replace(doc, `"evaluated_at":"2026-11-20T12:00:00Z"`, fmt.Sprintf(`"evaluated_at":%q`, at), 1))
				if f.read("doc.json") == doc {
					t.Fatal("the document has no time to change")
				}
				out := f.exits(want, "policy", "eval", "doc.json")
				holds(t, out, map[int]string{0: "warn ", 4: "deny "}[want]+c.control)
			}
			f.now = time.Date(2026, 12, 30, 12, 0, 0, 0, time.UTC)
			f.exits(0, "plan", "--out", "p.plan")
			f.now = time.Date(2027, 1, 1, 0, 0, 1, 0, time.UTC)
			holds(t, f.exits(4, "plan"), "deny "+c.control)
			holds(t, f.exits(6, "apply", "p.plan"), "POLICY", c.control+" denies now")
			untouched(t, f)
		})
	}
}
