package lang

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// call is one instance of a `module` block.
type call struct {
	of        string // the block for messages
	header    hcl.Range
	key       string // of for_each
	source    string // as the block writes it
	folder    *loader
	arguments map[string]argument
}

// argument is a value that a module is handed.
type argument struct {
	value  cty.Value
	at     hcl.Range
	name   hcl.Range
	broken bool
}

// callArguments are the attributes of a module block that are no variables of the module.
func callArguments() []string {
	return []string{"source", "for_each", "depends_on", "version", "providers", "count"}
}

// module is the address of the module instance that is being read, "" for the root.
func (l *loader) module() string { return strings.TrimSuffix(l.prefix, ".") }

// callModule reads the module of a block, once for each instance, and gives what `module.NAME` stands for.
func (l *loader) callModule(b *hclsyntax.Block) cty.Value {
	address := "module." + b.Labels[0]
	dir, ok := l.sourceOf(b)
	ok = l.expand(address, b) && ok
	if !ok {
		l.broken = append(l.broken, l.prefix+address)
		return cty.DynamicVal
	}
	instances := make(map[string]cty.Value)
	l.forEach(address, b, func(suffix string) {
		c := &call{of: object(b), header: header(b), source: l.relative(dir), arguments: l.arguments(b)}
		if l.current != nil {
			c.key = l.current.key
		}
		instances[c.key] = l.enter(c, dir, address+suffix, l.needsOf(b))
		l.calls[b.Labels[0]] = append(l.calls[b.Labels[0]], c)
	})
	if b.Body.Attributes["for_each"] == nil {
		return instances[""]
	}
	return cty.ObjectVal(instances)
}

// enter reads the folder of one instance and gives its outputs.
func (l *loader) enter(c *call, dir, address string, wants needs) cty.Value {
	m := l.reading.folder(dir)
	m.caller, m.prefix, m.needs = c, l.prefix+address+".", wants
	m.up = l
	c.folder = m
	names, err := l.opt.ReadDir(dir)
	slices.Sort(names)
	if err != nil || !slices.ContainsFunc(names, isConfiguration) || !m.parse(names) {
		l.broken = append(l.broken, l.prefix+address)
		return cty.DynamicVal
	}
	l.instances[l.prefix+address] = false
	m.begin(names)
	return m.outputValues(func(r *result) cty.Value { return r.value })
}

// sourceOf gives the folder of a module.
func (l *loader) sourceOf(b *hclsyntax.Block) (string, bool) {
	of := object(b)
	for _, inner := range b.Body.Blocks {
		l.fail("unknown-block", inner.TypeRange, of, "Unknown block", fmt.Sprintf("A block module holds lines NAME = VALUE only, and no block %s.", inner.Type))
	}
	l.notArguments(b)
	attr := b.Body.Attributes["source"]
	if attr == nil {
		l.fail("missing-attribute", header(b), of, "Missing attribute", `The block module needs "source": write source = "./modules/NAME".`)
		return "", false
	}
	v, ok := l.eval(of, attr.Expr, inPaths())
	if !ok || !v.IsKnown() {
		return "", false
	}
	at := attr.Expr.Range()
	if v.IsMarked() || v.IsNull() || v.Type() != cty.String || v.AsString() == "" {
		l.fail("invalid-value", at, of, "Invalid value", `"source" takes the path of a folder: write source = "./modules/NAME".`)
		return "", false
	}
	text := v.AsString()
	if !strings.HasPrefix(text, "./") && !strings.HasPrefix(text, "../") && text != "." && text != ".." {
		l.later(at, of, "A module that is not a folder beside this one", "Copy it here, and name the folder with ./ or ../ before it.")
		return "", false
	}
	dir := filepath.Join(l.dir, filepath.FromSlash(text))
	return dir, l.enterable(dir, at, of)
}

// notArguments reports what a module of another tool may have and one of ours has not.
func (l *loader) notArguments(b *hclsyntax.Block) {
	for name, detail := range map[string]string{
		"count":     `A module has no "count": write for_each, which gives every instance a name.`,
		"providers": `A module has no "providers": hand it a source or target by a variable of that type.`,
		"version":   `A module in a folder has no "version". Remove it.`,
	} {
		if a := b.Body.Attributes[name]; a != nil {
			l.fail("unknown-attribute", a.NameRange, object(b), "Unknown attribute", detail)
		}
	}
}

// enterable checks that a folder holds a module, and not one that is being read already.
func (l *loader) enterable(dir string, at hcl.Range, of string) bool {
	path := []string{l.relative(dir)}
	for up := l; up != nil; up = up.up {
		path = append(path, up.relative(up.dir))
		if same(up.dir, dir) || len(path) > deepestModule {
			slices.Reverse(path)
			l.fail("module-cycle", at, of, "Modules in a circle",
				fmt.Sprintf("The module calls itself: %s. Take one of the calls out.", strings.Join(path, " -> ")))
			return false
		}
	}
	names, err := l.opt.ReadDir(dir)
	if err != nil {
		l.fail("module-not-found", at, of, "Module not found", fmt.Sprintf("The folder %s cannot be read: %s.", l.relative(dir), reason(err)))
		return false
	}
	if !slices.ContainsFunc(names, isConfiguration) {
		l.fail("module-not-found", at, of, "Module not found", fmt.Sprintf("The folder %s holds no file *.miq.hcl or *.miq.json.", l.relative(dir)))
		return false
	}
	return true
}

