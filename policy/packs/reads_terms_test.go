package packs_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// env is what the variables of a body stand for.
type env map[ast.Var]*value

// body reads a body twice, as a variable may be bound behind the place where it is used.
func (r *reader) body(b ast.Body, e env) {
	for range 2 {
		for _, x := range b {
			r.expr(x, e)
		}
	}
}

func (r *reader) expr(x *ast.Expr, e env) {
	if len(x.With) > 0 {
		r.unknown("%s uses with", x)
	}
	switch terms := x.Terms.(type) {
	case *ast.Term:
		r.term(terms, e)
	case []*ast.Term:
		r.calls(x, terms, e)
	case *ast.Every:
		domain := r.term(terms.Domain, e)
		inner := maps.Clone(e)
		if terms.Key != nil {
			r.bind(terms.Key, domain.names(), inner)
		}
		r.bind(terms.Value, r.read(domain.members()), inner)
		r.body(terms.Body, inner)
	case *ast.Not:
		r.body(terms.Body, maps.Clone(e))
	default:
		r.unknown("%s is no expression that is known", x)
	}
}

// calls reads the call of an operator or a function. One more term than it takes is where its answer goes.
func (r *reader) calls(x *ast.Expr, terms []*ast.Term, e env) {
	name := terms[0].Value.String()
	args := terms[1:]
	if name == "eq" || name == "assign" {
		r.bind(args[0], r.term(args[1], e), e)
		r.bind(args[1], r.term(args[0], e), e)
		return
	}
	arity := r.arity(name)
	if arity < 0 || len(args) < arity {
		r.unknown("%s calls %s", x, name)
		return
	}
	var values []*value
	for _, a := range args[:arity] {
		values = append(values, r.term(a, e))
	}
	answer := r.answer(name, args, values, e)
	if len(args) > arity {
		r.bind(args[arity], answer, e)
	}
}

func (r *reader) arity(name string) int {
	if m, rule := r.function(name); m != nil {
		for _, x := range m.Rules {
			if nameOf(x) == rule {
				return len(x.Head.Args)
			}
		}
	}
	if b := ast.BuiltinMap[name]; b != nil {
		return len(b.Decl.FuncArgs().Args)
	}
	return -1
}

func (r *reader) function(name string) (*ast.Module, string) {
	i := strings.LastIndex(name, ".")
	if i < 0 || !strings.HasPrefix(name, "data.") {
		return nil, ""
	}
	return r.modules[name[:i]], name[i+1:]
}

// Functions that answer with a text, a number or whether something is so, of whatever they are given.
var scalar = []string{
	"count", "sum", "max", "min", "sprintf", "concat", "contains", "startswith", "endswith", "lower", "upper", "trim_space",
	"substring", "trim_prefix", "trim_suffix", "regex.match", "regex.replace", "type_name", "to_number", "time.parse_rfc3339_ns", "time.date", "semver.compare",
	"is_string", "is_number", "is_boolean", "is_array", "is_object", "is_set", "is_null", "split", "numbers.range",
	"equal", "neq", "lt", "lte", "gt", "gte", "plus", "mul", "div", "rem", "abs", "ceil", "floor", "round",
}

// Functions that answer with members of what they are given, or all of it.
var handing = []string{"object.union", "array.concat", "or", "and", "minus", "sort", "array.slice", "array.reverse"}

func (r *reader) answer(name string, args []*ast.Term, values []*value, e env) *value {
	m, rule := r.function(name)
	switch {
	case name == handedOver:
		return nil
	case m != nil:
		return r.call(m, rule, values)
	case slices.Contains(scalar, name):
		return nil
	case slices.Contains(handing, name):
		return merged(values...)
	}
	switch name {
	case "internal.member_2":
		r.bind(args[0], r.read(values[1].members()), e)
		return nil
	case "internal.member_3":
		r.bind(args[0], values[2].names(), e)
		r.bind(args[1], r.read(values[2].members()), e)
		return nil
	case "object.get":
		return merged(r.read(r.under(values[0], args[1], e)), values[2])
	case "object.filter", "object.remove":
		return merged(values[0], &value{keys: values[1].names()})
	case "object.keys":
		return setOf(values[0].names())
	case "union":
		return values[0].members()
	case "json.match_schema":
		r.read(at("*"))
		return nil
	}
	return r.unknown("what %s hands on is not known", name)
}

