package lang

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// file notes a file that was read, once.
func (l *reading) file(name string, src []byte) {
	sum := sha256.Sum256(src)
	f := File{Name: name, Digest: hex.EncodeToString(sum[:])}
	if !slices.Contains(l.cfg.Files, f) {
		l.cfg.Files = append(l.cfg.Files, f)
	}
}

// digest sorts the files and covers them, and the values of variables that are not sensitive, by one hash. A file of
// variables that the command line named counts by its values only, so that a saved plan, which brings the values along,
// finds the same digest. Lengths stand before texts, so that no two configurations run together into the same bytes.
func (l *reading) digest() {
	slices.SortFunc(l.cfg.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	h := sha256.New()
	for _, f := range l.cfg.Files {
		if l.handed[f.Name] {
			continue
		}
		fmt.Fprintf(h, "file %d %s %s\n", len(f.Name), f.Name, f.Digest)
	}
	vars := slices.Clone(l.cfg.Variables)
	slices.SortStableFunc(vars, func(a, b *Variable) int { return strings.Compare(a.Name, b.Name) })
	for _, v := range vars {
		if !v.Sensitive {
			fmt.Fprintf(h, "variable %d %s %d %s\n", len(v.Name), v.Name, len(v.Value), v.Value)
		}
	}
	l.cfg.Digest = hex.EncodeToString(h.Sum(nil))
}
