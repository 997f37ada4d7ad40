package expr

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/containers"
	"github.com/google/cel-go/common/operators"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// names finds what an expression calls by name, says which names there are not, and notes the others.
type names struct {
	*parsed
	*world
	deps  dependencies
	diags diag.List
}

func (n *names) add(code, summary, detail string, start, end int) {
	n.diags.Add(n.diagnose(code, summary, detail, start, end))
}

func (n *names) walk(e celast.Expr, locals []string) {
	switch e.Kind() {
	case celast.IdentKind:
		n.ident(e, locals)
	case celast.SelectKind:
		n.selection(e, locals)
	case celast.CallKind:
		n.call(e, locals)
	case celast.ListKind:
		for _, x := range e.AsList().Elements() {
			n.walk(x, locals)
		}
	case celast.MapKind:
		for _, x := range e.AsMap().Entries() {
			n.walk(x.AsMapEntry().Key(), locals)
			n.walk(x.AsMapEntry().Value(), locals)
		}
	case celast.StructKind:
		start, end := n.span(e)
		n.add("cel-type", "Unknown type", fmt.Sprintf("There is no type %s to make a value of.", e.AsStruct().TypeName()), start, end)
	case celast.ComprehensionKind:
		c := e.AsComprehension()
		n.walk(c.IterRange(), locals)
		n.walk(c.AccuInit(), locals)
		inner := append(slices.Clone(locals), c.IterVar(), c.IterVar2(), c.AccuVar())
		n.walk(c.LoopCondition(), inner)
		n.walk(c.LoopStep(), inner)
		n.walk(c.Result(), inner)
	}
}

// root is the name of one of our objects that e is, or "".
func (n *names) root(e celast.Expr, locals []string) string {
	if e.Kind() != celast.IdentKind {
		return ""
	}
	name := strings.TrimPrefix(e.AsIdent(), ".")
	if slices.Contains(locals, name) {
		return ""
	}
	if _, ok := n.objects[name]; ok {
		return name
	}
	return ""
}

func (n *names) ident(e celast.Expr, locals []string) {
	name := strings.TrimPrefix(e.AsIdent(), ".")
	start, end := n.span(e)
	switch {
	case slices.Contains(locals, name) || strings.HasPrefix(name, "agg_"):
	case name == "out" && n.scope.Out != nil && !n.table:
	case n.root(e, locals) != "":
		n.add("unknown-name", "Name without a member", fmt.Sprintf("%s is not a value of its own. Write %s.<name>.", name, name), start, end)
	case slices.Contains([]string{"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"}, name):
	default:
		n.unknownName(name, start, end)
	}
}

func (n *names) unknownName(name string, start, end int) {
	near := diag.Nearest(name, slices.Sorted(maps.Keys(n.columns)))
	hint := fmt.Sprintf(" An expression sees %s.", strings.Join(n.roots(), ", "))
	if n.table && (name == string(SrcRows) || name == string(RunRows)) {
		n.add("unknown-name", "Row outside of an aggregate", fmt.Sprintf("%s stands for rows, and a check is about all of them. Write agg.count(%s), or agg.sum(...) around %s.<column>.", name, name, name), start, end)
		return
	}
	switch {
	case near != "":
		hint = fmt.Sprintf(" Did you mean \"%s.%s\"?", n.row(), near)
	}
	n.add("unknown-name", "Unknown name", fmt.Sprintf("There is nothing called %q here.%s", name, hint), start, end)
}

func (n *names) roots() []string {
	all := []string{n.row(), "param", "lookup"}
	if len(n.scope.Joins) > 0 {
		all = append(all, "join")
	}
	if n.scope.Out != nil && !n.table {
		all = append(all, "out")
	}
	return all
}

func (n *names) selection(e celast.Expr, locals []string) {
	s := e.AsSelect()
	root := n.root(s.Operand(), locals)
	if root == "" {
		n.walk(s.Operand(), locals)
		return
	}
	start, end := n.span(e)
	if s.IsTestOnly() {
		start, end = n.span(s.Operand())
		end = n.field(n.skip(end))
		path := root + "." + s.FieldName()
		n.add("cel-type", "has() on a column", fmt.Sprintf("has() asks for a member of json; %s is always there. Write has_value(%s) or %s != null.",
			path, path, path), start, end)
		return
	}
	switch root {
	case "join":
		n.add("unknown-name", "A row, not a value", fmt.Sprintf("join.%s is a row of a joined table. Write join.%s.<column>.", s.FieldName(), s.FieldName()), start, end)
	case "param":
		n.param(s.FieldName(), start, end)
	case "lookup":
		n.lookup(s.FieldName(), start, end)
		if _, ok := n.lookups[s.FieldName()]; ok {
			n.add("cel-type", "Lookup without a key", fmt.Sprintf("lookup.%s is a map from keys to values. Write lookup.%s[key], or key in lookup.%s.",
				s.FieldName(), s.FieldName(), s.FieldName()), start, end)
		}
	default:
		if of, ok := n.joined[e.ID()]; ok {
			n.member(of[0], of[1], start, end)
			return
		}
		n.column(s.FieldName(), start, end)
	}
}

