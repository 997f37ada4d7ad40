package engine

import (
	"encoding/hex"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// shortestKey is how many characters a key has at least: 128 bits in hexadecimal digits.
const shortestKey = 32

// keyUse says what a key is for.
type keyUse bool

const (
	forNew    keyUse = true  // values are made with it
	toCompare keyUse = false // values that were made with it are looked at
)

// keys looks up the secret of every key that a mapping uses, and notes its print in the definitions.
func (e *Engine) keys(cfg *lang.Config, mappings []*resolve.Mapping) (transform.Keys, diag.List) {
	found := transform.Keys{}
	prints := map[string]string{}
	failed := map[string]bool{}
	var diags diag.List
	for _, m := range mappings {
		for i := range m.Definition.Keys {
			k := &m.Definition.Keys[i]
			if _, ok := found[k.ID()]; !ok && !failed[k.ID()] {
				if err := e.key(cfg, *k, found, prints, forNew); err != nil {
					failed[k.ID()] = true
					d := diag.Diagnostic{Code: "key", Summary: "Key cannot be used", Detail: fmt.Sprintf("key.%s: %s.", k.Name, err), Object: fmt.Sprintf("key %q", k.Name)}
					if block := keyBlock(cfg, *k); block != nil {
						d.Subject = &block.Range
					}
					diags.Add(d)
				}
			}
			k.Print = prints[k.ID()]
		}
	}
	return found, diags
}

func keyBlock(cfg *lang.Config, k plan.Key) *lang.Key {
	for _, block := range cfg.Keys {
		if block.Name == k.Name && block.Module == k.Module {
			return block
		}
	}
	return nil
}

// key looks up one secret, an expired one only to compare. Errors name the reference, never the value.
func (e *Engine) key(cfg *lang.Config, k plan.Key, found transform.Keys, prints map[string]string, use keyUse) error {
	block := keyBlock(cfg, k)
	if block == nil {
		return fmt.Errorf("the configuration has no such block any more")
	}
	resolver := e.Secrets
	resolver.Dir = cfg.Dir
	if last := lang.Text(block.Declared, lang.KeyEnd); use == forNew && last != "" && e.Now().UTC().Format(time.DateOnly) > last {
		return fmt.Errorf("it could be used until %s; make a new one, which is then another key for the fields that use it", last)
	}
	value, err := resolver.Resolve(block.From)
	if err != nil {
		return err
	}
	if n := len(value.Reveal()); n < shortestKey {
		return fmt.Errorf("%s holds a text of fewer than %d characters, which could be guessed; make one with `openssl rand -hex 32`", value, shortestKey)
	}
	found[k.ID()] = value
	// Slow on purpose, and with the label as salt: who knows a print does not find the key by trying.
	sum := argon2.IDKey([]byte(value.Reveal()), []byte("migrateiq key "+k.Name), 3, 64<<10, 4, 12)
	prints[k.ID()] = hex.EncodeToString(sum)
	return nil
}

// keysOf looks up the keys that a definition uses, and demands that they are those of the plan.
func (e *Engine) keysOf(cfg *lang.Config, use keyUse, defs ...*plan.Definition) (transform.Keys, error) {
	found := transform.Keys{}
	prints := map[string]string{}
	for _, d := range defs {
		if d == nil {
			continue
		}
		for _, k := range d.Keys {
			if _, ok := found[k.ID()]; !ok {
				if err := e.key(cfg, k, found, prints, use); err != nil {
					return nil, fmt.Errorf("use key %s: %w", k.Name, err)
				}
			}
			if prints[k.ID()] != k.Print {
				return nil, &Stale{Reasons: []StaleReason{{Code: "CONFIG", Text: fmt.Sprintf("key %s is another one than in the plan", k.Name)}}}
			}
		}
	}
	return found, nil
}

// definitions are those of a plan's mappings.
func definitions(p *plan.Plan) []*plan.Definition {
	var all []*plan.Definition
	for _, m := range p.Mappings {
		all = append(all, m.Definition)
	}
	return all
}

// Keys are the names of the keys that stand in the mapping's module.
func (b *Bench) Keys() []string {
	var names []string
	for _, k := range b.cfg.Keys {
		if k.Module == b.module() {
			names = append(names, k.Name)
		}
	}
	return names
}

func (b *Bench) module() string {
	if b.mapping == nil {
		return ""
	}
	return b.mapping.Module
}

// keys looks up the keys that an expression uses.
func (b *Bench) keys(d *plan.Definition, spec *transform.Spec, used []string) error {
	spec.Keys = transform.Keys{}
	for _, name := range used {
		k := plan.Key{Name: name, Module: b.module()}
		if err := b.e.key(b.cfg, k, spec.Keys, map[string]string{}, toCompare); err != nil {
			return fmt.Errorf("use key %s: %w", name, err)
		}
		d.Keys = append(d.Keys, k)
	}
	return nil
}
