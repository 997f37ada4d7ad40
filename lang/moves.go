package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// moves reads the `moved` and `removed` blocks.
func (l *loader) moves() {
	for _, b := range l.blocks["moved"] {
		c := l.open(b, "moved", movedForm)
		m := Moved{From: c.mapping("from"), To: c.mapping("to"), Range: place(c.header)}
		if m.From != "" && m.To != "" && l.movable(c, m) {
			l.cfg.Moved = append(l.cfg.Moved, m)
		}
	}
	for _, m := range l.cfg.Moved {
		if _, ok := l.addresses[base(m.To)]; !ok && !slices.ContainsFunc(l.cfg.Moved, func(o Moved) bool { return o.From == m.To }) {
			at := m.Range
			l.diags.Add(diag.Diagnostic{Code: "unknown-mapping", Summary: "Unknown mapping", Subject: &at, Object: "moved",
				Detail: fmt.Sprintf("There is no %s to move to.%s", m.To, diag.Suggest(m.To, l.known("mapping.")))})
		}
	}
	for _, b := range l.blocks["removed"] {
		l.removed(l.open(b, "removed", removedForm))
	}
}

func (l *loader) movable(c content, m Moved) bool {
	switch {
	case m.From == m.To:
		c.conflict("to", "From and to are the same. Remove the block.")
		return false
	case slices.ContainsFunc(l.cfg.Moved, func(o Moved) bool { return o.From == m.From || o.To == m.To }):
		c.conflict("from", fmt.Sprintf("Another moved block has %s or %s already. One mapping moves to one place.", m.From, m.To))
		return false
	}
	if _, there := l.addresses[m.From]; there {
		c.conflict("from", fmt.Sprintf("%s is still there. Remove its block, or the moved block.", m.From))
		return false
	}
	return true
}

func (l *loader) removed(c content) {
	r := Removed{Mapping: c.mapping("mapping"), Range: place(c.header)}
	if purge := c.flag("purge"); purge != nil && *purge {
		l.later(c.at("purge"), c.of, "purge = true", "Remove it, and delete the rows with the database's own tools.")
		return
	}
	if r.Mapping == "" {
		return
	}
	if _, there := l.addresses[r.Mapping]; there {
		c.conflict("mapping", fmt.Sprintf("%s is still there. Remove its block, or the removed block.", r.Mapping))
		return
	}
	named := func(m Moved) bool { return m.From == r.Mapping }
	twice := func(o Removed) bool { return o.Mapping == r.Mapping }
	if slices.ContainsFunc(l.cfg.Moved, named) || slices.ContainsFunc(l.cfg.Removed, twice) {
		c.conflict("mapping", fmt.Sprintf("Another moved or removed block names %s already. Keep one of them.", r.Mapping))
		return
	}
	l.cfg.Removed = append(l.cfg.Removed, r)
}

func (c content) conflict(name, detail string) {
	c.l.fail("move-conflict", c.at(name), c.of, "Moved and removed do not agree", detail)
}

// mapping reads the address of a mapping, which need not exist, "" where it is none.
func (c content) mapping(name string) string {
	if !c.need(name, name+" = mapping.NAME") {
		return ""
	}
	e := c.attrs[name].Expr
	t, problems := hcl.AbsTraversalForExpr(e)
	address, ok := "", !problems.HasErrors()
	if ok {
		address, ok = mappingAddress(t)
	}
	if !ok {
		c.notAddress(e, t, fmt.Sprintf("%q takes the address of a mapping: write %s = mapping.NAME.", name, name))
		return ""
	}
	return address
}

// mappingAddress writes mapping.NAME or mapping.NAME["TABLE"].
func mappingAddress(t hcl.Traversal) (string, bool) {
	if t.RootName() != "mapping" || len(t) < 2 || len(t) > 3 {
		return "", false
	}
	name, ok := step(t, 1)
	if !ok || !hclsyntax.ValidIdentifier(name) {
		return "", false
	}
	if len(t) == 2 {
		return "mapping." + name, true
	}
	index, ok := t[2].(hcl.TraverseIndex)
	if !ok || index.Key.Type() != cty.String {
		return "", false
	}
	return fmt.Sprintf("mapping.%s[%q]", name, index.Key.AsString()), true
}

// base is an address without a table in brackets.
func base(address string) string {
	for i, r := range address {
		if r == '[' {
			return address[:i]
		}
	}
	return address
}
