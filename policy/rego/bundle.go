package rego

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
)

// Key is one whose signatures are trusted.
type Key struct {
	ID     string
	Public ed25519.PublicKey
}

// ErrNotSigned is in the chain of the error for an archive without a valid signature of a trusted key.
var ErrNotSigned = errors.New("no trusted key signed it")

// Signed reads an OPA bundle, a .tar.gz from elsewhere. The signature is over the archive's bytes, so that nothing of it is
// unpacked before it is known to come from someone trusted, and nothing in it escapes the signature.
func Signed(name, version string, archive, signature []byte, trusted []Key) (Source, error) {
	key, ok := signer(archive, signature, trusted)
	if !ok {
		return Source{}, fmt.Errorf("read the bundle %q: %w", name, ErrNotSigned)
	}
	s := Source{Name: name, Version: version, Origin: Remote, KeyID: key}
	if err := s.unpack(archive); err != nil {
		return Source{}, fmt.Errorf("read the bundle %q: %w", name, err)
	}
	return s, nil
}

// expiry reads the moment from which on a bundle is no longer to be used, from the manifest that is signed with it.
func expiry(metadata map[string]any) (string, error) {
	v, said := metadata["expires"]
	if !said || v == nil {
		return "", nil
	}
	text, _ := v.(string)
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return "", errors.New("the metadata of its manifest has an expires that is no moment like 2027-01-31T00:00:00Z")
	}
	return text, nil
}

func signer(archive, signature []byte, trusted []Key) (string, bool) {
	for _, k := range trusted {
		if k.ID != "" && len(k.Public) == ed25519.PublicKeySize && ed25519.Verify(k.Public, archive, signature) {
			return k.ID, true
		}
	}
	return "", false
}

// semantic is a version that can be held against the floor of a lock file. A revision of another form, such as the digest
// of a commit, is no version: it has no order.
var semantic = regexp.MustCompile(`^\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

func (s *Source) unpack(archive []byte) error {
	b, err := bundle.NewReader(bytes.NewReader(archive)).
		WithSkipBundleVerification(true). // Signed has verified all of it
		WithProcessAnnotations(true).
		WithCapabilities(capabilities()).
		WithRegoVersion(ast.RegoV1).
		WithSizeLimitBytes(maxAll).
		Read()
	if err != nil {
		return err
	}
	switch {
	case b.Type() != bundle.SnapshotBundleType:
		return errors.New("it holds changes to another bundle; only whole ones are read")
	case len(b.WasmModules) > 0 || len(b.PlanModules) > 0:
		return errors.New("it holds compiled rules, which nobody can read; only Rego is run")
	}
	s.files, s.modules, s.data = map[string][]byte{}, map[string]*ast.Module{}, b.Data
	s.files["archive"] = archive
	if s.Version == "" && semantic.MatchString(b.Manifest.Revision) {
		s.Version = b.Manifest.Revision
	}
	s.Revision = b.Manifest.Revision
	if s.Expires, err = expiry(b.Manifest.Metadata); err != nil {
		return err
	}
	for _, m := range b.Modules {
		if strings.HasSuffix(m.Path, testsSuffix) {
			continue
		}
		s.modules[m.Path] = m.Parsed
	}
	if len(s.modules) == 0 {
		return errors.New("there are no rules in it")
	}
	for _, key := range slices.Sorted(maps.Keys(s.data)) {
		if s.data[key] == nil {
			delete(s.data, key)
		}
	}
	return s.outside()
}
