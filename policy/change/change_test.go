package change_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/novumsolvo/migrateiq/policy/change"
)

const intent = "sha256:2222222222222222222222222222222222222222222222222222222222222222"

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sign makes what ssh-keygen -Y sign does, after PROTOCOL.sshsig of OpenSSH.
func sign(t *testing.T, s ssh.Signer, namespace, message string) string {
	t.Helper()
	sum := sha512.Sum512([]byte(message))
	text := func(b []byte) []byte {
		return append([]byte{byte(len(b) >> 24), byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
	}
	var data []byte
	for _, part := range [][]byte{[]byte(namespace), nil, []byte("sha512"), sum[:]} {
		data = append(data, text(part)...)
	}
	var sig *ssh.Signature
	var err error
	if a, ok := s.(ssh.AlgorithmSigner); ok && s.PublicKey().Type() == ssh.KeyAlgoRSA {
		sig, err = a.SignWithAlgorithm(rand.Reader, append([]byte("SSHSIG"), data...), ssh.KeyAlgoRSASHA512)
	} else {
		sig, err = s.Sign(rand.Reader, append([]byte("SSHSIG"), data...))
	}
	if err != nil {
		t.Fatal(err)
	}
	blob := append([]byte("SSHSIG"), 0, 0, 0, 1)
	for _, part := range [][]byte{s.PublicKey().Marshal(), []byte(namespace), nil, []byte("sha512"), ssh.Marshal(sig)} {
		blob = append(blob, text(part)...)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "SSH SIGNATURE", Bytes: blob}))
}

func line(names, options string, s ssh.Signer) string {
	return names + " " + options + " " + string(ssh.MarshalAuthorizedKey(s.PublicKey()))
}

// approval is a file with one approval.
func approval(actor, role, digest, signature string) []byte {
	raw, _ := json.Marshal(map[string]any{"approvals": []any{map[string]any{"actor": actor, "role": role, "at": "2026-11-20T10:00:00Z", "intent_digest": digest, "signature": signature}}})
	return raw
}

