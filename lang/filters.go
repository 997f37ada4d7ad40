package lang

import (
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Filter is a `filter` block: rows whose key is a key of a lookup are left out, and counted apart.
type Filter struct {
	Name   string
	Kind   string // why they are left out, as policies know it: ndoo, consent, erasure ...
	Lookup string // the name of a lookup of the same folder
	Key    CEL
	AsOf   string // the day of which the list is, 2026-11-20; "" where nobody says
	// Declared is what policies ask of it: exemption.
	Declared []Fact
	Range    diag.Range
}

var filterForm = form{attrs: append([]string{"kind", "lookup", "key", "as_of"}, attributes(filterFacts())...)}

// filterKinds are the reasons that policies know.
func filterKinds() []string {
	return []string{"ndoo", "consent", "erasure", "objection", "restriction", "retention", "synthetic", "cohort", "legal_restriction"}
}

// filters reads a mapping's `filter` blocks.
func (l *loader) filters(m *Mapping, c content) {
	for _, b := range c.blocks["filter"] {
		if !l.labels(b, "name") {
			continue
		}
		if slices.ContainsFunc(m.Filters, func(o *Filter) bool { return o.Name == b.Labels[0] }) {
			l.fail("duplicate-name", header(b), c.of, "Name used twice",
				fmt.Sprintf("This mapping has a filter %q already. Give one of the two another name.", b.Labels[0]))
			continue
		}
		if f := l.filter(b, c.of); f != nil {
			m.Filters = append(m.Filters, f)
		}
	}
}

func (l *loader) filter(b *hclsyntax.Block, of string) *Filter {
	c := l.open(b, of, filterForm)
	f := &Filter{Name: b.Labels[0], Range: place(c.header)}
	whole := c.need("kind", `kind = "cohort"`)
	whole = c.need("lookup", "lookup = lookup.NAME") && whole
	whole = c.need("key", `key = "src.COLUMN"`) && whole
	f.Kind = c.word("kind", "", filterKinds(), nil)
	f.Lookup = c.lookupName("lookup")
	f.AsOf = c.day("as_of")
	f.Declared = c.facts(filterFacts())
	e := c.cel("key")
	if !whole || e == nil || f.Lookup == "" || f.Kind == "" {
		return nil
	}
	f.Key = *e
	return f
}

// lookupName reads the address of a lookup of this folder and gives its name.
func (c content) lookupName(name string) string {
	if !c.has(name) {
		return ""
	}
	e := c.attrs[name].Expr
	t, problems := hcl.AbsTraversalForExpr(e)
	if problems.HasErrors() || t.RootName() != "lookup" || len(t) != 2 {
		c.l.fail("invalid-reference", e.Range(), c.of, "Invalid address", fmt.Sprintf("%q takes the address of a lookup: write %s = lookup.NAME, without quotes.", name, name))
		return ""
	}
	step, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		c.l.fail("invalid-reference", e.Range(), c.of, "Invalid address", fmt.Sprintf("%q takes the address of a lookup: write %s = lookup.NAME.", name, name))
		return ""
	}
	if _, known := c.l.addresses["lookup."+step.Name]; !known {
		c.l.fail("unknown-lookup", e.Range(), c.of, "Unknown lookup",
			fmt.Sprintf("There is no lookup %q here.%s", step.Name, diag.Suggest("lookup."+step.Name, c.l.known("lookup."))))
		return ""
	}
	if !slices.ContainsFunc(c.l.cfg.Lookups, func(k *Lookup) bool { return k.Address == c.l.prefix+"lookup."+step.Name }) {
		return "" // its own block has an error
	}
	return step.Name
}

// day is a date, "" where it was left out.
func (c content) day(name string) string {
	text := c.text(name)
	if text == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		c.wrong(name, fmt.Sprintf(`%q takes a day, such as "2026-11-20".`, name))
		return ""
	}
	return text
}
