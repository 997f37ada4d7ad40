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
	w := walk{loader: l, attrs: attrs, values: make(map[string]cty.Value, len(attrs))}
	for name := range attrs {
		w.values[name] = cty.DynamicVal
	}
	l.scope.Variables["local"] = cty.ObjectVal(w.values)
	for _, attr := range inOrder(attrs) {
		w.visit(attr.Name)
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

// walk goes through local values in the order of their dependencies.
type walk struct {
	*loader
	attrs  map[string]*hclsyntax.Attribute
	values map[string]cty.Value
	done   []string
	path   []string // of the names being visited
}

func (w *walk) visit(name string) {
	if slices.Contains(w.done, name) {
		return
	}
	attr := w.attrs[name]
	if i := slices.Index(w.path, name); i >= 0 {
		w.fail("local-cycle", attr.NameRange, "locals", "Local values in a circle",
			fmt.Sprintf("local.%s needs itself: %s. Write one of them without the next.", name,
				"local."+strings.Join(append(slices.Clone(w.path[i:]), name), " -> local.")))
		return
	}
	w.path = append(w.path, name)
	for _, t := range attr.Expr.Variables() {
		if next := localName(t); w.attrs[next] != nil {
			w.visit(next)
		}
	}
	w.path = w.path[:len(w.path)-1]
	w.done = append(w.done, name)
	if v, ok := w.eval("locals", attr.Expr, everywhere()); ok {
		w.values[name] = v
		w.scope.Variables["local"] = cty.ObjectVal(w.values)
	}
}

func localName(t hcl.Traversal) string {
	if t.RootName() != "local" {
		return ""
	}
	name, _ := step(t, 1)
	return name
}
