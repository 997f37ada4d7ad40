package rego

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// What rules may not call: it reaches out of the document, or gives another answer the next time.
var forbidden = []string{
	"http.send", "net.lookup_ip_addr", "opa.runtime", "time.now_ns", "rand.intn", "uuid.rfc4122", "rego.parse_module",
	"trace", "print", "internal.print",
}

// A schema can name another one by its address, which OPA would read. The library's names none; other rules may not ask.
const matchSchema = "json.match_schema"

// capabilities are those of this OPA without what is forbidden and without whatever OPA itself calls nondeterministic.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool {
		if b.Name == matchSchema {
			return false
		}
		return b.Nondeterministic || slices.Contains(forbidden, b.Name) || strings.HasPrefix(b.Name, "providers.")
	})
	c.AllowNet = []string{}
	return c
}

// withNatives are the capabilities with the library's own functions beside them.
func withNatives(natives []native) *ast.Capabilities {
	c := capabilities()
	for _, b := range declared(natives) {
		c.Builtins = append(c.Builtins, b)
	}
	return c
}

// ofTheLibrary refuses rules that name what only the library may call.
func ofTheLibrary(m *ast.Module) error {
	only := []string{matchSchema}
	for name := range declared(natives()) {
		only = append(only, name)
	}
	var at *ast.Term
	var name string
	ast.WalkRefs(m, func(r ast.Ref) bool {
		if n := r.String(); at == nil && slices.Contains(only, n) {
			at, name = r[0], n
		}
		return at != nil
	})
	if at == nil {
		return nil
	}
	return fmt.Errorf("%s: undefined function %s: rules may not call it", at.Location, name)
}
