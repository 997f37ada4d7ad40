package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Policy is a `policy` block in the settings: rules that plans are held against. Without a source it is a pack of the
// program by its name; Files are the rules of a folder, and Bundle is the path of an archive from elsewhere.
type Policy struct {
	Name   string
	Mode   string            // enforce or advisory
	Source string            // as it is written, "" for a pack
	Files  map[string][]byte // by path below the folder
	Bundle string            // absolute
	Signer string            // absolute path of the public key that has to have signed the bundle
	Params string            // JSON, "" for none
	Range  diag.Range
}

var policyForm = form{attrs: []string{"mode", "source", "signer", "params"}}

const (
	bundleSuffix = ".tar.gz"
	largestRules = 64 << 20
)

// policies reads the `policy` blocks of the settings.
func (l *loader) policies(c content) {
	for _, b := range c.blocks["policy"] {
		if !l.labels(b, "name") {
			continue
		}
		in := l.open(b, c.of, policyForm)
		p := &Policy{Name: b.Labels[0], Range: place(in.header), Mode: in.word("mode", "enforce", []string{"enforce", "advisory"}, nil),
			Source: in.text("source"), Params: in.json("params")}
		if slices.ContainsFunc(l.cfg.Settings.Policies, func(o *Policy) bool { return o.Name == p.Name }) {
			l.fail("duplicate-name", in.header, c.of, "Name used twice", fmt.Sprintf("There is a policy %q already. Put both blocks into one.", p.Name))
			continue
		}
		if l.rules(in, p) {
			l.cfg.Settings.Policies = append(l.cfg.Settings.Policies, p)
		}
	}
}

// rules finds where the rules of a policy lie, and reads those of a folder, so that the configuration's digest covers them.
func (l *loader) rules(in content, p *Policy) bool {
	signer := in.text("signer")
	switch s := p.Source; {
	case strings.Contains(s, "://"):
		l.fail("not-in-this-version", in.at("source"), in.of, "Not in this version",
			fmt.Sprintf("A policy from another machine is part of the language, and this version fetches none: %s was not read. Fetch the bundle into a file beside this one, have `migrateiq policy bundle verify` look at it, "+
				"and write source = \"rules%s\" with signer = \"FILE\" for the public key of who signed it; rules that you keep yourself stand in a folder below this one: source = \"./policy\".", s, bundleSuffix))
		return false
	case strings.HasSuffix(s, bundleSuffix):
		if signer == "" {
			in.wrong("source", `A bundle of rules comes from elsewhere and has to be signed: name the file with the public key, signer = "keys/rules.pub".`)
			return false
		}
		p.Bundle, p.Signer = l.absolute(s), l.absolute(signer)
		return true
	case signer != "":
		in.wrong("signer", "Only a bundle (a file that ends in .tar.gz) is signed. A folder of this configuration is covered by its digest, and packs come with the program: remove it.")
		return false
	case s == "":
		return true
	}
	return l.folderOfRules(in, p)
}

func (l *loader) folderOfRules(in content, p *Policy) bool {
	if rel := l.relative(l.absolute(p.Source)); rel == "." || rel == ".." || strings.HasPrefix(rel, "../") || filepath.IsAbs(rel) {
		in.wrong("source", fmt.Sprintf("%s is no folder below this one. Rules that are not part of the configuration come as a signed bundle, which `migrateiq policy bundle build` makes.", p.Source))
		return false
	}
	dir := l.absolute(p.Source)
	names, err := l.opt.ReadTree(dir)
	if err != nil {
		in.wrong("source", fmt.Sprintf("The folder %s cannot be read: %s.", p.Source, reason(err)))
		return false
	}
	p.Files = map[string][]byte{}
	at, total := place(in.at("source")), 0
	for _, name := range names {
		if !strings.HasSuffix(name, ".rego") && filepath.Base(name) != "data.json" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		text, ok := l.readUpTo(largestFile, path, l.relative(path), &at)
		if !ok {
			return false
		}
		if total += len(text); total > largestRules {
			in.wrong("source", fmt.Sprintf("The rules in %s are larger than %d MiB.", p.Source, largestRules>>20))
			return false
		}
		p.Files[name] = text
	}
	if len(p.Files) == 0 {
		in.wrong("source", fmt.Sprintf("The folder %s holds no file *.rego.", p.Source))
		return false
	}
	return true
}

// readTree names the files below a folder, sorted, with slashes.
func readTree(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return errors.New(filepath.Base(p) + " in it is no regular file")
		}
		rel, err := filepath.Rel(dir, p)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	return names, err
}
