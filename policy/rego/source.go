package rego

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Origin is where rules come from.
type Origin string

// The origins. Rules of a module are covered by the digest of the configuration, those from elsewhere by a signature.
const (
	Embedded Origin = "embedded"
	Module   Origin = "module"
	Remote   Origin = "remote"
)

// Source is a set of rules that was read and parsed. Folder and Signed make one.
type Source struct {
	Name    string
	Version string
	Origin  Origin
	KeyID   string // that signed it, "" where nobody had to
	// Advisory rules stop no plan.
	Advisory bool

	Revision string // as its maker calls this state of it, "" where that is not said
	Expires  string // the moment from which on it is no longer to be used, "" for none

	files   map[string][]byte // whatever has a part in the answer, by path
	modules map[string]*ast.Module
	data    map[string]any
}

const (
	root        = "migrateiq"
	maxFile     = 4 << 20
	maxAll      = 64 << 20
	testsSuffix = "_test.rego"
)

// Data that only the program writes.
var reserved = []string{root, "params", "waivers", "lock", "system"}

// Folder reads the rules of a folder: files that end in .rego, without their tests, and data.json. Packages and data lie
// outside of those of the program.
func Folder(name string, from fs.FS) (Source, error) {
	s := Source{Name: name, Origin: Module}
	if err := s.read(from); err != nil {
		return Source{}, fmt.Errorf("read the rules of %q: %w", name, err)
	}
	if err := s.outside(); err != nil {
		return Source{}, fmt.Errorf("read the rules of %q: %w", name, err)
	}
	return s, nil
}

// Files is Folder over rules that were read already, by their paths below the folder.
func Files(name string, files map[string][]byte) (Source, error) {
	s := Source{Name: name, Origin: Module, files: map[string][]byte{}, data: map[string]any{}}
	for p, text := range files {
		if part(p) {
			s.files[p] = text
		}
	}
	err := s.parse()
	if err == nil {
		err = s.outside()
	}
	if err != nil {
		return Source{}, fmt.Errorf("read the rules of %q: %w", name, err)
	}
	return s, nil
}

// library reads the packs of the program.
func library(from fs.FS) (Source, error) {
	if from == nil {
		return Source{}, errors.New("read the packs: there are none")
	}
	s := Source{Name: "migrateiq", Origin: Embedded}
	if err := s.read(from); err != nil {
		return Source{}, fmt.Errorf("read the packs: %w", err)
	}
	return s, nil
}

func (s *Source) read(from fs.FS) error {
	s.files, s.data = map[string][]byte{}, map[string]any{}
	total := 0
	err := fs.WalkDir(from, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !part(p) {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file", p)
		}
		text, err := fs.ReadFile(from, p)
		if err != nil {
			return err
		}
		if total += len(text); len(text) > maxFile || total > maxAll {
			return fmt.Errorf("%s makes the rules larger than is allowed", p)
		}
		s.files[p] = text
		return nil
	})
	if err != nil {
		return err
	}
	return s.parse()
}

// part says whether a file has a part in the answer.
func part(p string) bool {
	if strings.HasPrefix(p, root+"/fixtures/") || p == root+"/lib/testing.rego" {
		return false
	}
	return strings.HasSuffix(p, ".rego") && !strings.HasSuffix(p, testsSuffix) || path.Base(p) == "data.json"
}

func (s *Source) parse() error {
	s.modules = map[string]*ast.Module{}
	options := ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: capabilities()}
	for _, p := range slices.Sorted(maps.Keys(s.files)) {
		if path.Base(p) == "data.json" {
			if err := s.addData(path.Dir(p), s.files[p]); err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			continue
		}
		m, err := ast.ParseModuleWithOpts(p, string(s.files[p]), options)
		if err != nil {
			return err
		}
		s.modules[p] = m
	}
	if len(s.modules) == 0 {
		return errors.New("there are no rules in it")
	}
	return nil
}

// addData puts the document of a data.json where its folder says.
func (s *Source) addData(dir string, text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	at := s.data
	if dir == "." {
		top, ok := v.(map[string]any)
		if !ok {
			return errors.New("it is no object")
		}
		maps.Copy(at, top)
		return nil
	}
	steps := strings.Split(dir, "/")
	for _, step := range steps[:len(steps)-1] {
		next, ok := at[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[step] = next
		}
		at = next
	}
	at[steps[len(steps)-1]] = v
	return nil
}

// outside refuses rules and data that would change what the program brings.
func (s *Source) outside() error {
	for _, p := range slices.Sorted(maps.Keys(s.modules)) {
		if first := topOf(s.modules[p]); slices.Contains(reserved, first) {
			return fmt.Errorf("%s is in the package %s, which is the program's; choose another name", p, first)
		}
		if err := ofTheLibrary(s.modules[p]); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.data)) {
		if slices.Contains(reserved, key) {
			return fmt.Errorf("its data has the key %q, which is the program's; choose another name", key)
		}
	}
	return nil
}

func topOf(m *ast.Module) string {
	if len(m.Package.Path) < 2 {
		return ""
	}
	name, _ := m.Package.Path[1].Value.(ast.String)
	return string(name)
}

// Digest names the rules exactly.
func (s Source) Digest() string { return s.digest() }

// digest is of the list of files with the digest of each.
func (s Source) digest() string {
	h := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(s.files)) {
		sum := sha256.Sum256(s.files[p])
		fmt.Fprintf(h, "%s  %s\n", hex.EncodeToString(sum[:]), p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// only leaves out the packs of the library that do not run, so that they need not be compiled.
func (s Source) only(packs []Pack) Source {
	modules := map[string]*ast.Module{}
	for p, m := range s.modules {
		rest, isPack := strings.CutPrefix(p, root+"/packs/")
		name, _, _ := strings.Cut(rest, "/")
		if !isPack || slices.ContainsFunc(packs, func(k Pack) bool { return k.Name == name }) {
			modules[p] = m
		}
	}
	s.modules = modules
	return s
}

// joined puts the modules of all sources together. Two sources may not have rules in packages of one name.
func joined(all []Source) (map[string]*ast.Module, error) {
	out, owner := map[string]*ast.Module{}, map[string]string{}
	for i, s := range all {
		for p, m := range s.modules {
			out[fmt.Sprintf("%d/%s/%s", i, s.Name, p)] = m
			top := topOf(m)
			if other, taken := owner[top]; taken && other != s.Name {
				return nil, fmt.Errorf("the rules of %q and of %q are both in the package %s; one has to move", other, s.Name, top)
			}
			owner[top] = s.Name
		}
		for key := range s.data {
			if other, taken := owner[key]; taken && other != s.Name {
				return nil, fmt.Errorf("the rules of %q and of %q both have data named %s; one has to move", other, s.Name, key)
			}
			owner[key] = s.Name
		}
	}
	return out, nil
}
