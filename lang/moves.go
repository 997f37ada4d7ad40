package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// moves reads the `moved` and `removed` blocks. In a module they speak of the module's own mappings.
func (l *loader) moves() {
	own := len(l.cfg.Moved)
	for _, b := range l.blocks["moved"] {
		c := l.open(b, "moved", movedForm)
		m := Moved{From: c.mapping("from"), To: c.mapping("to"), Range: place(c.header)}
		if m.From != "" && m.To != "" && l.movable(c, m) {
			l.cfg.Moved = append(l.cfg.Moved, m)
		}
	}
	for _, m := range l.cfg.Moved[own:] {
		if !l.exists(m.To) && !slices.ContainsFunc(l.cfg.Moved, func(o Moved) bool { return o.From == m.To }) {
			at := m.Range
			l.diags.Add(diag.Diagnostic{Code: "unknown-mapping", Summary: "Unknown mapping", Subject: &at, Object: "moved",
				Detail: fmt.Sprintf("There is no %s to move to.%s", strings.TrimPrefix(m.To, l.prefix), l.nearest(m.To))})
		}
	}
	for _, b := range l.blocks["removed"] {
		l.removed(l.open(b, "removed", removedForm))
	}
}

func (l *loader) movable(c content, m Moved) bool {
	_, there := l.instances[m.From]
	switch {
	case m.From == m.To:
		c.conflict("to", "From and to are the same. Remove the block.")
		return false
	case isModule(m.From) != isModule(m.To):
		c.conflict("to", "A module moves to a module, and a mapping to a mapping. Write one block for each mapping instead.")
		return false
	case slices.ContainsFunc(l.cfg.Moved, func(o Moved) bool { return o.From == m.From || o.To == m.To }):
		c.conflict("from", fmt.Sprintf("Another moved block has %s or %s already. One mapping moves to one place.", m.From, m.To))
		return false
	case there && !strings.HasPrefix(m.To, m.From+"["):
		c.conflict("from", fmt.Sprintf("%s is still there. Remove its block, or the moved block.", m.From))
		return false
	}
	return true
}

func (l *loader) removed(c content) {
	r := Removed{Mapping: c.mapping("mapping"), Range: place(c.header)}
	purge := c.flag("purge")
	r.Purge = purge != nil && *purge
	if r.Mapping == "" {
		return
	}
	for a := range l.instances {
		if Within(r.Mapping, a) {
			c.conflict("mapping", fmt.Sprintf("%s is still there. Remove its block, or the removed block.", r.Mapping))
			return
		}
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

// mapping reads the full address of a mapping or module, which need not exist, "" where it is none.
func (c content) mapping(name string) string {
	if !c.need(name, name+" = mapping.NAME") {
		return ""
	}
	e := c.attrs[name].Expr
	t, problems := hcl.AbsTraversalForExpr(e)
	if !problems.HasErrors() {
		if address, ok := addressOf(t); ok {
			return c.l.prefix + address
		}
	}
	c.l.fail("invalid-reference", e.Range(), c.of, "Invalid address",
		fmt.Sprintf("%q takes the address of a mapping or a module: write %s = mapping.NAME.", name, name))
	return ""
}
