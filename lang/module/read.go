package module

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// again is the remedy for everything that is wrong with a lock.
const again = `Run "migrateiq lock" to write it anew.`

// reading collects what one Read finds.
type reading struct {
	dir   string
	lock  Lock
	found diag.List
}

// Read reads the lock of a root folder and checks every schema against its digest. Without a lock file it gives an empty
// Lock and no findings. After an error the Lock holds the schemas that were right.
func Read(dir string) (Lock, diag.List) {
	r := reading{dir: dir}
	src, err := os.ReadFile(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return Lock{}, nil
	}
	if err != nil {
		return Lock{}, diag.List{{Code: "lock-damaged", Summary: "Lock file not read", Detail: fmt.Sprintf("%s cannot be read: %v.", File, err)}}
	}
	file, problems := hclsyntax.ParseConfig(src, File, hcl.InitialPos)
	if problems.HasErrors() {
		r.damaged(*problems[0].Subject, "The lock file is not HCL: "+problems[0].Detail)
		return r.lock, r.found
	}
	body := file.Body.(*hclsyntax.Body)
	if r.layout(body) {
		for _, b := range body.Blocks {
			r.block(b)
		}
	}
	slices.SortFunc(r.lock.Bundles, func(a, b Bundle) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.lock.Systems, func(a, b System) int { return strings.Compare(a.Address, b.Address) })
	return r.lock, r.found.Sorted()
}

func (r *reading) damaged(at hcl.Range, detail string) {
	place := diag.Range{File: File, Start: point(at.Start), End: point(at.End)}
	r.found.Add(diag.Diagnostic{Code: "lock-damaged", Summary: "Lock file damaged", Detail: detail + " " + again, Subject: &place})
}

func point(p hcl.Pos) diag.Pos { return diag.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }

// layout checks the number of the lock's layout, and that nothing else stands at the top.
func (r *reading) layout(body *hclsyntax.Body) bool {
	for name, attr := range body.Attributes {
		if name != "format" {
			r.damaged(attr.NameRange, fmt.Sprintf("%q has no place in the lock file.", name))
		}
	}
	attr := body.Attributes["format"]
	if attr == nil {
		r.damaged(body.SrcRange, "The lock file does not say its format.")
		return false
	}
	v, problems := attr.Expr.Value(nil)
	if problems.HasErrors() || v.IsNull() || v.Type() != cty.Number || v.AsBigFloat().Text('f', -1) != fmt.Sprint(version) {
		r.damaged(attr.Expr.Range(), fmt.Sprintf("This version of migrateiq reads lock files of format %d, and this one is of another.", version))
		return false
	}
	return true
}

// block reads one schema and compares it with its digest.
func (r *reading) block(b *hclsyntax.Block) {
	if b.Type == "policy" {
		r.bundle(b)
		return
	}
	if b.Type != "schema" || len(b.Labels) != 1 || !isAddress(b.Labels[0]) {
		r.damaged(b.DefRange(), `The lock file holds blocks schema "ADDRESS" and policy "NAME" only.`)
		return
	}
	address := b.Labels[0]
	if _, twice := r.lock.Catalog(address); twice {
		r.damaged(b.DefRange(), fmt.Sprintf("The schema of %s stands there twice.", address))
		return
	}
	want, ok := digestOf(b)
	if !ok {
		r.damaged(b.DefRange(), fmt.Sprintf("The schema of %s has no digest.", address))
		return
	}
	c, why := r.schema(address)
	if why != "" {
		r.damaged(b.DefRange(), why)
		return
	}
	if got, err := Digest(c); err != nil || got != want {
		r.damaged(b.DefRange(), fmt.Sprintf("%s/%s is not what the lock file was written with: one of the two was edited by hand or comes from another commit.",
			Folder, fileOf(address)))
		return
	}
	r.lock.Systems = append(r.lock.Systems, System{Address: address, Catalog: c})
}

// bundle reads the pin of a policy's rules.
func (r *reading) bundle(b *hclsyntax.Block) {
	pin := Bundle{}
	for name, into := range map[string]*string{"digest": &pin.Digest, "version": &pin.Version} {
		attr := b.Body.Attributes[name]
		if attr == nil {
			continue
		}
		v, problems := attr.Expr.Value(nil)
		if problems.HasErrors() || v.IsNull() || v.Type() != cty.String {
			r.damaged(b.DefRange(), fmt.Sprintf("%q of a policy is no text.", name))
			return
		}
		*into = v.AsString()
	}
	known := 0
	for _, name := range []string{"digest", "version"} {
		if b.Body.Attributes[name] != nil {
			known++
		}
	}
	if len(b.Labels) != 1 || pin.Digest == "" || len(b.Body.Attributes) != known || len(b.Body.Blocks) != 0 {
		r.damaged(b.DefRange(), `A policy stands there as policy "NAME" with "digest" and perhaps "version".`)
		return
	}
	pin.Name = b.Labels[0]
	if _, twice := r.lock.Bundle(pin.Name); twice {
		r.damaged(b.DefRange(), fmt.Sprintf("The policy %q stands there twice.", pin.Name))
		return
	}
	r.lock.Bundles = append(r.lock.Bundles, pin)
}

func digestOf(b *hclsyntax.Block) (string, bool) {
	attr := b.Body.Attributes["digest"]
	if attr == nil || len(b.Body.Attributes) != 1 || len(b.Body.Blocks) != 0 {
		return "", false
	}
	v, problems := attr.Expr.Value(nil)
	if problems.HasErrors() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// schema reads one schema, or says why it cannot.
func (r *reading) schema(address string) (schema.Catalog, string) {
	name := Folder + "/" + fileOf(address)
	text, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return schema.Catalog{}, name + " is not there. It belongs into version control with the lock file."
	}
	if err != nil {
		return schema.Catalog{}, fmt.Sprintf("%s cannot be read: %v.", name, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var c schema.Catalog
	if err := d.Decode(&c); err != nil {
		return schema.Catalog{}, name + " is not a schema of this version of migrateiq."
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return schema.Catalog{}, name + " goes on behind the schema."
	}
	return c, ""
}
