package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// fields reads a mapping's `field` blocks, or the `override` blocks of one over many tables.
func (l *loader) fields(m *Mapping, c content, many bool) {
	if !many {
		m.Fields = l.fieldBlocks(c)
		for _, b := range c.blocks["override"] {
			l.fail("conflicting-attributes", header(b), c.of, "Override in a mapping of one table",
				"An override says what is different for one of many tables. Write its fields into the mapping itself.")
		}
		return
	}
	for _, b := range c.blocks["field"] {
		l.fail("conflicting-attributes", header(b), c.of, "Field in a mapping of many tables",
			"A mapping of many tables takes every column as it is. Put the field into a block override \"TABLE\" { }, or except the table and write a mapping of its own for it.")
	}
	for _, b := range c.blocks["override"] {
		if o := l.override(m, b, c.of); o != nil {
			m.Overrides = append(m.Overrides, o)
		}
	}
}

// override reads one `override` block.
func (l *loader) override(m *Mapping, b *hclsyntax.Block, of string) *Override {
	if !l.labels(b, "table") {
		return nil
	}
	c := l.open(b, of, overrideForm)
	o := &Override{Table: b.Labels[0], Range: place(c.header), KeyRange: place(c.at("key"))}
	if i := slices.IndexFunc(m.Overrides, func(x *Override) bool { return x.Table == o.Table }); i >= 0 {
		l.fail("duplicate-name", c.header, of, "Name used twice",
			fmt.Sprintf("The table %q has an override at line %d already. Put both blocks into one.", o.Table, m.Overrides[i].Range.Start.Line))
		return nil
	}
	o.Where, o.Key, o.Fields = c.cel("where"), c.needTexts("key"), l.fieldBlocks(c)
	return o
}

func (l *loader) fieldBlocks(c content) []*Field {
	var all []*Field
	for _, b := range c.blocks["field"] {
		if !l.labels(b, "field") {
			continue
		}
		if f := l.field(all, b, c.of); f != nil {
			all = append(all, f)
		}
	}
	return all
}

func (l *loader) field(before []*Field, b *hclsyntax.Block, of string) *Field {
	c := l.open(b, of, fieldForm)
	f := &Field{Name: b.Labels[0], Range: place(c.header), FromRange: place(c.at("from")), TypeRange: place(c.at("type"))}
	if i := slices.IndexFunc(before, func(o *Field) bool { return o.Name == f.Name }); i >= 0 {
		l.fail("duplicate-name", c.header, of, "Name used twice",
			fmt.Sprintf("The field %q stands at line %d already. Remove one of the two.", f.Name, before[i].Range.Start.Line))
		return nil
	}
	if drop := c.flag("drop"); drop != nil {
		f.Drop = *drop
	}
	f.From = c.text("from")
	f.CEL = c.cel("cel")
	f.Type = c.typed()
	f.Null = c.flag("null")
	f.Expect = c.cel("expect")
	f.OnRowError = c.word("on_row_error", "fail", []string{"fail", "quarantine", "null"}, nil)
	f.AllowLossy = c.word("allow_lossy", "", []string{"round", "truncate", "zone"}, nil)
	f.Classify, f.Purpose = c.needTexts("classify"), c.needTexts("purpose")
	f.Justification = c.text("justification")
	f.Declared = c.facts(fieldFacts())
	if !c.origin(f) {
		return nil
	}
	if f.OnRowError == "null" && f.Null != nil && !*f.Null {
		c.exclude("on_row_error", `on_row_error = "null" puts null where a value does not fit, and null = false forbids that. Change one of the two.`)
	}
	return f
}

// origin checks that a field says once where its values come from.
func (c content) origin(f *Field) bool {
	switch {
	case f.Drop:
		for _, name := range []string{"from", "cel", "type", "null", "expect", "on_row_error", "allow_lossy"} {
			if c.has(name) {
				c.exclude(name, fmt.Sprintf("A field with drop = true has no values. Remove %q, or drop.", name))
				return false
			}
		}
		return true
	case c.has("from") && c.has("cel"):
		c.exclude("cel", fmt.Sprintf("A field has %q or %q, not both. Remove one of the two.", "from", "cel"))
		return false
	case !c.has("from") && !c.has("cel"):
		c.l.fail("missing-attribute", c.header, c.of, "Missing attribute",
			fmt.Sprintf("The field %q does not say where its values come from: write from = \"COLUMN\", or cel = \"...\".", f.Name))
		return false
	}
	return f.From != "" || f.CEL != nil
}
