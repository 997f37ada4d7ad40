package packs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reader finds what a rule reads of the document, in its compiled tree and in all that the tree asks: other rules of its
// package, and rules and functions of the packages that it imports, each call with what it is called with.
//
// A path is the names of members with dots between; `*` stands for every member, where a variable chooses one. Followed are
// variables however they are bound (some, every, :=, =, arguments, answers of functions), members of what rules and
// comprehensions build (sets, arrays, objects; members under names that are not fixed are taken together), what built-in
// functions hand on, and names that a rule chooses from a list of its own. All rules of one name and every else count, whatever their conditions. Any other name that
// a rule computes is not known: a path goes on with `*` there. Not followed is verdicts.of below its arguments: it reads the facts that the
// annotation names, and what waivers need. What a rule does that is not known here is in odd.
type reader struct {
	modules map[string]*ast.Module // by package
	found   map[string]bool
	known   map[string]*value // of rules without arguments
	odd     []string
	depth   int
}

const handedOver = "data.migrateiq.lib.verdicts.of"

// value is what a term may be: the paths of the document that it may stand for, and what it holds where a rule built it.
type value struct {
	paths map[string]bool
	named map[string]*value // members under a fixed name
	any   *value            // members under others
	keys  *value            // what the names may be: the members, of a set
	texts map[string]bool   // texts that the rule itself names
}

func at(path string) *value { return &value{paths: map[string]bool{path: true}} }

func join(path, step string) string { return strings.TrimPrefix(path+"."+step, ".") }

func merged(all ...*value) *value {
	out := &value{paths: map[string]bool{}, named: map[string]*value{}, texts: map[string]bool{}}
	for _, v := range all {
		if v == nil {
			continue
		}
		maps.Copy(out.paths, v.paths)
		maps.Copy(out.texts, v.texts)
		for name, m := range v.named {
			if have := out.named[name]; have != nil {
				m = merged(have, m)
			}
			out.named[name] = m
		}
		if v.any != nil {
			out.any = merged(out.any, v.any)
		}
		if v.keys != nil {
			out.keys = merged(out.keys, v.keys)
		}
	}
	return out
}

func (v *value) member(name string) *value {
	if v == nil {
		return nil
	}
	out := merged(v.named[name], v.any)
	for p := range v.paths {
		out.paths[join(p, name)] = true
	}
	return out
}

func (v *value) members() *value {
	if v == nil {
		return nil
	}
	out := merged(v.any)
	for _, m := range v.named {
		out = merged(out, m)
	}
	for p := range v.paths {
		out.paths[join(p, "*")] = true
	}
	return out
}

func (v *value) names() *value {
	if v == nil {
		return nil
	}
	return v.keys
}

func setOf(v *value) *value { return &value{any: v, keys: v} }

func readerOf(all map[string]*ast.Module) *reader {
	r := &reader{modules: map[string]*ast.Module{}}
	for p, m := range all {
		if !strings.HasSuffix(p, "_test.rego") {
			r.modules[m.Package.Path.String()] = m
		}
	}
	return r
}

// reads gives the paths that a rule reads, and what it does that is not followed.
func (r *reader) reads(pkg, rule string) (paths, odd []string) {
	r.found, r.known, r.odd = map[string]bool{}, map[string]*value{}, nil
	r.rule(r.modules[pkg], rule)
	return slices.Sorted(maps.Keys(r.found)), r.odd
}

func (r *reader) read(v *value) *value {
	if v != nil {
		maps.Copy(r.found, v.paths)
	}
	return v
}

func (r *reader) unknown(format string, args ...any) *value {
	r.odd = append(r.odd, fmt.Sprintf(format, args...))
	return nil
}

// rule is the value of all rules of a name in a package.
func (r *reader) rule(m *ast.Module, name string) *value {
	key := m.Package.Path.String() + "." + name
	if v, ok := r.known[key]; ok {
		return v
	}
	r.known[key] = nil
	var out *value
	for _, rule := range m.Rules {
		if nameOf(rule) != name {
			continue
		}
		for ; rule != nil; rule = rule.Else {
			e := env{}
			r.body(rule.Body, e)
			out = merged(out, r.head(rule, e))
		}
	}
	r.known[key] = out
	return out
}

func nameOf(rule *ast.Rule) string {
	ref := rule.Head.Ref()
	if s, ok := ref[0].Value.(ast.String); ok {
		return string(s)
	}
	return strings.Trim(ref[0].Value.String(), `"`)
}

// head is what one rule adds to the value of its name: `p[k] := v` a member, `p contains v` one of a set.
func (r *reader) head(rule *ast.Rule, e env) *value {
	var v *value
	if rule.Head.Value != nil {
		v = r.term(rule.Head.Value, e)
	}
	steps := rule.Head.Ref()[1:]
	if rule.Head.Key != nil && rule.Head.RuleKind() == ast.MultiValue {
		v = setOf(r.term(rule.Head.Key, e))
	}
	for _, step := range slices.Backward(steps) {
		if s, ok := step.Value.(ast.String); ok {
			v = &value{named: map[string]*value{string(s): v}}
			continue
		}
		v = &value{any: v, keys: r.term(step, e)}
	}
	return v
}

// call is the value of a function of the packs, called with args.
func (r *reader) call(m *ast.Module, name string, args []*value) *value {
	if r.depth++; r.depth > 40 {
		panic("the rules call each other without end")
	}
	defer func() { r.depth-- }()
	var out *value
	for _, rule := range m.Rules {
		if nameOf(rule) != name {
			continue
		}
		head := rule
		for ; rule != nil; rule = rule.Else {
			e := env{}
			params := rule.Head.Args
			if len(params) == 0 {
				params = head.Head.Args
			}
			for i, p := range params {
				r.bind(p, args[i], e)
			}
			r.body(rule.Body, e)
			if rule.Head.Value != nil {
				out = merged(out, r.term(rule.Head.Value, e))
			}
		}
	}
	return out
}