func TestAnApprovalCountsOnlyWithAGoodSignature(t *testing.T) {
	key, other := newKey(t), newKey(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	old, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dpo := `namespaces="migrateiq.dpo,migrateiq.it"`
	good := sign(t, key, "migrateiq.dpo", intent)
	mine := line("ann@example.org", dpo, key)
	for name, c := range map[string]struct {
		approvers, actor, role, digest, signature string
		problem                                   string
	}{
		"signed":                        {mine, "ann@example.org", "dpo", intent, good, ""},
		"signed by an RSA key":          {line("ann@example.org", dpo, old), "ann@example.org", "dpo", intent, sign(t, old, "migrateiq.dpo", intent), ""},
		"with a line break behind":      {mine, "ann@example.org", "dpo", intent, sign(t, key, "migrateiq.dpo", intent+"\n"), ""},
		"without a name":                {mine, "", "dpo", intent, good, ""},
		"not signed":                    {mine, "ann@example.org", "dpo", intent, "", "not signed"},
		"no approvers":                  {"", "ann@example.org", "dpo", intent, good, "no file of approvers"},
		"another digest":                {mine, "ann@example.org", "dpo", strings.Replace(intent, "2", "3", 1), good, "not an SSH signature over"},
		"another role than signed":      {mine, "ann@example.org", "it", intent, good, "not an SSH signature over"},
		"a role that the key has not":   {mine, "ann@example.org", "siro", intent, sign(t, key, "migrateiq.siro", intent), "no approver has this key in this role"},
		"a key that nobody knows":       {mine, "ann@example.org", "dpo", intent, sign(t, other, "migrateiq.dpo", intent), "no approver has this key"},
		"somebody else's name":          {mine, "bob@example.org", "dpo", intent, good, "belongs to somebody else"},
		"a key of tomorrow":             {line("ann@example.org", dpo+`,valid-after="20261121"`, key), "ann@example.org", "dpo", intent, good, "not valid now"},
		"a key of yesterday":            {line("ann@example.org", dpo+`,valid-before="20261120"`, key), "ann@example.org", "dpo", intent, good, "not valid now"},
		"a key of today":                {line("ann@example.org", dpo+`,valid-after="20261120",valid-before="20261121"`, key), "ann@example.org", "dpo", intent, good, ""},
		"no signature at all":           {mine, "ann@example.org", "dpo", intent, "signed, honestly", "not an SSH signature"},
		"a signature for another thing": {mine, "ann@example.org", "dpo", intent, sign(t, key, "git", intent), "not an SSH signature over"},
	} {
		got, err := change.Read(approval(c.actor, c.role, c.digest, c.signature), []byte(c.approvers), now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.problem == "" {
			if a := got.Change.Approvals; len(a) != 1 || !a[0].Verified || a[0].Actor != "ann@example.org" || a[0].Roles[0] != "dpo" || a[0].IntentDigest != intent || len(got.Problems) > 0 {
				t.Errorf("%s: got %+v and problems %q, want an approval", name, a, got.Problems)
			}
			continue
		}
		if got.Change.Approvals != nil || len(got.Problems) != 1 || !strings.Contains(got.Problems[0], c.problem) {
			t.Errorf("%s: got %+v and problems %q, want none and %q", name, got.Change.Approvals, got.Problems, c.problem)
		}
	}
}

func TestAFileOfApproversSaysInWhichRoles(t *testing.T) {
	key := newKey(t)
	for text, says := range map[string]string{
		line("ann", "", key):                                           "in which roles",
		line("ann", `namespaces="git"`, key):                           "is not migrateiq.ROLE",
		line("ann", `namespaces="migrateiq.boss"`, key):                "is not migrateiq.ROLE",
		line("ann", `cert-authority,namespaces="migrateiq.dpo"`, key):  "cert-authority",
		line("ann", `namespaces="migrateiq.dpo",valid-after="x"`, key): "no time",
		"# a comment\n\nann":                                           "line 3",
		"ann namespaces=\"x\" AAAA":                                    "key cannot be read",
	} {
		if _, err := change.Read([]byte(`{}`), []byte(text), now); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got error %v, want %q", text, err, says)
		}
	}
}

func TestAFileIsReadWhole(t *testing.T) {
	got, err := change.Read([]byte(`{"ticket": {"id": "CHG-1", "state": "approved"}, "reason": "x", "author": {"id": "ann", "type": "human", "claimed": false},
		"source": {"repo": "r", "signed": true}, "baseline": {"version": "1"}, "window": {"freeze": false}}`), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Change; *c.Ticket.ID != "CHG-1" || *c.Author.ID != "ann" || !c.Author.Claimed || c.Applier.Claimed || !got.Source.Claimed || *got.Baseline.Version != "1" || c.Approvals != nil {
		t.Errorf("got %+v", got)
	}
	for text, says := range map[string]string{
		`{"tikcet": {}}`: "unknown field", `{"ticket": {"state": "agreed"}}`: "is no value of ticket.state", `{} {}`: "more behind", `[]`: "read the change", ``: "read the change",
		`{"approvals": [{"verified": true}]}`: "unknown field", `{"tests": [{"environment": "production"}]}`: "is no value of tests.environment",
	} {
		if _, err := change.Read([]byte(text), nil, now); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got error %v, want %q", text, err, says)
		}
	}
}

func TestBuildServersTellWhoAndWhat(t *testing.T) {
	show := func(p *string) string {
		if p == nil {
			return "-"
		}
		return *p
	}
	for name, c := range map[string]struct {
		env  map[string]string
		want string // author, applier, triggered by, repo, commit, protected
	}{
		"github":  {map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ann", "GITHUB_TRIGGERING_ACTOR": "bob", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "abc", "GITHUB_REF_PROTECTED": "true"}, "- github-actions bob o/r abc true"},
		"gitlab":  {map[string]string{"GITLAB_CI": "true", "CI_COMMIT_AUTHOR": "ann", "GITLAB_USER_LOGIN": "bob", "CI_PROJECT_PATH": "o/r", "CI_COMMIT_SHA": "abc", "CI_COMMIT_REF_PROTECTED": "false"}, "ann gitlab-ci bob o/r abc false"},
		"azure":   {map[string]string{"TF_BUILD": "True", "BUILD_SOURCEVERSIONAUTHOR": "ann", "BUILD_REQUESTEDFOR": "bob", "BUILD_REPOSITORY_NAME": "r", "BUILD_SOURCEVERSION": "abc"}, "ann azure-devops bob r abc -"},
		"jenkins": {map[string]string{"JENKINS_URL": "http://ci", "BUILD_USER_ID": "bob", "GIT_URL": "u", "GIT_COMMIT": "abc"}, "- jenkins bob u abc -"},
		"nowhere": {map[string]string{"GITHUB_SHA": "abc"}, "- - - - - -"},
	} {
		d := change.FromServer(func(n string) (string, bool) { v, ok := c.env[n]; return v, ok })
		protected := "-"
		if p := d.Source.BranchProtected; p != nil {
			protected = fmt.Sprint(*p)
		}
		got := strings.Join([]string{show(d.Change.Author.ID), show(d.Change.Applier.ID), show(d.Change.Applier.TriggeredBy), show(d.Source.Repo), show(d.Source.Commit), protected}, " ")
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if d.Change.Applier.Claimed != (name != "nowhere") || d.Source.Claimed != (name != "nowhere") {
			t.Errorf("%s: got %+v and %+v, want claims marked", name, d.Change.Applier, d.Source)
		}
	}
}

func TestAFileComesBeforeTheBuildServer(t *testing.T) {
	file, err := change.Read([]byte(`{"author": {"id": "ann"}}`), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	got := file.Or(change.FromServer(func(n string) (string, bool) {
		return map[string]string{"GITLAB_CI": "true", "CI_COMMIT_AUTHOR": "bob", "CI_COMMIT_SHA": "abc"}[n], true
	}))
	if *got.Change.Author.ID != "ann" || *got.Source.Commit != "abc" || !got.Change.Author.Claimed || !got.Source.Claimed {
		t.Errorf("got %+v and %+v", got.Change.Author, got.Source)
	}
}

// Where OpenSSH is there, its own signature is taken.
func TestTheSignatureOfOpenSSHIsTaken(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("ssh-keygen is not there")
	}
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("make a key: %v: %s", err, out)
	}
	cmd := exec.Command(keygen, "-Y", "sign", "-q", "-n", "migrateiq.caldicott_guardian", "-f", key)
	cmd.Stdin = strings.NewReader(intent + "\n")
	signature, err := cmd.Output()
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	got, err := change.Read(approval("ann", "caldicott_guardian", intent, string(signature)), []byte("ann namespaces=\"migrateiq.caldicott_guardian\" "+string(public)), now)
	if err != nil || len(got.Change.Approvals) != 1 {
		t.Errorf("got %+v, problems %q and error %v, want one approval", got.Change.Approvals, got.Problems, err)
	}
}
