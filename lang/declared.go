package lang

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Declared is a digest of all that the configuration declares for policies, wherever it stands in the files, and ""
// where it declares nothing. Approvals of a plan are given to it, too.
func (c *Config) Declared() string {
	var parts []any
	add := func(of string, facts []Fact) {
		facts = slices.SortedFunc(slices.Values(facts), func(a, b Fact) int { return cmp.Compare(a.Leaf, b.Leaf) })
		for _, f := range facts {
			parts = append(parts, []any{of, f.Leaf, f.Value})
		}
	}
	for _, s := range c.Systems {
		add(s.Address, s.Declared)
		for _, t := range s.Tables {
			add(s.Address+" "+t.Name, t.Declared)
			for _, col := range t.Columns {
				add(s.Address+" "+t.Name+" "+col.Name, col.Declared)
			}
		}
	}
	for _, m := range c.Mappings {
		for _, f := range m.allFields() {
			add(m.Address+" "+f.Name, f.Declared)
			if f.Justification != "" {
				parts = append(parts, []any{m.Address + " " + f.Name, "justification", f.Justification})
			}
		}
		add(m.Address+" where", m.From.Declared)
		for _, f := range m.Filters {
			add(m.Address+" filter "+f.Name, f.Declared)
		}
		m.Governance.declared(m.Address, add)
	}
	c.Governance.declared("", add)
	for _, k := range c.Keys {
		add(k.Address, k.Declared)
	}
	for _, e := range c.Exemptions {
		parts = append(parts, []any{e.Module, e.Name, e.Rule, e.Address, e.Reason, e.Ticket, e.RequestedBy, e.ApprovedBy, e.Expires})
	}
	if len(parts) == 0 {
		return ""
	}
	raw, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("lang: marshal declared facts: %v", err)) // plain data always marshals
	}
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (g *Governance) declared(of string, add func(string, []Fact)) {
	if g == nil {
		return
	}
	add(of, g.Facts)
	for _, t := range g.Transfers {
		add(fmt.Sprintf("%s transfer %s %s %s", of, t.Name, t.From, t.To), t.Facts)
	}
}

// allFields are the fields of a mapping and of its overrides.
func (m *Mapping) allFields() []*Field {
	all := slices.Clone(m.Fields)
	for _, o := range m.Overrides {
		all = append(all, o.Fields...)
	}
	return all
}

// NoClass is the class of what somebody looked at and found to be of none.
const NoClass = "none"

// Classified reports whether the column has a class.
func (c *ColumnFacts) Classified() bool { return classified(c.Classify) }

// Classified reports whether the field itself declares a class.
func (f *Field) Classified() bool { return classified(f.Classify) }

func classified(classes []string) bool {
	return slices.ContainsFunc(classes, func(c string) bool { return c != NoClass })
}
