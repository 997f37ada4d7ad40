package engine_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

// hospital is the example of that name in a folder of its own, at the day that its dates are about.
type hospital struct {
	*folder
	now time.Time
}

func newHospital(t *testing.T) *hospital {
	t.Helper()
	h := &hospital{folder: &folder{t: t, dir: t.TempDir(), env: []string{"CARD_KEY=" + firstKey}}, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	if err := os.CopyFS(h.dir, os.DirFS(filepath.Join("..", "examples", "hospital"))); err != nil {
		t.Fatal(err)
	}
	h.exec("pas.db", h.read("pas.sql"))
	return h
}

func (h *hospital) run(args ...string) (int, string) {
	var out bytes.Buffer
	code := cli.Run(context.Background(), cli.World{
		Dir: h.dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.MultiWriter(&out), Environ: h.env, ReadFile: os.ReadFile,
		Providers: providers.NewSet(sqlite.New(), postgres.New(), csv.New()), Rules: policy.Builtin{},
		Store: func(path string) state.Store { return localfile.New(path) },
		Now:   func() time.Time { return h.now }, Owner: "a test", Version: "0.1.0",
	}, args)
	return code, out.String()
}

// A document is what plan --json prints.
type document struct {
	Input    policy.Input    `json:"policy_input"`
	Verdicts policy.Verdicts `json:"verdicts"`
}

// planned plans, whatever the policies say of it.
func (h *hospital) planned(args ...string) (doc document) {
	h.t.Helper()
	code, out := h.run(append([]string{"plan", "--json"}, args...)...)
	start := strings.IndexByte(out, '{')
	if code != 0 && code != 4 && code != 5 || start < 0 {
		h.t.Fatalf("plan: got exit code %d\n%s", code, out)
	}
	if err := json.NewDecoder(strings.NewReader(out[start:])).Decode(&doc); err != nil {
		h.t.Fatal(err)
	}
	if denied := doc.Verdicts.Denied(); denied != (code != 0) {
		h.t.Errorf("plan: got exit code %d for verdicts that deny: %v", code, denied)
	}
	return doc
}

// approver signs as ssh-keygen -Y sign does, with a key made from their name.
func approver(name string) ssh.Signer {
	seed := sha512.Sum512_256([]byte(name))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return s
}

func sshsig(s ssh.Signer, namespace, message string) string {
	sum := sha512.Sum512([]byte(message))
	body := struct {
		Namespace, Reserved, Hash string
		Sum                       []byte
	}{namespace, "", "sha512", sum[:]}
	sig, err := s.Sign(nil, append([]byte("SSHSIG"), ssh.Marshal(body)...))
	if err != nil {
		panic(err)
	}
	blob := ssh.Marshal(struct {
		Version                   uint32
		Key                       []byte
		Namespace, Reserved, Hash string
		Signature                 []byte
	}{1, s.PublicKey().Marshal(), namespace, "", "sha512", ssh.Marshal(sig)})
	return string(pem.EncodeToMemory(&pem.Block{Type: "SSH SIGNATURE", Bytes: append([]byte("SSHSIG"), blob...)}))
}

// approvals are those that the plan needs, by role.
var approvals = [][2]string{{"caldicott_guardian", "guardian@hospital.example"}, {"cso", "cso@hospital.example"},
	{"data_owner", "finance@hospital.example"}, {"it", "it@hospital.example"}}

// approve writes the change with a rehearsal, a baseline and signed approvals of what is planned now.
func (h *hospital) approve() {
	h.t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(h.read("change.json")), &doc); err != nil {
		h.t.Fatal(err)
	}
	in := h.planned("--change", "change.json").Input
	at := in.EvaluatedAt.Add(-time.Hour).Format(time.RFC3339)
	doc["tests"] = []any{map[string]any{"environment": "preprod", "config_digest": in.Plan.ConfigDigest, "verification": "pass", "at": at}}
	doc["baseline"] = map[string]any{"version": in.Engine.Version, "transforms_digest": in.Engine.TransformsDigest, "policy_digest": in.Engine.PolicyDigest}
	var all []any
	var keys strings.Builder
	for _, a := range approvals {
		s := approver(a[1])
		all = append(all, map[string]any{"actor": a[1], "role": a[0], "at": at, "intent_digest": in.Plan.IntentDigest,
			"signature": sshsig(s, "migrateiq."+a[0], in.Plan.IntentDigest)})
		fmt.Fprintf(&keys, "%s namespaces=\"migrateiq.%s\" %s", a[1], a[0], ssh.MarshalAuthorizedKey(s.PublicKey()))
	}
	doc["approvals"] = all
	text, err := json.Marshal(doc)
	if err != nil {
		h.t.Fatal(err)
	}
	h.write("approved.json", string(text))
	h.write("approvers", keys.String())
}

// handed are the flags that hand in the change as it is approved.
func handed(args ...string) []string {
	return append(args, "--change", "approved.json", "--approvers", "approvers")
}

// verdicts are those of the policies about what is planned now, with the change as it is approved.
func (h *hospital) verdicts() policy.Verdicts {
	h.t.Helper()
	return h.planned(handed()...).Verdicts
}

// open gives the verdicts that are neither passed nor beside the point, as CONTROL subject.
func open(all policy.Verdicts, level policy.Level) []string {
	var out []string
	for _, v := range all {
		if v.Level == level && (v.Result == policy.Fail || v.Result == policy.Undecidable) {
			out = append(out, fmt.Sprintf("%s %s", v.Control, v.Subject.ID))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestTheHospitalPassesAllFourPacks(t *testing.T) {
	h := newHospital(t)
	h.approve()
	all := h.verdicts()
	for _, v := range all {
		// Nothing searches values for card numbers: the example's exemption accepts that, and nothing else.
		if waived := v.Result == policy.Waived && strings.HasPrefix(v.Control, "PCI-25/"); !waived && v.Result != policy.Pass && v.Result != policy.NotApplicable {
			t.Errorf("%s %s %s: %s", v.Control, v.Result, v.Level, v.Message)
		}
	}
	for _, pack := range []string{"CORE-", "GDPR-", "NHS-", "PCI-", "SOX-"} {
		n := 0
		for _, v := range all {
			if strings.HasPrefix(v.Control, pack) && v.Result == policy.Pass {
				n++
			}
		}
		if n == 0 {
			t.Errorf("%s: no control passes", pack)
		}
		t.Logf("%s %d verdicts pass", pack, n)
	}
}
