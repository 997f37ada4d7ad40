package rego_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/rego"
)

// packed is an archive as tar makes one of a folder: with an entry of the folder itself.
func packed(t *testing.T, manifest, rules string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	add := func(h tar.Header, text string) {
		h.Size, h.Mode = int64(len(text)), 0o644
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	add(tar.Header{Name: "./", Typeflag: tar.TypeDir}, "")
	add(tar.Header{Name: "./.manifest", Typeflag: tar.TypeReg}, manifest)
	add(tar.Header{Name: "./own.rego", Typeflag: tar.TypeReg}, rules)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAChangedFileIsNamedInAnArchiveThatWasPackedAnew(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	trusted := rego.Key{ID: "k", Public: private.Public().(ed25519.PublicKey)}
	const rules = "package own\n\ndeny contains {\"msg\": \"no\"} if input.phase == \"plan\"\n"
	built, err := rego.Build("1.0.0", map[string][]byte{"own.rego": []byte(rules)})
	if err != nil {
		t.Fatal(err)
	}
	signature := ed25519.Sign(private, built)
	if err := rego.Verify(built, signature, trusted); err != nil {
		t.Fatalf("verify what was signed: %v", err)
	}
	manifest := inside(t, built, ".manifest")
	for name, c := range map[string]struct{ rules, says string }{
		"one letter of a rule": {strings.Replace(rules, "no", "np", 1), "own.rego is not as the bundle's list has it"},
		"nothing":              {rules, "its files are as its own list has them"},
	} {
		if err := rego.Verify(packed(t, manifest, c.rules), signature, trusted); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s was changed: got error %v, want %q", name, err, c.says)
		}
	}
}

// inside is the text of one file of an archive.
func inside(t *testing.T, archive []byte, name string) string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("find %s: %v", name, err)
		}
		if strings.TrimPrefix(h.Name, "/") != name {
			continue
		}
		var out bytes.Buffer
		if _, err := out.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
}
