package lang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Block gives the address of the block behind an instance: mapping.all of mapping.all["dbo.T"]. Keys of the modules
// around it stay. It reports false where the address has no key of its own.
func Block(address string) (string, bool) {
	end := -1 // where the brackets of the last name begin
	for i := 0; i < len(address); i++ {
		switch address[i] {
		case '.':
			end = -1
		case '[':
			if end < 0 {
				end = i
			}
			key, err := strconv.QuotedPrefix(address[i+1:])
			if err != nil {
				return address[:end], true
			}
			i += len(key) + 1
		}
	}
	if end < 0 {
		return address, false
	}
	return address[:end], true
}

// Within reports whether an address is the other one, an instance of it, or stands in the module that it names.
func Within(outer, address string) bool {
	rest, ok := strings.CutPrefix(address, outer)
	return ok && (rest == "" || rest[0] == '[' || rest[0] == '.')
}

// keyed is an address with a key behind it.
func keyed(address, key string) string { return fmt.Sprintf("%s[%q]", address, key) }

// keysOf splits what stands behind a name: ["a"]["b"].
func keysOf(text string) (name string, keys []string) {
	name, rest, found := strings.Cut(text, "[")
	for found {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return name, keys
		}
		key, err := strconv.Unquote(quoted)
		if err != nil {
			return name, keys
		}
		keys = append(keys, key)
		rest, found = strings.CutPrefix(rest[len(quoted):], "][")
	}
	return name, keys
}

// addressOf writes the address of a mapping or module that a reference names: module.x["k"].mapping.patient["T"].
func addressOf(t hcl.Traversal) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(t); {
		word, isName := nameAt(t, i)
		name, ok := nameAt(t, i+1)
		if !isName || !ok || word != "module" && word != "mapping" || !hclsyntax.ValidIdentifier(name) {
			return "", false
		}
		if i > 0 {
			out.WriteByte('.')
		}
		out.WriteString(word + "." + name)
		most := map[string]int{"module": 1, "mapping": 2}[word]
		for i += 2; i < len(t); i++ {
			index, ok := t[i].(hcl.TraverseIndex)
			if !ok {
				break
			}
			if most--; most < 0 || index.Key.Type() != cty.String || !index.Key.IsKnown() || index.Key.IsNull() {
				return "", false
			}
			fmt.Fprintf(&out, "[%q]", index.Key.AsString())
		}
		if word == "mapping" {
			return out.String(), i == len(t)
		}
	}
	return out.String(), len(t) > 0
}

// nameAt is the name at one place of a reference, not in brackets.
func nameAt(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	switch s := t[i].(type) {
	case hcl.TraverseRoot:
		return s.Name, true
	case hcl.TraverseAttr:
		return s.Name, true
	}
	return "", false
}

// isModule reports whether an address names a module and not a mapping.
func isModule(address string) bool {
	block, _ := Block(address)
	steps := strings.Split(block, ".")
	return len(steps) > 1 && steps[len(steps)-2] == "module"
}
