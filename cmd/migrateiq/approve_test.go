package main

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"

	"github.com/novumsolvo/migrateiq/policy"
)

// clock is the time since the script began, counted from the moment that it says in SCRIPT_NOW: what is about days comes
// out the same on every day. Without that it is the time.
func clock() func() time.Time {
	from, err := time.Parse(time.RFC3339, os.Getenv("SCRIPT_NOW"))
	if err != nil {
		return time.Now
	}
	began, err := time.Parse(time.RFC3339Nano, os.Getenv("SCRIPT_BEGAN"))
	if err != nil {
		return func() time.Time { return from }
	}
	return func() time.Time { return from.Add(time.Since(began)) }
}

// begin tells the commands of a script when it began.
func begin(env *testscript.Env) { env.Setenv("SCRIPT_BEGAN", time.Now().Format(time.RFC3339Nano)) }

// approve PLAN CHANGE WHO=ROLE... reads what plan --json printed, and writes approved.json, which is CHANGE with a
// rehearsal, a baseline and signatures by WHO in ROLE, and approvers, the file with their keys.
func approve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: approve PLAN CHANGE WHO=ROLE...")
	}
	var planned struct {
		Input policy.Input `json:"policy_input"`
	}
	ts.Check(json.NewDecoder(strings.NewReader(ts.ReadFile(args[0]))).Decode(&planned)) // the end of the command stands behind it
	change := map[string]any{}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &change))
	in := planned.Input
	at := in.EvaluatedAt.Add(-time.Hour).Format(time.RFC3339)
	change["tests"] = []any{map[string]any{"environment": "preprod", "config_digest": in.Plan.ConfigDigest, "verification": "pass", "at": at}}
	change["baseline"] = map[string]any{"version": in.Engine.Version, "transforms_digest": in.Engine.TransformsDigest, "policy_digest": in.Engine.PolicyDigest}
	var all []any
	var keys strings.Builder
	for _, arg := range args[2:] {
		who, role, _ := strings.Cut(arg, "=")
		seed := sha512.Sum512_256([]byte(who))
		key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
		ts.Check(err)
		signature, err := sshsig(key, "migrateiq."+role, in.Plan.IntentDigest)
		ts.Check(err)
		all = append(all, map[string]any{"actor": who, "role": role, "at": at, "intent_digest": in.Plan.IntentDigest, "signature": signature})
		fmt.Fprintf(&keys, "%s namespaces=\"migrateiq.%s\" %s", who, role, ssh.MarshalAuthorizedKey(key.PublicKey()))
	}
	change["approvals"] = all
	text, err := json.Marshal(change)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("approved.json"), text, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("approvers"), []byte(keys.String()), 0o600))
}

// sshsig makes what ssh-keygen -Y sign does.
func sshsig(key ssh.Signer, namespace, message string) (string, error) {
	sum := sha512.Sum512([]byte(message))
	body := struct {
		Namespace, Reserved, Hash string
		Sum                       []byte
	}{namespace, "", "sha512", sum[:]}
	sig, err := key.Sign(nil, append([]byte("SSHSIG"), ssh.Marshal(body)...))
	if err != nil {
		return "", err
	}
	blob := ssh.Marshal(struct {
		Version                   uint32
		Key                       []byte
		Namespace, Reserved, Hash string
		Signature                 []byte
	}{1, key.PublicKey().Marshal(), namespace, "", "sha512", ssh.Marshal(sig)})
	return string(pem.EncodeToMemory(&pem.Block{Type: "SSH SIGNATURE", Bytes: append([]byte("SSHSIG"), blob...)})), nil
}

// vary PATCH carries out a patch in the working folder. Its hunks count by their text, which has to
// stand exactly once.
func vary(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: vary PATCH")
	}
	file, from, to := "", "", ""
	change := func() {
		if from == to {
			return
		}
		text := ts.ReadFile(file)
		if n := strings.Count(text, from); n != 1 {
			ts.Fatalf("%s holds the text of a hunk %d times, want once:\n%s", file, n, from)
		}
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(strings.Replace(text, from, to, 1)), 0o600))
		from, to = "", ""
	}
	inside := false
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		next, isFile := strings.CutPrefix(line, "+++ b/")
		switch {
		case isFile || strings.HasPrefix(line, "--- a/") || strings.HasPrefix(line, "@@"):
			change()
			inside = strings.HasPrefix(line, "@@")
			if isFile {
				file = strings.TrimSpace(next)
			}
		case inside && line[0] == '-':
			from += line[1:]
		case inside && line[0] == '+':
			to += line[1:]
		case inside:
			from += line[1:]
			to += line[1:]
		}
	}
	change()
}
