package lang

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// endpoint is what source.KIND.NAME and target.KIND.NAME stand for in an expression: nothing but an address.
type endpoint struct {
	address string // with the modules it stands in
	role    string
}

func newEndpointType() cty.Type { return cty.Capsule("source or target", reflect.TypeFor[endpoint]()) }

// endpointOf gives the endpoint that a value is.
func (r *reading) endpointOf(v cty.Value) (*endpoint, bool) {
	if !v.Type().Equals(r.endpoint) || v.IsMarked() || !v.IsKnown() || v.IsNull() {
		return nil, false
	}
	return v.EncapsulatedValue().(*endpoint), true
}

// endpoints is what `source` or `target` stands for: by kind and name, and by key below those with for_each.
func (l *loader) endpoints(role string) cty.Value {
	kinds := make(map[string]map[string]cty.Value)
	for _, b := range l.blocks[role] {
		kind, name := b.Labels[0], b.Labels[1]
		if kinds[kind] == nil {
			kinds[kind] = make(map[string]cty.Value)
		}
		kinds[kind][name] = l.endpointValue(role, b)
	}
	all := make(map[string]cty.Value, len(kinds))
	for kind, names := range kinds {
		all[kind] = cty.ObjectVal(names)
	}
	return cty.ObjectVal(all)
}

func (l *loader) endpointValue(role string, b *hclsyntax.Block) cty.Value {
	local := role + "." + b.Labels[0] + "." + b.Labels[1]
	address := l.prefix + local
	if b.Body.Attributes["for_each"] == nil {
		return cty.CapsuleVal(l.endpoint, &endpoint{address, role})
	}
	keys, known := l.keys[local]
	if !known {
		return cty.DynamicVal
	}
	all := make(map[string]cty.Value, len(keys))
	for _, k := range keys {
		all[k.key] = cty.CapsuleVal(l.endpoint, &endpoint{keyed(address, k.key), role})
	}
	return cty.ObjectVal(all)
}

// endpointNamed checks source.KIND.NAME and source.KIND.NAME["KEY"].
func (l *loader) endpointNamed(of string, t hcl.Traversal) {
	role := t.RootName()
	kind, ok := step(t, 1)
	name, named := step(t, 2)
	if !ok || !named && len(t) > 2 {
		l.fail("invalid-reference", t.SourceRange(), of, "Invalid address", fmt.Sprintf("The address of a %s is written %s.KIND.NAME.", role, role))
		return
	}
	address := role + "." + kind + "." + name
	if _, known := l.addresses[address]; named && known {
		l.endpointKey(of, t, address)
		return
	}
	if !named && len(l.known(role+"."+kind+".")) > 0 {
		return // the name comes by an index that is computed
	}
	detail := fmt.Sprintf("There is no %s.", address)
	all := l.known(role + ".")
	if s := diag.Suggest(address, all); s != "" {
		detail += s
	} else if len(all) > 0 {
		detail += " There is " + every(all) + "."
	} else {
		detail += fmt.Sprintf(" Declare it: %s %q %q { }.", role, kind, name)
	}
	l.fail("unknown-"+role, t.SourceRange(), of, "Unknown "+role, detail)
}

// endpointKey checks what stands behind the name of a source or target.
func (l *loader) endpointKey(of string, t hcl.Traversal, address string) {
	i := slices.IndexFunc(l.blocks[t.RootName()], func(b *hclsyntax.Block) bool {
		return address == t.RootName()+"."+b.Labels[0]+"."+b.Labels[1]
	})
	if i >= 0 && l.blocks[t.RootName()][i].Body.Attributes["for_each"] != nil {
		l.keyNamed(of, t, 3, address)
		if len(t) <= 4 {
			return
		}
	} else if len(t) == 3 {
		return
	}
	l.fail("invalid-reference", t.SourceRange(), of, "Invalid address",
		fmt.Sprintf("%s has nothing that an expression can ask for: it is handed on as a whole.", address))
}

// keyNamed checks the literal key at one place of a reference to a block with for_each.
func (l *loader) keyNamed(of string, t hcl.Traversal, at int, address string) {
	keys, known := l.keys[address]
	key, ok := step(t, at)
	if !known || !ok {
		return
	}
	if _, index := t[at].(hcl.TraverseIndex); !index {
		l.fail("invalid-reference", t.SourceRange(), of, "Key not named", describe(address, keys)+" for one of its instances.")
		return
	}
	var have []string
	for _, k := range keys {
		have = append(have, k.key)
	}
	if !slices.Contains(have, key) {
		detail := fmt.Sprintf("%s has no key %q.", address, key)
		if s := diag.Suggest(key, have); s != "" && len(key) > 2 { // of shorter ones each is near to all
			detail += s
		} else if len(have) > 0 && len(have) <= 8 {
			detail += " It has " + every(have) + "."
		}
		l.fail("unknown-instance", t.SourceRange(), of, "Unknown instance", detail)
	}
}

// system reads a reference such as source.sqlite.shop, or a value that is one; role is the attribute's name too.
func (c content) system(role string) string {
	if !c.has(role) {
		c.need(role, c.exampleOf(role))
		return ""
	}
	e := c.attrs[role].Expr
	v, ok := c.l.eval(c.of, e, inReferences())
	if !ok {
		return ""
	}
	if v.ContainsMarked() {
		c.open(role, v)
		return ""
	}
	if !v.IsKnown() {
		return "" // what it refers to has an error
	}
	end, ok := c.l.endpointOf(v)
	if !ok || end.role != role {
		detail := fmt.Sprintf("%q takes the address of a %s: write %s.", role, role, c.exampleOf(role))
		if t, problems := hcl.AbsTraversalForExpr(e); !problems.HasErrors() && v.Type().IsObjectType() && t.RootName() == role {
			detail = fmt.Sprintf("%s are several. %s", written(t), detail)
		}
		c.l.fail("invalid-reference", e.Range(), c.of, "Invalid address", detail)
		return ""
	}
	if !slices.ContainsFunc(c.l.cfg.Systems, func(s *System) bool { return s.Address == end.address }) {
		return "" // its own block has an error, or is put off
	}
	return end.address
}

// exampleOf is an address that could stand there, for messages: the first that the folder has.
func (c content) exampleOf(role string) string {
	if all := c.l.known(role + "."); len(all) > 0 {
		return role + " = " + all[0]
	}
	return fmt.Sprintf("%s = %s.KIND.NAME", role, role)
}
