package lang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// locals evaluates the values of all `locals` blocks, each after those it refers to.
func (l *loader) locals() {
	attrs := make(map[string]*hclsyntax.Attribute)
	for _, b := range l.blocks["locals"] {
		for _, inner := range b.Body.Blocks {
			l.fail("unknown-block", inner.TypeRange, "locals", "Unknown block",
				fmt.Sprintf("locals holds lines NAME = VALUE only, and no block %s.", inner.Type))
		}
		for _, attr := range inOrder(b.Body.Attributes) {
			if first := attrs[attr.Name]; first != nil {
				l.fail("duplicate-name", attr.NameRange, "locals", "Name used twice",
					fmt.Sprintf("local.%s is declared at %s already. Give one of the two another name.", attr.Name, place(first.NameRange)))
				continue
			}
			attrs[attr.Name] = attr
		}
	}
	w := walk{loader: l, attrs: attrs, values: make(map[string]cty.Value, len(attrs)), modules: make(map[string]cty.Value)}
	for name := range attrs {
		w.values[name] = cty.DynamicVal
	}
	for _, b := range l.blocks["module"] {
		w.modules[b.Labels[0]] = cty.DynamicVal
	}
	l.scope.Variables["local"], l.scope.Variables["module"] = cty.ObjectVal(w.values), cty.ObjectVal(w.modules)
	l.scope.Variables["source"], l.scope.Variables["target"] = l.endpoints("source"), l.endpoints("target")
	for _, attr := range inOrder(attrs) {
		w.visit("local." + attr.Name)
	}
	for _, role := range []string{"source", "target"} {
		for _, b := range l.blocks[role] {
			w.visit(role + "." + b.Labels[0] + "." + b.Labels[1])
		}
	}
	for _, b := range l.blocks["module"] {
		w.visit("module." + b.Labels[0])
	}
}

// inOrder gives attributes in source order.
func inOrder(attrs map[string]*hclsyntax.Attribute) []*hclsyntax.Attribute {
	all := make([]*hclsyntax.Attribute, 0, len(attrs))
	for _, a := range attrs {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *hclsyntax.Attribute) int {
		return cmp.Or(cmp.Compare(a.SrcRange.Filename, b.SrcRange.Filename), cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte))
	})
	return all
}

// walk goes through what expressions build upon in the order of its dependencies: local values, modules, and the keys of
// sources and targets. Each is named by its address.
type walk struct {
	*loader
	attrs   map[string]*hclsyntax.Attribute // of locals
	values  map[string]cty.Value            // of locals
	modules map[string]cty.Value
	done    map[string]bool
	path    []string // of the addresses being visited
}

func (w *walk) visit(address string) {
	if w.done[address] {
		return
	}
	all, at := w.expressions(address)
	if i := slices.Index(w.path, address); i >= 0 {
		w.circle(append(slices.Clone(w.path[i:]), address), at)
		return
	}
	w.path = append(w.path, address)
	for _, e := range all {
		for _, t := range e.Variables() {
			next := behind(t)
			if found, _ := w.expressions(next); found == nil {
				continue
			}
			w.visit(next)
			if name, isLocal := strings.CutPrefix(address, "local."); isLocal && w.fromModule(next) {
				w.dynamic[name] = true
			}
		}
	}
	w.path = w.path[:len(w.path)-1]
	if w.done == nil {
		w.done = make(map[string]bool)
	}
	w.done[address] = true
	w.settle(address, all)
}

// fromModule reports whether an address is a module, or a local value that takes something from one.
func (w *walk) fromModule(address string) bool {
	name, isLocal := strings.CutPrefix(address, "local.")
	return strings.HasPrefix(address, "module.") || isLocal && w.dynamic[name]
}

// circle reports what needs itself; the names end with the one they begin with.
func (w *walk) circle(names []string, at hcl.Range) {
	code, summary, of := "local-cycle", "Local values in a circle", "locals"
	if !slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, "local.") }) {
		w.fail(code, at, of, summary, fmt.Sprintf("%s needs itself: %s. Write one of them without the next.", names[0], strings.Join(names, " -> ")))
		return
	}
	w.fail("reference-cycle", at, "", "References in a circle",
		fmt.Sprintf("%s needs itself: %s. A module is read as a whole once all that it is handed is known. Write one of them without the next.", names[0], strings.Join(names, " -> ")))
}

// expressions are what a value is made of, and the place to name for it; nil for what needs no walk.
func (w *walk) expressions(address string) ([]hclsyntax.Expression, hcl.Range) {
	kind, name, _ := strings.Cut(address, ".")
	switch kind {
	case "local":
		if a := w.attrs[name]; a != nil {
			return []hclsyntax.Expression{a.Expr}, a.NameRange
		}
	case "module":
		if b := w.block("module", name); b != nil {
			all := []hclsyntax.Expression{}
			for _, a := range inOrder(b.Body.Attributes) {
				if a.Name != "depends_on" {
					all = append(all, a.Expr)
				}
			}
			return all, header(b)
		}
	case "source", "target":
		if b := w.block(kind, strings.Split(name, ".")...); b != nil && b.Body.Attributes["for_each"] != nil {
			return []hclsyntax.Expression{b.Body.Attributes["for_each"].Expr}, header(b)
		}
	}
	return nil, hcl.Range{}
}

// block finds a block by its labels.
func (l *loader) block(kind string, labels ...string) *hclsyntax.Block {
	for _, b := range l.blocks[kind] {
		if slices.Equal(b.Labels, labels) {
			return b
		}
	}
	return nil
}

// settle gives an address its value, once all is known that it is made of.
func (w *walk) settle(address string, all []hclsyntax.Expression) {
	kind, name, _ := strings.Cut(address, ".")
	switch kind {
	case "local":
		if v, ok := w.eval("locals", all[0], inReferences()); ok {
			w.values[name] = v
			w.scope.Variables["local"] = cty.ObjectVal(w.values)
		}
	case "module":
		w.modules[name] = w.callModule(w.block("module", name))
		w.scope.Variables["module"] = cty.ObjectVal(w.modules)
	default:
		if all != nil {
			w.expand(address, w.block(kind, strings.Split(name, ".")...))
			w.scope.Variables[kind] = w.endpoints(kind)
		}
	}
}

// behind is the address that a reference builds upon: of a local value, module, source or target.
func behind(t hcl.Traversal) string {
	name, ok := step(t, 1)
	if !ok {
		return ""
	}
	switch t.RootName() {
	case "local", "module":
		return t.RootName() + "." + name
	case "source", "target":
		more, _ := step(t, 2)
		return t.RootName() + "." + name + "." + more
	}
	return ""
}