// under is the member of v that a name or an array of names tells.
func (r *reader) under(v *value, key *ast.Term, e env) *value {
	switch k := key.Value.(type) {
	case ast.String:
		return v.member(string(k))
	case *ast.Array:
		for i := range k.Len() {
			v = r.under(v, k.Elem(i), e)
		}
		return v
	case ast.Var:
		return r.chosen(v, k, e)
	}
	return v.members()
}

// bind lets the variables of a term stand for what v is.
func (r *reader) bind(t *ast.Term, v *value, e env) {
	switch t := t.Value.(type) {
	case ast.Var:
		if v != nil {
			e[t] = merged(e[t], v)
		}
	case *ast.Array:
		for i := range t.Len() {
			r.bind(t.Elem(i), v.members(), e)
		}
	case ast.Object:
		t.Foreach(func(k, m *ast.Term) { r.bind(m, r.read(r.under(v, k, e)), e) })
	}
}

func (r *reader) term(t *ast.Term, e env) *value {
	switch t := t.Value.(type) {
	case ast.Var:
		if t.Equal(ast.InputRootDocument.Value) {
			return at("")
		}
		return e[t]
	case ast.String:
		return &value{texts: map[string]bool{string(t): true}}
	case ast.Ref:
		return r.read(r.ref(t, e))
	case *ast.Array:
		out := &value{}
		t.Foreach(func(m *ast.Term) { out.any = merged(out.any, r.term(m, e)) })
		return out
	case ast.Set:
		out := &value{}
		t.Foreach(func(m *ast.Term) { out.any = merged(out.any, r.term(m, e)) })
		return setOf(out.any)
	case ast.Object:
		var out *value
		t.Foreach(func(k, m *ast.Term) { out = merged(out, r.item(k, m, e)) })
		return out
	case *ast.SetComprehension:
		inner := maps.Clone(e)
		r.body(t.Body, inner)
		return setOf(r.term(t.Term, inner))
	case *ast.ArrayComprehension:
		inner := maps.Clone(e)
		r.body(t.Body, inner)
		return &value{any: r.term(t.Term, inner)}
	case *ast.ObjectComprehension:
		inner := maps.Clone(e)
		r.body(t.Body, inner)
		return r.item(t.Key, t.Value, inner)
	case ast.Call:
		return r.unknown("%v is a call in a term", t)
	}
	return nil
}

func (r *reader) item(k, m *ast.Term, e env) *value {
	v := r.term(m, e)
	if s, ok := k.Value.(ast.String); ok {
		return &value{named: map[string]*value{string(s): v}}
	}
	return &value{any: v, keys: r.term(k, e)}
}

// ref goes along a reference, and binds the variables of its steps.
func (r *reader) ref(ref ast.Ref, e env) *value {
	v, rest := r.start(ref, e)
	for _, step := range rest {
		switch s := step.Value.(type) {
		case ast.String:
			v = v.member(string(s))
		case ast.Var:
			v = r.chosen(v, s, e)
		default:
			r.term(step, e)
			v = v.members()
		}
	}
	return v
}

// chosen is the member that a variable chooses: one of the texts it stands for, where it stands for nothing else, or any.
func (r *reader) chosen(v *value, by ast.Var, e env) *value {
	if have := e[by]; have != nil && len(have.texts) > 0 && len(have.paths) == 0 {
		var out *value
		for name := range have.texts {
			out = merged(out, v.member(name))
		}
		return out
	}
	if names := v.names(); names != nil {
		e[by] = merged(e[by], names)
	}
	return v.members()
}

// start is what the head of a reference stands for: the document, a variable, or the rule with the longest path.
func (r *reader) start(ref ast.Ref, e env) (*value, ast.Ref) {
	switch {
	case ref[0].Equal(ast.InputRootDocument):
		return at(""), ref[1:]
	case !ref[0].Equal(ast.DefaultRootDocument):
		return r.term(ref[0], e), ref[1:]
	}
	for n := len(ref) - 1; n > 1; n-- {
		if m := r.modules[ref[:n].String()]; m != nil {
			if s, ok := ref[n].Value.(ast.String); ok {
				return r.rule(m, string(s)), ref[n+1:]
			}
		}
	}
	if strings.HasPrefix(ref.String(), "data.migrateiq.packs") || strings.HasPrefix(ref.String(), "data.migrateiq.lib") {
		return r.unknown("%s is no rule that is known", ref), nil
	}
	for _, step := range ref[1:] {
		r.term(step, e)
	}
	return nil, nil
}