// deepestModule ends modules in modules that go on through links between folders.
const deepestModule = 50

func same(a, b string) bool {
	x, err := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err == nil && err2 == nil && x == y
}

// arguments evaluates what the block hands to the module.
func (l *loader) arguments(b *hclsyntax.Block) map[string]argument {
	all := make(map[string]argument)
	for _, a := range inOrder(b.Body.Attributes) {
		if slices.Contains(callArguments(), a.Name) {
			continue
		}
		v, ok := l.eval(object(b), a.Expr, inArguments())
		all[a.Name] = argument{value: v, at: a.Expr.Range(), name: a.NameRange, broken: !ok || !v.IsWhollyKnown()}
	}
	return all
}

// take gives the variables of a module the values that it was handed.
func (l *loader) take() {
	var have []string
	for name, v := range l.vars {
		have = append(have, name)
		a, handed := l.caller.arguments[name]
		switch {
		case slices.Contains(callArguments(), name):
			l.fail("invalid-name", v.header, v.of, "Invalid name", fmt.Sprintf("%q means something else in the block module, so that no value could be handed to this variable. Give it another name.", name))
			v.broken = true
		case !handed:
		case a.broken:
			v.broken = true
		default:
			l.hand(v, a)
		}
	}
	slices.Sort(have)
	for name, a := range l.caller.arguments {
		if l.vars[name] == nil {
			detail := fmt.Sprintf("The module %s has no variable %q.", l.caller.source, name)
			if s := diag.Suggest(name, have); s != "" {
				detail += s
			} else if len(have) > 0 && len(have) <= 8 {
				detail += " It has " + every(have) + "."
			}
			l.fail("unknown-variable", a.name, l.caller.of, "Unknown variable", detail)
		}
	}
}

// hand makes a value the variable's. What is sensitive or ephemeral outside is so in the module.
func (l *loader) hand(v *variable, a argument) {
	v.sensitive = v.sensitive || a.value.ContainsMarked()
	v.ephemeral = v.ephemeral || marked(a.value, ephemeral)
	at := a.at
	if v.sensitive {
		at = l.caller.header // the line of the value would be printed
	}
	bare, _ := a.value.UnmarkDeep()
	l.give(v, bare, at, "the call of the module")
}

// missing reports a variable of the module that the call leaves out.
func (c *call) missing(v *variable) {
	v.l.fail("missing-variable", c.header, c.of, "Variable without a value",
		fmt.Sprintf("The module %s needs %q, which has no default: write %s = ...", c.source, v.name, v.name))
}

// outputNamed checks module.NAME.OUTPUT and module.NAME["KEY"].OUTPUT.
func (l *loader) outputNamed(of string, t hcl.Traversal, s sight) {
	name, ok := step(t, 1)
	if !ok {
		l.fail("invalid-reference", t.SourceRange(), of, "Invalid reference", "The output of a module is written module.NAME.OUTPUT.")
		return
	}
	b := l.block("module", name)
	if b == nil {
		var have []string
		for _, b := range l.blocks["module"] {
			have = append(have, b.Labels[0])
		}
		l.unknownName(of, t, "unknown-module", "module", name, have)
		return
	}
	at := 2
	calls := l.calls[name]
	if b.Body.Attributes["for_each"] != nil {
		l.keyNamed(of, t, at, "module."+name)
		key, _ := step(t, at)
		calls = slices.DeleteFunc(slices.Clone(calls), func(c *call) bool { return c.key != key })
		at++
	}
	asked, ok := step(t, at)
	if !ok || len(calls) == 0 || calls[0].folder.scope == nil {
		return
	}
	results := calls[0].folder.results
	r := results[asked]
	switch {
	case r == nil:
		var have []string
		for n := range results {
			have = append(have, n)
		}
		slices.Sort(have)
		l.unknownName(of, t, "unknown-output", "output of the module "+calls[0].source, asked, have)
	case r.after && !s.outputs:
		l.fail("invalid-reference", t.SourceRange(), of, "Value that is not known yet", afterApply)
	}
}

// asksLater reports whether an expression asks a module for something that is known after an apply.
func (l *loader) asksLater(e hclsyntax.Expression) bool {
	return slices.ContainsFunc(e.Variables(), func(t hcl.Traversal) bool {
		if t.RootName() != "module" {
			return false
		}
		name, _ := step(t, 1)
		for _, c := range l.calls[name] {
			for _, r := range c.folder.results {
				if r.after {
					return true
				}
			}
		}
		return false
	})
}
