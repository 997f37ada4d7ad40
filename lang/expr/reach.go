package expr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
)

// Reach says that a column or a lookup's values get into a result, or decide it.
type Reach struct {
	Column string // of the row, as Columns names it; "" for a lookup
	Lookup string
	By     Protection // of the least protected way
}

// Protection is what happened to a value on its way. Method is a word of the policies' document, "" for nothing that
// would hide the value.
type Protection struct {
	Method   string // hash, generalise, truncate, hmac, redact
	Keyed    bool
	Key      string // the name of the key
	KeepLast int
	Band     string
}

// strength orders protections: a later one leaves less of the value.
func (p Protection) strength() int {
	return slices.Index([]string{"", "hash", "generalise", "truncate", "hmac", "redact"}, p.Method)
}

// root is what a value comes from.
type root struct{ column, lookup string }

// flow is what reaches an expression, each with the weakest protection.
type flow map[root]Protection

// add joins what reaches another part of an expression: of two ways the less protected counts.
func (f flow) add(o flow) flow {
	for r, p := range o {
		have, ok := f[r]
		if !ok || p.strength() < have.strength() || p.strength() == have.strength() && p.Key < have.Key {
			f[r] = p
		}
	}
	return f
}

// under puts a protection over all that reaches an expression. Of two on one way the stronger counts.
func (f flow) under(p Protection) flow {
	for r, have := range f {
		if p.strength() > have.strength() {
			f[r] = p
		}
	}
	return f
}

// reaches walks a checked tree. A condition reaches the result as its values do: who sees the result learns about it.
func (w *world) reaches(tree *celast.AST) []Reach {
	f := w.flow(tree.Expr(), nil)
	out := make([]Reach, 0, len(f))
	for r, p := range f {
		out = append(out, Reach{Column: r.column, Lookup: r.lookup, By: p})
	}
	slices.SortFunc(out, func(a, b Reach) int { return cmp.Or(cmp.Compare(a.Lookup, b.Lookup), cmp.Compare(a.Column, b.Column)) })
	return out
}

func (w *world) flow(e celast.Expr, locals map[string]flow) flow {
	switch e.Kind() {
	case celast.IdentKind:
		return flow{}.add(locals[strings.TrimPrefix(e.AsIdent(), ".")])
	case celast.SelectKind:
		return w.selected(e.AsSelect(), locals)
	case celast.CallKind:
		return w.calling(e.AsCall(), locals)
	case celast.ListKind:
		return w.flows(e.AsList().Elements(), locals)
	case celast.MapKind:
		all := flow{}
		for _, x := range e.AsMap().Entries() {
			all.add(w.flow(x.AsMapEntry().Key(), locals)).add(w.flow(x.AsMapEntry().Value(), locals))
		}
		return all
	case celast.ComprehensionKind:
		return w.looped(e.AsComprehension(), locals)
	}
	return flow{}
}

func (w *world) flows(parts []celast.Expr, locals map[string]flow) flow {
	all := flow{}
	for _, x := range parts {
		all.add(w.flow(x, locals))
	}
	return all
}

func (w *world) selected(s celast.SelectExpr, locals map[string]flow) flow {
	of := s.Operand()
	if of.Kind() != celast.IdentKind {
		return w.flow(of, locals)
	}
	name := strings.TrimPrefix(of.AsIdent(), ".")
	if local, ok := locals[name]; ok {
		return flow{}.add(local)
	}
	switch name {
	case w.row():
		return flow{root{column: s.FieldName()}: {}}
	case "lookup":
		return flow{root{lookup: s.FieldName()}: {}}
	}
	return flow{}
}

func (w *world) calling(call celast.CallExpr, locals map[string]flow) flow {
	all := w.flows(call.Args(), locals)
	if call.IsMemberFunction() {
		all.add(w.flow(call.Target(), locals))
	}
	f := w.library[strings.TrimPrefix(call.FunctionName(), ".")]
	if f.Protects == nil {
		return all
	}
	p := Protection{Method: f.Protects.Method, Keyed: f.Protects.Keyed, KeepLast: f.Protects.KeepLast, Band: f.Protects.Band}
	if key := call.Args()[0]; p.Keyed && isKey(key) {
		p.Key = key.AsSelect().FieldName()
	}
	return all.under(p)
}

// looped takes everything in a loop for a part of its result, and goes round until nothing new comes in.
func (w *world) looped(c celast.ComprehensionExpr, locals map[string]flow) flow {
	all := w.flow(c.IterRange(), locals)
	inner := maps.Clone(locals)
	if inner == nil {
		inner = map[string]flow{}
	}
	inner[c.IterVar()] = flow{}.add(all)
	if c.HasIterVar2() {
		inner[c.IterVar2()] = flow{}.add(all)
	}
	all.add(w.flow(c.AccuInit(), locals))
	for {
		before := maps.Clone(all)
		inner[c.AccuVar()] = flow{}.add(all)
		all.add(w.flows([]celast.Expr{c.LoopCondition(), c.LoopStep(), c.Result()}, inner))
		if maps.Equal(before, all) {
			return all
		}
	}
}
