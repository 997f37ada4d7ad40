package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Write writes the document as indented JSON.
func Write(w io.Writer, p *Plan) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// Read reads a document of any format that was ever released. Unknown members are an error: they would be ignored
// otherwise, and a plan is carried out whole or not at all.
func Read(r io.Reader) (*Plan, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("this is not a plan file: %w", err)
	}
	if head.Format < 1 {
		return nil, fmt.Errorf("this is not a plan file: it has no format number")
	}
	if head.Format > Format {
		return nil, fmt.Errorf("the plan has format %d, this version reads up to %d: apply it with the version that made it", head.Format, Format)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var p Plan
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	return &p, nil
}

// Digest names exactly this plan: "sha256:" and hex digits over its canonical JSON.
func (p *Plan) Digest() string {
	q := *p
	q.Reviewed = nil
	return digest(&q)
}

// Intent names what the plan means to do, and what approvals are given to: equal for a plan made again of the same actions,
// definitions, declared facts, systems and rules, whatever the places in files, positions, counts and times.
func (p *Plan) Intent() string {
	q := *p
	q.Created, q.Expires, q.Engine, q.Warnings = time.Time{}, time.Time{}, "", nil
	q.Reviewed = nil
	q.Ledgers = nil // the first run that is opened makes them, whatever becomes of it
	q.Inputs = Inputs{Rules: p.Inputs.Rules, Facts: p.Inputs.Facts, Subset: p.Inputs.Subset.intended()}
	for _, s := range p.Inputs.Systems {
		q.Inputs.Systems = append(q.Inputs.Systems, System{Address: s.Address, Kind: s.Kind, Role: s.Role, Identity: s.Identity})
	}
	q.Mappings = slices.Clone(p.Mappings)
	for i := range q.Mappings {
		q.Mappings[i].intend()
	}
	q.Steps = slices.Clone(p.Steps)
	for i := range q.Steps {
		if c := q.Steps[i].Change; c != nil && c.Sequences != nil {
			q.Steps[i].Statement = nil // it says where the sequence stands
		}
		if m := q.Steps[i].Move; m != nil {
			q.Steps[i].Move = &Transfer{Table: m.Table, Load: m.Load, Ours: m.Ours}
		}
	}
	return digest(&q)
}

// intended is the subset without what the intent of the mappings that are left out does not hold.
func (s *Subset) intended() *Subset {
	if s == nil {
		return nil
	}
	out := *s
	out.Mappings = slices.Clone(s.Mappings)
	for i := range out.Mappings {
		out.Mappings[i].intend()
	}
	return &out
}

func (m *Mapping) intend() {
	m.UID = ""
	m.At, m.Notes = Place{}, nil
	m.Actions = slices.Clone(m.Actions)
	for i := range m.Actions {
		a := &m.Actions[i]
		a.Rows, a.Exact, a.Bytes, a.Removes, a.Gone = 0, false, 0, 0, 0
		a.Opened, a.Closed = 0, 0
		a.Reasons, a.Changed = slices.Clone(a.Reasons), slices.Clone(a.Changed)
		for j := range a.Reasons {
			a.Reasons[j].Text = "" // it may count
		}
		for j := range a.Changed {
			a.Changed[j].At = Place{}
		}
	}
	if m.Definition != nil {
		m.Definition = m.Definition.intended()
	}
}

// intended is the definition without places of files and positions of cursors.
func (d *Definition) intended() *Definition {
	out := *d
	if d.Cursor != nil {
		out.Cursor = &Cursor{Column: d.Cursor.Column, Kind: d.Cursor.Kind, Overlap: d.Cursor.Overlap}
	}
	out.Fields, out.Checks = slices.Clone(d.Fields), slices.Clone(d.Checks)
	for i := range out.Fields {
		out.Fields[i].At = Place{}
	}
	for i, f := range out.Fields {
		out.Fields[i].Ref = f.Ref.intended()
	}
	for i := range out.Checks {
		out.Checks[i].At = Place{}
	}
	out.Filters, out.Controls = slices.Clone(d.Filters), slices.Clone(d.Controls)
	for i := range out.Controls {
		out.Controls[i].At = Place{}
	}
	for i := range out.Filters {
		out.Filters[i].At = Place{}
	}
	return &out
}

// Empty reports whether applying the plan would change nothing.
func (p *Plan) Empty() bool {
	return len(p.Steps) == 0 && !slices.ContainsFunc(p.Mappings, func(m Mapping) bool {
		return slices.ContainsFunc(m.Actions, func(a Action) bool { return a.Kind != Keep })
	})
}

// Advances counts the sequences that the plan moves on without rows of theirs.
func (p *Plan) Advances() (n int) {
	for _, s := range p.Steps {
		if s.Change != nil && s.Change.Advance != nil {
			n++
		}
	}
	return n
}

// Mapping finds a mapping by its address.
func (p *Plan) Mapping(address string) *Mapping {
	for i := range p.Mappings {
		if p.Mappings[i].Address == address {
			return &p.Mappings[i]
		}
	}
	return nil
}

// Has reports whether the mapping has an action of the kind.
func (m *Mapping) Has(k Kind) bool {
	return slices.ContainsFunc(m.Actions, func(a Action) bool { return a.Kind == k })
}

// Columns are the target's columns in the order of the fields.
func (d *Definition) Columns() []schema.Column {
	out := make([]schema.Column, len(d.Fields))
	for i, f := range d.Fields {
		out[i] = f.Column
	}
	return out
}

// Classified reports whether any field of the key carries a class.
func (d *Definition) Classified() bool {
	return slices.ContainsFunc(d.Fields, func(f Field) bool { return len(f.Classes) > 0 && slices.Contains(d.Key, f.Name) })
}

// ID is the id of a chunk: a hash of run, mapping and bounds.
func ID(run, mapping, bounds string) string { return short(run, mapping, bounds) }

// Hash names bounds without showing the keys in them, for the plan and the state.
func Hash(mapping, bounds string) string { return short("", mapping, bounds) }

func short(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// digest is over JSON with sorted members; struct members are in the order of their declaration, which is as stable.
func digest(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("plan: marshal %T: %v", v, err)) // plain data always marshals
	}
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}
