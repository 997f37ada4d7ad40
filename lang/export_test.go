package lang

import "maps"

// FunctionNames are all that an expression may call.
func FunctionNames() []string {
	var all []string
	for name := range maps.Keys(functions(newSecretType())) {
		all = append(all, name)
	}
	return all
}
