package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Ref is a `ref` block: a field whose value is the new key of a row that another mapping, or this one, moved.
type Ref struct {
	Name         string // of the field
	Mapping      string // the full address of the mapping whose keys they are
	On           []CEL  // one for each column of the source's key of that mapping, in its order
	Missing      string // quarantine, null, error or defer
	Range        diag.Range
	MappingRange diag.Range
	OnRange      diag.Range
}

var refForm = form{attrs: []string{"mapping", "on", "missing"}}

// refs reads a mapping's `ref` blocks.
func (l *loader) refs(m *Mapping, c content, many bool) {
	for _, b := range c.blocks["ref"] {
		if !l.labels(b, "field") {
			continue
		}
		if many {
			l.fail("conflicting-attributes", header(b), c.of, "Ref in a mapping of many tables",
				"A mapping of many tables takes every column as it is. Except the table, and write a mapping of its own for it with this ref.")
			continue
		}
		name := b.Labels[0]
		if i := slices.IndexFunc(m.Refs, func(o *Ref) bool { return o.Name == name }); i >= 0 {
			l.fail("duplicate-name", header(b), c.of, "Name used twice",
				fmt.Sprintf("The ref %q stands at line %d already. Remove one of the two.", name, m.Refs[i].Range.Start.Line))
			continue
		}
		if i := slices.IndexFunc(m.Fields, func(o *Field) bool { return o.Name == name }); i >= 0 {
			l.fail("duplicate-name", header(b), c.of, "Name used twice",
				fmt.Sprintf("The field %q stands at line %d already. Remove the field, or the ref.", name, m.Fields[i].Range.Start.Line))
			continue
		}
		if r := l.ref(b, c.of); r != nil {
			m.Refs = append(m.Refs, r)
		}
	}
}

func (l *loader) ref(b *hclsyntax.Block, of string) *Ref {
	c := l.open(b, of, refForm)
	r := &Ref{Name: b.Labels[0], Range: place(c.header), MappingRange: place(c.at("mapping")), OnRange: place(c.at("on"))}
	whole := c.need("mapping", "mapping = mapping.NAME")
	whole = c.need("on", `on = "src.COLUMN"`) && whole
	r.Missing = c.word("missing", "error", []string{"quarantine", "null", "error", "defer"}, nil)
	r.Mapping, r.On = c.instance("mapping"), c.cels("on")
	if !whole || r.Mapping == "" || r.On == nil {
		return nil
	}
	return r
}

// cels is an attribute that holds CEL, or a list of it; nil where a part has an error.
func (c content) cels(name string) []CEL {
	if !c.has(name) {
		return nil
	}
	list, ok := c.attrs[name].Expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		if e := c.cel(name); e != nil {
			return []CEL{*e}
		}
		return nil
	}
	if len(list.Exprs) == 0 {
		c.wrong(name, fmt.Sprintf("%q is an empty list. Write one expression for each column of the key.", name))
		return nil
	}
	var all []CEL
	for _, e := range list.Exprs {
		if one := c.celOf(name, e); one != nil {
			all = append(all, *one)
		}
	}
	if len(all) < len(list.Exprs) {
		return nil
	}
	return all
}

// instance reads the address of one mapping, "" where it is none. A key in brackets may be computed: mapping.ward[each.key].
func (c content) instance(name string) string {
	if !c.has(name) {
		return ""
	}
	e, key := c.attrs[name].Expr, ""
	if x, ok := e.(*hclsyntax.IndexExpr); ok {
		v, ok := c.l.eval(c.of, x.Key, everywhere())
		if !ok {
			return ""
		}
		if v, ok = c.open(name, v); !ok {
			return ""
		}
		if v.Type() != cty.String {
			c.l.fail("invalid-reference", x.Key.Range(), c.of, "Invalid address", `The key of a mapping is a text, such as mapping.ward["north"].`)
			return ""
		}
		e, key = x.Collection, fmt.Sprintf("[%q]", v.AsString())
	}
	t, problems := hcl.AbsTraversalForExpr(e)
	if !problems.HasErrors() {
		if address, ok := addressOf(t); ok && !isModule(address) {
			return c.l.prefix + address + key
		}
	}
	c.l.fail("invalid-reference", c.at(name), c.of, "Invalid address", fmt.Sprintf("%q takes the address of one mapping: write %s = mapping.NAME, without quotes.", name, name))
	return ""
}

// referred checks that each ref names a mapping that is there. Tables of a mapping of many are known later.
func (r *reading) referred() {
	for _, m := range r.cfg.Mappings {
		for _, ref := range m.Refs {
			r.refersTo(m, ref)
		}
	}
}

func (r *reading) refersTo(m *Mapping, ref *Ref) {
	var have, instances []string
	for _, o := range r.cfg.Mappings {
		switch {
		case o.From.Tables == nil && o.Address == ref.Mapping, o.From.Tables != nil && strings.HasPrefix(ref.Mapping, o.Address+"["):
			return
		case o.Block == ref.Mapping || o.Address == ref.Mapping:
			instances = append(instances, o.Address)
		}
		have = append(have, o.Address)
	}
	if r.unclear(ref.Mapping) {
		return
	}
	found := diag.Diagnostic{Code: "unknown-mapping", Summary: "Unknown mapping", Subject: &ref.MappingRange, Object: fmt.Sprintf("mapping %q", m.Name),
		Detail: fmt.Sprintf("There is no %s.%s", ref.Mapping, diag.Suggest(ref.Mapping, have))}
	if len(instances) > 0 {
		found.Code, found.Summary = "invalid-reference", "Mapping not named"
		found.Detail = fmt.Sprintf("%s stands for several mappings. Name one of them with its key, such as %s.", ref.Mapping, instances[0])
		if instances[0] == ref.Mapping {
			found.Detail = fmt.Sprintf("%s is a mapping of many tables. Name one of them, as in %s[\"TABLE\"].", ref.Mapping, ref.Mapping)
		}
	}
	r.diags.Add(found)
}
