package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// needs is what a depends_on asks for: full addresses of mappings and modules, and the place that says so.
type needs struct {
	all []string
	at  diag.Range
}

// depends reads depends_on of a mapping, and adds what the modules around it depend on.
func (l *loader) depends(m *Mapping, c content) {
	m.DependsOn, m.DependsRange = slices.Clone(l.needs.all), l.needs.at
	if !c.has("depends_on") {
		return
	}
	m.DependsOn, m.DependsRange = append(m.DependsOn, l.dependencies(c.of, c.attrs["depends_on"].Expr)...), place(c.at("depends_on"))
}

// needsOf is what all mappings of a module depend on.
func (l *loader) needsOf(b *hclsyntax.Block) needs {
	a := b.Body.Attributes["depends_on"]
	if a == nil {
		return l.needs
	}
	return needs{append(slices.Clone(l.needs.all), l.dependencies(object(b), a.Expr)...), place(a.Expr.Range())}
}

// dependencies reads a list of references to mappings and modules of this folder.
func (l *loader) dependencies(of string, e hclsyntax.Expression) []string {
	const how = `"depends_on" takes a list of mappings and modules, such as [mapping.ward, module.codes].`
	items, problems := hcl.ExprList(e)
	if problems.HasErrors() {
		l.fail("invalid-value", e.Range(), of, "Invalid value", how)
		return nil
	}
	var all []string
	for _, item := range items {
		t, problems := hcl.AbsTraversalForExpr(item)
		address, ok := "", !problems.HasErrors()
		if ok {
			address, ok = addressOf(t)
		}
		switch {
		case !ok || strings.Count(nameless(address), ".") > 1:
			l.fail("invalid-reference", item.Range(), of, "Invalid address", how)
		case !l.written(address):
			l.fail("unknown-"+strings.SplitN(address, ".", 2)[0], item.Range(), of, "Unknown dependency",
				fmt.Sprintf("There is no %s.%s", address, diag.Suggest(address, append(l.known("mapping."), l.known("module.")...))))
		case slices.Contains(all, l.prefix+address):
			l.fail("invalid-value", item.Range(), of, "Invalid value", fmt.Sprintf(`"depends_on" names %s twice. Remove one of the two.`, address))
		default:
			all = append(all, l.prefix+address)
		}
	}
	return all
}

// nameless is an address without what stands in brackets.
func nameless(address string) string {
	block, _ := Block(address)
	return block
}

// written reports whether this folder has a block of the address, with the key that it names.
func (l *loader) written(address string) bool {
	block, isInstance := Block(address)
	if _, ok := l.addresses[block]; !ok {
		return false
	}
	keys, forEach := l.keys[block]
	if !isInstance || !forEach {
		return !isInstance || l.globs[block] || slices.Contains(l.broken, l.prefix+block)
	}
	return slices.ContainsFunc(keys, func(e each) bool { return Within(keyed(block, e.key), address) })
}

// circles reports mappings whose depends_on leads back to themselves.
func (r *reading) circles() {
	w := order{reading: r, mark: make(map[*Mapping]int)}
	for _, m := range r.cfg.Mappings {
		w.visit(m)
	}
}

// order walks mappings behind those that they depend on.
type order struct {
	*reading
	mark map[*Mapping]int // 1 under way, 2 done
	path []*Mapping
}

func (w *order) visit(m *Mapping) {
	switch w.mark[m] {
	case 1:
		w.circle(m)
		return
	case 2:
		return
	}
	w.mark[m] = 1
	w.path = append(w.path, m)
	if len(m.DependsOn) > 0 {
		for _, other := range w.cfg.Mappings {
			if other.reachedBy(m.DependsOn) {
				w.visit(other)
			}
		}
	}
	w.path = w.path[:len(w.path)-1]
	w.mark[m] = 2
}

// reachedBy reports whether one of the addresses names the mapping, a table of it, or a module around it.
func (m *Mapping) reachedBy(addresses []string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool { return Within(a, m.Address) || strings.HasPrefix(a, m.Address+"[") })
}

func (w *order) circle(m *Mapping) {
	var names []string
	for _, o := range w.path[slices.Index(w.path, m):] {
		names = append(names, o.Address)
	}
	last := w.path[len(w.path)-1]
	w.diags.Add(diag.Diagnostic{Code: "depends-cycle", Summary: "Mappings wait for each other", Subject: &last.DependsRange, Object: fmt.Sprintf("mapping %q", last.Name),
		Detail: fmt.Sprintf("%s depends on itself: %s. Take one of them out of depends_on.", m.Address, strings.Join(append(names, m.Address), " -> "))})
}

// exists reports whether an address names an instance of a mapping or module, several, or a table of a mapping of many.
func (r *reading) exists(address string) bool {
	for a, many := range r.instances {
		if Within(address, a) || many && strings.HasPrefix(address, a+"[") {
			return true
		}
	}
	return r.unclear(address)
}

// unclear reports whether an error keeps the instances at an address unknown.
func (r *reading) unclear(address string) bool {
	return slices.ContainsFunc(r.broken, func(b string) bool { return Within(b, address) || Within(address, b) })
}

// nearest suggests the address of a mapping or module, as this folder writes it.
func (l *loader) nearest(address string) string {
	var have []string
	for _, a := range slices.Sorted(maps.Keys(l.instances)) {
		if local, ok := strings.CutPrefix(a, l.prefix); ok {
			have = append(have, local)
		}
	}
	return diag.Suggest(strings.TrimPrefix(address, l.prefix), have)
}
