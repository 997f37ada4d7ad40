package evidence

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

// signatureName is the signature of a bundle: a DSSE envelope about the manifest, which names every other file. It is not
// in the manifest itself.
const signatureName = "manifest.dsse.json"

// The type of what is signed: a statement of in-toto.
const statementType = "application/vnd.in-toto+json"

// envelope is DSSE, as its specification has it.
type envelope struct {
	PayloadType string          `json:"payloadType"`
	Payload     string          `json:"payload"` // base64
	Signatures  []dsseSignature `json:"signatures"`
}

type dsseSignature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"` // base64
}

// statement is in-toto's, of one subject: the manifest.
type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     predicate `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

type predicate struct {
	Run        string    `json:"run"`
	PlanDigest string    `json:"plan_digest"`
	AsOf       time.Time `json:"as_of"`
	Bundle     string    `json:"bundle_sha256"`
}

// ErrNotSigned is in the chain of the error for a bundle that a key did not sign as it is.
var ErrNotSigned = errors.New("the key did not sign this bundle")

// Sign adds a signature to a bundle that is made. The same bundle and key make the same bytes.
func (b Bundle) Sign(key ed25519.PrivateKey, id string) error {
	want, err := b.statement()
	if err != nil {
		return fmt.Errorf("sign the bundle: %w", err)
	}
	b[signatureName], err = jsonText(envelope{statementType, base64.StdEncoding.EncodeToString(want),
		[]dsseSignature{{id, base64.StdEncoding.EncodeToString(ed25519.Sign(key, encoded(statementType, want)))}}})
	if err != nil {
		return fmt.Errorf("sign the bundle: %w", err)
	}
	return nil
}

// statement is what a signature of the bundle as it is would be over.
func (b Bundle) statement() ([]byte, error) {
	var m Manifest
	if err := json.Unmarshal(b[manifestName], &m); err != nil {
		return nil, fmt.Errorf("read manifest.json: %w", err)
	}
	return policy.Canonical(statement{"https://in-toto.io/Statement/v1", []subject{{manifestName, map[string]string{"sha256": sum(b[manifestName])}}},
		site + "/evidence/v1", predicate{m.Run, m.PlanDigest, m.AsOf, m.Bundle}})
}

// encoded is DSSE's encoding of what is signed, which binds the type to the text.
func encoded(kind string, text []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(text), text)
}

// Signed reports whether the bundle has a signature, of whomever.
func (b Bundle) Signed() bool { return b[signatureName] != nil }

// SignedBy is nil where the key signed the bundle as it is. The files are held against the manifest by Verify.
func (b Bundle) SignedBy(key ed25519.PublicKey) error {
	if !b.Signed() {
		return fmt.Errorf("%w: it has no %s", ErrNotSigned, signatureName)
	}
	e, text, err := b.envelope()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotSigned, err)
	}
	for _, s := range e.Signatures {
		sig, err := base64.StdEncoding.DecodeString(s.Sig)
		if err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, encoded(e.PayloadType, text), sig) {
			return nil
		}
	}
	return fmt.Errorf("%w: no signature in %s is its own", ErrNotSigned, signatureName)
}

// envelope reads the signature, which has to be about the manifest as it is.
func (b Bundle) envelope() (envelope, []byte, error) {
	var e envelope
	if err := json.Unmarshal(b[signatureName], &e); err != nil {
		return e, nil, fmt.Errorf("%s cannot be read", signatureName)
	}
	text, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		return e, nil, fmt.Errorf("%s cannot be read", signatureName)
	}
	want, err := b.statement()
	if err != nil {
		return e, nil, err
	}
	if e.PayloadType != statementType || string(text) != string(want) {
		return e, nil, fmt.Errorf("%s is about another manifest.json", signatureName)
	}
	return e, text, nil
}
