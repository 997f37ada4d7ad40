package engine_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const governedFolder = `
source "sqlite" "shop" {
  path        = "shop.db"
  region      = "uk-south"
  country     = "GB"
  environment = "prod"
  live_data   = true
  at_rest     = { level = "disk", key_custody = "kms", key_expires = "2099-01-31" }
  operator    = { legal_entity = "A hospital", third_party = false }
  table "people" {
    owner     = "records"
    retention = { years = 8, trigger = "last_contact" }
    column "nhs" { classify = ["nhs_number"] }
    column "name" { classify = ["personal.name"] }
    column "weight" {
      classify = ["health"]
      unit     = "kg"
    }
    column "note" {
      classify    = ["none"]
      reviewed_by = "dpo@example.org"
    }
  }
}
target "sqlite" "new" {
  path        = "new.db"
  country     = "FR"
  environment = "test"
  table "people" { subject_key = "pseudonym" }
}
key "people" {
  from      = secret("env://PEOPLE_KEY")
  custodian = "security@example.org"
  custody   = "vault"
  system    = "vault.keys"
}
governance {
  role          = "controller"
  jurisdictions = ["uk"]
  frameworks    = ["nhs", "gdpr_uk"]
  controller    = { name = "A hospital" }
  processing {
    activity         = "care"
    purposes         = ["direct_care"]
    subject_estimate = 2
    lawful_basis     = { art6 = "e", art9 = "h" }
  }
  dpia { approved_at = "2026-01-02" }
  transfer "out" {
    mechanism = "adequacy"
    ref       = "IG-1"
  }
}
exemption "pilot" {
  rule         = "GDPR-11"
  address      = "target.sqlite.new"
  reason       = "a pilot"
  ticket       = "IG-2"
  requested_by = "a@example.org"
  approved_by  = [{ id = "b@example.org", role = "dpo", at = "2026-11-02" }]
  expires      = "2099-01-31"
}
mapping "people" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "people"
    key    = ["pseudonym"]
  }
  governance {
    processing { purposes = ["research"] }
  }
  lifecycle { max_rejects = "0.5%" }
  field "pseudonym" {
    cel     = "pseudonym.hmac('people', src.nhs)"
    purpose = ["research"]
  }
  field "initial" { cel = "text.left(src.name, 1)" }
  field "heavy" {
    cel  = "src.weight > 100 ? 'yes' : 'no'"
    unit = "none"
  }
  field "note" { from = "note" }
  field "checked" {
    cel          = "nhs.normalise(src.nhs)"
    expect       = "nhs.valid(out)"
    on_row_error = "quarantine"
  }
}
`

func governedShop(t *testing.T, config string) *folder {
	t.Helper()
	f := newFolder(t, config, "PEOPLE_KEY="+firstKey)
	f.exec("shop.db", "CREATE TABLE people (id INTEGER PRIMARY KEY, nhs TEXT NOT NULL, name TEXT NOT NULL, weight INTEGER NOT NULL, note TEXT NOT NULL)",
		"INSERT INTO people VALUES (1, '9434765919', 'SECRETNAME', 101, 'x'), (2, '9434765870', 'Bob', 80, 'y')")
	return f
}

// document plans and gives the policies' document, which has to keep to its schema.
func (f *folder) document(args ...string) (map[string]any, string) {
	f.t.Helper()
	out := f.exits(0, append([]string{"plan", "--json"}, args...)...)
	out = out[strings.Index(out, `{"format"`):]
	var doc struct {
		Input map[string]any `json:"policy_input"`
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		f.t.Fatal(err)
	}
	raw, err := os.ReadFile("../docs/reference/policy-input.schema.json")
	if err != nil {
		f.t.Fatal(err)
	}
	text, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		f.t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s.json", text); err != nil {
		f.t.Fatal(err)
	}
	schema, err := c.Compile("s.json")
	if err != nil {
		f.t.Fatal(err)
	}
	if err := schema.Validate(doc.Input); err != nil {
		f.t.Errorf("the document does not keep to its schema: %v", err)
	}
	return doc.Input, out
}

