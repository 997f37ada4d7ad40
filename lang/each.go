package lang

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// each is one instance of a block with for_each.
type each struct {
	key   string
	value cty.Value
}

// under runs f with each standing for one instance; for none, where the block has no for_each.
func (l *loader) under(e *each, f func()) {
	scope, current := l.scope, l.current
	l.current = e
	if e != nil {
		l.scope = &hcl.EvalContext{Functions: scope.Functions, Variables: maps.Clone(scope.Variables)}
		l.scope.Variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(e.key), "value": e.value})
	}
	f()
	l.scope, l.current = scope, current
}

// forEach runs f for every instance of a block, with the end of its address: "", or the key in brackets.
func (l *loader) forEach(address string, b *hclsyntax.Block, f func(suffix string)) {
	if b.Body.Attributes["for_each"] == nil {
		l.under(nil, func() { f("") })
		return
	}
	for _, e := range l.keys[address] {
		l.under(&e, func() { f(keyed("", e.key)) })
	}
}

// expand settles the keys of a block's for_each. It reports false where they stay unknown, because of an error.
func (l *loader) expand(address string, b *hclsyntax.Block) bool {
	attr := b.Body.Attributes["for_each"]
	if attr == nil {
		return true
	}
	keys, ok := l.eachKey(object(b), attr.Expr)
	if !ok {
		l.broken = append(l.broken, l.prefix+address)
		return false
	}
	l.keys[address] = keys
	return true
}

// eachKey evaluates for_each.
func (l *loader) eachKey(of string, e hclsyntax.Expression) ([]each, bool) {
	v, ok := l.eval(of, e, inKeys())
	if !ok {
		return nil, false
	}
	wrong := func(detail string) ([]each, bool) {
		l.fail("invalid-value", e.Range(), of, "Invalid value", detail)
		return nil, false
	}
	const how = `for_each takes a map, or a set of texts: { a = 1, b = 2 } or toset(["a", "b"]).`
	t := v.Type()
	switch {
	case v.IsMarked():
		l.fail("sensitive-value", e.Range(), of, "Sensitive value in clear",
			"The keys of for_each come from a sensitive variable, and are parts of addresses, which everybody sees. Use other keys, or take sensitive = true off the variable.")
		return nil, false
	case !v.IsKnown():
		return nil, false // what it refers to has an error
	case v.IsNull():
		return wrong("for_each is null. Write an empty map {} for no instance.")
	case t.IsSetType() && t.ElementType() != cty.String && v.LengthInt() > 0, t.IsListType(), t.IsTupleType(),
		!t.IsSetType() && !t.IsMapType() && !t.IsObjectType():
		return wrong(how)
	case t.IsSetType() && !v.IsWhollyKnown():
		return nil, false
	}
	var all []each
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if t.IsSetType() {
			key = value
		}
		if key.IsNull() || key.AsString() == "" {
			return wrong("A key of for_each is empty. It becomes a part of the address, so give it a name.")
		}
		all = append(all, each{key.AsString(), value})
	}
	return all, true
}

// instantiate notes the addresses of all mappings, with the keys that they have.
func (l *loader) instantiate() {
	for _, b := range l.blocks["mapping"] {
		local := "mapping." + b.Labels[0]
		if !l.expand(local, b) {
			continue
		}
		l.forEach(local, b, func(suffix string) {
			address := l.prefix + local + suffix
			l.instances[address] = l.globs[local]
		})
	}
}

// describe says of a block with for_each how many instances it has, for messages.
func describe(address string, keys []each) string {
	if len(keys) == 0 {
		return fmt.Sprintf("%s has for_each: write %s[\"KEY\"]", address, address)
	}
	return fmt.Sprintf("%s has for_each: write %s", address, keyed(address, keys[0].key))
}
