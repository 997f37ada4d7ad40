// Package policies makes the rules that a configuration asks for: packs of the program, folders of the configuration, and
// signed bundles from elsewhere. Without a policy block nothing of it is used.
package policies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/module"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// Read reads a file, as os.ReadFile.
type Read func(name string) ([]byte, error)

// For gives the rules of a configuration, compiled, and what they are made of. It is for a configuration with policy
// blocks. Findings are at the block that cannot be carried out.
func For(ctx context.Context, cfg *lang.Config, lock module.Lock, read Read) (policy.Evaluator, []policy.Bundle, diag.List) {
	r, found := rules(cfg, lock, read)
	if found.HasErrors() {
		return nil, nil, found
	}
	e, err := rego.New(ctx, r)
	if err != nil {
		return nil, nil, diag.List{whole(cfg, err)}
	}
	bundles, err := r.Bundles()
	if err != nil {
		return nil, nil, diag.List{whole(cfg, err)}
	}
	return e, bundles, found
}

// whole is an error of all rules together.
func whole(cfg *lang.Config, err error) diag.Diagnostic {
	at := cfg.Settings.Policies[0].Range
	return diag.Diagnostic{Code: "policy", Summary: "Rules cannot be asked", Subject: &at, Object: "migrateiq",
		Detail: sentence(err) + " Nothing is planned or applied while the rules cannot be asked."}
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

func rules(cfg *lang.Config, lock module.Lock, read Read) (rego.Rules, diag.List) {
	var found diag.List
	library, err := packs.Bundle()
	if err != nil {
		return rego.Rules{}, diag.List{whole(cfg, err)}
	}
	out := rego.Rules{Library: library, Params: rego.Params{}, Lock: pins(lock), Waivers: waivers(cfg)}
	for _, p := range cfg.Settings.Policies {
		if err := add(&out, p, read); err != nil {
			at := p.Range
			found.Add(diag.Diagnostic{Code: "policy", Summary: "Policy cannot be carried out", Subject: &at, Object: fmt.Sprintf("policy %q", p.Name), Detail: sentence(err)})
		}
	}
	return out, found
}

func add(to *rego.Rules, p *lang.Policy, read Read) error {
	if p.Source == "" {
		return addPack(to, p)
	}
	if p.Params != "" {
		return errors.New(`"params" are of the packs of the program. Put values for rules of your own into a data.json beside them, and remove the attribute`)
	}
	if slices.Contains(packs.Names(), p.Name) {
		return fmt.Errorf("%q is a pack of the program. Give rules of your own another name", p.Name)
	}
	s, err := source(p, read)
	if err != nil {
		return err
	}
	s.Advisory = p.Mode == "advisory"
	to.Own = append(to.Own, s)
	return nil
}

func addPack(to *rego.Rules, p *lang.Policy) error {
	if !slices.Contains(packs.Names(), p.Name) {
		return fmt.Errorf("the program has no pack %q.%s `migrateiq policy list` lists them; rules of your own need a \"source\"", p.Name, diag.Suggest(p.Name, packs.Names()))
	}
	advisory := p.Mode == "advisory"
	if p.Name == "core" && advisory {
		return errors.New("the pack core is always in force. Remove the mode")
	}
	to.Packs = append(to.Packs, rego.Pack{Name: p.Name, Advisory: advisory})
	if p.Params == "" {
		return nil
	}
	var params map[string]any
	if err := json.Unmarshal([]byte(p.Params), &params); err != nil {
		return fmt.Errorf("read params: %w", err)
	}
	to.Params[p.Name] = params
	return nil
}

func source(p *lang.Policy, read Read) (rego.Source, error) {
	if p.Bundle == "" {
		return rego.Files(p.Name, p.Files)
	}
	key, err := ReadPublic(read, p.Signer)
	if err != nil {
		return rego.Source{}, err
	}
	archive, err := read(p.Bundle)
	if err != nil {
		return rego.Source{}, fmt.Errorf("read the bundle: %w", err)
	}
	signature, err := readSignature(read, p.Bundle)
	if err != nil {
		return rego.Source{}, err
	}
	s, err := rego.Signed(p.Name, "", archive, signature, []rego.Key{key})
	if errors.Is(err, rego.ErrNotSigned) {
		return s, fmt.Errorf("%s is not what the key of %s signed: it was changed, or somebody else signed it. `migrateiq policy bundle verify` says which file differs from its list", p.Source, key.ID)
	}
	return s, err
}

// Bundles reads and verifies the signed bundles of a configuration, for the lock.
func Bundles(cfg *lang.Config, read Read) ([]module.Bundle, diag.List) {
	var out []module.Bundle
	var found diag.List
	for _, p := range cfg.Settings.Policies {
		if p.Bundle == "" {
			continue
		}
		s, err := source(p, read)
		if err != nil {
			at := p.Range
			found.Add(diag.Diagnostic{Code: "policy", Summary: "Policy cannot be locked", Subject: &at, Object: fmt.Sprintf("policy %q", p.Name), Detail: sentence(err)})
			continue
		}
		out = append(out, module.Bundle{Name: p.Name, Digest: s.Digest(), Version: s.Version})
	}
	return out, found
}

func pins(lock module.Lock) rego.Lock {
	out := rego.Lock{Bundles: map[string]string{}, Floors: map[string]string{}}
	for _, b := range lock.Bundles {
		out.Bundles[b.Name] = b.Digest
		if b.Version != "" {
			out.Floors[b.Name] = b.Version
		}
	}
	return out
}

// waivers are the exemptions of a configuration. They count for it alone.
func waivers(cfg *lang.Config) []rego.Waiver {
	var out []rego.Waiver
	for _, x := range cfg.Exemptions {
		who := approver(x)
		out = append(out, rego.Waiver{ID: x.Title(), Control: x.Rule, Subject: x.Address, Reason: x.Reason, Ticket: x.Ticket, RequestedBy: x.RequestedBy,
			ApprovedBy: who.ID, ApproverRole: who.Role, ApprovedAt: who.Since(), ExpiresAt: x.Ends(), Scope: rego.Scope{Configuration: cfg.Digest}})
	}
	return out
}

// approver is the one whose name decides: whoever asked, where that is among those who agreed, so that it does not count;
// else the first in a role that answers for data.
func approver(x *lang.Exemption) lang.Approver {
	for _, a := range x.ApprovedBy {
		if strings.EqualFold(a.ID, x.RequestedBy) {
			return a
		}
	}
	for _, a := range x.ApprovedBy {
		if a.Role != "it" {
			return a
		}
	}
	return x.ApprovedBy[0]
}
