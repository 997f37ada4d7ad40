package engine_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha512"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// clinic is a mapping of people, whose classes are decided, with policies and more blocks.
func clinic(policies, more string) string {
	return `
migrateiq {
` + policies + `
}
source "sqlite" "shop" { path = "shop.db" }
target "sqlite" "new" { path = "new.db" }
mapping "person" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "person"
    key    = ["id"]
  }
  field "id" {
    from     = "id"
    classify = ["none"]
  }
  field "age" {
    from         = "age"
    classify     = ["none"]
    expect       = "out < 150"
    on_row_error = "quarantine"
  }
  lifecycle { max_rejects = "1" }
}
` + more
}

const people = `CREATE TABLE person (id INTEGER PRIMARY KEY, age INTEGER NOT NULL); INSERT INTO person VALUES (1, 30), (2, 40);`

// exempt is an exemption with a life of a month.
func exempt(name, rule, address, until string) string {
	return fmt.Sprintf(`
exemption %q {
  rule         = %q
  address      = %q
  reason       = "A test"
  ticket       = "IG-1"
  requested_by = "ann@example.org"
  approved_by  = [{ id = "dpo@example.org", role = "dpo", at = "2026-11-02" }]
  expires      = %q
}
`, name, rule, address, until)
}

// unapproved lets a plan pass that nobody approved.
var unapproved = exempt("unapproved", "CORE-06", "plan", "2027-01-20")

const ownRules = `policy "clinic" { source = "./rules" }`

// noAge denies the field age.
const noAge = `package clinic

deny contains {"msg": "The clinic holds no ages.", "subject": {"kind": "field", "id": id}} if {
	some id, f in input.fields
	f.column == "age"
}
`

func newClinic(t *testing.T, policies, more string) *folder {
	t.Helper()
	f := newFolder(t, clinic(policies, more))
	f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	sqliteRun(t, f.path("shop.db"), people)
	return f
}

// untouched demands that no target was made.
func untouched(t *testing.T, f *folder) {
	t.Helper()
	if _, err := os.Stat(f.path("new.db")); err == nil && sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM sqlite_schema WHERE name = 'person'") != "0" {
		t.Error("the target was written")
	}
}

func TestARuleOfTheFolderDeniesUntilItIsExempted(t *testing.T) {
	f := newClinic(t, ownRules, unapproved)
	f.write("rules/clinic.rego", noAge)
	out := f.exits(4, "plan", "--out", "denied.plan")
	holds(t, out, "deny clinic.deny  mapping.person.field.age  main.miq.hcl:21  The clinic holds no ages.", "1 waived")
	holds(t, f.exits(4, "apply", "denied.plan"), "clinic.deny", "nothing was changed")
	holds(t, f.exits(4, "apply", "--auto-approve"), "clinic.deny", "nothing was changed")
	untouched(t, f)

	f.write("exempt.miq.hcl", exempt("ages", "clinic.deny", "mapping.person.field.age", "2026-11-30"))
	out = f.exits(0, "plan", "--out", "waived.plan")
	holds(t, out, "0 deny, 2 waived", "waived clinic.deny", "warn CORE-03  waiver ages  exempt.miq.hcl:2", "ends 2026-11-30")

	f.now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC) // the saved plan is not stale by its age yet, and the exemption is over
	f.now = f.now.Add(-4 * 24 * time.Hour)
	f.exits(0, "plan", "--out", "later.plan")
	f.now = time.Date(2026, 12, 1, 0, 0, 1, 0, time.UTC)
	out = f.exits(6, "apply", "later.plan")
	holds(t, out, "EXEMPTION", "exemption ages of clinic.deny about mapping.person.field.age ended with 2026-11-30")
	holds(t, f.exits(4, "plan"), "deny clinic.deny", "deny CORE-03  waiver ages", "it has begun and has not ended")
	untouched(t, f)

	f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	holds(t, f.exits(0, "apply", "waived.plan"), "2 written")
	if state := f.read("migrateiq.state.json"); !strings.Contains(state, `"clinic.deny": "waived"`) || !strings.Contains(state, `"ages"`) {
		t.Errorf("the state: got %s, want the decision and the exemption that was used", state)
	}
}

func TestExemptionsThatDoNotCount(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"for all subjects":              {`"mapping.person.field.age"`, `"mapping.person.field.*"`, "its subject is one address, no pattern"},
		"asked for by the approver":     {`"ann@example.org"`, `"DPO@example.org"`, "two different people"},
		"approved by the engineers":     {`role = "dpo"`, `role = "it"`, "a role that may approve waivers"},
		"longer than a quarter":         {`"2026-12-30"`, `"2027-12-30"`, "its life is not longer than allowed"},
		"approved in the future":        {`at = "2026-11-02"`, `at = "2026-11-29"`, "it has begun and has not ended"},
		"of another subject, so unused": {`"mapping.person.field.age"`, `"mapping.person.field.id"`, "Waiver ages accepts nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newClinic(t, ownRules, unapproved)
			f.write("rules/clinic.rego", noAge)
			f.write("exempt.miq.hcl", strings.Replace(exempt("ages", "clinic.deny", "mapping.person.field.age", "2026-12-30"), c.from, c.to, 1))
			holds(t, f.exits(4, "plan"), "deny clinic.deny", "CORE-03  waiver ages  exempt.miq.hcl:2", c.want)
		})
	}
}

