package rego

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/types"
)

// native is a function in Go that stands in for one of the library which looks at every field of a plan: in Rego they take
// most of the time of a review. The library is whole without them, for whoever asks its rules in another way.
type native struct {
	pkg, name string // of the library's function
	args      []string
	answer    func(args []*ast.Term) (*ast.Term, error)
}

func natives() []native {
	document := documentShape()
	return []native{
		{"data.migrateiq.lib.schema", "agrees", []string{"document"}, func(args []*ast.Term) (*ast.Term, error) {
			return ast.InternedTerm(document.fits(args[0].Value)), nil
		}},
		{"data.migrateiq.lib.facts", "lacking", []string{"doc", "paths"}, func(args []*ast.Term) (*ast.Term, error) {
			facts, err := factsOf(args[1])
			return lacking(args[0], facts), err
		}},
		{"data.migrateiq.lib.facts", "gaps", []string{"subjects", "paths"}, func(args []*ast.Term) (*ast.Term, error) {
			subjects, isObject := args[0].Value.(ast.Object)
			if !isObject {
				return nil, errors.New("the subjects are no object")
			}
			facts, err := factsOf(args[1])
			return gaps(subjects, facts), err
		}},
	}
}

func (n native) builtin() *opa.Function {
	args := make([]types.Type, len(n.args))
	for i := range args {
		args[i] = types.A
	}
	return &opa.Function{Name: root + "." + n.name, Decl: types.NewFunction(args, types.A)}
}

// option gives the function to a query.
func (n native) option() func(*opa.Rego) {
	return opa.FunctionDyn(n.builtin(), func(_ opa.BuiltinContext, args []*ast.Term) (*ast.Term, error) { return n.answer(args) })
}

// declared are the functions as a compiler knows them.
func declared(all []native) map[string]*ast.Builtin {
	out := map[string]*ast.Builtin{}
	for _, n := range all {
		b := n.builtin()
		out[b.Name] = &ast.Builtin{Name: b.Name, Decl: b.Decl}
	}
	return out
}

// into has the rules of the library call the function instead of its own.
func (n native) into(lib Source) error {
	args := strings.Join(n.args, ", ")
	call, err := ast.ParseRule(fmt.Sprintf("%s(%s) := %s(%s) if true", n.name, args, n.builtin().Name, args))
	if err != nil {
		return fmt.Errorf("read the packs: %w", err)
	}
	for _, m := range lib.modules {
		if m.Package.Path.String() == n.pkg {
			call.Module = m
			m.Rules = append(slices.DeleteFunc(m.Rules, func(r *ast.Rule) bool { return r.Head.Ref().String() == n.name }), call)
			return nil
		}
	}
	return fmt.Errorf("read the packs: there is no %s", n.pkg)
}

// fact is a path of the library, as its function facts.path reads one.
type fact struct {
	name              *ast.Term
	first, then, last *ast.Array
	each              ast.Boolean // of every member of what is at first; where last has keys, of every member of what is at then
	null              ast.Boolean // whether null is an answer
	none              ast.Boolean // whether null is one in the place of the last list
}

var errNoPaths = errors.New("the paths are no set of those that facts.path gives")

func factsOf(paths *ast.Term) ([]fact, error) {
	all, isSet := paths.Value.(ast.Set)
	if !isSet {
		return nil, errNoPaths
	}
	out := make([]fact, 0, all.Len())
	for _, p := range all.Slice() {
		var f fact
		ok := read(p, "first", &f.first) && read(p, "then", &f.then) && read(p, "last", &f.last) &&
			read(p, "each", &f.each) && read(p, "null_is_answer", &f.null) && read(p, "none_is_answer", &f.none)
		if f.name = p.Get(ast.InternedTerm("name")); !ok || f.name == nil {
			return nil, errNoPaths
		}
		out = append(out, f)
	}
	return out, nil
}

// read puts a member of an object into a value of its type.
func read[T any](object *ast.Term, name string, to *T) (ok bool) {
	if member := object.Get(ast.InternedTerm(name)); member != nil {
		*to, ok = member.Value.(T)
	}
	return ok
}

// lacking names those facts that doc does not hold.
func lacking(doc *ast.Term, facts []fact) *ast.Term {
	out := ast.NewSet()
	for _, f := range facts {
		if !f.stated(doc) {
			out.Add(f.name)
		}
	}
	return ast.NewTerm(out)
}

func (f fact) stated(doc *ast.Term) bool {
	v := at(doc, f.first)
	switch {
	case !bool(f.each):
		return f.answered(v)
	case f.last.Len() == 0:
		return f.noList(v) || allObjects(v, func(m *ast.Term) bool { return f.answered(at(m, f.then)) })
	}
	return allObjects(v, func(m *ast.Term) bool {
		list := at(m, f.then)
		return f.noList(list) || allObjects(list, func(m *ast.Term) bool { return f.answered(at(m, f.last)) })
	})
}

// noList says that there is none, where that is an answer.
func (f fact) noList(v *ast.Term) bool {
	return bool(f.none) && v != nil && v.Value.Compare(ast.NullValue) == 0
}

// allObjects says that v is a collection, and each member of it an object for which ok holds.
func allObjects(v *ast.Term, ok func(*ast.Term) bool) bool {
	if v == nil {
		return false
	}
	bad := func(member *ast.Term) bool {
		_, isObject := member.Value.(ast.Object)
		return !isObject || !ok(member)
	}
	switch members := v.Value.(type) {
	case ast.Object:
		return !members.Until(func(_, member *ast.Term) bool { return bad(member) })
	case *ast.Array:
		return !members.Until(bad)
	}
	return false
}

func (f fact) answered(v *ast.Term) bool {
	if v == nil {
		return false
	}
	_, null := v.Value.(ast.Null)
	return bool(f.null) || !null
}

// at follows keys into a value, to nil where one leads nowhere.
func at(v *ast.Term, keys *ast.Array) *ast.Term {
	for i := 0; v != nil && i < keys.Len(); i++ {
		v = v.Get(keys.Elem(i))
	}
	return v
}

// gaps gives for each fact that is not stated of every subject the addresses of those that lack it.
func gaps(subjects ast.Object, facts []fact) *ast.Term {
	out := ast.NewObject()
	for _, f := range facts {
		ids := ast.NewSet()
		subjects.Foreach(func(id, doc *ast.Term) {
			if _, isObject := doc.Value.(ast.Object); !isObject || !f.stated(doc) {
				ids.Add(id)
			}
		})
		if ids.Len() > 0 {
			out.Insert(f.name, ast.NewTerm(ids))
		}
	}
	return ast.NewTerm(out)
}
