package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/evidence"
)

const envelopeName = "manifest.dsse.json"

// signedBundle is a bundle that a new key signed.
func signedBundle(t *testing.T) (evidence.Bundle, ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l, records, _ := done(t)
	b := bundle(t, l, records)
	if err := b.Sign(private, "k1"); err != nil {
		t.Fatal(err)
	}
	return b, public, private
}

// The envelope is DSSE, read here by what its specification says and not by the program's own code.
func TestASignedBundleIsAnEnvelopeOfDSSE(t *testing.T) {
	b, public, private := signedBundle(t)
	var e struct {
		PayloadType string
		Payload     []byte // JSON's base64
		Signatures  []struct {
			KeyID string
			Sig   []byte
		}
	}
	if err := json.Unmarshal(b[envelopeName], &e); err != nil {
		t.Fatal(err)
	}
	if len(e.Signatures) != 1 || e.Signatures[0].KeyID != "k1" || e.PayloadType != "application/vnd.in-toto+json" {
		t.Fatalf("got %+v", e)
	}
	pae := fmt.Sprintf("DSSEv1 %d %s %d %s", len(e.PayloadType), e.PayloadType, len(e.Payload), e.Payload)
	if !ed25519.Verify(public, []byte(pae), e.Signatures[0].Sig) {
		t.Error("the signature is not over DSSE's encoding of the payload")
	}
	holds := []string{`"_type":"https://in-toto.io/Statement/v1"`, `"name":"manifest.json"`, `"plan_digest":"sha256:`, `"run":"abc123"`}
	for _, want := range holds {
		if !strings.Contains(string(e.Payload), want) {
			t.Errorf("the statement: got %s, want it to hold %s", e.Payload, want)
		}
	}
	again := bytes.Clone(b[envelopeName])
	if err := b.Sign(private, "k1"); err != nil || !bytes.Equal(again, b[envelopeName]) {
		t.Errorf("signed again it differs (%v)", err)
	}
	if _, wrong := b.Verify(); wrong != nil {
		t.Errorf("Verify: got %q, want nothing", wrong)
	}
	if err := b.SignedBy(public); err != nil {
		t.Errorf("SignedBy: got %v, want nothing", err)
	}
}

func TestABundleThatTheKeyDidNotSign(t *testing.T) {
	stranger, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(b evidence.Bundle)
		key    ed25519.PublicKey // nil: the one that signed
		wrong  bool              // Verify sees it too
	}{
		"another key":           {key: stranger},
		"a key that is none":    {key: ed25519.PublicKey("short")},
		"no signature":          {change: func(b evidence.Bundle) { delete(b, envelopeName) }},
		"another manifest":      {change: func(b evidence.Bundle) { b["manifest.json"] = append(b["manifest.json"], '\n') }, wrong: true},
		"a signature of no use": {change: func(b evidence.Bundle) { b[envelopeName] = []byte("{}") }, wrong: true},
		"a signature changed": {change: func(b evidence.Bundle) {
			var e map[string]any
			if err := json.Unmarshal(b[envelopeName], &e); err != nil {
				t.Fatal(err)
			}
			e["signatures"] = []any{map[string]any{"keyid": "k1", "sig": base64.StdEncoding.EncodeToString(make([]byte, 64))}}
			b[envelopeName], _ = json.Marshal(e)
		}},
		"a statement exchanged": {change: func(b evidence.Bundle) {
			var e map[string]any
			if err := json.Unmarshal(b[envelopeName], &e); err != nil {
				t.Fatal(err)
			}
			e["payload"] = base64.StdEncoding.EncodeToString([]byte(`{}`))
			b[envelopeName], _ = json.Marshal(e)
		}, wrong: true},
	} {
		b, key, _ := signedBundle(t)
		if c.change != nil {
			c.change(b)
		}
		if c.key != nil {
			key = c.key
		}
		if err := b.SignedBy(key); !errors.Is(err, evidence.ErrNotSigned) {
			t.Errorf("%s: SignedBy: got %v, want ErrNotSigned", name, err)
		}
		if _, wrong := b.Verify(); (wrong != nil) != c.wrong {
			t.Errorf("%s: Verify: got %q, want something wrong: %v", name, wrong, c.wrong)
		}
	}
}