func TestAMissingFactDenies(t *testing.T) {
	f := newClinic(t, `policy "gdpr" { mode = "advisory" }`, unapproved)
	holds(t, f.exits(0, "plan"), "warn GDPR-", "0 deny")
	f.edit("main.miq.hcl", `    from         = "age"
    classify     = ["none"]`, `    from         = "age"`)
	holds(t, f.exits(4, "plan"), "deny CORE-05  mapping.person.field.age  main.miq.hcl:21", "deny CORE-01  mapping.person.field.age", "fields.*.classification.decision")
	f.edit("main.miq.hcl", `policy "gdpr" { mode = "advisory" }`, `policy "gdpr" {}`)
	holds(t, f.exits(4, "plan"), "deny GDPR-")
	untouched(t, f)
}

func TestRulesThatCannotBeAskedRefuse(t *testing.T) {
	for name, c := range map[string]struct{ policies, rule, want string }{
		"a rule errs":              {ownRules, "package clinic\n\ndeny contains \"no\" if to_number(input.phase) == 1\n", "policies could not be asked"},
		"a rule does not parse":    {ownRules, "package clinic\n\ndeny contains\n", "main.miq.hcl line 3"},
		"a rule calls out":         {ownRules, "package clinic\n\ndeny contains \"no\" if http.send({}).status_code == 1\n", "http.send"},
		"there is no such pack":    {`policy "ghs" {}`, "", `Did you mean "nhs"?`},
		"a parameter is looser":    {`policy "gdpr" { params = { quarantine_days = 31 } }`, "", "may be at most 30"},
		"a parameter is unknown":   {`policy "gdpr" { params = { days = 3 } }`, "", "no parameter gdpr.days"},
		"core may not only advise": {`policy "core" { mode = "advisory" }`, "", "always in force"},
		"parameters for rules of a folder": {`policy "clinic" {
  source = "./rules"
  params = { x = 1 }
}`, noAge, "data.json"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newClinic(t, c.policies, unapproved)
			f.write("rules/clinic.rego", c.rule)
			holds(t, f.exits(1, "plan"), c.want)
			f.exits(1, "apply", "--auto-approve")
			untouched(t, f)
		})
	}
}

func TestAParameterMakesAPackStricter(t *testing.T) {
	f := newClinic(t, `policy "core" { params = { waiver_max_days = 30 } }`, unapproved)
	holds(t, f.exits(4, "plan"), "deny CORE-03  waiver unapproved", "its life is not longer than allowed")
}

// signed puts a bundle of the rules into the folder, with its signature, and locks it.
func signed(t *testing.T, f *folder, rule string, key ed25519.PrivateKey) {
	t.Helper()
	f.write("elsewhere/clinic.rego", rule)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f.write("rules.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	f.exits(0, "policy", "bundle", "build", "elsewhere", "--out", "clinic.tar.gz", "--rules-version", "1.0.0")
	f.exits(0, "policy", "bundle", "sign", "clinic.tar.gz", "--key", "rules.key")
}

func TestABundleFromElsewhereIsSignedAndPinned(t *testing.T) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := newClinic(t, `policy "clinic" {
  source = "clinic.tar.gz"
  signer = "rules.pub"
}`, unapproved)
	text, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	f.write("rules.pub", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: text})))
	lenient := strings.Replace(noAge, `== "age"`, `== "agee"`, 1)
	signed(t, f, lenient, key)
	holds(t, f.exits(4, "plan"), "deny CORE-02  clinic  main.miq.hcl:3", "its digest is the one of the lock file")
	holds(t, f.exits(0, "lock"), "policy clinic: sha256:")
	f.exits(0, "plan", "--out", "allowed.plan")

	good := f.read("clinic.tar.gz")
	f.write("clinic.tar.gz", good[:len(good)-9]+"x"+good[len(good)-8:])
	holds(t, f.exits(1, "plan"), "main.miq.hcl line 3", "it was changed, or somebody else signed it")
	f.write("clinic.tar.gz", good)

	signed(t, f, noAge, key) // the rule is tightened, the folder stays as it is
	holds(t, f.exits(4, "plan"), "deny CORE-02")
	f.exits(0, "lock")
	out := f.exits(6, "apply", "allowed.plan")
	holds(t, out, "POLICY", "clinic.deny denies now, and did not when the plan was made", "deny clinic.deny", "The clinic holds no ages.", "Mend what the findings name")
	if strings.Contains(out, "CONFIG") {
		t.Errorf("apply: got\n%s\nwant nothing about the configuration, which did not change", out)
	}
	untouched(t, f)
}

