package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// What rules may not call: it reaches out of the document, or gives another answer the next time.
var forbidden = []string{
	"http.send", "net.lookup_ip_addr", "opa.runtime", "time.now_ns", "rand.intn", "uuid.rfc4122", "rego.parse_module",
	"trace", "print", "internal.print",
}

// capabilities are those of this OPA without what is forbidden and without whatever OPA itself calls nondeterministic.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool {
		return b.Nondeterministic || slices.Contains(forbidden, b.Name) || strings.HasPrefix(b.Name, "providers.")
	})
	c.AllowNet = []string{}
	return c
}
