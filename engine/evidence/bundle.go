package evidence

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"github.com/novumsolvo/migrateiq/policy"
)

// Manifest names every other file of a bundle.
type Manifest struct {
	Format     int            `json:"format"`
	Run        string         `json:"run"`
	PlanDigest string         `json:"plan_digest"`
	AsOf       time.Time      `json:"as_of"` // of the run, so that a bundle made again is the same
	Files      []ManifestFile `json:"files"`
	Bundle     string         `json:"bundle_sha256"` // over the canonical JSON of files
}

// ManifestFile is one of them.
type ManifestFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

const manifestName = "manifest.json"

// Bundle is the files of a bundle by name.
type Bundle map[string][]byte

// seal adds the manifest.
func (b Bundle) seal(r *Record) error {
	m := Manifest{Format: 1, Run: r.Run, PlanDigest: r.PlanDigest, AsOf: asOf(r)}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		m.Files = append(m.Files, ManifestFile{name, sum(b[name]), len(b[name])})
	}
	text, err := policy.Canonical(m.Files)
	if err != nil {
		return err
	}
	m.Bundle = sum(text)
	b[manifestName], err = jsonText(m)
	return err
}

func asOf(r *Record) time.Time {
	if r.Ended != nil {
		return r.Ended.UTC()
	}
	return r.Started.UTC()
}

func jsonText(v any) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, v)
	return b.Bytes(), err
}

// Write writes a bundle into a tar, for a name that ends so, or into a folder that is not there or empty.
func (b Bundle) Write(name string) error {
	if strings.HasSuffix(name, ".tar") {
		return b.tar(name)
	}
	switch have, err := os.ReadDir(name); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write the bundle: %w", err)
	case len(have) > 0:
		return fmt.Errorf("write the bundle: the folder %s is not empty; name one that is not there yet", name)
	}
	for _, file := range slices.Sorted(maps.Keys(b)) {
		to := filepath.Join(name, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return fmt.Errorf("write the bundle: %w", err)
		}
		if err := os.WriteFile(to, b[file], 0o600); err != nil {
			return fmt.Errorf("write the bundle: %w", err)
		}
	}
	return nil
}

func (b Bundle) tar(name string) error {
	if _, err := os.Stat(name); err == nil {
		return fmt.Errorf("write the bundle: %s is there already", name)
	}
	var m Manifest
	if err := json.Unmarshal(b[manifestName], &m); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	var out bytes.Buffer
	t := tar.NewWriter(&out)
	for _, file := range slices.Sorted(maps.Keys(b)) {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: file, Size: int64(len(b[file])), Mode: 0o600, ModTime: m.AsOf.Truncate(time.Second), Format: tar.FormatPAX}
		if err := t.WriteHeader(h); err != nil {
			return fmt.Errorf("write the bundle: %w", err)
		}
		if _, err := t.Write(b[file]); err != nil {
			return fmt.Errorf("write the bundle: %w", err)
		}
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	if err := renameio.WriteFile(name, out.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	return nil
}

// ReadBundle reads a bundle from a folder or a tar.
func ReadBundle(name string) (Bundle, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	b := Bundle{}
	if !info.IsDir() {
		return b, b.untar(name)
	}
	err = filepath.WalkDir(name, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(name, p)
		if err != nil {
			return err
		}
		if !e.Type().IsRegular() {
			return fmt.Errorf("%s is no file", rel)
		}
		b[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	return b, nil
}

func (b Bundle) untar(name string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read the bundle: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for t := tar.NewReader(f); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the bundle: %w", err)
		}
		file := path.Clean(h.Name)
		if _, twice := b[file]; twice || h.Typeflag != tar.TypeReg {
			return fmt.Errorf("read the bundle: %s stands in it twice, or is no file", h.Name)
		}
		if b[file], err = io.ReadAll(t); err != nil {
			return fmt.Errorf("read the bundle: %w", err)
		}
	}
}

// Verify holds a bundle against its manifest, its plan against the plan's digest, the policy input against its own, and
// its audit log against its head. A signature it holds against the manifest; whose it is SignedBy says. It gives what is
// wrong in whole sentences, nothing where all is as it was written.
func (b Bundle) Verify() (Manifest, []string) {
	var m Manifest
	if err := json.Unmarshal(b[manifestName], &m); err != nil || b[manifestName] == nil {
		return m, []string{"There is no manifest.json that can be read."}
	}
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	named := map[string]bool{manifestName: true, signatureName: true}
	for _, f := range m.Files {
		named[f.Name] = true
		switch text, ok := b[f.Name]; {
		case !ok:
			say("%s is missing.", f.Name)
		case sum(text) != f.SHA256:
			say("%s was changed: its digest is not the one in the manifest.", f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if !named[name] {
			say("%s is not in the manifest: it was put in.", name)
		}
	}
	if text, err := policy.Canonical(m.Files); err != nil || sum(text) != m.Bundle {
		say("The list of files in manifest.json was changed.")
	}
	wrong = append(wrong, b.consistent(m)...)
	if b.Signed() {
		if _, _, err := b.envelope(); err != nil {
			wrong = append(wrong, err.Error()+".")
		}
	}
	return m, wrong
}

// consistent finds files that do not belong together.
func (b Bundle) consistent(m Manifest) []string {
	var wrong []string
	digest, err := planDigest(b["plan.json"])
	if err != nil || cmp.Or(digest, "none") != m.PlanDigest {
		wrong = append(wrong, "plan.json is not the plan that the manifest names.")
	}
	if want := strings.TrimSpace(string(b["input.digest"])); want != "sha256:"+sum(bytes.TrimSuffix(b["policy/input.json"], []byte("\n"))) {
		wrong = append(wrong, "policy/input.json is not the document that input.digest names.")
	}
	var head Head
	if err := json.Unmarshal(b["chain-head.json"], &head); err != nil {
		return append(wrong, "chain-head.json cannot be read.")
	}
	chain, err := Check(bytes.NewReader(b["audit.jsonl"]), &head, nil)
	switch {
	case err != nil:
		wrong = append(wrong, "audit.jsonl cannot be read.")
	case chain.Bad != nil:
		wrong = append(wrong, fmt.Sprintf("Line %d of audit.jsonl %s.", chain.Bad.Line, chain.Bad.Why))
	case chain.Head != head || chain.Torn > 0:
		wrong = append(wrong, "audit.jsonl does not end at the head in chain-head.json.")
	}
	return wrong
}