func TestAPlanThatLacksOnlyAnApprovalGetsOne(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, "")
	holds(t, f.exits(5, "plan", "--out", "p.plan"), "CORE-06", "ask for an approval", "sha256:")
	f.exits(5, "apply", "p.plan")
	untouched(t, f)
	_, out := f.run("plan", "--json")
	var doc struct {
		Input struct {
			Plan struct {
				Intent string `json:"intent_digest"`
			} `json:"plan"`
		} `json:"policy_input"`
	}
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	f.write("approvers", `owner@example.org namespaces="migrateiq.data_owner" `+string(ssh.MarshalAuthorizedKey(key.PublicKey())))
	approve := func(intent string) {
		raw, err := json.Marshal(map[string]any{"approvals": []any{map[string]any{"actor": "owner@example.org", "role": "data_owner", "at": "2026-11-20T10:00:00Z",
			"intent_digest": intent, "signature": sshSign(t, key, "migrateiq.data_owner", intent)}}})
		if err != nil {
			t.Fatal(err)
		}
		f.write("change.json", string(raw))
	}
	approve("sha256:" + strings.Repeat("0", 64))
	f.exits(5, "apply", "p.plan", "--change", "change.json", "--approvers", "approvers")
	approve(doc.Input.Plan.Intent)
	holds(t, f.exits(0, "apply", "p.plan", "--change", "change.json", "--approvers", "approvers"), "2 written")
}

// sshSign makes what ssh-keygen -Y sign does.
func sshSign(t *testing.T, s ssh.Signer, namespace, message string) string {
	t.Helper()
	sum := sha512.Sum512([]byte(message))
	body := ssh.Marshal(struct {
		Namespace, Reserved, Hash string
		Sum                       []byte
	}{namespace, "", "sha512", sum[:]})
	sig, err := s.Sign(rand.Reader, append([]byte("SSHSIG"), body...))
	if err != nil {
		t.Fatal(err)
	}
	blob := append([]byte("SSHSIG"), ssh.Marshal(struct {
		Version                   uint32
		Key                       []byte
		Namespace, Reserved, Hash string
		Signature                 []byte
	}{1, s.PublicKey().Marshal(), namespace, "", "sha512", ssh.Marshal(sig)})...)
	return string(pem.EncodeToMemory(&pem.Block{Type: "SSH SIGNATURE", Bytes: blob}))
}

func TestARuleAboutTheRunFailsAfterIt(t *testing.T) {
	f := newClinic(t, ownRules, unapproved)
	f.write("rules/clinic.rego", `package clinic

deny contains sprintf("%d rows were refused, of %d.", [input.run.counts.quarantined, input.run.counts.read]) if {
	input.phase == "verify"
	input.run.exceptions[0].count == input.run.counts.quarantined
	input.run.exceptions[0].disposition == "quarantined"
	input.run.exceptions[0].approver == null
	some c in input.run.controls
	c.id == "mapping.person.row_balance"
	c.pass == true
}
`)
	f.apply()
	sqliteRun(t, f.path("shop.db"), `INSERT INTO person VALUES (3, 200), (4, 50)`)
	out := f.exits(8, "apply", "--auto-approve")
	holds(t, out, "Policy after the run:", "deny clinic.deny  plan  main.miq.hcl:2  1 rows were refused, of ", "the rows stand")
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM person"); got != "3" {
		t.Errorf("rows: got %s, want 3: the ones that passed stand", got)
	}
	f.exits(0, "verify")
}

func TestTheOperatingControlsOfAPackSeeTheRun(t *testing.T) {
	f := newClinic(t, `policy "sox" { mode = "advisory" }`, unapproved)
	f.edit("main.miq.hcl", `target "sqlite" "new" { path = "new.db" }`, `target "sqlite" "new" {
  path = "new.db"
  table "person" { icfr = true }
}`)
	f.edit("main.miq.hcl", `source "sqlite" "shop" { path = "shop.db" }`, `source "sqlite" "shop" {
  path = "shop.db"
  table "person" { icfr = false }
}`)
	sqliteRun(t, f.path("shop.db"), `INSERT INTO person VALUES (3, 200)`)
	out := f.exits(0, "apply", "--auto-approve")
	_, after, _ := strings.Cut(out, "Policy after the run:")
	holds(t, after, " 2 pass,", "warn SOX-11/O", "no row was rejected")
	if strings.Contains(after, "SOX-07/O") {
		t.Errorf("after the run: got %s, want nothing about SOX-07/O, whose rows balanced", after)
	}
}

func TestWithoutAPolicyNothingIsAsked(t *testing.T) {
	f := newClinic(t, "", exempt("ages", "clinic.deny", "mapping.person.field.age", "2026-12-30"))
	holds(t, f.exits(0, "plan"), "Policy: 1 pass, 0 warn, 0 deny.", "Exemption without a policy")
	holds(t, f.apply(), "2 written")
}