// member is a column of a joined row.
func (n *names) member(join, column string, start, end int) {
	if _, ok := n.columns[Joined(join, column)]; ok || n.scope.Offline {
		n.column(Joined(join, column), start, end)
		return
	}
	var all []string
	for _, j := range n.scope.Joins {
		if j.Name != join {
			all = append(all, j.Name)
			continue
		}
		var names []string
		for _, c := range j.Columns {
			names = append(names, c.Name)
		}
		n.add("unknown-column", "Unknown column", fmt.Sprintf("%s, which join %q finds, has no column %q.%s", j.Place, join, column, diag.Suggest(column, names)), start, end)
		return
	}
	hint := diag.Suggest(join, all)
	if hint == "" {
		hint = fmt.Sprintf(" Declare it in the from block: join %q { }.", join)
	}
	n.add("unknown-join", "Unknown join", fmt.Sprintf("There is no join %q.%s", join, hint), start, end)
}

func (n *names) column(name string, start, end int) {
	n.deps.columns[name] = true
	c, ok := n.columns[name]
	if n.scope.Offline {
		return
	}
	if !ok {
		place := n.scope.Place
		if place == "" {
			place = "The table"
		}
		n.add("unknown-column", "Unknown column", fmt.Sprintf("%s has no column %q.%s", place, name,
			diag.Suggest(name, slices.Sorted(maps.Keys(n.columns)))), start, end)
		return
	}
	if _, ok := celType(c.Type); !ok {
		n.add("unknown-type", "Column of an unknown type", fmt.Sprintf("Column %q is of type %s, whose values this version cannot use in an expression.",
			name, firstOf(c.Declared, c.Type.String())), start, end)
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (n *names) param(name string, start, end int) {
	n.deps.params[name] = true
	if _, ok := n.params[name]; ok {
		return
	}
	n.add("unknown-param", "Unknown parameter", fmt.Sprintf("There is no parameter %q in params.%s", name,
		diag.Suggest(name, slices.Sorted(maps.Keys(n.params)))), start, end)
}

func (n *names) lookup(name string, start, end int) {
	n.deps.lookups[name] = true
	if _, ok := n.lookups[name]; ok {
		return
	}
	n.add("unknown-lookup", "Unknown lookup", fmt.Sprintf("There is no lookup %q.%s", name,
		diag.Suggest(name, slices.Sorted(maps.Keys(n.lookups)))), start, end)
}

// lookupName is the name of the lookup that e is.
func (n *names) lookupName(e celast.Expr, locals []string) (string, bool) {
	if e.Kind() != celast.SelectKind || e.AsSelect().IsTestOnly() || n.root(e.AsSelect().Operand(), locals) != "lookup" {
		return "", false
	}
	return e.AsSelect().FieldName(), true
}

func (n *names) call(e celast.Expr, locals []string) {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.Index, operators.In, operators.OptIndex:
		at := 0
		if call.FunctionName() == operators.In {
			at = 1
		}
		if len(args) != 2 {
			break
		}
		if name, ok := n.lookupName(args[at], locals); ok {
			start, end := n.span(args[at])
			n.lookup(name, start, end)
			n.walk(args[1-at], locals)
			return
		}
	}
	if name := call.FunctionName(); name == operators.OptSelect || name == operators.OptIndex {
		if root := n.root(args[0], locals); root != "" {
			start, end := n.span(e)
			n.add("cel-type", "Optional member of a row", fmt.Sprintf("The members of %s are always there; .? and [?] are for json and maps. "+
				"Write has_value(x) or coalesce(x, y) about null.", root), start, end)
			return
		}
	}
	name, qualified := n.function(e, locals)
	if call.IsMemberFunction() && !qualified {
		n.walk(call.Target(), locals)
	}
	for _, a := range args {
		n.walk(a, locals)
	}
	if name != "" {
		start, end := n.called(e)
		start = n.qualified(start, strings.Count(name, "."))
		n.add("unknown-function", "Unknown function", fmt.Sprintf("There is no function %s.%s", name, n.suggestion(name)), start, end)
	}
}

// function gives the name of a function that is not there, and whether the call's target is part of a function's name.
func (n *names) function(e celast.Expr, locals []string) (missing string, qualified bool) {
	call := e.AsCall()
	name := strings.TrimPrefix(call.FunctionName(), ".")
	functions := n.env.Functions()
	if !call.IsMemberFunction() {
		if _, ok := functions[name]; !ok {
			return name, false
		}
		return "", false
	}
	prefix, ok := containers.ToQualifiedName(call.Target())
	first, _, _ := strings.Cut(prefix, ".")
	isName := ok && !slices.Contains(locals, first) && n.objects[first] == nil && first != "out"
	if isName {
		if _, ok := functions[prefix+"."+name]; ok {
			return "", true
		}
		if n.namespace(first) {
			return prefix + "." + name, true
		}
	}
	if _, ok := functions[name]; !ok {
		return name, false
	}
	return "", false
}

// namespace reports whether functions of such a first name exist.
func (n *names) namespace(first string) bool {
	for name := range n.env.Functions() {
		if strings.HasPrefix(name, first+".") {
			return true
		}
	}
	return false
}

func (n *names) suggestion(name string) string {
	var all []string
	for f := range n.env.Functions() {
		if f[0] >= 'a' && f[0] <= 'z' {
			all = append(all, f)
			if f != name && strings.HasSuffix(f, "."+name) {
				return fmt.Sprintf(" Did you mean %q?", f)
			}
		}
	}
	slices.Sort(all)
	return diag.Suggest(name, all)
}

// called is the stretch of a call's name, without its namespace.
func (s *source) called(e celast.Expr) (start, end int) {
	r, ok := s.info.GetOffsetRange(e.ID())
	if !ok {
		return 0, len(s.chars)
	}
	return s.name(int(r.Start))
}
