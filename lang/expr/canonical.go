package expr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// writer writes a checked tree as text: resolved functions with their overloads, constants with their types, variables of loops
// by the place of their loop.
type writer struct {
	tree  *celast.AST
	out   strings.Builder
	names map[string]string
	loops int
}

func canonical(tree *celast.AST, e celast.Expr, names map[string]string) string {
	w := &writer{tree: tree, names: names}
	w.write(e)
	return w.out.String()
}

func (w *writer) write(e celast.Expr) {
	switch e.Kind() {
	case celast.LiteralKind:
		w.out.WriteString(constant(e.AsLiteral()))
	case celast.IdentKind:
		name := strings.TrimPrefix(e.AsIdent(), ".")
		if local, ok := w.names[name]; ok {
			name = local
		}
		w.out.WriteString(name)
	case celast.SelectKind:
		s := e.AsSelect()
		word := "get"
		if s.IsTestOnly() {
			word = "has"
		}
		w.list(word, strconv.Quote(s.FieldName()), s.Operand())
	case celast.CallKind:
		w.call(e)
	case celast.ListKind:
		w.list("list", fmt.Sprint(e.AsList().OptionalIndices()), e.AsList().Elements()...)
	case celast.MapKind:
		w.out.WriteString("(map")
		for _, entry := range e.AsMap().Entries() {
			m := entry.AsMapEntry()
			w.out.WriteByte(' ')
			w.list("entry", strconv.FormatBool(m.IsOptional()), m.Key(), m.Value())
		}
		w.out.WriteByte(')')
	case celast.ComprehensionKind:
		w.loop(e.AsComprehension())
	}
}

func (w *writer) list(word, detail string, parts ...celast.Expr) {
	w.out.WriteString("(" + word)
	if detail != "" {
		w.out.WriteString(" " + detail)
	}
	for _, p := range parts {
		w.out.WriteByte(' ')
		w.write(p)
	}
	w.out.WriteByte(')')
}

func (w *writer) call(e celast.Expr) {
	call := e.AsCall()
	parts := call.Args()
	if call.IsMemberFunction() {
		parts = append([]celast.Expr{call.Target()}, parts...)
	}
	ids := slices.Clone(w.tree.GetOverloadIDs(e.ID()))
	slices.Sort(ids)
	w.list("call", call.FunctionName()+" "+strings.Join(ids, "|"), parts...)
}

func (w *writer) loop(c celast.ComprehensionExpr) {
	w.loops++
	outer := w.names
	inner := make(map[string]string, len(outer)+3)
	for k, v := range outer {
		inner[k] = v
	}
	for i, name := range []string{c.IterVar(), c.IterVar2(), c.AccuVar()} {
		if name != "" {
			inner[name] = fmt.Sprintf("$%d.%d", w.loops, i)
		}
	}
	w.out.WriteString("(loop ")
	w.write(c.IterRange())
	w.out.WriteByte(' ')
	w.write(c.AccuInit())
	w.names = inner
	for _, e := range []celast.Expr{c.LoopCondition(), c.LoopStep(), c.Result()} {
		w.out.WriteByte(' ')
		w.write(e)
	}
	w.names = outer
	w.out.WriteByte(')')
}

func constant(v ref.Val) string {
	switch v := v.(type) {
	case types.String:
		return strconv.Quote(string(v))
	case types.Bytes:
		return "b" + strconv.Quote(string(v))
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10) + "u"
	case types.Double:
		return "d" + strconv.FormatFloat(float64(v), 'g', -1, 64)
	}
	return fmt.Sprint(v.Value())
}
