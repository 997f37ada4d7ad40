package lang

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Governance is what a `governance` block and those around it declare for policies: of two that say the same, the inner
// one counts.
type Governance struct {
	Facts     []Fact // those of backup are about every destructive action
	Transfers []*Transfer
}

// Transfer is a `transfer` block: why data may go from a source to a target.
type Transfer struct {
	Name  string
	From  string // the address of a source, "" for every one
	To    string // the address of a target, "" for every one
	Facts []Fact
	Range diag.Range
}

// Covers reports whether the block is about data that goes from one system to another.
func (t *Transfer) Covers(from, to string) bool {
	return (t.From == "" || t.From == from) && (t.To == "" || t.To == to)
}

// Value gives what was declared of a leaf, nil where nobody did.
func (g *Governance) Value(leaf string) any {
	if g == nil {
		return nil
	}
	for _, f := range g.Facts {
		if f.Leaf == leaf {
			return f.Value
		}
	}
	return nil
}

func governanceBlocks() []string {
	return []string{"processing", "dpia", "transfer", "backup", "clinical", "anonymity", "audit", "quality"}
}

// governanceForm is the form of a governance block, or of a block in one.
func governanceForm(inner string) form {
	f := form{attrs: attributes(governanceFacts()[inner])}
	switch inner {
	case "":
		f.blocks = governanceBlocks()
		f.once = slices.DeleteFunc(governanceBlocks(), func(name string) bool { return name == "transfer" })
	case "transfer":
		f.attrs = append(f.attrs, "from", "to")
	}
	return f
}

// governs reads the governance of the folder, which adds to that of the folder that calls it.
func (l *loader) governs() {
	if l.up != nil {
		l.governance = l.up.governance
	}
	blocks := l.blocks["governance"]
	if len(blocks) == 0 {
		return
	}
	for _, b := range blocks[1:] {
		l.fail("duplicate-block", b.TypeRange, "", "Block written twice",
			fmt.Sprintf("A folder has one block governance; the other one is at %s. Put both into one.", place(header(blocks[0]))))
	}
	l.governance = l.governs1(blocks[0], "governance").within(l.governance)
	if l.up == nil {
		l.cfg.Governance = l.governance
	}
}

// governs1 reads one block.
func (l *loader) governs1(b *hclsyntax.Block, of string) *Governance {
	c := l.open(b, of, governanceForm(""))
	g := &Governance{Facts: c.facts(governanceFacts()[""])}
	for _, name := range governanceBlocks() {
		for _, inner := range c.blocks[name] {
			if name == "transfer" {
				l.transfer(g, inner, of)
				continue
			}
			if l.labels(inner, nil...) {
				g.Facts = append(g.Facts, l.open(inner, of, governanceForm(name)).facts(governanceFacts()[name])...)
			}
		}
	}
	return g
}

func (l *loader) transfer(g *Governance, b *hclsyntax.Block, of string) {
	if !l.labels(b, "name") {
		return
	}
	c := l.open(b, of, governanceForm("transfer"))
	t := &Transfer{Name: b.Labels[0], Facts: c.facts(governanceFacts()["transfer"]), Range: place(c.header)}
	if i := slices.IndexFunc(g.Transfers, func(o *Transfer) bool { return o.Name == t.Name }); i >= 0 {
		l.fail("duplicate-name", c.header, of, "Name used twice",
			fmt.Sprintf("The transfer %q stands at line %d already. Give one of the two another name.", t.Name, g.Transfers[i].Range.Start.Line))
		return
	}
	t.From, t.To = c.end("from", "source"), c.end("to", "target")
	g.Transfers = append(g.Transfers, t)
}

// end reads the address of a system under a name of its own, "" where it was left out.
func (c content) end(name, role string) string {
	if !c.has(name) {
		return ""
	}
	e := c.attrs[name].Expr
	v, ok := c.l.eval(c.of, e, inReferences())
	if !ok || !v.IsKnown() {
		return ""
	}
	end, ok := c.l.endpointOf(v)
	if !ok || end.role != role {
		c.l.fail("invalid-reference", e.Range(), c.of, "Invalid address", fmt.Sprintf("%q takes the address of a %s: write %s = %s.KIND.NAME, without quotes.", name, role, name, role))
		return ""
	}
	return end.address
}

// within adds what the governance around declares and this one does not.
func (g *Governance) within(outer *Governance) *Governance {
	if g == nil || outer == nil {
		return cmp.Or(g, outer)
	}
	out := &Governance{Facts: slices.Clone(g.Facts), Transfers: slices.Clone(g.Transfers)}
	for _, f := range outer.Facts {
		if !slices.ContainsFunc(out.Facts, func(o Fact) bool { return o.Leaf == f.Leaf }) {
			out.Facts = append(out.Facts, f)
		}
	}
	for _, t := range outer.Transfers {
		if !slices.ContainsFunc(out.Transfers, func(o *Transfer) bool { return o.Name == t.Name }) {
			out.Transfers = append(out.Transfers, t)
		}
	}
	return out
}