// leaf walks the document by keys with slashes between, and gives what is there as JSON.
func leaf(t *testing.T, doc any, path string) string {
	t.Helper()
	for step := range strings.SplitSeq(path, "/") {
		switch v := doc.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				t.Fatalf("%s: the document has no %s", path, step)
			}
			doc = next
		case []any:
			if len(v) == 0 {
				t.Fatalf("%s: the list is empty", path)
			}
			doc = v[step[0]-'0']
		default:
			t.Fatalf("%s: there is nothing at %s", path, step)
		}
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestTheDocumentOfAGovernedFolder(t *testing.T) {
	f := governedShop(t, governedFolder)
	doc, out := f.document()
	const source, target = `source.sqlite.shop`, `target.sqlite.new`
	field := func(name string) string { return "fields/mapping.people.field." + name + "/" }
	for path, want := range map[string]string{
		"project/role": `"controller"`, "project/frameworks": `["nhs","gdpr_uk"]`, "project/controller/name": `"A hospital"`, "project/profile": `null`,
		"processing/purposes": `["research"]`, "processing/legal_basis/art9": `"h"`, "processing/dpia/approved_at": `"2026-01-02T00:00:00Z"`, "processing/dpia/status": `null`, "processing/subject_estimate": `2`,
		"systems/" + source + "/environment": `"prod"`, "systems/" + source + "/live_data": `true`, "systems/" + source + "/at_rest/key/cryptoperiod_end": `"2099-01-31T23:59:59Z"`,
		"systems/" + source + "/operator/third_party": `false`, "systems/" + source + "/transport/network": `"local"`, "systems/" + target + "/live_data": `null`,
		"transfers/0/from_country": `"GB"`, "transfers/0/to_country": `"FR"`, "transfers/0/mechanism": `"adequacy"`, "transfers/0/mechanism_ref": `"IG-1"`,
		"datasets/" + source + `.table["people"]` + "/retention/days": `2920`, "datasets/" + source + `.table["people"]` + "/owner": `"records"`,
		field("pseudonym") + "class_set": `{"personal":true,"personal.pseudonymised":true}`, field("pseudonym") + "protection/method": `"hmac"`, field("pseudonym") + "protection/key/custodian": `"security@example.org"`,
		field("pseudonym") + "protection/key/bits": `256`, field("pseudonym") + "protection/key/system": `"vault.keys"`, field("pseudonym") + "classification/inherited": `["nhs_number"]`, field("pseudonym") + "required_for": `["research"]`,
		field("initial") + "class_set": `{"personal":true,"personal.name":true}`, field("initial") + "protection/method": `"none"`,
		field("heavy") + "class_set": `{"health":true,"personal":true,"special":true}`, field("heavy") + "unit": `{"source":"kg","target":"none"}`,
		field("note") + "class_set": `{}`, field("note") + "classification/decision": `["none"]`, field("note") + "classification/reviewed_by": `"dpo@example.org"`,
		field("checked") + "validators": `[{"name":"expect","on_fail":"quarantine"},{"name":"nhs_mod11","on_fail":"quarantine"}]`,
		"index/unclassified":            `[]`, "index/by_class/nhs_number": `["mapping.people.field.checked"]`, "index/unprotected_by_class/personal.name": `["mapping.people.field.initial"]`,
		"index/edges_by_class/health": `["source.sqlite.shop -\u003e target.sqlite.new"]`, "quality/max_reject_ratio": `0.005`, "quality/quarantine/system": `"target.sqlite.new"`,
		"drift/detected": `false`, "run": `null`, "change/approvals": `null`, "risk/score": `50`,
	} {
		if got := leaf(t, doc, path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if strings.Contains(out, "SECRETNAME") || strings.Contains(out, firstKey) {
		t.Error("the plan holds a value of a row or the key")
	}
	f.apply()
	f.settled()
}

func TestTheChangeIsToldToThePolicies(t *testing.T) {
	f := governedShop(t, governedFolder)
	f.write("change.json", `{"ticket": {"id": "CHG-1", "state": "approved"}, "author": {"id": "ann", "type": "human"}, "approvals": [{"actor": "bob", "role": "dpo", "intent_digest": "sha256:x", "signature": ""}]}`)
	f.env = append(f.env, "GITLAB_CI=true", "GITLAB_USER_LOGIN=carol", "CI_COMMIT_SHA=abc")
	if out := f.exits(0, "plan", "--change", "change.json"); !strings.Contains(out, "does not count: it is not signed") {
		t.Errorf("an approval without a signature: got\n%s", out)
	}
	f.write("change.json", `{"ticket": {"id": "CHG-1", "state": "approved"}, "author": {"id": "ann", "type": "human"}}`)
	doc, _ := f.document("--change", "change.json")
	for path, want := range map[string]string{"change/ticket/id": `"CHG-1"`, "change/author/id": `"ann"`, "change/author/claimed": `true`, "change/applier/triggered_by": `"carol"`, "plan/source/commit": `"abc"`, "plan/source/claimed": `true`} {
		if got := leaf(t, doc, path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	f.write("change.json", `{"tikcet": {}}`)
	if out := f.exits(1, "plan", "--change", "change.json"); !strings.Contains(out, `unknown field "tikcet"`) {
		t.Errorf("a file with another member: got\n%s", out)
	}
	if out := f.exits(1, "plan", "--approvers", "a"); !strings.Contains(out, "--change") {
		t.Errorf("approvers without a change: got\n%s", out)
	}
}

// The intent is what approvals are given to: a comment leaves it, and what is declared for policies does not.
func TestTheIntentIsOfWhatIsDeclaredAndNotOfWhereItStands(t *testing.T) {
	f := governedShop(t, governedFolder)
	intent := func() string {
		doc, _ := f.document()
		return leaf(t, doc, "plan/intent_digest")
	}
	was := intent()
	f.write("main.miq.hcl", "# a comment\n\n"+governedFolder)
	if got := intent(); got != was {
		t.Errorf("with a comment: got %s, want %s", got, was)
	}
	for _, c := range [][2]string{{`role          = "controller"`, `role          = "joint"`}, {`owner     = "records"`, `owner     = "others"`}, {`live_data   = true`, `live_data   = false`},
		{`unit = "none"`, `unit = "yes"`}, {`custodian = "security`, `custodian = "other`}, {`ticket       = "IG-2"`, `ticket       = "IG-3"`}, {`ref       = "IG-1"`, `ref       = "IG-4"`},
		{`src.weight > 100`, `src.weight > 101`}, {`mechanism = "adequacy"`, `mechanism = "sccs"`}} {
		f.write("main.miq.hcl", strings.Replace(governedFolder, c[0], c[1], 1))
		if got := intent(); got == was {
			t.Errorf("with %s: got the same intent", c[1])
		}
	}
}

func TestMappingsThatDisagreeAreRefused(t *testing.T) {
	second := `
mapping "more" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "more"
  }
  governance {
    %s
  }
  field "note" { from = "note" }
}
`
	f := governedShop(t, governedFolder+strings.Replace(second, "%s", `processing { activity = "study" }`, 1))
	if out := f.exits(1, "plan"); !strings.Contains(out, "processing.activity_id") || !strings.Contains(out, "Two mappings declare different things") {
		t.Errorf("two activities: got\n%s", out)
	}
	f = governedShop(t, governedFolder+strings.Replace(second, "%s", `processing { purposes = ["audit"] }`, 1))
	doc, _ := f.document()
	if got := leaf(t, doc, "processing/purposes"); got != `["audit","research"]` {
		t.Errorf("purposes of two mappings: got %s, want both", got)
	}
	f = governedShop(t, governedFolder+strings.Replace(second, "%s", `transfer "again" { mechanism = "sccs" }`, 1))
	if out := f.exits(1, "plan"); !strings.Contains(out, "Two transfers for one way") {
		t.Errorf("two transfers: got\n%s", out)
	}
}

// A policy block asks the rules of its pack; governance alone asks none.
func TestAPolicyBlockAsksRulesAndGovernanceAloneDoesNot(t *testing.T) {
	f := governedShop(t, "migrateiq {\n  policy \"gdpr\" {}\n}\n"+governedFolder)
	if out := f.exits(4, "plan"); !strings.Contains(out, "GDPR-") {
		t.Errorf("a policy block: got\n%s", out)
	}
	f = governedShop(t, governedFolder)
	if out := f.exits(0, "plan"); !strings.Contains(out, "Policy: 1 pass, 0 warn, 0 deny.") {
		t.Errorf("governance alone: got\n%s", out)
	}
}
