package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
)

func check(text string, at diag.Range, s Scope, condition bool) (*Expr, diag.List) {
	p, diags := parse(text, at, s.Object)
	if diags.HasErrors() {
		return nil, diags
	}
	w, err := newWorld(s, false)
	if err != nil {
		return nil, diag.List{p.diagnose("cel-type", "Expression cannot be checked", err.Error()+".", 0, len(p.chars))}
	}
	return w.check(p, text, condition, nil)
}

// check goes through a parsed expression: names, decimals, types, nulls. aggs are the states of variables of aggregates.
func (w *world) check(p *parsed, text string, condition bool, aggs map[string]state) (*Expr, diag.List) {
	n := &names{parsed: p, world: w, deps: newDependencies()}
	n.walk(p.tree.Expr(), nil)
	if n.diags.HasErrors() {
		return nil, n.diags.Sorted()
	}
	keys, diags := w.keys(p)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	tree, diags := w.types(p)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	e := &Expr{text: text, keys: keys, reaches: w.reaches(tree), deps: n.deps, native: tree, env: w.env, canonical: canonical(tree, tree.Expr(), nil), column: w.columnOf(tree.Expr()), held: w.held(tree.Expr())}
	diags.Extend(w.result(p, e, condition))
	var zones diag.List
	e.functions, zones = w.functions(p, tree)
	diags.Extend(zones)
	diags.Extend(w.arguments(p, tree))
	nulls := &nulls{source: p.source, world: w, tree: tree, vars: map[string]state{}, label: map[string]string{},
		seen: map[int64]state{}, flows: map[int64]bool{}, aggs: aggs}
	e.null = nulls.eval(tree.Expr()).null
	if condition && e.null && !nulls.diags.HasErrors() {
		nulls.refuse(tree.Expr(), "may be null")
	}
	diags.Extend(nulls.diags)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	nulls.rewrite(p)
	diags.Extend(w.plan(p, e, nulls.flows))
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	return e, diags
}

// types writes mixed numbers as decimals and checks the types.
func (w *world) types(p *parsed) (*celast.AST, diag.List) {
	fault := func(err error) diag.List {
		return diag.List{p.diagnose("cel-type", "Expression cannot be checked", err.Error()+".", 0, len(p.chars))}
	}
	env, err := w.newChecker()
	if err != nil {
		return nil, fault(err)
	}
	if w.hasDecimals(p) {
		(&mixer{parsed: p, world: w}).settle(env)
	}
	tree, errs := checker.Check(p.tree, p.common, env)
	var diags diag.List
	for _, e := range errs.GetErrors() {
		diags.Add(w.typeError(p, tree, e))
	}
	return tree, diags
}

// columnOf is the column that the whole expression is.
func (w *world) columnOf(e celast.Expr) string {
	if e.Kind() != celast.SelectKind || e.AsSelect().IsTestOnly() {
		return ""
	}
	operand := e.AsSelect().Operand()
	if operand.Kind() != celast.IdentKind || strings.TrimPrefix(operand.AsIdent(), ".") != w.row() {
		return ""
	}
	return e.AsSelect().FieldName()
}

// result settles the type of the whole expression.
func (w *world) result(p *parsed, e *Expr, condition bool) diag.List {
	t := e.native.GetType(e.native.Expr().ID())
	complain := func(detail string) diag.List {
		start, end := p.span(e.native.Expr())
		return diag.List{p.diagnose("cel-type", "Wrong type", detail, start, end)}
	}
	if condition && t.Kind() != types.BoolKind && !(w.scope.Offline && t.Kind() == types.DynKind) {
		return complain(fmt.Sprintf("A condition is bool, and this is %s.", typeName(t)))
	}
	if c, ok := w.columns[e.column]; ok {
		e.typ = c.Type
		return nil
	}
	if w.scope.Offline && t.Kind() == types.DynKind {
		return nil
	}
	digits := 6
	for name := range e.deps.columns {
		digits = max(digits, digitsOf(w.columns[name].Type))
	}
	for name := range e.deps.params {
		digits = max(digits, digitsOf(w.params[name].Type))
	}
	var ok bool
	if e.typ, ok = canonicalType(t, digits); ok {
		return nil
	}
	if t.TypeName() == "optional_type" {
		return complain("The result is optional, and a field needs a value. Write .orValue(...) behind it.")
	}
	return complain(fmt.Sprintf("The result is of type %s, which no field can hold.", typeName(t)))
}

var (
	overloadError = regexp.MustCompile(`^found no matching overload for '(.*)' applied to '`)
	mismatch      = regexp.MustCompile(`^expected type '(.*)' but found '(.*)'$`)
)

func (w *world) typeError(p *parsed, tree *celast.AST, e *common.Error) diag.Diagnostic {
	var at celast.Expr
	celast.PostOrderVisit(p.tree.Expr(), celast.NewExprVisitor(func(x celast.Expr) {
		if x.ID() == e.ExprID {
			at = x
		}
	}))
	start := p.offset(e.Location)
	end := p.word(start)
	if at != nil {
		start, end = p.span(at)
	}
	detail := strings.ToUpper(e.Message[:1]) + e.Message[1:] + "."
	if m := overloadError.FindStringSubmatch(e.Message); m != nil && at != nil && at.Kind() == celast.CallKind {
		detail = noOverload(tree, at)
	}
	if m := mismatch.FindStringSubmatch(e.Message); m != nil {
		detail = fmt.Sprintf("This is %s where %s was expected.", m[2], m[1])
	}
	return p.diagnose("cel-type", "Wrong type", detail, start, end)
}

