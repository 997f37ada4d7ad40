// Package module keeps the lock file: the schemas of sources and targets as they were when somebody last looked, so that
// expressions can be checked without a connection.
package module

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// File is the lock file's name in the root folder; the schemas lie beside it in Folder.
const (
	File   = "migrateiq.lock.hcl"
	Folder = ".migrateiq/schema"
)

// version is the number of the lock's layout.
const version = 1

const heading = `# Written by "migrateiq lock"; do not edit it by hand. It holds a digest of every schema in ` + Folder + `/,
# which "migrateiq validate" checks expressions against. Commit both.
`

// Lock is what the lock file and the schemas beside it say.
type Lock struct {
	Systems []System // sorted by address
	Bundles []Bundle // of rules from elsewhere, sorted by name
}

// Bundle pins the rules of a policy block: exactly these, and no version below the one that was locked.
type Bundle struct{ Name, Digest, Version string }

// Bundle finds the pin of a policy.
func (l Lock) Bundle(name string) (Bundle, bool) {
	i := slices.IndexFunc(l.Bundles, func(b Bundle) bool { return b.Name == name })
	if i < 0 {
		return Bundle{}, false
	}
	return l.Bundles[i], true
}

// System is the schema of one source or target, restricted to the tables that the configuration uses.
type System struct {
	Address string // source.sqlite.shop
	Catalog schema.Catalog
}

// Catalog finds the schema of a system.
func (l Lock) Catalog(address string) (*schema.Catalog, bool) {
	for i := range l.Systems {
		if l.Systems[i].Address == address {
			return &l.Systems[i].Catalog, true
		}
	}
	return nil, false
}

// Digest is a hash of a schema's content, whatever the layout of the file that holds it.
func Digest(c schema.Catalog) (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write schema: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Write puts the schemas and then the lock file into the root folder, each file whole or not at all, and removes schemas
// that the lock does not hold. The same lock gives the same bytes.
func Write(dir string, l Lock) error {
	folder := filepath.Join(dir, filepath.FromSlash(Folder))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make folder of schemas: %w", err)
	}
	systems := slices.SortedFunc(slices.Values(l.Systems), func(a, b System) int { return strings.Compare(a.Address, b.Address) })
	out := hclwrite.NewEmptyFile()
	body := out.Body()
	body.SetAttributeValue("format", cty.NumberIntVal(version))
	keep := make([]string, 0, len(systems))
	for _, s := range systems {
		if !isAddress(s.Address) {
			return fmt.Errorf("write schema: %q is no address of a source or target", s.Address)
		}
		digest, err := writeSchema(folder, s)
		if err != nil {
			return fmt.Errorf("write schema of %s: %w", s.Address, err)
		}
		keep = append(keep, fileOf(s.Address))
		body.AppendNewline()
		body.AppendNewBlock("schema", []string{s.Address}).Body().SetAttributeValue("digest", cty.StringVal(digest))
	}
	for _, b := range slices.SortedFunc(slices.Values(l.Bundles), func(a, b Bundle) int { return strings.Compare(a.Name, b.Name) }) {
		body.AppendNewline()
		pin := body.AppendNewBlock("policy", []string{b.Name}).Body()
		pin.SetAttributeValue("digest", cty.StringVal(b.Digest))
		if b.Version != "" {
			pin.SetAttributeValue("version", cty.StringVal(b.Version))
		}
	}
	text := append([]byte(heading), hclwrite.Format(out.Bytes())...)
	if err := renameio.WriteFile(filepath.Join(dir, File), text, 0o644); err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	return sweep(folder, keep)
}

func writeSchema(folder string, s System) (string, error) {
	c := ordered(s.Catalog)
	digest, err := Digest(c)
	if err != nil {
		return "", err
	}
	text, err := encode(c)
	if err != nil {
		return "", err
	}
	return digest, renameio.WriteFile(filepath.Join(folder, fileOf(s.Address)), text, 0o644)
}

// ordered is the catalog with its tables sorted by name.
func ordered(c schema.Catalog) schema.Catalog {
	c.Tables = slices.SortedFunc(slices.Values(c.Tables), func(a, b schema.Table) int {
		return cmp.Or(strings.Compare(a.Ref.Schema, b.Ref.Schema), strings.Compare(a.Ref.Name, b.Ref.Name))
	})
	return c
}

func encode(c schema.Catalog) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return nil, fmt.Errorf("encode schema: %w", err)
	}
	return out.Bytes(), nil
}

// sweep removes the schemas of systems that are no longer in the lock.
func sweep(folder string, keep []string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("list schemas: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() || !isSchema(e.Name()) || slices.Contains(keep, e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
			return fmt.Errorf("remove old schema: %w", err)
		}
	}
	return nil
}

// isAddress reports whether s is source.KIND.NAME or target.KIND.NAME, perhaps with a key of for_each, and with the
// modules before it that it stands in.
func isAddress(s string) bool {
	ok, err := regexp.MatchString(`^(module\.`+name+key+`\.)*(source|target)\.`+name+`\.`+name+key+`$`, s)
	return ok && err == nil
}

const (
	name = `[^."\[\]/\\:\s$%\x00]+`
	key  = `(\["([^"\\]|\\.)*"\])?`
)

// fileOf names the file of a schema. Keys and modules may hold what no file's name can, and names that differ in capitals
// only, so that such an address is told from others by its digest.
func fileOf(address string) string {
	if isPlain(address) {
		return address + ".json"
	}
	safe := regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(address, "_")
	sum := sha256.Sum256([]byte(address))
	return safe[:min(len(safe), 100)] + "~" + hex.EncodeToString(sum[:8]) + ".json"
}

// isPlain reports whether an address is safe as a file's name: no key, no module.
func isPlain(address string) bool {
	return isAddress(address) && strings.Count(address, ".") == 2 && !strings.Contains(address, "[")
}

// isSchema reports whether a file is one that fileOf names.
func isSchema(file string) bool {
	base, ok := strings.CutSuffix(file, ".json")
	_, digest, long := strings.Cut(base, "~")
	return ok && (isPlain(base) || long && regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(digest) && regexp.MustCompile(`^(source|target|module)\.`).MatchString(base))
}
