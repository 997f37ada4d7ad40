// Package rego asks rules written in Rego whether a plan may be applied. It is the only package that knows OPA. Rules see
// the input document and the data they came with, nothing else: no network, no clock, no chance, no environment.
package rego

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

// Rules is everything a review asks.
type Rules struct {
	Library fs.FS    // the packs of the program, as the files of a bundle
	Packs   []Pack   // those of the library that run; core always does
	Own     []Source // rules of the project and signed bundles
	Params  Params   // by pack and name; they may only be stricter than the library's
	Waivers []Waiver
	Lock    Lock
	Limit   Limit
}

// Pack is a pack of the library that runs. Where it is advisory nothing of it stops a plan.
type Pack struct {
	Name     string
	Advisory bool
}

// Waiver accepts the failure of one control about one subject. CORE-03 says what makes one count.
type Waiver struct {
	ID           string    `json:"id"`
	Control      string    `json:"control"`
	Subject      string    `json:"subject"` // an address, or "plan"
	Reason       string    `json:"reason"`
	Ticket       string    `json:"ticket"`
	RequestedBy  string    `json:"requested_by"`
	ApprovedBy   string    `json:"approved_by"`
	ApproverRole string    `json:"approver_role"`
	ApprovedAt   time.Time `json:"approved_at"`
	ExpiresAt    time.Time `json:"expires_at"`
	Scope        Scope     `json:"scope"`
}

// Scope is what a waiver is for: one intent of a plan, one project, or the configuration that it stands in, by its
// digest. What is "" is not named.
type Scope struct {
	IntentDigest  string `json:"intent_digest"`
	Project       string `json:"project"`
	Configuration string `json:"config_digest"`
}

// Lock is what the lock file says of bundles from elsewhere, by name: their digests and the lowest versions allowed.
type Lock struct {
	Bundles map[string]string `json:"bundles"`
	Floors  map[string]string `json:"floors"`
}

// Limit bounds one review. Zero is a default: 2 minutes, 50 million steps a pack, 256 MiB of document. The steps end rules
// without end, on every machine at the same one; the time is for what OPA does between two steps, and is many times what a
// review needs, so that no plan is refused because the machine is busy.
type Limit struct {
	Time  time.Duration
	Steps int64 // expressions that are evaluated
	Bytes int
}

func (l Limit) orDefault() Limit {
	return Limit{
		Time:  cmp.Or(l.Time, 2*time.Minute),
		Steps: cmp.Or(l.Steps, 50_000_000),
		Bytes: cmp.Or(l.Bytes, 256<<20),
	}
}

// Evaluator holds compiled rules. It is safe for concurrent use.
type Evaluator struct {
	digest   string
	limit    Limit
	controls map[string]Control // by id, "GDPR-23/O" where there are two
	asked    []question
	missing  opa.PreparedEvalQuery // what CORE-01 makes of controls that lack facts
	waivers  []Waiver
}

var _ policy.Evaluator = (*Evaluator)(nil)

// A question is one pack, or one set of own rules, asked in a goroutine of its own.
type question struct {
	name     string
	advisory bool
	own      bool
	packages []string // that have to answer
	query    opa.PreparedEvalQuery
}

// New compiles the rules. Whatever cannot be read, is not signed, is empty, calls what rules may not call, or loosens a
// parameter is an error.
func New(ctx context.Context, r Rules) (*Evaluator, error) {
	lib, err := library(r.Library)
	if err != nil {
		return nil, err
	}
	if err := r.Params.stricter(lib); err != nil {
		return nil, err
	}
	all := append([]Source{lib}, r.Own...)
	modules, err := joined(append([]Source{lib.only(r.packs())}, r.Own...))
	if err != nil {
		return nil, err
	}
	natives := natives()
	for _, n := range natives {
		if err := n.into(lib); err != nil {
			return nil, err
		}
	}
	compiler := ast.NewCompiler().WithCapabilities(withNatives(natives)).WithStrict(true)
	if compiler.Compile(modules); compiler.Failed() {
		return nil, fmt.Errorf("compile the rules: %w", compiler.Errors)
	}
	e := &Evaluator{limit: r.Limit.orDefault(), controls: map[string]Control{}, waivers: r.Waivers}
	for _, c := range controlsOf(lib) {
		e.controls[c.Name()] = c
	}
	p := preparer{compiler, storeOf(all, r), natives}
	if e.asked, err = p.questions(ctx, r, lib); err != nil {
		return nil, err
	}
	if e.missing, err = p.prepare(ctx, "answer := data.migrateiq.packs.core.core_01.lacking(input)"); err != nil {
		return nil, err
	}
	e.digest, err = digestOf(all, r)
	return e, err
}

// Digest names the rules exactly: their text, parameters, waivers and which packs run how.
func (e *Evaluator) Digest() string { return e.digest }

// Bundles says which rules take part, for the document.
func (r Rules) Bundles() ([]policy.Bundle, error) {
	lib, err := library(r.Library)
	if err != nil {
		return nil, err
	}
	var out []policy.Bundle
	for _, s := range append([]Source{lib}, r.Own...) {
		b := policy.Bundle{Name: s.Name, Digest: s.digest(), Origin: string(s.Origin)}
		b.Version, b.Revision, b.Expires = said(s.Version), said(s.Revision), said(s.Expires)
		if signed := s.KeyID != ""; signed {
			b.Signature = policy.Signature{Verified: &signed, KeyID: &s.KeyID}
		}
		out = append(out, b)
	}
	return out, nil
}

func said(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func digestOf(all []Source, r Rules) (string, error) {
	h := sha256.New()
	for _, s := range all {
		fmt.Fprintf(h, "%s %s %s %v\n", s.Origin, s.Name, s.digest(), s.Advisory)
	}
	waivers := slices.Clone(r.Waivers)
	for i := range waivers {
		waivers[i].Scope.Configuration = "" // another comment in the configuration makes no other rules
	}
	settings, err := policy.Canonical(map[string]any{
		"packs": r.packs(), "params": r.Params, "waivers": waivers, "lock": r.Lock,
	})
	if err != nil {
		return "", fmt.Errorf("digest the rules: %w", err)
	}
	h.Write(settings)
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// packs gives the packs that run, core first and always in force.
func (r Rules) packs() []Pack {
	out := []Pack{{Name: "core"}}
	for _, p := range r.Packs {
		if p.Name != "core" {
			out = append(out, p)
		}
	}
	return out
}

var errTwice = errors.New("named twice")

func (r Rules) check(have []string) error {
	var seen []string
	for _, p := range r.packs() {
		switch {
		case !slices.Contains(have, p.Name):
			return fmt.Errorf("there is no pack %q; there are %s", p.Name, strings.Join(have, ", "))
		case slices.Contains(seen, p.Name):
			return fmt.Errorf("pack %q: %w", p.Name, errTwice)
		}
		seen = append(seen, p.Name)
	}
	return nil
}
