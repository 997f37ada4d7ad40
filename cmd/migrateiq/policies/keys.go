package policies

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/novumsolvo/migrateiq/policy/rego"
)

// Suffix is what the file of a signature ends in, behind the bundle's own name.
const Suffix = ".sig"

// ReadPublic reads an ed25519 public key in PEM, as `openssl pkey -pubout` writes it. Its id is made of the key itself.
func ReadPublic(read Read, name string) (rego.Key, error) {
	raw, err := read(name)
	if err != nil {
		return rego.Key{}, fmt.Errorf("read the public key: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "PUBLIC KEY" {
		return rego.Key{}, fmt.Errorf("%s holds no public key in PEM; `openssl pkey -in KEY -pubout` writes one", filepath.Base(name))
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return rego.Key{}, fmt.Errorf("read the public key of %s: %w", filepath.Base(name), err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return rego.Key{}, fmt.Errorf("the key of %s is not an ed25519 key", filepath.Base(name))
	}
	return rego.Key{ID: KeyID(public), Public: public}, nil
}

// KeyID names a key by its digest.
func KeyID(k ed25519.PublicKey) string {
	sum := sha256.Sum256(k)
	return "ed25519:" + hex.EncodeToString(sum[:8])
}

// ReadPrivate reads an ed25519 private key in PEM, as `openssl genpkey -algorithm ed25519` writes it.
func ReadPrivate(read Read, name string) (ed25519.PrivateKey, error) {
	raw, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("read the private key: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("%s holds no private key in PEM; `openssl genpkey -algorithm ed25519` makes one", filepath.Base(name))
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the private key of %s: it is damaged or encrypted", filepath.Base(name))
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the key of %s is not an ed25519 key", filepath.Base(name))
	}
	return private, nil
}

// Sign gives the text of a signature's file.
func Sign(key ed25519.PrivateKey, archive []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(ed25519.Sign(key, archive)) + "\n")
}

func readSignature(read Read, bundle string) ([]byte, error) {
	raw, err := read(bundle + Suffix)
	if err != nil {
		return nil, fmt.Errorf("read the signature: %w; `migrateiq policy bundle sign` writes it", err)
	}
	out, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("%s holds no signature", filepath.Base(bundle+Suffix))
	}
	return out, nil
}

// Verify holds a bundle against its signature and gives the id of the key that made it.
func Verify(read Read, key, bundle string) (string, error) {
	trusted, err := ReadPublic(read, key)
	if err != nil {
		return "", err
	}
	archive, err := read(bundle)
	if err != nil {
		return "", fmt.Errorf("read the bundle: %w", err)
	}
	signature, err := readSignature(read, bundle)
	if err != nil {
		return "", err
	}
	return trusted.ID, rego.Verify(archive, signature, trusted)
}
