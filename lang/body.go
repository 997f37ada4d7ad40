package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// content is a block whose names were checked against a form. Only names that this version carries out are in it.
type content struct {
	l      *loader
	of     string // the block for messages; of an inner block, the outer one's name
	what   string // the block itself, as in `the block from`
	header hcl.Range
	attrs  map[string]*hclsyntax.Attribute
	blocks map[string][]*hclsyntax.Block
	later  map[string]bool // names that were found and put off
}

// open checks the names in a block. of is the object for messages.
func (l *loader) open(b *hclsyntax.Block, of string, f form) content {
	c := content{l: l, of: of, what: b.Type, header: header(b), later: make(map[string]bool),
		attrs: make(map[string]*hclsyntax.Attribute), blocks: make(map[string][]*hclsyntax.Block)}
	for name, attr := range b.Body.Attributes {
		switch {
		case slices.Contains(f.attrs, name):
			c.attrs[name] = attr
		case f.later[name] != "":
			c.putOff(attr.NameRange, name, f.later[name])
		case slices.Contains(f.blocks, name):
			l.fail("unknown-attribute", attr.NameRange, of, "A block, not an attribute",
				fmt.Sprintf("%q is a block: write %s { } without the sign of equality.", name, name))
		default:
			c.unknown("attribute", attr.NameRange, name, f)
		}
	}
	for _, inner := range b.Body.Blocks {
		switch {
		case slices.Contains(f.blocks, inner.Type):
			c.take(inner, f)
		case f.later[inner.Type] != "":
			c.putOff(inner.TypeRange, inner.Type, f.later[inner.Type])
		case slices.Contains(f.attrs, inner.Type):
			l.fail("unknown-block", inner.TypeRange, of, "An attribute, not a block",
				fmt.Sprintf("%q is an attribute: write %s = ...", inner.Type, inner.Type))
		default:
			c.unknown("block", inner.TypeRange, inner.Type, f)
		}
	}
	return c
}

func (c *content) take(inner *hclsyntax.Block, f form) {
	if slices.Contains(f.once, inner.Type) && len(c.blocks[inner.Type]) > 0 {
		c.l.fail("duplicate-block", inner.TypeRange, c.of, "Block written twice",
			fmt.Sprintf("A %s has one block %s; the other one is at line %d. Put both into one.", c.what, inner.Type,
				c.blocks[inner.Type][0].TypeRange.Start.Line))
		return
	}
	c.blocks[inner.Type] = append(c.blocks[inner.Type], inner)
}

func (c *content) putOff(at hcl.Range, name, remedy string) {
	c.later[name] = true
	c.l.later(at, c.of, fmt.Sprintf("%q in the block %s", name, c.what), remedy)
}

func (c *content) unknown(sort string, at hcl.Range, name string, f form) {
	have := slices.Concat(f.attrs, f.blocks)
	detail := fmt.Sprintf("A block %s has no %s %q.", c.what, sort, name)
	if s := diag.Suggest(name, have); s != "" {
		detail += s
	} else if in := homes(name); len(in) > 0 && !slices.Contains(in, c.what) {
		detail += fmt.Sprintf(" %q belongs into a block %s.", name, list(in))
	} else {
		detail += " It may hold " + list(have) + "."
	}
	c.l.fail("unknown-"+sort, at, c.of, "Unknown "+sort, detail)
}

// has reports whether an attribute was written.
func (c content) has(name string) bool { return c.attrs[name] != nil }

// at is the place of an attribute's value; of the block's header where it was left out.
func (c content) at(name string) hcl.Range {
	if a := c.attrs[name]; a != nil {
		return a.Expr.Range()
	}
	return c.header
}

// need reports an attribute that was left out.
func (c content) need(name, example string) bool {
	if c.has(name) {
		return true
	}
	c.l.fail("missing-attribute", c.header, c.of, "Missing attribute",
		fmt.Sprintf("The block %s needs %q: write %s.", c.what, name, example))
	return false
}

// block is the only block of a type, nil where it was left out.
func (c content) block(name string) *hclsyntax.Block {
	if len(c.blocks[name]) == 0 {
		return nil
	}
	return c.blocks[name][0]
}

// labels checks a block's labels against what they stand for.
func (l *loader) labels(b *hclsyntax.Block, want ...string) bool {
	if len(b.Labels) != len(want) {
		l.fail("wrong-labels", b.TypeRange, "", "Wrong labels",
			fmt.Sprintf("A block %s has %d labels here and takes %d: write %s.", b.Type, len(b.Labels), len(want), pattern(b.Type, want)))
		return false
	}
	for i, label := range b.Labels {
		if label == "" {
			l.fail("wrong-labels", b.LabelRanges[i], "", "Empty label",
				fmt.Sprintf("The %s of a block %s cannot be empty.", want[i], b.Type))
			return false
		}
	}
	return true
}

func pattern(kind string, labels []string) string {
	for _, label := range labels {
		kind += fmt.Sprintf(" %q", label)
	}
	return kind + " { }"
}

// named checks that a label is a name that addresses can hold.
func (l *loader) named(b *hclsyntax.Block, label int) bool {
	if hclsyntax.ValidIdentifier(b.Labels[label]) {
		return true
	}
	l.fail("invalid-name", b.LabelRanges[label], object(b), "Invalid name",
		fmt.Sprintf("%q is no name: a name begins with a letter and goes on with letters, digits, _ and -.", b.Labels[label]))
	return false
}

// claim takes an address for a block, once.
func (l *loader) claim(address string, b *hclsyntax.Block) bool {
	if first, taken := l.addresses[address]; taken {
		l.fail("duplicate-name", header(b), object(b), "Name used twice",
			fmt.Sprintf("%s is declared at %s already. Give one of the two another name.", address, first))
		return false
	}
	l.addresses[address] = place(header(b))
	return true
}