func noOverload(tree *celast.AST, e celast.Expr) string {
	call := e.AsCall()
	parts := call.Args()
	if call.IsMemberFunction() {
		parts = append([]celast.Expr{call.Target()}, parts...)
	}
	got := make([]*cel.Type, len(parts))
	for i, x := range parts {
		got[i] = tree.GetType(x.ID())
	}
	name := call.FunctionName()
	if symbol, ok := operators.FindReverse(name); ok && symbol != "" {
		if len(got) == 1 {
			return fmt.Sprintf("Operator %s does not take %s.%s", symbol, typeName(got[0]), hint(got))
		}
		return fmt.Sprintf("Operator %s does not take %s.%s", symbol, strings.ReplaceAll(typeNames(got), ", ", " and "), hint(got))
	}
	if name == operators.Index {
		return fmt.Sprintf("There is no value at a key of type %s in %s.", typeName(got[1]), typeName(got[0]))
	}
	if name == operators.Conditional {
		return fmt.Sprintf("The condition of ? : is bool and both results are of one type; these are %s.", typeNames(got))
	}
	return fmt.Sprintf("Function %s does not take (%s).%s", name, typeNames(got), hint(got))
}

// hint says how the usual pairs come together.
func hint(got []*cel.Type) string {
	var kinds []string
	for _, t := range got {
		kinds = append(kinds, t.TypeName())
	}
	has := func(a, b string) bool { return slices.Contains(kinds, a) && slices.Contains(kinds, b) }
	switch {
	case has("decimal", "double"):
		return " A double never becomes a decimal by itself: write decimal(string(x)), or double(y) if digits may be lost."
	case has("int", "double"):
		return " Write double(x) for the int, with a point for a literal: 1.0."
	case has("int", "string"), has("decimal", "string"), has("double", "string"):
		return " Write string(x), or int(x) or decimal(x) for a text of digits."
	case has("date", "string"):
		return " Write date('2020-01-31') for a day."
	case has("datetime", "string"):
		return " Write datetime('2020-01-31 10:20:30')."
	case has("date", "datetime"):
		return " Write date(x) for the day of a datetime, or datetime(y) for midnight."
	case slices.Contains(kinds, "datetime") && slices.Contains(kinds, "google.protobuf.Timestamp"):
		return " A datetime has no zone: write x.at_zone('Europe/London'), or y.in_zone('Europe/London')."
	}
	return ""
}

// functions lists what is called, with versions, and finds zones whose rules cannot be known.
func (w *world) functions(p *parsed, tree *celast.AST) ([]string, diag.List) {
	set := map[string]bool{}
	var diags diag.List
	celast.PostOrderVisit(tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.CallKind {
			return
		}
		name := e.AsCall().FunctionName()
		if _, operator := operators.FindReverse(name); operator || name[0] == '@' || name[0] == '_' {
			return
		}
		version := w.versions[name]
		if version == "" {
			version = "1"
		}
		if zone, ok := zoneOf(tree, e); ok {
			digest, err := zoneDigest(zone)
			if err != nil {
				start, end := p.span(zone)
				diags.Add(p.diagnose("unknown-zone", "Unknown time zone", strings.ToUpper(err.Error()[:1])+err.Error()[1:]+".", start, end))
			}
			version += digest
		}
		set[name+"@"+version] = true
	}))
	return sorted(set), diags
}

// zoneOf is the argument of a call that names a time zone.
func zoneOf(tree *celast.AST, e celast.Expr) (celast.Expr, bool) {
	for _, id := range tree.GetOverloadIDs(e.ID()) {
		if strings.HasSuffix(id, "_with_tz") || strings.HasPrefix(id, "datetime_at_zone") || id == "timestamp_in_zone" {
			return e.AsCall().Args()[0], true
		}
	}
	return nil, false
}

func zoneDigest(e celast.Expr) (string, error) {
	if e.Kind() != celast.LiteralKind {
		return "", fmt.Errorf("a time zone is written as a literal text, so that the plan sees when its rules change")
	}
	name, _ := e.AsLiteral().(types.String)
	if strings.Contains(string(name), ":") { // an offset has no rules
		return "", nil
	}
	digest, err := library.ZoneVersion(string(name))
	return "+" + string(name) + "=" + digest, err
}

// plan prepares the program and reports calls of constants that can never give a value.
func (w *world) plan(p *parsed, e *Expr, flows map[int64]bool) diag.List {
	planner := &planner{env: w.env, flows: flows, failed: map[int64]error{}}
	program, err := planner.program(e.native)
	if err != nil {
		return diag.List{p.diagnose("cel-type", "Expression cannot be prepared", library.Safe(err)+".", 0, len(p.chars))}
	}
	e.program = program
	var diags diag.List
	celast.PostOrderVisit(e.native.Expr(), celast.NewExprVisitor(func(x celast.Expr) {
		if err, ok := planner.failed[x.ID()]; ok {
			start, end := p.span(x)
			diags.Add(p.diagnose("cel-type", "Never a value", fmt.Sprintf("This can never give a value: %s.", library.Safe(err)), start, end))
		}
	}))
	return diags
}

// AST is the checked tree. A program made from it without Program lets no null flow.
func (e *Expr) AST() *cel.Ast {
	message, err := celast.ToProto(e.native)
	if err != nil {
		return nil
	}
	return cel.CheckedExprToAst(message)
}
