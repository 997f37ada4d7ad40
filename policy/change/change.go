// Package change reads what the outside says about the change that a plan belongs to: a file, the variables of a build
// server, and signatures of approvers. Who wrote the change and who carries it out are claims; an approval counts only
// where its signature is good.
package change

import (
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

// Document is all of it.
type Document struct {
	Change   policy.Change
	Source   policy.Source
	Baseline policy.Baseline
	// Problems are approvals that do not count, in whole sentences.
	Problems []string
}

// file is the document as it is written: the members of `change` in the policies' document, with source and baseline
// beside them. Approvals have their signatures.
type file struct {
	policy.Change
	Approvals []signed        `json:"approvals"`
	Source    policy.Source   `json:"source"`
	Baseline  policy.Baseline `json:"baseline"`
}

// signed is an approval with its signature, as ssh-keygen -Y sign writes it.
type signed struct {
	Actor        string  `json:"actor"`
	Role         string  `json:"role"`
	At           *string `json:"at"`
	IntentDigest string  `json:"intent_digest"`
	EvidenceURL  *string `json:"evidence_url"`
	Signature    string  `json:"signature"`
}

// Read reads a file. approvers is the text of the file of approvers, nil where there is none: then no approval counts.
// now is when validity of their keys is looked at.
func Read(raw, approvers []byte, now time.Time) (Document, error) {
	f, err := decode(raw)
	if err != nil {
		return Document{}, fmt.Errorf("read the change: %w", err)
	}
	out := Document{Change: f.Change, Source: f.Source, Baseline: f.Baseline}
	out.Change.Approvals = nil
	known, err := readApprovers(approvers)
	if err != nil {
		return Document{}, err
	}
	if n := len(f.Approvals); n > 1 && len(known) == 0 {
		out.Problems = append(out.Problems, fmt.Sprintf("None of the %d approvals counts: there is no file of approvers to look their keys up in; name one with --approvers.", n))
		f.Approvals = nil
	}
	for _, s := range f.Approvals {
		a, err := known.verify(s, now)
		if err != nil {
			out.Problems = append(out.Problems, fmt.Sprintf("The approval by %q as %s does not count: %s.", s.Actor, s.Role, err))
			continue
		}
		out.Change.Approvals = append(out.Change.Approvals, a)
	}
	out.claim()
	return out, nil
}

// claim marks what nobody proved, whatever the file says.
func (d *Document) claim() {
	d.Change.Author.Claimed = d.Change.Author.ID != nil
	d.Change.Applier.Claimed = d.Change.Applier.ID != nil
	d.Source.Claimed = d.Source.Repo != nil || d.Source.Commit != nil
}

// Or fills what d does not say with what o does.
func (d Document) Or(o Document) Document {
	a, b, s := &d.Change.Author, &d.Change.Applier, &d.Source
	first(&a.ID, o.Change.Author.ID)
	first(&a.Type, o.Change.Author.Type)
	first(&b.ID, o.Change.Applier.ID)
	first(&b.Type, o.Change.Applier.Type)
	first(&b.TriggeredBy, o.Change.Applier.TriggeredBy)
	first(&s.Repo, o.Source.Repo)
	first(&s.Commit, o.Source.Commit)
	first(&s.BranchProtected, o.Source.BranchProtected)
	d.claim()
	return d
}

func first[T any](have **T, other *T) {
	if *have == nil {
		*have = other
	}
}
