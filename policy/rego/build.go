package rego

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// manifest is as much of an OPA bundle's manifest as a bundle of rules needs. Files lists the digest of each file, so that
// whoever finds a bundle changed can tell where.
type manifest struct {
	Revision string `json:"revision"`
	Metadata struct {
		Files map[string]string `json:"files"`
	} `json:"metadata"`
}

const manifestFile = ".manifest"

// Build makes a bundle of a folder's rules, without their tests. The same rules and version give the same bytes.
func Build(version string, files map[string][]byte) ([]byte, error) {
	s, err := Files("bundle", files)
	if err != nil {
		return nil, err
	}
	if len(entries(s)) == 0 {
		return nil, errors.New("the rules have none named results, deny, violation or warn, so they decide nothing")
	}
	m := manifest{Revision: version}
	m.Metadata.Files = map[string]string{}
	for p, text := range s.files {
		m.Metadata.Files[p] = sumOf(text)
	}
	head, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	err = entryOf(w, manifestFile, head)
	for _, p := range slices.Sorted(maps.Keys(s.files)) {
		err = errors.Join(err, entryOf(w, p, s.files[p]))
	}
	if err = errors.Join(err, w.Close(), zip.Close()); err != nil {
		return nil, fmt.Errorf("write the bundle: %w", err)
	}
	return out.Bytes(), nil
}

func entryOf(w *tar.Writer, name string, text []byte) error {
	h := &tar.Header{Name: "/" + name, Mode: 0o644, Size: int64(len(text)), ModTime: time.Unix(0, 0).UTC(), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write(text)
	return err
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Verify holds an archive against a signature. The error of one that is not as it was signed names the first file that is
// not as the archive's own list has it, where there is one.
func Verify(archive, signature []byte, trusted Key) error {
	if len(trusted.Public) == ed25519.PublicKeySize && ed25519.Verify(trusted.Public, archive, signature) {
		_, err := Signed("bundle", "", archive, signature, []Key{trusted})
		return err
	}
	bad, err := firstBad(archive)
	switch {
	case err != nil:
		return fmt.Errorf("%w, and it cannot be read: %w", ErrNotSigned, err)
	case bad != "":
		return fmt.Errorf("%w: %s is not as the bundle's list has it", ErrNotSigned, bad)
	}
	return fmt.Errorf("%w: its files are as its own list has them, so the whole was made anew or signed with another key", ErrNotSigned)
}

// firstBad finds the first file, by name, that differs from the list in the manifest, is not in it, or is gone.
func firstBad(archive []byte) (string, error) {
	have, err := untar(archive)
	if err != nil {
		return "", err
	}
	var m manifest
	if err := json.Unmarshal(have[manifestFile], &m); err != nil {
		return manifestFile, nil
	}
	delete(have, manifestFile)
	names := slices.Collect(maps.Keys(have))
	for p := range m.Metadata.Files {
		if _, there := have[p]; !there {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	for _, p := range names {
		if text, there := have[p]; !there || m.Metadata.Files[p] != sumOf(text) {
			return p, nil
		}
	}
	return "", nil
}

func untar(archive []byte) (map[string][]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	r := tar.NewReader(io.LimitReader(zip, maxAll))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		out[strings.TrimPrefix(path.Clean("/"+h.Name), "/")] = text
	}
}
